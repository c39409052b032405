"""What a hold needs to end, and the days it goes by: by the school's clock, and nothing that was said is passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.held import (
    FIELDS,
    UNFIT,
    Unfit,
    Wish,
    day_first,
    due_after,
    end_on,
    facts_of,
    how_ended,
    overdue,
    seen_of,
    step_told,
    submitted,
    today,
    typed,
)
from bot.ports import Hold, HoldStep, Talk
from tests.builders import ADA, CLT, MS_PATEL, school_with

SCHOOL = school_with()
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
"""A Thursday."""
HOLD = Hold(pupil=ADA, by=MS_PATEL, reason="", since=NOW - timedelta(days=1), number=12, revision=3)
DECIDED = replace(HOLD, ends="clt_decides")
TALK = {"spoke": "Ms Harcourt", "whom": "the mother", "day": "2026-11-26", "agreed": "a fresh start"}
SPOKEN = Talk(spoke="Ms Harcourt", whom="the mother", day=date(2026, 11, 26), agreed="a fresh start")


def why(call, *args) -> str:
    """Why it is unfit."""
    with pytest.raises(Unfit) as unfit:
        call(*args)
    assert unfit.value.why in UNFIT
    return unfit.value.why


def form(hold: Hold = HOLD, **filled: str) -> Wish:
    """A submitted form."""
    return submitted(filled, hold, NOW, SCHOOL)


def refused(hold: Hold = HOLD, **filled: str) -> str:
    """Why a form is refused."""
    return why(submitted, filled, hold, NOW, SCHOOL)


# --- days -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("1 December", date(2026, 12, 1)),
        ("1st of Dec 2026", date(2026, 12, 1)),
        ("Tuesday 1 december", date(2026, 12, 1)),
        ("1/12", date(2026, 12, 1)),
        ("01/12/2026", date(2026, 12, 1)),
        ("4 January", date(2027, 1, 4)),
        ("20 November", date(2026, 11, 20)),
    ],
)
def test_a_day_is_read_as_people_write_it(words, day):
    """By ISO, with slashes as in Britain, in words; without a year it is the near one, and never a year away by mistake."""
    assert day_first(f"{words}, he said sorry", NOW, SCHOOL) == (day, "he said sorry")


@pytest.mark.parametrize("words", ["", "soon", "31 February", "2026-13-01", "12 Bananas", "32/12", "29 February 2027"])
def test_what_is_no_day_is_not_guessed(words):
    """It is asked for again."""
    assert why(day_first, words, NOW, SCHOOL) == "unreadable"


def test_a_hold_ends_at_the_beginning_of_the_day_by_the_schools_clock():
    """In summer that is an hour before UTC's; in the week the clocks change too."""
    assert end_on(date(2026, 12, 1), NOW, SCHOOL) == datetime(2026, 12, 1, tzinfo=UTC)
    summer = datetime(2026, 10, 20, 10, tzinfo=UTC)
    assert end_on(date(2026, 10, 25), summer, SCHOOL) == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert end_on(date(2026, 10, 26), summer, SCHOOL) == datetime(2026, 10, 26, tzinfo=UTC)


def test_today_and_before_are_past_and_the_school_says_how_far_is_too_far():
    """The last day allowed is allowed."""
    assert [why(end_on, date(2026, 11, day), NOW, SCHOOL) for day in (25, 26)] == ["past", "past"]
    assert end_on(date(2027, 2, 24), NOW, SCHOOL)
    assert why(end_on, date(2027, 2, 25), NOW, SCHOOL) == "too_far"


def test_a_hold_is_not_due_on_a_weekend():
    """Two days from Tuesday is Thursday; from Thursday it is Monday, and from Friday too."""
    tuesday = NOW - timedelta(days=2)

    assert due_after(tuesday, SCHOOL) == NOW
    assert due_after(NOW, SCHOOL) == NOW + timedelta(days=4)
    assert due_after(NOW + timedelta(days=1), SCHOOL) == NOW + timedelta(days=4)


def test_it_is_another_day_when_the_schools_clock_says_so():
    """Half past eleven in the evening by UTC is tomorrow in a British summer."""
    assert today(datetime(2026, 6, 15, 23, 30, tzinfo=UTC), SCHOOL) == date(2026, 6, 16)


