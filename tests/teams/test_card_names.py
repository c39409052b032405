"""Whatever somebody is called, it stays letters in cards, lines and mails (threat T7)."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.events import Kind, Verb
from bot.notice import Button, Mention, Notice
from bot.ports import Person
from bot.teams.cards import card, line, plain
from tests.teams.reading import BIGGEST, complaints, everything, size, texts
from tests.words.samples import ADA, HEAD, LEAD, PEOPLE, WORDS, alert, answer, at
from tests.words.test_inert import NASTY

MARKDOWN = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
TRICKS = (
    "<at>Mr David Hart</at>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "**bold** _it_ ~~gone~~ `code`",
    "# Head",
    "1. one",
    "- item",
    "> quotation",
    "{{DATE(2026-01-01T00:00:00Z, SHORT)}}",
    "${name}",
    "<img src=x onerror=alert(1)>",
    "&lt;at&gt;",
    "www.evil.example",
    "line\nanother\n===",
    "\u202eevil",
)
NAMES = st.one_of(NASTY, st.sampled_from(TRICKS), st.tuples(NASTY, st.sampled_from(TRICKS)).map("".join))


def inert_in(made: dict[str, Any], mentions: tuple[Mention, ...]) -> None:
    """Nothing in this card is more than letters, but for the mentions that were asked for."""
    oids = [entity["mentioned"]["id"] for entity in made.get("msteams", {}).get("entities", [])]
    allowed = [entity["text"] for entity in made.get("msteams", {}).get("entities", [])]
    assert set(oids) <= {mention.oid for mention in mentions}
    for part in everything(made["body"]):
        text = str(part.get("text", ""))
        if part["type"] == "TextBlock":
            for mention in allowed:
                text = text.replace(mention, mention.removeprefix("<at>").removesuffix("</at>"), 1)
            assert markdown_of(text) <= {"text"}
        assert not set(text) & set("<>{}")
        assert "://" not in text
    assert not {part["type"] for part in everything(made)} & {"Action.OpenUrl", "Action.Submit", "Image", "Media"}
    assert "url" not in {key for part in everything(made) for key in part}


def markdown_of(text: str) -> set[str]:
    """What kinds of thing a Markdown reader finds in one line of text."""
    kinds: set[str] = set()
    for token in MARKDOWN.parse(text):
        kinds |= {token.type} if token.type not in {"paragraph_open", "paragraph_close", "inline"} else set()
        kinds |= {child.type for child in token.children or []}
    return kinds


@settings(deadline=None)  # the first card pays for reading the schema
@given(name=NAMES, lesson=NAMES)
def test_any_name_stays_letters_in_an_alert(name: str, lesson: str):
    """Pupil, adult, stranger, lead and lesson may be called anything: the card is valid, small and says the same."""
    people = {key: replace(person, name=name) for key, person in PEOPLE.items()}
    mentions = (replace(LEAD, name=name), replace(HEAD, name=name))
    called = WORDS.lesson(lesson, name, at(9))
    for say in ("lone_pupil.alone", "uninvited_attendee.present"):
        notice = alert(say, people=people, lesson=called, mentions=mentions, answered=(answer(Verb.ACKNOWLEDGE),))
        made = card(notice)
        inert_in(made, mentions)
        assert complaints(made) == []
        assert size(made) < BIGGEST
        assert markdown_of(line(notice)) <= {"text"}
        assert len(made["msteams"]["entities"]) == 2


@settings(deadline=None)  # the first card pays for reading the schema
@given(text=NAMES)
def test_any_text_in_any_place_of_a_notice_stays_letters(text: str):
    """Even a notice that nobody cleaned before is harmless once it is a card, a line or a mail."""
    notice = Notice(
        alert=3,
        headline=text,
        done=text,
        next_step=text,
        details=(text,) * 30,
        buttons=(Button(title=text, verb=Verb.REMOVE),),
        mentions=(Mention(oid=LEAD.oid, name=text),),
        answered=text,
    )
    made = card(notice)
    inert_in(made, notice.mentions)

    assert complaints(made) == []
    assert markdown_of(line(notice)) <= {"text"}
    assert markdown_of(line(replace(notice, alert=0))) <= {"text"}
    assert "://" not in plain(notice)
    assert size(made) < BIGGEST


@settings(deadline=None)  # the first card pays for reading the schema
@given(text=NAMES)
def test_an_answer_with_any_text_stays_letters(text: str):
    """Candidates, nearest commands and names in answers to commands."""
    people = {ADA: Person(key=ADA, kind=Kind.PUPIL, name=text)}
    for notice in (
        WORDS.reply("warn.done", {"pupil": ADA, "count": 1, "days": 30}, people),
        WORDS.reply("warn.who", details=(text,) * 3),
    ):
        inert_in(card(notice), ())
        assert markdown_of(line(notice)) <= {"text"}


def test_the_longest_of_everything_is_still_small():
    """Every name of 5000 letters outside ASCII, twelve people mentioned: under 20 KB as sent."""
    people = {key: replace(person, name="Ж" * 5000) for key, person in PEOPLE.items()}
    mentions = tuple(Mention(oid=f"00000000-0000-0000-0000-{n:012}", name="Ж" * 5000) for n in range(50))
    endless = "\U00020000" * 5000
    worst = card(
        Notice(alert=1, headline=endless, done=endless, next_step=endless, answered=endless, details=(endless,) * 99)
    )
    made = card(alert("lone_pupil.alone", people=people, lesson="Ж" * 5000, mentions=mentions))

    assert size(made) < BIGGEST
    assert size(worst) < BIGGEST
    assert "and 97 more" in texts(worst)
