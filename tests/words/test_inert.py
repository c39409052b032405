"""Names and other words from outside: what is kept, what is hidden, and what nobody can make of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.inert import LONGEST_NAME, clean, inert, visible

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<>&{}$*_~`|\\#[]()!@./:-+=\"'“”\u202e\u200b\u2028\u00ad\ufeff\u3164\ud800\x00\r\n\t"),
    ),
    max_size=200,
)


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Zoë O’Neill-Smith", "José María", "Ngọc Ánh", "अनुष्का", "李小龍", "Łukasz", "Ben (3B)"]
)
def test_real_names_stay_as_they_are(name: str):
    """Accents, apostrophes, hyphens and other scripts are left alone."""
    assert clean(name) == name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("  Ada\t\r\n Lovelace ", "Ada Lovelace"),
        ("\u202eevil\u202c", "evil"),
        ("A\u200bd\u2060a\ufeff", "Ada"),
        ("A" + "\u0301" * 50, "Á\u0301\u0301\u0301"),
        ("\u3164\u2800\u115f", ""),
        ("\ud800", ""),
        ("“Head”", "'Head'"),
        ("https://evil.example", "https: //evil. example"),
        ("www.evil.example", "www. evil. example"),
        ("javascript:alert(1)", "javascript: alert(1)"),
        ("[x](y)", "[x] (y)"),
        ("<at>Head</at>", "‹at›Head‹/at›"),
        ("{{DATE(2026)}}", "｛｛DATE(2026)｝｝"),
        ("${name}", "$｛name｝"),
    ],
)
def test_tricks_come_out_as_letters(given_name: str, shown: str):
    """Hidden characters go, active signs become look-alikes, links fall apart."""
    assert clean(given_name) == shown


@given(NASTY)
def test_nothing_hidden_and_nothing_active_is_left(text: str):
    """For any text at all: one line, no control or format character, no sign that a renderer acts on."""
    shown = inert(text)

    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert not set(shown) & set("<>&{}*_~`|\\#")
    assert not [mark for mark in ("](", "][", "]:", "://", "${", "  ") if mark in shown]


@given(NASTY)
def test_making_it_inert_twice_changes_nothing(text: str):
    """What was made inert can pass through a second hand."""
    assert inert(inert(text)) == inert(text)


@given(NASTY, st.integers(8, 100))
def test_a_name_is_short_and_cannot_close_its_quotation(text: str, longest: int):
    """Cut to its length, without double quotation marks of any kind."""
    shown = clean(text, longest)

    assert len(shown) <= longest
    assert not set(shown) & set('"“”„«»')


@given(NASTY)
def test_what_is_visible_has_no_blank_ends(text: str):
    """No leading or trailing blank is left to play with."""
    assert visible(text) == visible(text).strip()


def test_a_name_of_a_megabyte_costs_nothing():
    """Only as much is looked at as could be shown."""
    assert len(clean("x" * 1_000_000)) == LONGEST_NAME
