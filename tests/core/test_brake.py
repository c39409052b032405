"""The brake: what rules may never do to people, and to how many (law 12)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import Audience, Mode, Mute, Remove, Tell
from bot.brake import LOOKED_UP_WITHIN, SEEN_WITHIN
from bot.engine import judge
from bot.events import CallMoved, Corrected, Identified, Joined, Kind, PersonKey, RosterSeen, Seat
from bot.fold import fold
from bot.policy import find_rules
from bot.school import read_school
from bot.sitting import Sitting
from deploy.replay import ROOT
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    GUEST,
    LESSON,
    MS_PATEL,
    NOBODY,
    NOBODY_ELSE,
    PARENT,
    PHONE,
    ROBOT,
    ZOE,
    after,
    came,
    described,
    identified,
    joined,
    left,
    rule_of,
    school_with,
    sitting_of,
)
from tests.histories import EVERYBODY, events

SECOND = 1 / 60
PUPILS = [PersonKey(f"aad:{number:08d}-0000-4000-8000-000000000000") for number in range(20)]


def removes(*people, action=Remove, name="test_rule", mode=Mode.ACT):
    """A rule that wants everybody named removed (or muted)."""

    def decide(sitting, now, settings):
        yield from (action(about=person, why="test_rule.removed") for person in people)

    return rule_of(decide, name, mode)


def whole_class(minute=0.0):
    """Twenty pupils, who make a quarter of five."""
    for pupil in PUPILS:
        yield Joined(at=after(minute), person=pupil, endpoint="laptop")
        yield Identified(at=after(minute), person=pupil, kind=Kind.PUPIL, classes=("3B",))


def judged(*told, rules, minute=0.2, tier="remove", brake=None, **more):
    """What becomes of the wishes of these rules in a lesson."""
    school = school_with(tuple(rules), tier=tier, brake=brake or {})
    return judge(sitting_of(*told), after(minute), school, **more)


def corrections(judgement):
    """What is really done, and to whom."""
    return [(one.action, one.about) for one in judgement.decisions if one.action != "tell" and one.status == "due"]


def told(judgement):
    """Who is told what about whom instead."""
    return [(one.to, one.say, one.about) for one in judgement.decisions if one.action == "tell"]


def test_a_rule_may_remove_somebody_fresh_in_the_room():
    """A decision, and an event that the brake counts by; the observation is the join, in milliseconds."""
    judgement = judged(joined(PARENT), rules=[removes(PARENT)])

    (decision,), (event,) = judgement.decisions, judgement.events
    assert (decision.action, decision.about, decision.status) == ("remove", PARENT, "due")
    assert (decision.rule, decision.say, decision.mode) == ("test_rule", "test_rule.removed", Mode.ACT)
    assert decision.observation == int(after(0).timestamp() * 1000)
    assert event == Corrected(
        at=after(0.2), person=PARENT, action="remove", rule="test_rule", observation=decision.observation
    )


@pytest.mark.parametrize(("person", "kind"), [(MS_PATEL, Kind.STAFF), (ROBOT, Kind.BOT), (ADA, Kind.UNRESOLVED)])
def test_staff_bots_and_the_unresolved_never(person, kind):
    """No rule does anything to them."""
    told_ = joined(person) if kind is not Kind.UNRESOLVED else (came(person),)
    judgement = judged(told_, rules=[removes(person)], minute=0.1)

    assert sitting_of(told_).kind(person) is kind
    assert judgement.decisions == ()


def test_the_organiser_never():
    """Not even an organiser who is no staff."""
    lesson = joined(CARETAKER), described(organizer=CARETAKER)

    assert judged(lesson, rules=[removes(CARETAKER)]).decisions == ()


def test_somebody_who_has_gone_is_not_removed():
    """Nor somebody who never came."""
    lesson = joined(PARENT), left(PARENT, 0.1)

    assert judged(lesson, rules=[removes(PARENT, NOBODY)]).decisions == ()


def test_the_same_sighting_is_acted_on_once():
    """A repeat of the same observation cannot act; a second join can."""
    done = Corrected(
        at=after(0.1), person=PARENT, action="remove", rule="r", observation=int(after(0).timestamp() * 1000)
    )
    again = left(PARENT, 0.2), *joined(PARENT, 0.3)

    assert corrections(judged(joined(PARENT), done, rules=[removes(PARENT)])) == []
    assert corrections(judged(joined(PARENT), done, again, rules=[removes(PARENT)], minute=0.4)) == [("remove", PARENT)]
    assert corrections(judged(joined(PARENT), done, rules=[removes(PARENT, action=Mute)])) == [("mute", PARENT)]


@pytest.mark.parametrize(("times", "acts"), [(4, True), (5, False), (6, False)])
def test_the_same_person_only_so_often(times, acts):
    """Five times in a sitting, then no more."""
    done = [
        Corrected(at=after(number / 10), person=PARENT, action="remove", rule="r", observation=number)
        for number in range(times)
    ]
    judgement = judged(joined(PARENT, 1), done, rules=[removes(PARENT)], minute=1.2)

    assert bool(corrections(judgement)) is acts


def test_of_two_wishes_about_one_person_the_stricter_stays():
    """Removing outranks muting, whichever rule came first; of two alike the first rule by name."""
    for rules in ([removes(PARENT, action=Mute, name="a"), removes(PARENT, name="z")], [removes(PARENT, name="z")]):
        (decision,) = judged(joined(PARENT), rules=rules).decisions
        assert (decision.action, decision.rule) == ("remove", "z")
    (decision,) = judged(joined(PARENT), rules=[removes(PARENT, name="z"), removes(PARENT, name="b")]).decisions
    assert decision.rule == "b"


# --- modes and tiers ----------------------------------------------------------------------------------------------------


def test_watch_only_writes_down():
    """Nothing is done, nothing is counted, and it is written down once."""
    rules = [removes(PARENT, mode=Mode.WATCH)]
    judgement = judged(joined(PARENT), rules=rules)

    assert [(one.action, one.status) for one in judgement.decisions] == [("remove", "watched")]
    assert [event.type for event in judgement.events] == ["withheld"]
    again = judged(joined(PARENT), judgement.events, rules=rules)
    assert (again.decisions, again.events) == ((), ())


@pytest.mark.parametrize(("action", "say"), [(Remove, "removal.by_hand"), (Mute, "muting.by_hand")])
@pytest.mark.parametrize("way", [{"tier": "watch"}, {"tier": "guard"}, {"staff_shrunk": True}, {"mode": Mode.TELL}])
def test_where_it_may_not_act_the_host_is_told_to(action, say, way):
    """In a lower tier, in mode `tell`, and while the staff list cannot be trusted, a person does it."""
    mode = way.get("mode", Mode.ACT)
    how = {name: value for name, value in way.items() if name != "mode"}
    judgement = judged(joined(PARENT), rules=[removes(PARENT, action=action, mode=mode)], **how)

    assert corrections(judgement) == []
    assert told(judgement) == [(Audience.HOST, say, PARENT)]


# --- fresh knowledge ----------------------------------------------------------------------------------------------------


def test_an_account_looked_up_more_than_a_minute_ago_is_looked_up_first():
    """Until then nothing is done; afterwards it is."""
    rules = [removes(CARETAKER)]
    late = LOOKED_UP_WITHIN.total_seconds() / 60 + SECOND
    waiting = judged(joined(CARETAKER), rules=rules, minute=late)

    assert (corrections(waiting), waiting.checks) == ([], (CARETAKER,))
    fresh = judged(joined(CARETAKER), identified(CARETAKER, late), rules=rules, minute=late + 0.1)
    assert corrections(fresh) == [("remove", CARETAKER)]


@pytest.mark.parametrize("seconds", [1, 29, 31, 45, 60])
def test_a_look_up_within_the_minute_is_never_left_waiting_for_nothing(seconds):
    """Either it is done, or somebody is asked: no age falls between two limits."""
    judgement = judged(joined(CARETAKER), rules=[removes(CARETAKER)], minute=seconds * SECOND)

    assert corrections(judgement) == [("remove", CARETAKER)]


def test_an_outsider_not_seen_lately_is_not_removed():
    """Who is no account of ours is known by being seen only."""
    late = SEEN_WITHIN.total_seconds() / 60

    assert corrections(judged(joined(NOBODY), rules=[removes(NOBODY)], minute=late)) == [("remove", NOBODY)]
    assert corrections(judged(joined(NOBODY), rules=[removes(NOBODY)], minute=late + SECOND)) == []


ANON = PersonKey("guest:anon-1")


def roster(minute, *people, ours=True):
    """The call's list, with these in it."""
    seats = (Seat(participant=f"p-{person}", person=person, hint=Kind.ANONYMOUS) for person in people)
    return RosterSeen(at=after(minute), seats=tuple(seats), ours=ours)


