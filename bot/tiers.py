"""What each tier sees and does, in one table: /status, the manifest and the documentation speak from it."""

from __future__ import annotations

from bot.events import Kind
from bot.school import School
from bot.sitting import Sitting

SEES = ("sees_joins", "sees_names")
CANNOT = {
    "watch": ("cannot_mute", "cannot_remove", "cannot_see_screens"),
    "guard": ("cannot_remove", "cannot_see_screens"),
    "remove": (),
}


def sight_of(school: School, sitting: Sitting) -> tuple[str, ...]:
    """The lines of /status, as keys of bot/words: what Schoolgate can and cannot see and do in this sitting."""
    unknown = {"directory"} if sitting.present(Kind.UNRESOLVED) else set()
    blind = tuple(f"blind_{why}" for why in sorted({*sitting.blind, *unknown}))
    sees = () if blind else SEES
    invited = () if sitting.invitees_known or sitting.class_name else ("invitation_unknown",)
    off = () if school.rules else ("no_rules",)
    return (*sees, *blind, *invited, *CANNOT[school.school.tier], *off)
