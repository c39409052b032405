"""The core, wired: what hears Teams, what hears the call, and the errands and duties that the worker runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.acting import Acting
from bot.calling import Calling
from bot.carrying import Carrier
from bot.circles import Circles
from bot.door import Door
from bot.errands import Lookups
from bot.escalating import Escalation
from bot.hold_keeping import HoldKeeper
from bot.journal import Journal
from bot.leg import Leg
from bot.readership import Readership
from bot.school import School
from bot.service import Service
from bot.speaking import Speaking
from bot.staffroom import Staffroom
from bot.store.clock import Duty
from bot.store.running import Errand
from bot.teller import Teller
from bot.wiring.adapters import Adapters
from bot.wiring.ahead import ahead
from bot.wiring.orders import orders_of
from bot.words.catalogue import Words

SWEEP, REFRESH, PURGE = 60.0, 300.0, 3600.0
"""How often, in seconds: sittings are swept, the staff and pupil lists read, old rows deleted."""


@dataclass(frozen=True, slots=True)
class Core:
    """What app.py sets going: `service` hears Teams, `calling` the call, and a worker runs the errands and duties."""

    service: Service
    calling: Calling
    errands: Mapping[str, Errand]
    duties: Mapping[str, Duty]


def core_on(adapters: Adapters, school: School, callback: Callable[[int], str]) -> Core:
    """The core on these adapters; `callback` is where Microsoft tells of the call of a sitting."""
    store, connector, mail = adapters.store, adapters.connector, adapters.mail
    words = Words(school.school.timezone, school.school.name, reasons=school.reasons, tier=school.school.tier)
    register = Journal(store, adapters.tally)
    staffroom = Staffroom(store, adapters.directory)
    orders = orders_of(school, adapters, register, staffroom, words)
    door = Door(school, register, adapters.options, connector)
    leg = Leg(school, register)
    calling = Calling(register, leg, adapters.calls, adapters.options, connector, callback)
    readership = Readership(school, staffroom, connector)
    circles = Circles(school, store, staffroom, readership)
    escalation = Escalation(school, register, store, store, circles, connector, mail, words, store)
    carrier = Carrier(
        school,
        register,
        store,
        store,
        connector,
        mail,
        words,
        adapters.tally,
        door,
        Speaking(store, store, connector, words),
        circles,
        escalation,
        Acting(leg, adapters.calls, adapters.hands) if school.school.tier == "remove" else None,
    )
    lookups = Lookups(school, register, store, adapters.directory, adapters.lessons, connector, store, staffroom)
    teller = Teller(school, store, staffroom, readership, connector, mail)
    keeper = HoldKeeper(
        school, register, store, store, store, store, staffroom, teller, connector, orders.holds.notices
    )
    errands: dict[str, Errand] = {
        "carry": carrier.carry,
        "act": carrier.carry,
        "arrange": carrier.carry,
        "redraw": carrier.redraw,
        "escalate": escalation.escalate,
        "pass_on": escalation.pass_on,
        "remove": orders.removals.carry_out,
        "hold": keeper.show,
        "identify": lookups.identify,
        "describe": lookups.describe,
        "look": lookups.look,
        "options": door.read,
        "join": calling.join,
        "roster": calling.roster,
        "glance": calling.glance,
    }
    duties: dict[str, Duty] = {
        "sweep": (SWEEP, lookups.sweep),
        "refresh": (REFRESH, lookups.refresh),
        "readers": (SWEEP, readership.refresh),
        "purge": (PURGE, lookups.purge),
        "recarry": (SWEEP, store.recarry),
        "holds": (SWEEP, keeper.keep),
    }
    errands_ahead, duties_ahead = ahead(school, adapters, teller, words)
    service = Service(school, register, store, store, staffroom, words, orders)
    return Core(service, calling, errands | errands_ahead, duties | duties_ahead)
