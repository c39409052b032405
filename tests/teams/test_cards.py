"""Cards, lines and mails: their build, their size, and what a press of a button carries."""

import json
import re
from dataclasses import replace

import pytest

from bot.events import Verb
from bot.notice import Button, Mention, Notice, Severity
from bot.ports import Person
from bot.teams.cards import SIGNS, STYLES, card, line, plain, subject
from tests.teams.reading import BIGGEST, SCHEMA, complaints, everything, said, shape, size, texts
from tests.words.samples import ASKING, HEAD, LEAD, LINK, PEOPLE, REPLIES, SAYINGS, alert, answer, at, reply

NOTICES = {
    **{say: alert(say) for say in SAYINGS},
    **{f"{say}, over": alert(say, over=True) for say in SAYINGS},
    **{key: reply(key) for key in REPLIES},
    **ASKING,
}


@pytest.mark.parametrize("name", NOTICES)
def test_every_card_is_valid_and_small(name: str):
    """By the schema of 1.5, under 20 KB even with every letter escaped, and with a text for clients that cannot draw it."""
    made = card(NOTICES[name])

    assert complaints(made) == []
    assert size(made) < BIGGEST
    assert made["version"] == "1.5"
    assert made["fallbackText"] == line(NOTICES[name])


@pytest.mark.skipif(not SCHEMA.exists(), reason="the referees are not in this clone")
def test_the_schema_would_have_complained():
    """Its silence means something: a wrong word, an unknown property, a missing text are all refused."""
    for spoil in ({"type": "TextBlok"}, {"size": "huge"}, {"text": None}):
        made = card(NOTICES["lone_pupil.alone"])
        made["body"][2] |= spoil
        assert complaints(made) != []


@pytest.mark.parametrize("severity", [one for one in Severity if one])
@pytest.mark.parametrize("over", [False, True])
def test_urgency_is_told_by_word_and_sign_and_not_by_colour_alone(severity: Severity, over: bool):
    """The first line says it in words; what is over is said to be over."""
    made = card(Notice(alert=17, headline="x", severity=severity, over=over))
    header, *_ = made["body"]
    words = texts({"body": header})
    expected = "✓ Over" if over else f"{SIGNS[severity]} "

    assert words[0].startswith(expected)
    assert len(words[0]) > len(expected) or over
    assert words[1] == "Alert 17"
    assert header["style"] == ("good" if over else STYLES[severity])


def test_a_card_tells_in_order_what_happened_what_was_done_and_what_to_do():
    """Head, what happened, who answered, for whom, what Schoolgate did, what you can do, details."""
    made = card(alert("lone_pupil.alone", answered=(answer(Verb.ACKNOWLEDGE),)))
    parts = (
        "Act now",
        "One pupil alone",
        "Acknowledged by Mr Tom Bell",
        "For ",
        "What Schoolgate did: ",
        "What you can do: ",
        "Pupil: ",
    )
    places = [" ".join(texts(made)).index(part) for part in parts]

    assert places == sorted(places)


def test_buttons_carry_the_alert_and_the_verb_and_nothing_else():
    """Who pressed is the token's to say; a card names no rights."""
    made = card(alert("uninvited_attendee.ask"))
    buttons = made["actions"]

    assert [button["title"] for button in buttons] == ["Remove", "Let stay"]
    assert [button["verb"] for button in buttons] == ["remove", "let_stay"]
    assert [button["data"] for button in buttons] == [{"alert": 17, "verb": verb} for verb in ("remove", "let_stay")]


def test_there_are_never_more_than_three_buttons():
    """And none on what is not an alert, where a press could not be told apart."""
    many = tuple(Button(title=f"b{n}", verb=Verb.REMOVE) for n in range(5))
    executes = [action["type"] for action in card(Notice(alert=1, headline="x", buttons=many))["actions"]]

    assert executes == ["Action.Execute"] * 3
    assert "actions" not in card(Notice(headline="x", buttons=many))


def test_many_details_of_an_alert_are_folded_and_few_are_not():
    """More than two are shown on asking; an answer to a command shows all it has."""
    for alert_number, count, folded in ((1, 2, False), (1, 3, True), (0, 3, False)):
        made = card(Notice(alert=alert_number, headline="x", details=("detail",) * count))
        toggles = [part for part in everything(made["body"]) if part["type"] == "Action.ToggleVisibility"]
        box = made["body"][-1]
        assert box["isVisible"] is not folded
        assert [toggle["targetElements"] for toggle in toggles] == ([[box["id"]]] if folded else [])


def test_a_long_list_ends_in_how_many_more():
    """A hundred names do not make a card that Teams refuses."""
    made = card(Notice(headline="x", details=tuple(f"Pupil {n}" for n in range(100))))

    assert texts(made)[-1] == "and 80 more"


def test_people_are_mentioned_by_their_object_ids():
    """Each entity's text stands in the card once, so that Teams notifies exactly these people."""
    made = card(alert("lone_pupil.alone", mentions=(LEAD, HEAD)))
    entities = made["msteams"]["entities"]

    assert [entity["mentioned"] for entity in entities] == [{"id": p.oid, "name": p.name} for p in (LEAD, HEAD)]
    assert [said(made).count(entity["text"]) for entity in entities] == [1, 1]
    assert {entity["type"] for entity in entities} == {"mention"}


