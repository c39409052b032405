"""Repeats go on one card while nobody has taken it: the same person again, or another of the same kind (issue 6, part 6)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import Audience, Mode, Tell
from bot.events import Verb
from bot.notice import Severity
from bot.ports import Arrival
from tests.builders import (
    ADA,
    BEN,
    CLT,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    NOBODY_ELSE,
    PARENT,
    came,
    left,
    rule_of,
    school_with,
    started,
)
from tests.fakes import at_once
from tests.school_day import SchoolDay


def lesson(to=Audience.CLT, *, facts=None, fold="", mode=Mode.ACT, say=None):
    """A lesson whose rule tells of everybody who is there but staff and whose card is looked at."""

    def decide(sitting, now, settings):
        for person in sitting.present():
            if person != MS_PATEL:
                what = (say or {}).get(person, "test_rule.x")
                yield Tell(to=to, say=what, about=person, facts=facts or {}, choices=(Verb.NOT_A_PROBLEM,))

    day = SchoolDay(school_with((rule_of(decide, mode=mode),)))
    if fold:
        object.__setattr__(day.school, "alerts", day.school.alerts.model_copy(update={"fold": timedelta(minutes=0)}))
    day.happens(started(), came(MS_PATEL))
    return day


def over(day, *people, minute):
    """They leave, and the settling time passes."""
    day.happens(*(left(person, minute) for person in people))
    day.look(minute)
    day.look(minute + 1)
    day.work("carry", "identify")


def cards(day):
    """The cards in the channel: headline, what was folded in, whether over."""
    return [(notice.headline, notice.more, notice.over) for _, notice in day.messenger.shown.values()]


def counted(day):
    """How often a card was said to stand for more than one, as (count)."""
    return [facts["count"] for key, facts in day.words.said if key == "folded"]


def comes(day, person, minute):
    day.happens(came(person, minute))
    day.work("carry", "identify")


# --- the same person again ----------------------------------------------------------------------------------------------


def test_who_comes_again_stands_on_the_card_of_before():
    """With how often, and since when; the card is no longer over."""
    day = lesson()
    comes(day, PARENT, 1)
    over(day, PARENT, minute=2)
    assert cards(day) == [("test_rule.x", (), True)]
    comes(day, PARENT, 5)

    assert cards(day) == [("test_rule.x", (), False)]
    (alert,) = day.decisions.alerts.values()
    assert alert.decision.facts["times"] == 2
    assert alert.decision.facts["first"] == alert.since.isoformat()
    over(day, PARENT, minute=6)
    assert cards(day) == [("test_rule.x", (), True)]
    assert alert.decision.facts.items() <= day.decisions.alerts[1].decision.facts.items()


@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.NOT_A_PROBLEM])
def test_an_answered_card_is_done_with(verb):
    """What happens after it is a new alarm, with a card of its own."""
    day = lesson()
    comes(day, PARENT, 1)
    day.presses(CLT, 1, verb)
    over(day, PARENT, minute=2)
    comes(day, PARENT, 5)

    assert [one[2] for one in cards(day)] == [True, False]


def test_after_the_schools_time_it_is_a_new_card():
    """Ten minutes from the first, as delivered."""
    day = lesson()
    comes(day, PARENT, 1)
    over(day, PARENT, minute=2)
    comes(day, PARENT, 12)

    assert [one[2] for one in cards(day)] == [True, False]


def test_a_school_may_have_a_card_for_each():
    """`fold = "0s"`."""
    day = lesson(fold="0s")
    comes(day, PARENT, 1)
    comes(day, NOBODY, 1)
    over(day, PARENT, minute=2)
    comes(day, PARENT, 3)

    assert len(cards(day)) == 3


def test_an_opened_card_goes_on_being_passed_on():
    """Nobody is notified by a changed card: so its time counts from the first."""
    day = lesson()
    day.words.severity = Severity.ACT
    comes(day, PARENT, 1)
    over(day, PARENT, minute=2)
    day.register.jobs.clear()
    comes(day, PARENT, 5)

    assert [(job.kind, job.after) for job in day.register.jobs if job.kind == "escalate"] == [("escalate", 0.0)]


# --- others of the same -------------------------------------------------------------------------------------------------


def test_others_of_the_same_are_added_to_the_card():
    """One card, with how many more; each with its own words."""
    day = lesson()
    for minute, person in enumerate((NOBODY, PARENT, ADA), start=1):
        comes(day, person, minute)

    (card,) = cards(day)
    assert card == ("test_rule.x", ("folded", "test_rule.x", "test_rule.x"), False)
    assert counted(day)[-1] == 2
    assert len(day.decisions.alerts) == 1


def test_several_at_once_are_one_card_from_the_beginning():
    """Thirty strangers at nine o'clock."""
    day = lesson()
    arrival = Arrival(events=(came(PARENT, 1), came(NOBODY, 1), came(NOBODY_ELSE, 1)), meeting=LESSON)
    receipt = at_once(day.service.observe(arrival))

    assert len(receipt.ruling.decisions) == 1
    assert {one.into for one in receipt.sitting.episodes.values()} == {None, PARENT}


