"""Meeting options set, by the bot or by a person, and at once in force where Teams applies them to a running meeting."""

from __future__ import annotations

from typing import Any

from deploy.rehearsal import calling
from deploy.rehearsal.model import Meeting
from deploy.rehearsal.options import merge, settle
from deploy.rehearsal.tenant import Tenant

Json = dict[str, Any]


def change(tenant: Tenant, meeting: Meeting, changes: Json, *, by: str) -> Json:
    """Set these, already checked. What is only read when a meeting begins waits for the next one."""
    differs = merge(meeting.options, changes)
    tenant.seen.note("options", by=by, chat=meeting.thread, text=", ".join(sorted(changes)), raw=differs)
    if settle(meeting):
        calling.tell(tenant, meeting)
    return differs
