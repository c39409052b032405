"""Teachers hear beforehand that a pupil on hold may try to join, and that the hold was ended."""

from dataclasses import replace
from datetime import timedelta

from bot.events import oid_of
from bot.ports import Hold, Job, OutOfReach, Refused
from tests.builders import ADA, BEN, CLT, HEAD, MR_OKAFOR, MS_PATEL, START, school_with
from tests.core.coming import Coming, lesson

NOW = Job(kind="forewarn", person=ADA)


def held(*lessons, pupil=ADA) -> Coming:
    """A pupil is on hold, and these lessons are planned."""
    day = Coming(school_with(), *lessons)
    day.people.holds[pupil] = Hold(pupil=pupil, by=HEAD, reason="", since=START)
    return day


def said(day: Coming) -> list[tuple[str, object]]:
    """What was told, and of which lessons."""
    return [(key, facts["lessons"]) for key, facts in day.words.said if key in ("plan.on_hold", "plan.released")]


async def test_every_teacher_of_the_pupils_lessons_is_told_once_in_one_message():
    """The organiser and the invited colleague, 1:1, of the lessons that are theirs; nobody of a lesson without the pupil."""
    maths, art = lesson(60), lesson(120, "art", organizer=MR_OKAFOR, staff=(MS_PATEL,), class_name=None)
    other = lesson(90, "french", organizer=MR_OKAFOR, class_name="4A", invitees=())
    day = held(maths, art, other)
    await day.forewarner.forewarn(NOW)
    await day.forewarner.remind()

    assert sorted(day.messenger.calls) == sorted([("personal", oid_of(MS_PATEL)), ("personal", oid_of(MR_OKAFOR))])
    assert sorted(said(day)) == [("plan.on_hold", ("3B maths", "art")), ("plan.on_hold", ("art",))]


async def test_a_lesson_by_class_or_by_name_begun_or_the_day_after_tomorrow():
    """Today's to come and tomorrow's; tomorrow's say so."""
    day = held(
        lesson(-5, "begun"),
        lesson(60, "named", class_name=None),
        lesson(26 * 60, "class", invitees=()),
        lesson(50 * 60, "later"),
    )
    await day.forewarner.forewarn(NOW)

    assert said(day) == [("plan.on_hold", ("named", "plan.tomorrow"))]


async def test_a_lesson_planned_later_is_told_of_too():
    """By the clock, but not at night."""
    day = held(lesson(60))
    await day.forewarner.forewarn(NOW)
    day.plans.lessons["art"] = lesson(26 * 60, "art")
    day.clock.now = START + timedelta(hours=12)
    await day.forewarner.remind()
    night = len(said(day))
    day.clock.now = START + timedelta(hours=24)
    await day.forewarner.remind()

    assert night == 1
    assert said(day)[1:] == [("plan.on_hold", ("3B art",))]


async def test_only_the_pupil_of_the_job_is_told_of_at_once():
    """The others wait for the clock."""
    day = held(lesson(60, invitees=(ADA, BEN)))
    day.people.holds[BEN] = Hold(pupil=BEN, by=HEAD, reason="", since=START)
    await day.forewarner.forewarn(NOW)

    assert [facts["pupil"] for key, facts in day.words.said if key == "plan.on_hold"] == [ADA]


async def test_of_a_hold_that_ends_on_a_day_only_the_lessons_before_it_are_told():
    """With the day; the others' teachers need not know."""
    day = held(lesson(60), lesson(26 * 60, "art", organizer=MR_OKAFOR))
    until = START + timedelta(hours=15)
    day.people.holds[ADA] = replace(day.people.holds[ADA], ends="open", decided="until", until=until)
    await day.forewarner.forewarn(NOW)
    (facts,) = [facts for key, facts in day.words.said if key == "plan.on_hold"]

    assert (facts["lessons"], facts["ends"], facts["until"]) == (("3B maths",), "until", "2026-11-25")


