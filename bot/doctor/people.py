"""The groups that school.toml names, the mailbox that alerts are sent from, and the channel they go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.doctor.entrance import not_granted, serving
from bot.doctor.findings import Finding, State
from bot.graph.accounts import Account, account_of, accounts_in
from bot.graph.checkup import mailbox
from bot.graph.client import Graph
from bot.graph.troubles import Forbidden, Missing
from bot.ports import OutOfReach, Refused
from bot.school import School
from bot.teams.connector import Connector
from bot.teams.wire import Declined
from bot.tiers import GROUPS, USERS

_MOST = 20_000
_MOST_SENDERS = 20
_TELLS = ("tell",)
LATER = ("Try again in some minutes; if it stays so, look at Microsoft's service health.",)


@dataclass
class People:
    """Who was found. `tried`: what the calls on the way showed of permissions, by permission."""

    members: dict[str, list[Account]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tried: dict[str, Finding] = field(default_factory=dict)

    def trusted(self, group: str) -> list[str]:
        """Object ids of those in a group whose account counts."""
        return [one.oid for one in self.members.get(group, ()) if one.trusted]


def groups_of(school: School) -> Mapping[str, str]:
    """Every group of school.toml, by the key it stands under."""
    roles = {f"groups.{name}": str(group) for name, group in school.groups.model_dump().items()}
    return roles | {f"class {one.name}: group": one.group for one in school.classes}


async def look(graph: Graph, school: School) -> People:
    """Read each group once, then one account. OutOfReach where Graph does not answer."""
    people = People()
    for key, group in groups_of(school).items():
        if (no := await _read(graph, key, group, people, _serves(key))) is not None:
            people.tried[GROUPS.name] = no
            break
    else:
        if people.members:
            saw = "tried: the groups were read"
            people.tried[GROUPS.name] = Finding(
                check=f"permission {GROUPS.name}", state=State.GOOD, saw=saw, serves=serving(GROUPS)
            )
    await _account(graph, people)
    people.findings += await sender(graph, school, people)
    return people


def _serves(key: str) -> tuple[str, ...]:
    """What fails without a group. IT and the administrator are told of technical troubles, which no clause leans on."""
    if key.startswith("class") or key in ("groups.staff", "groups.pupils"):
        return ("know_people",)
    return () if key in ("groups.it", "groups.administrator") else _TELLS


async def _read(graph: Graph, key: str, group: str, people: People, serves: tuple[str, ...]) -> Finding | None:
    """One group; the refusal if it is our permission that is missing."""
    check = f"school.toml {key}"
    try:
        found, _ = await accounts_in(graph, group, most=_MOST)
    except Missing:
        people.findings.append(_no_group(check, group, "the tenant has no such group", serves))
        return None
    except Forbidden as no:
        return not_granted(GROUPS, no.words)
    except Refused as no:
        if no.code == "hidden":
            people.tried[USERS.name] = not_granted(USERS, _HIDDEN)
        people.findings.append(Finding(check=check, state=State.UNPROVEN, saw=no.words, serves=serves))
        return None
    people.members[group] = found
    counted = len(people.trusted(group))
    if not counted:
        what = "nobody is in it" if not found else f"all {len(found)} in it are guests or switched off"
        people.findings.append(_no_group(check, group, what, serves))
    else:
        words = f"{counted} {'person' if counted == 1 else 'people'}"
        people.findings.append(Finding(check=check, state=State.GOOD, saw=words, serves=serves))
    return None


def _no_group(check: str, group: str, what: str, serves: tuple[str, ...]) -> Finding:
    mend = (
        f"Entra admin centre › Groups › All groups: compare the Object ID with {group}, and look at its Members.",
        f"Then correct {check} and restart Schoolgate.",
    )
    return Finding(check=check, state=State.RED, saw=f"{group}: {what}", serves=serves, mend=mend)


async def _account(graph: Graph, people: People) -> None:
    """One account, asked for as every stranger is; somebody of a group, else one that nobody has."""
    oid = next((one.oid for members in people.members.values() for one in members), _NOBODY)
    try:
        await account_of(graph, oid)
    except Forbidden as no:
        people.tried[USERS.name] = not_granted(USERS, no.words)
    except Refused:
        people.tried[USERS.name] = not_granted(USERS, _HIDDEN)
    else:
        people.tried[USERS.name] = Finding(
            check=f"permission {USERS.name}", state=State.GOOD, saw="tried: an account was read", serves=serving(USERS)
        )


_NOBODY = "00000000-0000-0000-0000-000000000001"
_HIDDEN = "Graph hides which accounts are guests or switched off"


async def sender(graph: Graph, school: School, people: People) -> list[Finding]:
    """Whether there is a mailbox for the e-mail that is the last resort. Nothing is sent."""
    chosen = school.channels.mail_from
    candidates = [chosen] if chosen else people.trusted(school.groups.administrator)
    key = "channels.mail_from" if chosen else "groups.administrator"
    if not chosen and school.groups.administrator not in people.members:
        saw = f"not looked at: {key} could not be read"
        return [Finding(check="e-mail", state=State.UNPROVEN, saw=saw, serves=_TELLS)]
    try:
        if any([await mailbox(graph, oid) for oid in candidates[:_MOST_SENDERS]]):
            saw = "there is a mailbox to send from; no mail was sent to try it"
            return [Finding(check="e-mail", state=State.GOOD, saw=saw, serves=_TELLS)]
    except Refused:
        return []  # the permission is missing, and reported as such
    mend = (
        "Write the object id of an account with a mailbox into school.toml, channels.mail_from, and restart Schoolgate.",
    )
    return [Finding(check="e-mail", state=State.RED, saw=f"nobody of {key} has a mailbox", serves=_TELLS, mend=mend)]


async def channel(connector: Connector, school: School) -> list[Finding]:
    """Whether the app is in the team of the safeguarding channel. Nothing is written there."""
    try:
        await connector.enter(school.channels.safeguarding)
    except Declined as no:
        return [_channel(State.RED, f"Teams says {no.code}: {no.words}", _IN_TEAM if no.status == 403 else _WHICH)]
    except Refused as no:
        return [_channel(State.RED, no.words, ("Correct CONNECTOR_HOSTS, or leave it empty.",))]
    except OutOfReach as no:
        return [_channel(State.RED, f"the Bot Connector: {no.words}", LATER)]
    return [_channel(State.GOOD, "Schoolgate is in its team; nothing was written to try it")]


_IN_TEAM = (
    "Teams › the team › … › Manage team › Apps › Get more apps › Built for your org › Schoolgate › Add to a team.",
    "If it is there already: the Connector refuses the app; look at Developer Portal › Bot management › Schoolgate.",
)
_WHICH = (
    "Teams › the channel › … › Get link to channel: copy the part that begins with 19: into school.toml, channels.safeguarding.",
    *_IN_TEAM[:1],
)


def _channel(state: State, saw: str, mend: tuple[str, ...] = ()) -> Finding:
    return Finding(check="safeguarding channel", state=state, saw=saw, serves=_TELLS, mend=mend)
