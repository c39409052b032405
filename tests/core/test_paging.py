"""Adults on call: told by themselves and nobody else, with a way in, and told when somebody has come (C94)."""

import pytest

from bot.actions import Role
from bot.events import Kind, Verb, oid_of
from bot.policy import find_rules
from bot.ports import Route
from tests.builders import (
    ADA,
    BEN,
    CLT,
    HEAD,
    MR_OKAFOR,
    MS_PATEL,
    described,
    identified,
    joined,
    left,
    rota,
    school_with,
    started,
)
from tests.fakes import out_of_reach, refused
from tests.school_day import SchoolDay

LINK = "https://teams.microsoft.com/meet/123?p=x"
QUIET = {"lone_pupil": {"enabled": False}, "recording": {"enabled": False}}


def dropped(*on_call, **tables):
    """The teacher has been gone for a minute."""
    day = SchoolDay(school_with(find_rules(QUIET | tables)))
    day.happens(started(), *joined(MS_PATEL), *joined(ADA), *joined(BEN), described(join_url=LINK))
    day.happens(*([rota(*on_call)] if on_call else []), left(MS_PATEL, 5))
    day.look(6)
    return day


def pages(day):
    """What stands with adults on call: by which way, with whom, what, and whether it is over."""
    return [
        (sent.route, sent.to, notice.headline, notice.over)
        for sent, notice in day.messenger.shown.values()
        if notice.headline in ("teacher_dropped.page", "teacher_dropped.unreached")
    ]


def test_the_first_is_told_alone_and_the_next_two_minutes_later():
    """1:1, never in the lesson's chat."""
    day = dropped(CLT, HEAD)
    day.work("carry")

    assert pages(day) == [(Route.PERSONAL, oid_of(CLT), "teacher_dropped.page", False)]
    assert "whisper" not in [way for way, _ in day.messenger.calls]
    day.look(8)
    day.work("carry")
    assert [to for _, to, _, _ in pages(day)] == [oid_of(CLT), oid_of(HEAD)]


def test_when_an_adult_is_back_all_who_were_told_hear_it():
    """Their cards say so, and a new line, for an update notifies nobody; whoever came needs no such line."""
    day = dropped(CLT, HEAD)
    day.look(8)
    day.work("carry")
    day.happens(*joined(HEAD, 9))
    day.look(10)
    day.work("carry")

    assert ("on_call", "teacher_dropped.page", CLT, 1, True) in day.told()
    assert day.messenger.calls[-3:].count(("personal", oid_of(CLT))) == 1
    lines = [(sent.to, notice.alert) for sent, notice in day.messenger.shown.values() if sent.route is Route.PERSONAL]
    lines = [line for line in lines if line[1] != 1]  # CLT's own alert, which names the adult who dropped out
    assert sorted(lines) == sorted([(oid_of(CLT), 2), (oid_of(CLT), 0), (oid_of(HEAD), 3)])


def test_after_the_planned_end_the_leads_take_over_and_who_was_called_stays_called():
    """Not both alerts at once: CLT's says that there is another. Nobody else is called; who was is not told to stay away."""
    day = dropped(CLT, HEAD)
    day.work("carry")
    day.happens(described(join_url=LINK, until=15))
    for minute in (17.1, 18, 19):
        day.look(minute)
        day.work("carry")

    assert set(day.told()) >= {
        ("clt", "teacher_dropped.alone", None, 1, True),
        ("leads", "stragglers.left", None, 1, False),
        ("on_call", "teacher_dropped.page", CLT, 1, False),
    }
    (over,) = [one.decision for one in day.decisions.alerts.values() if one.decision.over]
    assert over.facts["how"] == "taken_over"


def test_a_rule_that_only_writes_down_takes_over_nothing():
    """Nobody would hear of it."""
    day = dropped(CLT, stragglers={"mode": "watch"})
    day.happens(described(join_url=LINK, until=15))
    for minute in (17.1, 18, 19):
        day.look(minute)

    assert ("clt", "teacher_dropped.alone", None, 1, False) in day.told()


def test_a_line_that_is_refused_is_only_a_line():
    """The card says it."""
    day = dropped(CLT)
    day.work("carry")
    day.messenger.troubles = {"personal": refused()}
    day.happens(*joined(HEAD, 9))
    day.look(10)
    day.work("carry")

    assert [over for *_, over in pages(day)] == [True]


