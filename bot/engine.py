"""Judging: every rule is asked, and what they ask for becomes decisions, each once.

Here are the modes (law 13) and what a rule may never do (law 12, with bot/brake.py); the episodes are in bot/episodes.py.
Pure: the same sitting, time and school give the same judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.about_itself import say
from bot.actions import Action, Audience, Corrective, LookAgain, Mode, Pause, SetOptions, Tell
from bot.brake import NAME as BRAKE
from bot.brake import Allowance, Verdict, weigh
from bot.draft import Draft, Judgement, Wish, need_look, own
from bot.episodes import TELL, keep, settle
from bot.events import Corrected, EpisodeState, Facts, Kind, OptionsAsked, Paused, Resumed, Withheld
from bot.options import wanted
from bot.pausing import NAME, announced, still
from bot.ports import Decision
from bot.school import School
from bot.sitting import EpisodeKey, Sitting


def judge(
    sitting: Sitting, now: datetime, school: School, *, school_corrected: int = 0, staff_shrunk: bool = False
) -> Judgement:
    """Ask every rule about this sitting at `now` and decide.

    `school_corrected` is how many people rules have corrected in the whole school within the brake's window, and
    `staff_shrunk` whether the staff list lost a fifth since it was last read.
    """
    draft = Draft(sitting, now, school)
    wishes = [*_giving_way(draft, _ask(draft)), *_about_itself(draft)]
    allowance = Allowance(school_corrected=school_corrected, staff_shrunk=staff_shrunk)
    for verdict in weigh(sitting, now, school, _corrective(wishes), allowance):
        _correct(draft, verdict, wishes)
    _pause(draft, wishes)
    _set_options(draft, wishes)
    for wish in wishes:
        if isinstance(wish.action, Tell):
            keep(draft, wish, wish.action)
    settle(draft)
    return draft.done()


def _ask(draft: Draft) -> list[Wish]:
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
            elif isinstance(action, SetOptions | Pause) or _may_be_about(draft.sitting, action):
                wishes.append(Wish(rule.name, rule.settings.mode, action))
    if draft.broken:
        facts: Facts = {"rule": tuple(sorted(draft.broken))}
        wishes += (own("engine", Tell(to=to, say="rule.broken", facts=facts)) for to in (Audience.IT, Audience.LEADS))
    return wishes


def _giving_way(draft: Draft, wishes: Sequence[Wish]) -> Iterator[Wish]:
    """Without what another rule has taken over, if it really tells people.

    An adult on call who was told stays told: what is taken over is no reason to tell them that they need not come.
    """
    telling = {wish.rule for wish in wishes if isinstance(wish.action, Tell) and wish.mode is not Mode.WATCH}
    for wish in wishes:
        if isinstance(wish.action, Tell) and wish.action.unless in telling:
            key: EpisodeKey = (wish.rule, TELL, wish.action.to.value, wish.action.about)
            episode = draft.sitting.episodes.get(key)
            stands = episode is not None and episode.state != EpisodeState.CLOSED
            if not (stands and wish.action.to is Audience.ON_CALL):
                draft.gave_way.add(key)
                continue
        yield wish


def _sound(action: Action) -> Action:
    """The action, if it is one: what else a rule may yield is raised while that rule is asked, and so stops no other."""
    if not isinstance(action, Tell | Corrective | SetOptions | Pause | LookAgain):
        raise TypeError(f"a rule may not ask for a {type(action).__name__}")
    if isinstance(action, LookAgain) and action.at.tzinfo is None:
        raise ValueError("a look needs a time zone")
    return action


def _about_itself(draft: Draft) -> list[Wish]:
    """What Schoolgate has to say of itself."""
    wishes = []
    for name, what in say(draft.sitting, draft.now, draft.school):
        if isinstance(what, LookAgain):
            draft.looks.append(what.at)
        else:
            wishes.append(own(name, what))
    return wishes


def _may_be_about(sitting: Sitting, action: Tell | Corrective) -> bool:
    """Nothing acts on an unresolved person (law 2). Who is on call need not be in the lesson to be told of it."""
    if isinstance(action, Tell) and action.to is Audience.ON_CALL:
        return action.about in sitting.on_call
    return action.about is None or sitting.kind(action.about) is not Kind.UNRESOLVED


def _corrective(wishes: Iterable[Wish]) -> list[tuple[str, Mode, Corrective]]:
    return [(wish.rule, wish.mode, wish.action) for wish in wishes if isinstance(wish.action, Corrective)]


def _correct(draft: Draft, verdict: Verdict, wishes: list[Wish]) -> None:
    """Write one corrective decision down, or what the brake made of it."""
    person = verdict.action.about
    waiting = verdict.check and need_look(draft, person) is None
    if verdict.tell is not None and not waiting:
        # under a name of its own: the rule may be telling the same people something else
        wishes.append(own(BRAKE if verdict.status == "braked" else verdict.rule, verdict.tell))
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


def _pause(draft: Draft, wishes: list[Wish]) -> None:
    """A pause that a rule asks for begins, and ends once no rule asks; a person's pause ends by a person.

    Either ends once everybody has gone: nobody is left to end it, and no class to read of it.
    """
    controls, over = draft.sitting.controls, draft.sitting.over_since is not None
    asked = [wish.action for wish in wishes if isinstance(wish.action, Pause) and wish.mode is Mode.ACT]
    if controls.paused is None:
        if asked and draft.school.school.tier != "watch":
            _hold_still(draft, asked[0].line)
    elif over:
        draft.events.append(Resumed(at=draft.now))
    elif asked and asked[0].line != controls.paused.line and not draft.broken:
        _hold_still(draft, asked[0].line)
    elif not asked and controls.paused.by is None and not draft.broken:
        draft.events.append(Resumed(at=draft.now))
        draft.decisions.append(announced("class.resumed", draft.now))


def _hold_still(draft: Draft, line: str) -> None:
    draft.events.append(Paused(at=draft.now, line=line))
    draft.decisions.append(announced(line, draft.now))


def _set_options(draft: Draft, wishes: list[Wish]) -> None:
    """One change for all that rules want of the options, once per reading; where we may not, people are told."""
    controls, tier = draft.sitting.controls, draft.school.school.tier
    begins = controls.paused is None  # a pause that stands and only tells the class another line is no turn
    turns = any(isinstance(event, Resumed) or (isinstance(event, Paused) and begins) for event in draft.events)
    pause = None if turns else still(controls)
    acting = [*(wish for wish in wishes if wish.mode is Mode.ACT), *([Wish(NAME, Mode.ACT, pause)] if pause else [])]
    changes, whys, names = wanted(controls.options, acting)
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
