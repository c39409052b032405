"""Telling an adult on call that pupils are without one, and that somebody has come (C94)."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.actions import Audience
from bot.events import Kind, account, oid_of
from bot.notice import Notice
from bot.ports import Alert, Filed, Messenger, OutOfReach, Refused
from bot.sitting import Sitting
from bot.staffroom import Staffroom

log = logging.getLogger("schoolgate")

UNREACHED = {"teacher_dropped.page": "teacher_dropped.unreached"}
"""What is told to an adult on call, and what others read of it in their place."""


def for_others(alert: Alert) -> Alert:
    """The same in words for whoever reads it where an adult on call was not reached."""
    say = alert.decision.say
    return replace(alert, decision=replace(alert.decision, say=UNREACHED.get(say, say)))


async def on_call(alert: Alert, sitting: Sitting, staffroom: Staffroom) -> str | None:
    """The object id of the adult on call whom an alert is for: nobody but staff is ever told so, whatever school.toml says."""
    person = alert.decision.about
    if alert.decision.to != Audience.ON_CALL or person is None or person not in sitting.on_call:
        return None
    try:
        who = await staffroom.who(person)
    except (OutOfReach, Refused):
        return None  # then the safeguarding channel hears it, with their name
    return oid_of(person) if who is not None and who.kind is Kind.STAFF else None


async def tell_covered(alert: Alert, filed: Filed, notice: Notice, oid: str | None, messenger: Messenger) -> None:
    """Whoever was told (`oid`) and is not inside hears that they need not come: an update in place notifies nobody."""
    if not alert.decision.over or alert.decision.to != Audience.ON_CALL:
        return
    if oid is None or filed.sitting.since(account(oid)) is not None:
        return
    try:
        await messenger.write_to(oid, Notice(headline=notice.headline, done=notice.done))
    except Refused as refused:
        log.warning(
            "not told of cover", extra={"event": "cover_untold", "decision": alert.number, "code": refused.code}
        )
