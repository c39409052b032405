"""Looking things up after the commit, and what is done by the clock."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import Role
from bot.errands import ARRIVED_BEFORE
from bot.events import (
    Approved,
    Blinded,
    Described,
    Identified,
    Kind,
    Left,
    PersonKey,
    RosterSeen,
    Seat,
    account,
    oid_of,
)
from bot.ports import Description, Job, OutOfReach, Refused
from bot.sitting import Meeting
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CLT,
    KINDS,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    after,
    blinded,
    came,
    ended,
    left,
    rota,
    school_with,
    sitting_of,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay, who

STRANGER = account("99999999-0000-4000-8000-000000000000")
OTHER = Meeting(tenant=LESSON.tenant, school=LESSON.school, thread="19:meeting_other@thread.v2")


def arrivals(*told, meeting_id="MCM=", **more):
    """A lesson whose people nobody knows yet."""
    day = SchoolDay(known=False, **more)
    day.happens(started(), *told, teams_meeting_id=meeting_id)
    return day


def identify(day, person, sitting=1):
    """Run one look-up."""
    at_once(day.lookups.identify(Job(kind="identify", sitting=sitting, person=person)))


# --- identify -----------------------------------------------------------------------------------------------------------


def test_a_newcomer_is_looked_up_and_the_answer_is_observed():
    """Kind and classes, as of when it was asked; and remembered for the next lesson."""
    day = arrivals(came(ADA))
    day.clock.minute(1)
    day.work("identify")

    found = day.last(Identified)
    assert (found.person, found.kind, found.classes) == (ADA, Kind.PUPIL, ("3B",))
    assert timedelta() <= after(1) - found.at < timedelta(seconds=5)
    assert day.people.people[ADA].name == "Ada Moss"
    assert day.sitting().kind(ADA) is Kind.PUPIL


def test_an_account_the_tenant_does_not_know_is_in_no_group_of_ours():
    """Never a reason to trust it, and nothing is remembered of it."""
    day = arrivals(came(STRANGER))
    day.work("identify")

    assert day.sitting().kind(STRANGER) is Kind.ACCOUNT
    assert day.people.people.get(STRANGER) is None or day.people.people[STRANGER].kind is Kind.UNRESOLVED


@pytest.mark.parametrize("person", [NOBODY, PARENT, None])
def test_who_is_no_account_of_ours_is_not_asked_for(person):
    """The directory would not know."""
    day = arrivals(came(NOBODY), came(PARENT))
    identify(day, person)

    assert day.directory.asked == []


def test_who_has_gone_is_not_asked_for():
    """Nothing rests on them any more; nor on a sitting that is not there."""
    day = arrivals(came(ADA), left(ADA, 1))
    day.work("identify")
    identify(day, ADA, sitting=99)
    identify(day, ADA, sitting=None)

    assert day.directory.asked == []


def test_a_directory_out_of_reach_is_asked_again():
    """The job is raised to the queue, and nothing is written."""
    day = arrivals(came(ADA))
    day.directory.trouble = out_of_reach()
    before = day.register.events()

    assert len(day.work("identify")) == 1
    assert day.register.events() == before
    day.directory.trouble = None
    assert day.work("identify") == []
    assert day.sitting().kind(ADA) is Kind.PUPIL


def lost_leave(inside, seconds):
    """Ada's leaving was lost; the Connector says whether she is inside, so long after she joined by two devices."""
    day = arrivals(came(ADA), came(ADA, 0, "phone"))
    day.presence.inside[oid_of(ADA)] = inside
    day.clock.wait(seconds)
    identify(day, ADA)
    return day


def test_whom_the_connector_does_not_see_has_left():
    """By every device, as of now: the lost leaving is healed."""
    day = lost_leave(inside=False, seconds=10)

    gone = [event for event in day.register.events() if isinstance(event, Left)]
    assert {event.endpoint for event in gone} == {"laptop", "phone"}
    assert day.sitting().present() == ()


@pytest.mark.parametrize(("inside", "seconds"), [(True, 100), (None, 100), (False, 4), (False, 5)])
def test_otherwise_the_join_is_believed(inside, seconds):
    """Seen inside, not known, or joined so lately that the Connector may not have heard of it."""
    assert lost_leave(inside, seconds).sitting().present() == (ADA,)


