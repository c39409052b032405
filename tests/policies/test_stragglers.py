"""Pupils who stay when the lesson is over and the adults have gone are named, and removed one by one where the school says so."""

import pytest

from bot.events import Corrected, Paused, Withheld
from bot.policy import Audience, LookAgain, Pause, Remove, Tell
from policies.stragglers import Settings, decide
from tests.builders import (
    ADA,
    BEN,
    CY,
    MR_OKAFOR,
    MS_PATEL,
    after,
    blinded,
    came,
    described,
    joined,
    judge_by,
    left,
)

judge = judge_by(decide, Settings())
LESSON = joined(MS_PATEL), joined(ADA), joined(BEN, 1), joined(CY, 2), described(until=30)
OVER = (*LESSON, left(MS_PATEL, 30))


def corrected(person, minute, came_at=0):
    """It was decided to remove somebody who had come then."""
    seen = int(after(came_at).timestamp() * 1000)
    return Corrected(at=after(minute), person=person, action="remove", rule="stragglers", observation=seen)


def removed(*told, minute):
    """Whom it would have removed, and when it looks again."""
    asked = judge(*told, minute=minute, remove=True)
    people = [one.about for one in asked if isinstance(one, Remove)]
    return people, [one.at for one in asked if isinstance(one, LookAgain)]


def test_after_the_grace_host_and_leads_hear_who_is_left_and_the_meeting_is_held_still():
    """With since when; the class reads that the lesson is over."""
    assert judge(*OVER, minute=31) == [LookAgain(at=after(32))]
    host, leads, pause = judge(*OVER, minute=32)

    assert isinstance(host, Tell)
    assert isinstance(leads, Tell)
    assert (host.to, host.say) == (Audience.HOST, "stragglers.host")
    assert (leads.to, leads.say, len(leads.choices)) == (Audience.LEADS, "stragglers.left", 2)
    assert set(leads.facts["pupils"]) == {ADA, BEN, CY}
    assert (leads.facts["since"], leads.facts["removing"]) == (after(30).isoformat(), "no")
    assert pause == Pause(why="stragglers.left", line="class.over")


@pytest.mark.parametrize(("line", "said"), [("class.paused", False), ("class.over", True)])
def test_that_the_class_is_asked_to_leave_is_said_once_it_is(line, said):
    """A pause for another reason has told it something else."""
    host, leads, _ = judge(*OVER, Paused(at=after(31), line=line), minute=32)

    assert {host.facts["paused"], leads.facts["paused"]} == {said}
    assert judge(*OVER, minute=32)[0].facts["paused"] is False


def test_a_school_may_leave_the_meeting_as_it_is():
    """`pause = false`."""
    assert [type(one) for one in judge(*OVER, minute=32, pause=False)] == [Tell, Tell]


def test_a_teacher_who_ends_it_a_little_early_has_ended_it():
    """Within five minutes before the planned end; one who dropped out long before is counted from the planned end."""
    assert judge(*LESSON, left(MS_PATEL, 26), minute=28) != []
    assert judge(*LESSON, left(MS_PATEL, 10), minute=28) == [LookAgain(at=after(32))]
    told = judge(*LESSON, left(MS_PATEL, 10), minute=32)
    assert told[0].facts["since"] == after(30).isoformat()


@pytest.mark.parametrize(
    "told",
    [
        LESSON,
        (*OVER, joined(MR_OKAFOR, 31)),
        (*OVER, came(MR_OKAFOR, 31)),
        (*OVER, blinded("dropped", 31)),
        (*OVER, left(ADA, 31), left(BEN, 31), left(CY, 31)),
        (joined(ADA), joined(BEN), described(until=30)),
        (joined(MS_PATEL), joined(ADA), left(MS_PATEL, 30)),
        (joined(MS_PATEL, 31), joined(ADA, 31), described(until=30), left(MS_PATEL, 40)),
    ],
    ids=["teacher there", "adult came", "somebody unknown", "blind", "all gone", "no adult ever", "no plan", "another"],
)
def test_otherwise_nothing_is_asked(told):
    """An adult is there or may be, nobody can be seen, nobody is left, no end is planned, or it was another lesson's."""
    assert judge(*told, minute=50, remove=True) == []


def test_they_are_removed_one_by_one_where_the_school_says_so():
    """A while after they were asked to leave the one who has been there longest; the next only a while after."""
    assert removed(*OVER, minute=32) == ([], [after(32.5)])
    assert removed(*OVER, minute=32.5) == ([ADA], [])
    assert removed(*OVER, corrected(ADA, 32), minute=32.2) == ([], [after(32.5)])
    assert removed(*OVER, corrected(ADA, 32), left(ADA, 32.1), minute=32.5) == ([BEN], [])


def test_whoever_is_still_there_after_a_removal_is_not_tried_for_ever():
    """The next one is; one who comes back in is removed again, which the brake counts as before."""
    assert removed(*OVER, corrected(ADA, 32), minute=33) == ([BEN], [])
    gone = corrected(ADA, 32), corrected(BEN, 32.5, 1), corrected(CY, 33, 2)
    assert removed(*OVER, *gone, minute=34) == ([], [])
    assert removed(*OVER, *gone, left(ADA, 33.2), came(ADA, 33.4), minute=34) == ([ADA], [])


def test_once_the_brake_has_stopped_it_the_rest_are_left_to_people():
    """It does not go on when the brake would let it again, and says so."""
    braked = Withheld(at=after(33), person=CY, action="remove", rule="stragglers", observation=7, status="braked")
    told = judge(*OVER, braked, minute=45, remove=True)

    assert [type(one) for one in told] == [Tell, Tell, Pause]
    assert {one.facts["removing"] for one in told[:2]} == {"stopped"}