def test_namesakes_are_mentioned_apart():
    """Teams finds a mention by its text: two people of one name need two texts."""
    twin, second = replace(HEAD, oid=LEAD.oid), replace(HEAD, oid=LEAD.oid, name="Mr David Hart 2")
    entities = card(Notice(alert=1, headline="x", mentions=(second, HEAD, twin)))["msteams"]["entities"]

    assert [entity["mentioned"]["name"] for entity in entities] == [
        "Mr David Hart 2",
        "Mr David Hart",
        "Mr David Hart 3",
    ]
    assert [entity["mentioned"]["id"] for entity in entities] == [LEAD.oid, HEAD.oid, LEAD.oid]


def test_only_object_ids_are_mentioned():
    """Anything else in the place of an id mentions nobody."""
    assert "msteams" not in card(Notice(alert=1, headline="x", mentions=(Mention(oid="everyone", name="Everyone"),)))


@pytest.mark.parametrize("say", SAYINGS)
def test_an_alert_keeps_its_build_when_its_words_change(say: str):
    """Golden by build: the same alert with other names, lesson and times has the same elements."""
    people = {key: Person(key=key, kind=person.kind, name="Someone Else") for key, person in PEOPLE.items()}
    usual, other = (
        alert(say),
        alert(say, people=people, lesson="4A English, 10:00", facts={"since": at(10).isoformat()}),
    )

    assert shape(card(usual)) == shape(card(other))
    assert [part["type"] for part in card(usual)["body"]][:3] == ["Container", "RichTextBlock", "TextBlock"]


def test_one_line_is_one_line_with_everything_to_act_on():
    """An answer without a card says what was done, the next step and whom to choose from."""
    words = line(reply("warn.who"))

    assert "\n" not in words
    assert "Nobody has been warned." in words
    assert "Ada Lovelace (3B) · Ada Lovelace (4A)" in words
    assert "/warn @pupil [reason]" in line(reply("help"))


def test_a_mail_says_it_all_in_paragraphs():
    """Nothing is folded in a mail, and the number is in it."""
    words = plain(alert("lone_pupil.alone"))

    assert words.startswith("One pupil alone")
    assert "- Adults in the lesson: Miss Priya Khan" in words
    assert words.endswith("Alert 17\n")


@pytest.mark.parametrize("say", SAYINGS)
def test_a_mails_subject_names_nobody(say: str):
    """Subjects show on locked screens: the number and the urgency only."""
    words = subject(alert(say))

    assert re.fullmatch(r"Schoolgate, alert 17: (Act now|Please look|For your information)", words)
    assert subject(alert(say, over=True)) == "Schoolgate, alert 17: Over"


# --- the way into a lesson ----------------------------------------------------------------------------------------------


def test_where_an_adult_may_have_to_go_there_is_a_button_that_leads_in():
    """In a row of its own, or a phone would cut three short; Teams opens the link itself."""
    made = card(alert("teacher_dropped.alone"))
    into = {"type": "Action.OpenUrl", "title": "Join the lesson", "url": LINK, "style": "positive"}

    assert {"type": "ActionSet", "actions": [into]} in made["body"]
    assert [action["type"] for action in made["actions"]] == ["Action.Execute", "Action.Execute"]
    assert "actions" not in card(alert("teacher_dropped.page"))


def test_without_a_link_and_once_it_is_over_there_is_none():
    """A button that leads nowhere would cost the time in which somebody could ring."""
    assert LINK not in str(card(replace(alert("teacher_dropped.page"), join="")))
    assert "OpenUrl" not in str(card(replace(alert("teacher_dropped.page"), link="")))
    assert "OpenUrl" not in str(card(alert("teacher_dropped.page", over=True)))


def test_a_mail_has_the_link_in_words():
    """Whoever reads it there has no button."""
    assert f"\n\nJoin the lesson: {LINK}\n\n" in plain(alert("teacher_dropped.page"))
    assert LINK not in plain(alert("lone_pupil.stop"))


def test_an_alert_that_can_be_taken_has_that_button_first_and_a_place_to_write():
    """In rows of their own; the place to write is hidden, labelled and required, and no other button sends it."""
    made = card(alert("lone_pupil.alone"))
    rows = [[action["title"] for action in part["actions"]] for part in made["body"] if part["type"] == "ActionSet"]
    writing = made["body"][-1]
    text, keep = writing["items"]

    assert rows == [["I have this"], ["Details", "Write a note"]]
    assert [button["title"] for button in made["actions"]] == ["Acknowledge", "Not a problem"]
    assert writing["isVisible"] is False
    assert (text["label"], text["isRequired"], text["maxLength"]) == (
        "Note for everybody who reads this alert",
        True,
        500,
    )
    assert [button["data"] for button in keep["actions"]] == [{"alert": 17, "verb": "note"}]
    assert {button["associatedInputs"] for button in made["actions"]} == {"none"}


def test_where_everything_else_is_answered_only_the_taking_remains():
    """No empty row of buttons."""
    made = card(alert("sight.blind"))

    assert "actions" not in made


def test_what_was_folded_passed_on_and_written_is_on_the_card_and_in_the_letter():
    """Cut to size and inert, as everything else."""
    told = Notice(
        alert=1,
        headline="x",
        passed="passed <b>on</b>",
        more=tuple(f"more {n}" for n in range(30)),
        notes=tuple(f"note {n}" for n in range(9)),
        notable=True,
    )
    words = json.dumps(card(told), ensure_ascii=False)

    assert "passed ‹b›on‹/b›" in words
    assert "more 11" in words
    assert "more 12" not in words
    assert "note 3" not in words
    assert "note 8" in words
    assert all(part in plain(told) for part in ("more 0", "passed", "note 8"))
