"""The fold of a sitting: who is present and since when, whatever the order (laws 1, 3 and 5)."""

from dataclasses import FrozenInstanceError, replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.events import (
    AnyEvent,
    CheckAsked,
    Corrected,
    EpisodeMoved,
    EpisodeState,
    Kind,
    Noted,
    NoteTakenBack,
    OutcomeSeen,
    Verb,
    Warned,
    account,
    oid_of,
)
from bot.fold import fold, numbered, takes
from bot.members import Endpoint
from bot.ruling import SILENT
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    GUEST,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    NOBODY_ELSE,
    PARENT,
    PHONE,
    ROBOT,
    ZOE,
    after,
    answered,
    approved,
    blinded,
    came,
    described,
    ended,
    identified,
    joined,
    left,
    sight_returned,
    sitting_of,
    started,
)
from tests.histories import EVERYBODY, histories

REOPEN = timedelta(minutes=15)


def taken(sitting, event):
    """Whether the sitting takes this event, with the usual times."""
    return takes(sitting, event, reopen=REOPEN, stale=SILENT)


# --- law 1: sitting, not meeting ----------------------------------------------------------------------------------------


def test_a_sitting_opens_at_the_first_start_or_join():
    """Before that, and by a mere leave, it is not open."""
    assert not sitting_of().is_open()
    assert sitting_of(started()).is_open()
    assert sitting_of(came(ADA)).is_open()
    assert not sitting_of(left(ADA, 1)).opened


def test_it_closes_at_the_end_or_when_the_last_has_gone():
    """Closing time is the end's, or the last leaving's."""
    assert sitting_of(started(), joined(ADA), ended(30)).over_since == after(30)
    assert sitting_of(started(), joined(ADA), joined(BEN), left(ADA, 5), left(BEN, 9)).over_since == after(9)
    assert sitting_of(started(), joined(ADA), joined(BEN), left(ADA, 5)).over_since is None


def test_a_start_alone_is_no_closed_sitting():
    """Nobody has come yet: it is open, not over."""
    assert sitting_of(started()).over_since is None


@pytest.mark.parametrize("minute", [1, 40])
def test_a_bot_neither_opens_nor_closes_a_lesson(minute):
    """A bot that comes or goes says nothing about whether the lesson is held."""
    assert not sitting_of(came(ROBOT, minute)).opened
    assert sitting_of(started(), came(ROBOT, minute)).over_since is None
    assert sitting_of(started(), joined(ADA), left(ADA, 20), came(ROBOT, minute)).over_since == after(20)


def test_an_end_older_than_the_start_is_ignored():
    """The late end of something earlier does not end what started after it."""
    sitting = sitting_of(started(10), joined(ADA, 11), ended(5))

    assert sitting.is_open()
    assert sitting.present() == (ADA,)


def test_a_restart_within_fifteen_minutes_is_the_same_sitting():
    """It reopens, and nobody of before is present by that alone."""
    before = sitting_of(started(), joined(ADA), ended(30))

    assert taken(before, started(45))
    assert not taken(before, started(45.1))
    reopened = fold(before, [started(40)])
    assert reopened.is_open()
    assert reopened.present() == ()
    assert fold(reopened, joined(BEN, 41)).present() == (BEN,)


def test_a_join_long_after_the_last_has_gone_is_another_sitting():
    """Two lessons of a series on one day are two sittings."""
    morning = sitting_of(started(), joined(ADA), left(ADA, 30))

    assert taken(morning, came(BEN, 45))
    assert not taken(morning, came(BEN, 46))


def test_what_comes_late_belongs_to_the_sitting_it_happened_in():
    """An event older than the last one seen is never another sitting."""
    assert taken(sitting_of(started(), joined(ADA), ended(30)), came(BEN, 12))


def test_an_open_lesson_may_be_quiet_for_hours():
    """Nobody comes or goes in a good lesson; only after four hours its end was lost."""
    quiet = sitting_of(started(), joined(ADA))

    assert taken(quiet, left(ADA, 239))
    assert not taken(quiet, left(ADA, 241))


def test_another_start_of_a_silent_open_lesson_is_another_sitting():
    """Its end was lost: the meeting starts again after more than a quarter of an hour of silence."""
    silent = sitting_of(started(), joined(ADA))

    assert taken(silent, started(15))
    assert not taken(silent, started(16))


def test_the_first_event_of_all_is_always_taken():
    """An empty sitting takes whatever comes."""
    assert taken(Sitting(LESSON), came(ADA, 500))


