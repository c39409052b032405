"""The last adult has dropped out: the lesson is held still, and CLT hears of it."""

from bot.policy import Audience, LookAgain, Pause, Tell
from policies.teacher_dropped import Settings, decide
from tests.builders import ADA, BEN, MR_OKAFOR, MS_PATEL, after, blinded, came, joined, judge_by, left

judge = judge_by(decide, Settings())
LESSON = joined(MS_PATEL), joined(ADA), joined(BEN)


def test_while_an_adult_is_there_nothing_is_asked():
    """Any adult will do."""
    assert judge(*LESSON, minute=5) == []
    assert judge(*LESSON, joined(MR_OKAFOR, 3), left(MS_PATEL, 4), minute=10) == []


def test_a_connection_that_drops_has_its_grace():
    """It is looked at again when that is over."""
    assert judge(*LESSON, left(MS_PATEL, 4), minute=4.5) == [LookAgain(at=after(5))]
    assert judge(*LESSON, left(MS_PATEL, 4), joined(MS_PATEL, 4.7), minute=6) == []


def test_then_clt_hears_and_the_lesson_is_held_still():
    """With the pupils who are alone, and since when."""
    told, pause = judge(*LESSON, left(MS_PATEL, 4), minute=5)

    assert isinstance(told, Tell)
    assert (told.to, told.say, set(told.facts["pupils"])) == (Audience.CLT, "teacher_dropped.alone", {ADA, BEN})
    assert told.facts["since"] == after(4).isoformat()
    assert told.facts["adults"] == (MS_PATEL,)
    assert pause == Pause(why="teacher_dropped.alone")


def test_a_school_may_only_have_it_told():
    """`pause = false`."""
    (told,) = judge(*LESSON, left(MS_PATEL, 4), minute=5, pause=False)

    assert told.facts["paused"] is False


def test_a_class_that_is_still_waiting_for_its_teacher_is_another_matter():
    """Nobody has dropped out; nor are pupils alone whom nobody can see, nor where somebody is not known yet."""
    assert judge(joined(ADA), joined(BEN), minute=9) == []
    assert judge(*LESSON, left(MS_PATEL, 4), blinded("dropped", 4.5), minute=9) == []
    assert judge(*LESSON, left(MS_PATEL, 4), came(MR_OKAFOR, 5), minute=9) == []
    assert judge(joined(MS_PATEL), left(MS_PATEL, 4), minute=9) == []
