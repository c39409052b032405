"""Teams as it really is in a simulated lesson: who is in it by which device, who can be heard, and what was done to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.events import Kind, PersonKey
from bot.ports import MeetingDetails, Online, Refused, Roster, Seat, Setting
from bot.sitting import Meeting
from tests.builders import KINDS
from tests.fakes import Clock, FakeMeetingOptions
from tests.school_day import ONLINE


@dataclass
class Device:
    """Somebody's device in the call."""

    person: PersonKey
    participant: str
    muted: bool = True


class Teams:
    """One meeting. `changed` is told when somebody comes or goes, `put_out` which device was removed."""

    def __init__(self, clock: Clock, changed: Callable[[], None], put_out: Callable[[str], None]) -> None:
        self.clock = clock
        self.changed = changed
        self.put_out = put_out
        self.devices: dict[str, Device] = {}
        self.legs: dict[str, int] = {}
        self.legs_begun = 0
        self.seats_taken = 0
        self.removed: Counter[str] = Counter()
        self.muted: Counter[str] = Counter()
        self.touched: set[PersonKey] = set()
        self.rosters: list[tuple[float, frozenset[PersonKey]]] = []
        self.options = Options(self)

    def there(self) -> set[PersonKey]:
        """Who is in the meeting."""
        return {device.person for device in self.devices.values()}

    def devices_of(self, person: PersonKey) -> list[Device]:
        return [device for device in self.devices.values() if device.person == person]

    def enters(self, person: PersonKey, *, muted: bool) -> bool:
        """By one more device; whether it is their first."""
        first = person not in self.there()
        self.seats_taken += 1
        participant = f"p{self.seats_taken}"
        self.devices[participant] = Device(person, participant, muted or not self.may_speak(person))
        self.changed()
        return first

    def goes(self, participant: str) -> bool:
        """This device; whether it was their last."""
        person = self.devices.pop(participant).person
        self.changed()
        return person not in self.there()

    def may_speak(self, person: PersonKey) -> bool:
        """Attendees are bound by the meeting's options."""
        return KINDS[person] is Kind.STAFF or bool(self.options.online.options["mic"])


class Options(FakeMeetingOptions):
    """The meeting's options, which bind attendees at once."""

    def __init__(self, teams: Teams) -> None:
        super().__init__(ONLINE)
        self.teams = teams
        self.effects = 0

    def set_by_hand(self, **changes: Setting) -> None:
        """The organiser, in Teams."""
        self.online = replace(self.online, options={**self.online.options, **changes})

    async def change(self, online: Online, changes: Mapping[str, Setting]) -> Online:
        before = self.online.options
        found = await super().change(self.online, changes)
        self.effects += before != found.options
        for device in self.teams.devices.values():
            device.muted = device.muted or not self.teams.may_speak(device.person)
        return found


class Calls:
    """The call as Graph shows it to the bot, and its hands."""

    def __init__(self, teams: Teams) -> None:
        self.teams = teams

    async def join(self, online: Online, callback: str) -> str:
        self.teams.legs_begun += 1
        leg = f"call-{self.teams.legs_begun}"
        self.teams.legs[leg] = int(callback.rpartition("/")[2])
        self.teams.changed()
        return leg

    async def roster(self, call: str) -> Roster:
        self._live(call)
        self.teams.rosters.append((self.teams.clock.now.timestamp(), frozenset(self.teams.there())))
        seats = [
            Seat(participant=one.participant, person=one.person, hint=Kind.UNRESOLVED, muted=one.muted)
            for one in self.teams.devices.values()
        ]
        return Roster(seats=tuple(seats), ours=True)

    async def keep(self, call: str) -> None:
        self._live(call)

    async def leave(self, call: str) -> None:
        self.teams.legs.pop(call, None)

    async def mute(self, call: str, participant: str) -> None:
        self._live(call)
        device = self.teams.devices.get(participant)
        if device is None:
            raise Refused("participant_gone", "whoever was to be muted is no longer in the call")
        self.teams.muted[participant] += not device.muted
        self.teams.touched.add(device.person)
        device.muted = True

    async def remove(self, call: str, participant: str) -> None:
        self._live(call)
        device = self.teams.devices.get(participant)
        if device is not None:
            self.teams.removed[participant] += 1
            self.teams.touched.add(device.person)
            self.teams.put_out(participant)

    def _live(self, call: str) -> None:
        if call not in self.teams.legs:
            raise Refused("call_ended", "the call is over, or was never ours")


class Meetings:
    """What the Connector says of a meeting, and of who is in it."""

    def __init__(self, teams: Teams) -> None:
        self.teams = teams

    async def details(self, meeting: Meeting, teams_meeting_id: str) -> MeetingDetails | None:
        return None

    async def in_meeting(self, meeting: Meeting, teams_meeting_id: str, oid: str) -> bool | None:
        return any(person.endswith(oid) for person in self.teams.there())
