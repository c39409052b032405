"""Pausing a lesson and letting it go on: exactly what was before is put back, by whoever, and through a restart."""

import pytest

from bot.events import oid_of
from bot.pausing import COVERED, STILL
from bot.policy import find_rules
from bot.ports import Route
from tests.builders import (
    ADA,
    BEN,
    CY,
    LESSON,
    MS_PATEL,
    PARENT,
    came,
    described,
    ended,
    joined,
    left,
    school_with,
    started,
)
from tests.fakes import out_of_reach, refused
from tests.school_day import SchoolDay

BEFORE = {
    "mic": False,
    "camera": True,
    "chat": "enabled",
    "reactions": True,
    "lobby": "organization",
    "admitters": "presenters",
    "presenters": "organizer",
    "record": True,
    "record_automatically": True,
}
QUIET = {"lone_pupil": {"enabled": False}, "recording": {"enabled": False}}


def lesson(tier="guard", **tables):
    """A lesson whose options have been read."""
    day = SchoolDay(school_with(find_rules(QUIET | tables), tier=tier))
    day.options.online = day.options.online.__class__(
        **{
            **{name: getattr(day.options.online, name) for name in day.options.online.__slots__},
            "options": dict(BEFORE),
        }
    )
    day.happens(started(), *joined(MS_PATEL), *joined(ADA), *joined(BEN), *joined(CY), described(organizer=MS_PATEL))
    work(day)
    return day


def work(day):
    """Whatever waits: readings, changes and what is said."""
    for _ in range(3):
        day.work("options", "carry")
        day.clock.wait(1)


def says(day, text):
    """The teacher says it; whether it was done."""
    day.clock.wait(1)
    reply = day.says(MS_PATEL, text)
    day.clock.wait(1)
    work(day)
    return reply.notice.headline.split()[0], reply.accepted


def said_to_class(day):
    """What everybody in the chat has read."""
    everybody = [
        notice
        for sent, notice in day.messenger.shown.values()
        if (sent.route, sent.conversation) == (Route.CHANNEL, LESSON.thread)
    ]
    return [notice.headline for notice in everybody]


def test_a_pause_shuts_everything_in_one_change_and_its_end_puts_back_exactly_what_was():
    """Options the pause does not touch stay as they are all along; the leads hear, the class reads one line each time."""
    day = lesson()

    assert says(day, "/pause") == ("pause.done", True)
    assert {option: day.options.online.options[option] for option in STILL} == STILL
    assert len([change for change in day.options.changes if "camera" in change]) == 1
    assert ("leads", "pause.on", None, 1, False) in day.told()
    assert says(day, "/resume") == ("resume.done", True)
    assert day.options.online.options == BEFORE
    assert said_to_class(day) == ["class.paused", "class.resumed"]


def test_what_the_class_reads_has_no_button_and_no_alert():
    """Threat T10: buttons stand only where one adult, or those who lead safeguarding, read them."""
    day = lesson(uninvited_attendee={}, lone_pupil={})
    day.happens(came(PARENT, 0.2))
    work(day)
    says(day, "/pause")
    work(day)
    sent = [(where, notice) for where, notice in day.messenger.shown.values() if where.conversation == LESSON.thread]
    for_all = [notice for where, notice in sent if not where.to]

    assert [notice.headline for notice in for_all] == ["class.paused"]
    assert [(notice.buttons, notice.asks, notice.alert) for notice in for_all] == [((), (), 0)]
    assert [where.to for where, notice in sent if notice.buttons] == [oid_of(MS_PATEL)]


def test_a_restart_in_between_forgets_nothing():
    """The events are the memory."""
    day = lesson()
    says(day, "/pause")
    day.restart()
    says(day, "/resume")

    assert day.options.online.options == BEFORE


def test_what_somebody_changed_meanwhile_is_said_and_not_overwritten():
    """The teacher opened the chat during the pause: it stays open, and she hears that it does."""
    day = lesson()
    says(day, "/pause")
    day.options.online.options["chat"] = "limited"
    says(day, "/resume")
    day.look(9)

    assert day.options.online.options == BEFORE | {"chat": "limited"}
    assert ("host", "pause.changed", None, 1, False) in day.told()


def test_after_the_end_what_people_set_is_theirs():
    """It is put back once, not held there."""
    day = lesson()
    says(day, "/pause")
    says(day, "/resume")
    day.options.online.options["camera"] = False
    for minute in (20, 30):
        day.look(minute)
        work(day)

    assert day.options.online.options["camera"] is False


def test_pausing_twice_keeps_what_was_before_the_first():
    """Nor does a second /resume do anything."""
    day = lesson()
    says(day, "/pause")

    assert says(day, "/pause") == ("pause.done", True)
    says(day, "/resume")
    assert day.options.online.options == BEFORE
    assert says(day, "/resume") == ("resume.nothing", False)


def test_while_graph_is_away_the_pause_waits_for_it():
    """And is carried out when it is back, from what was before."""
    day = lesson()
    day.options.trouble = out_of_reach()
    says(day, "/pause")
    assert day.options.online.options == BEFORE
    day.options.trouble = None
    day.look(4)
    work(day)

    assert {option: day.options.online.options[option] for option in STILL} == STILL


def test_without_rights_it_says_how_to_do_it_by_hand():
    """The watch tier sets no option; outside a lesson there is nothing to pause."""
    assert says(lesson("watch"), "/pause") == ("pause.by_hand", False)
    day = lesson()
    assert day.says(BEN, "/pause").accepted is False
    assert day.says(MS_PATEL, "/pause", meeting=None).accepted in (True, False)


