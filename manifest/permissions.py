"""The permissions a school is asked for when Schoolgate is added to a meeting or team, and why.

Run ``python -m manifest.permissions`` after a change: it writes the table into README.md.
"""

from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).with_name("README.md")
TABLE_START, TABLE_END = "<!-- permissions: from permissions.py -->\n", "<!-- end of permissions -->\n"

# Each tier asks for what the tiers before it ask, and its own.
TIERS = ("watch",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One resource-specific permission, as Teams names it, the tier that first needs it, and the reason."""

    name: str
    type: str = "Application"
    tier: str
    why: str


PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        name="OnlineMeeting.ReadBasic.Chat",
        tier="watch",
        why="Be told when a scheduled lesson starts and ends, and look up its organiser.",
    ),
    Permission(
        name="OnlineMeetingParticipant.Read.Chat",
        tier="watch",
        why="Be told who joins and who leaves a scheduled lesson; every rule rests on this.",
    ),
    Permission(
        name="ChannelMeeting.ReadBasic.Group",
        tier="watch",
        why="Be told when a lesson is held in a channel, where Teams does not tell an app who joins, "
        "so that it is reported as unseen.",
    ),
    Permission(
        name="ChatMember.Read.Chat",
        tier="watch",
        why="List who is in a lesson's chat, so that a pupil named in a command is the right one "
        "and a private message goes only to someone who can get it.",
    ),
)


def needed(tier: str) -> tuple[Permission, ...]:
    """What `tier` asks for, in the table's order."""
    wanted = TIERS[: TIERS.index(tier) + 1]
    return tuple(permission for permission in PERMISSIONS if permission.tier in wanted)


def as_markdown() -> str:
    """The table for people."""
    rows = [f"| `{p.name}` | {p.tier.capitalize()} | {p.why} |" for p in PERMISSIONS]
    return "\n".join(("| Permission | Tier | What it is for |", "|---|---|---|", *rows)) + "\n"


def with_table(text: str) -> str:
    """`text` with whatever stood between the two markers replaced by the table."""
    before, _, rest = text.partition(TABLE_START)
    _, _, after = rest.partition(TABLE_END)
    return f"{before}{TABLE_START}{as_markdown()}{TABLE_END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
