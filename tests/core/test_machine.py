"""The fold and the engine against a plain model, by the register's road: order, loss, doubling, two devices, restarts.

The model knows lists of what was delivered and nothing of folds, episodes or tombstones. After every step the sitting
must show what the model computes afresh, and the alerts must stand as the model says they ought to.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.events import CheckAsked, Ended, EpisodeMoved, Event, Identified, Joined, Kind, Left, PersonKey, Started
from bot.fold import fold
from bot.ports import Arrival, Job, Receipt
from bot.ruling import rule_on
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CY,
    KINDS,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    START,
    came,
    school_with,
)
from tests.fakes import Clock, FakeDecisions, FakePeople, FakeRegister, at_once
from tests.school_day import who

CAST = (MS_PATEL, MR_OKAFOR, ADA, BEN, CY, CARETAKER, NOBODY)
DEVICES = ("laptop", "phone")
GRACE, LEAVING, SETTLE = timedelta(minutes=2), timedelta(minutes=3), timedelta(seconds=30)
PATIENCE, FRESH = timedelta(seconds=10), timedelta(seconds=60)
ALONE = ("lone_pupil", "clt")
STOP = ("lone_pupil", "host")

people = st.sampled_from(CAST)
devices = st.sampled_from(DEVICES)
picks = st.integers(0, 30)
fates = st.sampled_from(("now", "now", "now", "now", "later", "twice", "lost"))


@dataclass
class Model:
    """What was delivered, in lists; everything else is worked out from them each time."""

    joins: dict[tuple[PersonKey, str], set[datetime]] = field(default_factory=dict)
    leaves: dict[tuple[PersonKey, str], set[datetime]] = field(default_factory=dict)
    ends: set[datetime] = field(default_factory=set)
    starts: set[datetime] = field(default_factory=set)
    known: dict[PersonKey, list[tuple[datetime, Kind]]] = field(default_factory=dict)
    asked: dict[PersonKey, datetime] = field(default_factory=dict)

    def heard(self, event: Event) -> None:
        """Something was delivered."""
        match event:
            case Joined():
                self.joins.setdefault((event.person, event.endpoint), set()).add(event.at)
                if event.hint is not Kind.UNRESOLVED:
                    self.known.setdefault(event.person, []).append((START, event.hint))
            case Left():
                self.leaves.setdefault((event.person, event.endpoint), set()).add(event.at)
            case Started():
                self.starts.add(event.at)
            case Ended():
                self.ends.add(event.at)
            case Identified():
                self.known.setdefault(event.person, []).append((event.at, event.kind))
            case CheckAsked():
                self.asked[event.person] = event.at

    def kind(self, person: PersonKey) -> Kind:
        looked = self.known.get(person)
        return max(looked)[1] if looked else Kind.UNRESOLVED

    def fresh(self, person: PersonKey, now: datetime) -> bool:
        return not person.startswith("aad:") or now - max(self.known[person])[0] <= FRESH

    def _live(self, person: PersonKey, device: str) -> list[datetime]:
        """The joins by this device that no leave and no end has ended: newest time wins, a tie is present."""
        gone = max(self.leaves.get((person, device), {datetime.min.replace(tzinfo=START.tzinfo)}))
        end = max(self.ends, default=None)
        joins = self.joins.get((person, device), set())
        return sorted(join for join in joins if join >= gone and (end is None or join > end))

    def since(self, person: PersonKey) -> datetime | None:
        live = [join for device in DEVICES for join in self._live(person, device)]
        return min(live, default=None)

    def present(self, *kinds: Kind) -> set[PersonKey]:
        return {person for person in CAST if self.since(person) and (not kinds or self.kind(person) in kinds)}

    def changed(self, person: PersonKey) -> datetime | None:
        """When this person last came (if here) or went: by leaving, or by the lesson's end."""
        if since := self.since(person):
            return since
        moments = []
        for device in DEVICES:
            leaves = self.leaves.get((person, device), set())
            joins = self.joins.get((person, device), set())
            moments += leaves
            if self.ends and any(join >= max(leaves, default=join) for join in joins):
                moments.append(max(self.ends))
        return max(moments, default=None)

    def last_change(self, kind: Kind) -> datetime | None:
        times = [time for person in CAST if self.kind(person) is kind and (time := self.changed(person))]
        return max(times, default=None)

    def stay(self, person: PersonKey) -> datetime:
        """When somebody's stay began: seen second by second, absences up to the grace left out. Ends begin it anew."""
        end = max(self.ends, default=START - timedelta(days=1))
        news = [
            (at, 1, where) for (who, where), joins in self.joins.items() if who == person for at in joins if at > end
        ]
        news += [
            (at, 0, where) for (who, where), went in self.leaves.items() if who == person for at in went if at > end
        ]
        where: dict[str, int] = {}
        begun, gone = START, START - timedelta(days=1)
        for at, inside, device in sorted(news):
            was = sum(where.values())
            where[device] = inside
            if not was and inside and at - gone > GRACE:
                begun = at
            if was and not sum(where.values()):
                gone = at
        return begun

    def alone_since(self) -> datetime:
        """When the class became the one pupil who is there."""
        (pupil,) = self.present(Kind.PUPIL)
        others = [at for p in CAST if p != pupil and self.kind(p) is Kind.PUPIL and (at := self.changed(p))]
        return max([self.stay(pupil), *others])

    def alone(self, now: datetime) -> PersonKey | None:
        """Who has been the only pupil for the grace, with everybody known."""
        pupils = self.present(Kind.PUPIL)
        if len(pupils) != 1 or self.present(Kind.UNRESOLVED):
            return None
        since = self.alone_since()
        ever = sum(1 for p in CAST if self.kind(p) is Kind.PUPIL and any(self.joins.get((p, d)) for d in DEVICES))
        return next(iter(pupils)) if now >= since + (LEAVING if ever > 1 else GRACE) else None

    def must_wait(self, now: datetime) -> bool:
        """Whether somebody present must be looked up first, and there is still time for it."""
        stale = [person for person in self.present() if not self.fresh(person, now)]
        return any(person not in self.asked or now < self.asked[person] + PATIENCE for person in stale)

    def unsure(self, now: datetime) -> bool:
        return any(not self.fresh(person, now) for person in self.present())


