"""The onlooker counts only what people could see, where they could see it, and when."""

from pathlib import Path

import pytest

from deploy.rehearsal.player.onlooker import sight
from tests.rehearsal_player.made import expect, forbid, onlooker, saw


def test_what_is_expected_in_time_is_good(tmp_path: Path):
    """A private word to the teacher, in time, is what was expected."""
    look = onlooker(tmp_path)
    look.sights.append(saw(look.cast, "Ms Patel", text="Zuleika Farrow is alone"))

    assert look.expected(expect("Ms Patel", where="privately", text=["zuleika", "ALONE"])).good
    assert look.expected(expect("host", where="meeting")).good
    assert look.expected(expect("staff")).good


@pytest.mark.parametrize(
    "wanted",
    [
        {"who": "Mrs Okonkwo"},
        {"who": "channel"},
        {"who": "Ms Patel", "where": "mail"},
        {"who": "Ms Patel", "where": "personal"},
        {"who": "Ms Patel", "what": ["updated"]},
        {"who": "Ms Patel", "text": ["gone"]},
        {"who": "Ms Patel", "text": ["alone"], "without": ["Farrow"]},
        {"who": "Ms Patel", "buttons": ["Remove"]},
        {"who": "Ms Patel", "since": 2},
        {"who": "Ms Patel", "count": 2},
    ],
)
def test_anything_else_is_missing(wanted: dict[str, object], tmp_path: Path):
    """Another reader, place, kind, wording, button, time or number is not what was expected."""
    look = onlooker(tmp_path)
    look.sights.append(saw(look.cast, "Ms Patel", text="Zuleika Farrow is alone"))

    verdict = look.expected(expect(**wanted))  # type: ignore[arg-type] -- a table of keywords

    assert not verdict.good
    assert verdict.why


def test_too_late_is_said_to_be_late(tmp_path: Path):
    """What came after its time is missing, and the report says when it came."""
    look = onlooker(tmp_path)
    look.sights.append(saw(look.cast, "Ms Patel", at=3.4))

    assert look.expected(expect("Ms Patel", by=3)).why == "came at 3.4 s, wanted by 3 s"


def test_an_update_in_place_is_the_same_message(tmp_path: Path):
    """A count is of messages: one card updated twice is one, a second card is two."""
    look = onlooker(tmp_path)
    look.sights += [saw(look.cast, "Ms Patel"), saw(look.cast, "Ms Patel", what="updated")]

    assert look.expected(expect("Ms Patel", count=1)).good

    look.sights.append(saw(look.cast, "Ms Patel", at=3.5, id="2"))

    assert not look.expected(expect("Ms Patel", count=1)).good
    assert not look.expected(expect("Ms Patel", count=2)).good


def test_everyone_in_a_meeting_reads_its_chat(tmp_path: Path):
    """A word to everyone in the chat reaches invited pupils and whoever joined, but no outsider."""
    look = onlooker(tmp_path)
    word = saw(look.cast)
    look.sights.append(word)

    assert look.audience(word) == {"Ms Patel", "Zuleika Farrow"}
    assert not look.forbidden(forbid("pupils")).good
    assert not look.expected(expect("Ms Patel", where="privately")).good

    look.note_join(word.chat, ["Big Dave 99"])

    assert "Big Dave 99" in look.audience(word)


def test_the_channel_is_read_by_those_with_an_office(tmp_path: Path):
    """The safeguarding channel is read by the head, not by teacher or pupil."""
    look = onlooker(tmp_path)
    look.sights.append(saw(look.cast, chat="channel"))

    assert look.expected(expect("head", where="channel")).good
    assert look.forbidden(forbid("pupils")).good
    assert look.forbidden(forbid("Ms Patel")).good


def test_a_forbidden_sighting_counts_until_its_time(tmp_path: Path):
    """What is forbidden for a while may be seen later, and what was seen is told."""
    look = onlooker(tmp_path)
    look.sights.append(saw(look.cast, chat="channel", at=5, text="a stranger"))

    assert look.forbidden(forbid("channel", until=4.5)).good
    assert look.forbidden(forbid("channel", since=5.5)).good
    assert look.forbidden(forbid("channel")).why == "seen at 5.0 s: a stranger"


@pytest.mark.parametrize("record", [{"what": "sent"}, {"what": "graph"}, {"what": "posted", "by": "person"}])
def test_nobody_sees_machinery_or_their_own_words(record: dict[str, str]):
    """Calls between machines, and what people typed themselves, are not sights of the bot's."""
    assert sight({"n": 1, **record}, 0) is None


def test_buttons_are_pressed_where_they_were_seen(tmp_path: Path):
    """A person presses a button in a chat where they, not another, saw it."""
    look = onlooker(tmp_path)
    look.sights.append(saw(look.cast, "Ms Patel", buttons=("Remove",)))

    assert [seen.chat for seen in look.shown("Remove", "Ms Patel")] == [look.cast.thread("3B Maths")]
    assert look.shown("Remove", "Zuleika Farrow") == []
    assert len(look.shown("Remove")) == 1
