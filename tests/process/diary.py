"""What happened, for whoever has to find out why a test failed: Microsoft's records, the rows, the bots' words."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from tests.process.house import School

_ROWS = {
    "events": "SELECT written_at, sitting, number, type, at, data FROM events ORDER BY written_at, number",
    "decisions": "SELECT * FROM decisions ORDER BY id",
    "sendings": "SELECT * FROM sendings ORDER BY id",
    "outcomes": "SELECT * FROM outcomes ORDER BY id",
    "jobs": "SELECT id, entrypoint, status, execute_after, heartbeat, attempts FROM jobs ORDER BY id",
}
_KEEPING = ("tenant", "school", "keep_until")


async def diary(school: School) -> str:
    """All of it. What cannot be had any more is left out."""
    lines = ["# Microsoft's side"]
    with contextlib.suppress(AssertionError, OSError):
        for seen in await school.look():
            said = (seen.get("text") or "").replace("\n", " | ")[:300]
            about = [seen.get(key) for key in ("status", "chat", "to", "id", "error")]
            lines.append(f"{seen['n']} {seen['at']} {seen['what']} {about} {said}")
    for what, query in _ROWS.items():
        lines.append(f"# {what}")
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            for row in await school.ask(query):
                lines.append(str({key: str(value) for key, value in row.items() if key not in _KEEPING}))
    for bot in school.bots:
        lines += [f"# the bot on port {bot.port}", *bot.lines]
    return "\n".join(lines)