def test_who_sits_in_the_call_without_an_account_is_known_as_long_as_the_roster_shows_them():
    """Law 12 counts the roster's age, however long ago they came; one that is not believed is none (law 5)."""
    late = 20 + SEEN_WITHIN.total_seconds() / 60
    rules = [removes(ANON)]
    lesson = joined(MS_PATEL), roster(1, MS_PATEL, ANON), roster(20, MS_PATEL, ANON)

    assert corrections(judged(lesson, rules=rules, minute=late)) == [("remove", ANON)]
    for stale in (lesson, (lesson, roster(late, MS_PATEL, ANON, ours=False)), (lesson, roster(late, MS_PATEL))):
        assert corrections(judged(stale, rules=rules, minute=late + SECOND)) == []


def test_whom_only_an_old_roster_shows_is_looked_at_first():
    """Then it acts; where no look comes the host is told; where there is no call, at once."""
    rules = [removes(ANON)]
    lesson = joined(MS_PATEL), roster(1, MS_PATEL, ANON)
    waiting = judged(lesson, rules=rules, minute=5)
    seen = judged(lesson, waiting.events, roster(5 + SECOND, MS_PATEL, ANON), rules=rules, minute=5 + 2 * SECOND)
    in_vain = judged(lesson, waiting.events, rules=rules, minute=5 + 11 * SECOND)
    lost = judged(lesson, CallMoved(at=after(4), state="ended"), rules=rules, minute=5)

    assert (waiting.checks, told(waiting), corrections(waiting)) == ((ANON,), [], [])
    assert corrections(seen) == [("remove", ANON)]
    assert all((Audience.HOST, "removal.by_hand", ANON) in told(one) for one in (in_vain, lost))
    assert corrections(in_vain) + corrections(lost) == []


