"""Names that look like a member of staff's: a hint for adults, whatever alphabet, spacing or marks they are written with."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Audience
from bot.events import Kind, PersonKey
from bot.likeness import like_whom, skeleton
from bot.policy import find_rules
from bot.ports import Person
from tests.builders import MS_PATEL, NOBODY, came, described, joined, school_with, started
from tests.school_day import SchoolDay

KHAN, SMITH, PATEL, OBRIEN = (PersonKey(f"aad:{number}") for number in range(4))
STAFF = [(KHAN, "Aisha Khan"), (SMITH, "Miss Priya Smith"), (PATEL, "Patel, Sara (Mrs)"), (OBRIEN, "Rosie O'Brien-Li")]

LIKE_MISS_KHAN = [
    "Miss Khan",
    "MISS   KHAN",
    "Khan, Miss",
    "MissKhan",
    "Miss.Khan",
    "Miss Khan (Guest)",
    "Ms Khan (Unverified)",
    "M1ss Kh4n",
    "Мiss Khаn",
    "Mіѕѕ Кһаn",
    "Miss Κhαn",
    "Miss ĸhan",
    "ᴍɪss ᴋʜᴀɴ",
    "𝐌𝐢𝐬𝐬 𝐊𝐡𝐚𝐧",
    "ｍｉｓｓ　ｋｈａｎ",
    "M\u200bi\u200bss Kh\u00adan",
    "\u202eMiss Khan",
    "Mïss Khàn",
    "Miss K\u0335han",
    "Aisha Khan",
    "Khan Aisha",
    "A. Khan",
    "Miss Aisha",
]


@pytest.mark.parametrize("name", LIKE_MISS_KHAN)
def test_a_name_drawn_like_a_teachers_is_seen_to_be(name):
    """Threat T4: capitals, spaces, hidden marks, accents, digits, and letters of other alphabets make no difference."""
    assert like_whom(name, STAFF) == KHAN


@pytest.mark.parametrize(
    ("name", "whom"), [("Miss Ѕrnith", SMITH), ("Mrs Patel", PATEL), ("Sara P", PATEL), ("Mrs O’Brien", OBRIEN)]
)
def test_whoever_of_staff_it_is(name, whom):
    """Also with letters that look like one together."""
    assert like_whom(name, STAFF) == whom


@pytest.mark.parametrize(
    "name",
    [
        "",
        "👩‍🏫",
        "iPhone",
        "Khan",
        "Aisha",
        "Imran Khan",
        "Miss",
        "Miss Spring",
        "Mrs Patterson",
        "Miss Li",
        "Big Dave 99",
        "Учитель",
    ],
)
def test_other_names_are_like_nobodys(name):
    """A family's name alone, a title alone, another teacher's name, a short part."""
    assert like_whom(name, STAFF) is None


words = st.text(string.ascii_letters, min_size=3, max_size=12)


@given(
    first=words,
    last=words,
    hidden=st.sampled_from(["", "\u200b", "\u2060", "\u0335", "\u00ad"]),
    space=st.sampled_from([" ", "  ", "\u00a0", "\t", "-", ""]),
)
def test_every_teachers_name_with_a_title_is_known_again(first, last, hidden, space):
    """Whoever they are, and whatever is hidden in it."""
    name = f"Miss{space}{hidden.join(last.swapcase())}"

    assert like_whom(name, [(KHAN, f"{first} {last}")]) == KHAN


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_has_a_look_and_none_is_a_trouble(name, other):
    """Whatever Teams passes on; what is looked at twice looks the same."""
    assert skeleton(name) == skeleton(name.swapcase()) or not name.isascii()
    assert like_whom(name, [(KHAN, other)]) in (None, KHAN)


def test_the_alert_hints_at_it_and_nothing_else_changes():
    """The leads and the host read it; the choice is the same as with any stranger."""
    day = SchoolDay(school_with(find_rules({})))
    for key, kind, name in ((NOBODY, Kind.ANONYMOUS, "Мiss Pаtel"), (MS_PATEL, Kind.STAFF, "Sara Patel")):
        day.people.people[key] = Person(key=key, kind=kind, name=name, as_of=day.clock.now)
    day.happens(started(), *joined(MS_PATEL), described(organizer=MS_PATEL), came(NOBODY))
    day.work("carry")
    shown = [
        json.loads(notice.done).get("like")
        for _, notice in day.messenger.shown.values()
        if "uninvited" in notice.headline
    ]
    decided = [alert.decision for alert in day.decisions.alerts.values()]

    assert shown == [MS_PATEL, MS_PATEL]
    assert {one.to for one in decided if one.about == NOBODY} == {Audience.HOST, Audience.LEADS}
    assert [one.facts for one in decided if "like" in one.facts] == []
    assert {one.action for one in decided if one.about == NOBODY} == {"tell"}