# --- law 3: kinds of person ---------------------------------------------------------------------------------------------


def test_an_account_is_one_person_by_whatever_case_its_id_is_written():
    """School accounts merge by object id."""
    assert account("ABCDEF00-0000-4000-8000-000000000001") == account("abcdef00-0000-4000-8000-000000000001")
    assert oid_of(account("ABC")) == "abc"
    assert oid_of(PARENT) is None
    assert oid_of(NOBODY) is None


def test_others_never_merge():
    """Two anonymous people are two, whatever they call themselves."""
    assert len(sitting_of(joined(NOBODY), joined(NOBODY_ELSE)).present(Kind.ANONYMOUS)) == 2


def test_newcomers_are_unresolved_until_somebody_has_looked():
    """The event alone says nothing of an account."""
    assert sitting_of(came(ADA)).kind(ADA) is Kind.UNRESOLVED
    assert sitting_of(joined(ADA)).kind(ADA) is Kind.PUPIL
    assert Sitting(LESSON).kind(ADA) is Kind.UNRESOLVED
    assert Sitting(LESSON).classes(ADA) == ()
    assert sitting_of(joined(ADA)).classes(ADA) == ("3B",)


def test_outsiders_show_what_they_are_by_the_event():
    """Anonymous people and phones need no look-up."""
    sitting = sitting_of(came(NOBODY), came(PHONE), left(PARENT, 3))

    assert [sitting.kind(person) for person in (NOBODY, PHONE)] == [Kind.ANONYMOUS, Kind.PHONE]
    assert sitting.kind(PARENT) is Kind.UNRESOLVED


def test_a_hint_never_overrules_the_directory():
    """Once looked up, what an event hints is nothing."""
    hinted = replace(came(GUEST, 5), hint=Kind.STAFF)

    assert sitting_of(joined(GUEST), hinted).kind(GUEST) is Kind.GUEST


def test_the_newest_look_up_wins_however_late_the_older_one_comes():
    """Order of arrival is not order of looking."""
    newer, older = identified(ADA, 9, Kind.STAFF), identified(ADA, 8, Kind.PUPIL)

    assert {sitting_of(came(ADA), *order).kind(ADA) for order in permutations((newer, older))} == {Kind.STAFF}
    same_moment = identified(ADA, 9, Kind.PUPIL)
    assert sitting_of(newer, same_moment).kind(ADA) is Kind.PUPIL


def test_bots_are_not_present():
    """A bot counts as nobody."""
    sitting = sitting_of(joined(ADA), came(ROBOT))

    assert sitting.present() == (ADA,)
    assert sitting.since(ROBOT) is None


# --- law 5: order -------------------------------------------------------------------------------------------------------


def test_a_leave_before_its_join_is_a_tombstone():
    """The join that comes after its own leave brings nobody back."""
    sitting = sitting_of(started(), left(ADA, 5), came(ADA, 1))

    assert sitting.present() == ()
    assert sitting.over_since == after(5)


def test_a_new_join_outlives_an_old_leave():
    """She left, came back, and the leave arrives last."""
    assert sitting_of(came(ADA, 1), came(ADA, 9), left(ADA, 5)).since(ADA) == after(9)


def test_join_and_leave_of_the_same_moment_leave_somebody_present():
    """Nobody is believed gone on a tie: an alarm too many is better than one too few."""
    for order in permutations((came(ADA, 5), left(ADA, 5))):
        assert sitting_of(*order).since(ADA) == after(5)


def test_two_devices_are_two_endpoints_of_one_person():
    """Leaving by one does not leave by the other."""
    both = joined(ADA, 1), came(ADA, 3, "phone")

    assert sitting_of(*both).since(ADA) == after(1)
    assert sitting_of(*both, left(ADA, 9)).since(ADA) == after(3)
    assert sitting_of(*both, left(ADA, 9), left(ADA, 10, "phone")).since(ADA) is None


def test_a_doubled_join_changes_nothing_and_the_earliest_counts():
    """Since when is the first join that has not been ended."""
    assert sitting_of(came(ADA, 2), came(ADA, 1), came(ADA, 2)).since(ADA) == after(1)


def test_the_end_is_over_for_everybody_who_joined_before_it():
    """Whoever joins after the end is present; who joined at the very moment is not."""
    sitting = sitting_of(joined(ADA, 1), joined(BEN, 30), joined(MS_PATEL, 31), ended(30))

    assert sitting.present() == (MS_PATEL,)


