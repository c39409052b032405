"""Warning and removing as a teacher does it: the child told privately, pickers, second thoughts, and the way back (C34-C37)."""

from datetime import timedelta

import pytest

from bot.actions import Role
from bot.events import OrderRefused, RemovalPlanned, SureAsked, Warned
from bot.policy import find_rules
from bot.ports import How, Job
from bot.school import read_school
from tests.builders import (
    ADA,
    BEN,
    CLT,
    HEAD,
    MR_OKAFOR,
    MS_PATEL,
    PARENT,
    SCHOOL_FILE,
    came,
    described,
    ended,
    school_with,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay

QUIET = {"lone_pupil": {"enabled": False}, "recording": {"enabled": False}}


def lesson(tier="watch", **chosen):
    """Ms Patel and Mr Okafor with Ada and Ben."""
    day = SchoolDay(school_with(find_rules(QUIET), tier=tier, **chosen))
    day.happens(started(), came(MS_PATEL), came(MR_OKAFOR), came(ADA), came(BEN))
    return day


def key(reply):
    """The key of an answer, and whether anything was done."""
    return reply.notice.headline, reply.accepted


def shown(day):
    """What was sent, by way and to whom."""
    return [(sent.route, sent.to, notice.headline) for sent, notice in day.messenger.shown.values()]


def speaks(day):
    """What was decided to be said to children."""
    decisions = [alert.decision for alert in day.decisions.alerts.values()]
    return [(one.say, one.about, dict(one.facts)) for one in decisions if one.action == "speak"]


# --- the child ------------------------------------------------------------------------------------------------------------


def test_a_warned_child_is_told_privately_and_nobody_else_is():
    """By a targeted message, with the words of the class's age band; never in the chat, never by mail."""
    day = lesson()
    day.says(MS_PATEL, "/warn Ada unkind")
    day.work("carry")

    assert speaks(day) == [("pupil.warned", ADA, {"band": "ks2", "by": MS_PATEL, "key": "unkind"})]
    assert shown(day) == [("whisper", ADA.removeprefix("aad:"), "pupil.warned")]
    assert day.mail.letters == []


def test_where_the_child_cannot_be_written_to_the_teacher_gets_the_words_to_say():
    """Privately too; said once, however often the job runs."""
    day = lesson()
    day.messenger.troubles["whisper"] = refused("NotInRoster")
    day.says(MS_PATEL, "/warn Ada unkind")
    day.work("carry")
    ((way, to, headline),) = shown(day)
    notice = next(notice for _, notice in day.messenger.shown.values())

    assert (way, to, headline) == ("personal", MS_PATEL.removeprefix("aad:"), "script")
    assert notice.details == ("“pupil.warned”",)
    assert day.decisions.outcomes[-1][2:] == ("not_possible", "NotInRoster: given to the adult to say")
    at_once(day.carrier.carry(Job(kind="carry", sitting=1, decision=1)))
    assert len(shown(day)) == 1


def test_a_child_is_not_told_off_for_something_long_past():
    """Microsoft was out of reach for a while: it is the adult's to decide whether it still needs saying."""
    day = lesson()
    day.messenger.troubles["whisper"] = out_of_reach()
    day.says(MS_PATEL, "/warn Ada unkind")
    assert day.work("carry")
    assert shown(day) == []
    day.messenger.troubles.clear()
    day.clock.wait(90)
    day.work("carry")

    assert shown(day) == [("whisper", MS_PATEL.removeprefix("aad:"), "script")]


def test_if_neither_can_be_reached_it_is_given_up_and_said_so():
    """Never claimed to be done."""
    day = lesson()
    day.messenger.troubles |= {"whisper": refused(), "personal": refused()}
    day.says(MS_PATEL, "/warn Ada")
    day.work("carry")

    assert day.decisions.outcomes[-1][2] == "given_up"


# --- pickers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["warn", "remove", "removed"])
def test_a_bare_order_offers_the_pupils_of_the_room_and_the_reasons(command):
    """No name is typed: what is chosen comes back as the command itself."""
    day = lesson()
    reply = day.says(MS_PATEL, f"/{command}", delivery=b"one")
    pupils, reasons = reply.notice.choices

    assert not reply.accepted
    assert [value for value, _ in pupils.among] == [ADA, BEN]
    assert "abuse" in [value for value, _ in reasons.among]
    assert (bool(pupils.needed), bool(reasons.needed)) == (True, False)
    assert [ask.command for ask in reply.notice.asks] == [command]
    assert reply.notice.mark
    assert key(day.presses_ask(MS_PATEL, reply, f"ask.{command}", pupil=ADA, reason="abuse"))[1]


def test_of_two_pupils_that_fit_only_those_are_offered_and_the_reason_is_kept():
    """What was typed already is not asked again."""
    day = lesson()
    day.people.people[BEN] = day.people.people[BEN].__class__(
        key=BEN, kind=day.people.people[ADA].kind, name="Ada Hall", classes=("3B",), as_of=day.clock.now
    )
    reply = day.says(MS_PATEL, "/warn Ada unkind to me")

    assert [choice.name for choice in reply.notice.choices] == ["pupil"]
    assert day.presses_ask(MS_PATEL, reply, "ask.warn", pupil=BEN).accepted
    assert [(one.pupil, one.reason, one.key) for one in day.register.warnings] == [(BEN, "unkind to me", "unkind")]


def test_an_empty_room_offers_no_list():
    """A list with nothing in it is no question."""
    day = SchoolDay(school_with(find_rules(QUIET)))
    day.happens(started(), came(MS_PATEL))

    assert day.says(MS_PATEL, "/warn").notice.asks == ()


def test_a_pupil_who_presses_a_teachers_card_is_refused():
    """Who pressed is looked up each time, whatever the card allowed to be shown."""
    day = lesson()
    reply = day.says(MS_PATEL, "/warn")

    assert key(day.presses_ask(BEN, reply, "ask.warn", pupil=ADA)) == ("refused.not_staff", False)
    assert day.register.warnings == []


# --- the ladder -----------------------------------------------------------------------------------------------------------


def test_a_second_warning_offers_to_remove_and_so_does_a_grave_reason():
    """And the first on the ladder does not."""
    day = lesson()
    offered = [
        [ask.command for ask in day.says(MS_PATEL, text).notice.asks]
        for text in ("/warn Ada chatting", "/warn Ada", "/warn Ben abuse")
    ]

    assert offered == [["undo"], ["remove", "undo"], ["remove", "undo"]]


def test_a_removal_without_a_warning_asks_which_grave_reason_it_is():
    """Only those of the immediate track are offered, and to warn instead."""
    day = lesson()
    reply = day.says(MS_PATEL, "/remove Ada chatting")
    (reasons,) = reply.notice.choices

    assert key(reply) == ("remove.why", False)
    assert [value for value, _ in reasons.among] == ["abuse", "recording", "link", "serious"]
    assert [(ask.command, ask.pupil, ask.rest, ask.alone) for ask in reply.notice.asks] == [
        ("remove", ADA, "", False),
        ("warn", ADA, "chatting", True),
    ]
    assert key(day.presses_ask(MS_PATEL, reply, "ask.remove", reason="recording")) == ("remove.by_hand", True)
    assert day.people.holds[ADA].ends == "open"


def test_an_expired_or_withdrawn_warning_opens_no_way_to_a_removal():
    """It stays in the record and counts no more."""
    day = lesson(warnings_expire=timedelta(days=1))
    day.says(MS_PATEL, "/warn Ada")
    day.says(MS_PATEL, "/undo")
    assert key(day.says(MS_PATEL, "/remove Ada")) == ("remove.why", False)
    day.says(MS_PATEL, "/warn Ada")
    day.clock.wait(24 * 3600 + 1)
    assert key(day.says(MS_PATEL, "/remove Ada")) == ("remove.why", False)
    record = at_once(day.records.of_pupil(ADA))

    assert record.counting == 0
    assert [one.taken_back for one in record.warnings] == [False, True]


def test_a_message_that_came_twice_counts_once_and_is_answered_alike():
    """Teams sends some twice."""
    day = lesson()
    answers = [key(day.says(MS_PATEL, "/warn Ada", delivery=b"w")) for _ in range(2)]
    answers += [key(day.says(MS_PATEL, "/remove Ada abuse", delivery=b"r")) for _ in range(2)]

    assert answers == [("warn.done", True)] * 2 + [("remove.by_hand", True)] * 2
    assert len(day.register.warnings) == 1
    day.says(MR_OKAFOR, "/warn Ben")
    assert [key(day.says(MR_OKAFOR, "/remove Ben", delivery=b"s")) for _ in range(2)] == [("remove.sure", False)] * 2
    assert BEN not in day.people.holds


# --- second thoughts ------------------------------------------------------------------------------------------------------


def planned(by=MS_PATEL, **removal):
    """A removal on the ladder, ordered by somebody who has done so before, in the tier with hands."""
    day = lesson("remove", removal=removal)
    day.records.removers.add(by)
    day.says(MS_PATEL, "/warn Ada chatting")
    return day, day.says(by, "/remove Ada")


def removals(day):
    """What was decided to be done to people."""
    return [alert.decision.about for alert in day.decisions.alerts.values() if alert.decision.action == "remove"]


def test_a_removal_on_the_ladder_waits_for_second_thoughts_and_is_then_done():
    """Nothing happens before; a job does it after, even in another process."""
    day, reply = planned()
    (job,) = [job for job in day.register.jobs if job.kind == "remove"]

    assert key(reply) == ("remove.planned", True)
    assert (job.after, removals(day), day.sitting().controls.kept_out(ADA)) == (5.0, [], False)
    day.clock.wait(5)
    day.restart()
    day.work("remove")
    assert removals(day)[0] == ADA
    assert day.sitting().controls.kept_out(ADA)
    assert ("pupil.removed", ADA) in [(say, about) for say, about, _ in speaks(day)]


def test_taken_back_in_time_nothing_has_happened_and_no_hold_is_left():
    """By whoever ordered it, and by nobody else."""
    day, reply = planned()
    assert key(day.says(MR_OKAFOR, "/undo")) == ("undo.nothing", False)
    assert key(day.presses_ask(MS_PATEL, reply, "ask.undo")) == ("undo.in_time", True)
    day.clock.wait(5)
    day.work("remove")

    assert (removals(day), day.people.holds) == ([], {})
    assert not day.sitting().controls.kept_out(ADA)


def test_an_older_hold_is_not_ended_by_taking_a_new_removal_back():
    """It is CLT's to end, and it goes on keeping the pupil out of this lesson."""
    day = lesson("remove")
    day.records.removers.add(MS_PATEL)
    day.says(MR_OKAFOR, "/removed Ada hit Ben")
    day.says(MS_PATEL, "/warn Ada")
    day.says(MS_PATEL, "/remove Ada")
    assert key(day.says(MS_PATEL, "/undo")) == ("undo.held_before", True)

    assert day.people.holds[ADA].by == MR_OKAFOR
    assert not day.people.holds[ADA].disputed
    assert day.sitting().controls.kept_out(ADA)


@pytest.mark.parametrize("holder", [MR_OKAFOR, MS_PATEL])
def test_removing_and_undoing_is_no_way_around_a_hold(holder):
    """A pupil on hold from another day is not let in by it, whoever opened that hold."""
    day = lesson()
    day.says(holder, "/removed Ada hit Ben")
    day.happens(ended(60))
    day.skip(days=1)
    minute = 24 * 60 + 61
    day.happens(started(minute), came(MS_PATEL, minute), came(ADA, minute))
    day.says(MS_PATEL, "/removed Ada")
    before = day.everything()

    assert key(day.says(MS_PATEL, "/undo")) == ("undo.held", False)
    assert day.everything() == before
    assert day.sitting(2).controls.kept_out(ADA)


def decided_until(day):
    """Mr Okafor has removed Ada, CLT has decided on a day, and Ms Patel removes her once more, which waits."""
    day.records.removers.add(MS_PATEL)
    day.says(MR_OKAFOR, "/removed Ada screenshot")
    day.says(CLT, "/release Ada until 2026-12-10 a week at home")
    day.clock.wait(60)
    day.says(MS_PATEL, "/warn Ada")
    day.says(MS_PATEL, "/remove Ada unkind once more")
    return day.people.holds[ADA]


def steps(day):
    """What was done about Ada's hold."""
    return [(step.what, step.by) for step in day.people.holds[ADA].steps]


def test_a_removal_taken_back_in_time_leaves_what_clt_decided_as_it_was():
    """The day stands, and the history says that something was taken back."""
    day = lesson("remove")
    decided = decided_until(day)
    assert steps(day) == [("until", CLT), ("planned", MS_PATEL)]
    assert key(day.says(MS_PATEL, "/undo")) == ("undo.held_before", True)
    hold = day.people.holds[ADA]

    assert (hold.until, hold.decided, hold.due, hold.ends) == (decided.until, "until", decided.due, "open")
    assert hold.until is not None
    assert steps(day) == [("until", CLT), ("undone", MS_PATEL)]


def test_a_removal_that_was_carried_out_has_the_hold_decided_anew_by_the_stricter_need():
    """Only then; and no talk with the parents is got around (C37)."""
    day = lesson("remove")
    decided_until(day)
    assert day.people.holds[ADA].decided == "until"
    day.clock.wait(5)
    day.work("remove")
    hold = day.people.holds[ADA]

    assert (hold.until, hold.decided, hold.due is None, hold.ends) == (None, "", False, "parents")
    assert steps(day) == [("until", CLT), ("again", MS_PATEL)]
    assert hold.steps[-1].why == "unkind once more"


def test_a_removal_that_opened_its_hold_is_no_second_one_when_it_is_carried_out():
    """By its errand, or at once by whoever asks twice."""
    for twice in (False, True):
        day, _ = planned()
        if twice:
            day.says(MS_PATEL, "/remove Ada")
        day.clock.wait(5)
        day.work("remove")

        assert removals(day)[0] == ADA
        assert (steps(day), day.people.holds[ADA].revision) == ([], 0)


def test_a_removal_carried_out_while_it_is_being_taken_back_is_not_undone_on_an_older_hold():
    """The hold is CLT's, and goes on keeping the pupil out."""
    day = lesson("remove")
    decided_until(day)
    day.clock.wait(5)
    standing = day.holds.standing

    async def slowly():
        day.holds.standing = standing
        found = await standing()
        (job,) = [job for job in day.register.jobs if job.kind == "remove"]
        await day.orders.removals.carry_out(job)
        return found

    day.holds.standing = slowly

    assert key(day.says(MS_PATEL, "/undo")) == ("undo.held", False)
    assert day.sitting().controls.kept_out(ADA)


def test_teachers_are_told_of_a_hold_once_its_removal_can_be_taken_back_no_more():
    """A mistake that is taken back in time is nobody else's news."""
    day, _ = planned()
    assert [job.after for job in day.register.jobs if job.kind == "forewarn"] == [6.0]
    day.clock.wait(5)
    day.work("remove")

    assert [job.after for job in day.register.jobs if job.kind == "forewarn"] == [6.0, 0.0]


def test_asked_twice_it_does_not_wait():
    """Somebody who repeats it means it now; the waiting job then finds nothing to do."""
    day, _ = planned()

    assert key(day.says(MS_PATEL, "/remove Ada")) == ("remove.done", True)
    assert removals(day)[0] == ADA
    done = len(day.register.events())
    day.clock.wait(5)
    day.work("remove")
    assert day.event_types()[:done].count("removal_ordered") == day.event_types().count("removal_ordered") == 1


def test_the_job_of_a_plan_that_was_taken_back_does_not_hurry_the_next_one():
    """It is early for it, and leaves it to its own."""
    day, _ = planned()
    day.says(MS_PATEL, "/undo")
    day.clock.wait(3)
    day.says(MS_PATEL, "/remove Ada")
    day.clock.wait(2)
    first, second = [job for job in day.register.jobs if job.kind == "remove"]
    at_once(day.orders.removals.carry_out(first))
    assert removals(day) == []
    day.clock.wait(3)
    at_once(day.orders.removals.carry_out(second))

    assert removals(day)[0] == ADA


def test_the_button_of_an_older_answer_takes_back_what_it_stood_under_and_nothing_else():
    """The warning's Undo, pressed after the removal, is not about the removal."""
    day = lesson("remove")
    day.records.removers.add(MS_PATEL)
    warning = day.says(MS_PATEL, "/warn Ada")
    day.clock.wait(1)
    removal = day.says(MS_PATEL, "/remove Ada")

    assert key(day.presses_ask(MS_PATEL, warning, "ask.undo")) == ("undo.warning", True)
    assert key(day.presses_ask(MS_PATEL, warning, "ask.undo")) == ("undo.nothing", False)
    assert key(day.presses_ask(MS_PATEL, removal, "ask.undo")) == ("undo.in_time", True)


@pytest.mark.parametrize("reason", ["abuse", "recording", "serious"])
def test_a_removal_that_cannot_wait_does_not(reason):
    """Neither for second thoughts nor for a first time: abuse in front of children is stopped now."""
    day = lesson("remove")

    assert key(day.says(MS_PATEL, f"/remove Ada {reason}")) == ("remove.done", True)
    assert removals(day)[0] == ADA


def test_the_first_removal_of_ones_life_is_asked_back_about_and_then_done_at_once():
    """By a press, or by writing the same again; the next one is not asked about."""
    day = lesson("remove")
    day.says(MS_PATEL, "/warn Ada")
    day.says(MS_PATEL, "/warn Ben")
    asked = day.says(MS_PATEL, "/remove Ada")

    assert key(asked) == ("remove.sure", False)
    assert (removals(day), day.people.holds) == ([], {})
    assert day.last(SureAsked).person == ADA
    assert key(day.presses_ask(MS_PATEL, asked, "ask.remove")) == ("remove.done", True)
    assert key(day.says(MS_PATEL, "/remove Ben")) == ("remove.planned", True)


def test_the_school_may_want_no_question_and_no_waiting():
    """Both are its to choose."""
    day = lesson("remove", removal={"confirm_first": False, "undo_ladder": timedelta(0)})
    day.says(MS_PATEL, "/warn Ada")

    assert key(day.says(MS_PATEL, "/remove Ada")) == ("remove.done", True)


def test_even_a_grave_removal_can_be_made_to_wait():
    """If a school wants so."""
    day = lesson("remove", removal={"undo_immediate": timedelta(seconds=2)})

    assert key(day.says(MS_PATEL, "/remove Ada abuse")) == ("remove.planned", True)
    assert day.last(RemovalPlanned).reason == "abuse"


def test_a_warning_taken_back_is_said_to_the_child_and_the_next_is_the_first():
    """The newest of one's own goes first, or that of the pupil who is named."""
    day = lesson()
    day.says(MS_PATEL, "/warn Ada")
    day.says(MR_OKAFOR, "/warn Ada")
    assert key(day.says(MS_PATEL, "/undo Ben")) == ("undo.nothing", False)
    assert key(day.says(MS_PATEL, "/undo Ada")) == ("undo.warning", True)
    assert key(day.says(MS_PATEL, "/undo")) == ("undo.nothing", False)

    assert ("pupil.taken_back", ADA) in [(say, about) for say, about, _ in speaks(day)]
    day.says(MR_OKAFOR, "/warn Ada")
    assert day.last(Warned).count == 2


# --- the records ----------------------------------------------------------------------------------------------------------


def test_the_log_tells_the_lesson_so_far():
    """Who came, who was warned, what was noted; not the machinery."""
    day = lesson()
    day.clock.minute(1)
    day.says(MS_PATEL, "/warn Ada unkind")
    day.clock.minute(2)
    day.says(MS_PATEL, "/note The bell rang")
    day.clock.minute(3)
    day.says(MS_PATEL, "/undo Ada")
    reply = day.says(MS_PATEL, "/log")

    assert key(reply) == ("log", True)
    came_in = ["log.joined"] * 4
    details = [line for line in reply.notice.details if line != "log.alert"]
    assert details == ["log.started", *came_in, "log.warned", "log.note", "log.taken_back", "log.seen", "log.sources"]
    assert ("log.note", "The bell rang") in [(said, facts.get("text")) for said, facts in day.words.said]


@pytest.mark.parametrize(("by", "alerts"), [(MS_PATEL, 1), (MR_OKAFOR, 2)])
def test_the_log_counts_no_alert_that_its_reader_may_not_read(by, alerts):
    """One about whoever asks is neither shown nor counted; the host's own is."""
    day = SchoolDay(school_with(find_rules({"recording": {"enabled": False}})))
    day.happens(started(), came(MS_PATEL), came(ADA), described())
    day.work("identify")
    for minute in (2.1, 3):
        day.look(minute)
        day.work("identify")
    reply = day.says(by, "/log")

    assert reply.notice.details.count("log.alert") == alerts
    assert next(facts["alerts"] for said, facts in day.words.said if said == "log.seen") == alerts


def test_a_long_log_shows_its_end_and_says_how_much_is_missing():
    """A card is not a book."""
    day = lesson()
    for number in range(30):
        day.clock.wait(1)
        day.says(MS_PATEL, f"/note {number}")
    reply = day.says(MS_PATEL, "/log")

    assert len(reply.notice.details) == 18 + 2
    assert reply.notice.details[-2:] == ("log.seen", "log.sources")
    earlier = next(facts["earlier"] for said, facts in day.words.said if said == "log")
    assert earlier >= 1 + 4 + 30 - 18
    assert key(day.says(CLT, "/log", how=How.PERSONAL, meeting=None)) == ("no_lesson", False)


@pytest.mark.parametrize("by", [CLT, HEAD])
def test_leads_see_a_pupils_record(by):
    """Warnings, taken back and expired ones too, removals and how they ended."""
    day = lesson()
    day.says(MS_PATEL, "/warn Ada unkind")
    day.clock.wait(60)
    day.says(MS_PATEL, "/warn Ada")
    day.says(MS_PATEL, "/undo")
    day.clock.wait(60)
    day.says(MS_PATEL, "/removed Ada abuse")
    day.releases(CLT, "Ada")
    reply = day.says(by, "/who Ada")
    said = {said: facts for said, facts in day.words.said if said.startswith("who.")}

    assert key(reply) == ("who.record", True)
    assert (said["who.record"]["counting"], said["who.record"]["warnings"], said["who.record"]["held"]) == (1, 2, False)
    assert sorted(reply.notice.details) == [
        "hold.step_talk",
        "who.hold",
        "who.released",
        "who.warning",
        "who.warning",
    ]
    assert said["who.released"]["agreed"] == "a fresh start"


def test_a_teacher_sees_no_record_and_a_bare_who_asks_whose():
    """Children's records are for those who lead."""
    day = lesson()

    assert key(day.says(MS_PATEL, "/who Ada")) == ("refused.not_lead", False)
    reply = day.says(CLT, "/who")
    assert key(reply) == ("who.pick", False)
    assert key(day.presses_ask(CLT, reply, "ask.who", pupil=BEN)) == ("who.record", True)


def test_what_a_hold_needs_is_said_to_whoever_would_release_it_without():
    """Naming the pupil alone is not enough."""
    day = lesson()
    day.says(MS_PATEL, "/remove Ada screenshot")

    assert day.says(CLT, "/release Ada").notice.details == ("ends.open",)


# --- misuse ---------------------------------------------------------------------------------------------------------------


def test_a_pupil_who_goes_on_trying_is_told_to_the_leads_once():
    """Three tries; asking for help or saying hello is none, and what was typed is not kept."""
    day = lesson()
    for text in ("hello", "/help", "what is this", "/warn Ben SECRET", "/remove Ben"):
        assert not day.says(ADA, text).accepted
    assert [one for one in day.told() if one[1] == "misuse.pupil"] == []
    for _ in range(25):
        day.says(ADA, "/warn Ben")

    assert [(to, about) for to, say, about, *_ in day.told() if say == "misuse.pupil"] == [("leads", ADA)]
    assert len([event for event in day.register.events() if isinstance(event, OrderRefused)]) == 20
    assert "SECRET" not in str(day.register.events())


def test_a_pupil_in_the_chat_who_has_not_joined_is_known_too():
    """The directory said who it is."""
    day = SchoolDay(school_with(find_rules(QUIET)))
    day.happens(started(), came(MS_PATEL), came(BEN))
    for _ in range(3):
        day.says(ADA, "/remove Ben")

    assert [about for _, say, about, *_ in day.told() if say == "misuse.pupil"] == [ADA]


def test_others_are_refused_and_logged_and_nothing_is_written(caplog):
    """Of people who are no pupils there is a line in the log, with ids."""
    day = lesson()
    before = day.everything()
    with caplog.at_level("INFO", logger="schoolgate"):
        day.says(PARENT, "/remove Ben")

    assert day.everything() == before
    assert [(line.order, line.why) for line in caplog.records] == [("remove", "refused.not_staff")]


# --- first contact --------------------------------------------------------------------------------------------------------


def test_where_alerts_will_come_a_test_alert_is_offered_and_comes_as_a_real_one_would():
    """It mentions whom a real one would, and only those who lead may ask for it."""
    day = lesson()
    day.directory.groups |= {Role.SAFEGUARDING_LEADS: (MR_OKAFOR,)}
    elsewhere = at_once(day.service.welcome("team", "19:staffroom@thread.tacv2"))
    hello = at_once(day.service.welcome("team", day.school.channels.safeguarding))

    assert (elsewhere.headline, [ask.command for ask in elsewhere.asks]) == ("welcome.team", [])
    assert (hello.headline, [ask.command for ask in hello.asks]) == ("welcome.safeguarding", ["test"])
    assert key(day.says(MS_PATEL, "/test")) == ("refused.not_lead", False)
    assert key(day.says(CLT, "/test", how=How.CARD)) == ("test.done", True)
    ((sent, notice),) = day.messenger.shown.values()
    assert (sent.conversation, notice.headline) == (day.school.channels.safeguarding, "test.alert")
    assert {one.name for one in notice.mentions} == {"Mr Okafor", "Mrs Stone", "Miss Lee"}


@pytest.mark.parametrize("trouble", [refused(), out_of_reach()])
def test_a_test_alert_that_does_not_arrive_says_so(trouble):
    """It is the very thing it is for."""
    day = lesson()
    day.messenger.troubles["channel"] = trouble

    assert key(day.says(CLT, "/test")) == ("test.failed", False)


# --- the school's own list ------------------------------------------------------------------------------------------------


def test_a_schools_own_reasons_replace_the_usual_ones(tmp_path):
    """With its own words, track, sentence to the child and end of the hold."""
    own = """
[[reason]]
key = "stage_one"
words = "a stage one behaviour"
[[reason]]
key = "stage_three"
track = "immediate"
ends = "open"
also = ["fighting"]
pupil = { ks2 = "Please stop fighting." }
"""
    path = tmp_path / "school.toml"
    path.write_text(SCHOOL_FILE.read_text(encoding="utf-8") + own, encoding="utf-8")
    day = SchoolDay(read_school(path))
    day.happens(started(), came(MS_PATEL), came(ADA))

    assert [value for value, _ in day.says(MS_PATEL, "/warn").notice.choices[1].among] == ["stage_one", "stage_three"]
    assert key(day.says(MS_PATEL, "/remove Ada fighting")) == ("remove.by_hand", True)
    assert day.people.holds[ADA].ends == "open"
