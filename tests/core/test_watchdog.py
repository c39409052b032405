"""The watchdog: a lesson that ought to have begun, and of which nothing is seen."""

import pytest

from bot.actions import Role
from bot.events import oid_of
from bot.ports import OutOfReach, Route
from tests.builders import CLT, HEAD, MR_OKAFOR, MS_PATEL, school_with
from tests.core.coming import THREAD, Coming, entry, lesson


def late(**more: object) -> Coming:
    """A lesson that should have begun six minutes ago, as the calendar still has it."""
    day = Coming(school_with(), lesson(0, **more))
    day.calendar(MS_PATEL, entry(0))
    day.clock.minute(6)
    return day


async def test_clt_and_the_administrator_hear_of_a_silent_lesson_once():
    """In the safeguarding channel, with the teacher's name and no child's."""
    day = late()
    await day.watchdog.watch()
    day.clock.minute(20)
    await day.watchdog.watch()

    assert day.read() == ["channel plan.silent"]
    assert day.words.said[-1] == ("plan.silent", {"lesson": "3B maths", "teacher": MS_PATEL})
    ((_, notice),) = day.messenger.shown.values()
    assert len(notice.mentions) == 2


@pytest.mark.parametrize("reads", [True, None])
async def test_a_teacher_who_reads_the_channel_is_told_of_to_the_others_alone(reads):
    """A colleague looks into it: 1:1, while the teacher reads the channel or nobody can tell who does."""
    day = late()
    day.directory.groups[Role.CLT] = (MS_PATEL, CLT)
    day.readers.reading |= {MS_PATEL}
    day.readers.trouble = None if reads else OutOfReach("no answer")
    await day.watchdog.watch()

    assert day.messenger.calls == [("personal", oid_of(CLT)), ("personal", oid_of(MR_OKAFOR))]
    assert day.mail.letters == []


async def test_a_teacher_who_holds_the_role_is_not_mentioned():
    """Though the channel, which that teacher does not read, hears of it."""
    day = late()
    day.directory.groups[Role.CLT] = (MS_PATEL, CLT)
    await day.watchdog.watch()

    ((sent, notice),) = day.messenger.shown.values()
    assert (sent.route, [one.oid for one in notice.mentions]) == (Route.CHANNEL, [oid_of(CLT), oid_of(MR_OKAFOR)])


@pytest.mark.parametrize("unreached", [(CLT,), (CLT, MR_OKAFOR)])
async def test_who_is_not_reached_1_to_1_gets_a_letter(unreached):
    """Also where nobody is."""
    day = late()
    day.readers.reading |= {MS_PATEL}
    day.messenger.troubles = {f"personal {oid_of(one)}": OutOfReach("no answer") for one in unreached}
    await day.watchdog.watch()

    assert [to for to, _ in day.mail.letters] == [tuple(map(oid_of, unreached))]


async def test_where_there_is_nobody_else_to_tell_it_is_given_up_in_the_log(caplog):
    """Never told to the one whom it is about."""
    day = late()
    day.readers.reading |= {MS_PATEL}
    day.directory.groups = {Role.CLT: (MS_PATEL,)}
    await day.watchdog.watch()

    assert (day.read(), day.mail.letters) == ([], [])
    assert "plan_given_up" in [getattr(one, "event", "") for one in caplog.records]


async def test_lessons_of_teachers_who_read_the_channel_and_of_others_are_told_apart():
    """The channel hears only of those who do not read it."""
    day = Coming(school_with(), lesson(0), lesson(0, "art", organizer=HEAD))
    day.calendar(MS_PATEL, entry(0))
    day.calendar(HEAD, entry(0, "art"))
    day.clock.minute(6)
    await day.watchdog.watch()

    assert day.messenger.calls[0][0] == "channel"
    assert day.messenger.calls[1:] == [("personal", oid_of(CLT)), ("personal", oid_of(MR_OKAFOR))]
    teachers = [facts["teacher"] for key, facts in day.words.said if key == "plan.silent"]
    assert teachers == [MS_PATEL, HEAD]


async def test_many_silent_lessons_make_one_message():
    """When Teams tells nothing at all, the channel is not filled with cards."""
    day = Coming(school_with(), lesson(0), lesson(0, "art"))
    day.calendar(MS_PATEL, entry(0), entry(0, "art"))
    day.clock.minute(6)
    await day.watchdog.watch()
    await day.watchdog.watch()

    assert day.read() == ["channel plan.silent_many"]
    assert dict(day.words.said)["plan.silent_many"] == {"count": 2}
    ((_, notice),) = day.messenger.shown.values()
    assert notice.details == ("plan.silent_one", "plan.silent_one")


async def test_a_lesson_that_is_seen_or_has_time_left_is_not_spoken_of():
    """By its thread; and never before the time the school gives it."""
    day = late(thread=THREAD)
    day.plans.seen.add(THREAD)
    await day.watchdog.watch()
    early = Coming(school_with(), lesson(2))
    early.clock.minute(6)
    await early.watchdog.watch()

    assert (day.read(), early.read()) == ([], [])


async def test_a_lesson_cancelled_or_moved_a_moment_ago_is_not_spoken_of():
    """The calendar is asked again first, once."""
    day = late()
    day.calendar(MS_PATEL, entry(30))
    await day.watchdog.watch()
    day.clock.minute(8)
    await day.watchdog.watch()

    assert day.read() == []
    assert len(day.calendars.asked) == 1


async def test_a_moved_lesson_is_watched_again():
    """At its new time."""
    day = late()
    day.calendar(MS_PATEL, entry(30))
    await day.watchdog.watch()
    day.plans.lessons = {"maths": lesson(30)}
    day.clock.minute(36)
    await day.watchdog.watch()

    assert day.read() == ["channel plan.silent"]


async def test_a_calendar_that_cannot_be_asked_is_no_reason_for_silence():
    """Better told than not."""
    day = late()
    day.calendars.trouble = OutOfReach("no answer")
    await day.watchdog.watch()

    assert day.read() == ["channel plan.silent"]


async def test_while_teams_takes_no_message_a_letter_is_sent():
    """And where neither goes, it is tried again after the claim's minute."""
    day = late()
    day.messenger.troubles["channel"] = OutOfReach("no answer")
    day.mail.trouble = OutOfReach("no answer")
    await day.watchdog.watch()
    day.clock.minute(8)
    day.mail.trouble = None
    await day.watchdog.watch()

    assert day.read() == []
    assert [notice.headline for _, notice in day.mail.letters] == ["plan.silent"]
