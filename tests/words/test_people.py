"""People, times and lessons in words: the school's clock, marked names, short descriptions."""

from datetime import datetime

import pytest

from bot.events import Kind, PersonKey
from bot.ports import Person
from bot.words.catalogue import Words
from tests.words.samples import (
    ADA,
    BEN,
    GUEST,
    HEAD,
    JUNE,
    MISS_KHAN,
    MR_BELL,
    NAMELESS,
    PEOPLE,
    PHONE,
    STRANGER,
    WORDS,
    alert,
    at,
    everything,
)


def test_times_are_the_schools_own():
    """In June London is an hour ahead of UTC; a lesson abroad has its own clock."""
    facts = {"since": JUNE.replace(hour=8, minute=12).isoformat()}
    athens = Words("Europe/Athens", "Example Primary School")

    assert "since 09:12" in alert("lone_pupil.alone", facts=facts).headline
    assert "since 11:12" in alert("lone_pupil.alone", facts=facts, words=athens).headline


def test_an_outsiders_name_is_their_own_say():
    """A name that somebody gave themselves is marked so, for guests and anonymous alike; a school account's is not."""
    for stranger in (STRANGER, GUEST):
        name = PEOPLE[stranger].name
        said = alert("uninvited_attendee.present", about=stranger).headline
        assert f"someone calling themself “{name}” (unverified)" in said
    assert "unverified" not in alert("uninvited_attendee.present", about=BEN).headline


def test_an_account_of_another_tenant_is_never_taken_for_ours():
    """Even if somebody wrote down that a foreign account is staff, its name stays unverified."""
    foreign = PersonKey("ext:other:1")
    people = {foreign: Person(key=foreign, kind=Kind.STAFF, name="Miss Khan")}

    assert "unverified" in alert("uninvited_attendee.present", about=foreign, people=people).headline


@pytest.mark.parametrize("nobody", [NAMELESS, PHONE])
def test_a_person_without_a_name_is_said_so(nobody: PersonKey):
    """Neither an id nor a telephone number stands in for a name."""
    said = alert("uninvited_attendee.present", about=nobody).headline

    assert "someone without a name" in said
    assert "+44" not in everything(alert("uninvited_attendee.present", about=nobody))


def test_a_name_of_nothing_visible_is_no_name():
    """Zero-width and blank letters do not make somebody invisible in a sentence."""
    people = {ADA: Person(key=ADA, kind=Kind.PUPIL, name="\u200b\u3164\u2800\u202e")}

    assert "someone without a name" in alert("lone_pupil.alone", people=people).headline


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("guest", "as a guest"),
        ("other_tenant", "from another organisation"),
        ("anonymous", "without a school account"),
        ("phone", "by telephone"),
        ("other_account", "neither staff nor pupil"),
        ("other_class", "from another class"),
        ("pupil", "as a pupil (invitation not known)"),
    ],
)
def test_kinds_of_stranger_are_told_in_plain_words(kind: str, words: str):
    """Each kind that the rule knows has words of its own."""
    assert words in alert("uninvited_attendee.ask", facts={"kind": kind}).headline


def test_many_adults_are_counted_and_not_all_named():
    """The headline stays a headline in a staff meeting."""
    adults = (MISS_KHAN, MR_BELL, "aad:3", "aad:4", "aad:5")
    headline = alert("lone_pupil.alone", facts={"adults": adults}).headline

    assert "Miss Priya Khan, Mr Tom Bell and 3 more" in headline


@pytest.mark.parametrize(
    ("title", "of", "when", "words"),
    [
        ("Maths", "3B", at(9), "3B Maths, 09:00"),
        ("3B Maths", "3B", at(9), "3B Maths, 09:00"),
        (None, "3B", at(9), "3B, 09:00"),
        ("Maths", None, None, "Maths"),
        (None, None, at(9), "lesson without a title, 09:00"),
        ("Maths", "3B", datetime(2026, 11, 24, 9), "3B Maths, 09:00"),  # noqa: DTZ001 -- a time without a zone is the point
    ],
)
def test_a_lesson_is_described_shortly(title: str | None, of: str | None, when: datetime | None, words: str):
    """Class, title and time, with nothing said twice."""
    assert WORDS.lesson(title, of, when) == words


def test_the_longest_names_keep_their_alert():
    """Names are cut at 64 characters, so that what happened is still to be read."""
    people = {key: Person(key=key, kind=person.kind, name="N" * 5000) for key, person in PEOPLE.items()}
    notice = alert("lone_pupil.alone", people=people, lesson=WORDS.lesson("T" * 5000, "C" * 5000, at(9)))

    assert len(notice.headline) < 340
    assert notice.headline.count("N" * 63 + "…") == 2


def test_mentions_are_those_given():
    """The people who are to act are mentioned by their object ids."""
    assert [mention.oid for mention in alert("lone_pupil.alone", mentions=(HEAD,)).mentions] == [HEAD.oid]
