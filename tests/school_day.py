"""The whole core over fakes: one school, its people, its lesson, its clock. What a test does not set up is all well."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from bot.acting import Acting
from bot.actions import Role
from bot.alarm_orders import AlarmOrders
from bot.calling import Calling
from bot.carrying import Carrier
from bot.circles import Circles
from bot.door import Door
from bot.errands import Lookups
from bot.escalating import Escalation
from bot.events import Event, PersonKey, Verb, oid_of
from bot.first_contact import FirstContact
from bot.forms import Forms
from bot.hold_keeping import HoldKeeper
from bot.hold_notices import HoldNotices
from bot.hold_orders import HoldOrders
from bot.leg import Leg
from bot.orders import Orders
from bot.picking import Picking
from bot.ports import Arrival, How, Job, Named, Online, OutOfReach, Person, Pressed, Receipt, Reply, Roster, Said
from bot.pupil_orders import PupilOrders
from bot.readership import Readership
from bot.record_orders import RecordOrders
from bot.refusals import Refusals
from bot.release_orders import ReleaseOrders
from bot.removal_orders import RemovalOrders
from bot.school import School
from bot.service import Service
from bot.sitting import Meeting, Sitting
from bot.speaking import Speaking
from bot.staffroom import Staffroom
from bot.teller import Teller
from tests import fakes
from tests.builders import CLASSES, CLT, HEAD, KINDS, LESSON, NAMES, START, Told, flat, school_with
from tests.fakes import at_once


def who(person: PersonKey) -> Person:
    """Somebody as the directory has them."""
    return Person(
        key=person, kind=KINDS[person], name=NAMES.get(person, ""), classes=CLASSES.get(person, ()), as_of=START
    )


ONLINE = Online(
    organizer="ms-patel",
    meeting_id="m",
    thread=LESSON.thread,
    join_meeting_id=None,
    passcode=None,
    options={
        "mic": True,
        "presenters": "everyone",
        "lobby": "organization",
        "dial_in": True,
        "admitters": "presenters",
        "record": True,
        "record_automatically": False,
    },
)
"""The lesson's online meeting, with options as Teams makes them."""


