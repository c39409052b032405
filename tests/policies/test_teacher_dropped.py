"""The last adult has dropped out: the lesson is held still, and CLT hears of it."""

import pytest

from bot.events import Answered, Paused
from bot.policy import Audience, LookAgain, Pause, Tell, Verb
from policies.teacher_dropped import Settings, decide
from tests.builders import (
    ADA,
    BEN,
    CLT,
    HEAD,
    MR_OKAFOR,
    MS_PATEL,
    after,
    blinded,
    came,
    described,
    joined,
    judge_by,
    left,
    rota,
)

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


def test_that_it_stands_still_is_said_once_it_does():
    """What the school wants of it is not what happened: the tier or the mode may not let it."""
    gone = *LESSON, left(MS_PATEL, 4)

    assert judge(*gone, minute=5)[0].facts["paused"] is False
    assert judge(*gone, Paused(at=after(5)), minute=6)[0].facts["paused"] is True


def test_a_class_that_is_still_waiting_for_its_teacher_is_another_matter():
    """Nobody has dropped out; nor are pupils alone whom nobody can see, nor where somebody is not known yet."""
    assert judge(joined(ADA), joined(BEN), minute=9) == []
    assert judge(*LESSON, left(MS_PATEL, 4), blinded("dropped", 4.5), minute=9) == []
    assert judge(*LESSON, left(MS_PATEL, 4), came(MR_OKAFOR, 5), minute=9) == []
    assert judge(joined(MS_PATEL), left(MS_PATEL, 4), minute=9) == []


# --- who is on call -----------------------------------------------------------------------------------------------------


def called(*told, minute):
    """Whom it calls by then, and when it looks again."""
    asked = judge(*told, minute=minute)
    people = [one.about for one in asked if isinstance(one, Tell) and one.to is Audience.ON_CALL]
    return people, [one.at for one in asked if isinstance(one, LookAgain)]


def test_adults_on_call_are_told_one_after_the_other_until_one_is_there():
    """The first with CLT, the next every two minutes; those who were told before stay told."""
    told = (*LESSON, rota(HEAD, CLT), left(MS_PATEL, 4))

    assert called(*told, minute=5) == ([HEAD], [after(7)])
    assert called(*told, minute=6.9) == ([HEAD], [after(7)])
    assert called(*told, minute=7) == ([HEAD, CLT], [])
    assert called(*told, joined(MR_OKAFOR, 8), minute=8) == ([], [])


def test_whoever_was_in_the_lesson_and_went_is_called_last():
    """They know already: the teacher herself may be on call."""
    told = (*LESSON, rota(MS_PATEL, CLT), left(MS_PATEL, 4))

    assert called(*told, minute=5) == ([CLT], [after(7)])
    assert called(*told, minute=7) == ([CLT, MS_PATEL], [])


def test_where_nobody_is_known_to_be_on_call_clt_hears_all_the_same():
    """The list comes from the directory, which may have been away."""
    assert called(*LESSON, left(MS_PATEL, 4), minute=9) == ([], [])


def coming(person, minute):
    """An adult on call says that they are coming."""
    return Answered(at=after(minute), rule="teacher_dropped", about=person, verb=Verb.COMING, by=person)


@pytest.mark.parametrize(
    ("said", "minute", "expected"),
    [
        ([(HEAD, 6)], 7, ([HEAD], [after(9)])),
        ([(HEAD, 6)], 9, ([HEAD, CLT], [after(11)])),
        ([(HEAD, 7.5)], 8, ([HEAD, CLT], [after(10.5)])),
        ([(HEAD, 6), (CLT, 9.5)], 11, ([HEAD, CLT], [after(12.5)])),
        ([(HEAD, 6), (CLT, 9.5)], 12.5, ([HEAD, CLT, MR_OKAFOR], [])),
        ([(HEAD, 3)], 7, ([HEAD, CLT], [after(9)])),
    ],
    ids=["waited for", "not for ever", "too late for the next", "the next too", "nobody came", "an earlier time"],
)
def test_while_somebody_says_that_they_are_coming_the_next_is_not_called(said, minute, expected):
    """For three minutes; whoever was called by then stays called."""
    told = (*LESSON, rota(HEAD, CLT, MR_OKAFOR), left(MS_PATEL, 4))

    assert called(*told, *(coming(*one) for one in said), minute=minute) == expected


def test_clt_reads_who_is_coming():
    """In the order in which they said so."""
    told = (*LESSON, rota(HEAD, CLT), left(MS_PATEL, 4))

    assert judge(*told, minute=6)[0].facts["coming"] is None
    assert judge(*told, coming(CLT, 8), coming(HEAD, 8.5), minute=9)[0].facts["coming"] == (CLT, HEAD)


# --- the end ------------------------------------------------------------------------------------------------------------


def test_an_adult_who_goes_at_the_planned_end_has_not_dropped_out():
    """Nor five minutes before it; what is left then is `stragglers`' matter."""
    assert judge(*LESSON, described(until=30), left(MS_PATEL, 25), minute=40) == []
    assert judge(*LESSON, described(until=30), left(MS_PATEL, 24), minute=25) != []


def test_the_planned_end_of_another_lesson_is_none():
    """The same link was used again in the afternoon: there is no end that this lesson has passed."""
    told = joined(MS_PATEL, 31), joined(ADA, 31), joined(BEN, 31), described(until=30), left(MS_PATEL, 40)

    assert judge(*told, minute=41) != []


def test_one_who_dropped_out_before_is_missed_after_the_planned_end_too():
    """Until an adult is there, or the pupils have gone."""
    assert judge(*LESSON, described(until=30), left(MS_PATEL, 4), minute=40) != []
