"""What the policy asks of the tenant's meeting policies: one table (Set-CsTeamsMeetingPolicy, learn.microsoft.com).

`who` is whose policies are looked at. A setting that is exported and stands in no line here is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass

PUPILS, STAFF = "pupils", "staff"
Value = str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A setting, and the values that will do, the one we advise first. `tier`: from which on it counts.

    `unless`: a setting of the whole tenant which, so set, does the same. `serves`: abilities that it takes away besides.
    """

    who: str
    name: str
    values: tuple[Value, ...]
    clauses: tuple[str, ...]
    why: str
    tier: str = "watch"
    unless: tuple[str, Value] | None = None
    serves: tuple[str, ...] = ()
    about: str = ""

    @property
    def check(self) -> str:
        """What the doctor calls it."""
        return f"{self.who}: {self.name}{self.about}"


_INSIDE = ("EveryoneInCompanyExcludingGuests", "EveryoneInCompany")
_NO_ANONYMOUS = ("DisableAnonymousJoin", True)

SETTINGS: tuple[Wanted, ...] = (
    *(
        Wanted(who=PUPILS, name=name, values=(False,), clauses=("C7", "C12", "C13"), why=f"pupils could {what}")
        for name, what in (
            ("AllowPrivateMeetingScheduling", "schedule meetings of their own"),
            ("AllowChannelMeetingScheduling", "schedule meetings in channels"),
        )
    ),
    *(
        Wanted(who=PUPILS, name=name, values=(False,), clauses=("C12", "C13", "C15"), why=f"pupils could {what}")
        for name, what in (
            ("AllowMeetNow", "start a meeting in a channel on the spot"),
            ("AllowPrivateMeetNow", "start a meeting on the spot, where no app is told who joins"),
        )
    ),
    *(
        Wanted(who=PUPILS, name=name, values=(False,), clauses=("C12", "C17", "C18"), why=f"pupils could {what}")
        for name, what in (("AllowCloudRecording", "record"), ("AllowTranscription", "have what is said written down"))
    ),
    Wanted(
        who=PUPILS,
        name="ExternalMeetingJoin",
        values=("Disabled", "EnabledForTrustedOrgs"),
        clauses=("C12", "C26"),
        why="pupils could join meetings of people outside the school, where nobody of the school sees them",
    ),
    Wanted(
        who=PUPILS,
        name="ParticipantNameChange",
        values=("Disabled",),
        clauses=("C12", "C31"),
        why="pupils could show another name, and a stranger be taken for one of them",
    ),
    Wanted(
        who=STAFF,
        name="AllowPrivateMeetingScheduling",
        values=(True,),
        clauses=("C12", "C13"),
        why="staff could not schedule lessons",
    ),
    Wanted(
        who=STAFF,
        name="AllowCloudRecording",
        values=(True,),
        clauses=("C12", "C17"),
        why="the host could not record the lesson",
    ),
    Wanted(
        who=STAFF,
        name="DesignatedPresenterRoleMode",
        values=("OrganizerOnlyUserOverride",),
        clauses=("C12", "C14", "C16"),
        why="new lessons would begin with everybody as presenter: to share, to mute others, to admit from the lobby",
    ),
    Wanted(
        who=STAFF,
        name="AllowParticipantGiveRequestControl",
        values=(False,),
        clauses=("C12", "C16"),
        why="a pupil could be given control of what is shared",
    ),
    Wanted(
        who=STAFF,
        name="AllowAnonymousUsersToStartMeeting",
        values=(False,),
        clauses=("C12", "C13", "C31"),
        why="somebody without an account could start a lesson before the teacher is there "
        "(look here first where education's defaults were taken for educators)",
    ),
    Wanted(
        who=STAFF,
        name="AllowAnonymousUsersToJoinMeeting",
        values=(False,),
        clauses=("C12", "C31"),
        unless=_NO_ANONYMOUS,
        why="somebody without an account could join with the link alone",
    ),
    Wanted(
        who=STAFF,
        name="AutoAdmittedUsers",
        values=(*_INSIDE, "InvitedUsers", "OrganizerOnly"),
        clauses=("C12", "C31"),
        why="people from outside would come in past the lobby",
    ),
    Wanted(
        who=STAFF,
        name="AutoAdmittedUsers",
        values=(*_INSIDE, "EveryoneInSameAndFederatedCompany", "Everyone"),
        clauses=(),
        tier="remove",
        serves=("see_call", "mute", "remove"),
        about=", for Schoolgate",
        why="the lobby catches Schoolgate itself, and the teacher must let it into every lesson: education's default for "
        "educators (only the organiser passes). Schoolgate tightens the door by itself after a removal",
    ),
    Wanted(
        who=STAFF,
        name="AllowPSTNUsersToBypassLobby",
        values=(False,),
        clauses=("C12", "C31"),
        why="whoever dials in would come in past the lobby",
    ),
    Wanted(
        who=STAFF,
        name="UsersCanAdmitFromLobby",
        values=("OrganizerAndCoOrganizersOnly", "OrganizersAndPresentersOnly"),
        clauses=("C12", "C31"),
        why="others than hosts could let people in",
    ),
)
