"""The folds kept in memory: a cache by sitting and number of the last event, never the truth (law 10)."""

from __future__ import annotations

from collections import OrderedDict

from bot.sitting import Meeting, Sitting

_KEPT = 2000


class Folds:
    """The sittings last used. Replaced only after a commit, dropped on a rollback, let go when the sitting is over."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._folds: OrderedDict[int, Sitting] = OrderedDict()
        self._newest: dict[Meeting, int] = {}

    def __len__(self) -> int:
        return len(self._folds)

    def newest_id(self, meeting: Meeting) -> int | None:
        """Which sitting of this meeting is the newest that is kept."""
        return self._newest.get(meeting)

    def get(self, sitting_id: int) -> Sitting | None:
        """The cached fold of a sitting."""
        fold = self._folds.get(sitting_id)
        if fold is not None:
            self._folds.move_to_end(sitting_id)
        return fold

    def put(self, sitting_id: int, fold: Sitting) -> None:
        """Keep a committed fold, unless a newer one is kept or the sitting is over."""
        if fold.over_since is not None:
            self.drop(sitting_id)
            return
        known = self._folds.get(sitting_id)
        if known is not None and known.number > fold.number:
            return
        self._folds[sitting_id] = fold
        self._folds.move_to_end(sitting_id)
        if self._newest.get(fold.meeting, 0) <= sitting_id:
            self._newest[fold.meeting] = sitting_id
        if len(self._folds) > self._kept:
            self.drop(next(iter(self._folds)))

    def drop(self, sitting_id: int) -> None:
        """Forget a sitting."""
        fold = self._folds.pop(sitting_id, None)
        if fold is not None and self._newest.get(fold.meeting) == sitting_id:
            del self._newest[fold.meeting]
