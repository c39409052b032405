"""Calls, rosters and notices as Graph writes them."""

from __future__ import annotations

from typing import Any

from tests.graph.tenant import guid

APP, TENANT_ID = guid(2), guid(1)
CALL = "2f1b0b00-0001-4000-8000-000000000001"
BOT = {"application": {"id": APP, "displayName": "Schoolgate"}}


def user(number: int, name: str = "Ada Lovelace", tenant: str = TENANT_ID) -> dict[str, Any]:
    """The identity of an account."""
    return {"user": {"id": guid(number), "tenantId": tenant, "displayName": name}}


def participant(number: int, identity: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One endpoint, muted, in the room."""
    return {
        "@odata.type": "#microsoft.graph.participant",
        "id": f"p-{number}",
        "info": {"identity": identity, "languageId": None, "endpointType": "default"},
        "isMuted": True,
        "isInLobby": False,
        "mediaStreams": [stream("audio", "sendReceive")],
        "recordingInfo": {"recordingStatus": "notRecording"},
        "removedState": None,
        "rosterSequenceNumber": number,
        **more,
    }


def stream(kind: str, direction: str) -> dict[str, Any]:
    """A media stream."""
    return {"mediaType": kind, "sourceId": "1", "direction": direction, "serverMuted": False, "label": kind}


def notice(data: Any, path: str = f"/communications/calls/{CALL}", change: str = "updated") -> dict[str, Any]:
    """One commsNotification."""
    return {
        "@odata.type": "#microsoft.graph.commsNotification",
        "changeType": change,
        "resourceUrl": path,
        "resourceData": data,
    }


def posted(*notices: Any) -> dict[str, Any]:
    """The body of a POST."""
    return {"@odata.type": "#microsoft.graph.commsNotifications", "value": list(notices)}


def told_roster(*participants: Any) -> dict[str, Any]:
    """A full roster, as notified."""
    return posted(notice(list(participants), f"/communications/calls/{CALL}/participants"))
