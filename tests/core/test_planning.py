"""The plan: which events of staff's calendars are lessons, and what is told of those that cannot be seen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.events import oid_of
from bot.planning import days
from bot.ports import Invitation, Job, OutOfReach, Refused
from bot.school import School
from tests.builders import ADA, BEN, MR_OKAFOR, MS_PATEL, START, after, school_with
from tests.core.coming import Coming, entry

CLASS_GROUP = school_with().classes[0].group


def taught_by_patel() -> School:
    """Ms Patel teaches 3B by herself."""
    school = school_with()
    return replace(
        school, classes=(school.classes[0].model_copy(update={"teachers": (oid_of(MS_PATEL),)}), *school.classes[1:])
    )


async def planned(day: Coming) -> dict[str, object]:
    """The lessons of the plan by event."""
    await day.planner.plan()
    return day.plans.lessons


@pytest.mark.parametrize(
    ("addresses", "school", "is_lesson"),
    [
        (("ada",), school_with(), True),
        (("class",), school_with(), True),
        (("okafor",), school_with(), False),
        (("okafor",), taught_by_patel(), False),
        ((), school_with(), False),
        ((), taught_by_patel(), True),
    ],
)
async def test_a_lesson_invites_a_pupil_or_a_class_or_is_its_teachers_alone(addresses, school, is_lesson):
    """A meeting of staff is none, so that its options are left alone."""
    day = Coming(school)
    day.calendars.addresses |= {
        "class": Invitation(people=frozenset({ADA, BEN}), groups=frozenset({CLASS_GROUP})),
        "okafor": Invitation(people=frozenset({MR_OKAFOR})),
    }
    day.calendar(MS_PATEL, entry(5, "maths", *addresses))

    assert ("maths" in await planned(day)) is is_lesson


async def test_a_planned_lesson_knows_its_class_its_people_and_its_staff():
    """Groups expanded; the organiser is no invited colleague."""
    day = Coming()
    everybody = frozenset({ADA, BEN, MS_PATEL, MR_OKAFOR})
    day.calendars.addresses["all"] = Invitation(people=everybody, groups=frozenset({CLASS_GROUP}))
    day.calendar(MS_PATEL, entry(5, "maths", "all"))
    lesson = (await planned(day))["maths"]

    assert (lesson.organizer, lesson.class_name, lesson.staff) == (MS_PATEL, "3B", (MR_OKAFOR,))
    assert set(lesson.invitees) == everybody


async def test_every_member_of_staff_is_asked_and_read_again_after_a_quarter_of_an_hour_only():
    """Today's and tomorrow's calendar of each; nothing more within the quarter."""
    day = Coming()
    await day.planner.plan()
    asked = list(day.calendars.asked)
    await day.planner.plan()

    assert set(asked) >= {oid_of(MS_PATEL), oid_of(MR_OKAFOR)}
    assert day.calendars.asked == asked


async def test_the_same_addresses_are_looked_up_once():
    """Five lessons of one class cost one look-up."""
    day = Coming()
    day.calendar(MS_PATEL, *(entry(number, f"lesson {number}", "ada") for number in range(5)))
    await day.planner.plan()

    assert day.calendars.looked_up == [("ada",)]


async def test_a_calendar_out_of_reach_is_tried_again_and_the_others_are_read():
    """What it planned before stands meanwhile."""
    day = Coming()
    day.calendar(MS_PATEL, entry(5, "maths", "ada"))
    day.calendars.troubles = {oid_of(MR_OKAFOR): OutOfReach("no answer")}
    with pytest.raises(OutOfReach):
        await day.planner.plan()
    asked = len(day.calendars.asked)
    day.calendars.troubles = {}

    assert "maths" in await planned(day)
    assert len(day.calendars.asked) > asked


async def test_a_cancelled_lesson_leaves_the_plan():
    """The next reading does not find it."""
    day = Coming()
    day.calendar(MS_PATEL, entry(30, "maths", "ada"), entry(60, "art", "ada"))
    await day.planner.plan()
    day.calendar(MS_PATEL, entry(60, "art", "ada"))
    day.planner._read_at = None

    assert list(await planned(day)) == ["art"]


async def test_a_calendar_that_changed_is_read_again_alone_and_only_staffs():
    """By any replica, whether or not it is the one that reads them all."""
    day = Coming()
    day.calendar(MS_PATEL, entry(30, "maths", "ada"))
    await day.planner.reread(Job(kind="replan", person=ADA))
    await day.planner.reread(Job(kind="replan", person=MS_PATEL))

    assert day.calendars.asked == [oid_of(MS_PATEL)]
    assert list(day.plans.lessons) == ["maths"]


async def test_a_changed_calendar_that_does_not_answer_is_tried_again():
    """What it planned before stands meanwhile."""
    day = Coming()
    day.calendars.troubles = {oid_of(MS_PATEL): OutOfReach("no answer")}

    with pytest.raises(OutOfReach):
        await day.planner.reread(Job(kind="replan", person=MS_PATEL))


async def test_the_administrator_hears_which_lessons_cannot_be_seen_once():
    """With the reason, and how many calendars are closed."""
    day = Coming()
    day.calendar(MS_PATEL, entry(5, "maths", "ada", blind="channel"), entry(9, "art", "ada"))
    day.calendars.troubles = {oid_of(MR_OKAFOR): Refused("ErrorAccessDenied", "no")}
    await day.planner.plan()
    day.planner._read_at = None
    await day.planner.plan()

    assert day.read() == ["channel plan.unseen"]
    ((_, notice),) = day.messenger.shown.values()
    assert [mention.oid for mention in notice.mentions] == [oid_of(MR_OKAFOR)]
    assert [facts for key, facts in day.words.said if key == "plan.unseen_one"] == [
        {"lesson": "maths", "why": ("channel",)}
    ]
    assert dict(day.words.said)["plan.unseen"] == {"count": 1}
    assert notice.details == ("plan.unseen_one", "plan.closed")


async def test_at_night_nobody_is_written_to():
    """It waits for the morning."""
    day = Coming()
    day.calendar(MS_PATEL, entry(700, "maths", "ada", blind="channel"))
    day.clock.now = START - timedelta(hours=5)
    await day.planner.plan()
    night = day.read()
    day.clock.now = START
    day.planner._read_at = None
    await day.planner.plan()

    assert (night, day.read()) == ([], ["channel plan.unseen"])


def test_two_days_are_the_schools_own_days():
    """From its midnight, summer and winter; the last Sunday of October has twenty-five hours."""
    since, until = days(after(0), school_with())
    summer = START.replace(month=10, day=24, hour=23, minute=30)
    _, after_clocks_change = days(summer, school_with())

    assert (since, until) == (START.replace(hour=0), START.replace(hour=0) + timedelta(days=2))
    assert after_clocks_change == START.replace(month=10, day=27, hour=0)
