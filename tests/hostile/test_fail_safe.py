"""When directory and Graph are down: adults are told, and nobody is acted on for what was known before (law 12, threat T12)."""

import pytest

from bot.actions import Remove
from bot.events import Kind
from tests.builders import ADA, BEN, CARETAKER, CY, MS_PATEL, NOBODY, came, described, rule_of, school_with, started
from tests.fakes import out_of_reach, refused
from tests.school_day import SchoolDay

TROUBLES = [out_of_reach(), refused("Forbidden")]


def everybody_out(sitting, now, settings):
    """What an empty invite list would make of a careless rule."""
    for person in sitting.present():
        yield Remove(about=person, why="test.out")


def day_of_trouble(trouble, **how):
    """A lesson in the tier that acts, with a rule that wants everybody out; the directory says nothing from now on."""
    brake = {"per_sitting": 100, "share_of_pupils": 1.0}
    day = SchoolDay(school_with((rule_of(everybody_out),), tier="remove", brake=brake), **how)
    day.directory.trouble = day.lessons.trouble = day.presence.trouble = trouble
    return day


def corrected(day):
    return [event.person for event in day.register.events() if event.type == "corrected"]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__)
def test_nobody_whom_nobody_can_tell_is_acted_on_and_clt_hears_that_we_are_blind(trouble):
    """All of them come while the directory is down: they stay unresolved, and it is said."""
    day = day_of_trouble(trouble, known=False)
    day.happens(started(), came(MS_PATEL), came(ADA, 0.1), came(BEN, 0.1), came(CY, 0.1))
    for minute in (0.2, 0.4, 1, 5, 20):
        try:
            day.work("identify", "describe")
        except type(trouble):
            pass
        day.look(minute)

    assert corrected(day) == []
    assert set(day.sitting().present(Kind.UNRESOLVED)) == {MS_PATEL, ADA, BEN, CY}
    assert ("clt", "sight.blind", None, 1, False) in day.told()


@pytest.mark.parametrize("trouble", [out_of_reach()], ids=["OutOfReach"])
def test_what_was_known_before_is_too_old_to_act_on_and_the_host_is_told(trouble):
    """They were known this morning; a minute later that is no evidence, and a person must do what is to be done."""
    day = day_of_trouble(trouble)
    day.skip(minutes=2)
    day.happens(started(2), described(2, organizer=MS_PATEL))
    day.happens(came(MS_PATEL, 2), came(CARETAKER, 2), came(ADA, 2))
    for minute in (2.1, 2.5, 3.5):
        day.work("identify")
        day.look(minute)

    assert corrected(day) == []
    told = [(to, say, about) for to, say, about, _, over in day.told() if not over]
    assert {("host", "removal.by_hand", CARETAKER), ("host", "removal.by_hand", ADA)} <= set(told)
    assert not [about for _, _, about in told if about == MS_PATEL]


def test_what_is_seen_with_our_own_eyes_needs_no_directory():
    """Somebody without any account who has just come in is known by the join itself, directory or not."""
    day = day_of_trouble(out_of_reach())
    day.happens(started(), described(organizer=MS_PATEL), came(MS_PATEL), came(NOBODY, 0.1))

    assert corrected(day) == [NOBODY]


def test_a_staff_list_that_shrank_stops_all_removing_until_it_is_back():
    """Half of the staff gone from the list is a mistake of the list: a person removes, and hears whom."""
    day = day_of_trouble(None)
    day.register.staff_shrunk = True
    day.happens(started(), described(organizer=MS_PATEL), came(MS_PATEL), came(ADA, 0.1), came(NOBODY, 0.1))
    while_short = corrected(day)
    day.register.staff_shrunk = False
    day.happens(came(NOBODY, 0.3))

    assert while_short == []
    assert ("host", "removal.by_hand", ADA, 1, False) in day.told()
    assert corrected(day) == [ADA]  # one pupil has come: the brake lets no more than one person go