class SchoolDay:
    """Everything wired as bot/wiring wires it, with fakes at the ends."""

    within: Callable[[float], Any] = staticmethod(lambda seconds: nullcontext())  # type: ignore[assignment]

    def __init__(self, school: School | None = None, *, known: bool = True) -> None:
        self.school = school or school_with()
        self.clock = fakes.Clock()
        ours = [who(person) for person in KINDS if oid_of(person)]
        self.people = fakes.FakePeople(*(ours if known else ()))
        self.decisions = fakes.FakeDecisions(self.clock)
        self.register = fakes.FakeRegister(self.school, self.clock, self.people, self.decisions)
        self.directory = fakes.FakeDirectory(self.clock, *ours)
        self.directory.groups = {Role.CLT: (CLT,), Role.HEAD: (HEAD,)}
        self.messenger, self.mail, self.words = fakes.FakeMessenger(), fakes.FakeMail(), fakes.FakeWording()
        self.errands_asked = fakes.FakeQueue(self.register)
        self.alarms = fakes.FakeAlarms()
        self.readers = fakes.FakeReaders(CLT, HEAD)
        self.approvals = fakes.FakeApprovals(self.clock, self.people)
        self.foretold = fakes.FakeForetold(self.clock)
        self.holds = fakes.FakeHolds(self.people, self.clock, self.school, self.register.jobs)
        self.records = fakes.FakeRecords(self.register, self.holds)
        self.options = fakes.FakeMeetingOptions(ONLINE)
        self.calls, self.hands = fakes.FakeCalls(Roster(seats=(), ours=True)), fakes.FakeHands()
        self.meetings = fakes.FakeMeetings()
        self.tally = fakes.FakeTally()
        self.lessons, self.presence = fakes.FakeLessons(), fakes.FakePresence()
        self.housekeeping = fakes.FakeHousekeeping(self.register)
        self.restart()

    def restart(self) -> None:
        """Everything in memory is new; what is written down remains."""
        self.register.restart()
        self.staffroom = Staffroom(self.people, self.directory, self.within)
        core = {"school": self.school, "register": self.register, "people": self.people}
        told = {**core, "staffroom": self.staffroom, "words": self.words}
        self.orders = self._orders()
        self.service = Service(**told, decisions=self.decisions, orders=self.orders)
        self.door = Door(self.school, self.register, self.options, self.meetings)
        self.leg = Leg(self.school, self.register, lambda: (self.clock.now - START).total_seconds())
        self.calling = Calling(
            self.register,
            self.leg,
            self.calls,
            self.options,
            self.meetings,
            callback=lambda sitting: f"https://x/{sitting}",
        )
        readership = Readership(self.school, self.staffroom, self.readers, self.within)
        self.circles = Circles(self.school, self.people, self.staffroom, readership)
        self.escalation = Escalation(
            **core,
            decisions=self.decisions,
            circles=self.circles,
            messenger=self.messenger,
            mail=self.mail,
            words=self.words,
            errands=self.errands_asked,
        )
        self.carrier = Carrier(
            **core,
            words=self.words,
            circles=self.circles,
            escalation=self.escalation,
            decisions=self.decisions,
            messenger=self.messenger,
            mail=self.mail,
            tally=self.tally,
            door=self.door,
            speaking=Speaking(self.decisions, self.people, self.messenger, self.words),
            acting=Acting(self.leg, self.calls, self.hands) if self.school.school.tier == "remove" else None,
        )
        self.keeper = HoldKeeper(
            self.school,
            self.register,
            self.holds,
            self.holds,
            self.holds,
            self.records,
            self.staffroom,
            Teller(self.school, self.foretold, self.staffroom, readership, self.messenger, self.mail),
            self.messenger,
            self.orders.holds.notices,
        )
        self.lookups = Lookups(
            **core,
            directory=self.directory,
            lessons=self.lessons,
            presence=self.presence,
            housekeeping=self.housekeeping,
            staffroom=self.staffroom,
        )

    def _orders(self) -> Orders:
        forms = Forms(self.words, self.school.reasons)
        picking = Picking(self.people, self.staffroom, forms)
        each = {"picking": picking, "words": self.words, "forms": forms}
        core = {"school": self.school, "register": self.register}
        staffroom = {"staffroom": self.staffroom}
        return Orders(
            **core,
            **staffroom,
            words=self.words,
            forms=forms,
            refusals=Refusals(**core),
            pupils=PupilOrders(**core, **each, **staffroom, approvals=self.approvals),
            removals=RemovalOrders(**core, **each, people=self.people, records=self.records),
            undoing=HoldOrders(**core, **each, people=self.people, holds=self.holds),
            holds=ReleaseOrders(
                **core,
                **each,
                **staffroom,
                people=self.people,
                holds=self.holds,
                book=self.holds,
                records=self.records,
                notices=HoldNotices(**core, people=self.people, words=self.words, forms=forms),
            ),
            records=RecordOrders(**core, **each, **staffroom, people=self.people, records=self.records),
            contact=FirstContact(self.school, self.staffroom, self.messenger, self.words, forms),
            alarms=AlarmOrders(self.school, self.staffroom, self.alarms, self.words, forms),
        )

    # --- what happens -------------------------------------------------------------------------------------------------

    def happens(self, *told: Told, meeting: Meeting = LESSON, **more: Any) -> Receipt | None:
        """Teams tells it, each event by itself, and the clock is not before any of them."""
        receipt = None
        for event in flat(told):
            self.clock.now = max(self.clock.now, event.at)
            receipt = at_once(self.service.observe(Arrival(events=(event,), meeting=meeting, **more)))
        return receipt

    def look(self, minute: float | None = None, sitting: int = 1) -> None:
        """A look falls due."""
        if minute is not None:
            self.clock.minute(minute)
        at_once(self.lookups.look(Job(kind="look", sitting=sitting)))

    def errands(self) -> dict[str, Callable[[Job], Any]]:
        """What the worker runs, by kind of job."""
        return {
            "carry": self.carrier.carry,
            "act": self.carrier.carry,
            "arrange": self.carrier.carry,
            "redraw": self.carrier.redraw,
            "escalate": self.escalation.escalate,
            "pass_on": self.escalation.pass_on,
            "remove": self.orders.removals.carry_out,
            "hold": self.keeper.show,
            "identify": self.lookups.identify,
            "describe": self.lookups.describe,
            "look": self.lookups.look,
            "options": self.door.read,
            "join": self.calling.join,
            "roster": self.calling.roster,
            "glance": self.calling.glance,
        }

    def work(self, *kinds: str) -> list[OutOfReach]:
        """Run the waiting jobs (of these kinds) until none is left; those that must be run again wait once more."""
        doing = self.errands()
        again, faults = [], []
        while waiting := [job for job in self.register.jobs if not kinds or job.kind in kinds]:
            job = waiting[0]
            self.register.jobs.remove(job)
            try:
                at_once(doing[job.kind](job))
            except OutOfReach as fault:
                again.append(job)
                faults.append(fault)
        self.register.jobs += again
        return faults

    # --- what people do -----------------------------------------------------------------------------------------------

    def says(
        self,
        by: PersonKey | None,
        text: str,
        *named: Named,
        how: How = How.SLASH,
        meeting: Meeting | None = LESSON,
        delivery: bytes | None = None,
    ) -> Reply:
        """Somebody says something to the bot."""
        said = Said(by=by, how=how, text=text, named=named, meeting=meeting, delivery=delivery)
        return at_once(self.service.command(said))

    def releases(self, by: PersonKey, pupil: str) -> Reply:
        """Somebody ends a pupil's hold by its form: with a talk of today, as it was agreed."""
        talk = {"spoke": "Ms Harcourt", "whom": "the mother", "agreed": "a fresh start"}
        today = self.clock.now.date().isoformat()
        form = self.says(by, f"/release {pupil}")
        return self.presses_ask(by, form, "ask.save", **talk, day=today, decision="release")

    def presses_ask(self, by: PersonKey, reply: Reply, title: str, **chosen: str) -> Reply:
        """Somebody presses a button of an answer, by its title, with what was chosen on the card."""
        (ask,) = [one for one in reply.notice.asks if one.title == title]
        pupil = PersonKey(chosen.get("pupil", "")) or ask.pupil
        text = " ".join(filter(None, (f"/{ask.command}", chosen.get("reason", ""), ask.rest)))
        named = (Named(person=pupil, words=""),) if pupil else ()
        filled = {**chosen, **dict(ask.filled)}
        said = Said(by=by, how=How.CARD, text=text, named=named, meeting=LESSON, filled=filled)
        return at_once(self.service.command(said))

    def presses(self, by: PersonKey | None, alert: int, verb: Verb, reason: str = "") -> Reply:
        """Somebody presses a button."""
        return at_once(self.service.press(Pressed(by=by, alert=alert, verb=verb, reason=reason)))

    # --- what is seen -------------------------------------------------------------------------------------------------

    def sitting(self, number: int = 1) -> Sitting:
        """The sitting as it stands."""
        filed = at_once(self.register.sitting(number))
        assert filed is not None
        return filed.sitting

    def told(self) -> list[tuple[str, str, PersonKey | None, int, bool]]:
        """Every decision as it stands: to whom, what, about whom, episode, over."""
        decisions = [alert.decision for alert in self.decisions.alerts.values()]
        return [(one.to, one.say, one.about, one.episode, one.over) for one in decisions]

    def everything(self) -> object:
        """All that could be changed, for tests that nothing was."""
        return (
            {number: tuple(held.lines) for number, held in self.register.sittings.items()},
            tuple(self.register.warnings),
            tuple(self.register.notes),
            dict(self.decisions.alerts),
            dict(self.decisions.status),
            tuple(self.register.jobs),
        )

    def everything_done(self) -> object:
        """All that people can do: without the count of what was refused, and what looking again brings by itself."""
        ours = ("warned", "warning_taken_back", "noted", "approved", "answered", "mics_ordered", "removal_ordered")
        types = {*ours, "removal_planned", "removal_undone", "sure_asked", "held", "released", "corrected"}
        decisions = [alert.decision for alert in self.decisions.alerts.values()]
        return (
            {
                number: [event for event in self.register.events(number) if event.type in types]
                for number in self.register.sittings
            },
            tuple(self.register.warnings),
            tuple(self.register.notes),
            dict(self.people.approved),
            dict(self.people.holds),
            [decision for decision in decisions if decision.action != "tell"],
        )

    def skip(self, **time: float) -> None:
        """Let time pass without anybody looking."""
        self.clock.now += timedelta(**time)

    def event_types(self, number: int = 1) -> list[str]:
        """What is written down, by type."""
        return [event.type for event in self.register.events(number)]

    def last(self, kind: type[Event], number: int = 1) -> Any:
        """The newest event of a kind."""
        return [event for event in self.register.events(number) if isinstance(event, kind)][-1]
