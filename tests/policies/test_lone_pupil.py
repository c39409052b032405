"""One pupil alone: what CLT and the host hear, and when."""

from datetime import timedelta

from bot.events import Kind, Verb
from bot.policy import Audience, LookAgain, Tell
from policies.lone_pupil import Settings, decide
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CY,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    after,
    approved,
    blinded,
    came,
    ended,
    identified,
    joined,
    judge_by,
    left,
    sight_returned,
)

judge = judge_by(decide, Settings())


def _told(actions):
    """What was told, by audience."""
    assert all(isinstance(action, Tell) for action in actions), actions
    return {action.to: action for action in actions}


def test_one_pupil_past_the_grace_is_reported():
    """A pupil alone with a teacher for two minutes is reported to CLT and the host."""
    told = judge(joined(MS_PATEL), joined(ADA, 1), minute=3)

    assert [(action.to, action.say, action.about) for action in told] == [
        (Audience.CLT, "lone_pupil.alone", ADA),
        (Audience.HOST, "lone_pupil.stop", ADA),
    ]


def test_the_report_says_since_when_and_with_which_adults():
    """The facts are the moment the pupil became alone and the adults there, longest first, by key."""
    told = judge(joined(MR_OKAFOR, 0.5), joined(MS_PATEL), joined(ADA, 1), minute=3)

    assert [dict(action.facts) for action in told] == [
        {"since": after(1).isoformat(), "adults": (MS_PATEL, MR_OKAFOR)},
    ] * 2


def test_the_report_rests_on_everybody_present():
    """Whoever is there is looked up afresh first, because any of them may be the second pupil or the adult."""
    told = judge(joined(MS_PATEL), joined(ADA, 1), joined(CARETAKER, 2), minute=4)

    assert {action.rests_on for action in told} == {(MS_PATEL, ADA, CARETAKER)}


def test_clt_can_acknowledge_or_wave_it_off_and_the_host_is_only_asked_to_stop():
    """CLT's alert has two buttons, the host's none."""
    told = _told(judge(joined(MS_PATEL), joined(ADA), minute=5))

    assert told[Audience.CLT].choices == (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)
    assert told[Audience.HOST].choices == ()


def test_no_adult_is_said_as_such_and_nobody_is_asked_to_stop():
    """A pupil alone without any staff is another sentence, and there is no host to ask."""
    told = judge(joined(ADA), minute=2)

    assert [(action.to, action.say, action.facts["adults"]) for action in told] == [
        (Audience.CLT, "lone_pupil.no_adult", ())
    ]


def test_a_connection_that_drops_does_not_begin_the_grace_anew():
    """She has been alone with him since she came, however often she was gone for a moment."""
    dropping = [step for minute in (1.5, 3, 4.5) for step in (left(ADA, minute), came(ADA, minute + 0.2))]
    told = judge(joined(MS_PATEL), joined(ADA), *dropping, minute=4.8)

    assert [action.facts["since"] for action in told] == [after(0).isoformat()] * 2


def test_who_was_away_for_longer_than_the_grace_begins_it_anew():
    """She looked in before the lesson, and is now the first of her class."""
    told = judge(joined(MS_PATEL), joined(ADA), left(ADA, 0.5), came(ADA, 4), minute=5)

    assert told == [LookAgain(at=after(6))]


def test_within_the_grace_it_only_looks_again():
    """One second before two minutes nothing is said yet."""
    assert judge(joined(MS_PATEL), joined(ADA, 1), minute=2 + 59 / 60) == [LookAgain(at=after(3))]


def test_grace_starts_when_the_second_last_pupil_leaves():
    """The clock starts when Ada becomes alone, not when she joined, and is the longer one of leaving."""
    events = joined(MS_PATEL), joined(ADA), joined(BEN), left(BEN, 20)

    assert judge(*events, minute=21) == [LookAgain(at=after(23))]
    assert len(judge(*events, minute=23)) == 2


def test_the_school_chooses_both_graces():
    """`grace` is for arriving, `leaving_grace` for leaving, each by itself."""
    arriving = joined(MS_PATEL), joined(ADA)
    leaving = joined(MS_PATEL), joined(ADA), joined(BEN), left(BEN, 20)
    graces = {"grace": timedelta(minutes=7), "leaving_grace": timedelta(minutes=9)}

    assert judge(*arriving, minute=6, **graces) == [LookAgain(at=after(7))]
    assert judge(*leaving, minute=28, **graces) == [LookAgain(at=after(29))]


