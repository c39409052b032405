"""Buttons that give a command: on the card, pressed, and answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.events import account
from bot.notice import Ask, Choice, Field, Filling, Notice
from bot.ports import How, Named, Pressed, Reply, Said
from bot.teams.cards import card, line
from tests.teams.activities import ADA, PATEL, THREAD, press, read
from tests.teams.house import House
from tests.teams.reading import BIGGEST, complaints, size, texts
from tests.words.samples import alert

WARN = {"command": "warn", "mark": "m1", "pupil": f"aad:{ADA.upper()}"}
PICKER = Notice(
    headline="Whom do you want to warn?",
    details=("Ada (3B)", "Ben (3B)"),
    choices=(
        Choice(
            name="pupil", label="Which pupil?", among=((f"aad:{ADA}", "Ada (3B)"),), needed="Please choose a pupil."
        ),
        Choice(name="reason", label="What for?", among=(("unkind", "being unkind"),)),
    ),
    asks=(Ask(title="Warn", command="warn"),),
    mark="m1",
)


def said_by(data: dict[str, Any], **more: Any) -> Said:
    """The command that a press of a button with this data is."""
    what = read(press(data, **more)).what
    assert isinstance(what, Said)
    return what


def test_a_press_is_the_command_of_whoever_pressed() -> None:
    """What was settled on the card and what was chosen come together; where it was pressed is where it was said."""
    said = said_by({**WARN, "reason": "unkind", "rest": "again"})

    assert (said.text, said.how, said.by) == ("/warn unkind again", How.CARD, account(PATEL))
    assert said.named == (Named(person=account(ADA), words=""),)
    assert said.meeting is not None
    assert said.meeting.thread == THREAD


@pytest.mark.parametrize("pupil", ["aad:; drop table", "mri:8:anon", "", None, 7, f"ext:1:{ADA}"])
def test_what_is_no_account_of_ours_names_nobody(pupil: Any) -> None:
    """A forged choice is nobody."""
    assert said_by({**WARN, "pupil": pupil}).named == ()


@pytest.mark.parametrize("command", ["warn me", "", None, "../x", "wärn\n"])
def test_what_is_no_word_is_no_command(command: Any) -> None:
    """It goes the way of every invoke that is not ours, or is read as one word that the grammar does not know."""
    what = read(press({**WARN, "command": command})).what

    assert what is None or (isinstance(what, Said) and what.text == "/wärn")


def test_in_a_chat_of_ones_own_it_is_about_the_lesson_one_is_in() -> None:
    """There is no meeting to take from the conversation."""
    alone = {"id": "a:1", "conversationType": "personal"}

    assert said_by(WARN, conversation=alone).meeting is None


def test_two_presses_of_one_card_are_one_delivery_and_another_choice_is_another() -> None:
    """Teams copies a press under a new id; the card it was pressed on is the same."""
    deliveries = [
        said_by(data, id=number).delivery
        for number, data in enumerate(
            (WARN, WARN, {**WARN, "reason": "chat"}, {**WARN, "mark": "m2"}, {**WARN, "pupil": f"aad:{PATEL}"})
        )
    ]

    assert deliveries[0] == deliveries[1]
    assert len(set(deliveries)) == 4


def test_a_picker_is_a_labelled_list_and_not_the_names_once_more() -> None:
    """Valid 1.5, everything labelled, what is needed said; the names stand in the text for clients without cards."""
    made = card(PICKER)
    inputs = [part for part in made["body"] if part["type"] == "Input.ChoiceSet"]

    assert complaints(made) == []
    assert [(one["id"], one["label"], one.get("isRequired", False)) for one in inputs] == [
        ("pupil", "Which pupil?", True),
        ("reason", "What for?", False),
    ]
    assert made["actions"][0]["data"] == {"command": "warn", "mark": "m1"}
    assert "Ada (3B)" not in texts(made)
    assert "Ada (3B)" in line(PICKER)


def test_a_button_may_stand_alone_and_a_grave_one_looks_it() -> None:
    """Warning instead of removing asks for no reason to remove; removing is red."""
    made = card(
        replace(PICKER, asks=(Ask(title="Remove", command="remove"), Ask(title="Warn", command="warn", alone=True)))
    )

    assert complaints(made) == []
    assert [(one.get("style"), one.get("associatedInputs")) for one in made["actions"]] == [
        ("destructive", None),
        (None, "none"),
    ]


def test_a_class_of_sixty_with_long_names_fits() -> None:
    """And whatever a pupil calls themself is only letters."""
    many = tuple((f"aad:{n}", f"[{n}](https://evil.example) <at>x</at> {'W' * 90}") for n in range(90))
    made = card(Notice(headline="Whom?", choices=(Choice(name="pupil", label="Which?", among=many),), asks=PICKER.asks))
    titles = [choice["title"] for choice in made["body"][-1]["choices"]]

    assert size(made) < BIGGEST
    assert complaints(made) == []
    assert all(len(title) <= 60 and "](" not in title and "<" not in title for title in titles)


async def test_a_question_that_follows_replaces_the_card(house: House) -> None:
    """Nothing was done yet, but there is something to answer."""
    house.doors.reply = Reply(notice=PICKER, accepted=False)
    status, said = await house.post(press(WARN, serviceUrl=house.teams.service_url))

    assert (status, json.loads(said)["type"]) == (200, "application/vnd.microsoft.card.adaptive")
    assert [one.text for one in house.doors.said] == ["/warn"]


async def test_a_pressed_command_is_answered_each_time(house: House) -> None:
    """A copy gets an answer too: the card would spin for ever. That it is carried out once is the register's to see to."""
    for _ in range(2):
        status, said = await house.post(press(WARN, serviceUrl=house.teams.service_url))
        assert (status, json.loads(said)["statusCode"]) == (200, 200)
    house.doors.reply = Reply(notice=Notice(headline="Nothing was done."), accepted=False)
    _, said = await house.post(press(WARN, serviceUrl=house.teams.service_url))

    assert json.loads(said)["type"] == "application/vnd.microsoft.activity.message"


