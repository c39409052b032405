"""Judging: every rule is asked, and what they ask for becomes decisions, each once.

Here and nowhere else are the episodes (law 6), the modes (law 13), the freshness of what a decision rests on (law 2) and
what a rule may never do (law 12, with bot/brake.py). Pure: the same sitting, time and school give the same judgement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.about_itself import NAMES, say
from bot.actions import Action, Audience, Corrective, LookAgain, Mode, SetOptions, Tell
from bot.brake import LOOKED_UP_WITHIN, Allowance, Verdict, weigh
from bot.events import (
    CheckAsked,
    Corrected,
    EpisodeMoved,
    EpisodeState,
    Event,
    Facts,
    Kind,
    OptionsAsked,
    PersonKey,
    Withheld,
    oid_of,
)
from bot.options import wanted
from bot.ports import Decision
from bot.school import School
from bot.sitting import Episode, EpisodeKey, Sitting

FRESH = LOOKED_UP_WITHIN
"""How old a look-up may be on which a decision rests (laws 2 and 12)."""

TELL = "tell"
OWN = (*NAMES, "engine", "brake")
"""What the engine says of itself, under names that are no rule's."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one rule asks for, and how far it may go."""

    rule: str
    mode: Mode
    action: Tell | Corrective | SetOptions


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows: events to append, decisions to write, people to be looked up now, when to look again."""

    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    checks: tuple[PersonKey, ...] = ()
    look_at: datetime | None = None


@dataclass(slots=True)
class _Draft:
    """A judgement in the making."""

    sitting: Sitting
    now: datetime
    school: School
    events: list[Event] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    checks: list[PersonKey] = field(default_factory=list)
    looks: list[datetime] = field(default_factory=list)
    asked: set[EpisodeKey] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def asked_in_vain(self, person: PersonKey) -> bool:
        """Whether the last look-up of somebody has not been answered in time: newer words about them are unconfirmed too."""
        member = self.sitting.members.get(person)
        if member is None or member.check_asked is None or oid_of(person) is None:
            return False
        answered = member.as_of is not None and member.as_of >= member.check_asked
        return not answered and self.now >= member.check_asked + self.school.school.patience

    def done(self) -> Judgement:
        ahead = [look for look in self.looks if look > self.now]
        return Judgement(tuple(self.events), tuple(self.decisions), tuple(self.checks), min(ahead, default=None))


def judge(
    sitting: Sitting, now: datetime, school: School, *, school_corrected: int = 0, staff_shrunk: bool = False
) -> Judgement:
    """Ask every rule about this sitting at `now` and decide.

    `school_corrected` is how many people rules have corrected in the whole school within the brake's window, and
    `staff_shrunk` whether the staff list lost a fifth since it was last read.
    """
    draft = _Draft(sitting, now, school)
    wishes = [*_ask(draft), *_about_itself(draft)]
    allowance = Allowance(school_corrected=school_corrected, staff_shrunk=staff_shrunk)
    for verdict in weigh(sitting, now, school, _corrective(wishes), allowance):
        _correct(draft, verdict, wishes)
    _set_options(draft, wishes)
    for wish in wishes:
        if isinstance(wish.action, Tell):
            _tell(draft, wish, wish.action)
    _settle(draft)
    return draft.done()


def _ask(draft: _Draft) -> list[Wish]:
    """What every rule wishes. One that raises is told of and stops no other."""
    wishes: list[Wish] = []
    for rule in draft.school.rules:
        try:
            actions = [_sound(action) for action in rule.decide(draft.sitting, draft.now, rule.settings)]
        except Exception:  # noqa: BLE001 -- whatever a rule raises, the other rules go on and IT hears of it
            draft.broken.add(rule.name)
            continue
        for action in actions:
            if isinstance(action, LookAgain):
                draft.looks.append(action.at)
            elif isinstance(action, SetOptions) or _may_be_about(draft.sitting, action.about):
                wishes.append(Wish(rule.name, rule.settings.mode, action))
    if draft.broken:
        facts: Facts = {"rule": tuple(sorted(draft.broken))}
        wishes += (_own("engine", Tell(to=to, say="rule.broken", facts=facts)) for to in (Audience.IT, Audience.LEADS))
    return wishes


def _sound(action: Action) -> Action:
    """The action, if it is one: what else a rule may yield is raised while that rule is asked, and so stops no other."""
    if not isinstance(action, Tell | Corrective | SetOptions | LookAgain):
        raise TypeError(f"a rule may not ask for a {type(action).__name__}")
    if isinstance(action, LookAgain) and action.at.tzinfo is None:
        raise ValueError("a look needs a time zone")
    return action


def _about_itself(draft: _Draft) -> list[Wish]:
    """What Schoolgate has to say of itself."""
    wishes = []
    for name, what in say(draft.sitting, draft.now, draft.school):
        if isinstance(what, LookAgain):
            draft.looks.append(what.at)
        else:
            wishes.append(_own(name, what))
    return wishes


def _own(rule: str, tell: Tell) -> Wish:
    return Wish(rule, Mode.ACT, tell)


def _may_be_about(sitting: Sitting, about: PersonKey | None) -> bool:
    """Nothing acts on an unresolved person (law 2)."""
    return about is None or sitting.kind(about) is not Kind.UNRESOLVED


def _corrective(wishes: Iterable[Wish]) -> list[tuple[str, Mode, Corrective]]:
    return [(wish.rule, wish.mode, wish.action) for wish in wishes if isinstance(wish.action, Corrective)]


def _correct(draft: _Draft, verdict: Verdict, wishes: list[Wish]) -> None:
    """Write one corrective decision down, or what the brake made of it."""
    person = verdict.action.about
    waiting = verdict.check and _need(draft, person) is None
    if verdict.tell is not None and not waiting:
        wishes.append(_own(verdict.rule, verdict.tell))
    name = type(verdict.action).__name__.lower()
    if verdict.status is None:
        return
    if verdict.status != "due":
        row = (person, name, verdict.rule, verdict.observation, verdict.status)
        if row in draft.sitting.withheld:
            return
        draft.events.append(
            Withheld(
                at=draft.now,
                person=person,
                action=name,
                rule=verdict.rule,
                observation=verdict.observation,
                status=verdict.status,
            )
        )
    draft.decisions.append(
        Decision(
            rule=verdict.rule,
            action=name,
            mode=verdict.mode,
            about=person,
            observation=verdict.observation,
            say=verdict.action.why,
            status=verdict.status,
        )
    )
    if verdict.status == "due":
        draft.events.append(
            Corrected(at=draft.now, person=person, action=name, rule=verdict.rule, observation=verdict.observation)
        )


def _set_options(draft: _Draft, wishes: list[Wish]) -> None:
    """One change for all that rules want of the options, once per reading; where we may not, people are told."""
    controls, tier = draft.sitting.controls, draft.school.school.tier
    changes, whys, names = wanted(controls.options, [wish for wish in wishes if wish.mode is Mode.ACT])
    if not changes or tier == "watch" or controls.refused is not None:
        return
    if any(asked.observation == controls.readings for asked in controls.asked):
        return
    draft.events.append(OptionsAsked(at=draft.now, changes=changes, observation=controls.readings))
    draft.decisions.append(
        Decision(
            rule=names,
            action="set_options",
            mode=Mode.ACT,
            observation=controls.readings,
            say=whys,
            facts=dict(changes),
        )
    )


def _tell(draft: _Draft, wish: Wish, tell: Tell) -> None:
    """Open an episode, or bring the open one up to date."""
    key: EpisodeKey = (wish.rule, TELL, tell.to.value, tell.about)
    if key in draft.asked:
        return
    draft.asked.add(key)
    episode = draft.sitting.episodes.get(key)
    if episode is None or episode.state == EpisodeState.CLOSED:
        waiting, unconfirmed = _confirmed(draft, tell)
        if not waiting:
            number = episode.number + 1 if episode else 1
            _open(draft, key, number, wish, tell, unconfirmed=unconfirmed)
        return
    changed = (episode.say, dict(episode.facts)) != (tell.say, dict(tell.facts))
    if changed:
        _open(draft, key, episode.number, wish, tell, unconfirmed=any(map(draft.asked_in_vain, _rests_on(tell))))
    elif episode.state == EpisodeState.QUIET:
        draft.events.append(_moved(draft, key, episode, EpisodeState.OPEN))


def _open(draft: _Draft, key: EpisodeKey, number: int, wish: Wish, tell: Tell, *, unconfirmed: bool) -> None:
    rule, action, to, about = key
    draft.events.append(
        EpisodeMoved(
            at=draft.now,
            rule=rule,
            action=action,
            to=to,
            about=about,
            number=number,
            state=EpisodeState.OPEN,
            say=tell.say,
            facts=tell.facts,
        )
    )
    draft.decisions.append(
        Decision(
            rule=rule,
            action=action,
            mode=wish.mode,
            to=to,
            about=about,
            episode=number,
            say=tell.say,
            facts=tell.facts,
            choices=tell.choices,
            unconfirmed=unconfirmed,
            status="watched" if wish.mode is Mode.WATCH else "due",
        )
    )


def _confirmed(draft: _Draft, tell: Tell) -> tuple[bool, bool]:
    """Whether this must wait for fresh look-ups, and whether it goes ahead without one that does not come."""
    states = [_need(draft, person) for person in _rests_on(tell)]
    return None in states, False in states


def _rests_on(tell: Tell) -> tuple[PersonKey, ...]:
    return tell.rests_on or ((tell.about,) if tell.about else ())


def _need(draft: _Draft, person: PersonKey) -> bool | None:
    """True: known freshly enough. False: asked in vain for too long. None: a look-up is on its way (asked now if need be)."""
    member = draft.sitting.members.get(person)
    if member is None or oid_of(person) is None:
        return True
    if member.as_of is not None and draft.now - member.as_of <= FRESH:
        return True
    asked, patience = member.check_asked, draft.school.school.patience
    if asked is None or draft.now - asked > FRESH + patience:
        asked = draft.now
        if person not in draft.checks:
            draft.checks.append(person)
            draft.events.append(CheckAsked(at=draft.now, person=person))
    due = asked + patience
    if draft.now >= due:
        return False
    draft.looks.append(due)
    return None


def _moved(draft: _Draft, key: EpisodeKey, episode: Episode, state: EpisodeState) -> EpisodeMoved:
    rule, action, to, about = key
    return EpisodeMoved(
        at=draft.now,
        rule=rule,
        action=action,
        to=to,
        about=about,
        number=episode.number,
        state=state,
        say=episode.say,
        facts=episode.facts,
    )


def _settle(draft: _Draft) -> None:
    """Let episodes that nobody asks for fall quiet, and close them after the settling time.

    None is closed while somebody is unresolved or the sitting is blind: not seen is not over (law 14).
    """
    settle = draft.school.school.settle
    unseen = draft.sitting.is_open() and bool(draft.sitting.blind or draft.sitting.present(Kind.UNRESOLVED))
    for key, episode in draft.sitting.episodes.items():
        if key in draft.asked or key[0] in draft.broken or episode.state == EpisodeState.CLOSED:
            continue
        if episode.state == EpisodeState.OPEN:
            draft.events.append(_moved(draft, key, episode, EpisodeState.QUIET))
            draft.looks.append(draft.now + settle)
        elif draft.now < (due := episode.moved_at + settle):
            draft.looks.append(due)
        elif not (unseen and key[0] not in OWN):
            _close(draft, key, episode)


def _close(draft: _Draft, key: EpisodeKey, episode: Episode) -> None:
    rule, action, to, about = key
    known = draft.school.rule(rule)
    mode = known.settings.mode if known else Mode.ACT
    draft.events.append(_moved(draft, key, episode, EpisodeState.CLOSED))
    draft.decisions.append(
        Decision(
            rule=rule,
            action=action,
            mode=mode,
            to=to,
            about=about,
            episode=episode.number,
            say=episode.say,
            facts={**episode.facts, **_ending(draft.sitting, about), "over_at": episode.moved_at.isoformat()},
            over=True,
            status="watched" if mode is Mode.WATCH else "due",
        )
    )


def _ending(sitting: Sitting, about: PersonKey | None) -> Facts:
    """How it ended, as far as that was seen: the lesson ended, the person has gone, or a second pupil came."""
    if about is None:
        return {}
    if not sitting.is_open():
        return {"how": "ended"}
    if sitting.since(about) is None:
        return {"how": "gone"}
    several = sitting.kind(about) is Kind.PUPIL and len(sitting.present(Kind.PUPIL)) > 1
    return {"how": "second"} if several else {}
