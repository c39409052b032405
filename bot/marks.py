"""The end of the path that Graph posts a call's news to: made by us alone, and read again. Pure."""

from __future__ import annotations

import hashlib
import hmac


def mark_of(sitting_id: int, secret: str) -> str:
    """The end of the path that Graph notifies of a sitting's call: nobody else can make it, a second factor beside the token."""
    seal = hmac.new(secret.encode(), f"call {sitting_id}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{sitting_id}.{seal}"


def sitting_of(mark: str, secret: str) -> int | None:
    """The sitting that a mark of ours names; None for any other."""
    number = mark.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return int(number) if hmac.compare_digest(mark_of(int(number), secret).encode(), mark.encode()) else None
