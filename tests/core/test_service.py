"""Observing and pressing: the doors of the house."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import ROLES_OF, Audience, Remove, Role, Tell
from bot.events import Answered, PersonKey, Verb, oid_of
from bot.ports import Arrival, OutOfReach
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CLT,
    GUEST,
    HEAD,
    KINDS,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    ROBOT,
    after,
    came,
    described,
    identified,
    left,
    rule_of,
    school_with,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay, who

STRANGER = PersonKey("aad:99999999-0000-4000-8000-000000000000")
LEAD = MR_OKAFOR


def alarmed(*, answerable=tuple(Verb), mention=None, to=Audience.CLT):
    """A lesson with one alert of a test rule, with every button, and who may be asked about it."""

    def decide(sitting, now, settings):
        if sitting.since(PARENT):
            yield Tell(to=to, say="test_rule.x", about=PARENT, choices=answerable)

    day = SchoolDay(school_with((rule_of(decide, mention=mention),)))
    day.happens(started(), came(MS_PATEL), came(PARENT, 1))
    day.directory.groups = {Role.CLT: (CLT,), Role.HEAD: (HEAD,), Role.IT: (CARETAKER,)}
    return day


def answers(day):
    """What was answered, by whom."""
    return [(e.verb, e.by) for e in day.register.events() if isinstance(e, Answered)]


# --- observe ------------------------------------------------------------------------------------------------------------


def test_an_event_is_written_judged_and_its_jobs_wait():
    """One transaction: events, decisions, jobs."""
    day = SchoolDay(known=False)
    receipt = day.happens(came(ADA))

    assert (receipt.copy, receipt.sitting_id) == (False, 1)
    assert [(job.kind, job.person) for job in day.register.jobs] == [("identify", ADA), ("describe", None)]


def test_the_same_delivery_twice_is_a_copy():
    """Nothing is written the second time."""
    day = SchoolDay()
    arrival = Arrival(events=(came(ADA),), meeting=LESSON, digest=b"1")
    first, second = (at_once(day.service.observe(arrival)) for _ in range(2))

    assert (first.copy, second.copy) == (False, True)
    assert day.event_types().count("joined") == 1


def test_a_store_out_of_reach_is_raised_to_the_edge():
    """The edge answers 503, and Teams may send it again."""
    day = SchoolDay()
    day.register.trouble = out_of_reach()

    with pytest.raises(OutOfReach):
        day.happens(came(ADA))


def test_names_that_came_with_an_event_reach_no_decision():
    """A display name goes to the people table and nowhere else (law 7)."""
    day = SchoolDay(known=False)
    day.happens(started(), described(), came(NOBODY, 1), came(ADA, 1), names={NOBODY: "CANARY", ADA: "CANARY"})
    day.work("identify")
    day.look(5)
    written = repr([alert.decision for alert in day.decisions.alerts.values()]) + "".join(
        day.register.sittings[1].lines
    )

    assert day.decisions.alerts
    assert day.people.people[NOBODY].name == "CANARY"
    assert "CANARY" not in written


def test_whoever_an_account_calls_itself_it_is_not_staff():
    """Kinds come from the directory, never from a name (laws 3 and 4)."""
    day = SchoolDay(known=False)
    day.happens(came(STRANGER), names={STRANGER: "Ms Patel (Head)"})
    day.work("identify")

    assert day.sitting().kind(STRANGER) == "account"


@pytest.mark.parametrize("place", ["meeting", "team", "personal"])
def test_the_welcome_fits_the_place(place):
    """With the school's name."""
    day = SchoolDay()

    assert at_once(day.service.welcome(place)).headline == f"welcome.{place}"
    assert day.words.said[-1][1] == {"school": "Example Primary School"}


# --- press --------------------------------------------------------------------------------------------------------------

_people = (None, STRANGER, *KINDS)
_audiences = st.sampled_from([one for one in Audience if one is not Audience.ON_CALL])
"""An adult on call is only told, and only if on call: tests/core/test_paging.py."""
_ASKED = [verb for verb in Verb if verb not in (Verb.CLAIM, Verb.TAKE_OVER, Verb.NOTE)]
"""What rules ask; that somebody takes an alert, or writes on it, is offered for all that several people are told."""


