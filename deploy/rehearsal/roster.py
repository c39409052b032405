"""A call's roster as Graph writes it."""

from __future__ import annotations

from typing import Any

from deploy.rehearsal.model import Meeting, Person
from deploy.rehearsal.options import presents
from deploy.rehearsal.room import Seat
from deploy.rehearsal.tenant import BOT_NAME, Tenant

Json = dict[str, Any]


def identity(tenant: Tenant, person: Person | None, guest: str) -> Json:
    """Who somebody is, under the key that says of what kind; `guest` is the id of somebody without an account."""
    if person is None:
        return {"application": {"id": tenant.app_id, "displayName": BOT_NAME}}
    if person.oid:
        told = {"id": person.oid, "displayName": person.name}
        return {"user": {**told, "tenantId": person.tenant, "identityProvider": "AAD"}}
    if person.kind == "phone":
        return {"phone": {"id": person.mri.removeprefix("4:"), "displayName": person.name}}
    if person.kind == "bot":
        return {"application": {"id": person.mri.removeprefix("28:"), "displayName": person.name}}
    return {"guest": {"id": guest, "displayName": person.name}}


def recorder(meeting: Meeting) -> str | None:
    """At whose seat the recording shows: theirs who began it; once they have gone, the organiser's or a presenter's."""
    if not meeting.room.recording:
        return None
    inside = {person.key: person for _, person in meeting.room.people()}
    others = [person.key for person in inside.values() if presents(meeting, person)]
    for key in (meeting.room.recorder, meeting.organizer.key, *others):
        if key in inside:
            return key
    return None


def participant(meeting: Meeting, seat: Seat) -> Json:
    """One endpoint. All that is null in Graph is null here too."""
    records = seat.person is not None and not seat.in_lobby and recorder(meeting) == seat.key
    recording: Json = {"recordingStatus": "recording" if records else "notRecording"}
    if records:
        recording["initiator"] = seat.identity
    return {
        "@odata.type": "#microsoft.graph.participant",
        "id": seat.id,
        "info": {
            "@odata.type": "#microsoft.graph.participantInfo",
            "identity": {"@odata.type": "#microsoft.graph.identitySet", **seat.identity},
            "languageId": None,
            "region": None,
            "countryCode": None,
            "endpointType": "default",
        },
        "isMuted": seat.muted,
        "isInLobby": seat.in_lobby,
        "mediaStreams": _streams(meeting, seat),
        "metadata": None,
        "recordingInfo": recording,
        "removedState": {"reason": seat.removed} if seat.removed else None,
        "restrictedExperience": None,
        "rosterSequenceNumber": seat.changed,
    }


def _streams(meeting: Meeting, seat: Seat) -> list[Json]:
    """Who shares sends; who watches has the same stream, only receiving."""
    if seat.in_lobby:
        return []
    streams = [_stream("audio", 1, "main-audio", "sendReceive", muted=seat.server_muted)]
    if seat.camera:
        streams.append(_stream("video", 2, "main-video", "sendReceive"))
    if any(other.sharing for other in meeting.room.seats.values()):
        direction = "sendOnly" if seat.sharing else "receiveOnly"
        streams.append(_stream("videoBasedScreenSharing", 3, "applicationsharing-video", direction))
    return streams


def _stream(kind: str, source: int, label: str, direction: str, *, muted: bool = False) -> Json:
    told = {"mediaType": kind, "label": label, "sourceId": str(source), "direction": direction}
    return {"@odata.type": "#microsoft.graph.mediaStream", **told, "serverMuted": muted}


def shown(meeting: Meeting, mine: Seat) -> list[Json]:
    """All that a call sees: from the lobby only itself."""
    seats = [mine] if mine.in_lobby else meeting.room.seats.values()
    return [participant(meeting, seat) for seat in seats]
