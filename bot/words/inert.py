"""Text from outside made harmless: nothing hidden in it, and nothing that a renderer would take for more than letters.

Replacing beats escaping here: Teams' clients differ in which backslashes they honour, and a look-alike sign cannot be undone.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 64
_BLANKS = {
    "\u034f",
    "\u115f",
    "\u1160",
    "\u17b4",
    "\u17b5",
    "\u2800",
    "\u3164",
    "\uffa0",
    *map(chr, range(0x180B, 0x1810)),
}
_SELECTORS = {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}
_HIDDEN = _BLANKS | _SELECTORS
_GONE = {"Cf", "Cs", "Co", "Cn"}
_SPACES = {"Cc", "Zs", "Zl", "Zp"}
_MARKS_IN_A_ROW = 3

_SIGNS = str.maketrans(
    {
        "<": "‹",
        ">": "›",
        "&": "＆",
        "{": "｛",
        "}": "｝",
        "*": "∗",
        "_": "＿",
        "~": "∼",
        "`": "ˋ",
        "|": "∣",
        "\\": "＼",
        "#": "＃",
    }
)
_QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»″', "'"))


def visible(text: str) -> str:
    """On one line, without control, bidirectional, zero-width or otherwise hidden characters, without towers of accents."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in _SPACES:
            kept.append(" ")
        elif category not in _GONE and char not in _HIDDEN and marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return " ".join("".join(kept).split())


def inert(text: str) -> str:
    """`visible`, and no Markdown, HTML, template, mention or link can come from it."""
    line = visible(text).translate(_SIGNS)
    line = re.sub(r"([.:。．｡])(?=[^\W\d]|/)", r"\1 ", line)
    return re.sub(r"\](?=[(\[:])", "] ", line)


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """A name or other words from outside, fit to stand in quotation marks inside a sentence of ours."""
    line = inert(text[: 8 * longest]).translate(_QUOTES).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
