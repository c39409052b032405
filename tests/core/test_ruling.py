"""What one transaction writes (laws 2, 9 and 14)."""

from datetime import timedelta

import pytest

from bot.events import Approved, Blinded, Described, Ended, Identified, Kind, Started
from bot.ports import Arrival, Before, Job, Known
from bot.ruling import SIGHTLESS, SILENT, rule_on, stamped
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CLT,
    LESSON,
    MS_PATEL,
    NOBODY,
    after,
    approved,
    came,
    described,
    identified,
    joined,
    left,
    rule_of,
    school_with,
    sitting_of,
    started,
)


def before(*told, minute=1.0, opened_now=False, known=(), **more):
    """What is read under the lock."""
    return Before(
        sitting=sitting_of(*told) if told else Sitting(LESSON),
        sitting_id=7,
        opened_now=opened_now,
        now=after(minute),
        known=dict(known),
        **more,
    )


def record(kind=Kind.PUPIL, minute=-400.0, fresh=True):
    """What the people table says."""
    return Known(kind=kind, classes=("3B",), as_of=after(minute), fresh=fresh)


def rule(arrival_events=(), of=None, school=None, events=None, **arrival):
    """Rule on an arrival of these events."""
    of = of or before()
    arrival = Arrival(events=tuple(arrival_events), meeting=LESSON, **arrival)
    return rule_on(arrival, of, school or school_with(()), events)


def jobs(ruling, kind):
    """The jobs of a kind."""
    return [job.person for job in ruling.jobs if job.kind == kind]


def test_a_newcomer_with_a_fresh_record_is_identified_in_the_same_transaction():
    """Nine o'clock costs no look-up: identified as of the record, and nobody is asked."""
    ruling = rule([came(ADA, 1)], before(known={ADA: record()}))

    assert ruling.events == (
        came(ADA, 1),
        Identified(at=after(-400), person=ADA, kind=Kind.PUPIL, classes=("3B",)),
    )
    assert ruling.jobs == ()


@pytest.mark.parametrize("known", [{}, {ADA: record(fresh=False)}, {ADA: record(Kind.UNRESOLVED)}])
def test_anybody_else_is_looked_up_by_a_job(known):
    """No record, an old one, or one that says nothing: they arrive unresolved and are asked about."""
    ruling = rule([came(ADA, 1)], before(known=known))

    assert ruling.events == (came(ADA, 1),)
    assert ruling.jobs == (Job(kind="identify", sitting=7, person=ADA),)


def test_a_record_from_the_future_is_as_of_now():
    """Another machine's clock does not make anybody known for longer than they are."""
    ruling = rule([came(ADA, 1)], before(known={ADA: record(minute=50)}))

    assert ruling.events[1].at == after(1)


def test_outsiders_and_those_known_in_the_sitting_are_not_looked_up():
    """The directory knows no anonymous people, and once known is known."""
    ruling = rule([came(NOBODY, 1), came(ADA, 1, "phone"), left(BEN, 1)], before(*joined(ADA)))

    assert ruling.jobs == ()


def approval(until, by=CLT):
    """What is known of a pupil with an approval."""
    return {ADA: Known(kind=Kind.PUPIL, classes=("3B",), as_of=after(0), fresh=True, approved=(after(until), by))}


def approvals(ruling):
    """What a ruling says of approvals."""
    return [(event.pupil, event.until, event.by, event.at) for event in ruling.events if isinstance(event, Approved)]


def test_an_approval_above_sittings_is_heard_of_once():
    """By the sitting the pupil comes to, and again when it is another one (C56)."""
    arrived = [came(ADA, 1)]
    heard = rule(arrived, before(known=approval(60)))

    assert approvals(heard) == [(ADA, after(60), CLT, after(1))]
    assert approvals(rule(arrived, before(approved(ADA, 0, until=60), known=approval(60)))) == []
    assert approvals(rule(arrived, before(approved(ADA, 0, until=60), known=approval(90)))) == [
        (ADA, after(90), CLT, after(1))
    ]


def test_the_end_of_an_approval_is_heard_of_by_a_sitting_that_believes_in_it():
    """And by no other: what ran out long ago is no news."""
    arrived = [came(ADA, 1)]

    assert approvals(rule(arrived, before(approved(ADA, 0, until=60), known=approval(0.5)))) == [
        (ADA, after(0.5), CLT, after(1))
    ]
    assert approvals(rule(arrived, before(known=approval(0.5)))) == []
    assert approvals(rule(arrived, before(approved(ADA, -9, until=0.5), known=approval(0.2)))) == []