def _may(by, verb, to, mention):
    """Who may press, said once more and plainly."""
    roles = {CLT: Role.CLT, HEAD: Role.HEAD, CARETAKER: Role.IT}
    if (verb in (Verb.REMOVE, Verb.LET_STAY, Verb.KEEP_OUT) or to is Audience.HOST) and KINDS.get(by) == "staff":
        return True
    mentioned = ROLES_OF[to] if mention is None or to is Audience.HOST else mention
    return roles.get(by) in {Role.CLT, Role.SAFEGUARDING_LEADS, Role.HEAD, *mentioned}


@settings(max_examples=200)
@given(
    by=st.sampled_from(_people),
    verb=st.sampled_from(Verb),
    to=_audiences,
    mention=st.sampled_from((None, (), (Role.IT,))),
    choices=st.lists(st.sampled_from(_ASKED), unique=True).map(tuple),
)
def test_only_those_who_may_can_press(by, verb, to, mention, choices):
    """Whoever presses whatever on whosever alert; a refusal changes nothing, and so does a button that is not there."""
    day = alarmed(answerable=choices, mention=mention, to=to)
    before = day.everything_done()
    reply = day.presses(by, 1, verb, reason="abuse")

    may = _may(by, verb if verb in choices else None, to, mention)
    allowed = may and (verb in choices or (verb is Verb.CLAIM and to not in (Audience.HOST, Audience.THEM)))
    assert answers(day) == ([(verb, by)] if allowed else [])
    if not allowed:
        assert day.everything_done() == before
    assert reply.accepted is may
    assert reply.notice.headline == ("test_rule.x" if may else "press.not_yours")


def test_a_button_that_is_gone_shows_the_card_as_it_is_now():
    """A colleague was quicker, or Teams sent the same press twice: nothing more happens and nobody is told off."""
    day, alerts = _stranger_lesson()
    day.presses(MR_OKAFOR, alerts["host"], Verb.LET_STAY)
    before = day.everything()
    reply = day.presses(MS_PATEL, alerts["host"], Verb.LET_STAY)

    assert (reply.accepted, reply.notice.headline) == (True, "uninvited_attendee.let_stay")
    assert [button.verb for button in reply.notice.buttons] == [Verb.REMOVE]
    assert day.everything() == before
    assert answers(day) == [(Verb.LET_STAY, MR_OKAFOR)]


def test_a_press_is_answered_with_the_alert_as_it_stands():
    """The card in its place shows the answer; the channel's card is drawn anew by a job."""
    day = alarmed()
    day.work("carry")
    day.clock.minute(3)
    reply = day.presses(CLT, 1, Verb.ACKNOWLEDGE)

    assert (reply.notice.alert, reply.notice.headline, reply.notice.answered) == (1, "test_rule.x", "acknowledge")
    assert day.last(Answered) == Answered(at=after(3), rule="test_rule", about=PARENT, verb=Verb.ACKNOWLEDGE, by=CLT)
    assert [(job.kind, job.decision) for job in day.register.jobs if job.kind == "redraw"] == [("redraw", 1)]


def test_an_alert_that_is_not_there_is_nobodys():
    """A made-up number tells nothing."""
    assert alarmed().presses(CLT, 99, Verb.ACKNOWLEDGE).notice.headline == "press.not_yours"


@pytest.mark.parametrize("trouble", [out_of_reach(), refused()])
def test_while_nobody_can_tell_who_presses_it_is_refused(trouble):
    """Fail closed, and say so."""
    day = alarmed()
    day.directory.trouble = trouble
    before = day.everything()

    assert day.presses(CLT, 1, Verb.ACKNOWLEDGE).notice.headline == "refused.cannot_tell"
    assert day.everything() == before


def test_what_is_over_cannot_be_answered():
    """It says so, to those who might have."""
    day = alarmed()
    day.happens(left(PARENT, 2))
    day.look(3)

    reply = day.presses(CLT, 1, Verb.ACKNOWLEDGE)
    assert (reply.notice.headline, reply.accepted) == ("press.over", False)
    assert day.presses(GUEST, 1, Verb.ACKNOWLEDGE).notice.headline == "press.not_yours"
    assert answers(day) == []


def test_a_role_is_looked_up_by_the_directory_not_by_the_card():
    """Who was of CLT when the card was sent and is no more, may no more."""
    day = alarmed()
    day.directory.groups = {}

    assert day.presses(CLT, 1, Verb.ACKNOWLEDGE).accepted is False


