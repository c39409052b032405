"""What each tier does, what it takes and which clauses lean on it: one table.

The Teams package, /status, the tenant's set-up, the troubles of Graph and the documentation all speak from it.
It needs nothing but Python, so that the package can be built anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TIERS = ("watch", "guard", "remove")
"""Each does what those before it do, and more."""

POLICY = "Schoolgate"
"""What the application access policy is called in a school's tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A permission as Microsoft names it, and why we ask for it. It is an application permission in either place.

    `place`: "entra" (consented to once, for the whole tenant) or "meeting" (resource-specific: it comes with the
    Teams package, and counts only in the chats and teams the app was added to).
    """

    name: str
    place: str = "entra"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdlets:
    """What a Teams administrator runs where no permission does it: lines of PowerShell, and when they count.

    The lines have blanks `{app_id}` and `{staff_group}`; `wait` and `without` are Microsoft's, in words.
    """

    run: tuple[str, ...]
    undo: tuple[str, ...]
    wait: str
    without: str

    def lines(self, app_id: str, staff_group: str = "") -> tuple[str, ...]:
        """The lines to run, for one school's application and its group of staff."""
        return tuple(line.format(app_id=app_id, staff_group=staff_group) for line in self.run)

    def undo_lines(self, app_id: str, staff_group: str = "") -> tuple[str, ...]:
        """The lines that take it back."""
        return tuple(line.format(app_id=app_id, staff_group=staff_group) for line in self.undo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """Something Schoolgate does from `tier` on. `clauses` lean on it: without it, people must see to them.

    One that no clause leans on only makes others work, and /status does not speak of it.
    """

    name: str
    tier: str
    does: str
    clauses: tuple[str, ...]
    permissions: tuple[Permission, ...] = ()
    cmdlets: Cmdlets | None = None
    in_call: bool = False


USERS = Permission(
    name="User.Read.All",
    why="Tell staff, pupils and strangers apart by the school's directory: whether an account is a guest or switched off.",
)
GROUPS = Permission(
    name="GroupMember.Read.All",
    why="Find who is in the groups of staff, pupils, classes and leads that school.toml names.",
)
CALENDARS = Permission(
    name="Calendars.ReadBasic.All",
    why="Find who was invited to a lesson; times, titles and people only, no text and no attachments.",
)
MAIL = Permission(
    name="Mail.Send",
    why="Send an alert by e-mail where Teams does not take it, from the one mailbox that school.toml names.",
)
MEETINGS = Permission(
    name="OnlineMeetings.ReadWrite.All",
    why="Read and set the options of lessons; Microsoft opens only meetings of people under the application access policy.",
)
CALLS = Permission(
    name="Calls.JoinGroupCall.All",
    why="Be in the call of a lesson: see who is muted, shares or waits, and mute or remove; nothing is recorded.",
)
PLACING = Permission(
    name="TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All",
    why="Put itself, and no other app, into the chat of a planned lesson where it is missing; else it would see nothing of it.",
)
CATALOGUE = Permission(
    name="AppCatalog.Read.All",
    why="Find itself in the school's own app catalogue, to be put into the chats of lessons.",
)
LESSONS = Permission(
    name="OnlineMeeting.ReadBasic.Chat",
    place="meeting",
    why="Be told when a scheduled lesson starts and ends, and look up its organiser.",
)
PARTICIPANTS = Permission(
    name="OnlineMeetingParticipant.Read.Chat",
    place="meeting",
    why="Be told who joins and who leaves a scheduled lesson; every rule rests on this.",
)
CHANNELS = Permission(
    name="ChannelMeeting.ReadBasic.Group",
    place="meeting",
    why="Be told when a lesson is held in a channel, where Teams does not tell an app who joins, "
    "so that it is reported as unseen.",
)
CHAT = Permission(
    name="ChatSettings.Read.Chat",
    place="meeting",
    why="Find the calendar entry that a lesson's chat belongs to, where Teams does not name it.",
)
MEMBERS = Permission(
    name="ChatMember.Read.Chat",
    place="meeting",
    why="List who is in a lesson's chat, so that a pupil named in a command is the right one "
    "and a private message goes only to someone who can get it.",
)

ACCESS_POLICY = Cmdlets(
    run=(
        f'New-CsApplicationAccessPolicy -Identity {POLICY} -AppIds "{{app_id}}"',
        f'Grant-CsApplicationAccessPolicy -PolicyName {POLICY} -Group "{{staff_group}}" -Rank 1',
    ),
    undo=(
        'Remove-CsGroupPolicyAssignment -GroupId "{staff_group}" -PolicyType ApplicationAccessPolicy',
        f"Remove-CsApplicationAccessPolicy -Identity {POLICY}",
    ),
    wait="up to 30 minutes",
    without='403 "No application access policy found for this app"',
)
REMOVAL = Cmdlets(
    run=('Set-CsApplicationMeetingConfiguration -AllowRemoveParticipantAppIds @{{Add="{app_id}"}}',),
    undo=('Set-CsApplicationMeetingConfiguration -AllowRemoveParticipantAppIds @{{Remove="{app_id}"}}',),
    wait="not said by Microsoft; allow an hour",
    without="403 when somebody is to be removed",
)

ABILITIES: tuple[Ability, ...] = (
    Ability(
        name="see_joins",
        tier="watch",
        does="Sees who joins and who leaves a scheduled lesson, and says where it is blind.",
        clauses=("C13", "C30", "C31", "C32", "C55", "C56"),
        permissions=(LESSONS, PARTICIPANTS, CHANNELS),
    ),
    Ability(
        name="know_people",
        tier="watch",
        does="Knows staff, pupils and their classes from the school's directory.",
        clauses=("C13", "C14", "C30", "C31", "C32", "C55", "C56"),
        permissions=(USERS, GROUPS),
    ),
    Ability(
        name="know_invited",
        tier="watch",
        does="Knows who was invited to a lesson, from the teacher's calendar.",
        clauses=("C30", "C32"),
        permissions=(CALENDARS, CHAT),
    ),
    Ability(
        name="tell",
        tier="watch",
        does="Tells the adults who must act, privately or in the safeguarding channel, and takes staff's commands.",
        clauses=("C33", "C34", "C36", "C37", "C57", "C72", "C75", "C78", "C83", "C94"),
        permissions=(MEMBERS, MAIL),
    ),
    Ability(
        name="place",
        tier="guard",
        does="Puts itself into the chats of planned lessons where it is missing.",
        clauses=(),
        permissions=(PLACING, CATALOGUE),
    ),
    Ability(
        name="hold_mics",
        tier="guard",
        does="Keeps pupils muted on entry and from unmuting themselves.",
        clauses=("C19", "C20"),
        permissions=(MEETINGS,),
        cmdlets=ACCESS_POLICY,
    ),
    Ability(
        name="hold_presenting",
        tier="guard",
        does="Keeps presenting, and with it sharing a screen and recording, to the organiser and invited staff.",
        clauses=("C14", "C16", "C17"),
        permissions=(MEETINGS,),
        cmdlets=ACCESS_POLICY,
    ),
    Ability(
        name="record",
        tier="guard",
        does="Sets lessons to record by themselves; in a lesson that has begun it asks the teacher.",
        clauses=("C42", "C52", "C62", "C91"),
        permissions=(MEETINGS,),
        cmdlets=ACCESS_POLICY,
    ),
    Ability(
        name="pause",
        tier="guard",
        does="Holds a lesson still when staff say so, or when the last adult has dropped out, and puts everything back.",
        clauses=("C78", "C94"),
        permissions=(MEETINGS,),
        cmdlets=ACCESS_POLICY,
    ),
    Ability(
        name="tighten_door",
        tier="guard",
        does="After a removal lets only invited people past the lobby, and puts the door back afterwards.",
        clauses=("C24", "C37"),
        permissions=(MEETINGS,),
        cmdlets=ACCESS_POLICY,
    ),
    Ability(
        name="see_call",
        tier="remove",
        does="Sees from within the call who is unmuted, shares a screen or records; it takes no picture and no sound.",
        clauses=("C16", "C17", "C18", "C52", "C62"),
        permissions=(CALLS,),
        in_call=True,
    ),
    Ability(
        name="mute",
        tier="remove",
        does="Mutes a pupil who enters unmuted.",
        clauses=("C19",),
        permissions=(CALLS,),
        in_call=True,
    ),
    Ability(
        name="remove",
        tier="remove",
        does="Removes somebody from the lesson, again if they come back, and says done only when it is seen.",
        clauses=("C24", "C32", "C35", "C37", "C75", "C78", "C82", "C94"),
        permissions=(CALLS,),
        cmdlets=REMOVAL,
        in_call=True,
    ),
)


def up_to(tier: str) -> tuple[str, ...]:
    """`tier` and those before it."""
    return TIERS[: TIERS.index(tier) + 1]


def abilities(tier: str) -> tuple[Ability, ...]:
    """All that Schoolgate does in `tier`."""
    return tuple(one for one in ABILITIES if one.tier in up_to(tier))


def lacking(tier: str) -> tuple[Ability, ...]:
    """What Schoolgate does only in a tier above."""
    return tuple(one for one in ABILITIES if one.tier not in up_to(tier))


def permissions(tier: str, place: str) -> tuple[Permission, ...]:
    """What a school grants for `tier` in "entra" or to a "meeting", each once."""
    asked = (permission for one in abilities(tier) for permission in one.permissions)
    return tuple(dict.fromkeys(permission for permission in asked if permission.place == place))


def cmdlets(tier: str) -> tuple[Cmdlets, ...]:
    """What a Teams administrator runs for `tier`, each once."""
    return tuple(dict.fromkeys(one.cmdlets for one in abilities(tier) if one.cmdlets is not None))


def needs_calling(tier: str) -> bool:
    """Whether the app joins calls in `tier`."""
    return any(one.in_call for one in abilities(tier))


def first_tier(permission: Permission) -> str:
    """The tier that first asks for a permission."""
    return next(one.tier for one in ABILITIES if permission in one.permissions)


def resting_on(name: str) -> tuple[str, ...]:
    """The clauses that people must see to while the permission called `name` is missing."""
    held = (one for one in ABILITIES if name in [permission.name for permission in one.permissions])
    return in_order(clause for one in held for clause in one.clauses)


def in_order(clauses: Iterable[str]) -> tuple[str, ...]:
    """Clauses by number, each once."""
    return tuple(sorted(set(clauses), key=lambda clause: int(clause[1:])))