def test_several_newcomers_in_one_arrival():
    """Each once, in the order they came."""
    arrived = [came(BEN, 1), came(ADA, 1), came(BEN, 1, "phone"), came(CARETAKER, 1)]
    ruling = rule(arrived, before(known={ADA: record()}))

    assert jobs(ruling, "identify") == [BEN, CARETAKER]
    assert [event.person for event in ruling.events if isinstance(event, Identified)] == [ADA]


def test_somebody_known_only_now_is_judged_now():
    """The judgement already knows who has just been identified."""
    seen = []
    spy = rule_of(lambda sitting, now, settings: iter(seen.append((sitting.kind(ADA), now)) or ()))
    rule([came(ADA, 1)], before(known={ADA: record()}), school_with((spy,)))

    assert seen == [(Kind.PUPIL, after(1))]


def test_whoever_opens_a_sitting_has_it_described():
    """One job, at the opening only, and not when the description is what came."""
    opening = before(opened_now=True)

    assert rule([started()], opening).jobs == (Job(kind="describe", sitting=7),)
    assert rule([started()], before()).jobs == ()
    assert rule([described()], opening).jobs == ()
    assert rule([], opening).jobs == ()
    assert rule([started(), described()], opening).jobs == ()


@pytest.mark.parametrize(
    "kind", ["MeetNow", "adhoc", "ChannelScheduled", "channelRecurring", "oneToOneCall", "groupCall"]
)
def test_meetings_that_show_no_joins_are_blind(kind):
    """Said once, as of now, in any case of letters."""
    ruling = rule([started()], meeting_type=kind)

    said = Blinded(at=after(1), why=SIGHTLESS[kind.casefold()])
    assert ruling.events[:2] == (started(), said)
    assert said not in rule([started(), said], before(said), meeting_type=kind).events[2:]


@pytest.mark.parametrize("kind", [None, "", "Scheduled", "Recurring", "something new"])
def test_scheduled_meetings_are_seen(kind):
    """And what nobody has heard of is not called blind."""
    assert rule([started()], meeting_type=kind).events == (started(),)


def test_a_sitting_silent_for_four_hours_is_given_up():
    """It ended when it was last seen; only a look without news does that, and only once."""
    hours = SILENT.total_seconds() / 60
    lesson = (started(), *joined(ADA), *joined(MS_PATEL, 2))

    assert rule((), before(*lesson, minute=2 + hours)).events == (Ended(at=after(2)),)
    assert rule((), before(*lesson, minute=1.9 + hours)).events == ()
    assert rule((), before(*lesson, Ended(at=after(2)), minute=2 + hours)).events == ()
    assert Ended not in map(type, rule([left(ADA, 300)], before(*lesson, minute=300)).events)
    assert rule((), before(minute=900)).events == ()
    assert rule((), before(*lesson, left(ADA, 3), left(MS_PATEL, 3), minute=900)).events == ()


def test_given_up_means_over():
    """Nobody is present any more, not even whoever came last."""
    lesson = (*joined(ADA), *joined(MS_PATEL, 2))
    ruling = rule((), before(*lesson, minute=900))

    assert sitting_of(lesson, ruling.events).over_since == after(2)


def test_checks_and_newcomers_are_one_job_each():
    """Whoever is asked for twice is looked up once."""
    lesson = before(described(), *joined(MS_PATEL), *joined(ADA), minute=8)

    assert jobs(rule([came(BEN, 8)], lesson, school_with()), "identify") == [BEN]
    alone = rule([left(BEN, 8)], lesson, school_with())
    assert jobs(alone, "identify") == [MS_PATEL, ADA]
    assert [type(event).__name__ for event in alone.events] == ["Left", "CheckAsked", "CheckAsked"]


def test_the_look_and_the_decisions_are_the_engines():
    """They go through as they are."""
    ruling = rule([came(ADA, 1)], before(described(), known={ADA: record()}), school_with())
    assert ruling.look_at == after(3)

    told = rule((), before(described(), *joined(ADA, 1), identified(ADA, 3), minute=3), school_with())
    assert [one.say for one in told.decisions] == ["lone_pupil.no_adult"]
    assert told.look_at is None


def test_events_may_stand_in_for_the_arrivals_own():
    """What needed the database's time is given beside it."""
    ruling = rule([started()], events=[came(NOBODY, 1)])

    assert ruling.events == (came(NOBODY, 1),)
    assert rule([started()], events=[]).events == ()


def test_what_we_saw_ourselves_gets_the_databases_time():
    """`stamped` is now, or so long ago (law 9)."""
    found = stamped([Started(at=after(99)), described(98)], before(minute=5), timedelta(minutes=2))

    assert [event.at for event in found] == [after(3), after(3)]
    assert [type(event) for event in found] == [Started, Described]
    assert stamped([started()], before(minute=5))[0].at == after(5)
