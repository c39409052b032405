"""Being turned away at the gate: a status for the caller, a reason for our own counting, nothing about our insides."""

from __future__ import annotations

WORDS = {
    400: "bad request",
    401: "unauthorised",
    403: "forbidden",
    404: "not found",
    429: "too many",
    501: "not implemented",
    503: "try again later",
}


class TurnedAway(Exception):
    """An activity that is not taken. `reason` is for log and metrics: the caller learns no more than the status says."""

    def __init__(self, status: int, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after