async def test_those_who_were_told_hear_of_the_release():
    """Once, and only for lessons still to come; a new hold is told anew."""
    day = held(lesson(30), lesson(60, "art"))
    await day.forewarner.forewarn(NOW)
    day.clock.minute(40)
    await day.holds.release(ADA, CLT, "spoke to the mother")
    await day.forewarner.forewarn(NOW)
    await day.forewarner.remind()
    day.people.holds[ADA] = Hold(pupil=ADA, by=HEAD, reason="", since=day.clock.now)
    await day.forewarner.forewarn(NOW)

    assert [key for key, _ in said(day)] == ["plan.on_hold", "plan.released", "plan.on_hold"]
    assert [lessons for _, lessons in said(day)][1:] == [("3B art",), ("3B art",)]


async def test_those_who_were_told_of_a_removal_that_was_taken_back_hear_just_that():
    """And not that the leadership team has ended anything."""
    day = held(lesson(60))
    await day.forewarner.forewarn(NOW)
    await day.holds.take_back(ADA, HEAD, START)
    await day.forewarner.forewarn(NOW)

    assert [facts["back"] for key, facts in day.words.said if key == "plan.released"] == [True]


async def test_by_the_clock_nobody_is_told_while_a_removal_can_be_taken_back():
    """Its own errand waits for that too."""
    day = held(lesson(60))
    day.clock.now = START + day.school.removal.longest_wait
    await day.forewarner.remind()
    early = len(said(day))
    day.clock.wait(1)
    await day.forewarner.remind()

    assert (early, len(said(day))) == (0, 1)


async def test_those_who_were_told_hear_that_it_has_ended_by_itself():
    """In the morning, by the clock: nobody is woken at the beginning of the day."""
    day = held(lesson(60), lesson(26 * 60, "art"))
    await day.forewarner.forewarn(NOW)
    until = START + timedelta(hours=15)
    day.people.holds[ADA] = replace(day.people.holds[ADA], ends="open", decided="until", until=until)
    day.clock.now = until + timedelta(minutes=1)
    await day.forewarner.remind()
    night = len(said(day))
    day.clock.now = until + timedelta(hours=9)
    await day.forewarner.remind()

    assert night == 1
    assert said(day)[1:] == [("plan.released", ("3B art",))]


async def test_nobody_who_was_not_told_hears_of_a_release():
    """There was nothing to take back."""
    day = held()
    await day.forewarner.forewarn(NOW)
    await day.holds.release(ADA, CLT, "spoke")
    day.plans.lessons["maths"] = lesson(60)
    await day.forewarner.forewarn(NOW)

    assert said(day) == []


async def test_a_teacher_who_cannot_be_written_to_gets_a_letter_and_else_the_leads_hear():
    """Never a class chat."""
    day = held(lesson(60))
    day.messenger.troubles["personal"] = Refused("Forbidden", "blocked")
    await day.forewarner.forewarn(NOW)
    other = held(lesson(60))
    other.messenger.troubles["personal"] = Refused("Forbidden", "blocked")
    other.mail.trouble = Refused("no_mailbox", "none")
    await other.forewarner.forewarn(NOW)

    assert [oids for oids, _ in day.mail.letters] == [(oid_of(MS_PATEL),)]
    assert [way for way, _ in other.messenger.calls] == ["personal", "channel"]


async def test_what_could_not_be_said_is_said_later():
    """The claim lapses after its minute."""
    day = held(lesson(60))
    day.messenger.troubles = {"personal": OutOfReach("no answer"), "channel": OutOfReach("no answer")}
    day.mail.trouble = OutOfReach("no answer")
    await day.forewarner.forewarn(NOW)
    day.messenger.troubles = {}
    await day.forewarner.remind()
    before = day.read()
    day.clock.minute(2)
    await day.forewarner.remind()

    assert (before, day.read()) == ([], ["personal plan.on_hold"])
