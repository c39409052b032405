"""Every kind of card in Microsoft's own renderer, with Teams' own looks, on a phone and on a desk, light and dark.

The pictures are kept in build/cards/ for eyes. Mentions are drawn by this page, because the renderer leaves them to Teams.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from bot.events import PassedOn, Verb
from bot.notice import Notice
from bot.ports import NoteFiled
from bot.teams.cards import card
from tests.words.samples import (
    ASKING,
    GUEST,
    HEAD,
    LEAD,
    MISS_KHAN,
    MR_BELL,
    ONE_ALONE,
    REPLIES,
    SAYINGS,
    WORDS,
    alert,
    answer,
    at,
    reply,
)

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
MODULES = HERE.parent / "node_modules"
PICTURES = HERE.parents[2] / "build" / "cards"
WIDTHS = {"phone": 360, "desk": 720}
SHADES = ("light", "dark")

NOTICES: dict[str, Notice] = {
    **{say: alert(say, mentions=() if say in ONE_ALONE else (LEAD, HEAD)) for say in SAYINGS},
    **{f"{say}.over": alert(say, over=True) for say in SAYINGS},
    "lone_pupil.acknowledged": alert("lone_pupil.alone", answered=(answer(Verb.ACKNOWLEDGE),)),
    "lone_pupil.claimed": alert(
        "lone_pupil.alone",
        answered=(answer(Verb.CLAIM, MISS_KHAN, at(9, 16)),),
        notes=(NoteFiled(by=MISS_KHAN, text="Rang the host: **waiting** for <b>Ben</b>.", at=at(9, 17)),),
    ),
    "lone_pupil.taken_over": alert(
        "lone_pupil.alone",
        over=True,
        answered=(answer(Verb.TAKE_OVER, MISS_KHAN, at(9, 19)),),
    ),
    "lone_pupil.passed_on": alert(
        "lone_pupil.alone",
        facts={"times": 3, "first": at(9, 2).isoformat()},
        passed=(
            PassedOn(at=at(9, 15), decision=17, to=(MISS_KHAN,), how="person"),
            PassedOn(at=at(9, 16), decision=17, to=(MISS_KHAN,), how="vain"),
            PassedOn(at=at(9, 18), decision=17, to=(MISS_KHAN, MR_BELL), how="mail"),
            PassedOn(at=at(9, 21), decision=17, to=(MR_BELL,), how="head"),
        ),
    ),
    "uninvited_attendee.folded": replace(
        alert("uninvited_attendee.present"),
        more=(
            WORDS.reply("folded", {"count": 2, "first": at(9, 12).isoformat()}).headline,
            alert("uninvited_attendee.present", about=GUEST, facts={"kind": "guest"}).headline,
            alert("uninvited_attendee.present", over=True).headline,
        ),
    ),
    "uninvited_attendee.unconfirmed": alert(
        "uninvited_attendee.let_stay",
        unconfirmed=True,
        answered=(answer(Verb.LET_STAY, MISS_KHAN, at(9, 14)), answer(Verb.ACKNOWLEDGE)),
    ),
    "sight.all": alert("sight.blind", facts={"why": ("channel", "directory", "meeting")}),
    **{f"reply.{key}": reply(key) for key in REPLIES if not key.startswith(("status.", "press.done."))},
    **{f"asking.{key}": notice for key, notice in ASKING.items()},
}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of a real browser with the renderer in it."""
    library = MODULES / "adaptivecards" / "dist"
    assert library.exists(), "run `npm ci` in tests/clients first"
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is needed for this test"
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=1.5)
        page.goto((HERE / "page.html").as_uri())
        page.add_style_tag(path=library / "adaptivecards.css")
        page.add_script_tag(path=library / "adaptivecards.js")
        yield page
        browser.close()


def draw(page: Page, made: dict[str, Any], width: int, shade: str) -> list[str]:
    """Draw a card; what the renderer has against it."""
    looks = MODULES / "adaptivecards-designer" / "lib" / "hostConfigs" / f"microsoft-teams-{shade}.json"
    page.set_viewport_size({"width": width, "height": 640})
    config = json.loads(looks.read_text(encoding="utf-8"))
    said: list[str] = page.evaluate("draw", {"card": made, "config": config, "dark": shade == "dark"})
    return said