@pytest.mark.parametrize("persons_own", [False, True])
def test_a_lesson_without_its_adult_stands_still_until_one_is_back(persons_own):
    """By itself; unless a member of staff had paused it: then it waits for their word."""
    day = lesson()
    if persons_own:
        says(day, "/pause")
    day.happens(left(MS_PATEL, 5))
    day.look(6.1)
    work(day)
    shut = STILL if persons_own else COVERED
    assert {option: day.options.online.options[option] for option in shut} == shut
    assert ("clt", "teacher_dropped.alone", None, 1, False) in day.told()
    day.happens(came(MS_PATEL, 8))
    work(day)

    expected = {**BEFORE, **STILL} if persons_own else BEFORE
    assert day.options.online.options == expected


def test_where_no_adult_is_inside_the_door_lets_the_schools_own_in():
    """Nobody could admit whoever comes to take over; and who admits is left as it was."""
    day = lesson()
    day.happens(left(MS_PATEL, 5))
    day.look(6.1)
    work(day)

    options = day.options.online.options
    assert (options["lobby"], options["admitters"]) == ("organizationExcludingGuests", "presenters")


@pytest.mark.parametrize("persons_own", [False, True])
def test_when_the_lesson_is_over_by_its_plan_the_class_reads_so_though_the_pause_stands(persons_own):
    """Once; nothing is opened in between, and what was before the pause is still what is put back."""
    day = lesson()
    day.happens(described(organizer=MS_PATEL, until=30))
    if persons_own:
        says(day, "/pause")
    day.happens(left(MS_PATEL, 20))
    for minute in (21.1, 32, 33, 34):
        day.look(minute)
        work(day)

    assert said_to_class(day) == ["class.paused", "class.over"]
    assert day.options.online.options["camera"] is False
    assert all(change.get("camera") is not True for change in day.options.changes)
    day.happens(ended(35))
    work(day)
    assert day.options.online.options == BEFORE


def test_a_pause_by_a_person_after_that_changes_no_line():
    """The class is not told once more that the lesson is over, nor that an adult will be right back."""
    day = lesson()
    day.happens(described(organizer=MS_PATEL, until=30), left(MS_PATEL, 30))
    day.look(32.1)
    says(day, "/pause")

    assert said_to_class(day) == ["class.over"]


@pytest.mark.parametrize(
    ("tier", "mode", "paused"), [("guard", "act", True), ("watch", "act", False), ("guard", "tell", False)]
)
def test_that_a_lesson_is_held_still_is_said_only_where_it_is(tier, mode, paused):
    """In the watch tier, and by a rule that may only tell, nothing was paused and no class was told anything."""
    day = lesson(tier, teacher_dropped={"mode": mode}, stragglers={"mode": mode})
    day.happens(described(organizer=MS_PATEL, until=30), left(MS_PATEL, 20))
    for minute in (21.1, 21.5):
        day.look(minute)
        work(day)
    assert facts_of(day, "teacher_dropped.alone")["paused"] is paused
    for minute in (32.1, 32.5):
        day.look(minute)
        work(day)

    assert facts_of(day, "stragglers.left")["paused"] is paused
    assert bool(said_to_class(day)) is paused


def facts_of(day, say):
    """What an alert says, as it stands."""
    (found,) = [alert.decision for alert in day.decisions.alerts.values() if alert.decision.say == say]
    return found.facts


@pytest.mark.parametrize("persons_own", [False, True])
def test_what_was_shut_is_put_back_when_everybody_has_gone(persons_own):
    """The next lesson of the series has the same options; no class is left to read of it."""
    day = lesson()
    if persons_own:
        says(day, "/pause")
    day.happens(left(MS_PATEL, 5))
    day.look(6.1)
    work(day)
    day.happens(ended(8))
    work(day)

    assert day.options.online.options == BEFORE
    assert said_to_class(day) == ["class.paused"]
    assert len([change for change in day.options.changes if change.get("camera")]) == 1


def test_in_the_moment_it_ends_the_pause_wants_nothing_more():
    """The door that a removal had tightened is put back as it was before, and not first as the pause would have it."""
    day = lesson(removed_stays_out={"enabled": True})
    says(day, "/warn Ada")
    says(day, "/remove Ada")
    says(day, "/remove Ada")
    day.happens(left(MS_PATEL, 5))
    day.look(6.1)
    work(day)
    assert day.options.online.options["lobby"] == "invited"
    day.happens(ended(8))
    work(day)

    assert {name: day.options.online.options[name] for name in BEFORE} == BEFORE
    assert "organizationExcludingGuests" not in [change.get("lobby") for change in day.options.changes]


def test_a_reading_that_is_refused_is_asked_for_again_after_a_minute():
    """Not at once and for ever: Microsoft's no would be the only answer; and after an hour no more."""
    day = lesson()
    says(day, "/pause")
    day.options.trouble = refused("no_access_policy")
    day.happens(ended(8))
    work(day)
    tried = day.event_types().count("options_refused")
    for minute in (9.1, 10.2):
        day.look(minute)
        work(day)

    assert day.event_types().count("options_refused") == tried + 2
    day.look(80)
    work(day)
    assert day.event_types().count("options_refused") == tried + 2
    assert day.options.online.options["camera"] is False


def test_a_rule_may_say_itself_what_the_class_reads():
    """After the end nobody comes back."""
    day = lesson()
    day.happens(described(1, organizer=MS_PATEL, until=5), left(MS_PATEL, 5))
    day.look(7.1)
    work(day)

    assert said_to_class(day) == ["class.over"]
