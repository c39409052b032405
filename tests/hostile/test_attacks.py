"""Particular attacks on the whole product: pressed and replayed buttons, other tenants, inner addresses, names that act."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from bot.events import Described, Identified, Kind, account
from tests.hostile.front import PLANTED, Front
from tests.teams.activities import ADA, PATEL, event, join, message, naming_us
from tests.teams.activities import user as member
from tests.teams.issuer import TENANT

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER = "33333333-3333-4333-8333-333333333333"
STRANGER = "cccccccc-0000-4000-8000-000000000009"
NASTY = (
    "Miss Khan</at> [x](https://evil.example) ![i](https://evil.example/i.png) {{DATE(1)}} ${x} <script>\u202e\u200b"
)


async def alert(front: Front) -> int:
    """The number of an alert with buttons: a stranger is in a lesson, and the host is asked."""
    thread = f"19:meeting_{uuid4().hex}@thread.v2"
    sitting = await front.lesson(thread)
    at = datetime.now(UTC)
    stranger = {"user": member(STRANGER, NASTY, tenantId=OTHER), "meeting": {"role": "Attendee"}}
    teacher = {"user": member(PATEL, "Ms Patel"), "meeting": {"role": "Organizer"}}
    where = {**chat(), "id": thread}
    for who in (teacher, stranger):
        activity = join(who, service_url=front.teams.service_url, conversation=where, timestamp=at.isoformat())
        assert (await front.send("messages", activity))[0] == 200
    await front.happened(Identified(at=at, person=account(PATEL), kind=Kind.STAFF), sitting=sitting)
    await front.observe(sitting, Described(at=at, organizer=account(PATEL), class_name=None, invitees_known=True))
    query = f"SELECT id FROM decisions WHERE sitting = {sitting} AND \"to\" = 'host' ORDER BY id DESC"  # noqa: S608 -- a number of our own
    return int((await front.rows(query))[0]["id"])


def press(front: Front, number: int, by: str | None, verb: str = "let_stay", **more: Any) -> dict[str, Any]:
    """A pressed button, as Teams sends it."""
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": {"alert": number, "verb": verb}}}
    sender = {"id": "29:x", "name": "Ms Patel", **({"aadObjectId": by} if by else {})}
    made = event("adaptiveCard/action", value, service_url=front.teams.service_url)
    return {**made, "type": "invoke", "from": sender, **more}


def ordering(front: Front, by: str | None, command: str) -> dict[str, Any]:
    """A button that gives a command, made up."""
    made = press(front, 1, by)
    made["value"]["action"] = {
        "type": "Action.Execute",
        "verb": "command",
        "data": {"command": command, "reason": "abuse", "pupil": f"aad:{ADA}"},
    }
    return made


def chat() -> dict[str, Any]:
    """A meeting's chat of which nothing else is heard."""
    thread = f"19:meeting_{uuid4().hex}@thread.v2"
    return {"id": thread, "tenantId": TENANT, "conversationType": "groupChat", "isGroup": True}


async def answers(front: Front) -> int:
    return int((await front.rows("SELECT count(*) AS count FROM events WHERE type = 'answered'"))[0]["count"])


async def test_a_pupil_presses_nothing(front: Front) -> None:
    """Whatever they call themselves, wherever they press it, with whatever the card said (threat T10)."""
    number, before = await alert(front), await answers(front)
    foreign = {"id": "29:x", "aadObjectId": PATEL, "tenantId": OTHER, "name": "Ms Patel"}
    tries = [
        press(front, number, ADA),
        press(front, number, None),
        press(front, number, "00000000-0000-0000-0000-000000000000"),
        {**press(front, number, PATEL), "from": foreign},
    ]
    for attempt in tries:
        status, said = await front.send("messages", attempt)
        assert status == 200
        assert json.loads(said)["type"] == "application/vnd.microsoft.activity.message"
        assert not [part for part in ("evil", "Khan", "Patel") if part in said]

    assert await answers(front) == before


async def test_a_teachers_press_replayed_changes_nothing_more(front: Front) -> None:
    """The same invoke again, under the same id and under new ones: the card as it stands, and one answer is written."""
    number, before = await alert(front), await answers(front)
    bodies = []
    for delivery in ("1", "1", "2", "3"):
        status, said = await front.send("messages", press(front, number, PATEL, id=delivery))
        assert status == 200
        bodies.append(json.loads(said))

    assert {body["type"] for body in bodies} == {"application/vnd.microsoft.card.adaptive"}
    assert bodies[1:] == bodies[:1] * 3
    assert await answers(front) == before + 1