@pytest.mark.parametrize("trouble", [out_of_reach(), refused("403")])
def test_a_connector_that_does_not_tell_hinders_no_look_up(trouble, caplog):
    """Who she is is known all the same; the log has no name."""
    day = arrivals(came(ADA))
    day.presence.trouble = trouble
    if isinstance(trouble, Refused):
        trouble.words = "Ada Moss is not in this meeting"
    day.clock.wait(10)
    with caplog.at_level(logging.INFO, logger="schoolgate"):
        identify(day, ADA)

    assert day.sitting().kind(ADA) is Kind.PUPIL
    assert [record.getMessage() for record in caplog.records] == ["presence unknown"]
    assert "Moss" not in caplog.text + repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize(("seconds", "asked"), [(20, False), (40, True)])
def test_whom_the_calls_roster_shows_the_connector_is_not_asked_about(seconds, asked):
    """Teams answers a bot thirty times a second at the most; a roster that is old says nothing any more."""
    seats = (Seat(participant="1", person=ADA, hint=Kind.UNRESOLVED),)
    day = arrivals(came(ADA))
    day.happens(RosterSeen(at=day.clock.now, seats=seats, ours=True))
    day.presence.inside[oid_of(ADA)] = False
    day.clock.wait(seconds)
    identify(day, ADA)

    assert (day.sitting().since(ADA) is None) is asked


def test_of_somebody_who_has_just_come_the_connector_is_not_asked():
    """Its answer would not be believed, and a stranger is looked up sooner without it."""
    day = arrivals(came(ADA))
    day.presence.trouble = AssertionError("asked")
    day.clock.wait(ARRIVED_BEFORE.total_seconds())
    identify(day, ADA)

    assert day.sitting().kind(ADA) is Kind.PUPIL


def test_without_teams_id_of_the_meeting_nobody_is_asked_for_presence():
    """The first event may not have carried it."""
    day = arrivals(came(ADA), meeting_id=None)
    day.presence.trouble = AssertionError("asked")
    day.clock.wait(10)
    identify(day, ADA)

    assert day.sitting().kind(ADA) is Kind.PUPIL


def test_somebody_who_left_while_being_looked_up_is_not_made_to_leave_again():
    """The answer comes after they have gone."""
    day = arrivals(came(ADA))
    day.presence.inside[oid_of(ADA)] = False
    day.clock.wait(10)
    asked = day.directory.person

    async def slowly(oid):
        day.happens(left(ADA, 5))
        return await asked(oid)

    day.directory.person = slowly
    identify(day, ADA)

    assert day.event_types().count("left") == 1


def test_a_pupil_approved_above_sittings_is_approved_once_known():
    """The look-up brings the approval along (C56)."""
    day = arrivals(came(ADA))
    at_once(day.approvals.approve(ADA, CLT, timedelta(days=1)))
    day.people.people.pop(ADA, None)
    day.work("identify")
    day.look(0.1)

    assert day.sitting().one_to_one_approved(ADA, day.clock.now)
    assert day.last(Approved).by == CLT


# --- describe -----------------------------------------------------------------------------------------------------------


FOUND = Description(
    organizer=MS_PATEL,
    class_name="3B",
    invitees=(BEN,),
    invitees_known=True,
    scheduled_start=after(0),
    scheduled_end=after(60),
)


def test_a_lesson_is_described_once_at_its_opening():
    """What Graph and the Connector said."""
    day = arrivals(came(ADA))
    day.lessons.found = FOUND
    day.work("describe")

    told = day.last(Described)
    assert replace(told, at=after(0)) == Described(
        at=after(0),
        organizer=MS_PATEL,
        class_name="3B",
        invitees=(BEN,),
        invitees_known=True,
        scheduled_start=after(0),
        scheduled_end=after(60),
    )
    assert day.lessons.asked == [(LESSON, "MCM=")]
    assert "blinded" not in day.event_types()
    assert [job for job in day.register.jobs if job.kind == "describe"] == []