class Lesson(RuleBasedStateMachine):
    """One lesson, as unkindly told as Teams may."""

    @initialize(
        listed=st.one_of(st.just(set(CAST)), st.sets(people)),
        there=st.sampled_from(((MS_PATEL, ADA), (ADA,), (MS_PATEL, ADA, BEN), (MS_PATEL, MR_OKAFOR, ADA, BEN, CY))),
        lasting=st.sampled_from((True, True, True, False)),
    )
    def begin(self, listed: set[PersonKey], there: tuple[PersonKey, ...], lasting: bool) -> None:
        """Some of the people are known from the morning's lists, the others must be looked up; some are there already."""
        self.school = school_with(reopen=timedelta(days=1))
        self.clock = Clock()
        self.people = FakePeople(*(who(person) for person in listed if person.startswith("aad:")))
        self.decisions = FakeDecisions(self.clock)
        self.register = FakeRegister(self.school, self.clock, self.people, self.decisions)
        self.model = Model()
        self.world: set[tuple[PersonKey, str]] = set()
        self.on_the_way: list[Event] = []
        self.delivered: list[Event] = []
        self.digests: list[tuple[bytes, Event]] = []
        self.opened: dict[tuple[object, ...], int] = {}
        self.times: dict[tuple[object, ...], int] = {}
        self.quiet_since: dict[tuple[object, ...], datetime] = {}
        self._deliver(Started(at=self.clock.now))
        self.lasting = lasting
        for person in there:
            self._joins(person, "laptop", "now")

    # --- the world ------------------------------------------------------------------------------------------------------

    def _send(self, event: Event, fate: str) -> None:
        """What Teams makes of the news: delivered, delivered twice, kept for later, or lost."""
        if fate in ("now", "twice"):
            self._deliver(event)
        if fate in ("later", "twice"):
            self.on_the_way.append(event)

    def _joins(self, person: PersonKey, device: str, fate: str) -> None:
        self.world.add((person, device))
        self._send(came(person, (self.clock.now - START) / timedelta(minutes=1), device), fate)

    @rule(person=people, device=devices, fate=fates)
    def joins(self, person: PersonKey, device: str, fate: str) -> None:
        """Somebody comes."""
        self.clock.wait(1)
        self._joins(person, device, fate)

    @precondition(lambda self: self.world)
    @rule(pick=picks, fate=fates)
    def leaves(self, pick: int, fate: str) -> None:
        """Somebody goes."""
        self.clock.wait(1)
        person, device = sorted(self.world)[pick % len(self.world)]
        self.world.discard((person, device))
        self._send(Left(at=self.clock.now, person=person, endpoint=device), fate)

    @precondition(lambda self: len([one for one in self.world if KINDS[one[0]] is Kind.PUPIL]) > 1)
    @rule(pick=picks, fate=fates)
    def all_pupils_but_one_leave(self, pick: int, fate: str) -> None:
        """A class goes home."""
        self.clock.wait(1)
        pupils = sorted(one for one in self.world if KINDS[one[0]] is Kind.PUPIL)
        pupils.pop(pick % len(pupils))
        for person, device in pupils:
            self.world.discard((person, device))
            self._send(Left(at=self.clock.now, person=person, endpoint=device), fate)

    @precondition(lambda self: not self.lasting)
    @rule(again=st.sampled_from((None, 20, 90)), fate=fates)
    def ends(self, again: int | None, fate: str) -> None:
        """The meeting ends and whoever is there is put out; perhaps it starts again."""
        self.clock.wait(1)
        self.world.clear()
        self._send(Ended(at=self.clock.now), fate)
        if again is not None:
            self.clock.wait(again)
            self._send(Started(at=self.clock.now), fate)

    # --- what becomes of the news ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.on_the_way)
    @rule(pick=picks)
    def arrives(self, pick: int) -> None:
        """Something is delivered, in no order."""
        self._deliver(self.on_the_way.pop(pick % len(self.on_the_way)))

    @precondition(lambda self: self.on_the_way)
    @rule()
    def arrives_in_order(self) -> None:
        """All that is on the way is delivered, oldest first."""
        while self.on_the_way:
            self._deliver(self.on_the_way.pop(0))

    @precondition(lambda self: self.on_the_way)
    @rule(pick=picks)
    def is_lost(self, pick: int) -> None:
        """Something never comes."""
        self.on_the_way.pop(pick % len(self.on_the_way))

    @precondition(lambda self: self.digests)
    @rule(pick=picks)
    def comes_twice(self, pick: int) -> None:
        """The same delivery again: nothing at all happens."""
        digest, event = self.digests[pick % len(self.digests)]
        before = self.register.events()
        receipt = self._observe(Arrival(events=(event,), meeting=LESSON, digest=digest))
        assert receipt.copy
        assert self.register.events() == before

    @precondition(lambda self: self.digests)
    @rule(pick=picks)
    def comes_twice_differently(self, pick: int) -> None:
        """The same news as another delivery: it changes nobody's presence."""
        self._deliver(self.digests[pick % len(self.digests)][1])

    @precondition(lambda self: any(self.model.since(person) for person in CAST))
    @rule()
    def is_healed(self) -> None:
        """The Connector says who is not there, for those whose leaving was lost."""
        inside = {person for person, _ in self.world}
        self.clock.wait(1)
        for person in sorted(self.model.present() - inside):
            for device in DEVICES:
                if self.model.joins.get((person, device)):
                    self._deliver(Left(at=self.clock.now, person=person, endpoint=device))

    def _deliver(self, event: Event) -> None:
        digest = f"{len(self.digests)}".encode()
        self.digests.append((digest, event))
        self.delivered.append(event)
        self._observe(Arrival(events=(event,), meeting=LESSON, digest=digest), event)

    # --- what we do ourselves -------------------------------------------------------------------------------------------

    @precondition(lambda self: any(job.kind == "identify" for job in self.register.jobs))
    @rule(pick=picks)
    def directory_answers(self, pick: int) -> None:
        """A look-up comes back, of any that wait."""
        jobs = [job for job in self.register.jobs if job.kind == "identify"]
        job = jobs[pick % len(jobs)]
        self.register.jobs.remove(job)
        assert job.person is not None
        self._identified(job)

    @rule()
    def directory_answers_all(self) -> None:
        """All look-ups come back."""
        while jobs := [job for job in self.register.jobs if job.kind == "identify"]:
            self.register.jobs.remove(jobs[0])
            self._identified(jobs[0])

    def _identified(self, job: Job) -> None:
        assert job.person is not None
        found = Identified(at=self.clock.now, person=job.person, kind=KINDS[job.person])
        arrival = Arrival(sitting=1)
        self.model.heard(found)
        self._judged(
            at_once(self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school, [found]))),
            (found,),
        )

    @rule(seconds=st.sampled_from((1, 5, 9, 11, 31, 61, 121, 200)), answers=st.booleans())
    def time_passes(self, seconds: int, answers: bool) -> None:
        """Time passes and every look is taken when it falls due; the directory answers at once, or not."""
        until = self.clock.now + timedelta(seconds=seconds)
        while (look := self.register.sittings[1].look_at) is not None and look <= until:
            self.clock.now = max(self.clock.now, look)
            self.register.sittings[1].look_at = None
            self._look()
            if answers:
                self.directory_answers_all()
        self.clock.now = until

    @rule(seconds=st.sampled_from((31, 130, 190)))
    def a_quiet_while(self, seconds: int) -> None:
        """All is known and time passes: the usual case."""
        self.directory_answers_all()
        self.time_passes(seconds, answers=True)

    @rule(seconds=st.sampled_from((20, 90)))
    def time_passes_while_nobody_works(self, seconds: int) -> None:
        """The worker is down: looks come late."""
        self.clock.wait(seconds)

    @rule()
    def dies_and_comes_back(self) -> None:
        """The process is killed; the fold is read back from what is written down."""
        before = self.register._fold(1)
        self.register.restart()
        assert self.register._fold(1) == before

    def _look(self) -> None:
        self._observe(Arrival(sitting=1))

    def _observe(self, arrival: Arrival, event: Event | None = None) -> Receipt:
        if event is not None:
            self.model.heard(event)
        receipt = at_once(self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school)))
        if not receipt.copy:
            self._judged(receipt, arrival.events)
        return receipt

    @precondition(lambda self: not any(person == CY for person, _ in self.world))
    @rule(seconds=st.sampled_from((20, 45)))
    def another_pupil_looks_in(self, seconds: int) -> None:
        """Cy comes, stays a while and goes: alone again, and it may be the next episode."""
        self._joins(CY, "laptop", "now")
        self.a_quiet_while(seconds)
        self.world.discard((CY, "laptop"))
        self._send(Left(at=self.clock.now, person=CY, endpoint="laptop"), "now")
        self.a_quiet_while(200)

    # --- what must hold ---------------------------------------------------------------------------------------------------

    def _judged(self, receipt: Receipt, given: tuple[Event, ...]) -> None:
        """Hold one judging against the model."""
        for event in receipt.ruling.events:
            if (isinstance(event, Identified) and event not in given) or isinstance(event, CheckAsked):
                self.model.heard(event)
        self._numbers_once(receipt)
        self._about_nobody_it_may_not(receipt)
        self._alone_as_the_model_says(receipt)
        self._sight_as_the_model_says(receipt)
        self._nothing_more_to_say()

    def _numbers_once(self, receipt: Receipt) -> None:
        """An episode opens with the next number, unless it goes on the card it had; and its end is said once."""
        for event in receipt.ruling.events:
            if isinstance(event, EpisodeMoved) and event.state == "open":
                key = (event.rule, event.to, event.about)
                anew = self._before(key, receipt) in (None, "closed")
                again = anew and event.times > self.times.get(key, 1)
                assert event.number == self.opened.get(key, 0) + (anew and not again)
                self.times[key] = event.times
                self.opened[key] = event.number
        keys = [(one.rule, one.to, one.about, one.episode) for one in receipt.ruling.decisions]
        assert len(keys) == len(set(keys))

    def _before(self, key: tuple[object, ...], receipt: Receipt) -> str | None:
        """The state of an episode before this judging."""
        written = self.register.events()[: receipt.sitting.number - len(receipt.ruling.events)]
        states = [e.state for e in written if isinstance(e, EpisodeMoved) and (e.rule, e.to, e.about) == key]
        return states[-1] if states else None

    def _about_nobody_it_may_not(self, receipt: Receipt) -> None:
        for decision in receipt.ruling.decisions:
            if decision.about is not None and not decision.over:
                assert self.model.kind(decision.about) not in (Kind.STAFF, Kind.UNRESOLVED, Kind.BOT)

    def _alone_as_the_model_says(self, receipt: Receipt) -> None:
        """Told exactly when one pupil has been alone for the grace and all is known; over only after the settling time."""
        now, pupil = self.clock.now, self.model.alone(self.clock.now)
        for rule_, to in (ALONE, STOP):
            wanted = pupil if to == "clt" or self.model.present(Kind.STAFF) else None
            said = [one for one in receipt.ruling.decisions if (one.rule, one.to) == (rule_, to)]
            for decision in said:
                assert decision.over or decision.about == wanted
            for key, episode in receipt.sitting.episodes.items():
                if (key[0], key[2]) == (rule_, to) and key[3] != wanted:
                    self._must_be_ending((rule_, to, key[3]), episode.state, now)
            if wanted is not None:
                self._must_be_told((rule_, to, wanted), receipt, now)

    def _must_be_told(self, key: tuple[str, str, PersonKey], receipt: Receipt, now: datetime) -> None:
        self.quiet_since.pop(key, None)
        rule_, to, about = key
        episode = receipt.sitting.episodes.get((rule_, "tell", to, about))
        was = self._before(key, receipt)
        if was in ("open", "quiet") or not self.model.must_wait(now):
            assert episode is not None
            assert episode.state == "open"
            self._says_what_is(to, episode.say, dict(episode.facts))
        else:
            assert episode is None or episode.state == "closed"
        new = [one for one in receipt.ruling.decisions if (one.rule, one.to, one.about) == key]
        if was in (None, "closed") and new:
            assert new[0].unconfirmed == self.model.unsure(now)

    def _says_what_is(self, to: str, say: str, facts: dict[str, object]) -> None:
        """The newest facts stand on the card: since when, with which adults."""
        adults, since = self.model.present(Kind.STAFF), self.model.alone_since()
        assert facts["since"] == since.isoformat()
        assert isinstance(facts["adults"], tuple)
        assert set(facts["adults"]) == adults
        assert to == "host" or say == ("lone_pupil.alone" if adults else "lone_pupil.no_adult")

    def _must_be_ending(self, key: tuple[str, str, PersonKey | None], state: str, now: datetime) -> None:
        since = self.quiet_since.setdefault(key, now)
        unseen = self.model.present(Kind.UNRESOLVED)  # what cannot be seen is not over (law 14)
        assert state == ("quiet" if now - since < SETTLE else "closed") or (unseen and state == "quiet")

    def _sight_as_the_model_says(self, receipt: Receipt) -> None:
        """CLT hears of people nobody can tell only once the patience is over."""
        unknown = [self.model.since(person) for person in self.model.present(Kind.UNRESOLVED)]
        for decision in receipt.ruling.decisions:
            if decision.rule == "sight" and not decision.over:
                assert any(since and self.clock.now >= since + PATIENCE for since in unknown)

    def _nothing_more_to_say(self) -> None:
        """Judged once more at the same moment, nothing is written."""
        arrival = Arrival(sitting=1)
        again = at_once(self.register.observe(arrival, lambda before: rule_on(arrival, before, self.school)))
        assert (again.ruling.events, again.ruling.decisions, again.ruling.jobs) == ((), (), ())

    @invariant()
    def presence_is_the_models(self) -> None:
        """Newest time wins, by person and device."""
        if not hasattr(self, "register"):
            return
        sitting = self.register._fold(1)
        assert {person: sitting.since(person) for person in CAST} == {p: self.model.since(p) for p in CAST}
        assert {person: sitting.kind(person) for person in CAST if person in sitting.members} == {
            person: self.model.kind(person) for person in CAST if person in sitting.members
        }
        assert sitting.last_change(Kind.PUPIL) == self.model.last_change(Kind.PUPIL)

    @invariant()
    def order_does_not_matter(self) -> None:
        """Delivered in another order, it is the same lesson."""
        if not hasattr(self, "register"):
            return
        known = [event for event in self.register.events() if isinstance(event, Identified)]
        news = [*self.delivered, *known]
        random.Random(len(news)).shuffle(news)
        other, this = fold(Sitting(LESSON), news), self.register._fold(1)
        assert {person: other.since(person) for person in CAST} == {person: this.since(person) for person in CAST}
        assert other.last_change(Kind.PUPIL) == this.last_change(Kind.PUPIL)
        assert other.over_since == this.over_since


TestLesson = Lesson.TestCase
# Making a failing lesson shorter takes minutes, and forty steps can be read.
TestLesson.settings = settings(
    settings.get_profile("ci"), max_examples=150, stateful_step_count=40, phases=(Phase.explicit, Phase.generate)
)
