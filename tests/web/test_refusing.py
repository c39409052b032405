"""The log says why something was turned away, and a flood of it is a few lines."""

from __future__ import annotations

import logging

import pytest

from bot.web.refusing import Refusals


def test_the_first_is_said_at_once_and_the_others_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """By place and reason, with how many it was."""
    now = 0.0
    refusals = Refusals(clock=lambda: now)
    with caplog.at_level(logging.INFO, logger="schoolgate"):
        for second in range(130):
            now = float(second)
            refusals.note("messages", "signature", 401)
            refusals.note("calls", "tenant", 403)

    said = [(record.place, record.reason, record.status, record.times) for record in caplog.records]
    assert said[:2] == [("messages", "signature", 401, 1), ("calls", "tenant", 403, 1)]
    assert [times for place, _, _, times in said if place == "messages"] == [1, 60, 60]