def test_what_cannot_be_seen_there_is_said_once():
    """Blind for a reason, and not again for the same one."""
    day = arrivals(came(ADA))
    day.lessons.found = replace(FOUND, blind="channel")
    for _ in range(2):
        at_once(day.lookups.describe(Job(kind="describe", sitting=1)))

    assert [event.why for event in day.register.events() if isinstance(event, Blinded)] == ["channel"]


# --- who is on call -----------------------------------------------------------------------------------------------------


def on_call(day, *people):
    """The directory's list of CLT is this from now on."""
    day.directory.groups[Role.CLT] = people
    day.staffroom = day.lookups.staffroom.__class__(day.people, day.directory, day.within)
    day.lookups = replace(day.lookups, staffroom=day.staffroom)


def test_a_lesson_hears_at_its_opening_who_is_on_call():
    """Whoever holds the role that school.toml names, by name."""
    day = arrivals(came(ADA))
    on_call(day, MS_PATEL, CLT)
    day.work("describe")

    assert day.sitting().on_call == (CLT, MS_PATEL)


def test_a_school_may_name_them_in_its_own_order():
    """By their own ids."""
    school = school_with()
    chosen = school.on_call.model_copy(update={"people": (oid_of(MS_PATEL), oid_of(CLT))})
    day = arrivals(came(ADA), school=replace(school, on_call=chosen))
    day.work("describe")

    assert day.sitting().on_call == (MS_PATEL, CLT)


def test_a_list_that_changes_or_comes_late_is_heard_by_running_lessons():
    """Once; and a directory that is silent takes nobody off it."""
    day = arrivals(came(ADA))
    on_call(day)
    day.work("describe")
    assert day.sitting().on_call == ()
    for people in ((CLT,), (CLT,), ()):
        on_call(day, *people)
        at_once(day.lookups.refresh())

    assert day.sitting().on_call == (CLT,)
    assert day.event_types().count("rota_seen") == 1


def test_an_older_list_does_not_undo_a_newer_one():
    """Whatever order they are written in."""
    assert sitting_of(rota(CLT, minute=2), rota(MS_PATEL, minute=1)).on_call == (CLT,)


@pytest.mark.parametrize("sitting", [None, 99])
def test_a_sitting_that_is_not_there_is_not_described(sitting):
    """Purged meanwhile."""
    day = arrivals(came(ADA))
    at_once(day.lookups.describe(Job(kind="describe", sitting=sitting)))

    assert day.lessons.asked == []


def test_graph_out_of_reach_is_asked_again():
    """Raised to the queue."""
    day = arrivals(came(ADA))
    day.lessons.trouble = out_of_reach()

    assert len(day.work("describe")) == 1
    assert "described" not in day.event_types()


# --- look, sweep, refresh, purge ----------------------------------------------------------------------------------------


def test_a_look_judges_again():
    """The grace is over: it is told, and the look itself leaves no event."""
    day = SchoolDay()
    day.happens(started(), came(ADA))
    day.work("describe")
    day.look(2)
    day.work("identify")
    day.look(2.1)

    assert ("clt", "lone_pupil.no_adult", ADA, 1, False) in day.told()


def test_a_look_at_nothing_is_nothing():
    """A job without a sitting."""
    at_once(SchoolDay().lookups.look(Job(kind="look")))


def test_a_look_at_a_quiet_lesson_writes_nothing():
    """Law 8."""
    day = SchoolDay()
    day.lessons.found = FOUND
    day.happens(started(), came(MS_PATEL), came(ADA), came(BEN))
    day.work()
    before = day.everything()
    for minute in (5, 10, 60):
        day.look(minute)

    assert day.everything() == before


def test_a_sweep_looks_at_what_is_due_and_gives_up_what_is_silent():
    """Looks within a minute are taken, others left; a lesson silent for four hours has ended."""
    day = SchoolDay()
    day.happens(came(ADA))
    day.happens(started(1), came(ADA, 1), came(BEN, 1), meeting=OTHER)
    day.clock.minute(300)
    at_once(day.lookups.sweep())

    assert [day.sitting(number).over_since for number in (1, 2)] == [after(0), after(1)]


def test_a_sweep_of_nothing_does_nothing():
    """No sitting is due."""
    day = SchoolDay()
    day.happens(started())
    before = day.everything()
    at_once(day.lookups.sweep())

    assert day.everything() == before


