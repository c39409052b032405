"""How much of a lesson was seen, from its own events."""

from datetime import timedelta

import pytest
from hypothesis import given

from bot.coverage import Coverage, coverage_of
from bot.events import CallMoved, Kind, RosterSeen, Seat
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    LESSON,
    MS_PATEL,
    after,
    blinded,
    came,
    ended,
    flat,
    joined,
    left,
    sight_returned,
    started,
)
from tests.histories import histories

EMPTY = Sitting(LESSON)


def coverage(*told, minute=60):
    """Of these events."""
    return coverage_of(EMPTY, flat(told), after(minute))


def roster(minute, *people):
    """The call shows these."""
    seats = tuple(Seat(participant=f"p-{person}", person=person, hint=Kind.UNRESOLVED) for person in people)
    return RosterSeen(at=after(minute), seats=seats, ours=True)


def test_a_lesson_that_was_seen_from_its_start_to_its_end():
    """Every message counts, and nothing was hidden."""
    seen = coverage(started(), came(MS_PATEL), came(ADA), left(ADA, 40), left(MS_PATEL, 40), ended(40))

    assert seen == Coverage(messages=6, lasted=timedelta(minutes=40))
    assert seen.percent == 100


def test_of_a_lesson_nothing_was_heard_of_nothing_was_seen():
    """A quiet line is not a good lesson."""
    assert coverage().percent == 0
    assert coverage(blinded("meet_now", 1)).percent == 0


@pytest.mark.parametrize(
    ("spells", "blind"),
    [
        ([blinded("channel", 0)], 60),
        ([blinded("directory", 10), sight_returned("directory", 16)], 6),
        ([blinded("a", 10), blinded("b", 12), sight_returned("a", 16), sight_returned("b", 20)], 10),
        ([blinded("a", 10), sight_returned("a", 12), blinded("a", 30), sight_returned("a", 33)], 5),
        ([blinded("a", 50)], 10),
    ],
)
def test_blind_time_counts_once_however_many_reasons(spells, blind):
    """From when it began until it ended, or until now."""
    seen = coverage(started(), came(MS_PATEL), *spells)

    assert seen.blind == timedelta(minutes=blind)
    assert seen.percent == int(100 * (60 - blind) / 60)


def test_a_call_that_was_cut_off_is_blind_time_until_the_next_roster():
    """Law 14."""
    moves = ((1, "in", "c"), (20, "ended", "c"), (22, "joined", "d"))
    call = [CallMoved(at=after(minute), state=state, call=which) for minute, state, which in moves]
    seen = coverage(started(), *joined(MS_PATEL), call[0], roster(2, MS_PATEL), *call[1:], roster(23, MS_PATEL))

    assert (seen.blind, seen.rosters) == (timedelta(minutes=3), 2)


def test_sources_that_tell_different_things_are_counted():
    """A lost join or a lost leave shows once the roster has had time to know; who has just come does not count."""
    lesson = started(), *joined(MS_PATEL), *joined(ADA)

    assert coverage(*lesson, roster(5, MS_PATEL, ADA)).disagreed == 0
    assert coverage(*lesson, roster(5, MS_PATEL)).disagreed == 1
    assert (
        coverage(
            *lesson, roster(5, MS_PATEL, ADA), roster(6, MS_PATEL, ADA, BEN), roster(7, MS_PATEL, ADA, BEN)
        ).disagreed
        == 1
    )
    assert coverage(*lesson, came(BEN, 5), roster(5.1, MS_PATEL, ADA)).disagreed == 0


@given(histories)
def test_no_history_makes_more_blind_time_than_there_was_lesson(events):
    """Whatever the order, the share stays a share."""
    seen = coverage(events)

    assert timedelta() <= seen.blind <= seen.lasted
    assert 0 <= seen.percent <= 100
