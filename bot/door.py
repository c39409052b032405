"""The meeting's options: read for the sitting, and set as decided. What Microsoft refuses is kept with how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.events import Event, OptionsRefused, OptionsSeen, Setting
from bot.ports import (
    Alert,
    Arrival,
    Before,
    Filed,
    Job,
    MeetingOptions,
    Meetings,
    Online,
    Refused,
    Register,
    Ruling,
)
from bot.ruling import rule_on, stamped
from bot.school import School


@dataclass(frozen=True, slots=True)
class Door:
    """The errand `options`, and the action `set_options`."""

    school: School
    register: Register
    options: MeetingOptions
    meetings: Meetings

    async def read(self, job: Job) -> None:
        """Read the options of a sitting's meeting; OutOfReach to be run again."""
        filed = await self.register.sitting(job.sitting) if job.sitting is not None else None
        if filed is None:
            return
        try:
            online = await self._online(filed)
        except Refused as refused:
            await self._observe(filed, [_refusal(filed, refused)])
        else:
            await self._observe(filed, [_seen(filed, online.options, ours=False)])

    async def set_options(self, alert: Alert, filed: Filed) -> tuple[str, str]:
        """Change what was decided, in one go, and believe what is read back; the outcome and its words."""
        wanted = {option: value for option, value in alert.decision.facts.items() if isinstance(value, str | bool)}
        try:
            online = await self.options.change(await self._online(filed), wanted)
        except Refused as refused:
            await self._observe(filed, [_refusal(filed, refused)])
            return "refused", f"{refused.code}: {refused.words}"
        await self._observe(filed, [_seen(filed, online.options, ours=True)])
        missed = [option for option, value in wanted.items() if online.options.get(option) != value]
        return ("refused", f"did not take: {', '.join(missed)}") if missed else ("done", "read back")

    async def _online(self, filed: Filed) -> Online:
        meeting, known = filed.sitting.meeting, filed.teams_meeting_id
        return await self.options.read(meeting, await self.meetings.details(meeting, known) if known else None)

    async def _observe(self, filed: Filed, events: Sequence[Event]) -> None:
        arrival = Arrival(sitting=filed.sitting_id)

        def ruling(before: Before) -> Ruling:
            return rule_on(arrival, before, self.school, stamped(events, before))

        await self.register.observe(arrival, ruling)


def _seen(filed: Filed, options: Mapping[str, Setting], *, ours: bool) -> OptionsSeen:
    return OptionsSeen(at=filed.now, options=dict(options), ours=ours)


def _refusal(filed: Filed, refused: Refused) -> OptionsRefused:
    return OptionsRefused(at=filed.now, code=refused.code, words=refused.words)
