"""The steps that prepare a school's Microsoft 365, in order: one table, for the scripts and for the page by hand.

None of them was ever run against Microsoft's service: their cmdlets and parameters are checked on paper (cmdlets.toml).
What is granted comes from bot/tiers.py. In `by_hand`, capital words are the school's own values (VALUES).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.tiers import ABILITIES, ACCESS_POLICY, POLICY, REMOVAL, TIERS, Cmdlets, in_order

VALUES = {
    "APP-ID": "the bot's id, from step 1",
    "HOST": "the host name Schoolgate is reached at, without https://",
    "STAFF-GROUP": "object id of the group of all staff (Entra admin centre › Groups)",
    "PUPIL-GROUP": "object id of the group of all pupils",
    "TEAM-ID": "the team with the safeguarding channel (the groupId in Teams › the team › … › Get link to team)",
}
SEEING = ("see_joins", "know_people", "know_invited", "tell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `by`: "hand", or the module whose script takes it: "graph" (Microsoft.Graph) or "teams" (MicrosoftTeams).

    `serves` are abilities of bot/tiers.py that fail without it; `scopes` what its script asks Microsoft Graph for.
    `only_if` says when a school needs it at all.
    """

    key: str
    title: str
    by: str
    tier: str = "watch"
    role: str
    changes: str
    by_hand: tuple[str, ...]
    see: str
    undo: str
    wait: str = ""
    only_if: str = ""
    serves: tuple[str, ...] = SEEING
    function: str = ""
    undo_function: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that are left to people until this step is done."""
        return in_order(clause for one in ABILITIES if one.name in self.serves for clause in one.clauses)


def _lines(cmdlets: Cmdlets) -> tuple[str, ...]:
    return tuple(f"`{line}`" for line in cmdlets.lines("APP-ID", "STAFF-GROUP"))


def _held_by(cmdlets: Cmdlets) -> tuple[str, ...]:
    return tuple(one.name for one in ABILITIES if one.cmdlets is cmdlets)


STEPS: tuple[Step, ...] = (
    Step(
        key="bot",
        title="Make the bot",
        by="hand",
        role="anybody who may register applications",
        changes="A bot, and with it an app registration in Entra.",
        by_hand=(
            "Open the Teams Developer Portal (dev.teams.microsoft.com) › Tools › Bot management › New bot; name it Schoolgate.",
            "Write down its id: it is the APP-ID of all that follows.",
            "Make it here and not in Azure (deploy/azure: azureBot=false): only a bot that Teams manages has step 3's boxes.",
        ),
        see="Schoolgate stands in the list of bots, and under Entra admin centre › App registrations › All applications.",
        undo="Developer Portal › Tools › Bot management › Schoolgate › Delete; then delete the app registration.",
    ),
    Step(
        key="endpoint",
        title="Tell the bot where Schoolgate is",
        by="hand",
        role="whoever made the bot",
        changes="Where Microsoft sends the bot's events.",
        by_hand=(
            "Developer Portal › Tools › Bot management › Schoolgate › Configure › Endpoint address: `https://HOST/api/messages`.",
        ),
        see="The address is shown, and `https://HOST/livez` answers in a browser once Schoolgate runs.",
        undo="Empty the field.",
    ),
    Step(
        key="events",
        title="Tick the boxes for who joins and leaves",
        by="hand",
        role="whoever made the bot",
        changes="Teams tells the bot who joins and who leaves. No script can tick these boxes.",
        by_hand=(
            "In the same place: Meeting event subscriptions › tick Participant join and Participant leave › Save.",
            "Check it once all is done: hold a scheduled test meeting with Schoolgate in it, join, and type /status there. "
            "It must count you (“1 member of staff”). If it counts nobody while you are there, the boxes are not ticked.",
        ),
        see="Both boxes stay ticked after the page is loaded again.",
        undo="Untick them.",
        serves=("see_joins",),
    ),
    Step(
        key="registration",
        title="Keep the registration to this school",
        by="graph",
        role="Application Administrator",
        changes="The app registration takes accounts of this tenant only; its enterprise application is there. "
        "Without APP-ID a registration called Schoolgate is made.",
        by_hand=(
            "Entra admin centre › App registrations › Schoolgate › Authentication › Supported account types: this directory.",
            "Overview › Managed application in local directory: if there is a link Create service principal, press it.",
        ),
        see="Supported account types: My organization only. A link to the enterprise application.",
        undo="Set Supported account types back to what it was; a registration that the script made is deleted.",
        function="Set-Registration",
        undo_function="Undo-Registration",
        scopes=("Application.ReadWrite.All",),
    ),
    Step(
        key="certificate",
        title="Give it a certificate",
        by="graph",
        role="Application Administrator",
        changes="A certificate for one year on the registration; its key is in schoolgate.pem beside the state file only.",
        by_hand=(
            "`openssl req -x509 -newkey rsa:3072 -sha256 -days 365 -nodes -subj /CN=Schoolgate -keyout key.pem "
            "-out schoolgate.cer`, then `cat key.pem schoolgate.cer > schoolgate.pem` and delete key.pem.",
            "App registrations › Schoolgate › Certificates & secrets › Certificates › Upload certificate: schoolgate.cer.",
            "Move schoolgate.pem to where Schoolgate runs, readable by it alone.",
            "For containers and Azure instead: the same page › Client secrets › New client secret.",
        ),
        see="The certificate with its thumbprint and the day it ends. Put that day in the school's calendar.",
        undo="Delete the certificate there, and the file.",
        function="Add-Certificate",
        undo_function="Undo-Certificate",
        scopes=("Application.ReadWrite.All",),
    ),
    Step(
        key="permissions",
        title="Grant the tier's permissions",
        by="graph",
        role="Privileged Role Administrator",
        changes="The application permissions of the tier, with an administrator's consent; those of a higher tier "
        "that the script once granted are taken back.",
        by_hand=(
            "App registrations › Schoolgate › API permissions › Add a permission › Microsoft Graph › Application permissions: "
            "those of your tier (table above).",
            "Grant admin consent for the school.",
        ),
        see="A green tick and “Granted for” the school beside each of them.",
        wait="a few minutes; a token that Schoolgate already holds is used for up to an hour",
        undo="The same page: Revoke admin consent, then Remove permission.",
        serves=tuple(one.name for one in ABILITIES),
        function="Grant-Permissions",
        undo_function="Undo-Permissions",
        scopes=("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"),
    ),
    Step(
        key="catalogue",
        title="Put the package in the school's app catalogue",
        by="graph",
        role="Teams Administrator",
        changes="Schoolgate stands among the apps built for the school; nobody has it yet.",
        by_hand=(
            '`make package ARGS="--app-id APP-ID --host HOST --tier TIER"` makes schoolgate.zip.',
            "Teams admin centre › Teams apps › Manage apps › Actions › Upload new app: schoolgate.zip.",
            "Open the app there: Users and groups: available to staff only. Permissions: review and approve.",
        ),
        see="Schoolgate with publishing status Published, and your tier's permissions on its Permissions tab.",
        wait="up to 24 hours until everybody's Teams shows it",
        undo="Manage apps › Schoolgate › Actions › Delete.",
        function="Publish-Package",
        undo_function="Undo-Package",
        scopes=("AppCatalog.ReadWrite.All",),
    ),
    Step(
        key="meeting_consent",
        title="Let staff add it to their lessons",
        by="graph",
        role="Global Administrator",
        only_if="the tenant takes meeting permissions of pre-approved apps only (the script looks; by default Microsoft decides, "
        "and this step changes nothing)",
        changes="A pre-approval for exactly the meeting permissions of the package.",
        by_hand=(
            "`Connect-MgGraph -Scopes TeamworkAppSettings.ReadWrite.All`, then `Get-MgBetaChatRscConfiguration` and "
            "`Get-MgBetaTeamRscConfiguration` show the tenant's state.",
            "Only if it is EnabledForPreApprovedAppsOnly: `New-MgBetaTeamAppPreApproval` with the package's permissions.",
        ),
        see="A member of staff adds Schoolgate to a test meeting and is not refused.",
        undo="`Remove-MgBetaTeamAppPreApproval -TeamsAppId` with the catalogue's id.",
        function="Approve-MeetingPermissions",
        undo_function="Undo-MeetingPermissions",
        scopes=(
            "TeamworkAppSettings.ReadWrite.All",
            "Policy.ReadWrite.Authorization",
            "Policy.ReadWrite.PermissionGrant",
            "InformationProtectionPolicy.Read",
            "Application.ReadWrite.All",
            "AppCatalog.Read.All",
        ),
    ),
    Step(
        key="channel",
        title="Install it in the safeguarding team",
        by="graph",
        role="an owner of the team",
        changes="Schoolgate can write in the team; it introduces itself in the channel.",
        by_hand=(
            "Teams › the team › … › Manage team › Apps › Get more apps › Built for your org › Schoolgate › Add to a team.",
            "Copy the channel's id for school.toml: the channel › … › Get link to channel; the part that begins with 19:.",
        ),
        see="A message of Schoolgate in the team.",
        undo="Manage team › Apps › Schoolgate › Remove.",
        serves=("tell",),
        function="Install-InTeam",
        undo_function="Undo-InTeam",
        scopes=("TeamsAppInstallation.ReadWriteAndConsentForTeam",),
    ),
    Step(
        key="set_up_policy",
        title="Make a set-up policy that brings it into lessons",
        by="hand",
        role="Teams Administrator",
        changes=f"A set-up policy called {POLICY}; nobody has it yet. Microsoft wants these made in the admin centre only.",
        by_hand=(
            f"Teams admin centre › Teams apps › Setup policies › Add: name {POLICY}.",
            "Installed apps › Add apps: Schoolgate, so that it comes into the meetings its holders make. Save.",
            "If staff have a set-up policy of their own already: add Schoolgate to that one, and leave out the next step.",
        ),
        see=f"{POLICY} in the list, with one installed app.",
        undo=f"Setup policies › {POLICY} › Delete (after the next step is undone).",
        serves=("see_joins",),
    ),
    Step(
        key="assign_policy",
        title="Give staff the set-up policy",
        by="teams",
        role="Teams Administrator",
        changes="New meetings of the staff group come with Schoolgate in them. "
        "A set-up policy that the group already has is not replaced.",
        by_hand=(f"`Grant-CsTeamsAppSetupPolicy -PolicyName {POLICY} -Group STAFF-GROUP -Rank 1`",),
        see="A meeting that a member of staff schedules from now on has Schoolgate among its apps.",
        wait="up to 24 hours; meetings made before do not have it. From Guard on Schoolgate sees to that itself; "
        "in Watch add it there by hand (the meeting › Apps › Schoolgate)",
        undo="`Remove-CsGroupPolicyAssignment -GroupId STAFF-GROUP -PolicyType TeamsAppSetupPolicy`",
        serves=("see_joins",),
        function="Grant-SetUpPolicy",
        undo_function="Undo-SetUpPolicy",
    ),
    Step(
        key="access_policy",
        title="Open the meeting options of staff",
        by="teams",
        tier="guard",
        role="Teams Administrator",
        changes=f"An application access policy called {POLICY}, given to the staff group; no other person's meetings are opened. "
        "If the group already has one, Schoolgate is added to that.",
        by_hand=_lines(ACCESS_POLICY),
        see="`Get-CsGroupPolicyAssignment -PolicyType ApplicationAccessPolicy` shows the staff group.",
        wait=ACCESS_POLICY.wait,
        undo="; ".join(f"`{line}`" for line in ACCESS_POLICY.undo_lines("APP-ID", "STAFF-GROUP")),
        serves=_held_by(ACCESS_POLICY),
        function="Grant-MeetingAccess",
        undo_function="Undo-MeetingAccess",
    ),
    Step(
        key="calling",
        title="Let the bot be called",
        by="hand",
        tier="remove",
        role="whoever made the bot",
        changes="The bot may be in calls.",
        by_hand=(
            "Bot Framework portal (dev.botframework.com/bots) › Schoolgate › Channels › Microsoft Teams › Calling: "
            "enable it; webhook `https://HOST/api/calls`.",
            "If the bot is an Azure Bot: Azure portal › the bot › Channels › Microsoft Teams › Calling, the same.",
        ),
        see="Calling is enabled after the page is loaded again.",
        undo="Disable it there.",
        serves=tuple(one.name for one in ABILITIES if one.in_call),
    ),
    Step(
        key="removal",
        title="Allow it to remove people",
        by="teams",
        tier="remove",
        role="Teams Administrator",
        changes="Schoolgate is on the tenant's list of apps that may remove participants.",
        by_hand=_lines(REMOVAL),
        see="`Get-CsApplicationMeetingConfiguration` shows the APP-ID.",
        wait=REMOVAL.wait,
        undo="; ".join(f"`{line}`" for line in REMOVAL.undo_lines("APP-ID")),
        serves=_held_by(REMOVAL),
        function="Enable-Removal",
        undo_function="Undo-Removal",
    ),
    Step(
        key="policies",
        title="Write down the tenant's meeting policies",
        by="teams",
        role="Teams Administrator",
        changes="Nothing in the tenant: it writes meeting-policies.json, which says what pupils and staff may do in meetings. "
        "No name and no account stands in it.",
        by_hand=(
            "`Get-CsTeamsMeetingPolicy`, `Get-CsTeamsMeetingConfiguration` and "
            "`Get-CsGroupPolicyAssignment -PolicyType TeamsMeetingPolicy` show the same on the screen.",
        ),
        see="The file, with every policy of the tenant.",
        undo="Delete the file.",
        serves=(),
        function="Export-MeetingPolicies",
    ),
)

MEETING_SETTINGS = (
    *("AllowMeetNow", "AllowPrivateMeetNow", "AllowPrivateMeetingScheduling", "AllowChannelMeetingScheduling"),
    *("DesignatedPresenterRoleMode", "ScreenSharingMode", "AllowParticipantGiveRequestControl"),
    *("AllowCloudRecording", "AllowTranscription", "AutoRecording", "NewMeetingRecordingExpirationDays"),
    *("AutoAdmittedUsers", "UsersCanAdmitFromLobby", "AllowPSTNUsersToBypassLobby"),
    *("AllowAnonymousUsersToJoinMeeting", "AllowAnonymousUsersToStartMeeting", "ExternalMeetingJoin"),
    *("MeetingChatEnabledType", "ParticipantNameChange", "ExternalBotAccessMode"),
)
"""What of each meeting policy is written down: what C7, C12-C18, C26 and C31 are held against."""

TENANT_SETTINGS = ("DisableAnonymousJoin", "LimitPresenterRolePermissions")


def steps_of(tier: str) -> tuple[Step, ...]:
    """The steps that a school of `tier` takes, in order."""
    return tuple(step for step in STEPS if TIERS.index(step.tier) <= TIERS.index(tier))


def number(step: Step) -> int:
    """A step's number, the same on every page whatever the tier."""
    return STEPS.index(step) + 1