def test_longest_present_first():
    """People are listed by how long they have been there."""
    sitting = sitting_of(joined(BEN, 2), joined(ADA, 3), joined(MS_PATEL, 1))

    assert sitting.present() == (MS_PATEL, BEN, ADA)
    assert sitting.ids(Kind.PUPIL) == (str(BEN), str(ADA))


def test_last_change_is_of_those_kinds_only():
    """A teacher's coming and going is no change among pupils."""
    sitting = sitting_of(joined(ADA, 1), joined(BEN, 2), left(BEN, 4), joined(MS_PATEL, 6))

    assert sitting.last_change(Kind.PUPIL) == after(4)
    assert sitting.last_change() == after(6)
    assert sitting_of(joined(ADA, 1), ended(20)).last_change(Kind.PUPIL) == after(20)
    assert Sitting(LESSON).last_change() is None


def test_only_looked_up_people_have_never_changed_anything():
    """Somebody of whom only a look-up is known has not come."""
    sitting = sitting_of(identified(ADA, 3))

    assert sitting.last_change(Kind.PUPIL) is None
    assert sitting.most_present(Kind.PUPIL) == 0


def test_those_who_came_are_counted_once_each():
    """Coming back is not coming twice."""
    sitting = sitting_of(joined(ADA), joined(BEN), left(BEN, 2), joined(BEN, 3), left(ZOE, 1))

    assert sitting.most_present(Kind.PUPIL) == 2
    assert [sitting.members[person].first_seen for person in (ADA, BEN, ZOE)] == [after(0), after(0), None]


def test_an_endpoint_keeps_only_so_many_joins():
    """A device that joins without end does not grow without end."""
    endpoint = Endpoint()
    for second in range(100):
        endpoint = endpoint.join(after(second / 60))

    assert len(endpoint.joins) == 32


def _seen(sitting):
    """Everything rules can see of presence."""
    since = {person: sitting.since(person) for person in EVERYBODY}
    kinds = [(), *((kind,) for kind in Kind)]
    changes = {which: sitting.last_change(*which) for which in kinds}
    came_in_all = {which: sitting.most_present(*which) for which in kinds}
    return since, sitting.present(), changes, came_in_all, sitting.over_since, sitting.last_seen_at, sitting.is_open()


_MOVING = ("joined", "left", "started", "ended")