def test_the_card_is_over_once_everybody_on_it_is():
    """Not when the first has gone; and who still holds stands first."""
    day = lesson()
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)
    over(day, NOBODY, minute=3)
    assert [one[2] for one in cards(day)] == [False]
    over(day, PARENT, minute=5)

    assert [one[2] for one in cards(day)] == [True]


def test_who_was_added_and_comes_again_stands_there_too():
    """As long as the card does."""
    day = lesson()
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)
    over(day, PARENT, minute=3)
    comes(day, PARENT, 5)

    assert len(cards(day)) == 1
    assert [one.times for one in day.sitting().episodes.values() if one.into] == [2]


def test_newer_words_of_who_was_added_change_the_card():
    """And stay on it."""
    say = {}
    day = lesson(say=say)
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)
    say[PARENT] = "test_rule.y"
    day.look(3)
    day.work("carry")

    (card,) = cards(day)
    assert card[1] == ("folded", "test_rule.y")


def test_another_matter_is_another_card():
    """Of the same rule, but told in other words."""
    day = lesson(say={PARENT: "test_rule.y"})
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)

    assert len(cards(day)) == 2


def test_what_is_told_to_the_host_alone_has_its_own_buttons():
    """One card for each person to decide about."""
    day = lesson(Audience.HOST)
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)

    assert len(cards(day)) == 2


def test_an_adult_of_the_school_is_never_added():
    """Who may read a card must not depend on what is added to it; nor is anybody added to one about an adult."""
    day = lesson()
    comes(day, NOBODY, 1)
    comes(day, MR_OKAFOR, 2)
    comes(day, PARENT, 3)

    assert [alert.decision.about for alert in day.decisions.alerts.values()] == [NOBODY, MR_OKAFOR]


def test_what_names_adults_has_a_card_of_its_own():
    """For the same reason."""
    day = lesson(facts={"adults": (str(MS_PATEL),)})
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)

    assert len(day.decisions.alerts) == 2


def test_a_rule_that_only_watches_writes_down_the_same():
    """And nobody is told."""
    day = lesson(mode=Mode.WATCH)
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)
    over(day, PARENT, NOBODY, minute=3)

    assert cards(day) == []
    (alert,) = day.decisions.alerts.values()
    assert (alert.decision.status, alert.decision.over) == ("watched", True)


def test_who_still_stands_on_a_card_moves_with_its_person_to_a_new_one():
    """The first was taken, its person came again meanwhile: nobody is left on a card that is over."""
    day = lesson()
    comes(day, NOBODY, 1)
    comes(day, PARENT, 2)
    day.presses(CLT, 1, Verb.CLAIM)
    over(day, NOBODY, minute=3)
    comes(day, NOBODY, 5)

    assert [one[2] for one in cards(day)] == [True, False]
    assert cards(day)[1][1] == ("folded", "test_rule.x")
    over(day, NOBODY, PARENT, minute=6)
    assert [one[2] for one in cards(day)] == [True, True]


# --- whatever happens ---------------------------------------------------------------------------------------------------

_steps = st.lists(
    st.tuples(st.sampled_from(("comes", "goes", "claims", "waits")), st.sampled_from((NOBODY, PARENT, ADA, BEN))),
    max_size=14,
)


@settings(max_examples=150, deadline=timedelta(seconds=3))
@given(steps=_steps, gap=st.sampled_from((0.3, 1.0, 4.0)))
def test_who_is_there_always_stands_on_a_card_that_is_not_over(steps, gap):
    """Whoever comes, goes and comes again, whoever answers: nobody is lost between cards."""
    day, minute = lesson(), 1.0
    for what, person in steps:
        minute += gap
        here = day.sitting().since(person)
        if what == "comes" and not here:
            comes(day, person, minute)
        elif what == "goes" and here:
            day.happens(left(person, minute))
        elif what == "claims" and day.decisions.alerts:
            day.presses(CLT, max(day.decisions.alerts), Verb.CLAIM)
        day.look(minute)
        day.work("carry", "identify", "redraw")
        sitting, live = day.sitting(), {a.decision.about: a.decision for a in day.decisions.alerts.values()}
        for there in sitting.present():
            episode = sitting.episodes.get(("test_rule", "tell", "clt", there))
            if there != MS_PATEL and episode is not None:
                card = live[episode.into or there]
                assert not card.over
                assert card.episode == (episode.into_number or episode.number)
        assert len({sent.activity for sent, _ in day.messenger.shown.values()}) == len(day.decisions.alerts)
