"""The people and lessons of these tests, and graces short enough to wait for."""

from __future__ import annotations

import copy
from typing import Any

PATEL, OKAFOR, HARCOURT, LINDQVIST = "Ms Patel", "Mr Okafor", "Ms Harcourt", "Mr Lindqvist"
ZULEIKA, TAMSIN, OTTOLINE, BARNABY = "Zuleika Farrow", "Tamsin Oyelaran", "Ottoline Prewett", "Barnaby Quill"
PUPILS = (ZULEIKA, TAMSIN, OTTOLINE, BARNABY)
STRANGER = "Wilhelmina Stray"
READING, MATHS, MUSIC, ART = "3B Reading", "3B Maths", "3B Music", "3B Art"
KIND = {"twice": 0, "late": 0, "drop": 0, "no_id": 0, "stray": False}
UNKIND = {"twice": 0.2, "late": 0, "drop": 0, "no_id": 0.5, "stray": True}


QUICK: dict[str, Any] = {
    "school": {"settle": "1s", "reopen": "2s", "patience": "2s"},
    "lone_pupil": {"grace": "1s", "leaving_grace": "1s"},
}


def script(**changed: Any) -> dict[str, Any]:
    """A lesson file, made: it describes Microsoft's side and the school's choices; the tests do the playing."""
    return {
        "title": "A school under test",
        "shows": "Nothing by itself: the test plays it.",
        "people": {
            PATEL: {"is": "staff"},
            OKAFOR: {"is": "staff"},
            HARCOURT: {"is": "staff", "in": ["clt"]},
            LINDQVIST: {"is": "staff", "in": ["safeguarding_leads", "head"]},
            **{name: {"is": "pupil", "class": "3B"} for name in PUPILS},
            STRANGER: {"is": "guest"},
        },
        "meeting": [
            {"name": READING, "organizer": PATEL, "invited": ["class 3B"]},
            {"name": MATHS, "organizer": OKAFOR, "invited": ["class 3B"]},
            {"name": MUSIC, "organizer": HARCOURT, "invited": ["class 3B"]},
            {"name": ART, "organizer": LINDQVIST, "invited": ["class 3B"]},
        ],
        "script": [{"at": 0, "act": "start"}],
        "school_toml": copy.deepcopy(QUICK),
        "unkind": KIND,
        **changed,
    }
