"""Whether a name that somebody gave themselves looks like that of a member of staff: a hint for adults, never a reason to act.

A name is compared by how it looks: capitals, accents, spacing, marks nobody sees, digits for letters, and letters of other
alphabets drawn like ours make no difference. Libraries of look-alikes were tried and left: the maintained one
(confusable-homoglyphs) costs 0.13 s of every start and does not know the Cyrillic and Greek letters drawn like k. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.events import PersonKey

_OURS = re.compile(r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?")
_DOTLESS = re.compile(r"LATIN (?:SMALL |CAPITAL )?LETTER (?:DOTLESS|SCRIPT|SMALL CAPITAL INVERTED) ([A-Z])")
_DRAWN_ALIKE = str.maketrans(
    {
        **dict(zip("АВСЕНІЈКМОРԚЅТԜХУҮЗԌӀҒѴЬ", "ABCEHIJKMOPQSTWXYYEGIFVB", strict=True)),
        **dict(zip("асԁегһнієјкӏмпорԛѕтуүѵԝхвьԍոսցօĸ", "acderhhiejklmnopqstyyvwxbbgnugok", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ABEZHIKMNOPTYXC", strict=True)),
        **dict(zip("αβεηικνορτυχϲγμω", "abenikvoptuxcyuw", strict=True)),
        **dict(zip("0134578@$!|€£", "oleastbasilel", strict=True)),
    }
)
_ALIKE_TOGETHER = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))
"""Letters that look like another one beside each other, or in many a typeface."""

_SAID_BY_TEAMS = re.compile(r"\((?:guest|unverified|external)\)", re.IGNORECASE)
_SHORTEST = 3
"""A part of a name that is shorter is an initial or a particle: alone it looks like nobody's."""


def skeleton(word: str) -> str:
    """How a word looks, in plain small letters; what is no letter is left out."""
    plain = unicodedata.normalize("NFKD", word).translate(_DRAWN_ALIKE)
    letters = "".join(map(_letter, plain)).casefold()
    for drawn, read in _ALIKE_TOGETHER:
        letters = letters.replace(drawn, read)
    return letters


def _letter(char: str) -> str:
    """The letter of ours that this one is a form of; a letter that is like none of ours stays, all else goes."""
    if char.isascii():
        return char if char.isalpha() else ""
    name = unicodedata.name(char, "")
    if found := _OURS.fullmatch(name) or _DOTLESS.fullmatch(name):
        return found[1]
    return char if char.isalpha() else ""


_TITLES = frozenset(
    skeleton(title)
    for title in (
        *("miss", "mrs", "ms", "mr", "mx", "dr", "doctor", "prof", "professor", "sir", "madam", "rev"),
        *("teacher", "headteacher", "head", "coach"),
    )
)


def like_whom(name: str, staff: Iterable[tuple[PersonKey, str]]) -> PersonKey | None:
    """The member of staff whose name this one looks like; None for nobody's. The first, where it is like several."""
    shown = _parts(_SAID_BY_TEAMS.sub(" ", name))
    if not shown:
        return None
    ordered = sorted(shown, key=lambda part: part not in _TITLES)
    guises = {"".join(shown), "".join(ordered)}
    return next((key for key, theirs in staff if guises & _forms(theirs)), None)


def _parts(name: str) -> list[str]:
    """The words of a name as they look; a word of which nothing is left is none."""
    visible = "".join(" " if _splits(char) else char for char in name)
    return list(filter(None, map(skeleton, visible.split())))


def _splits(char: str) -> bool:
    return char in "-_.,/" or unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc")


@lru_cache(maxsize=4096)
def _forms(name: str) -> frozenset[str]:
    """What somebody of this name may be called, run together: whole, turned round, by initial, and each with a title."""
    parts = [part for part in _parts(name) if part not in _TITLES]
    long = [part for part in parts if len(part) >= _SHORTEST]
    whole = set(_turned(parts)) if len(parts) > 1 else set[str]()
    for part in long:
        for other in parts:
            if other is not part:
                whole |= {other[0] + part, part + other[0], other + part}
    return frozenset(whole | {title + form for title in _TITLES for form in (*whole, *long)})


def _turned(parts: Sequence[str]) -> tuple[str, str]:
    return "".join(parts), "".join(reversed(parts))
