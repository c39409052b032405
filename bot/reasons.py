"""Why a pupil is warned or removed: the school's own list, each reason with its track and what its hold needs to end. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

MISSPELT = 0.84
"""How alike two words must be to be taken for one; below it the teacher is asked instead."""
_SHORTEST_GUESS = 5


class Track(StrEnum):
    """`ladder`: warned first, and removed if it goes on (C34 C35). `immediate`: may be removed at once (C78 C82)."""

    LADDER = "ladder"
    IMMEDIATE = "immediate"


class Ends(StrEnum):
    """What a hold needs to end: CLT has spoken with the parents (C37), CLT decides for how long (C83), or it is open (C75)."""

    PARENTS = "parents"
    CLT_DECIDES = "clt_decides"
    OPEN = "open"


class AgeBand(StrEnum):
    """How old the children of a class are: the words to them follow it."""

    EYFS = "eyfs"
    KS1 = "ks1"
    KS2 = "ks2"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `words` is what adults call it, `also` what else they may write, `pupil` what a child reads, by age band.

    Without `words` or `pupil`, those of bot/words for this key are used.
    """

    key: str
    track: Track = Track.LADDER
    ends: Ends = Ends.PARENTS
    words: str = ""
    also: tuple[str, ...] = ()
    pupil: Mapping[AgeBand, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All it may be called."""
        return tuple(filter(None, (self.key.replace("_", " "), self.words, *self.also)))


USUAL = (
    Reason(
        "off_task",
        also=(
            "off task",
            "chatting",
            "chatter",
            "talking",
            "calling out",
            "silly",
            "noise",
            "noisy",
            "shouting",
            "distracting",
        ),
    ),
    Reason("chat", also=("typing", "emojis", "spam", "messages")),
    Reason("unkind", also=("rude", "mean", "teasing", "laughing at", "name calling")),
    Reason("not_doing", also=("refuses", "refusing", "defiant", "not listening", "ignoring")),
    Reason("dress", also=("dressed", "clothes", "pyjamas")),
    Reason(
        "abuse",
        Track.IMMEDIATE,
        Ends.CLT_DECIDES,
        also=(
            "abusive",
            "swearing",
            "swore",
            "racist",
            "racism",
            "slur",
            "threat",
            "threatening",
            "bullying",
            "obscene",
        ),
    ),
    Reason(
        "recording",
        Track.IMMEDIATE,
        Ends.OPEN,
        also=("records", "recorded", "filming", "filmed", "screenshot", "photo", "photographing"),
    ),
    Reason("link", Track.IMMEDIATE, Ends.CLT_DECIDES, also=("sharing the link", "shared the link", "let somebody in")),
    Reason(
        "serious",
        Track.IMMEDIATE,
        Ends.CLT_DECIDES,
        also=("danger", "dangerous", "undressed", "naked", "exposed", "indecent", "sexual"),
    ),
)
"""The reasons of a school that lists none of its own. The last one is there so that nobody is ever left without a word."""


def find(text: str, reasons: Iterable[Reason]) -> Reason | None:
    """The reason these words mean; of several the stricter (as everywhere), then the one with the longest words in common.

    Only exact words open the immediate track: one that is nearly right may be of the ladder, or it is asked.
    """
    said, every = _words(text), tuple(reasons)
    exact = [(reason.track is Track.IMMEDIATE, _in_common(said, reason.names, _same), reason) for reason in every]
    ladder = [reason for reason in every if reason.track is Track.LADDER]
    nearly = [(False, _in_common(said, reason.names, _alike), reason) for reason in ladder]
    for ways in (exact, nearly):
        found = [way for way in ways if way[1]]
        if found:
            return max(found, key=lambda way: way[:2])[2]
    return None


def named(key: str, reasons: Iterable[Reason]) -> Reason | None:
    """The reason of a key."""
    return next((reason for reason in reasons if reason.key == key), None)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())[:60]


def _in_common(said: Sequence[str], names: Iterable[str], alike: Callable[[str, str], bool]) -> int:
    """How many letters of the longest of these names were said, 0 if none."""
    return max((len(name) for name in names if _said(said, _words(name), alike)), default=0)


def _said(said: Sequence[str], name: Sequence[str], alike: Callable[[str, str], bool]) -> bool:
    starts = range(len(said) - len(name) + 1)
    return bool(name) and any(all(map(alike, said[start:], name)) for start in starts)


def _same(said: str, name: str) -> bool:
    return said == name


def _alike(said: str, name: str) -> bool:
    long_enough = len(name) >= _SHORTEST_GUESS
    return said == name or (long_enough and bool(get_close_matches(said[:32], [name], n=1, cutoff=MISSPELT)))
