"""The cache of folds: bounded, never older than what it has."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.events import Joined, account
from bot.fold import fold, numbered
from bot.sitting import Meeting, Sitting
from bot.store.folds import Folds

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def sitting(thread: str, number: int) -> Sitting:
    event = Joined(at=NINE, person=account("ada"), endpoint="x")
    return numbered(fold(Sitting(Meeting("t", "s", thread)), [event]), number)


def test_only_so_many_are_kept_and_the_unused_go_first() -> None:
    """Memory is bounded, however many lessons there are."""
    folds = Folds(kept=2)
    folds.put(1, sitting("a", 1))
    folds.put(2, sitting("b", 1))
    folds.get(1)

    folds.put(3, sitting("c", 1))

    assert [folds.get(number) is not None for number in (1, 2, 3)] == [True, False, True]
    assert folds.newest_id(Meeting("t", "s", "b")) is None
    assert len(folds) == 2


def test_a_slower_commit_does_not_replace_a_newer_fold() -> None:
    """Two observers may come back from their commits in the other order."""
    folds = Folds()
    folds.put(1, sitting("a", 5))

    folds.put(1, sitting("a", 4))

    kept = folds.get(1)
    assert kept is not None
    assert kept.number == 5