@given(
    came_at=st.integers(0, 3600),
    rosters=st.lists(st.tuples(st.integers(0, 3700), st.booleans(), st.booleans()), max_size=8),
    later=st.integers(0, 3700),
)
def test_without_an_account_fresh_is_exactly_what_was_believed_within_half_a_minute(came_at, rosters, later):
    """Acted on if, and only if, a believed roster or their coming in is so fresh; never on one in which they are not."""
    judged_at = came_at + later
    seen = sorted(one for one in rosters if came_at <= one[0] <= judged_at)
    told_ = [roster(at / 60, MS_PATEL, *([ANON] if there else []), ours=ours) for at, there, ours in seen]
    judgement = judged(
        joined(MS_PATEL), roster(came_at / 60, MS_PATEL, ANON), told_, rules=[removes(ANON)], minute=judged_at / 60
    )

    believed = [(at, there) for at, there, ours in seen if ours]
    here = believed[-1][1] if believed else True
    newest = believed[-1][0] if believed else came_at
    assert (("remove", ANON) in corrections(judgement)) is (here and judged_at - newest <= 30)


@pytest.mark.parametrize(("action", "say"), [(Remove, "removal.by_hand"), (Mute, "muting.by_hand")])
def test_whom_it_may_not_act_on_for_stale_knowledge_a_person_is_told_of(action, say):
    """An outsider seen too long ago at once; an account whom the directory does not tell after the patience, and as unsure."""
    late = SEEN_WITHIN.total_seconds() / 60 + SECOND
    assert told(judged(joined(NOBODY), rules=[removes(NOBODY, action=action)], minute=late)) == [
        (Audience.HOST, say, NOBODY)
    ]
    stale = LOOKED_UP_WITHIN.total_seconds() / 60 + SECOND
    asked = judged(joined(CARETAKER), rules=[removes(CARETAKER, action=action)], minute=stale)
    in_vain = judged(
        joined(CARETAKER), asked.events, rules=[removes(CARETAKER, action=action)], minute=stale + 11 * SECOND
    )

    assert told(asked) == []
    assert (corrections(in_vain), told(in_vain)) == ([], [(Audience.HOST, say, CARETAKER)])
    assert in_vain.decisions[0].unconfirmed


# --- how many -----------------------------------------------------------------------------------------------------------


