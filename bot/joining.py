"""Where an adult enters a lesson: the link that Teams gave, else the one that follows from its chat. Pure."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit

from bot.events import oid_of
from bot.sitting import Sitting

OUT_OF_TEAMS = ("teams.microsoft.com", "teams.cloud.microsoft", "gov.teams.microsoft.us", "dod.teams.microsoft.us")
"""Where Microsoft has its meetings; a button of ours leads nowhere else."""
LONGEST = 2000
"""Of a link on a card, in letters."""


def join_link(sitting: Sitting) -> str | None:
    """A link into the meeting, or None where none is known. Join links of old are made of thread, tenant and organiser."""
    if sitting.join_url is not None and _into_teams(sitting.join_url):
        return sitting.join_url
    organizer = oid_of(sitting.organizer) if sitting.organizer else None
    if organizer is None or not sitting.meeting.thread.startswith("19:meeting_"):
        return None
    context = json.dumps({"Tid": sitting.meeting.tenant, "Oid": organizer}, separators=(",", ":"))
    path = f"{quote(sitting.meeting.thread, safe='')}/{quote(sitting.meeting.root, safe='')}"
    return f"https://teams.microsoft.com/l/meetup-join/{path}?context={quote(context, safe='')}"


def _into_teams(link: str) -> bool:
    try:
        parts = urlsplit(link)
        plain = parts.port in (None, 443) and not parts.username
    except ValueError:
        return False
    return parts.scheme == "https" and parts.hostname in OUT_OF_TEAMS and plain and len(link) <= LONGEST
