"""Microsoft's doors: the published keys, our own sign-in, and the permissions that our token carries."""

from __future__ import annotations

import re

import aiohttp

from bot.doctor.findings import ALL, IN_CALL, Finding, State
from bot.environment import Environment
from bot.graph.client import Graph
from bot.ports import OutOfReach, Refused
from bot.teams.keys import Keys
from bot.tiers import ABILITIES, CALLS, MAIL, MEETINGS, PLACING, Permission, first_tier, permissions

REGISTRATION = "Entra admin centre › App registrations › Schoolgate"
CONSENT = "a few minutes; a token that Schoolgate already holds is used for up to an hour"

_UNTRIED = {
    MAIL: "that would send a mail",
    CALLS: "that would join a lesson",
    PLACING: "that would put the app into a chat",
}

SAID: dict[str, tuple[str, tuple[str, ...]]] = {
    "AADSTS7000215": (
        "the client secret is wrong",
        (
            f"{REGISTRATION} › Certificates & secrets › Client secrets › New client secret.",
            "Put its Value, not its Secret ID, into BOT_APP_PASSWORD and restart Schoolgate.",
        ),
    ),
    "AADSTS7000222": (
        "the client secret has expired",
        (
            f"{REGISTRATION} › Certificates & secrets › Client secrets › New client secret; put the day it ends in the calendar.",
            "Put its Value into BOT_APP_PASSWORD and restart Schoolgate.",
        ),
    ),
    "AADSTS700027": (
        "Entra does not know the certificate",
        (
            f"{REGISTRATION} › Certificates & secrets › Certificates › Upload certificate: "
            "the one that BOT_APP_CERTIFICATE names, without its key.",
        ),
    ),
    "AADSTS700016": (
        "the tenant knows no application of this id",
        (
            f"Compare BOT_APP_ID with {REGISTRATION} › Overview › Application (client) ID, "
            "and BOT_TENANT_ID with Directory (tenant) ID.",
            "If both are right: on the same page press Create service principal.",
        ),
    ),
    "AADSTS90002": (
        "there is no such tenant",
        ("Write the tenant's id into BOT_TENANT_ID: Entra admin centre › Overview › Tenant ID.",),
    ),
    "AADSTS7000112": (
        "the application is switched off",
        (
            "Entra admin centre › Enterprise applications › Schoolgate › Properties › Enabled for users to sign-in: Yes.",
        ),
    ),
}
"""What Entra says by number (learn.microsoft.com/entra/identity-platform/reference-error-codes), and how it is mended."""


async def keys(environment: Environment, session: aiohttp.ClientSession, tier: str) -> list[Finding]:
    """Whether the keys can be fetched that Microsoft signs with."""
    found = [await _keys("Bot Framework keys", environment.bot_openid_metadata_url, session, ALL)]
    if tier == "remove":
        found.append(await _keys("calling keys", environment.calling_openid_metadata_url, session, IN_CALL))
    return found


async def _keys(check: str, url: str, session: aiohttp.ClientSession, serves: tuple[str, ...]) -> Finding:
    try:
        count = await Keys(url, session).count()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        saw = f"{url}: {error if isinstance(error, ValueError) else type(error).__name__}"
        mend = (f"Let this machine reach {url.split('/')[2]} by https: firewall, proxy, DNS.",)
        return Finding(check=check, state=State.RED, saw=saw, serves=serves, mend=mend)
    return Finding(check=check, state=State.GOOD, saw=f"fetched, {count} of them", serves=serves)


async def sign_in(graph: Graph) -> tuple[Finding, frozenset[str] | None]:
    """A token for Graph, and the permissions in it; None without one, or where it cannot be read."""
    try:
        granted = await graph.granted()
    except Refused as no:
        return _turned_away(no.words), None
    except OutOfReach as no:
        mend = (
            "Let this machine reach login.microsoftonline.com by https; if it can, look at Microsoft's service health.",
        )
        return Finding(check="sign-in", state=State.RED, saw=no.words, serves=ALL, mend=mend), None
    return Finding(check="sign-in", state=State.GOOD, saw="Entra gave a token", serves=ALL), granted


def _turned_away(words: str) -> Finding:
    number = re.search(r"AADSTS\d+", words)
    said, mend = SAID.get(number[0] if number else "", (words, (f"{REGISTRATION}: look up what Entra says.",)))
    saw = f"{said} ({number[0]})" if number and said != words else words
    return Finding(check="sign-in", state=State.RED, saw=saw, serves=ALL, mend=mend, wait="a few minutes")


def reached(error: OutOfReach | None = None) -> Finding:
    """Whether Graph answers at all; it stands before everything else that is asked of it."""
    if error is None:
        return Finding(check="Graph", state=State.GOOD, saw="it answers", serves=_BY_GRAPH)
    mend = (
        "Let this machine reach graph.microsoft.com by https; if it can, look at Microsoft's service health.",
        "Nothing else of Graph was tried: run the doctor again in some minutes.",
    )
    return Finding(check="Graph", state=State.RED, saw=error.words, serves=_BY_GRAPH, mend=mend)


_BY_GRAPH = tuple(one.name for one in ABILITIES if any(each.place == "entra" for each in one.permissions))


def granted(permission: Permission, held: frozenset[str] | None, tried: Finding | None) -> Finding:
    """One permission, by the token and by the try. The try has the last word: the token is evidence, not proof.

    But for what changes something, of which only the reading was tried: a permission to read is enough for that.
    """
    check, serves = f"permission {permission.name}", serving(permission)
    if tried is not None and (tried.state is not State.GOOD or permission not in _ONLY_READ):
        return tried
    if held is None:
        return Finding(check=check, state=State.UNPROVEN, saw="not tried, and our token cannot be read", serves=serves)
    if permission.name not in held:
        return not_granted(permission)
    saw = tried.saw if tried else f"granted; not tried: {_UNTRIED.get(permission, 'there was nothing to try it on')}"
    return Finding(check=check, state=State.GOOD, saw=saw, serves=serves)


_ONLY_READ = (MEETINGS,)


def not_granted(permission: Permission, words: str = "") -> Finding:
    """How an administrator consents to it."""
    return Finding(
        check=f"permission {permission.name}",
        state=State.RED,
        saw=words or "our token does not carry it",
        serves=serving(permission),
        mend=(
            f"{REGISTRATION} › API permissions › Add a permission › Microsoft Graph › Application permissions › "
            f"{permission.name}; then Grant admin consent.",
            f"Or run deploy/tenant/set-up.ps1 -Part graph once more, with -Tier {first_tier(permission)} or higher.",
        ),
        wait=CONSENT,
    )


def serving(permission: Permission) -> tuple[str, ...]:
    """The abilities that need it."""
    return tuple(one.name for one in ABILITIES if permission in one.permissions)


def wanted(tier: str) -> tuple[Permission, ...]:
    """What a school of this tier consents to."""
    return permissions(tier, "entra")
