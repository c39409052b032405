"""Schoolgate's own house: its certificate, its database, and the address it is reached at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import aiohttp
from cryptography import x509

from bot.doctor.findings import ALL, Finding, State
from bot.environment import Environment
from bot.ports import OutOfReach
from bot.store import schema
from bot.store.checkup import Examined, Past
from bot.store.tables import reaching
from bot.tiers import PARTICIPANTS

_SOON = timedelta(days=30)
_RENEW = (
    "Make the next certificate as the last one was made (deploy/tenant/by-hand.md, “Give it a certificate”).",
    "Upload it beside the old one: Entra admin centre › App registrations › Schoolgate › Certificates & secrets › Certificates.",
    "Exchange the file that BOT_APP_CERTIFICATE names, and restart Schoolgate.",
)


def certificate(environment: Environment, now: datetime) -> list[Finding]:
    """Until when it counts; nothing where a client secret is used, whose end only Entra knows. ValueError: no PEM with one."""
    if environment.bot_app_certificate is None:
        return []
    shown = x509.load_pem_x509_certificate(environment.bot_app_certificate.read_bytes())
    ends = shown.not_valid_after_utc
    left, day = ends - now, f"{ends:%d %B %Y}"
    if left <= timedelta():
        return [_certificate(State.RED, f"it ended on {day}")]
    return [_certificate(State.UNPROVEN if left < _SOON else State.GOOD, f"it ends on {day}, in {left.days} days")]


def _certificate(state: State, saw: str) -> Finding:
    mend = () if state is State.GOOD else _RENEW
    return Finding(check="certificate", state=state, saw=saw, serves=ALL, mend=mend, wait="a few minutes")


async def database(dsn: str, examined: Examined) -> list[Finding]:
    """Reached, up to date, and writable. OutOfReach where it does not answer."""
    wrong = await examined.ready()
    if wrong is None:
        with reaching():
            wrong = None if await schema.is_current(dsn) else "its tables are not up to date"
    if wrong:
        mend = (f"Start Schoolgate, which brings it up to date; where its role may not: {schema.HOW}.",)
        return [Finding(check="database", state=State.RED, saw=wrong, serves=ALL, mend=mend)]
    return [Finding(check="database", state=State.GOOD, saw="reached, up to date, takes writes", serves=ALL)]


def no_database(error: OutOfReach) -> Finding:
    """It cannot be used at all."""
    mend = (
        "Look whether PostgreSQL runs, and whether DATABASE_URL names its host, user, password and database.",
        "In Azure: the database's Networking page must let Schoolgate in.",
    )
    return Finding(check="database", state=State.RED, saw=error.words, serves=ALL, mend=mend)


async def address(environment: Environment, session: aiohttp.ClientSession) -> list[Finding]:
    """Whether we answer at PUBLIC_URL. Asked from here, which is not quite from Microsoft."""
    url = environment.public_url
    if url is None:
        mend = ("Set PUBLIC_URL=https://HOST, the address of step “Tell the bot where Schoolgate is”.",)
        return [_address(State.UNPROVEN, "PUBLIC_URL is not set, so it was not tried", mend)]
    if not url.startswith("https://"):
        return [_address(State.RED, f"{url} is not https, and Microsoft sends to https only", _HTTPS)]
    try:
        async with session.get(f"{url}/livez", allow_redirects=False) as answer:
            status = answer.status
    except aiohttp.ClientConnectorCertificateError:
        return [_address(State.RED, f"{url} shows a certificate that is not trusted", _HTTPS)]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return [_address(State.RED, f"{url}/livez: no answer ({type(error).__name__})", _RUNS)]
    if status != 200:
        return [_address(State.RED, f"{url}/livez answered {status}: something else listens there", _RUNS)]
    return [_address(State.GOOD, f"{url}/livez answers, asked from this machine")]


_HTTPS = (
    "Put a reverse proxy with a certificate of a public authority before Schoolgate, and write its address into PUBLIC_URL.",
)
_RUNS = (
    "Look whether Schoolgate runs, and whether DNS, firewall and reverse proxy lead PUBLIC_URL to its PORT.",
    "The same address stands in Developer Portal › Tools › Bot management › Schoolgate › Configure › Endpoint address.",
)


def _address(state: State, saw: str, mend: tuple[str, ...] = ()) -> Finding:
    return Finding(check="public address", state=state, saw=saw, serves=ALL, mend=mend)


def told(past: Past, tier: str) -> list[Finding]:
    """What only the past can show: that Teams tells who joins, and that the bot has been in a call."""
    findings = [_participants(past)]
    if tier == "remove":
        findings.append(_called(past))
    return findings


_BOXES = (
    "Developer Portal (dev.teams.microsoft.com) › Tools › Bot management › Schoolgate › Meeting event subscriptions: "
    "tick Participant join and Participant leave › Save.",
    "Teams admin centre › Teams apps › Manage apps › Schoolgate › Permissions: "
    f"{PARTICIPANTS.name} must be there, reviewed and approved.",
    "Then hold a scheduled test meeting with Schoolgate in it, join, and run the doctor again.",
)


def _participants(past: Past) -> Finding:
    check, serves = "participant events", ("see_joins",)
    if past.joined is not None:
        saw = f"Teams last told of somebody joining on {_day(past.joined)}"
        return Finding(check=check, state=State.GOOD, saw=saw, serves=serves)
    if past.started is None:
        saw = "no lesson was held yet with Schoolgate in it; only one that was can show whether the boxes are ticked"
        return Finding(check=check, state=State.UNPROVEN, saw=saw, serves=serves, mend=_BOXES)
    saw = f"a lesson began on {_day(past.started)}, but Teams has never told who joined"
    return Finding(check=check, state=State.RED, saw=saw, serves=serves, mend=_BOXES)


def _called(past: Past) -> Finding:
    serves = ("see_call", "mute", "remove")
    if past.in_call is not None:
        saw = f"it was last in a call on {_day(past.in_call)}"
        return Finding(check="calling", state=State.GOOD, saw=saw, serves=serves)
    mend = (
        "Bot Framework portal (dev.botframework.com/bots) › Schoolgate › Channels › Microsoft Teams › Calling: "
        "enabled, with webhook https://HOST/api/calls.",
        "Then hold a scheduled test meeting with Schoolgate in it, and run the doctor again.",
    )
    saw = "it has never been in a call; joining one only to try would be seen by everybody in it"
    return Finding(check="calling", state=State.UNPROVEN, saw=saw, serves=serves, mend=mend)


def _day(when: datetime) -> str:
    return f"{when.astimezone(UTC):%d %B %Y, %H:%M} UTC"