def test_three_people_in_five_minutes_and_the_leads_hear_of_the_fourth():
    """The fourth is not removed: that is written down as braked, and told."""
    judgement = judged(whole_class(), rules=[removes(*PUPILS[:4])])

    assert [about for _, about in corrections(judgement)] == PUPILS[:3]
    assert [(one.about, one.status) for one in judgement.decisions if one.status == "braked"] == [(PUPILS[3], "braked")]
    assert told(judgement) == [(Audience.LEADS, "brake.tripped", None)]
    assert [one.facts for one in judgement.decisions if one.say == "brake.tripped"] == [{"rule": "test_rule"}]


def test_who_must_be_looked_up_first_finds_the_places_that_others_have_left():
    """Known too long ago, one of four: held back at once, under the moment of their own coming, and not looked up for nothing."""
    late = after(-LOOKED_UP_WITHIN.total_seconds() / 60 - 1)
    told_of = [
        replace(event, at=late) if isinstance(event, Identified) and event.person == PUPILS[0] else event
        for event in whole_class()
    ]
    judgement = judged(told_of, rules=[removes(*PUPILS[:4])])

    braked = [(one.about, one.observation) for one in judgement.decisions if one.status == "braked"]
    assert braked == [(PUPILS[0], int(after(0).timestamp() * 1000))]
    assert [about for _, about in corrections(judgement)] == PUPILS[1:4]
    assert judgement.checks == ()


def test_the_brake_is_told_of_beside_what_the_rule_itself_tells_the_leads():
    """Under its own name: else the one would stand in the other's card, and nobody would read that it has stopped."""

    def decide(sitting, now, settings):
        yield Tell(to=Audience.LEADS, say="test_rule.x")
        for person in PUPILS[:4]:
            yield Remove(about=person, why="test_rule.x")

    judgement = judged(whole_class(), rules=[rule_of(decide)])
    tells = [(one.rule, one.to, one.say) for one in judgement.decisions if one.action == "tell"]

    assert tells == [("test_rule", "leads", "test_rule.x"), ("brake", "leads", "brake.tripped")]


def test_whom_the_brake_holds_back_is_not_looked_up_anew_to_be_held_back_again():
    """Else the host would be asked to remove them every minute, between two look-ups."""
    rules = [removes(*PUPILS[:4])]
    first = judged(whole_class(), rules=rules)
    late = 3.0 + LOOKED_UP_WITHIN.total_seconds() / 60
    again = judged(whole_class(), first.events, rules=rules, minute=late)

    assert PUPILS[3] not in again.checks
    assert told(again) == []


def test_those_corrected_within_the_window_count():
    """Two within five minutes leave one; after the window three again."""

    def done(minute):
        return [
            Corrected(at=after(minute), person=person, action="remove", rule="r", observation=1)
            for person in (PARENT, NOBODY)
        ]

    rules = [removes(*PUPILS[:4])]
    assert len(corrections(judged(whole_class(5), done(0.2), rules=rules, minute=5.2))) == 1
    assert len(corrections(judged(whole_class(5), done(0.1), rules=rules, minute=5.2))) == 3


def test_a_person_counted_already_is_not_counted_again():
    """A repeat has its own cap and does not use up the others'."""
    done = [Corrected(at=after(-1), person=person, action="remove", rule="r", observation=1) for person in PUPILS[:3]]
    judgement = judged(whole_class(), done, rules=[removes(*PUPILS[:4])])

    assert [about for _, about in corrections(judgement)] == PUPILS[:3]


@pytest.mark.parametrize(("pupils", "most"), [(0, 1), (4, 1), (7, 1), (8, 2), (11, 2), (12, 3), (20, 3)])
def test_a_quarter_of_the_pupils(pupils, most):
    """Never more than a quarter of those who came, and one at the least."""
    lesson = list(whole_class())[: 2 * pupils]
    outsiders = [joined(person) for person in (PARENT, NOBODY, NOBODY_ELSE, PHONE)]

    judgement = judged(lesson, *outsiders, rules=[removes(PARENT, NOBODY, NOBODY_ELSE, PHONE)])
    assert len(corrections(judgement)) == most


@pytest.mark.parametrize(("elsewhere", "acts"), [(0, 3), (7, 3), (8, 2), (9, 1), (10, 0), (50, 0)])
def test_ten_people_in_the_whole_school(elsewhere, acts):
    """Other lessons count too."""
    judgement = judged(whole_class(), rules=[removes(*PUPILS[:4])], school_corrected=elsewhere)

    assert len(corrections(judgement)) == acts


