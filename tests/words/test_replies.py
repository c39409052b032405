"""Answers to commands and introductions: kind, short, with the next step, and nothing for those they are not meant for."""

import logging

import pytest

from bot.commands import COMMANDS
from bot.words.catalogue import Words
from bot.words.phrases import UnknownWords
from tests.words.samples import (
    ADA,
    HELD,
    LESSON,
    PEOPLE,
    REPLIES,
    WORDS,
    everything,
    reply,
)


@pytest.mark.parametrize("key", [key for key in REPLIES if key.startswith("welcome.")])
def test_introductions_name_nobody(key: str):
    """Pupils read them, so they name the school and no person, whoever is known."""
    said = everything(WORDS.reply(key, {"school": "Example Primary School", "pupil": ADA}, PEOPLE))

    assert "Example Primary School" in said
    assert not [person.name for person in PEOPLE.values() if person.name and person.name.split()[0] in said]


DONE = ("warn.done", "remove.done", "remove.planned", "remove.by_hand", "removed.done", "approve.done", "approve.ended")
TAKEN_BACK = ("undo.done", "undo.in_time", "undo.warning", "undo.note")
SET = ("mic.on", "mic.off", "pause.done", "resume.done", "note.done")
NOT_DONE = ("not_here", "not_pupil", "cannot_tell", "not_clt", "not_lead", "not_staff", "not_yours")
ASKED_BACK = ("who", "pick", "why", "how", "sure", "nothing", "held", "empty", "over")


@pytest.mark.parametrize("key", [*DONE, *TAKEN_BACK, *SET])
def test_what_was_done_says_how_to_take_it_back(key: str):
    """By the command that does it, in the next step."""
    assert "/" in reply(key).next_step


REFUSALS = [
    key
    for key in REPLIES
    if key.rpartition(".")[2] in (*NOT_DONE, *ASKED_BACK) and key[:4] not in ("ask.", "clas") and key != "hold.over"
]


@pytest.mark.parametrize("key", REFUSALS)
def test_what_was_not_done_says_so_and_what_to_do(key: str):
    """Nobody has to wonder whether it was done after all; a question about the record does nothing in any case."""
    said = reply(key)

    assert said.next_step
    assert key in ("who.pick", "refused.not_staff") or [word for word in ("othing", "Nobody") if word in said.headline]


@pytest.mark.parametrize("key", ["help.pupil", "refused.not_staff"])
def test_pupils_learn_no_commands_and_no_internals(key: str):
    """A pupil who asks gets a kind line and not a word on how it works."""
    said = everything(reply(key)).casefold()

    assert not [word for word in ("/", "command", "directory", "group", "permission", "warn", "error") if word in said]


def test_help_lists_every_command_and_fits_the_place():
    """In a lesson it says how to ask privately; elsewhere that it finds the lesson by itself."""
    inside, outside = (WORDS.reply("help", {"in_lesson": there}) for there in (True, False))

    assert [line.split()[0] for line in inside.details] == [f"/{command.name}" for command in COMMANDS]
    assert inside.next_step != outside.next_step


def test_help_offers_nothing_that_this_tier_cannot_do():
    """In the Watch tier there is no /mic."""
    watch = Words("Europe/London", "Example Primary School", tier="watch").reply("help", {"in_lesson": True})

    assert [line for line in watch.details if line.startswith("/mic")] == []
    assert [line for line in watch.details if line.startswith("/warn")]


def test_a_warning_is_told_with_its_number():
    """The teacher reads who, how many that makes, and what is next."""
    first, third = (WORDS.reply("warn.done", {"pupil": ADA, "count": n, "days": 30}, PEOPLE) for n in (1, 3))

    assert first.headline == "Warned Ada Lovelace. It is the only warning that counts now."
    assert "3 warnings count now" in third.headline
    assert third.next_step


def test_unknown_words_get_the_nearest_command():
    """Never stranded: the nearest command if one is near, and always the way to help."""
    near, far = (WORDS.reply("unknown", {"nearest": nearest}) for nearest in ("status", None))

    assert "/status" in near.headline
    assert "mean" not in far.headline
    assert "/help" in far.next_step


def test_a_key_without_words_is_an_error_and_not_a_blank():
    """A typing mistake must show in a test, never as an empty card."""
    with pytest.raises(UnknownWords):
        WORDS.reply("warn.dnoe")


def test_a_missing_fact_still_warns_and_is_logged(caplog: pytest.LogCaptureFixture):
    """Half a sentence is better than none; the log names the key and no person."""
    with caplog.at_level(logging.ERROR):
        notice = WORDS.reply("warn.done", {"count": 1, "days": 30}, PEOPLE)

    assert "only warning" in notice.headline
    assert "warn.done" in caplog.text


def test_the_schools_name_is_known_without_being_told():
    """An introduction needs no facts."""
    assert "Example Primary School" in WORDS.reply("welcome.personal").headline


def test_a_hold_that_was_decided_is_told_to_be_looked_at_again_and_not_as_undecided():
    """The leadership team did decide on it."""
    undecided, decided = (
        WORDS.reply("hold.overdue", HELD | {"overdue": True, "review": review, "ends": ends}, PEOPLE)
        for review, ends in ((False, "parents"), (True, "open"))
    )
    card = WORDS.reply("hold.card", HELD | {"lesson": None, "review": True, "ends": "open"}, PEOPLE)

    assert undecided.headline.startswith("Overdue since")
    assert "Nobody has decided" in undecided.done
    assert decided.headline.startswith("To be looked at again since")
    assert "Nobody" not in decided.done
    assert decided.next_step.startswith("Please look at it again")
    assert card.next_step.startswith("Look at it again by")


def test_a_removal_that_was_taken_back_is_not_told_as_clts_decision():
    """Nobody of the leadership team has ended anything."""
    back, ended = (
        WORDS.reply("plan.released", {"pupil": ADA, "lessons": (LESSON,), "back": back}, PEOPLE)
        for back in (True, False)
    )

    assert back.done == "The removal was taken back before it was carried out."
    assert ended.done == "The leadership team has ended the hold."
