"""The roll of a sitting: what rules read from lists is what going through everybody would say, and costs the same in a crowd."""

import gc
import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events import (
    CallMoved,
    CheckAsked,
    Described,
    Identified,
    Joined,
    Kind,
    Left,
    OptionsSeen,
    RosterSeen,
    Seat,
    Started,
    account,
)
from bot.fold import fold, numbered
from bot.ports import Arrival, Before, Known
from bot.roll import LISTS, STRANGER, Roll, Standing
from bot.ruling import rule_on
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    KINDS,
    LESSON,
    MS_PATEL,
    NOBODY,
    START,
    after,
    described,
    ended,
    joined,
    school_with,
    sitting_of,
)
from tests.histories import EVERYBODY, events, minutes

ROOT = Path(__file__).parents[2]
PURE = (str(ROOT / "bot"), str(ROOT / "policies"))

_seats = st.builds(
    lambda person, device, muted, sharing, recording, in_lobby: Seat(
        participant=f"{person} {device}",
        person=person,
        hint=KINDS[person] if not person.startswith("aad:") else Kind.UNRESOLVED,
        muted=muted,
        sharing=sharing,
        recording=recording,
        in_lobby=in_lobby,
    ),
    st.sampled_from(EVERYBODY),
    st.sampled_from("12"),
    *[st.booleans()] * 4,
)
_rosters = st.builds(
    lambda minute, seats: RosterSeen(at=after(minute), seats=tuple(seats), ours=True),
    minutes,
    st.lists(_seats, max_size=5, unique_by=lambda seat: seat.participant),
)
_presenters = st.builds(
    lambda person, minute: Joined(at=after(minute), person=person, endpoint="laptop", role="presenter"),
    st.sampled_from(EVERYBODY),
    minutes,
)
_checks = st.builds(
    lambda person, minute: CheckAsked(at=after(minute), person=person), st.sampled_from(EVERYBODY), minutes
)
_calls = st.builds(
    lambda minute, state: CallMoved(at=after(minute), state=state, call="1"), minutes, st.sampled_from(("in", "ended"))
)
lessons = st.lists(st.one_of(events, events, _rosters, _presenters, _checks, _calls), max_size=16)


def _together(sitting, event):
    """The sitting after one more event, its roll called before and after."""
    sitting.present()
    after_it = fold(sitting, [event])
    after_it.present()
    return after_it


@settings(max_examples=300)
@given(history=lessons)
def test_the_roll_that_is_kept_is_the_roll_called_anew(history):
    """Whatever happens, with or without the call's roster: the lists are changed only for whom an event moved."""
    sitting = Sitting(LESSON)
    for event in history:
        sitting = _together(sitting, event)
        anew = replace(sitting)

        assert "_roll" not in anew.__dict__
        assert sitting._roll == anew._roll


