"""What messages and pressed buttons mean, and taking mentions out in linear time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.events import PersonKey, Verb, account
from bot.ports import How, Pressed, Said
from bot.sitting import Meeting
from bot.teams.messages import without_mentions
from tests.teams.activities import (
    ADA,
    OTHER,
    PATEL,
    THREAD,
    URL,
    message,
    naming_us,
    press,
    read,
)
from tests.teams.issuer import APP_ID, TENANT


def said(text: str, **more: Any) -> Said:
    what = read(message(text, service_url=URL, **more)).what
    assert isinstance(what, Said)
    return what


def naming(words: str, **mentioned: Any) -> dict[str, Any]:
    return {"type": "mention", "text": f"<at>{words}</at>", "mentioned": {"name": words, **mentioned}}


def test_a_mention_of_us_is_a_command() -> None:
    """Our name is taken out, others stay as words, and are known by their id."""
    ada = naming("Ada Lovelace", id="29:ada", aadObjectId=ADA)
    what = said(
        "<at>Schoolgate</at>&nbsp;warn <at>Ada Lovelace</at> talking &amp;\n shouting", entities=[naming_us(), ada]
    )

    assert what.text == "warn Ada Lovelace talking & shouting"
    assert (what.how, what.by) == (How.MENTION, account(PATEL))
    assert [(one.person, one.words) for one in what.named] == [(account(ADA), "Ada Lovelace")]
    assert what.meeting == Meeting(TENANT, "hill", THREAD, "0")


def test_a_slash_command_is_known_by_being_targeted() -> None:
    """No mention is needed."""
    what = said("/status", recipient={"id": f"28:{APP_ID}", "isTargeted": True})

    assert (what.how, what.text) == (How.SLASH, "/status")


def test_alone_with_us_everything_is_said_to_us() -> None:
    """And no meeting is meant."""
    what = said("warn Ada", conversation={"id": "a:1", "conversationType": "personal", "tenantId": TENANT})

    assert (what.how, what.meeting) == (How.PERSONAL, None)


@pytest.mark.parametrize(
    ("sender", "by"),
    [
        ({"id": "29:x", "name": "Ms Patel"}, None),
        ({"id": "29:x", "aadObjectId": ""}, None),
        ({"id": "29:x", "aadObjectId": PATEL, "tenantId": OTHER}, PersonKey(f"ext:{OTHER}:{PATEL}")),
        ("Ms Patel", None),
    ],
)
def test_who_speaks_is_known_by_account_alone(sender: Any, by: PersonKey | None) -> None:
    """A name is not an account, and another tenant's account is not ours."""
    assert said("status", recipient={"isTargeted": True}, **{"from": sender}).by == by


def test_a_mention_cannot_lie_about_whom() -> None:
    """The words may say Ada, the id says who."""
    what = said("<at>Bot</at> warn <at>Ada</at>", entities=[naming_us("Bot"), naming("Ada", id=f"8:orgid:{PATEL}")])

    assert [(one.person, one.words) for one in what.named] == [(account(PATEL), "Ada")]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<at>Bot</at> hi", "hi"),
        ('<at id="0">Bot</at> hi', "hi"),
        ("hi <at>BOT</at> there", "hi there"),
        ("<at>Bot hi", "<at>Bot hi"),
        ("Bot</at> hi", "Bot hi"),
        ("<at>a<at>Bot</at></at> hi", "<at>a hi"),
        ("&#" + "1" * 5000 + ";", "\ufffd"),
        ("", ""),
    ],
)
def test_mentions_are_taken_out(text: str, left: str) -> None:
    """Also crooked ones; nothing is ever raised."""
    assert without_mentions(text, {"bot"})[0] == left


@pytest.mark.parametrize("part", ["<at>", "<at", "</at>", "<at>x</at>", "<", "&", "<at <at", "<at>Bot</at"])
def test_taking_mentions_out_is_linear(part: str) -> None:
    """100 kB of anything takes milliseconds, where botbuilder's own takes minutes."""
    text = part * (100_000 // len(part))
    entity = {"type": "mention", "text": text, "mentioned": {"id": f"28:{APP_ID}"}}
    began = time.process_time()

    without_mentions(text, {"bot"})
    read(message(text, service_url=URL, entities=[entity] * 4))

    assert time.process_time() - began < 0.25


def test_a_pressed_button_is_read() -> None:
    """Who, which alert, which answer."""
    there = {"by": account(PATEL), "alert": 7, "conversation": "19:meeting_MTIz@thread.v2"}
    assert read(press({"alert": 7, "verb": "acknowledge"})).what == Pressed(**there, verb=Verb.ACKNOWLEDGE)
    assert read(press({"alert": "7"})).what == Pressed(**there, verb=Verb.LET_STAY)


def test_a_note_comes_with_the_button_that_keeps_it() -> None:
    """On one line, not too long; other buttons bring none. Where the card stands is Teams' own word."""
    data = {"alert": 7, "verb": "note", "note": "rang\n home " + "x" * 9000}
    found = read(press(data, replyToId="1700000000000")).what

    assert isinstance(found, Pressed)
    assert found.note.startswith("rang home xxx")
    assert len(found.note) < 5000
    assert found.activity == "1700000000000"
    assert read(press({**data, "verb": "claim"})).what.note == ""


@pytest.mark.parametrize(
    "data",
    [{}, {"alert": 0}, {"alert": True}, {"alert": -1}, {"alert": 2**40}, {"alert": 1.5}, {"alert": "²"}, {"alert": "9" * 5000},
     {"alert": "0" * 11}, None, "x",
     {"alert": 7, "verb": "explode"}, {"alert": 7, "verb": ["acknowledge"]}],
)  # fmt: skip
def test_other_buttons_are_not_ours(data: Any) -> None:
    """Nothing is guessed."""
    what = read(press(data)).what

    assert what is None or (data == {"alert": 7, "verb": ["acknowledge"]} and what.verb is Verb.LET_STAY)


def test_copies_of_a_message_are_known() -> None:
    """By its id, else its time; another message is another, and without either nothing is a copy."""

    def delivery(text: str = "/warn Ada", **more: Any) -> bytes | None:
        return said(text, recipient={"id": f"28:{APP_ID}", "isTargeted": True}, **more).delivery

    other = {delivery(id="2"), delivery("/warn Ben"), delivery(id=None), delivery(**{"from": {"id": "29:ben"}})}

    assert delivery(timestamp="2026-11-24T09:00:01Z") == delivery()
    assert len({delivery(), *other}) == 5
    assert delivery(id=None, timestamp=None) is None
