"""The page that the Teams app names: for parents, pupils and whoever wonders. True of this school: its tier, its clocks."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import Template

from bot.web.headers import HEADERS

_TEMPLATE = Path(__file__).with_name("about.html")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_GUARD_SEES = ("How a meeting is set up: who may speak, who may share a screen, who waits outside.",)
_REMOVE_SEES = (
    "Whose microphone is switched on, who shares a screen, and whether the lesson is recorded; not what they say or show.",
)
_WATCH_DOES = ("It mutes nobody and sends nobody out. It tells the teacher, who decides.",)
_GUARD_DOES = (
    "It sets up the meeting as the school’s rules ask: pupils wait until they are let unmute, the teacher shares the "
    "screen, and Teams records the lesson for the school. Schoolgate has no copy of the recording.",
)
_REMOVE_DOES = (
    "It mutes a pupil whose microphone should be off, and takes a pupil out of a lesson when staff order it. "
    "Somebody who was not invited it may take out by itself, if the school has chosen so.",
    "Somebody who was taken out is taken out again if they come back, until the school has talked about it.",
)
SEES = {"watch": (), "guard": _GUARD_SEES, "remove": (*_GUARD_SEES, *_REMOVE_SEES)}
DOES = {"watch": _WATCH_DOES, "guard": (*_GUARD_DOES, *_WATCH_DOES), "remove": (*_GUARD_DOES, *_REMOVE_DOES)}


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what it says to a browser."""

    body: bytes
    headers: Mapping[str, str]


def about(school: str, tier: str, *, presence: timedelta, alerts: timedelta, deliveries: timedelta) -> Page:
    """The page for one school; the three are how long it keeps things ([keep])."""
    holds = "<dt>That somebody must stay out of lessons</dt><dd>kept until the school ends it, then as long as an alert</dd>"
    text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        school=html.escape(school),
        also_sees=_items(SEES[tier]),
        does=_items(DOES[tier]),
        presence=_days(presence),
        alerts=_days(alerts),
        deliveries=_days(deliveries),
        holds=holds if tier == "remove" else "",
    )
    styles = " ".join(_digest(style) for style in _STYLE.findall(text))
    policy = f"{HEADERS['Content-Security-Policy']}; style-src {styles}"
    return Page(text.encode(), {"Content-Security-Policy": policy, "Cache-Control": "public, max-age=3600"})


def _items(lines: tuple[str, ...]) -> str:
    return "\n".join(f"<li>{line}</li>" for line in lines)


def _days(kept: timedelta) -> str:
    days = max(1, round(kept / timedelta(days=1)))
    return "one day" if days == 1 else f"{days} days"


def _digest(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'"