@settings(max_examples=300)
@given(history=lessons, kinds=st.sets(st.sampled_from(Kind), min_size=1).map(tuple), gone=minutes)
def test_lists_say_what_going_through_everybody_says(history, kinds, gone):
    """Who is there, unexpected, presenting, known, has come, and when that last changed."""
    sitting = Sitting(LESSON)
    for event in history:
        sitting = _together(sitting, event)
    here = sorted((since, person) for person in sitting.members if (since := sitting.since(person)))
    theirs = [person for _, person in here if sitting.kind(person) in kinds]
    members = [member for member in sitting.members.values() if member.kind in kinds]
    changes = {member.person: member.changed(sitting.ended_at) for member in members}
    seats, first = (
        sitting.controls.seats.values(),
        [one.first_seen for one in sitting.members.values() if one.first_seen],
    )

    assert sitting.present() == tuple(person for _, person in here)
    assert sitting.present(*kinds) == tuple(theirs)
    assert sitting.unexpected(*kinds) == tuple(person for person in theirs if sitting.invited(person) is not True)
    assert sitting.presenting(*kinds) == tuple(p for p in theirs if sitting.members[p].role == "presenter")
    assert set(sitting.known(*kinds)) == {member.person for member in members if member.as_of}
    assert set(sitting.came(*kinds)) == {member.person for member in members if member.first_seen}
    assert sitting.most_present(*kinds) == len(sitting.came(*kinds))
    for but in (None, ADA, MS_PATEL):
        assert sitting.last_change(*kinds, but=but) == max(
            (at for p, at in changes.items() if at and p != but), default=None
        )
    planned = sitting.scheduled_end is not None and min(first, default=after(gone)) <= sitting.scheduled_end
    assert (sitting.over_by_plan(after(gone)) is not None) == planned
    for listed, sat in (
        (sitting.unmuted, [seat.person for seat in seats if not seat.muted]),
        (sitting.sharing, [seat.person for seat in seats if seat.sharing]),
        (sitting.recording, [seat.person for seat in seats if seat.recording]),
    ):
        assert listed(*kinds) == tuple(person for person in theirs if person in sat)
        assert listed() == tuple(person for _, person in here if person in sat)


def test_a_row_is_in_order_of_time_and_nobody_stays_in_a_row_they_left():
    """The earliest first, of the same moment by their keys; a row that nobody is in any more is none."""
    first, second = sorted((ADA, BEN))
    there = Roll.of({}).having(second, Standing(Kind.PUPIL, present=after(1)))
    both = there.having(first, Standing(Kind.PUPIL, present=after(1)))
    earlier = both.having(second, Standing(Kind.PUPIL, present=after(0)))

    assert both.people("present", [Kind.PUPIL]) == (first, second)
    assert earlier.people("present", [Kind.PUPIL]) == (second, first)
    assert both.having(first, STRANGER).rows == there.rows
    assert earlier.having(second, Standing(Kind.STAFF, present=after(0))).people("present", Kind) == (second, first)
    assert there.having(second, there.standings[second]) is there
    assert Standing._fields[1:] == LISTS


def test_what_lists_rest_on_may_change():
    """A new description makes others unexpected; the first roster drops whom only an event told of; the end leaves nobody."""
    lesson = sitting_of(described(class_name="3B"), joined(ADA), joined(MS_PATEL), joined(NOBODY))
    other = _together(lesson, described(1, class_name="4A"))
    called = _together(lesson, RosterSeen(at=after(0.1), seats=(), ours=True))

    assert (lesson.unexpected(Kind.PUPIL), other.unexpected(Kind.PUPIL)) == ((), (ADA,))
    assert (lesson.present(Kind.ANONYMOUS), called.present(Kind.ANONYMOUS)) == ((NOBODY,), ())
    assert called.present(Kind.PUPIL) == (ADA,)
    assert _together(called, ended(2)).present() == ()


def test_the_last_change_but_one_persons():
    """Of whoever changed last the change before is found; where nobody else changed there is none."""
    lesson = sitting_of(joined(BEN, 1), joined(ADA, 2), joined(MS_PATEL, 3))

    assert lesson.last_change(Kind.PUPIL, but=ADA) == after(1)
    assert lesson.last_change(Kind.PUPIL, but=BEN) == after(2)
    assert lesson.last_change(Kind.STAFF, but=MS_PATEL) is None


# --- what it costs -------------------------------------------------------------------------------------------------------


def _steps(do):
    """How many steps the interpreter takes in the pure rooms, which is the same each time, whatever the machine does."""
    count = 0

    def trace(frame, what, _):
        nonlocal count
        if not frame.f_code.co_filename.startswith(PURE):
            return None
        frame.f_trace_opcodes = True
        count += what == "opcode"
        return trace

    tracing = sys.gettrace()
    gc.disable()
    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(tracing)
        gc.enable()
    return count


