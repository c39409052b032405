"""The chats of coming lessons: a lesson that Schoolgate is not in is a lesson it does not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.doctor.entrance import serving
from bot.doctor.findings import Finding, State
from bot.graph.checkup import Planned, chat_is_shown
from bot.graph.client import Graph
from bot.ports import OutOfReach, Refused
from bot.teams.connector import Connector
from bot.teams.wire import Declined
from bot.tiers import CHAT

_SHOWN = 5
_NOTHING: tuple[str, ...] = ()


async def inside(graph: Graph, connector: Connector, lessons: Sequence[tuple[Planned, str | None]]) -> list[Finding]:
    """Whether Schoolgate is in the chats of these lessons (None: not known), and whether they are shown to it."""
    there, absent = [], []
    for one, thread in lessons:
        if thread is None:
            continue
        try:
            await connector.enter(thread)
            there.append(thread)
        except Declined as no:
            absent.append(f"{one.starts:%d %B, %H:%M} UTC ({one.organizer}): {no.code}")
        except (Refused, OutOfReach) as no:
            return [_finding(State.UNPROVEN, no.words)]
    found = [_whether(there, absent, len(lessons))]
    return [*found, await _chat(graph, there[0])] if there else found


def _whether(there: Sequence[str], absent: Sequence[str], lessons: int) -> Finding:
    if absent:
        saw = f"Schoolgate is not in {len(absent)} of {len(there) + len(absent)} coming lessons: {some(absent)}"
        return _finding(State.RED, saw, _PUT_IN, "up to 24 hours")
    if not there:
        saw = (
            f"{lessons} lessons, whose links do not tell their chats"
            if lessons
            else "no lesson is planned in these days"
        )
        return _finding(State.UNPROVEN, saw)
    return _finding(State.GOOD, f"in all {len(there)} coming lessons whose chat is known")


def _finding(state: State, saw: str, mend: tuple[str, ...] = (), wait: str = "") -> Finding:
    return Finding(check="in the lessons", state=state, saw=saw, serves=("see_joins",), mend=mend, wait=wait)


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
