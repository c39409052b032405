"""The TeamsActivityHandler: asks the doors, and gives the answer to whoever answers. No logic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler

from bot.ports import Doors, Pressed, Said
from bot.teams.answers import Answers
from bot.teams.parse import Added, Parsed


class Handler(TeamsActivityHandler):  # type: ignore[misc]  # -- botbuilder has no types
    """One turn, of which `parsed` is already known what it means."""

    def __init__(self, doors: Doors, answers: Answers, parsed: Parsed, activity: Mapping[str, Any]) -> None:
        self._doors = doors
        self._answers = answers
        self._what = parsed.what
        self._activity = activity

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """A command."""
        if isinstance(self._what, Said):
            said = await self._answers.recognised(self._what, self._activity)
            self._answers.tell(said, await self._doors.command(said), self._activity)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """A button, of an alert or one that gives a command; no other invoke is ours."""
        if isinstance(self._what, Said):
            return InvokeResponse(status=200, body=self._answers.to_press(await self._doors.command(self._what)))
        if not isinstance(self._what, Pressed):
            return InvokeResponse(status=501)
        return InvokeResponse(status=200, body=self._answers.to_press(await self._doors.press(self._what)))

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """We were put somewhere, or taken away."""
        if isinstance(self._what, Added) and await self._answers.is_new(self._activity):
            self._answers.greet(await self._doors.welcome(self._what.place, self._what.thread), self._activity)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """The same as Teams tells it a second time. (The SDK's own would look every member up.)"""
        await self.on_installation_update(turn_context)
