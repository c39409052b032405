"""The bot in Microsoft's own client: help, a warning from the picker, a card's button, and an alert updated in place."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.clients.playground.conftest import OTHER, PUPIL, TEACHER, Playground

pytestmark = pytest.mark.clients


async def test_a_lesson_in_the_playground(playground: Playground) -> None:
    """As a teacher and lead would see it; every activity went through the product's own gate."""
    page = playground.page
    await playground.open("3B Maths")
    await playground.happens("MeetingStart")
    await playground.happens("MeetingParticipantJoin", TEACHER, PUPIL, OTHER)

    await playground.says("help")
    await expect(page.get_by_text("I watch who is in this lesson").first).to_be_visible()
    await playground.picture("1-help")

    await playground.says("warn")
    await expect(page.get_by_text("Whom do you want to warn?").first).to_be_visible()
    await playground.picture("2-picker")
    await playground.chooses("Which pupil?", f"{PUPIL} (3B)")
    await playground.chooses("What for?", "being unkind")
    await page.get_by_role("button", name="Warn").last.click()
    await expect(page.get_by_text(f"Warned {PUPIL}").first).to_be_visible()
    await playground.picture("3-warned")
    await page.get_by_role("button", name="Undo").last.click()
    await expect(page.get_by_text(f"Your warning of {PUPIL} is taken back").first).to_be_visible()

    # an alert about the teacher would not come to a channel that the teacher reads
    await playground.happens("MeetingParticipantLeave", TEACHER)
    await playground.happens("MeetingParticipantLeave", OTHER)
    await playground.open("Alerts")
    await expect(page.get_by_text("One pupil and no adult").first).to_be_visible()
    await playground.picture("4-alert")
    await page.get_by_role("button", name="Acknowledge").last.click()
    await expect(page.get_by_text(f"Acknowledged by {TEACHER}").first).to_be_visible()
    await playground.happens("MeetingParticipantJoin", OTHER)
    await expect(page.get_by_text("Somebody else came").first).to_be_visible()
    await expect(page.get_by_text("Act now")).to_have_count(0)
    await playground.picture("5-over")

    assert {status for _, status in playground.front.seen} == {200}