@dataclass
class _Crowd:
    """A lesson of Ms Patel with so many pupils, judged event by event."""

    size: int
    tier: str = "watch"
    sitting: Sitting = Sitting(LESSON)
    events: int = 0
    pupils: list = field(init=False)

    def __post_init__(self):
        self.school = school_with(tier=self.tier)
        self.pupils = [account(f"{number:08d}-0000-4000-8000-000000000000") for number in range(self.size + 1)]
        invitees = (MS_PATEL, *self.pupils)
        self.take(Started(at=START))
        self.comes(MS_PATEL, Kind.STAFF)
        self.take(
            Described(at=self.at, organizer=MS_PATEL, class_name="3B", invitees=invitees, invitees_known=True),
            OptionsSeen(at=self.at, options={"mic": False, "presenters": "organizer", "record_automatically": True}),
        )
        for pupil in self.pupils[: self.size]:
            self.comes(pupil)
        self.goes(self.pupils[0])
        self.comes(self.pupils[0])

    @property
    def at(self):
        return START + timedelta(milliseconds=self.events)

    def take(self, *happened, known=()):
        self.events += 1
        before = Before(sitting=self.sitting, sitting_id=1, opened_now=False, now=self.at, known=dict(known))
        ruling = rule_on(Arrival(meeting=LESSON, events=happened), before, self.school)
        self.sitting = numbered(fold(self.sitting, ruling.events), self.sitting.number + len(ruling.events))

    def comes(self, person, kind=Kind.PUPIL):
        known = {person: Known(kind=kind, classes=("3B",), as_of=START, fresh=True)}
        self.take(Joined(at=self.at, person=person, endpoint="laptop"), known=known)

    def comes_unknown(self):
        self.take(Joined(at=self.at, person=self.pupils[-1], endpoint="laptop"))

    def goes(self, person):
        self.take(Left(at=self.at, person=person, endpoint="laptop"))

    def is_named(self):
        self.take(Identified(at=self.at, person=self.pupils[1], kind=Kind.PUPIL, classes=("3B",)))

    def sits(self, but=0):
        here = [MS_PATEL, *self.pupils[: self.size - but]]
        seats = [Seat(participant=person, person=person, hint=Kind.UNRESOLVED, muted=True) for person in here]
        self.take(RosterSeen(at=self.at, seats=tuple(seats), ours=True))


HAPPENS = {
    "leaves": lambda crowd: crowd.goes(crowd.pupils[1]),
    "comes by another device": lambda crowd: crowd.take(Joined(at=crowd.at, person=crowd.pupils[1], endpoint="phone")),
    "comes and is known": lambda crowd: crowd.comes(crowd.pupils[-1]),
    "comes and is unknown": lambda crowd: crowd.comes_unknown(),
    "is looked up": lambda crowd: crowd.is_named(),
    "the teacher drops out": lambda crowd: crowd.goes(MS_PATEL),
    "nothing": lambda crowd: crowd.take(),
}


@pytest.mark.parametrize("tier", ["watch", "guard", "remove"])
@pytest.mark.parametrize("what", HAPPENS)
def test_an_event_takes_as_many_steps_in_a_crowd(tier, what):
    """Judging one more event goes through nobody but those whom it moves, however many are there."""
    small, large = ({"crowd": _Crowd(size, tier)} for size in (10, 60))

    assert _steps(lambda: HAPPENS[what](**small)) == _steps(lambda: HAPPENS[what](**large))


def test_a_roster_takes_so_many_steps_for_each_seat():
    """A roster is read seat by seat, and no seat costs more because there are others."""
    found = []
    for size in (20, 40, 60):
        crowd = _Crowd(size, "remove")
        crowd.take(CallMoved(at=crowd.at, state="in", call="1"))
        found.append((_steps(crowd.sits), _steps(lambda crowd=crowd: crowd.sits(but=1))))
    (first, _), (second, _), (third, _) = found
    (_, less), (_, more), (_, most) = found

    assert second - first == third - second
    assert more - less == most - more
