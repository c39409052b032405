"""What activities mean: as Teams documents them, as it really sends them, and as nobody should."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import Ended, Joined, Kind, Left, PersonKey, Started, Verb, account
from bot.ports import Arrival, How, Pressed, Said
from bot.sitting import Meeting
from bot.teams.messages import without_mentions
from bot.teams.parse import ENDPOINT, Added, Parsed, parse
from bot.teams.reading import opened
from tests.teams.house import ADA, OURS, PATEL, THREAD, event, join, message, naming_us, user
from tests.teams.issuer import APP_ID, TENANT

URL = "https://smba.trafficmanager.net/uk/"
NOW = datetime(2026, 11, 24, 9, 0, 5, tzinfo=UTC)
SENT = datetime(2026, 11, 24, 9, 0, 0, 123000, tzinfo=UTC)
OTHER = "33333333-3333-4333-8333-333333333333"
PREFIX = "application/vnd.microsoft."


def read(activity: Any) -> Parsed:
    return parse(opened(orjson.dumps(activity)), OURS, NOW)


def arrived(activity: Any) -> Arrival:
    what = read(activity).what
    assert isinstance(what, Arrival)
    return what


def people(activity: Any) -> list[tuple[str, Kind]]:
    return [(one.person, one.hint) for one in arrived(activity).events if isinstance(one, Joined | Left)]


def test_a_join_is_read() -> None:
    """Who, when, where, and what the people table may know."""
    arrival = arrived(join(service_url=URL))

    assert arrival.events == (Joined(at=SENT, person=account(ADA), endpoint=ENDPOINT),)
    assert arrival.meeting == Meeting(TENANT, "hill", THREAD, "0")
    assert arrival.names == {account(ADA): "Ada Lovelace"}
    assert (arrival.teams_meeting_id, arrival.service_url) == ("MCMxOTptZWV0aW5n", URL)


def test_a_start_and_an_end_are_read() -> None:
    """By their own times, in the case Teams chose that day."""
    said = {"MeetingType": "Scheduled", "Title": "3B Maths", "Id": "x", "StartTime": "2026-11-24T08:59:00.0Z"}
    start = arrived(event(f" {PREFIX}meetingStart", said, service_url=URL))
    end = arrived(event(f"{PREFIX}meetingEnd", {"endTime": "2026-11-24T08:58:00"}, service_url=URL))

    assert start.events == (Started(at=datetime(2026, 11, 24, 8, 59, tzinfo=UTC)),)
    assert (start.meeting_type, start.title) == ("Scheduled", "3B Maths")
    assert end.events == (Ended(at=datetime(2026, 11, 24, 8, 58, tzinfo=UTC)),)


@pytest.mark.parametrize(
    "name",
    [f"{PREFIX}meetingParticipantLeave ", f"\t{PREFIX}MEETINGPARTICIPANTLEAVE", f"{PREFIX}meetingParticipantLeave"],
)
def test_stray_spaces_and_any_case_are_read(name: str) -> None:
    """In the name of the event, and in every key."""
    shouted = json.loads(json.dumps(join(service_url=URL, name=name)).replace('"members"', '" Members"'))
    shouted = {key.upper(): value for key, value in shouted.items()}

    assert people(shouted) == [(account(ADA), Kind.UNRESOLVED)]
    assert isinstance(arrived(shouted).events[0], Left)


MEMBERS = [
    ({"id": "29:x", "objectId": ADA, "tenantId": TENANT}, account(ADA), Kind.UNRESOLVED),
    ({"id": "29:x", "aadObjectId": ADA.upper(), "tenantId": TENANT.upper()}, account(ADA), Kind.UNRESOLVED),
    ({"objectId": ADA}, account(ADA), Kind.UNRESOLVED),
    ({"id": f"8:orgid:{ADA}", "tenantId": TENANT}, account(ADA), Kind.UNRESOLVED),
    ({"id": "29:x", "objectId": ADA, "tenantId": OTHER}, f"ext:{OTHER}:{ADA}", Kind.FOREIGN),
    ({"id": "29:anon", "name": "Mum"}, "mri:29:anon", Kind.ANONYMOUS),
    ({"id": "29:anon", "objectId": "", "aadObjectId": None}, "mri:29:anon", Kind.ANONYMOUS),
    ({"id": "29:anon", "objectId": "00000000-0000-0000-0000-000000000000"}, "mri:29:anon", Kind.ANONYMOUS),
    ({"id": "8:teamsvisitor:abc"}, "mri:8:teamsvisitor:abc", Kind.ANONYMOUS),
    ({"id": "4:+441234567890"}, "mri:4:+441234567890", Kind.PHONE),
    ({"id": "28:another-bot", "objectId": ADA}, "mri:28:another-bot", Kind.BOT),
]


@pytest.mark.parametrize(("said", "key", "hint"), MEMBERS, ids=lambda value: str(value)[:40])
def test_a_member_is_who_the_ids_say(said: dict[str, Any], key: str, hint: Kind) -> None:
    """Ours by object id, another tenant's as such, the rest by Teams' own id; never by name."""
    assert people(join({"user": said}, service_url=URL)) == [(key, hint)]


def test_our_own_bot_is_nobody() -> None:
    """It comes to each lesson, and is not counted, in any case of its id."""
    parsed = read(join({"user": {"id": f"28:{APP_ID.upper()}", "name": "Schoolgate"}}, service_url=URL))

    assert (parsed.what, parsed.skipped) == (None, 0)


def test_unreadable_members_are_skipped_and_counted() -> None:
    """The others of the same event are not lost with them."""
    broken = [None, 1, "x", [], {}, {"user": None}, {"user": []}, {"user": {"id": 7}}, {"user": {"objectId": {}}}]
    parsed = read(join(*broken, {"user": user(ADA, "Ada")}, service_url=URL))

    assert isinstance(parsed.what, Arrival)
    assert [one.person for one in parsed.what.events if isinstance(one, Joined)] == [account(ADA)]
    assert parsed.skipped == len(broken)


def test_many_members_are_all_read_once() -> None:
    """A class in one event; a member twice is one."""
    oids = [f"aaaaaaaa-0000-4000-8000-{number:012}" for number in range(1, 61)]
    members = [{"user": user(oid, f"Pupil {oid[-2:]}")} for oid in [*oids, oids[0]]]

    assert people(join(*members, service_url=URL)) == [(account(oid), Kind.UNRESOLVED) for oid in oids]


def test_the_sender_of_an_event_is_not_there() -> None:
    """When somebody anonymous joins, `from` is the organiser, who may be at home in bed."""
    arrival = arrived(join({"user": {"id": "29:anon", "name": "Guest"}}, service_url=URL))

    assert account(PATEL) not in [one.person for one in arrival.events if isinstance(one, Joined)]
    assert account(PATEL) not in arrival.names


def test_the_same_delivery_is_known_again() -> None:
    """With another activity id, without any, and with its members in another order."""
    two = [{"user": user(ADA, "Ada")}, {"user": user(PATEL, "Ms Patel")}]
    first = arrived(join(*two, service_url=URL))
    again = join(*reversed(two), service_url=URL, id="something else")
    without = join(*two, service_url=URL)
    del without["id"]

    assert first.digest == arrived(again).digest == arrived(without).digest is not None


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "2026-11-24T09:00:00.124Z"},
        {"name": f"{PREFIX}meetingParticipantLeave"},
        {"channelData": {"tenant": {"id": TENANT}, "meeting": {"id": "another"}}},
        {"conversation": {"id": "19:another@thread.v2"}},
        {"value": {"members": [{"user": user(PATEL, "Ms Patel")}]}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_delivery_is_another(change: dict[str, Any]) -> None:
    """Time, name, meeting, thread and members all count."""
    assert arrived(join(service_url=URL)).digest != arrived({**join(service_url=URL), **change}).digest


def test_without_time_and_id_nothing_is_a_copy() -> None:
    """Rather twice than never."""
    bare = join(service_url=URL)
    del bare["id"], bare["timestamp"]
    arrival = arrived(bare)

    assert arrival.digest is None
    assert arrival.events[0].at == NOW


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-11-24T09:00:00.1234567Z", SENT.replace(microsecond=123456)),
        ("2026-11-24T10:00:00.123+01:00", SENT),
        ("2026-11-24T09:00:00.123", SENT),
        ("2023-02-23T11:34:07.478-8", NOW),
        ("0001-01-01T00:00:00", NOW),
        ("9999-12-31T23:59:59-14:00", NOW),
        ("2026-11-24T09:30:00Z", NOW),
        ("tomorrow", NOW),
        (17, NOW),
        (None, NOW),
    ],
)
def test_times_are_read_or_ours(stamp: Any, at: datetime) -> None:
    """A time that is none, or lies ahead, is when we received it."""
    assert arrived(join(service_url=URL, timestamp=stamp)).events[0].at == at


def test_a_channel_meeting_has_its_root_message() -> None:
    """The thread without it is the channel's, and the root tells meetings of it apart (law 1)."""
    where = {"id": "19:abc@thread.tacv2;messageid=1485983408511", "tenantId": TENANT}

    assert arrived(join(service_url=URL, conversation=where)).meeting == Meeting(
        TENANT, "hill", "19:abc@thread.tacv2", "1485983408511"
    )


