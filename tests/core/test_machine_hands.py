"""Hands against a hostile day: calls, rosters, options, orders and holds in any order, and a rule that wants everybody out.

Whatever comes: rules act on nobody they may not, on no more people than the brake allows, and on nothing stale; a roster
that cannot be believed changes nobody's presence, one that can be makes it so; and what is written reads back the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.actions import Mute, Remove
from bot.brake import REPEATS
from bot.events import (
    CallMoved,
    Corrected,
    Event,
    HandsRefused,
    Held,
    Identified,
    Joined,
    Kind,
    Left,
    MicsOrdered,
    OptionsAsked,
    OptionsRefused,
    OptionsSeen,
    PersonKey,
    Released,
    RemovalOrdered,
    RemovalSeen,
    RemovalUndone,
    RosterSeen,
    Seat,
    Started,
)
from bot.members import ROSTER_LAG
from bot.ordering import ORDER
from bot.ports import OPTIONS, Arrival, Receipt
from bot.ruling import rule_on
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CY,
    DAN,
    GUEST,
    KINDS,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    PHONE,
    ROBOT,
    START,
    ZOE,
    came,
    described,
    rule_of,
    school_with,
)
from tests.fakes import Clock, FakeDecisions, FakePeople, FakeRegister, at_once
from tests.school_day import who

SOMEBODY = PersonKey("guest:8f2a")
CAST = (MS_PATEL, MR_OKAFOR, ADA, BEN, CY, DAN, ZOE, CARETAKER, GUEST, PARENT, NOBODY, PHONE, ROBOT, SOMEBODY)
PUPILS = (ADA, BEN, CY, DAN, ZOE)
CLASS = [PersonKey(f"aad:{number:08d}-0000-4000-8000-000000000000") for number in range(14)]
"""The others, of whom nobody wants anything: the brake lets a quarter of them all go."""
SPARED = (Kind.STAFF, Kind.BOT, Kind.UNRESOLVED)
TRUE_KINDS = {**KINDS, SOMEBODY: Kind.ANONYMOUS, **dict.fromkeys(CLASS, Kind.PUPIL)}
CALL = "call-1"

people = st.sampled_from(CAST)
pupils = st.sampled_from(PUPILS)
staff = st.sampled_from((MS_PATEL, MR_OKAFOR))
picks = st.integers(0, 30)


def everybody_out(sitting, now, settings):
    """A rule gone mad, or an invite list of another class (threat T12)."""
    for person in CAST:
        yield Remove(about=person, why="test.out")
        yield Mute(about=person, why="test.quiet")


class Hands(RuleBasedStateMachine):
    """One lesson in the tier that acts."""

    @initialize(
        organizer=st.sampled_from((ADA, MS_PATEL, CARETAKER, None)),
        listed=st.one_of(st.just(set(CAST)), st.sets(people)),
        mad=st.sampled_from((True, True, False)),
        loose=st.booleans(),
        there=st.lists(people, min_size=1, max_size=5),
    )
    def begin(
        self, organizer: PersonKey | None, listed: set[PersonKey], mad: bool, loose: bool, there: list[PersonKey]
    ) -> None:
        """Known or not from the morning's lists; with the school's rules, and perhaps the mad one and a loose brake."""
        brake = {"per_sitting": 40, "share_of_pupils": 1.0, "per_school": 100} if loose else {}
        school = school_with(tier="remove", reopen=timedelta(days=1), brake=brake)
        self.school = replace(school, rules=(*school.rules, *((rule_of(everybody_out),) if mad else ())))
        self.clock = Clock()
        self.people = FakePeople(*(who(person) for person in listed if person.startswith("aad:")))
        self.register = FakeRegister(self.school, self.clock, self.people, FakeDecisions(self.clock))
        self.organizer = organizer
        self.inside: dict[str, PersonKey] = {}
        self.seen_in: str | None = None
        self.numbers = 0
        self.orders: set[PersonKey] = set()
        self.done: list[Corrected] = []
        self.readings: Counter[int] = Counter()
        self._happens(Started(at=self.clock.now))
        minute = (self.clock.now - START) / timedelta(minutes=1)
        self._happens(described(minute, organizer=organizer), told=False)
        self._happens(CallMoved(at=self.clock.now, state="in", call=CALL), told=False)
        for pupil in CLASS:
            self.inside[f"c{pupil}"] = pupil
        at = self.clock.now
        arrived = [Joined(at=at, person=pupil, endpoint="laptop") for pupil in CLASS]
        known = [Identified(at=at, person=pupil, kind=Kind.PUPIL, classes=("3B",)) for pupil in CLASS]
        self._observe(Arrival(sitting=1), (*arrived, *known))
        for person in there:
            self.comes(person, "laptop", told=True)

    # --- who is there, and what is told of it ---------------------------------------------------------------------------

    @rule(person=people, device=st.sampled_from(("laptop", "phone")), told=st.booleans())
    def comes(self, person: PersonKey, device: str, told: bool) -> None:
        """Somebody comes in; Teams' own event tells of it, or (a lost event) only the next roster."""
        self.clock.wait(1)
        self.numbers += 1
        self.inside[f"p{self.numbers}"] = person
        if person in KINDS and (told or not person.startswith("aad:")):
            self._happens(came(person, (self.clock.now - START) / timedelta(minutes=1), device))

    @precondition(lambda self: self.inside)
    @rule(pick=picks, told=st.booleans())
    def goes(self, pick: int, told: bool) -> None:
        """Somebody goes, and it is told or not."""
        self.clock.wait(1)
        participant = sorted(self.inside)[pick % len(self.inside)]
        person = self.inside.pop(participant)
        if told:
            self._happens(Left(at=self.clock.now, person=person, endpoint="laptop"))

    def _seats(self, lobby: int, open_mics: int) -> tuple[Seat, ...]:
        return tuple(
            Seat(
                participant=participant,
                person=person,
                hint=TRUE_KINDS[person] if not person.startswith("aad:") else Kind.UNRESOLVED,
                name="Ms Patel",
                muted=(open_mics >> number % 8) & 1 == 0,
                in_lobby=(lobby >> number % 8) & 7 == 7,
            )
            for number, (participant, person) in enumerate(sorted(self.inside.items()))
        )

    @rule(lobby=st.integers(0, 255), open_mics=st.integers(0, 255))
    def roster(self, lobby: int, open_mics: int) -> None:
        """A roster of ours: who sits in it is present, who has not for a while is gone."""
        self.clock.wait(1)
        seats, before = self._seats(lobby, open_mics), self.sitting
        self._happens(RosterSeen(at=self.clock.now, seats=seats, ours=True), told=False)
        if before.controls.current_call() is None:
            # an answer about a call that is over: nobody comes, goes or sits anywhere by it
            assert {p: self.sitting.since(p) for p in CAST} == {p: before.since(p) for p in CAST}
            assert self.sitting.controls.seats == {}
            return
        # it is the newest, and we are in it: it must be believed
        assert self.sitting.controls.roster_at == self.clock.now
        self.seen_in = before.controls.current_call()
        sitting = self.sitting
        seated = {seat.person for seat in seats if not seat.in_lobby and sitting.kind(seat.person) is not Kind.BOT}
        assert seated <= set(sitting.present())
        for person in set(sitting.present()) - seated:
            # a seat of before that is empty now does not count: what Teams told of another device a moment ago does
            since = sitting.since(person)
            assert since is not None
            assert self.clock.now - since <= ROSTER_LAG

    @rule(how=st.sampled_from(("empty", "not ours", "older", "half")), open_mics=st.integers(0, 255))
    def a_roster_nobody_may_believe(self, how: str, open_mics: int) -> None:
        """Empty, without us in it, or of a minute ago: nobody comes or goes by it (law 5)."""
        self.clock.wait(1)
        seats = self._seats(0, open_mics)
        seats = {"empty": (), "half": seats[::2]}.get(how, seats)
        at = self.clock.now - timedelta(minutes=1) if how == "older" else self.clock.now
        if how == "older" and (self.sitting.controls.roster_at is None or self.sitting.controls.roster_at <= at):
            return
        before = self.sitting
        self._happens(RosterSeen(at=at, seats=seats, ours=how == "older"), told=False)
        after = self.sitting
        assert {p: after.since(p) for p in CAST} == {p: before.since(p) for p in CAST}
        # also where a leg is dialled anew meanwhile: it begins with nobody in it, and there was nobody before it
        assert after.controls.seats == before.controls.seats

    @rule(
        state=st.sampled_from(("asked", "joined", "lobby", "in", "in", "not_shown", "ended", "refused")),
        call=st.sampled_from((CALL, "call-2")),
    )
    def call_moves(self, state: str, call: str) -> None:
        """Our own leg comes and goes."""
        self.clock.wait(1)
        self._happens(CallMoved(at=self.clock.now, state=state, call=call), told=False)

    # --- what is known, set and ordered ---------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((0, 0, 5, 50)))
    def directory_answers(self, seconds: int) -> None:
        """Everybody asked for is looked up; the answer may be a while on its way."""
        asked = [job for job in self.register.jobs if job.kind == "identify" and job.person]
        self.register.jobs[:] = [job for job in self.register.jobs if job not in asked]
        at = self.clock.now
        self.clock.wait(seconds)
        for job in asked:
            assert job.person is not None
            self._happens(Identified(at=at, person=job.person, kind=TRUE_KINDS[job.person]), told=False)

    @rule(
        options=st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("mic", "camera", "dial_in", "record", "record_automatically"), st.booleans()),
                "presenters": st.sampled_from(("everyone", "organizer", "roles", "unknownFutureValue")),
                "lobby": st.sampled_from(("everyone", "invited", "organizer", "unknownFutureValue")),
                "admitters": st.sampled_from(("presenters", "coorganizers")),
            },
        ),
        refused=st.sampled_from((False, False, False, True)),
    )
    def options_read(self, options: dict[str, str | bool], refused: bool) -> None:
        """Whatever the meeting's options are; some may be unknown to us."""
        self.clock.wait(1)
        seen: Event = OptionsSeen(at=self.clock.now, options=options)
        self._happens(OptionsRefused(at=self.clock.now, code="no_access_policy") if refused else seen, told=False)

    @rule(person=people, by=staff, what=st.sampled_from((RemovalOrdered, RemovalUndone)))
    def somebody_orders(self, person: PersonKey, by: PersonKey, what: type[RemovalOrdered | RemovalUndone]) -> None:
        """A member of staff has somebody kept out, or takes it back: also by mistake a colleague."""
        self.clock.wait(1)
        self._happens(what(at=self.clock.now, person=person, by=by), told=False)

    @rule(pupil=pupils, held=st.booleans())
    def a_hold(self, pupil: PersonKey, held: bool) -> None:
        """CLT's hold reaches this lesson, or its end does."""
        at = self.clock.now
        self._happens(Held(at=at, pupil=pupil, since=at) if held else Released(at=at, pupil=pupil, by=None), told=False)

    @rule(person=people, what=st.sampled_from((RemovalSeen, HandsRefused)), is_open=st.booleans(), by=staff)
    def other_news(
        self, person: PersonKey, what: type[RemovalSeen | HandsRefused], is_open: bool, by: PersonKey
    ) -> None:
        """Removed in Teams itself, hands refused, microphones ordered."""
        self.clock.wait(1)
        at = self.clock.now
        seen = RemovalSeen(at=at, person=person)
        refused = HandsRefused(at=at, person=person, action="remove", code="removal_not_allowed")
        self._happens(seen if what is RemovalSeen else refused, told=False)
        self._happens(MicsOrdered(at=at, open=is_open, by=by), told=False)

    @rule(shrunk=st.booleans())
    def the_staff_list(self, shrunk: bool) -> None:
        """It shrank by a fifth, or came back."""
        self.register.staff_shrunk = shrunk

    @rule(seconds=st.sampled_from((1, 11, 25, 31, 65, 130, 310)))
    def time_passes(self, seconds: int) -> None:
        """Every look is taken when it falls due."""
        until = self.clock.now + timedelta(seconds=seconds)
        while (look := self.register.sittings[1].look_at) is not None and look <= until:
            self.clock.now = max(self.clock.now, look)
            self.register.sittings[1].look_at = None
            self._observe(Arrival(sitting=1), ())
        self.clock.now = until

    @rule()
    def dies_and_comes_back(self) -> None:
        """The fold is read back from what is written down."""
        before = self.sitting
        self.register.restart()
        assert self.sitting == before

    # --- what must hold ---------------------------------------------------------------------------------------------------

    @property
    def sitting(self) -> Sitting:
        return self.register._fold(1)

    def _happens(self, event: Event, *, told: bool = True) -> None:
        """It is observed: as Teams tells it, or as one of our own errands does."""
        self._observe(Arrival(events=(event,), meeting=LESSON) if told else Arrival(sitting=1), (event,))

    def _observe(self, arrival: Arrival, events: tuple[Event, ...]) -> None:
        receipt = at_once(self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school, events)))
        self._only_whom_it_may(receipt)
        self._no_more_than_the_brake(receipt)
        self._options_once_a_reading(receipt)
        again = at_once(
            self.register.observe(Arrival(sitting=1), lambda b: rule_on(Arrival(sitting=1), b, self.school))
        )
        assert [one for one in again.ruling.decisions if one.action != "tell"] == []

    def _only_whom_it_may(self, receipt: Receipt) -> None:
        """Never staff, bots, the unresolved or the organiser; nobody absent, nobody on stale knowledge."""
        sitting, now = receipt.sitting, self.clock.now
        for decision in receipt.ruling.decisions:
            if decision.action not in ("remove", "mute") or decision.status != "due":
                continue
            about = decision.about
            assert about is not None
            assert decision.rule != ORDER
            assert TRUE_KINDS[about] not in SPARED
            assert sitting.kind(about) not in SPARED
            assert about not in (sitting.organizer, self.organizer)
            assert about in sitting.present()
            assert not self.register.staff_shrunk
            member = sitting.members[about]
            if about.startswith("aad:"):
                assert member.as_of is not None
                assert now - member.as_of <= timedelta(minutes=1)
            else:
                roster_at = sitting.controls.roster_at if sitting.controls.seats_of(about) else None
                assert now - max(sitting.since(about) or START, roster_at or START) <= timedelta(seconds=30)
        counted = [event for event in receipt.ruling.events if isinstance(event, Corrected)]
        due = [one for one in receipt.ruling.decisions if one.action in ("remove", "mute") and one.status == "due"]
        assert [(one.person, one.action) for one in counted] == [(one.about, one.action) for one in due]
        self.done += counted

    def _no_more_than_the_brake(self, receipt: Receipt) -> None:
        """So many people in five minutes, such a share of the pupils who ever came, and each so often."""
        if not any(isinstance(event, Corrected) for event in receipt.ruling.events):
            return
        now = self.clock.now
        members = receipt.sitting.members.values()
        came_ever = sum(1 for member in members if member.kind is Kind.PUPIL and member.first_seen)
        lately = {one.person for one in self.done if now - one.at <= timedelta(minutes=5)}
        brake = self.school.brake
        assert len(lately) <= min(brake.per_sitting, max(1, int(came_ever * brake.share_of_pupils)))
        assert max(Counter((one.person, one.action) for one in self.done).values()) <= REPEATS

    def _options_once_a_reading(self, receipt: Receipt) -> None:
        """One change a reading, of options we know, and never while they are refused."""
        asked = [event for event in receipt.ruling.events if isinstance(event, OptionsAsked)]
        for event in asked:
            self.readings[event.observation] += 1
            assert event.changes.keys() <= OPTIONS.keys()
            assert receipt.sitting.controls.refused is None
        assert all(times == 1 for times in self.readings.values())

    @invariant()
    def seats_are_of_the_call_we_are_in(self) -> None:
        """Whoever sits there was seen there in this call, since it was begun, and no microphone is open elsewhere."""
        if not hasattr(self, "register"):
            return
        controls = self.sitting.controls
        if controls.seats:
            assert controls.current_call() == self.seen_in
        assert controls.unmuted.keys() == {seat.person for seat in controls.seats.values() if not seat.muted}

    @invariant()
    def nobody_is_kept_out_by_nobody(self) -> None:
        """Only an order or a hold keeps somebody out."""
        if not hasattr(self, "register"):
            return
        controls = self.sitting.controls
        for person in CAST:
            assert controls.kept_out(person) is (
                person not in controls.undone and (person in controls.removed or person in controls.held)
            )


TestHands = Hands.TestCase
TestHands.settings = settings(
    settings.get_profile("ci"), max_examples=80, stateful_step_count=40, phases=(Phase.explicit, Phase.generate)
)