@pytest.mark.parametrize("name", NOTICES)
def test_card_is_drawn_without_complaint_and_fits(page: Page, name: str):
    """No parse or validation error, and nothing wider than the screen, folded or not."""
    made = card(NOTICES[name])
    for device, width in WIDTHS.items():
        for shade in SHADES:
            complaints = draw(page, made, width, shade)
            page.mouse.move(width - 1, 639)  # a button beneath the pointer would look pressed
            page.locator("#frame").screenshot(path=PICTURES / f"{name}-{device}-{shade}.png")

            assert complaints == []
            for title in ("Details", "Write a note"):
                for toggle in page.get_by_role("button", name=title).all():
                    toggle.click()
            if NOTICES[name].notable and (device, shade) == ("phone", "light"):
                page.locator("#frame").screenshot(path=PICTURES / f"{name}-unfolded.png")
            wide = page.evaluate("document.documentElement.scrollWidth")
            spilt = page.evaluate(
                "[...document.querySelectorAll('#frame *')].filter(e => e.scrollWidth > e.clientWidth + 1"
                " && getComputedStyle(e).display !== 'inline').map(e => e.textContent)"
            )
            assert wide <= width
            assert spilt == []


def test_every_button_fires_with_the_alert_and_the_verb(page: Page):
    """Pressing each button once says which alert and which answer, and nothing else."""
    notice = NOTICES["uninvited_attendee.ask"]
    draw(page, card(notice), WIDTHS["phone"], "light")
    for button in notice.buttons:
        page.get_by_role("button", name=button.title).click()

    assert page.evaluate("fired") == [
        {"type": "Action.Execute", "verb": button.verb.value, "data": {"alert": 17, "verb": button.verb.value}}
        for button in notice.buttons
    ]


def test_a_note_is_written_in_a_place_of_its_own(page: Page):
    """Hidden until asked for; its button sends what was written, refuses nothing written, and the others send none of it."""
    draw(page, card(NOTICES["lone_pupil.alone"]), WIDTHS["phone"], "light")
    place = page.get_by_label("Note for everybody who reads this alert")
    assert not place.is_visible()
    page.get_by_role("button", name="Write a note").click()
    page.get_by_role("button", name="Keep the note").click()
    assert [one for one in page.evaluate("fired") if one["verb"]] == []
    assert page.get_by_text("Please write something first.").is_visible()
    place.fill("rang home")
    page.get_by_role("button", name="I have this").click()
    page.get_by_role("button", name="Keep the note").click()

    assert [one for one in page.evaluate("fired") if one["verb"]] == [
        {"type": "Action.Execute", "verb": "claim", "data": {"alert": 17, "verb": "claim"}},
        {"type": "Action.Execute", "verb": "note", "data": {"alert": 17, "verb": "note", "note": "rang home"}},
    ]


def test_details_are_folded_until_asked_for(page: Page):
    """The details of an alert are hidden, and one press shows them."""
    notice = NOTICES["lone_pupil.alone"]
    draw(page, card(notice), WIDTHS["desk"], "light")
    detail = page.get_by_text(notice.details[0])

    assert not detail.is_visible()
    page.get_by_role("button", name="Details").click()
    assert detail.is_visible()


def test_the_renderer_would_have_complained(page: Page):
    """A broken card is refused, so that its silence about ours means something."""
    made = card(NOTICES["lone_pupil.alone"])
    made["body"].append({"type": "TextBlok", "text": "?"})

    assert draw(page, made, WIDTHS["desk"], "light")


def test_a_hostile_name_is_drawn_as_letters(page: Page):
    """Tags, links, templates and mentions in a name come out as text, and no element is made of them."""
    evil = (
        "<at>Mrs Olu Adeyemi</at><img src=x onerror=fired.push(1)> [x](https://evil.example) {{DATE(2026-01-01,SHORT)}}"
    )
    plain, hostile = (alert("lone_pupil.alone", lesson=lesson) for lesson in ("3B Maths", evil))
    count = "document.querySelectorAll('#frame *').length"
    draw(page, card(plain), WIDTHS["desk"], "light")
    usual = page.evaluate(count)
    draw(page, card(hostile), WIDTHS["desk"], "light")

    assert page.evaluate(count) == usual
    assert page.evaluate("fired") == []
    assert "(2026-01-01,SHORT)" in page.locator("#frame").inner_text()