@pytest.mark.parametrize(
    ("activity", "kind"),
    [
        ({"type": "event", "name": f"{PREFIX}meetingRoomOnFire"}, "unknown_event"),
        ({"type": "event", "name": f"{PREFIX}meetingStart", "conversation": {}}, "unknown_event"),
        ({"type": "typing"}, "unknown_type"),
        ({"type": "invoke", "name": "composeExtension/query"}, "unknown_invoke"),
        ({"type": "message", "text": "talking to each other"}, "unaddressed"),
        ({"type": "conversationUpdate", "membersAdded": [{"id": "29:ada"}]}, "moved_in_or_out"),
        ({"type": "installationUpdate", "action": "remove"}, "moved_in_or_out"),
    ],
)
def test_what_means_nothing_to_us_is_counted(activity: Any, kind: str) -> None:
    """It is answered 2xx all the same."""
    parsed = read({**event("", None, service_url=URL), **activity})

    assert (parsed.what, parsed.kind) == (None, kind)


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


def press(data: Any, **more: Any) -> Any:
    value = {"action": {"type": "Action.Execute", "verb": "let_stay", "data": data}, "trigger": "manual"}
    return {**event("adaptiveCard/action", value, service_url=URL), "type": "invoke", **more}


def test_a_pressed_button_is_read() -> None:
    """Who, which alert, which answer."""
    assert read(press({"alert": 7, "verb": "acknowledge"})).what == Pressed(
        by=account(PATEL), alert=7, verb=Verb.ACKNOWLEDGE
    )
    assert read(press({"alert": "7"})).what == Pressed(by=account(PATEL), alert=7, verb=Verb.LET_STAY)