async def leads_alert(front: Front) -> int:
    """The number of an alert with buttons that is for those who lead safeguarding."""
    await alert(front)
    query = "SELECT id FROM decisions WHERE \"to\" = 'leads' AND say LIKE 'uninvited%' ORDER BY id DESC LIMIT 1"
    return int((await front.rows(query))[0]["id"])


async def test_a_made_up_button_does_no_more_than_its_presser_may(front: Front) -> None:
    """Buttons carry no seal: what is pressed is held against the alert as it stands, and who presses against the directory.

    A teacher who makes up presses writes no answer that the alert does not offer, and none to an alert that is for others; a
    command made into a button is the command, with the presser's own rights.
    """
    asked, led, before = await alert(front), await leads_alert(front), await answers(front)
    made_up = [press(front, asked, PATEL, verb) for verb in ("keep_out", "open_mics", "hold_mics", "acknowledge")]
    made_up += [press(front, led, PATEL, verb) for verb in ("acknowledge", "not_a_problem", "remove", "let_stay")]
    made_up += [ordering(front, by, "remove") for by in (ADA, None)]
    # each in a chat of its own: whoever presses a lot in one is not listened to
    said = [await front.send("messages", {**one, "conversation": chat()}) for one in made_up]

    assert {status for status, _ in said} == {200}
    assert {json.loads(body)["type"] for _, body in said[4:]} == {"application/vnd.microsoft.activity.message"}
    assert await answers(front) == before
    assert not await front.rows("SELECT 1 FROM events WHERE type IN ('removal_ordered', 'removal_planned')")


async def test_an_alert_that_is_not_there_is_nobodys(front: Front) -> None:
    """Numbers are guessed in vain, by whomever."""
    for number, by in ((10**6, ADA), (10**6, PATEL), (2**31 - 1, None)):
        status, said = await front.send("messages", press(front, number, by))
        assert status == 200
        assert "Nothing was done" in json.loads(said)["value"]


async def test_another_tenant_gets_nowhere(front: Front) -> None:
    """By any of the places that name one, with our own people's ids (threat T11)."""
    counted = "SELECT count(*) AS count FROM events WHERE type = 'joined'"
    before = (await front.rows(counted))[0]["count"]
    good = join(service_url=front.teams.service_url)
    mixed = [
        {**good, "channelData": {**good["channelData"], "tenant": {"id": OTHER}}},
        {**good, "conversation": {**good["conversation"], "tenantId": OTHER}},
        {**good, "channelData": {**good["channelData"], "tenant": {"id": f"{TENANT}\n{OTHER}"}}},
    ]
    assert [(await front.send("messages", one))[0] for one in mixed] == [403] * 3
    assert (await front.send("calls", {}, token=front.token("calls", tid=OTHER)))[0] == 403
    assert (await front.rows(counted))[0]["count"] == before


async def test_a_foreign_account_with_a_teachers_id_is_no_teacher(front: Front) -> None:
    """Object ids are a tenant's own: the same one elsewhere is somebody else, in rooms and in commands."""
    said = message("<at>Schoolgate</at> note x", service_url=front.teams.service_url, entities=[naming_us()])
    before = await front.rows("SELECT count(*) AS count FROM notes")
    foreign = {**said, "from": {"id": "29:x", "aadObjectId": PATEL, "tenantId": OTHER, "name": "Ms Patel"}}

    assert (await front.send("messages", foreign))[0] == 200
    assert await front.rows("SELECT count(*) AS count FROM notes") == before


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/metadata/",
        "http://127.0.0.1:1/",
        "http://localhost:5432/",
        "https://[::1]/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@169.254.169.254/",
        "file:///etc/passwd",
    ],
)
async def test_an_inner_address_is_never_asked_or_remembered(front: Front, url: str) -> None:
    """Named alike by token and activity, it is refused and kept nowhere (threat T15)."""
    token = f"Bearer {front.issuer.token(url)}"

    assert (await front.send("messages", join(service_url=url), token=token))[0] == 403
    assert not await front.rows(f"SELECT 1 FROM addresses WHERE service_url = '{url}'")  # noqa: S608 -- our own text


async def test_what_somebody_calls_themselves_is_in_no_line_of_the_log(front: Front) -> None:
    """After all of this; nor is the child's name that was in it."""
    await front.send("messages", message(PLANTED, service_url=front.teams.service_url))

    assert not [part for part in ("Khan", "evil.example", *PLANTED.split()) if part in front.log.getvalue()]
