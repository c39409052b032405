"""The chats of coming lessons: a lesson that Schoolgate is not in is a lesson it does not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.doctor.entrance import serving
from bot.doctor.findings import Finding, State
from bot.graph.checkup import chat_is_shown
from bot.graph.client import Graph
from bot.ports import CalendarEvent, OutOfReach, Refused
from bot.teams.connector import Connector
from bot.teams.wire import Declined
from bot.tiers import CHAT

_SHOWN = 5
_NOTHING: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A meeting in the calendar of the member of staff who organises it."""

    organizer: str
    event: CalendarEvent


async def inside(
    graph: Graph, connector: Connector, lessons: Sequence[tuple[Lesson, str | None]], placed_until: datetime | None
) -> list[Finding]:
    """Whether Schoolgate is in the chats of these lessons (None: not known), and whether they are shown to it.

    `placed_until`: it puts itself into those that begin later; None where that is left to Teams' set-up policy.
    """
    there, absent, later = [], [], 0
    for one, thread in lessons:
        if not thread:
            continue
        try:
            await connector.enter(thread)
            there.append(thread)
        except Declined as no:
            if placed_until and one.event.starts > placed_until:
                later += 1
            else:
                absent.append(f"{one.event.starts:%d %B, %H:%M} UTC ({one.organizer}): {no.code}")
        except (Refused, OutOfReach) as no:
            return [_finding(State.UNPROVEN, no.words)]
    mend = (*(_BY_ITSELF if placed_until else ()), *_PUT_IN)
    found = [_whether(len(there), absent, later, mend)]
    return [*found, await _chat(graph, there[0])] if there else found


def _whether(there: int, absent: Sequence[str], later: int, mend: tuple[str, ...]) -> Finding:
    waits = f"; into {later} later ones it puts itself a day before" if later else ""
    if absent:
        saw = f"Schoolgate is not in {len(absent)} of {there + len(absent)} coming lessons: {some(absent)}{waits}"
        return _finding(State.RED, saw, mend, "up to 24 hours")
    if not there:
        return _finding(State.UNPROVEN, f"no lesson whose chat is known is planned in these days{waits}")
    return _finding(State.GOOD, f"in all {there} coming lessons whose chat is known{waits}")


def _finding(state: State, saw: str, mend: tuple[str, ...] = (), wait: str = "") -> Finding:
    return Finding(check="in the lessons", state=state, saw=saw, serves=("see_joins",), mend=mend, wait=wait)


_BY_ITSELF = (
    "Schoolgate puts itself into them within a quarter of an hour of its start. If it does not: look above for the app "
    "catalogue and the permission TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All.",
)
_PUT_IN = (
    "In each of them: the meeting › Apps › Add an app › Schoolgate.",
    "For those scheduled from now on: Teams admin centre › Teams apps › Setup policies › Schoolgate must have the app, "
    "and `Get-CsGroupPolicyAssignment -PolicyType TeamsAppSetupPolicy` must show the staff group.",
)


async def _chat(graph: Graph, thread: str) -> Finding:
    state, saw, mend = State.GOOD, "tried: a lesson's chat was read", _NOTHING
    try:
        await chat_is_shown(graph, thread)
    except Refused as no:
        state, saw, mend = State.RED, no.words, _APPROVE
    return Finding(check=f"permission {CHAT.name}", state=state, saw=saw, serves=serving(CHAT), mend=mend)


_APPROVE = (
    "Teams admin centre › Teams apps › Manage apps › Schoolgate › Permissions: review and approve.",
    "If it is approved: make the package again with a higher --version, and upload it there.",
)


def some(names: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