@pytest.mark.parametrize("choice", [None, "remove"])
def test_as_shipped_no_stranger_is_removed_by_a_rule(choice):
    """People decide removals (threat T12): a rule removes strangers only where the school chose so, whatever its tier."""
    kinds = ("guest", "other_tenant", "anonymous", "phone", "other_account", "other_class")
    chosen = find_rules({"uninvited_attendee": dict.fromkeys(kinds, choice)} if choice else {})
    rules = chosen if choice else read_school(ROOT / "policies" / "school.toml").rules
    strangers = [joined(person, 0.1) for person in (GUEST, PARENT, NOBODY, PHONE, CARETAKER, ZOE)]
    lesson = [joined(MS_PATEL), [*whole_class()], described(organizer=MS_PATEL), *strangers]

    done = [one for minute in (0.2, 0.5, 1, 2, 5) for one in corrections(judged(*lesson, rules=rules, minute=minute))]
    assert ("remove" in [action for action, _ in done]) is (choice == "remove")


def test_the_school_chooses_its_brake():
    """Each of the limits."""
    rules = [removes(*PUPILS[:6])]

    assert len(corrections(judged(whole_class(), rules=rules, brake={"per_sitting": 1}))) == 1
    assert corrections(judged(whole_class(), rules=rules, brake={"per_sitting": 0})) == []
    assert len(corrections(judged(whole_class(), rules=rules, brake={"share_of_pupils": 0.1}))) == 2
    assert len(corrections(judged(whole_class(), rules=rules, brake={"per_school": 2}))) == 2


# --- the property -------------------------------------------------------------------------------------------------------

_corrective = st.sampled_from((Remove, Mute))
_wishes = st.lists(st.tuples(st.sampled_from((*EVERYBODY, BEN, ANON)), _corrective), max_size=14)
_rosters = st.builds(
    lambda minute, people, ours: roster(minute, *people, ours=ours),
    st.integers(0, 720).map(lambda seconds: seconds / 60),
    st.lists(st.sampled_from((*EVERYBODY, ANON)), max_size=5, unique=True),
    st.booleans(),
)


@settings(max_examples=150)
@given(
    history=st.lists(st.one_of(events, events, _rosters), max_size=24),
    wishes=_wishes,
    steps=st.lists(st.integers(0, 80), min_size=1, max_size=12),
    shrunk=st.booleans(),
)
def test_no_history_makes_a_rule_correct_whom_or_as_many_as_it_may_not(history, wishes, steps, shrunk):
    """Judged again and again while anything happens: never staff, the organiser, bots, the unresolved, the stale, the many."""

    def decide(sitting, now, settings):
        yield from (action(about=person, why="test") for person, action in wishes)

    school = school_with((rule_of(decide),), tier="remove")
    history = sorted(history, key=lambda event: event.at)
    sitting, now, done = Sitting(LESSON), after(0), []
    for step in steps:
        now += timedelta(seconds=step)
        sitting = fold(sitting, [event for event in history if event.at <= now])
        history = [event for event in history if event.at > now]
        judgement = judge(sitting, now, school, staff_shrunk=shrunk)
        for event in judgement.events:
            if isinstance(event, Corrected):
                _allowed(sitting, now, event.person)
                assert not shrunk
                done.append(event)
        sitting = fold(sitting, judgement.events)
        _not_too_many(sitting, now, done)


def _allowed(sitting, now, person):
    """By the sitting's own plain fields: who they are, that they are here, and how lately anybody looked."""
    assert sitting.kind(person) not in (Kind.STAFF, Kind.BOT, Kind.UNRESOLVED)
    assert person != sitting.organizer
    assert person in sitting.present()
    if person.startswith("aad:"):
        assert now - sitting.members[person].as_of <= timedelta(seconds=60)
        return
    seated = any(seat.person == person for seat in sitting.controls.seats.values())
    seen = max(sitting.since(person), sitting.controls.roster_at if seated else after(0))
    assert now - seen <= timedelta(seconds=30)


def _not_too_many(sitting, now, done):
    lately = {event.person for event in done if now - event.at <= timedelta(minutes=5)}
    pupils = sum(1 for member in sitting.members.values() if member.kind is Kind.PUPIL and member.first_seen)
    newest = {event.person for event in done if event.at == now}
    assert not newest or len(lately) <= min(3, max(1, pupils // 4))
    for person in lately:
        for name in ("remove", "mute"):
            assert sum(1 for event in done if (event.person, event.action) == (person, name)) <= 3