def test_the_lists_of_staff_and_pupils_are_read_before_the_day():
    """So nine o'clock costs no look-up."""
    day = SchoolDay(known=False)
    at_once(day.lookups.refresh())
    day.happens(came(ADA), came(MS_PATEL))

    assert [day.sitting().kind(person) for person in (ADA, MS_PATEL)] == [Kind.PUPIL, Kind.STAFF]
    assert [job for job in day.register.jobs if job.kind == "identify"] == []
    assert day.people.lengths == {
        Kind.STAFF: [sum(kind is Kind.STAFF for kind in KINDS.values())],
        Kind.PUPIL: [sum(kind is Kind.PUPIL for kind in KINDS.values())],
    }


def test_who_is_mentioned_is_read_by_the_clock_too():
    """So that the first alert of the day need not wait for it."""
    day = SchoolDay()
    at_once(day.lookups.refresh())
    day.directory.trouble = out_of_reach()

    assert [person.key for person in at_once(day.staffroom.holders((Role.CLT,)))] == [CLT]


def test_the_administrator_is_read_by_the_clock_too():
    """Who is told instead of others, and of lessons of which nothing is seen."""
    day = SchoolDay()
    day.directory.groups |= {Role.ADMINISTRATOR: (MR_OKAFOR,)}
    at_once(day.lookups.refresh())
    day.directory.trouble = out_of_reach()

    assert [person.key for person in at_once(day.staffroom.holders((Role.ADMINISTRATOR,)))] == [MR_OKAFOR]


def test_a_changed_kind_or_class_is_told_to_live_lessons():
    """One transaction for each, and only for those it changes."""
    day = SchoolDay()
    day.happens(came(ADA), came(BEN), came(CARETAKER))
    day.happens(came(ADA), meeting=OTHER)
    day.clock.minute(5)
    day.directory.people[ADA] = replace(who(ADA), classes=("4A",))
    day.directory.people[BEN] = replace(who(BEN), kind=Kind.STAFF, classes=())
    at_once(day.lookups.refresh())

    assert day.sitting(1).classes(ADA) == day.sitting(2).classes(ADA) == ("4A",)
    assert day.sitting(1).kind(BEN) is Kind.STAFF
    assert [event.person for event in day.register.events(1) if event.type == "identified"].count(CARETAKER) == 1
    before = day.everything()
    at_once(day.lookups.refresh())
    assert day.everything() == before


def test_a_lesson_that_is_over_is_not_told():
    """Nothing rests on it."""
    day = SchoolDay()
    day.happens(came(BEN), ended(3))
    day.clock.minute(5)
    day.directory.people[BEN] = replace(who(BEN), kind=Kind.STAFF)
    at_once(day.lookups.refresh())

    assert day.sitting().kind(BEN) is Kind.PUPIL


@pytest.mark.parametrize("trouble", [out_of_reach(), refused()])
def test_lists_that_cannot_be_read_leave_the_old_ones(trouble):
    """Raised, to be tried again; what is known stays known."""
    day = SchoolDay()
    day.directory.trouble = trouble
    known = dict(day.people.people)

    with pytest.raises((OutOfReach, Refused)):
        at_once(day.lookups.refresh())
    assert day.people.people == known


def test_purging_is_the_stores_and_says_how_many(caplog):
    """Rows, not names."""
    day = SchoolDay()
    with caplog.at_level(logging.INFO, logger="schoolgate"):
        at_once(day.lookups.purge())

    assert day.housekeeping.purges == 1
    assert [record.getMessage() for record in caplog.records] == ["purged"]


def test_a_blind_lesson_known_as_such_is_left_so():
    """A second reason is added, the first kept as of when it began."""
    day = arrivals(came(ADA), blinded("meet_now", 0.5))
    day.lessons.found = replace(FOUND, blind="channel")
    day.work("describe")

    assert sorted(day.sitting().blind) == ["channel", "meet_now"]
    assert day.sitting().blind["meet_now"] == after(0.5)


def test_a_person_of_whom_only_the_key_is_known_can_be_looked_up():
    """Keys are plain strings on the way through the queue."""
    day = arrivals(came(ADA))
    identify(day, PersonKey(str(ADA)))

    assert day.directory.asked == [oid_of(ADA)]