# --- what is typed --------------------------------------------------------------------------------------------------------


def test_words_behind_the_pupil_are_the_talk_and_end_the_hold():
    """They stand as they were typed, on the day they were."""
    wish = typed("I rang his mother,  he has apologised", DECIDED, NOW, SCHOOL)

    assert wish.what == "release"
    assert wish.talk == Talk(spoke="", whom="", day=date(2026, 11, 26), agreed="I rang his mother, he has apologised")


def test_too_few_words_are_no_talk():
    """Nobody can have said in two words who spoke with whom."""
    assert why(typed, "all fine", DECIDED, NOW, SCHOOL) == "too_short"


@pytest.mark.parametrize(
    "words",
    [
        *("not before Monday please", "keep out until 1 December", "another week for her", "decide it later please"),
        *("she isn't sorry at all", "mother says no way", "back on 1 December"),
    ],
)
def test_what_may_mean_a_longer_hold_ends_none(words):
    """It is read back on the form."""
    assert why(typed, words, DECIDED, NOW, SCHOOL) == "typed"


def test_where_the_parents_come_first_no_words_are_the_talk():
    """C37: who spoke with whom and when is asked for."""
    assert why(typed, "I rang his mother, he has apologised", HOLD, NOW, SCHOOL) == "typed"


def test_until_a_day_and_until_further_notice_are_typed_too():
    """With the why behind it."""
    until = typed("until 1 December: a week at home", HOLD, NOW, SCHOOL)
    later = typed("until further notice, the head decides", HOLD, NOW, SCHOOL)

    assert until == Wish(what="until", why="a week at home", until=datetime(2026, 12, 1, tzinfo=UTC))
    assert later == Wish(what="open", why="the head decides")
    assert why(typed, "until they say sorry", HOLD, NOW, SCHOOL) == "unreadable"
    assert why(typed, "until 2026-11-01", HOLD, NOW, SCHOOL) == "past"


# --- the form -------------------------------------------------------------------------------------------------------------


def test_a_talk_and_a_decision_come_together():
    """All that was filled in is kept."""
    assert form(**TALK, decision="release") == Wish(what="release", talk=SPOKEN)
    assert form(**TALK, decision="later") == Wish(what="later", talk=SPOKEN)
    until = datetime(2026, 12, 1, tzinfo=UTC)
    assert form(**TALK, decision="until", until="2026-12-01") == Wish(what="until", talk=SPOKEN, until=until)


def test_keeping_out_longer_needs_no_talk():
    """What stands alone in the field of what was agreed is the why."""
    assert form(decision="open", agreed="the governors meet first") == Wish(what="open", why="the governors meet first")


@pytest.mark.parametrize("missing", ["spoke", "whom", "day", "agreed"])
def test_half_a_talk_is_none(missing):
    """All four are needed."""
    assert refused(**{**TALK, missing: ""}, decision="later") in ("half_a_talk", "nothing")
    assert refused(**{**TALK, missing: " "}, decision="release") == "half_a_talk"


@pytest.mark.parametrize("day", ["2026-11-27", "2026-11-24"])
def test_a_talk_was_after_the_removal_and_not_tomorrow(day):
    """On the day of the removal it may have been."""
    assert refused(**{**TALK, "day": day}, decision="later") == "talk_day"
    assert form(**{**TALK, "day": "2026-11-25"}, decision="later").talk


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"agreed": "x"}, "undecided"),
        ({"decision": "banish"}, "undecided"),
        ({"decision": "later", "agreed": "well"}, "nothing"),
        ({"decision": "until"}, "no_day"),
        ({"decision": "until", "until": "soon"}, "unreadable"),
        ({"decision": "until", "until": "2026-12-01 or so"}, "unreadable"),
        ({"decision": "until", "until": "2026-11-26"}, "past"),
        ({"decision": "open", "until": "2026-12-01"}, "two_minds"),
    ],
)
def test_what_does_not_fit_together_is_asked_again(filled, said):
    """Nothing that was filled in is passed over."""
    assert refused(**filled) == said


