"""The onlooker at Microsoft's side: knows who saw what, and holds it against what a lesson expects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from deploy.rehearsal.player.cast import OFFICES, Cast
from deploy.rehearsal.player.lesson import Expect, Forbid, Sighting

EVERYONE = "everyone in chat"
VISIBLE = ("posted", "updated", "deleted", "mail", "answer")
DONE = ("removed", "muted", "options", "call", "lobby")
"""What was done to people or to the meeting: nobody reads it, and everything that was done is one of its own."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One thing of the bot's that people could see or that was done to them, `at` so many seconds into the lesson."""

    at: float
    what: str
    chat: str
    to: tuple[str, ...]
    text: str
    buttons: tuple[str, ...]
    id: str
    card: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Verdict:
    """What came of one thing expected or forbidden."""

    means: str
    good: bool
    why: str = ""


def sight(record: dict[str, Any], at: float) -> Sight | None:
    """The sight in a record of Microsoft's side, or nothing if no person would see it and nothing was done."""
    what = record["what"]
    ours = record.get("by", "bot") == "bot" or (what == "lobby" and "bot" in record["to"])
    if what not in VISIBLE + DONE or not ours:
        return None
    options = (record.get("raw") or {}).get("after") or {} if what == "options" else {}
    return Sight(
        at=at,
        what=what,
        chat=record.get("chat") or "",
        to=tuple(record.get("to") or ()),
        text=_flat(options) or record.get("text") or "",
        buttons=tuple(record.get("buttons") or ()),
        id=str(record["n"] if what in DONE else record.get("id") or record["n"]),
        card=record.get("card"),
        options=options,
    )


def _flat(options: dict[str, Any]) -> str:
    """Options by Graph's own names, in words."""
    return ", ".join(f"{name} {value}" for name, value in sorted(options.items()))


@dataclass(kw_only=True)
class Onlooker:
    """Follows one lesson's chats and remembers what was seen there."""

    cast: Cast
    sights: list[Sight] = field(default_factory=list)
    joined: dict[str, set[str]] = field(default_factory=dict)

    def note_join(self, thread: str, names: Iterable[str]) -> None:
        """Whoever was in the meeting can read its chat."""
        self.joined.setdefault(thread, set()).update(names)

    def audience(self, seen: Sight) -> set[str]:
        """The names of all who could read it."""
        names = {self.cast.names.get(oid, oid) for oid in seen.to if oid != EVERYONE}
        return names | self._readers(seen.chat) if EVERYONE in seen.to else names

    def _readers(self, chat: str) -> set[str]:
        lesson, members = self.cast.lesson, self.cast.members
        if chat == self.cast.channel:
            return {name for role in OFFICES for name in members[role]}
        readers = set(self.joined.get(chat, ()))
        for meeting in lesson.meeting:
            if self.cast.thread(meeting.name) == chat:
                readers.add(meeting.organizer)
                for invited in meeting.invited:
                    readers.update(members.get(invited, [invited]))
        return readers

    def shown(self, button: str, who: str | None = None) -> list[Sight]:
        """What showed that button, to this person or to anybody, newest last."""
        return [s for s in self.sights if button in s.buttons and (who is None or who in self.audience(s))]

    def matching(self, wanted: Sighting, until: float) -> list[Sight]:
        return [seen for seen in self.sights if wanted.since <= seen.at <= until and self._fits(seen, wanted)]

    def _fits(self, seen: Sight, wanted: Sighting) -> bool:
        text = seen.text.casefold()
        return (
            seen.what in wanted.what
            and self._is_where(seen, wanted.where)
            and self._is_seen_by(seen, wanted.who)
            and all(part.casefold() in text for part in wanted.text)
            and not any(part.casefold() in text for part in wanted.without)
            and set(wanted.buttons) <= set(seen.buttons)
            and _within(wanted.options, seen.options)
        )

    def _is_where(self, seen: Sight, where: str) -> bool:
        threads = {self.cast.thread(meeting.name) for meeting in self.cast.lesson.meeting}
        return {
            "anywhere": True,
            "channel": seen.chat == self.cast.channel,
            "meeting": seen.chat in threads,
            "privately": EVERYONE not in seen.to,
            "personal": seen.chat not in threads and seen.chat != self.cast.channel and seen.what != "mail",
            "mail": seen.what == "mail",
        }[where]

    def _is_seen_by(self, seen: Sight, who: str) -> bool:
        if who == "anyone":
            return True
        if who == "channel":
            return seen.chat == self.cast.channel
        hosts = [meeting.organizer for meeting in self.cast.lesson.meeting]
        names = hosts if who == "host" else self.cast.members.get(who, [who])
        return bool(self.audience(seen).intersection(names))

    def expected(self, wanted: Expect) -> Verdict:
        until = wanted.by if wanted.count is None else float("inf")
        seen = self.matching(wanted, until)
        if wanted.count is not None:
            found, in_time = _messages(seen), _messages(s for s in seen if s.at <= wanted.by)
            good = found == in_time == wanted.count
            why = f"seen {found} times, {in_time} of them by {wanted.by:g} s; must be {wanted.count}"
        else:
            good, why = bool(seen), self._late(wanted)
        return Verdict(means=wanted.means, good=good, why="" if good else why)

    def _late(self, wanted: Expect) -> str:
        late = self.matching(wanted, float("inf"))
        return f"came at {late[0].at:.1f} s, wanted by {wanted.by:g} s" if late else "never seen"

    def forbidden(self, unwanted: Forbid) -> Verdict:
        seen = self.matching(unwanted, float("inf") if unwanted.until is None else unwanted.until)
        why = f"seen at {seen[0].at:.1f} s: {seen[0].text[:160]}" if seen else ""
        return Verdict(means=unwanted.means, good=not seen, why=why)

    def verdicts(self) -> Iterator[tuple[str, Verdict]]:
        for wanted in self.cast.lesson.expect:
            yield "expect", self.expected(wanted)
        for unwanted in self.cast.lesson.forbid:
            yield "forbid", self.forbidden(unwanted)


def _within(wanted: Any, found: Any) -> bool:
    """Whether everything wanted is there; an option may have options of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_within(value, found.get(name)) for name, value in wanted.items())
    return bool(wanted == found)


def _messages(seen: Iterable[Sight]) -> int:
    """How many different messages: an update in place is the same message."""
    return len({each.id for each in seen})