@settings(max_examples=150)
@given(history=histories, order=st.randoms(use_true_random=False))
def test_order_does_not_matter(history, order):
    """Two folds of the same events in any order, doubled or not, are alike in everything that rules see of presence."""
    known = [identified(person, 0) for person in EVERYBODY if person.startswith("aad:")]
    moving = [event for event in history if event.type in _MOVING]
    shuffled = [*moving, *moving[: len(moving) // 2]]
    order.shuffle(shuffled)

    assert _seen(sitting_of(known, shuffled)) == _seen(sitting_of(known, moving))


@given(history=histories, cut=st.integers(0, 14))
def test_the_fold_is_a_fold(history, cut):
    """Folding in two goes, or from JSON, is folding at once (law 10: the memory is only a cache)."""
    adapter = TypeAdapter(list[AnyEvent])
    read = adapter.validate_json(adapter.dump_json(history))

    assert read == history
    assert fold(sitting_of(history[:cut]), history[cut:]) == sitting_of(history) == sitting_of(read)


@given(history=histories)
def test_what_is_worked_out_along_the_way_is_what_is_worked_out_at_the_end(history):
    """Who is present is carried from event to event, and only those who changed are looked at again."""
    sitting = Sitting(LESSON)
    for event in history:
        sitting = fold(sitting, [event])
        _seen(sitting)
        fresh = replace(sitting)

        assert "_roll" not in fresh.__dict__
        assert _seen(sitting) == _seen(fresh)
        assert [sitting.present(kind) for kind in Kind] == [fresh.present(kind) for kind in Kind]


def test_a_stay_is_of_somebody_who_is_there_and_begins_after_the_last_end():
    """Whoever has gone stays no more; coming again after an end is a new stay, however short the gap."""
    lesson, gap = sitting_of(joined(ADA), joined(BEN), left(BEN, 1), ended(2), came(ADA, 3)), timedelta(hours=1)

    assert lesson.stay_since(ADA, gap) == after(3)
    assert lesson.stay_since(BEN, gap) is None


# --- what else a sitting remembers --------------------------------------------------------------------------------------


def test_who_was_expected():
    """Staff always, the organiser, the class, the invitees; nobody can tell while neither class nor invitees are known."""
    lesson = (described(organizer=CARETAKER, invitees=(ZOE,)), *joined(ADA), *joined(MR_OKAFOR))
    sitting = sitting_of(lesson, joined(GUEST))

    assert [sitting.invited(person) for person in (ADA, MR_OKAFOR, CARETAKER, ZOE, GUEST)] == [*[True] * 4, False]
    assert sitting_of(joined(ADA)).invited(ADA) is None
    assert sitting_of(described(class_name="4A", invitees_known=False), joined(ADA)).invited(ADA) is False
    assert sitting_of(described(class_name=None, invitees_known=True), joined(ADA)).invited(ADA) is False


def test_the_newest_description_wins_and_keeps_a_known_organiser():
    """A later look that does not find the organiser does not forget them."""
    first, second = described(1, organizer=MS_PATEL, class_name=None), described(2, organizer=None, class_name="3B")

    sitting = sitting_of(first, second)
    assert (sitting.organizer, sitting.class_name, sitting.described_at) == (MS_PATEL, "3B", after(2))
    assert sitting_of(second, first).class_name == "3B"


def test_approvals_run_out():
    """An approval holds until its end, for that pupil."""
    sitting = sitting_of(approved(ADA, 0, until=10))

    assert sitting.one_to_one_approved(ADA, after(9.9))
    assert not sitting.one_to_one_approved(ADA, after(10))
    assert not sitting.one_to_one_approved(BEN, after(1))


def test_seen_and_done_are_two_questions():
    """Acknowledging does not undo a Remove; a newer answer to the same question does."""
    remove, seen = answered(Verb.REMOVE, PARENT, 5), answered(Verb.ACKNOWLEDGE, PARENT, 6)
    sitting = sitting_of(remove, seen)

    assert sitting.answer("uninvited_attendee", PARENT, Verb.REMOVE) == remove
    assert sitting.answer("uninvited_attendee", PARENT, Verb.ACKNOWLEDGE) == seen
    assert sitting.answer("uninvited_attendee", PARENT, Verb.LET_STAY) is None
    assert sitting.answer("uninvited_attendee", NOBODY, Verb.REMOVE) is None
    stays = fold(sitting, [answered(Verb.LET_STAY, PARENT, 7), answered(Verb.REMOVE, PARENT, 4)])
    assert stays.answer("uninvited_attendee", PARENT, Verb.REMOVE) is None


def test_sight_is_lost_and_returns():
    """Each reason by itself."""
    sitting = sitting_of(blinded("channel", 1), blinded("meet_now", 2), sight_returned("channel", 3))

    assert dict(sitting.blind) == {"meet_now": after(2)}


def test_checks_corrections_warnings_and_episodes_are_kept():
    """What the engine wrote, it reads again."""
    moved = EpisodeMoved(
        at=after(3), rule="r", action="tell", to="clt", about=ADA, number=2, state=EpisodeState.OPEN, say="r.x"
    )
    done = Corrected(at=after(1), person=NOBODY, action="remove", rule="r", observation=7)
    warned = Warned(at=after(2), pupil=ADA, by=MS_PATEL, count=3)
    sitting = sitting_of(CheckAsked(at=after(1), person=ADA), done, warned, moved)

    assert sitting.members[ADA].check_asked == after(1)
    assert sitting.corrected == (done,)
    assert sitting.warnings == {ADA: 3}
    assert sitting.episodes["r", "tell", "clt", ADA].number == 2


def test_outcomes_and_notes_that_were_taken_back_change_nothing():
    """They are history only; a note that stands is kept, so that whoever wrote it can take it back."""
    before, one, two = sitting_of(joined(ADA)), Noted(at=after(1), by=MS_PATEL), Noted(at=after(2), by=MS_PATEL)
    back = [NoteTakenBack(at=after(3), by=MS_PATEL, note=after(minute)) for minute in (1, 2)]

    assert fold(before, [OutcomeSeen(at=after(1), decision=1, outcome="done")]) == before
    assert fold(before, [one, two, back[0]]).noted == (two,)
    assert fold(before, [one, two, *back]) == before


def test_a_sitting_cannot_be_changed():
    """It is frozen, and numbered anew only by a copy."""
    sitting = sitting_of(joined(ADA))

    assert numbered(sitting, 9).number == 9
    assert sitting.number == 0
    with pytest.raises(FrozenInstanceError):
        sitting.number = 1
