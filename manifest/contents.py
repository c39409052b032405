"""What stands in manifest.json: the words a school's IT person reads, and what Teams may hand to us."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.tiers import abilities, cmdlets, needs_calling, permissions

SCHEMA_VERSION = "1.29"
ACCENT = "#1B4D5C"

# Teams has no private messages in a one-to-one chat, hence no slash there: all of it is private already.
TRIGGERS = {"team": ["mention", "slash"], "groupChat": ["mention", "slash"], "personal": ["mention"]}

SHORT_DESCRIPTION = "Watches lessons for the school's safeguarding rules and tells the right adult."
FULL_DESCRIPTION = """\
Schoolgate stands at the gate of every lesson your school holds in Microsoft Teams. It holds what happens \
there against the rules your school has chosen, and tells the adults your school has named when something \
is not right: for instance when a pupil is left in a lesson with no other pupil, or when somebody comes \
in who was not invited.

WHAT IT DOES
{does}

FOR STAFF
Alerts come as cards in the school's safeguarding channel, and privately to the teacher whose lesson it \
is. In a lesson's chat, type / and pick a command, or mention Schoolgate; or write to it in a chat of \
your own. Commands: {commands}. Answers come to you alone; what you type after / is private too, but a \
mention can be read by everyone in the chat. Only people in the school's staff groups can give commands; \
a pupil who tries is refused.

WHAT IT DOES NOT DO
{limits}

FOR IT
This package is for the {tier} tier. Schoolgate runs on your school's own service at {host}, which keeps \
names, times and decisions and deletes them when their time is up; no other account is needed. Besides \
the permissions listed with this app it needs an administrator's consent in Microsoft Entra for: \
{consents}.{cmdlets} In the Teams Developer Portal, tick participant join and participant leave among the \
bot's meeting event subscriptions: without them it sees no one arrive."""

OUTSIDE = "It does not join the call: it does not listen, record, or see cameras or screens."
INSIDE = (
    "It joins the call as a participant that everyone sees, to follow who is there; it takes no sound and no picture."
)
HANDS_OFF = {
    "watch": "It removes nobody and mutes nobody; it tells the teacher how.",
    "guard": "It removes nobody; it tells the teacher how.",
}
NO_BAN = "Teams has no ban: a removed person can try again, and is then removed again."
ALWAYS = """\
It reads no chat message that is not addressed to it. It cannot see who joins a meeting held in a channel \
or started with Meet now, and it says so instead of calling that lesson safe."""


class CommandRow(Protocol):
    """What a menu needs of a row of the command table."""

    @property
    def name(self) -> str: ...
    @property
    def usage(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def tiers(self) -> frozenset[str]: ...
    @property
    def listed(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The values in which one school's package differs from another's, already checked."""

    app_id: str
    host: str
    version: str
    about: str
    tier: str


def manifest(deployment: Deployment, commands: Iterable[CommandRow]) -> dict[str, object]:
    """The whole manifest for one deployment, with the commands of its tier."""
    offered = [command for command in commands if deployment.tier in command.tiers]
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA_VERSION,
        "version": deployment.version,
        "id": deployment.app_id,
        "localizationInfo": {"defaultLanguageTag": "en"},
        "developer": developer(deployment.about),
        "name": {"short": "Schoolgate", "full": "Schoolgate: safeguarding in online lessons"},
        "description": {
            "short": SHORT_DESCRIPTION,
            "full": full_description(deployment, offered),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [bot(deployment, offered)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [deployment.host],
        "webApplicationInfo": {"id": deployment.app_id, "resource": f"https://{deployment.host}"},
        "authorization": {
            "permissions": {
                "resourceSpecific": [
                    {"name": permission.name, "type": "Application"}
                    for permission in permissions(deployment.tier, "meeting")
                ]
            }
        },
        "defaultInstallScope": "meetings",
        "defaultGroupCapability": {"meetings": "bot", "groupchat": "bot", "team": "bot"},
    }


def full_description(deployment: Deployment, offered: Iterable[CommandRow]) -> str:
    """What the app's page in Teams says of it, true of this tier."""
    run = [line.split()[0] for each in cmdlets(deployment.tier) for line in each.run]
    hands = needs_calling(deployment.tier)
    return FULL_DESCRIPTION.format(
        does="\n".join(f"- {one.does}" for one in abilities(deployment.tier)),
        commands=", ".join(command.name for command in offered),
        limits=" ".join((INSIDE, NO_BAN, ALWAYS) if hands else (OUTSIDE, HANDS_OFF[deployment.tier], ALWAYS)),
        tier=deployment.tier.capitalize(),
        host=deployment.host,
        consents=", ".join(permission.name for permission in permissions(deployment.tier, "entra")),
        cmdlets=f" A Teams administrator also runs {', '.join(run)}." if run else "",
    )


def developer(about: str) -> dict[str, str]:
    return {
        "name": "Schoolgate",
        "websiteUrl": about,
        "privacyUrl": f"{about}#privacy",
        "termsOfUseUrl": f"{about}#terms",
    }


def bot(deployment: Deployment, offered: list[CommandRow]) -> dict[str, object]:
    """The bot and its menus, one for each place it can be spoken to."""
    entries = [menu_entry(command) for command in offered if command.listed]
    return {
        "botId": deployment.app_id,
        "scopes": list(TRIGGERS),
        "isNotificationOnly": False,
        "supportsFiles": False,
        "supportsCalling": needs_calling(deployment.tier),
        "supportsVideo": False,
        "supportsTargetedMessages": True,
        "commandLists": [
            {"scopes": [scope], "triggers": triggers, "commands": entries} for scope, triggers in TRIGGERS.items()
        ],
    }


def menu_entry(command: CommandRow) -> dict[str, str]:
    """Teams types the title for the user; the description says what may follow it."""
    example = f". Type: {command.name} {command.usage}" if command.usage else ""
    return {"title": command.name, "description": command.summary + example}
