"""What is done ahead of the lessons in staff's calendars, wired."""

from __future__ import annotations

from bot.forewarning import Forewarner
from bot.placing import Placer
from bot.planning import Planner
from bot.ports import Wording
from bot.school import School
from bot.sealing import Sealer
from bot.store.clock import Duty
from bot.store.running import Errand
from bot.subscribing import Subscriber
from bot.teller import Teller
from bot.watchdog import Watchdog
from bot.wiring.adapters import Adapters

PLAN, LOOK = 60.0, 10.0
"""How often, in seconds: calendars are read, and coming lessons looked at."""


def ahead(
    school: School, adapters: Adapters, teller: Teller, words: Wording
) -> tuple[dict[str, Errand], dict[str, Duty]]:
    """The errands, and the duties."""
    store, directory, calendars, options = adapters.store, adapters.directory, adapters.calendars, adapters.options
    planner = Planner(school, directory, calendars, store, teller, words)
    placer = Placer(store.tenant, school, store, options, adapters.places, teller, words)
    sealer = Sealer(store.tenant, school, store, options, teller, words)
    watchdog = Watchdog(school, store, calendars, store, store, teller, words)
    forewarner = Forewarner(school, store, store, store, store, store, teller, words)
    errands: dict[str, Errand] = {"forewarn": forewarner.forewarn, "replan": planner.reread}
    duties: dict[str, Duty] = {
        "plan": (PLAN, planner.plan),
        "place": (LOOK, placer.place),
        "seal": (LOOK, sealer.seal),
        "watch": (LOOK, watchdog.watch),
        "remind": (PLAN, forewarner.remind),
    }
    if adapters.subscriptions is not None:
        subscriber = Subscriber(directory, adapters.subscriptions)
        errands["resubscribe"], duties["subscribe"] = subscriber.resubscribe, (LOOK, subscriber.subscribe)
    return errands, duties
