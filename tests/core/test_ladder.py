"""The two tracks: reasons found in what teachers write, the table, and that no step of it is ever silently skipped."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events import RemovalOrdered, RemovalPlanned, Warned, WarningTakenBack
from bot.ladder import LADDER, Order, Step, rung
from bot.policy import find_rules
from bot.reasons import USUAL, Ends, Reason, Track, find, named
from tests.builders import ADA, BEN, MR_OKAFOR, MS_PATEL, came, school_with, started
from tests.school_day import SchoolDay

KEYS = [reason.key for reason in USUAL]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", None),
        ("being odd", None),
        ("chatting again", "off_task"),
        ("Unkind to Ben", "unkind"),
        ("unkindd to ben", "unkind"),
        ("he swore at me", "abuse"),
        ("swaering", None),
        ("dressed for bed", "dress"),
        ("undressed", "serious"),
        ("shouting racist abuse", "abuse"),
        ("chatting, and a screenshot", "recording"),
        ("took a photo of the class", "recording"),
        ("shared the link with his cousin", "link"),
        ("something else that cannot wait", None),
        ("serious", "serious"),
        ("seriously good work", None),
        ("a meaningful talk", None),
        ("off_task", "off_task"),
        ("class", None),
        ("x" * 9000, None),
    ],
)
def test_a_reason_is_found_by_its_words(text, key):
    """In any case, never as a part of another word; of several the stricter. Nearly right is enough on the ladder only."""
    found = find(text, USUAL)

    assert (found.key if found else None) == key


@pytest.mark.parametrize("reason", USUAL, ids=KEYS)
def test_every_reason_is_found_by_its_key_and_by_each_of_its_words(reason):
    """What a card sends is the key; what is written is one of the words."""
    for name in (reason.key, *reason.names):
        assert find(name, USUAL) == reason
    assert named(reason.key, USUAL) == reason


def test_a_school_may_call_its_reasons_what_it_likes():
    """Its own words are words too."""
    own = Reason("stage_two", Track.IMMEDIATE, Ends.OPEN, words="a stage two behaviour", also=("fighting",))

    assert find("a stage two behaviour, twice", [own]) == own
    assert find("fighting", [own]) == own
    assert find("nothing", [own]) is None


@given(st.text(max_size=200))
def test_any_words_are_read(text):
    """Nothing typed raises."""
    assert find(text, USUAL) in (None, *USUAL)


# --- the table ------------------------------------------------------------------------------------------------------------


def test_there_is_one_row_for_every_case_and_each_can_be_read_aloud():
    """By track, by whether a warning counts, by what the teacher says."""
    cases = [(row.track, row.warned, row.order) for row in LADDER]

    assert len(set(cases)) == len(cases) == len(Track) * 2 * len(Order)
    assert all(row.aloud.endswith(".") and len(row.aloud) < 100 for row in LADDER)


@given(st.sampled_from(Track), st.integers(min_value=0, max_value=50), st.sampled_from(Order))
def test_a_row_applies_to_every_pupil(track, warnings, order):
    """And removes only who was warned, or for a reason that cannot wait; a warning is never anything else."""
    step = rung(track, warnings, order).step

    assert (step is Step.REMOVE) == (order is Order.REMOVE and (warnings > 0 or track is Track.IMMEDIATE))
    assert (step is Step.ASK) == (order is Order.REMOVE and warnings == 0 and track is Track.LADDER)
    assert (step is Step.NEXT_WARNING) == (order is Order.WARN and warnings > 0)


# --- played -----------------------------------------------------------------------------------------------------------------

_orders = st.lists(
    st.tuples(
        st.sampled_from((MS_PATEL, MR_OKAFOR)),
        st.sampled_from(("warn Ada", "remove Ada", "undo", "undo Ada", "warn Ben", "undo Ben")),
        st.sampled_from(("", "chatting", "abuse", "whatever", "photo")),
        st.sampled_from((0, 3, 10, 3600 * 24 * 2)),
    ),
    max_size=12,
)


@settings(max_examples=120)
@given(orders=_orders, tier=st.sampled_from(("watch", "remove")), confirm=st.booleans())
def test_no_step_is_ever_silently_skipped(orders, tier, confirm):
    """Whatever is ordered in whatever order: on the ladder nobody is removed without a warning that counts, by anybody."""
    day = SchoolDay(
        school_with(
            find_rules({"lone_pupil": {"enabled": False}}),
            tier=tier,
            warnings_expire=timedelta(days=1),
            removal={"confirm_first": confirm, "undo_ladder": timedelta(seconds=5)},
        )
    )
    day.happens(started(), came(MS_PATEL), came(MR_OKAFOR), came(ADA), came(BEN))
    for by, text, reason, seconds in orders:
        undo = text.startswith("undo")
        day.says(by, f"/{text} {reason}".strip() if not undo else f"/{text}")
        day.work("remove")
        day.clock.wait(seconds)
    counting: list[Warned] = []
    for event in day.register.events():
        if isinstance(event, Warned) and event.pupil == ADA:
            counting.append(event)
        elif isinstance(event, WarningTakenBack) and event.pupil == ADA:
            counting.remove([one for one in counting if one.by == event.by][-1])
        elif isinstance(event, RemovalPlanned) or (isinstance(event, RemovalOrdered) and not _planned(day, event)):
            reason = named(event.reason, USUAL)
            stand = [one for one in counting if one.at + timedelta(days=1) > event.at]
            assert (reason and reason.track is Track.IMMEDIATE) or stand
    kept_out = {pupil for pupil in (ADA, BEN) if day.sitting().controls.kept_out(pupil)}
    assert kept_out <= set(day.people.holds)
    assert BEN not in kept_out


def _planned(day, removal):
    """Whether this removal was planned before: then its plan was the step."""
    return any(
        isinstance(event, RemovalPlanned) and event.person == removal.person and event.at <= removal.at
        for event in day.register.events()
    )