@pytest.mark.parametrize(
    "data",
    [{}, {"alert": 0}, {"alert": True}, {"alert": -1}, {"alert": 2**40}, {"alert": 1.5}, {"alert": "²"}, None, "x",
     {"alert": 7, "verb": "explode"}, {"alert": 7, "verb": ["acknowledge"]}],
)  # fmt: skip
def test_other_buttons_are_not_ours(data: Any) -> None:
    """Nothing is guessed."""
    what = read(press(data)).what

    assert what is None or (data == {"alert": 7, "verb": ["acknowledge"]} and what.verb is Verb.LET_STAY)


@pytest.mark.parametrize(
    ("kind", "place"), [("personal", "personal"), ("channel", "team"), ("groupChat", "meeting"), (None, "meeting")]
)
def test_being_added_is_noticed_in_both_ways(kind: str | None, place: str) -> None:
    """As an installation, and as a new member."""
    where = {"id": "19:x", "conversationType": kind, "tenantId": TENANT}
    one = {"type": "installationUpdate", "action": "add", "conversation": where}
    two = {"type": "conversationUpdate", "membersAdded": [{"id": f"28:{APP_ID}"}], "conversation": where}

    assert read(one).what == read(two).what == Added(place=place)


def test_control_signs_do_not_come_in() -> None:
    """PostgreSQL takes no NUL in a text, and a log no line break in a name."""
    arrival = arrived(join({"user": user(ADA, "A\x00d\x1ba\x85\n")}, service_url=URL))

    assert arrival.names == {account(ADA): "Ada"}
    assert read(join(service_url=URL, conversation={"id": "19:\x00x"})).what is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
KEYS = ["type", "name", "id", "timestamp", "conversation", "channelData", "value", "recipient", "entities", "text"]
TYPES = st.sampled_from(["event", "message", "invoke", "installationUpdate", "conversationUpdate", "typing"])


@st.composite
def activities(draw: st.DrawFn) -> dict[str, Any]:
    """A good activity with some of its fields, at any depth, turned into anything."""
    activity = draw(st.sampled_from([join(service_url=URL), press({"alert": 7}), message("hi", service_url=URL)]))
    activity = json.loads(json.dumps(activity))
    activity["from"] = {"id": "29:sender", "aadObjectId": PATEL, "objectId": PATEL, "name": "Ms Patel"}
    for _ in range(draw(st.integers(1, 4))):
        place: Any = activity
        key: Any = draw(st.sampled_from(KEYS))
        while draw(st.booleans()) and isinstance(place.get(key), dict) and place[key]:
            place, key = place[key], draw(st.sampled_from(sorted(place[key])))
        place[key] = draw(JSON | TYPES)
    return activity


@given(activities())
def test_nothing_that_comes_in_raises(activity: dict[str, Any]) -> None:
    """Whatever its fields are; and nobody is present because of `from`."""
    try:
        body = orjson.dumps(activity)
    except orjson.JSONEncodeError:
        return
    parsed = parse(opened(body), OURS, NOW)

    if isinstance(parsed.what, Arrival):
        present = [one.person for one in parsed.what.events if isinstance(one, Joined | Left)]
        assert account(PATEL) not in [*present, *parsed.what.names]


@given(st.dictionaries(st.text(), JSON, max_size=6))
def test_nor_does_anything_else(activity: dict[str, Any]) -> None:
    """Any object at all."""
    try:
        body = orjson.dumps(activity)
    except orjson.JSONEncodeError:
        return

    assert parse(opened(body), OURS, NOW).kind
