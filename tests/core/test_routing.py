"""An alert about an adult never reaches that adult, and always somebody else, if there is anybody (issue 6, part 6)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import ROLES_OF, Audience, Role, Tell
from bot.events import Kind, PersonKey, Verb, account, oid_of
from bot.ports import Job, Person, Route, Sent
from bot.routing import INSTEAD, is_private, may_read, meant, others
from tests.builders import (
    ADA,
    CARETAKER,
    CLT,
    HEAD,
    KINDS,
    MR_OKAFOR,
    MS_PATEL,
    START,
    came,
    left,
    rule_of,
    school_with,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay

GROWN = (MS_PATEL, MR_OKAFOR, CLT, HEAD, CARETAKER)
LEADING = (Role.CLT, Role.HEAD, Role.SAFEGUARDING_LEADS, Role.ADMINISTRATOR, Role.IT)
SHARED = (Audience.CLT, Audience.LEADS, Audience.ADMINISTRATOR, Audience.IT)


def lesson(to=Audience.CLT, *, about=None, adults=(), choices=(Verb.ACKNOWLEDGE,)):
    """A lesson in which a rule tells of these adults, not yet carried out."""

    def decide(sitting, now, settings):
        facts = {"adults": tuple(map(str, adults)), "count": len(sitting.present(Kind.STAFF))}
        yield Tell(to=to, say="test_rule.x", about=about, facts=facts, choices=choices)

    day = SchoolDay(school_with((rule_of(decide),)))
    day.happens(started(), came(ADA), came(MS_PATEL, 1), *([came(about, 1)] if about in GROWN else []))
    return day


def readers_of(day):
    """Everybody who can read something that was sent, but for updates that were refused."""
    read = set()
    for sent, _ in day.messenger.shown.values():
        read |= day.readers.reading if sent.route is Route.CHANNEL else {account(sent.to)}
    for oids, _ in day.mail.letters:
        read |= set(map(account, oids))
    return read


def carried(day):
    """All that is due is carried out, again and again while the other side is out of reach."""
    for _ in range(3):
        day.work("carry", "redraw", "identify")
        day.skip(seconds=70)


# --- where it goes ------------------------------------------------------------------------------------------------------


def test_an_alert_about_somebody_who_reads_the_channel_goes_to_the_others_alone():
    """Nothing is posted, and each of the others of the role is written to."""
    day = lesson(about=CLT)
    day.directory.groups[Role.CLT] = (CLT, MR_OKAFOR, MS_PATEL)
    day.work("carry")

    assert day.messenger.calls == [("personal", oid_of(MR_OKAFOR)), ("personal", oid_of(MS_PATEL))]
    assert day.decisions.outcomes[0][2:] == ("done", "personal")


def test_a_teacher_who_does_not_read_the_channel_is_told_of_there():
    """And where that teacher holds the role, the mention leaves them out."""
    day = lesson(adults=(MS_PATEL,))
    day.directory.groups[Role.CLT] = (CLT, MS_PATEL)
    day.work("carry")

    ((sent, notice),) = day.messenger.shown.values()
    assert sent.route is Route.CHANNEL
    assert [one.oid for one in notice.mentions] == [oid_of(CLT)]


def test_where_nobody_else_holds_the_role_the_head_is_told():
    """The only member of CLT is whom it is about."""
    day = lesson(adults=(CLT,))
    day.work("carry")

    assert day.messenger.calls == [("personal", oid_of(HEAD))]


def test_where_nobody_can_tell_who_reads_the_channel_it_is_closed():
    """Better private than read by the wrong person."""
    day = lesson(adults=(MS_PATEL,))
    day.readers.trouble = out_of_reach()
    day.work("carry")

    assert day.messenger.calls == [("personal", oid_of(CLT))]


def test_what_stands_in_the_channel_is_closed_there_also_when_nobody_can_tell_any_more_who_reads_it(monkeypatch):
    """A new process in bad weather knows no readers: a card that went on saying "act now" would be worse than an update."""
    day = lesson(adults=(MS_PATEL,))
    day.work("carry")
    day.readers.trouble = out_of_reach()
    monkeypatch.setattr(day.circles.readership, "_heard", None)
    day.happens(came(MR_OKAFOR, 3))
    day.work("carry")

    assert [route for route, _ in day.messenger.calls] == ["channel", "update"]


@pytest.mark.parametrize(("listed", "way"), [(MR_OKAFOR, "channel"), (MS_PATEL, "personal")])
def test_the_school_may_say_who_reads_the_channel(listed, way):
    """Those of school.toml and all who hold a role, while Teams does not tell."""
    day = lesson(adults=(MS_PATEL,))
    channels = day.school.channels.model_copy(update={"readers": (oid_of(listed),)})
    object.__setattr__(day.school, "channels", channels)
    day.readers.trouble = refused()
    day.work("carry")

    assert [route for route, _ in day.messenger.calls] == [way]


def test_teams_list_is_kept_for_a_minute_and_in_need_for_a_quarter_of_an_hour(monkeypatch):
    """So that an outage does not close the channel at once."""
    day = lesson(adults=(MS_PATEL,))
    clock = [1000.0]
    monkeypatch.setattr("bot.readership.time.monotonic", lambda: clock[0])
    readership = day.circles.readership
    assert at_once(readership.known()) == {CLT, HEAD}
    day.readers.reading.add(MS_PATEL)
    assert at_once(readership.known()) == {CLT, HEAD}
    clock[0] += 61
    assert at_once(readership.known()) == {CLT, HEAD, MS_PATEL}
    day.readers.trouble = refused()
    clock[0] += 800
    assert at_once(readership.known()) == {CLT, HEAD, MS_PATEL}
    clock[0] += 101
    assert at_once(readership.known()) is None


def test_the_list_is_read_by_the_clock_too():
    """So that it is known when Teams has a bad moment; where it cannot be read, what was known stays."""
    day = lesson(adults=(MS_PATEL,))
    at_once(day.circles.readership.refresh())
    for trouble in (out_of_reach(), refused()):
        day.readers.trouble = trouble
        at_once(day.circles.readership.refresh())
    day.work("carry")

    assert [route for route, _ in day.messenger.calls] == ["channel"]


def test_who_is_not_reached_by_1_to_1_gets_a_letter():
    """While another is reached; if nobody is, all get one."""
    day = lesson(about=CLT)
    day.messenger.troubles["personal"] = refused()
    day.work("carry")

    assert [to for to, _ in day.mail.letters] == [(oid_of(HEAD),)]


def test_one_letter_for_one_who_is_missed():
    """The other way round: some are reached, one is not."""
    day = lesson(about=CLT)
    day.directory.groups[Role.CLT] = (CLT, MR_OKAFOR, MS_PATEL)
    write = day.messenger.write_to

    async def write_to(oid, notice):
        if oid == oid_of(MS_PATEL):
            raise refused()
        return await write(oid, notice)

    day.messenger.write_to = write_to
    day.work("carry")

    assert [to for to, _ in day.mail.letters] == [(oid_of(MS_PATEL),)]
    assert readers_of(day) == {MR_OKAFOR, MS_PATEL}


def test_where_nobody_is_known_it_is_tried_again_and_then_given_up_aloud():
    """An empty list may be a directory that does not answer: never silently nobody."""
    day = lesson(about=CLT)
    day.directory.trouble = out_of_reach()
    day.work("carry")
    assert day.decisions.outcomes[-1][2] == "again"
    day.skip(minutes=31)
    day.work("carry")

    assert day.decisions.outcomes[-1][2] == "given_up"
    assert day.messenger.calls == []


def test_a_card_that_stands_in_the_channel_says_nothing_more_once_its_reader_is_meant():
    """It began with a teacher who does not read it, and goes on with one who does."""
    adults = [MS_PATEL]

    def decide(sitting, now, settings):
        yield Tell(to=Audience.CLT, say="test_rule.x", facts={"adults": tuple(map(str, adults))})

    day = SchoolDay(school_with((rule_of(decide),)))
    day.happens(started(), came(ADA))
    day.work("carry")
    adults.append(CLT)
    day.look(1)
    day.work("carry")

    assert day.messenger.calls == [("channel", day.school.channels.safeguarding), ("personal", oid_of(HEAD))]


def test_what_the_host_is_asked_about_the_host_goes_to_the_leadership_instead():
    """Whoever organised it is whom it is about."""
    day = lesson(Audience.HOST, about=MS_PATEL)
    day.work("carry")

    assert day.messenger.calls == [("channel", day.school.channels.safeguarding)]


def test_whom_it_is_about_may_not_answer_it():
    """Not even as a member of the leadership team."""
    day = lesson(about=CLT)
    day.work("carry")

    assert not day.presses(CLT, 1, Verb.ACKNOWLEDGE).accepted
    assert day.presses(HEAD, 1, Verb.ACKNOWLEDGE).accepted


def test_an_alert_to_somebody_about_themself_is_theirs():
    """A colleague is told how to be promoted."""
    day = lesson(Audience.THEM, about=MS_PATEL)
    day.work("carry")

    assert day.messenger.calls == [("whisper", oid_of(MS_PATEL))]


# --- whatever happens ---------------------------------------------------------------------------------------------------

_people = st.lists(st.sampled_from(GROWN), unique=True, max_size=3).map(tuple)
_trouble = st.sampled_from((None, refused(), out_of_reach()))


@settings(max_examples=100, deadline=timedelta(seconds=2))
@given(
    to=st.sampled_from((*SHARED, Audience.HOST)),
    about=st.sampled_from((None, ADA, *GROWN)),
    adults=_people,
    groups=st.fixed_dictionaries({role: _people for role in LEADING}),
    reading=st.sets(st.sampled_from(GROWN)),
    unknown=st.booleans(),
    troubles=st.fixed_dictionaries({way: _trouble for way in ("channel", "personal", "whisper", "update")}),
    mail=_trouble,
)
def test_whom_it_is_about_never_reads_it_and_somebody_else_does(
    to, about, adults, groups, reading, unknown, troubles, mail
):
    """Whoever holds what and reads what, whatever is out of order, also when it changes, is over and is answered."""
    day = lesson(to, about=about, adults=adults)
    day.directory.groups = groups
    day.readers.reading, day.readers.trouble = set(reading), refused() if unknown else None
    day.messenger.troubles = {way: trouble for way, trouble in troubles.items() if trouble}
    day.mail.trouble = mail
    subjects = meant(day.decisions.alerts[1].decision, day.sitting())
    carried(day)
    day.happens(came(MR_OKAFOR, 3))
    carried(day)
    for by in GROWN:
        day.presses(by, 1, Verb.ACKNOWLEDGE)
    day.happens(left(ADA, 5), left(MS_PATEL, 5), left(MR_OKAFOR, 5))
    day.look(5)
    day.look(7)
    carried(day)

    assert not readers_of(day) & subjects
    others_there = {person for role in LEADING for person in groups[role]} - subjects
    if others_there and mail is None and to is not Audience.HOST:
        assert day.messenger.shown or day.mail.letters
        assert readers_of(day) or not subjects & reading


# --- the pure part ------------------------------------------------------------------------------------------------------


def test_pupils_and_people_without_an_account_are_nobody_to_hide_it_from():
    """They hold no role, and no message goes to them."""
    day = lesson(about=ADA, adults=("mri:8:x",))

    assert meant(day.decisions.alerts[1].decision, day.sitting()) == frozenset()


def test_the_channel_is_closed_only_to_what_is_about_a_reader():
    """Or about anybody, where nobody can tell who reads it."""
    assert not is_private(frozenset(), None)
    assert is_private(frozenset({CLT}), None)
    assert is_private(frozenset({CLT}), frozenset({CLT}))
    assert not is_private(frozenset({MS_PATEL}), frozenset({CLT}))


def test_what_stands_with_whom_it_is_about_is_left_alone():
    """In a 1:1 of theirs, or in a channel that is closed to it."""
    alone = Sent(route=Route.PERSONAL, conversation="a:x", activity="1", to=str(oid_of(CLT)))
    channel = Sent(route=Route.CHANNEL, conversation="19:x", activity="1")

    assert not may_read(alone, frozenset({CLT}), closed=False)
    assert may_read(alone, frozenset({HEAD}), closed=True)
    assert not may_read(channel, frozenset({HEAD}), closed=True)
    assert may_read(channel, frozenset({HEAD}), closed=False)


def test_somebody_is_found_as_long_as_there_is_anybody():
    """The alert's own roles first, then the head, CLT and so on; nobody twice."""
    named = {who: Person(key=who, kind=Kind.STAFF, name="x", as_of=START) for who in GROWN}
    for role in INSTEAD:
        assert others({role: [named[HEAD], named[CLT]]}, ROLES_OF[Audience.CLT], frozenset({HEAD})) == (named[CLT],)
    both = {Role.HEAD: [named[HEAD]], Role.SAFEGUARDING_LEADS: [named[HEAD], named[CLT]]}
    assert others(both, ROLES_OF[Audience.LEADS], frozenset()) == (named[HEAD], named[CLT])
    assert others({Role.IT: [named[HEAD]]}, (Role.CLT,), frozenset({HEAD})) == ()
    nameless = Person(key=PersonKey("mri:8:x"), kind=Kind.STAFF, name="x")
    assert others({Role.CLT: [nameless], Role.HEAD: [nameless]}, (Role.CLT,), frozenset()) == ()


def test_a_redraw_of_what_was_never_sent_is_nothing():
    """An answer to an alert that nobody has got yet."""
    day = lesson(about=CLT)
    at_once(day.carrier.redraw(Job(kind="redraw", decision=1)))

    assert day.messenger.calls == []
    assert KINDS[ADA] is Kind.PUPIL
