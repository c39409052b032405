"""A meeting's call as it is: who sits in it and who waits, endpoint by endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deploy.rehearsal.model import Person


@dataclass(eq=False)
class Seat:
    """One endpoint: a device of somebody's, or a call of the bot's (`person` None). Another id on every join."""

    id: str
    person: Person | None
    identity: dict[str, Any]
    device: str = ""
    in_lobby: bool = False
    mic: bool = False
    server_muted: bool = False
    camera: bool = False
    sharing: bool = False
    changed: int = 0
    removed: str | None = None

    @property
    def muted(self) -> bool:
        return self.server_muted or not self.mic

    @property
    def key(self) -> str:
        return self.person.key if self.person else "bot"


@dataclass(eq=False)
class Room:
    """All seats by participant id. `roles` were given in the meeting, `named` stood when it began."""

    seats: dict[str, Seat] = field(default_factory=dict)
    gone: list[Seat] = field(default_factory=list)
    sequence: int = 0
    entries: int = 0
    roles: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    recording: bool = False
    recorder: str | None = None

    def touch(self, seat: Seat) -> None:
        """It changed: it carries the newest number of the roster."""
        self.sequence += 1
        seat.changed = self.sequence

    def sit(self, seat: Seat) -> None:
        self.seats[seat.id] = seat
        self.touch(seat)

    def take(self, seat: Seat) -> None:
        """Somebody has gone: a number nobody in the roster carries."""
        self.seats.pop(seat.id, None)
        self.sequence += 1

    def people(self) -> Iterator[tuple[Seat, Person]]:
        """Who is inside, each endpoint on its own; no bot of ours, and nobody out of the lobby."""
        for seat in self.seats.values():
            if seat.person and not seat.in_lobby:
                yield seat, seat.person

    def of(self, person: Person, device: str | None = None) -> list[Seat]:
        """This person's endpoints, or the one; inside and in the lobby."""
        mine = (seat for seat in self.seats.values() if seat.person is person)
        return [seat for seat in mine if device is None or seat.device == device]

    def has(self, person: Person) -> bool:
        return any(one is person for _, one in self.people())

    def begin(self, named: dict[str, str]) -> None:
        self.named = dict(named)
        self.recording, self.recorder = False, None

    def empty(self) -> None:
        """The meeting is over: all people are out, and what was given in it is forgotten."""
        for seat in [seat for seat in self.seats.values() if seat.person]:
            self.take(seat)
        self.roles.clear()
        self.named.clear()
        self.recording, self.recorder = False, None