def test_the_parents_are_spoken_with_first():
    """No press of any button goes round that (C37); a talk that is on record already will do."""
    assert refused(decision="release", agreed="fine", sure="yes") == "no_talk"
    talked = replace(HOLD, steps=(HoldStep(what="talk", by=CLT, at=NOW, talk=SPOKEN),))

    assert form(talked, decision="release").what == "release"


@pytest.mark.parametrize("ends", ["clt_decides", "open"])
def test_where_clt_decides_it_is_asked_back_and_needs_a_why(ends):
    """C75 C83: a hold without a talk ends only twice said."""
    hold = replace(HOLD, ends=ends)

    assert refused(hold, decision="release", sure="yes") == "no_why"
    assert refused(hold, decision="release", agreed="it was his brother") == "sure"
    assert form(hold, decision="release", agreed="it was his brother", sure="yes").why == "it was his brother"


def test_a_form_says_which_hold_it_showed():
    """What says nothing, or nonsense, showed none."""
    assert seen_of({"form": "12.3"}) == (12, 3)
    assert [seen_of({"form": said}) for said in ("", "12", "12.3.4", "-1.2", "9" * 40)] == [None] * 5
    assert set(TALK) < set(FIELDS)


# --- how it is told -------------------------------------------------------------------------------------------------------


def test_a_hold_is_overdue_once_its_time_is_up_unless_it_ends_by_itself():
    """To the second, and never without a due day."""
    due = replace(HOLD, due=NOW)

    assert overdue(due, NOW)
    assert not overdue(due, NOW - timedelta(seconds=1))
    assert not overdue(replace(due, ends="open", until=NOW + timedelta(days=1)), NOW)
    assert overdue(replace(due, until=NOW), NOW)
    assert not overdue(HOLD, NOW)


def test_a_hold_is_told_with_its_days():
    """As was decided, else as it was opened."""
    facts = facts_of(replace(HOLD, due=NOW), NOW, SCHOOL)
    assert (facts["review"], facts_of(replace(HOLD, decided="open"), NOW, SCHOOL)["review"]) == (False, True)
    decided = facts_of(replace(HOLD, decided="until", until=datetime(2026, 12, 1, tzinfo=UTC)), NOW, SCHOOL)

    assert (facts["ends"], facts["until"], facts["due"], facts["overdue"]) == ("parents", None, "2026-11-26", True)
    waits = facts_of(replace(HOLD, decided="until", until=NOW), NOW, SCHOOL)

    assert (decided["ends"], decided["until"], decided["due"]) == ("until", "2026-12-01", None)
    assert (waits["ends"], waits["until"], waits["lapses"]) == ("parents", None, False)


def test_how_a_hold_has_ended_is_its_last_step():
    """By itself, taken back in time, or decided; one that stands has not ended, whatever was taken back."""
    undone = HoldStep(what="undone", by=MS_PATEL, at=NOW)
    over = replace(HOLD, released_at=NOW, steps=(undone,))

    assert [how_ended(over), how_ended(replace(over, steps=(replace(undone, what="ended"),)))] == ["undone", "ended"]
    assert [how_ended(replace(over, steps=())), how_ended(replace(over, released_at=None))] == ["decided", "decided"]


def test_each_step_has_its_line():
    """A talk with its four parts, a decision with its day and its why; one that was typed has no speaker of its own."""
    until = HoldStep(what="until", by=CLT, at=NOW, until=datetime(2026, 12, 1, tzinfo=UTC), why="a week")
    own = replace(SPOKEN, spoke="", whom="")

    assert step_told(until, SCHOOL) == (
        "hold.step_until",
        {"by": CLT, "on": "2026-11-26", "why_so": "a week", "until": "2026-12-01"},
    )
    key, facts = step_told(HoldStep(what="talk", by=CLT, at=NOW, talk=SPOKEN), SCHOOL)
    assert (key, facts["spoke"], facts["day"]) == ("hold.step_talk", "Ms Harcourt", "2026-11-26")
    assert step_told(HoldStep(what="talk", by=CLT, at=NOW, talk=own), SCHOOL)[1]["spoke"] is None
