"""Putting the app into a meeting's chat, with the resource-specific permissions of its Teams package."""

from __future__ import annotations

from typing import Any

from bot.graph.client import Graph, asking
from bot.graph.permissions import Call
from bot.graph.plain import identifier, objects
from bot.graph.sdk import TeamsAppInstallation
from bot.ports import Refused
from bot.tiers import permissions

_THERE = ("conflict", "409")
_APPS = "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps"


class GraphPlaces:
    """The `Places` port over Graph. The package's own id is the application's."""

    def __init__(self, graph: Graph, app_id: str, tier: str) -> None:
        self._graph = graph
        self._app_id = app_id
        self._consented = [
            {"permissionValue": one.name, "permissionType": "application"} for one in permissions(tier, "meeting")
        ]
        self._app: str | None = None

    async def place(self, thread: str) -> None:
        """Put it in. Graph wants the very permissions that the package names, and answers 409 where it is in already."""
        body: dict[str, Any] = {
            "teamsApp@odata.bind": f"{_APPS}/{await self.in_catalogue()}",
            "consentedPermissionSet": {"resourceSpecificPermissions": self._consented},
        }
        wanted = TeamsAppInstallation(additional_data=body)
        try:
            await self._graph.tell(
                Call.PLACE,
                lambda client: client.chats.by_chat_id(thread).installed_apps.to_post_request_information(wanted),
                once=False,
            )
        except Refused as no:
            if no.code.casefold() not in _THERE:
                raise

    async def in_catalogue(self) -> str:
        """Its id in the school's catalogue, looked up once; Refused("not_in_catalogue") where it is not there."""
        if self._app is None:
            wanted = asking(filter=f"externalId eq '{self._app_id}'", select=["id", "externalId"])
            answer = await self._graph.ask(
                Call.CATALOGUE, lambda client: client.app_catalogs.teams_apps.to_get_request_information(wanted)
            )
            found = [identifier(one.get("id")) for one in objects(answer.get("value"))]
            if not found or found[0] is None:
                raise Refused("not_in_catalogue", "the app is not in the school's catalogue: upload the Teams package")
            self._app = found[0]
        return self._app
