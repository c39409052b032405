"""Who was removed stays out, a pupil on hold out of every lesson, and the door is put back."""

from bot.events import (
    Corrected,
    Held,
    OptionsAsked,
    OptionsSeen,
    Released,
    RemovalOrdered,
    RemovalSeen,
    RemovalUndone,
)
from bot.policy import Audience, LookAgain, Remove, SetOptions, Tell, Verb
from policies.removed_stays_out import Settings, decide
from tests.builders import ADA, BEN, CLT, MS_PATEL, after, answered, came, joined, judge_by, left

judge = judge_by(decide, Settings())
LOOSE = {"lobby": "organization", "admitters": "presenters", "dial_in": True}
TIGHT = {"lobby": "invited", "admitters": "coorganizers", "dial_in": False}
LESSON = joined(MS_PATEL), joined(ADA), joined(BEN)


def ordered(minute, person=ADA):
    """A teacher had somebody removed."""
    return RemovalOrdered(at=after(minute), person=person, by=MS_PATEL)


def seen(options=LOOSE, minute=0):
    """The options as read."""
    return OptionsSeen(at=after(minute), options=options)


def test_who_was_not_removed_is_left_alone():
    """Nothing at all is asked."""
    assert judge(*LESSON, seen(), minute=1) == []


def test_a_removal_is_asked_for_and_given_time():
    """The leads hear only if it does not happen."""
    assert judge(*LESSON, ordered(1), minute=1.1) == [
        Remove(about=ADA, why="removed_stays_out.back"),
        LookAgain(at=after(1 + 1 / 3)),
    ]
    remove, told = judge(*LESSON, ordered(1), minute=1.5)
    assert isinstance(remove, Remove)
    assert (told.to, told.say, told.about) == (Audience.LEADS, "removed_stays_out.still_here", ADA)
    assert told.anew


def test_whoever_comes_back_is_removed_again_and_the_leads_hear_at_once():
    """By any device."""
    back = left(ADA, 1.1), came(ADA, 2, device="phone")
    remove, told = judge(*LESSON, ordered(1), *back, minute=2)

    assert remove == Remove(about=ADA, why="removed_stays_out.back")
    assert (told.to, told.say, told.facts["since"]) == (
        Audience.LEADS,
        "removed_stays_out.back",
        after(2).isoformat(),
    )


def test_a_pupil_on_hold_is_kept_out_of_another_lesson_until_released():
    """The hold came from elsewhere; CLT ends it."""
    hold = Held(at=after(0), pupil=ADA, since=after(-1000))

    assert [type(action) for action in judge(*LESSON, hold, minute=1)] == [Remove, Tell]
    assert judge(*LESSON, hold, Released(at=after(1), pupil=ADA, by=CLT), minute=2) == []


def test_the_host_is_asked_about_a_removal_in_teams_itself():
    """Once, about a pupil; not once they answered, nor about anybody who is no pupil."""
    seen_gone = left(ADA, 1), RemovalSeen(at=after(1), person=ADA)

    (asked,) = judge(*LESSON, *seen_gone, minute=1.1)
    assert (asked.to, asked.say, asked.about) == (Audience.HOST, "removed_stays_out.did_you", ADA)
    assert asked.choices == (Verb.KEEP_OUT, Verb.NOT_A_PROBLEM)
    assert judge(*LESSON, *seen_gone, answered(Verb.NOT_A_PROBLEM, ADA, 2, "removed_stays_out"), minute=3) == []
    assert judge(*LESSON, *seen_gone, ordered(2), minute=3) == []
    assert judge(*LESSON, RemovalSeen(at=after(1), person=MS_PATEL), minute=1.1) == []


def test_the_door_is_tight_after_a_stranger_was_removed_by_a_rule():
    """Whoever was removed waits outside until somebody lets them in; not after the removal was taken back."""
    gone = Corrected(at=after(1), person=ADA, action="remove", rule="any_rule", observation=1)

    assert judge(*LESSON, seen(), gone, left(ADA, 1.1), minute=2) == [
        SetOptions(changes=TIGHT, why="removed_stays_out.door")
    ]


def test_a_removal_taken_back_keeps_nobody_out():
    """Unless it is ordered once more."""
    undone = RemovalUndone(at=after(2), person=ADA, by=MS_PATEL)

    assert judge(*LESSON, ordered(1), undone, minute=3) == []
    assert judge(*LESSON, ordered(1), undone, ordered(4), minute=4.1)


def test_the_door_is_tight_while_somebody_must_stay_out_and_is_put_back():
    """As it was before we touched it; not touched where the school does not want it, nor where it was never touched."""
    gone = ordered(1), left(ADA, 1.1)
    tightened = OptionsAsked(at=after(1), changes=TIGHT, observation=1)
    undone = RemovalUndone(at=after(2), person=ADA, by=MS_PATEL)

    assert judge(*LESSON, seen(), *gone, minute=2) == [SetOptions(changes=TIGHT, why="removed_stays_out.door")]
    assert judge(*LESSON, seen(), *gone, tightened, seen(TIGHT, 1), undone, minute=3) == [
        SetOptions(changes=LOOSE, why="removed_stays_out.door_put_back")
    ]
    assert judge_by(decide, Settings(tighten_lobby=False))(*LESSON, seen(), *gone, minute=2) == []
