"""Floods (threat T14): words are shed first and joins last, on real HTTP; and no flood makes anybody else wait."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from uuid import UUID

import aiohttp
import pytest

from bot.events import Joined
from bot.teams.flood import Flood, Measure, Measures
from bot.teams.refusal import TurnedAway
from tests.hostile.front import PLANTED, Front
from tests.teams.activities import ADA, PATEL, THREAD, join, message, naming_us
from tests.teams.activities import user as member
from tests.teams.house import House

EVENT = "application/vnd.microsoft."


def spoken(house: House, by: str, number: int, thread: str = THREAD) -> dict[str, object]:
    """A command of somebody's."""
    said = message("<at>Schoolgate</at> /status", service_url=house.teams.service_url, entities=[naming_us()])
    who = {"id": f"29:{by}", "aadObjectId": by, "name": PLANTED}
    where = {**said["conversation"], "id": thread}
    return {**said, "from": who, "id": f"{by} {number}", "conversation": where}


async def test_a_pupil_who_shouts_is_not_listened_to_and_a_teacher_is(house: House) -> None:
    """Ten at once and one a second: the others get 429 with when to come again; the figures count it."""
    answers = [(await house.post(spoken(house, ADA, number)))[0] for number in range(40)]
    teacher = (await house.post(spoken(house, PATEL, 1)))[0]
    _, page = await house.get("/metrics")

    assert answers[:10] == [200] * 10
    assert Counter(answers)[429] >= 25
    assert teacher == 200
    assert 'schoolgate_events_rejected_total{reason="shed_said"}' in page


async def test_a_shouting_class_leaves_the_teacher_heard(house: House) -> None:
    """Thirty pupils use up what the lesson may say; who has said little is heard all the same, and joins are taken."""
    pupils = [str(UUID(int=number)) for number in range(1, 31)]
    shouts = [house.post(spoken(house, by, number)) for number in range(8) for by in pupils]
    answers = Counter(status for status, _ in await asyncio.gather(*shouts))
    teacher = [(await house.post(spoken(house, PATEL, number)))[0] for number in range(3)]
    joined = (await house.post(join(service_url=house.teams.service_url)))[0]

    assert answers[429] > 30
    assert teacher == [200] * 3
    assert joined == 200


async def test_a_meeting_of_three_hundred_is_never_shed(house: House) -> None:
    """All come at once, one event each, lose their connection together and come again, while pupils shout."""
    pupils = [str(UUID(int=number)) for number in range(1, 301)]
    url = house.teams.service_url

    async def moves(by: str, what: str, second: int) -> int:
        who = {"user": member(by, PLANTED), "meeting": {"role": "Attendee"}}
        activity = join(who, service_url=url, name=f"{EVENT}meetingParticipant{what}")
        return (await house.post({**activity, "timestamp": f"2026-11-24T09:00:{second:02}Z"}))[0]

    answers: Counter[int] = Counter()
    for second, what in enumerate(["Join", "Leave", "Join", "Leave", "Join"]):
        await house.post(spoken(house, ADA, second))
        answers.update(await asyncio.gather(*(moves(by, what, second) for by in pupils)))

    assert answers == {200: 1500}
    assert len({e.person for a in house.doors.arrivals for e in a.events if isinstance(e, Joined)}) == 300


async def test_what_is_shed_is_asked_for_again(house: House) -> None:
    """Far beyond any lesson even joins are put off: with 503 and when, so that Teams tells it once more."""
    house.inlet._flood = Flood(Measures(seen_in_one=Measure(1, 2)))
    answers = []
    async with aiohttp.ClientSession() as session:
        for second in range(4):
            activity = {**join(service_url=house.teams.service_url), "timestamp": f"2026-11-24T09:00:{second:02}Z"}
            headers = {"Authorization": f"Bearer {house.issuer.token(house.teams.service_url)}"}
            async with session.post(f"{house.url}/api/messages", json=activity, headers=headers) as answer:
                answers.append((answer.status, answer.headers.get("Retry-After")))

    assert answers == [(200, None), (200, None), (503, "1"), (503, "1")]
    assert len(house.doors.arrivals) == 2


def test_one_lesson_takes_nothing_from_another() -> None:
    """Until the whole school's measure is full."""
    flood = Flood(Measures(seen_in_one=Measure(1, 5), seen_in_all=Measure(1, 12)))
    for meeting in ("a", "b"):
        for _ in range(5):
            flood.seen(meeting)
        with pytest.raises(TurnedAway, match="shed_seen"):
            flood.seen(meeting)
    flood.seen("c")
    flood.seen("c")

    with pytest.raises(TurnedAway, match="shed_seen"):
        flood.seen("c")
    assert flood.shed == 3


def test_each_replica_has_a_measure_of_its_own() -> None:
    """So that a flood costs no question to the store; n of them take n times as much, as the runbook says."""
    replicas = [Flood(Measures(seen_in_one=Measure(1, 5))) for _ in range(2)]
    taken = 0
    for number in range(20):
        try:
            replicas[number % 2].seen("a")
        except TurnedAway:
            continue
        taken += 1

    assert taken == 10
    assert [flood.shed for flood in replicas] == [5, 5]


def test_a_wait_is_as_long_as_it_is_said() -> None:
    """Whoever waits so long is taken."""
    flood = Flood(Measures(called_in_one=Measure(50, 1)))
    flood.called("7.seal")
    with pytest.raises(TurnedAway) as away:
        flood.called("7.seal")
    time.sleep((away.value.retry_after or 0) + 0.005)

    flood.called("7.seal")


def test_measuring_costs_little_and_forgets() -> None:
    """Microseconds an event, and no more than some thousand lessons are kept."""
    flood = Flood()
    began = time.process_time()
    for number in range(20_000):
        flood.seen(f"19:meeting_{number}@thread.v2")

    assert time.process_time() - began < 2
    assert len(flood._seen_in_one._store._backend.get_client()) <= 4096


@pytest.mark.asyncio(loop_scope="module")
async def test_strangers_bodies_and_slow_connections_keep_no_join_waiting(front: Front) -> None:
    """R14: bodies of a megabyte without a token, and two hundred connections that never finish, for a while."""
    host, port = front.url.removeprefix("http://").split(":")
    slow = [await asyncio.open_connection(host, int(port)) for _ in range(200)]
    for number, (_, writer) in enumerate(slow):
        head = "POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n" + (
            "\r\n{" if number % 2 else "X-Y: "
        )
        writer.write(head.encode())
    over = asyncio.Event()

    async def pour() -> int:
        poured = 0
        while not over.is_set():
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + b"1" * 65536)
            assert b" 401 " in await reader.readline()
            writer.close()
            poured += 1
            await asyncio.sleep(0.02)
        return poured

    pouring = [asyncio.create_task(pour()) for _ in range(2)]
    waits = []
    for second in range(20):
        activity = {**join(service_url=front.teams.service_url), "timestamp": f"2026-11-24T09:01:{second:02}Z"}
        began = time.perf_counter()
        assert (await front.send("messages", activity))[0] == 200
        waits.append(time.perf_counter() - began)
    over.set()
    poured = await asyncio.gather(*pouring)
    for _, writer in slow:
        writer.close()

    assert sum(poured) > 10
    assert sorted(waits)[len(waits) // 2] < 1
    assert PLANTED not in front.log.getvalue()
