"""What must hold once nothing fails any more and nobody moves: each line a promise of deploy/docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.brake import REPEATS
from bot.events import Corrected, Identified, Joined, Kind, Left, oid_of
from bot.ports import Decision, Route
from bot.repeats import added
from tests.builders import KINDS
from tests.simulation.day import Day

POSTS = ("post", "whisper", "write_to")


def broken(day: Day) -> list[str]:
    """Every promise that was not kept, in words; none in a good day."""
    checks = (
        _faults,
        _settled,
        _told,
        _doubled,
        _second_effects,
        _never,
        _holds,
        _register,
        _promised,
        _claimed,
        _blind,
    )
    return [f"{check.__name__[1:]}: {words}" for check in checks for words in check(day)]


def _faults(day: Day) -> Iterator[str]:
    """Nothing is raised that nobody foresaw."""
    yield from (f"{type(fault).__name__}: {fault}" for fault in day.faults)


def _settled(day: Day) -> Iterator[str]:
    """Nothing decided is lost."""
    lately = day.ends.clock.now - timedelta(minutes=1)
    for number, status in day.ends.decisions.status.items():
        if status == "due" and day.ends.decisions.alerts[number].decided_at < lately:
            yield f"decision {number} is still due: {day.ends.decisions.alerts[number].decision}"


def _told(day: Day) -> Iterator[str]:
    """What was decided stands where people read it, as it was decided last; on a shared card whichever still holds is first."""
    for number, alert in day.ends.decisions.alerts.items():
        if alert.decision.action != "tell" or day.ends.decisions.status[number] != "done":
            continue
        if not alert.sendings:
            yield f"alert {number} is called done and stands nowhere"
        for sent in alert.sendings:
            notice = day.ends.messenger.shown[sent.activity][1] if sent.route is not Route.MAIL else None
            if notice and (notice.headline not in _says(day, alert.decision) or notice.over != alert.decision.over):
                yield f"alert {number} says {notice.headline}, decided was {alert.decision.say} over={alert.decision.over}"


def _says(day: Day, decision: Decision) -> set[str]:
    card = (decision.rule, decision.action, decision.to, decision.about)
    return {decision.say, *(episode.say for _, episode in added(day.ends.sitting(), card))}


def _doubled(day: Day) -> Iterator[str]:
    """A message is posted twice only where nobody can know whether it was: law 11's window, a lost answer, a lapsed lease."""
    doubtful = day.weather.doubtful
    windows = sum(doubtful[way] for way in POSTS) + day.weather.unwritten + day.ends.decisions.lapsed
    if _copies(day) > windows:
        yield f"{_copies(day)} messages posted twice, and only {windows} chances to"


def _copies(day: Day) -> int:
    posted = Counter(notice.alert for _, notice in day.ends.messenger.shown.values() if notice.alert)
    return sum(posted.values()) - len(posted)


def _second_effects(day: Day) -> Iterator[str]:
    """No mute, removal or change of options has a second effect: but where its answer was lost, and people undid the first."""
    doubtful = day.weather.doubtful
    for what, done in (("mute", day.teams.muted), ("remove", day.teams.removed)):
        again = sum(times - 1 for times in done.values() if times)
        if again > doubtful[what]:
            yield f"{again} times {what} once more: {done}"
    tries = sum(day.ends.decisions.attempts(number) for number in _of(day, "set_options"))
    if day.teams.options.effects > tries:
        yield f"{day.teams.options.effects} changes of options in {tries} tries"


def _of(day: Day, action: str) -> list[int]:
    alerts = day.ends.decisions.alerts.items()
    return [number for number, alert in alerts if alert.decision.action == action and alert.decision.status == "due"]


def _never(day: Day) -> Iterator[str]:
    """Staff are never muted or removed."""
    yield from (f"{person} was touched" for person in day.teams.touched if KINDS[person] is Kind.STAFF)


def _holds(day: Day) -> Iterator[str]:
    """Who was removed is on hold until released, and is out: but for the cap on repeats and the brake."""
    holds = day.ends.people.holds
    yield from (f"the hold of {pupil} is gone" for pupil in day.removed - day.released if pupil not in holds)
    happened = day.ends.register.events()
    removals = Counter(one.person for one in happened if isinstance(one, Corrected) and one.action == "remove")
    decisions = [alert.decision for alert in day.ends.decisions.alerts.values()]
    braked = {one.about for one in decisions if one.status == "braked"}
    for pupil in holds.keys() - braked:
        if pupil in day.teams.there() and removals[pupil] < REPEATS:
            yield f"{pupil} is on hold and in the lesson, after {removals[pupil]} removals"


def _register(day: Day) -> Iterator[str]:
    """The register is the truth again."""
    shown, true = set(day.ends.sitting().present()), day.teams.there()
    if shown != true:
        yield f"missing {true - shown}, imagined {shown - true}"
    if len(day.ends.register.sittings) != 1:
        yield f"{len(day.ends.register.sittings)} sittings of one lesson"


def _promised(day: Day) -> Iterator[str]:
    """What was answered with yes is written down."""
    written = day.ends.register.events()
    yield from (f"{event} was promised" for event in day.promised if event not in written)


def _claimed(day: Day) -> Iterator[str]:
    """A removal is called done only after a roster without that person was seen."""
    for alert, outcome in day.ends.decisions.settled:
        if alert.decision.action != "remove" or outcome != "done":
            continue
        since = alert.decided_at.timestamp()
        if not any(at >= since and alert.decision.about not in seen for at, seen in day.teams.rosters):
            yield f"removal {alert.number} was called done, and no roster had shown it"


def _blind(day: Day) -> Iterator[str]:
    """Who could not be looked up for minutes was told of, unless they had gone before anybody could be told."""
    patience = day.ends.school.school.patience + timedelta(minutes=2)
    came, known = {}, {}
    events = day.ends.register.events()
    left = [(event.person, event.at) for event in events if isinstance(event, Left)]
    for event in events:
        if isinstance(event, Joined) and oid_of(event.person):
            came.setdefault(event.person, event.at)
        if isinstance(event, Identified):
            known.setdefault(event.person, event.at)
    blind = [
        person
        for person, at in came.items()
        if known.get(person, day.ends.clock.now) - at > patience
        and not any(who == person and at <= gone <= at + patience for who, gone in left)
    ]
    if blind and not any(alert.decision.rule == "sight" for alert in day.ends.decisions.alerts.values()):
        yield f"{blind} were unknown for minutes, and nobody was told"


def counted(day: Day) -> Counter[str]:
    """What this day was made of, in whole numbers."""
    return Counter(
        {
            "events": len(day.ends.register.events()),
            "decisions": len(day.ends.decisions.alerts),
            "deaths": day.deaths,
            "calls to the outside": day.weather.calls,
            "removals": sum(day.teams.removed.values()),
            "messages posted twice": _copies(day),
        }
    )
