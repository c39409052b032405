"""What the people of a tenant do, one function for each act of the control API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.rehearsal import graph_subscriptions, hands, moves, talk, wire
from deploy.rehearsal.acting import CannotDo, chat_of, meeting_of, person_of
from deploy.rehearsal.deliver import Post
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]


def act(post: Post, tenant: Tenant, said: Json) -> Json:
    """Do it; CannotDo says why not, to who only tries the answer does."""
    known: dict[str, Callable[[Post, Tenant, Json], Json]] = {
        "start": moves.time,
        "end": moves.time,
        "join": moves.join,
        "rejoin": moves.join,
        "leave": moves.leave,
        "mic": hands.switch,
        "camera": hands.switch,
        "share": hands.switch,
        "record": hands.record,
        "promote": hands.promote,
        "admit": hands.admit,
        "deny": hands.admit,
        "remove": hands.remove,
        "options": hands.options,
        "hangup": hands.hang_up,
        "say": talk.say,
        "press": talk.press,
        "install": _install,
        "uninstall": _install,
        "plan": _plan,
        "raw": _raw,
        "group": _group,
    }
    if said.get("act") not in known:
        raise CannotDo(f"act is one of {', '.join(known)}")
    try:
        return known[said["act"]](post, tenant, said)
    except CannotDo as error:
        if not said.get("try"):
            raise
        tenant.seen.note("event", by="person", chat=said.get("meeting"), text=f"tried {said['act']}: {error}")
        return {"done": False, "why": str(error)}


def _install(post: Post, tenant: Tenant, said: Json) -> Json:
    by = said.get("who")
    personal = said.get("chat") == "personal"
    chat = chat_of(tenant, said, person_of(tenant, by) if personal or by else None)
    person = person_of(tenant, by) if by else next(iter(chat.members.values()))
    chat.installed = said["act"] == "install"
    for activity in wire.installation(tenant, chat, person, "add" if chat.installed else "remove"):
        post.send(tenant, activity)
    tenant.seen.note("event", by="person", chat=chat.id, to=[person.key], text=said["act"])
    return {}


def _plan(_: Post, tenant: Tenant, said: Json) -> Json:
    """The organiser moves a meeting in the calendar, or cancels it; whoever subscribed is told."""
    _chat, meeting = meeting_of(tenant, said)
    lasts = meeting.end - meeting.start
    if said.get("cancelled"):
        meeting.calendar = False
    if (minutes := said.get("starts")) is not None:
        meeting.start = datetime.now(UTC) + timedelta(minutes=float(minutes))
        meeting.end = meeting.start + lasts
    graph_subscriptions.tell(tenant, meeting, "updated" if meeting.calendar else "deleted")
    what = "moved" if meeting.calendar else "cancelled"
    tenant.seen.note("event", by="person", chat=meeting.thread, text=f"{what} in the calendar")
    return {}


def _raw(post: Post, tenant: Tenant, said: Json) -> Json:
    activity = said.get("activity")
    if not isinstance(activity, dict):
        raise CannotDo("activity must be an object")
    post.verbatim(tenant, activity)
    return {}


def _group(_: Post, tenant: Tenant, said: Json) -> Json:
    group = tenant.groups.get(str(said.get("id")).lower())
    if group is None:
        raise CannotDo(f"no group has the id {said.get('id')}")
    group.members = [str(one).lower() for one in said.get("members", [])]
    return {}