def _stranger_lesson():
    day = SchoolDay()
    day.happens(started(), described(), came(MS_PATEL), came(ADA), came(BEN), came(PARENT, 1))
    return day, {alert.decision.to: number for number, alert in day.decisions.alerts.items()}


def test_remove_changes_the_alert_at_once_and_for_both():
    """The host presses Remove: the answer says how to do it by hand, and the leads' card changes too."""
    day, alerts = _stranger_lesson()
    day.clock.minute(2)
    reply = day.presses(MS_PATEL, alerts["host"], Verb.REMOVE)

    assert reply.notice.headline == "uninvited_attendee.by_hand"
    assert [button.verb for button in reply.notice.buttons] == [Verb.LET_STAY]
    assert {one[0]: one[1] for one in day.told()} == {
        "host": "uninvited_attendee.by_hand",
        "leads": "uninvited_attendee.being_removed",
    }
    assert {alert.revision for alert in day.decisions.alerts.values()} == {2}


def test_a_removal_that_is_seen_to_happen_ends_the_alerts():
    """They left within the minute: over, and nobody is told that they are still here."""
    day, alerts = _stranger_lesson()
    day.clock.minute(2)
    day.presses(MS_PATEL, alerts["host"], Verb.REMOVE)
    day.happens(left(PARENT, 2.5))
    for minute in (3, 3.1, 4):
        day.look(minute)

    assert {(one[1], one[4]) for one in day.told()} == {
        ("uninvited_attendee.by_hand", True),
        ("uninvited_attendee.being_removed", True),
    }


def test_a_removal_that_does_not_happen_is_said():
    """After the patience both hear that they are still here, on new cards: they had seen the old ones."""
    day, alerts = _stranger_lesson()
    day.clock.minute(2)
    day.presses(MS_PATEL, alerts["host"], Verb.REMOVE)
    day.look(3)

    told = {(one[0], one[1], one[3], one[4]) for one in day.told()}
    assert told == {
        (to, say, number, over)
        for to in ("host", "leads")
        for say, number, over in (("told_anew", 1, True), ("uninvited_attendee.still_here", 2, False))
    }


@pytest.mark.parametrize("by", [ADA, PARENT, GUEST, ROBOT, NOBODY, CARETAKER, STRANGER, None])
def test_pupils_and_strangers_cannot_let_anybody_stay(by):
    """Nor remove anybody."""
    day, alerts = _stranger_lesson()
    before = day.everything_done()

    for alert, verb in itertools.product(alerts.values(), Verb):
        assert not day.presses(by, alert, verb).accepted
    assert day.everything_done() == before


def test_an_alert_on_a_correction_has_no_buttons():
    """What the engine did itself is not answered by pressing."""

    def decide(sitting, now, settings):
        yield Remove(about=PARENT, why="test_rule.removed")

    day = SchoolDay(school_with((rule_of(decide),), tier="remove"))
    day.happens(came(PARENT))

    assert day.decisions.alerts[1].decision.action == "remove"
    assert day.presses(HEAD, 1, Verb.REMOVE).notice.headline == "press.not_yours"


def test_staff_by_a_look_up_long_ago_are_looked_up_again():
    """A record of more than a day says nothing any more; the directory does."""
    day, alerts = _stranger_lesson()
    long_ago = datetime.now(UTC) - timedelta(hours=24, minutes=1)
    day.people.people[MS_PATEL] = replace(who(MS_PATEL), as_of=long_ago)

    assert day.presses(MS_PATEL, alerts["host"], Verb.LET_STAY).accepted
    assert day.directory.asked == [oid_of(MS_PATEL)]


def test_the_lesson_ends_a_pupils_late_identification_does_not_confuse():
    """A look-up that comes after an answer leaves the answer."""
    day, alerts = _stranger_lesson()
    day.clock.minute(2)
    day.presses(MS_PATEL, alerts["host"], Verb.LET_STAY)
    day.happens(identified(ADA, 3))

    assert {one[1] for one in day.told()} == {"uninvited_attendee.let_stay"}


def test_an_alert_of_a_lesson_purged_meanwhile_is_over():
    """Its row outlives the lesson's by a while."""
    day = alarmed(answerable=(Verb.ACKNOWLEDGE,))
    del day.register.sittings[1]

    assert day.presses(CLT, 1, Verb.NOT_A_PROBLEM).notice.headline == "press.over"
