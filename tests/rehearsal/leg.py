"""The bot's leg in a call, as its own client sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.rehearsal.made import CLASS, GRANTS, GRAPH, OKONKWO, PATEL, TENANT, THREAD, Json
from tests.rehearsal.school import Answer, School

HANDS = [*GRANTS, "OnlineMeetings.ReadWrite.All", "Calls.JoinGroupCall.All"]
G = "#microsoft.graph."
MEETING: Json = {"thread": THREAD, "organizer": PATEL, "attendees": [CLASS, OKONKWO]}
CLOSED = {"allowAttendeeToEnableMic": False, "allowedPresenters": "organizer"}
OUTSIDERS = [
    {"name": "iPhone", "kind": "anonymous"},
    {"name": "Grandma", "kind": "phone", "id": "+44123456"},
    {"name": "Notetaker", "kind": "bot"},
]


def joining(school: School, **more: Any) -> Json:
    """The body of a join, as Microsoft's pages show it."""
    user = {"@odata.type": f"{G}identity", "id": PATEL, "tenantId": TENANT, "displayName": None}
    return {
        "@odata.type": f"{G}call",
        "callbackUri": school.endpoint.replace("/api/messages", "/api/calls"),
        "requestedModalities": ["audio"],
        "mediaConfig": {"@odata.type": f"{G}serviceHostedMediaConfig", "preFetchMedia": []},
        "chatInfo": {"@odata.type": f"{G}chatInfo", "threadId": THREAD, "messageId": "0"},
        "meetingInfo": {
            "@odata.type": f"{G}organizerMeetingInfo",
            "organizer": {"@odata.type": f"{G}identitySet", "user": user},
            "allowConversationWithoutHost": True,
        },
        "tenantId": TENANT,
    } | more


@dataclass
class Leg:
    """One call. Participants are named by the object id, number or name of who they are."""

    school: School
    id: str
    answer: Answer

    async def graph(self, method: str, path: str = "", said: Any = None) -> Answer:
        return await self.school.call(method, f"/communications/calls/{self.id}{path}", said, GRAPH)

    async def roster(self) -> list[Json]:
        return (await self.graph("GET", "/participants")).body["value"]

    async def seats(self, who: str) -> list[Json]:
        return [each for each in await self.roster() if who in whose(each)]

    async def seat(self, who: str) -> Json:
        [found] = await self.seats(who)
        return found

    async def mute(self, who: str) -> Answer:
        return await self.graph("POST", f"/participants/{(await self.seat(who))['id']}/mute", {"clientContext": "c"})

    async def remove(self, participant: str) -> Answer:
        return await self.graph("DELETE", f"/participants/{participant}")

    async def told(self, state: str) -> Json:
        """The notification that the call has come to this state."""
        return await self.school.bot.hears_of(
            lambda each: self._of(each, "") and each["resourceData"]["state"] == state
        )

    async def hears_roster(self, wanted: Any) -> list[Json]:
        """The newest roster it was told that is `wanted`."""

        def fits(each: Json) -> bool:
            return self._of(each, "/participants") and wanted(each["resourceData"])

        return (await self.school.bot.hears_of(fits))["resourceData"]

    def _of(self, each: Json, part: str) -> bool:
        return each["resourceUrl"] == f"/communications/calls/{self.id}{part}"


def whose(participant: Json) -> tuple[str, str]:
    """Id and name of who a participant is."""
    identity = participant["info"]["identity"]
    [one] = [identity[key] for key in ("user", "guest", "phone", "application") if key in identity]
    return one["id"], one["displayName"]


def names(roster: list[Json]) -> set[str]:
    return {whose(each)[1] for each in roster}


async def call(school: School, **more: Any) -> Leg:
    """Join, and wait until the call is established."""
    answer = await school.call("POST", "/communications/calls", joining(school, **more), GRAPH)
    assert answer.status == 201, answer.body
    leg = Leg(school, answer.body["id"], answer)
    await leg.told("established")
    return leg


def meeting(school: School, number: int = 0, host: str = PATEL) -> str:
    """An online meeting's address in Graph."""
    details = school.told["meetings"][number]
    return f"/users/{host}/onlineMeetings/{quote(details['graph_id'], safe='')}"


async def patch(school: School, changes: Json, host: str = PATEL) -> Answer:
    return await school.call("PATCH", meeting(school, host=host), changes, GRAPH)


async def refused(school: School, act: str, **said: Any) -> str:
    """Why somebody could not do it."""
    answer = await school.do(act, meeting=THREAD, **said, **{"try": True})
    assert answer.get("done") is False, f"{act} {said} was done"
    return answer["why"]


def moved(school: School, name: str) -> list[list[str]]:
    """Who joined or left by the meeting events the bot heard."""
    heard = [each for each in school.bot.heard if each.get("name") == name]
    return [[member["user"]["name"] for member in each["value"]["members"]] for each in heard]


async def put(school: School, *, wizard: bool = False, **about: Any) -> None:
    """The school with one meeting, `about` which this is told."""
    await school.put(grants=HANDS, meetings=[MEETING | about], wizard=wizard)
