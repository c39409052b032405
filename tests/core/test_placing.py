"""Placing: the app put into the chats of planned lessons."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import OutOfReach, Refused
from tests.builders import START, school_with
from tests.core.coming import THREAD, Coming, lesson
from tests.school_day import ONLINE


async def test_it_is_put_into_each_planned_lessons_chat_once():
    """By the thread of the link, or of the online meeting where the link tells none."""
    day = Coming(school_with(tier="guard"), lesson(60, thread=THREAD), lesson(26 * 60, "art"))
    await day.placer.place()
    await day.placer.place()

    assert sorted(day.places.threads) == sorted([THREAD, ONLINE.thread])
    assert {each.event: each.thread for each in day.plans.lessons.values()} == {"maths": THREAD, "art": ONLINE.thread}
    assert all(each.placed for each in day.plans.lessons.values())


@pytest.mark.parametrize(
    ("tier", "place", "more"),
    [
        ("watch", True, {}),
        ("guard", False, {}),
        ("guard", True, {"blind": "channel"}),
        ("guard", True, {"placed": True}),
    ],
)
async def test_nothing_is_placed_without_the_right_the_wish_or_the_need(
    tier: str, place: bool, more: dict[str, object]
):
    """Not in the watch tier, nor where the school places it otherwise, nor in a channel, nor twice."""
    school = school_with(tier=tier)
    school = replace(school, plan=school.plan.model_copy(update={"place": place}))
    day = Coming(school, lesson(60, thread=THREAD, **more))
    await day.placer.place()

    assert day.places.threads == []


async def test_a_refusal_is_told_to_it_once_a_day_and_not_tried_again_at_once():
    """With Microsoft's words, for all lessons it strikes."""
    day = Coming(school_with(tier="guard"), lesson(60, thread=THREAD), lesson(90, "art", thread="19:art@thread.v2"))
    day.places.trouble = Refused("Forbidden", "needs the application permission ...")
    await day.placer.place()
    day.places.trouble = None
    await day.placer.place()

    assert day.read() == ["channel plan.not_placed"]
    assert dict(day.words.said)["plan.not_placed"]["words"] == "needs the application permission ..."
    assert day.places.threads == []


async def test_a_refusal_in_the_night_waits_for_the_morning():
    """It is tried again all the time, so it is told then."""
    day = Coming(school_with(tier="guard"), lesson(60, thread=THREAD))
    day.clock.now = START - timedelta(hours=6)
    day.places.trouble = Refused("Forbidden", "needs the application permission ...")
    await day.placer.place()

    assert day.read() == []


async def test_what_is_out_of_reach_is_tried_again_by_the_next_round():
    """And nobody is troubled with it."""
    day = Coming(school_with(tier="guard"), lesson(60, thread=THREAD))
    day.places.trouble = OutOfReach("no answer")
    await day.placer.place()
    day.places.trouble = None
    await day.placer.place()

    assert (day.places.threads, day.read()) == ([THREAD], [])


async def test_a_meeting_without_a_chat_is_refused():
    """Graph does not always say."""
    day = Coming(school_with(tier="guard"), lesson(60))
    day.options.online = replace(day.options.online, thread="")
    await day.placer.place()

    assert day.read() == ["channel plan.not_placed"]