@pytest.mark.parametrize("trouble", [refused(), out_of_reach()])
def test_where_they_cannot_be_written_to_the_channel_hears_it_with_their_name(trouble):
    """Better told to all leads than to nobody."""
    day = dropped(CLT)
    day.messenger.troubles = {"personal": trouble}
    day.work("carry")

    assert pages(day) == [(Route.CHANNEL, "", "teacher_dropped.unreached", False)]
    ((_, notice),) = [one for one in day.messenger.shown.values() if one[1].headline == "teacher_dropped.unreached"]
    assert [mention.oid for mention in notice.mentions] == [oid_of(CLT)]
    day.happens(*joined(HEAD, 9))
    day.look(10)
    day.messenger.troubles = {}
    day.work("carry")
    assert pages(day)[0][2:] == ("teacher_dropped.unreached", True)


@pytest.mark.parametrize("trouble", [refused(), out_of_reach()])
def test_whoever_dropped_out_and_reads_the_channel_does_not_read_there_who_was_called(trouble):
    """The others of CLT read it 1:1: neither whoever was in the lesson nor whoever could not be written to."""
    day = dropped(CLT)
    day.directory.groups[Role.CLT] = (CLT, MS_PATEL, MR_OKAFOR)
    day.readers.reading.add(MS_PATEL)
    day.messenger.troubles = {f"personal {oid_of(CLT)}": trouble}
    day.work("carry")

    assert pages(day) == [(Route.PERSONAL, oid_of(MR_OKAFOR), "teacher_dropped.unreached", False)]
    assert "channel" not in [way for way, _ in day.messenger.calls]


@pytest.mark.parametrize("by", [CLT, HEAD, MR_OKAFOR, MS_PATEL, ADA])
def test_whoever_was_called_says_that_they_are_coming(by):
    """The first of two, wherever the call stands, or whoever leads safeguarding in their place; CLT reads it."""
    day = dropped(CLT, HEAD)
    day.directory.groups = {Role.HEAD: (HEAD,)}
    day.messenger.troubles = {"personal": refused()}
    day.work("carry")
    (page,) = [alert.number for alert in day.decisions.alerts.values() if alert.decision.to == "on_call"]

    assert day.presses(by, page, Verb.COMING).accepted is (by in (CLT, HEAD))
    day.look(8)
    called = [about for to, _, about, _, _ in day.told() if to == "on_call"]
    assert called == ([CLT] if by in (CLT, HEAD) else [CLT, HEAD])
    (clt,) = [alert.decision for alert in day.decisions.alerts.values() if alert.decision.to == "clt"]
    assert clt.facts["coming"] == ((by,) if by in (CLT, HEAD) else None)


def test_a_child_is_never_called_whatever_the_school_wrote():
    """An id that is a pupil's, or that nobody knows, is nobody's to write to: the channel hears it, and CLT is mentioned."""
    day = dropped(BEN)
    day.messenger.troubles = {"channel": refused()}
    day.work("carry")
    day.messenger.troubles = {}
    day.happens(rota(ADA, minute=6))
    day.work("carry")

    assert "personal" not in [way for way, _ in day.messenger.calls]
    assert [route for route, *_ in pages(day)] == [Route.CHANNEL]
    assert [[one.oid for one in notice.mentions] for _, notice in day.messenger.shown.values()] == [[oid_of(CLT)]]
    assert {oid for to, _ in day.mail.letters for oid in to} == {oid_of(CLT)}


def test_while_nobody_can_tell_who_is_staff_the_channel_hears_it():
    """It does not wait for the directory."""
    day = dropped(CLT)
    day.people.people.pop(CLT)
    day.directory.trouble = out_of_reach()
    day.work("carry")

    assert [route for route, *_ in pages(day)] == [Route.CHANNEL]


def test_whoever_has_been_in_the_lesson_may_be_called_without_a_look_up():
    """It rests on the pupils who are there, not on the adult who is not."""
    day = dropped(MS_PATEL)
    day.happens(identified(MS_PATEL, 5, Kind.STAFF))

    assert ("on_call", "teacher_dropped.page", MS_PATEL, 1, False) in day.told()


def test_nobody_else_than_those_on_call_is_told_so():
    """The list is the sitting's; a rule may not make one up."""
    day = dropped()

    assert [to for to, *_ in day.told() if to == "on_call"] == []