FORM = Notice(
    headline="Ada is on hold",
    details=("1 December: out until further notice",),
    choices=(
        Field(name="spoke", label="Who spoke?"),
        Field(name="day", label="On which day?", filling=Filling.DAY, value="2026-11-24"),
        Field(name="agreed", label="What was agreed?", filling=Filling.LINES, value="a [fresh](https://x) start\u202e"),
        Choice(name="decision", label="Decided?", among=(("open", "Out"),), needed="Please choose.", value="open"),
        Field(name="until", label="Until?", filling=Filling.DAY, value="soon"),
    ),
    asks=(Ask(title="Save", command="release", filled=(("form", "12.3"),)),),
    mark="m1",
)


def test_a_form_keeps_what_was_filled_in_and_says_what_it_showed() -> None:
    """Valid 1.5, everything labelled; the history stands above; what is no day is not put into a field for days."""
    made = card(FORM)
    inputs = [part for part in made["body"] if part["type"].startswith("Input.")]

    assert complaints(made) == []
    assert [(one["type"], one["id"], one.get("value")) for one in inputs] == [
        ("Input.Text", "spoke", None),
        ("Input.Date", "day", "2026-11-24"),
        ("Input.Text", "agreed", "a [fresh](https://x) start"),
        ("Input.ChoiceSet", "decision", "open"),
        ("Input.Date", "until", None),
    ]
    assert all(one["label"] for one in inputs)
    assert "1 December: out until further notice" in texts(made)
    assert made["actions"][0]["data"] == {"command": "release", "mark": "m1", "form": "12.3"}


def test_what_is_filled_in_comes_with_the_command() -> None:
    """On one line each, cut, and nothing that is no field of ours; another filling is another delivery."""
    data = {"command": "release", "mark": "m1", "pupil": f"aad:{ADA}", "form": "12.3", "decision": "open"}
    said = said_by({**data, "agreed": "a fresh\n start" + " x" * 900, "spoke": 7, "rule": "x"})

    assert (said.text, {name: value[:13] for name, value in said.filled.items()}) == (
        "/release",
        {"form": "12.3", "decision": "open", "agreed": "a fresh start"},
    )
    assert len(said.filled["agreed"]) <= 600
    assert said_by(data).delivery == said_by(data, id="again").delivery
    assert said.delivery != said_by(data).delivery


def test_an_alert_may_ask_for_a_reason_that_only_one_of_its_buttons_needs() -> None:
    """Keep out sends it along; Not a problem needs none."""
    made = card(alert("removed_stays_out.did_you"))
    what = read(press({"alert": 17, "verb": "keep_out", "reason": "unkind"})).what

    assert complaints(made) == []
    assert [part["id"] for part in made["body"] if part["type"] == "Input.ChoiceSet"] == ["reason"]
    assert [(one["verb"], one.get("associatedInputs")) for one in made["actions"]] == [
        ("keep_out", None),
        ("not_a_problem", "none"),
    ]
    assert isinstance(what, Pressed)
    assert what.reason == "unkind"
