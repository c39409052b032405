"""The hand that plays the people: a client of the rehearsal's control API."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from deploy.rehearsal.player.cast import Cast
from deploy.rehearsal.player.steps import AnyStep, InMeeting, Installs, Press, Raw, Say, Switch


class CannotPlay(Exception):
    """Microsoft's side would not do what the script asked."""


class Control:
    """One lesson's tenant, seen through the control API."""

    def __init__(self, session: aiohttp.ClientSession, url: str, cast: Cast) -> None:
        self._session, self._cast = session, cast
        self.told: dict[str, Any] = {}
        self._tenant = f"{url}/tenants/{cast.tenant}"

    async def open(self, endpoint: str) -> None:
        body = self._cast.tenant_body(endpoint, datetime.now(UTC))
        self.told = await self._send("PUT", self._tenant, body)
        if weather := self._cast.lesson.before.model_dump(exclude_none=True):
            await self._send("POST", f"{self._tenant}/switch", weather)

    async def do(self, step: AnyStep) -> None:
        where = "switch" if isinstance(step, Switch) else "do"
        await self._send("POST", f"{self._tenant}/{where}", self.act(step))

    def act(self, step: AnyStep) -> dict[str, Any]:
        """The control API's words for a step of the script."""
        cast = self._cast
        act: dict[str, Any] = {"act": step.act}
        match step:
            case Switch():
                return step.model_dump(exclude_none=True, exclude={"act", "at"})
            case Raw():
                act["activity"] = step.activity
            case Installs():
                act |= {"who": cast.in_play(step.who), "chat": _chat(step.chat, cast)}
            case Say() | Press():
                act |= {"who": cast.in_play(step.who), "chat": _chat(step.chat, cast)}
                act |= _words(step, cast)
            case _:
                act |= _in_meeting(step, cast)
        return act

    async def seen(self, after: int, wait: float) -> tuple[int, list[dict[str, Any]]]:
        url = f"{self._tenant}/seen?after={after}&wait={wait:g}"
        answer = await self._send("GET", url, None)
        return answer["next"], answer["seen"]

    async def follow(self, wait: float = 2.0) -> AsyncIterator[dict[str, Any]]:
        """Everything seen from now on, for as long as somebody listens."""
        after = 0
        while True:
            after, records = await self.seen(after, wait)
            for record in records:
                yield record

    async def _send(self, method: str, url: str, body: Any) -> Any:
        async with self._session.request(method, url, json=body) as answer:
            if answer.status >= 400:
                said = (await answer.text())[:300]
                raise CannotPlay(f"{method} {url.rsplit('/', 1)[-1]} of {body and body.get('act')}: {said}")
            return await answer.json(content_type=None)


def _chat(name: str | None, cast: Cast) -> str:
    """A chat by the lesson's name for it, or already by Microsoft's id (where a button was seen)."""
    lesson_names = (None, "channel", "personal", *(meeting.name for meeting in cast.lesson.meeting))
    return cast.chat(name) if name in lesson_names else str(name)


def _words(step: Say | Press, cast: Cast) -> dict[str, Any]:
    if isinstance(step, Press):
        people = cast.lesson.people
        chosen = {n: f"aad:{cast.oid(what)}" if what in people else _day(what) for n, what in step.chosen.items()}
        return {"button": step.button, "inputs": chosen}
    return {"text": step.text, "how": step.how, "mentions": [cast.oid(name) for name in step.mentions]}


def _day(what: str) -> str:
    """`today`, or so many days from it, as a field for days sends it; anything else as it stands."""
    found = re.fullmatch(r"today(?:\+(\d+))?", what)
    return (datetime.now(UTC).date() + timedelta(days=int(found[1] or 0))).isoformat() if found else what


def _in_meeting(step: AnyStep, cast: Cast) -> dict[str, Any]:
    """What happens in a meeting: when, to whom, by whom, and the rest of the step as it stands."""
    left_out = {"act", "at", "meeting", "ago", "who", "by"}
    act = step.model_dump(exclude=left_out, exclude_none=True, by_alias=True)
    act["meeting"] = cast.chat(getattr(step, "meeting", None))
    if isinstance(step, InMeeting) and step.ago is not None:
        act["at"] = (datetime.now(UTC) - step.ago).isoformat()
    if who := getattr(step, "who", None):
        act["who"] = [cast.in_play(name) for name in who]
    if by := getattr(step, "by", None):
        # Who sets options is the actor; everything else is done to somebody.
        act["who" if step.act == "options" else "by"] = cast.in_play(by)
    return act
