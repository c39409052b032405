"""What the database holds, about whom, and how long: the table in data.md. A test asks a real database whether it is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A table. `clock` is the key of [keep] in school.toml that its rows live by, `released` or `told`."""

    table: str
    holds: str
    about: str
    clock: str


STORES = (
    Store(
        table="people",
        holds="name, kind (pupil, staff, guest, without account), classes; the only table of names. Renewed while in a group",
        about="everybody in the school's groups, and whoever came (unidentified: `keep.presence`)",
        clock="alerts",
    ),
    Store(
        table="meetings",
        holds="the meeting's title, its ids in Teams, where the service is reached",
        about="lessons",
        clock="presence",
    ),
    Store(
        table="sittings",
        holds="one holding of a lesson: from when to when, whose it is",
        about="staff",
        clock="presence",
    ),
    Store(
        table="events",
        holds="who came and left when, what kind of person by the directory, meeting options and joining link, commands without "
        "their words",
        about="pupils, staff, visitors (ids)",
        clock="presence",
    ),
    Store(
        table="attendance", holds="who was in which sitting", about="pupils, staff, visitors (ids)", clock="presence"
    ),
    Store(
        table="decisions",
        holds="each alert and action: which rule, about whom, to whom, its facts in fields, the rule's mode",
        about="pupils, staff, visitors (ids)",
        clock="alerts",
    ),
    Store(
        table="sendings", holds="where each message stands in Teams", about="whom it was sent to (ids)", clock="alerts"
    ),
    Store(table="outcomes", holds="what came of each attempt, in Microsoft's words", about="decisions", clock="alerts"),
    Store(
        table="warnings",
        holds="a pupil's warning: by whom, the reason as it was typed, when it stops counting",
        about="pupils, staff (ids); the reason may name anybody",
        clock="alerts",
    ),
    Store(
        table="notes",
        holds="what staff noted about a lesson or on an alert, as they typed it",
        about="staff (ids); the text may name anybody",
        clock="alerts",
    ),
    Store(
        table="approvals",
        holds="which pupil may be alone with an adult, until when, by whose leave",
        about="pupils, staff (ids)",
        clock="alerts",
    ),
    Store(
        table="holds",
        holds="which pupil must stay out: since when, why, by whom, whose it is, by and until when, how often the pupil came "
        "in all the same; how it ended and what was agreed",
        about="pupils, staff (ids); the text may name anybody",
        clock="released",
    ),
    Store(
        table="hold_steps",
        holds="what was done about a hold: each talk (who spoke with whom, when, what was agreed) and each decision, by whom",
        about="pupils, staff (ids); the text may name anybody",
        clock="released",
    ),
    Store(table="hold_cards", holds="where the card of a hold stands in Teams", about="holds", clock="released"),
    Store(
        table="planned_lessons",
        holds="lessons in staff's calendars: title, times, joining link, class, who is invited (kept from the lesson's end)",
        about="staff, pupils (ids)",
        clock="presence",
    ),
    Store(
        table="foretold",
        holds="what was told about a lesson before it began, or of a hold, to whom, so that it is not told again",
        about="staff, pupils (ids)",
        clock="told",
    ),
    Store(table="lists", holds="how long the lists of staff and pupils were", about="nobody", clock="presence"),
    Store(
        table="addresses", holds="where each conversation's service is reached", about="conversations", clock="alerts"
    ),
    Store(table="deliveries", holds="a digest of each message that came", about="nobody (a hash)", clock="deliveries"),
)

CLOCKS = {
    "deliveries": "`keep.deliveries`",
    "presence": "`keep.presence`",
    "alerts": "`keep.alerts`",
    "told": "until the lesson is over, and two days at most; of a hold, `keep.alerts`",
    "released": "until it is released, then `keep.alerts`",
}


def rows() -> Iterator[str]:
    """The table."""
    yield "| table | what it holds | about | kept |"
    yield "|---|---|---|---|"
    for one in STORES:
        yield f"| `{one.table}` | {one.holds} | {one.about} | {CLOCKS[one.clock]} |"