def test_the_clock_is_the_pupils_own():
    """A teacher who comes later, or goes, does not start it anew."""
    lesson = joined(ADA, 1), joined(MR_OKAFOR), joined(MS_PATEL, 2), left(MR_OKAFOR, 2.5)

    assert judge(*lesson, minute=3)[0].facts["since"] == after(1).isoformat()


def test_two_pupils_are_a_lesson():
    """Two pupils are never reported."""
    assert judge(joined(MS_PATEL), joined(ADA), joined(BEN), minute=30) == []


def test_no_pupil_is_no_lone_pupil():
    """Staff among themselves are never reported."""
    assert judge(joined(MS_PATEL), joined(MR_OKAFOR), minute=30) == []


def test_an_account_of_no_group_is_not_a_second_pupil():
    """Somebody who is neither staff nor pupil makes it no lesson, and is no adult of ours."""
    told = judge(joined(ADA), joined(CARETAKER), joined(NOBODY), minute=30)

    assert [action.say for action in told] == ["lone_pupil.no_adult"]


def test_a_pupil_on_two_devices_is_one_pupil():
    """The same child by laptop and phone is alone all the same."""
    assert len(judge(joined(MS_PATEL), joined(ADA), joined(ADA, 1, "phone"), minute=4)) == 2


def test_while_somebody_is_unresolved_nothing_is_said():
    """Who is not yet known may be the second pupil."""
    assert judge(joined(MS_PATEL), joined(ADA), came(BEN), minute=30) == []


def test_somebody_unresolved_who_has_gone_hinders_nothing():
    """Only those present matter."""
    assert len(judge(joined(MS_PATEL), joined(ADA), came(BEN), left(BEN, 1), minute=30)) == 2


def test_where_sight_is_lost_nothing_is_said():
    """A sitting that cannot be seen is never called alone, until sight returns."""
    lesson = joined(MS_PATEL), joined(ADA), blinded("channel", 1)

    assert judge(*lesson, minute=30) == []
    assert len(judge(*lesson, sight_returned("channel", 20), minute=30)) == 2


def test_an_approved_one_to_one_is_no_alarm():
    """CLT approved Ada's lessons alone."""
    assert judge(joined(MS_PATEL), joined(ADA), approved(ADA, 0, until=60), minute=30) == [LookAgain(at=after(60))]


def test_an_approval_ends_when_it_says():
    """From the minute the approval runs out the pupil is reported."""
    lesson = joined(MS_PATEL), joined(ADA), approved(ADA, 0, until=30)

    assert judge(*lesson, minute=29.9) == [LookAgain(at=after(30))]
    assert len(judge(*lesson, minute=30)) == 2


def test_another_pupils_approval_does_not_count():
    """Ben's approval is not Ada's."""
    assert len(judge(joined(MS_PATEL), joined(ADA), approved(BEN, 0, until=60), minute=30)) == 2


def test_a_pupil_who_comes_back_ends_it():
    """Ben is back: a lesson again."""
    lesson = joined(MS_PATEL), joined(ADA), joined(BEN), left(BEN, 20), joined(BEN, 30)

    assert judge(*lesson, minute=31) == []


def test_a_pupil_known_late_was_alone_from_the_start():
    """The time alone is counted from the join, not from the look-up."""
    lesson = joined(MS_PATEL), came(ADA, 1), identified(ADA, 9)

    assert judge(*lesson, minute=9)[0].facts["since"] == after(1).isoformat()


def test_the_longer_grace_is_for_a_class_that_had_come():
    """One who came and went before Ada makes two who have come: they are leaving."""
    lesson = joined(MS_PATEL), joined(BEN), left(BEN, 1), joined(ADA, 2)

    assert judge(*lesson, minute=4) == [LookAgain(at=after(5))]


def test_after_the_end_nobody_is_alone():
    """The lesson is over, so is the alarm."""
    assert judge(joined(MS_PATEL), joined(ADA), ended(20), minute=30) == []


def test_three_then_one():
    """Of three pupils two leave: the clock runs from the last of them."""
    lesson = joined(MS_PATEL), joined(ADA), joined(BEN), joined(CY), left(CY, 10), left(BEN, 11)

    assert judge(*lesson, minute=13.5) == [LookAgain(at=after(14))]


def test_a_pupil_whose_kind_changes_is_counted_by_the_newest_look_up():
    """A look-up that makes Ben staff leaves Ada the only pupil, with an adult."""
    lesson = joined(ADA), joined(BEN), identified(BEN, 5, Kind.STAFF)

    assert judge(*lesson, minute=10)[0].facts["adults"] == (BEN,)
