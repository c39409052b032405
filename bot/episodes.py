"""Episodes (law 6): a rule that first asks opens one, newer facts change its card, and quiet closes it. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.about_itself import NAMES
from bot.actions import Audience, Tell
from bot.brake import NAME as BRAKE
from bot.draft import Draft, Wish, need
from bot.events import EpisodeMoved, EpisodeState, Facts, Kind, PersonKey
from bot.ports import Decision
from bot.repeats import Place, card_of, decided, left_on_card, moved, place, redecided
from bot.sitting import Episode, EpisodeKey, Sitting

TELL = "tell"
OWN = (*NAMES, "engine", BRAKE)
"""What the engine says of itself, under names that are no rule's."""
TOLD_ANEW = "told_anew"
"""What the card of before says once it was told anew."""


def keep(draft: Draft, wish: Wish, tell: Tell) -> None:
    """Open an episode, or bring the open one up to date."""
    key: EpisodeKey = (wish.rule, TELL, tell.to.value, tell.about)
    if key in draft.asked:
        return
    draft.asked.add(key)
    episode = draft.sitting.episodes.get(key)
    if episode is None or episode.state == EpisodeState.CLOSED:
        waiting, unconfirmed = _confirmed(draft, tell)
        if not waiting:
            where = place(draft, key, tell)
            left_behind = left_on_card(draft, key, where)
            _open(draft, key, where, wish, tell, unconfirmed=unconfirmed)
            draft.decisions += left_behind
        return
    changed = (episode.say, dict(episode.facts)) != (tell.say, dict(tell.facts))
    unconfirmed = changed and any(map(draft.asked_in_vain, _rests_on(tell)))
    if changed and tell.anew and episode.say != tell.say:
        _tell_anew(draft, key, episode, wish, tell, unconfirmed=unconfirmed)
    elif changed:
        stays = Place(number=episode.number, times=episode.times, into=episode.into, into_number=episode.into_number)
        _open(draft, key, stays, wish, tell, unconfirmed=unconfirmed)
    elif episode.state == EpisodeState.QUIET:
        draft.move(moved(draft, key, episode, EpisodeState.OPEN))


def _tell_anew(draft: Draft, key: EpisodeKey, episode: Episode, wish: Wish, tell: Tell, *, unconfirmed: bool) -> None:
    """It has become worse than what people saw: a card of its own, which nobody has seen yet; the old one says so."""
    card, where = card_of(draft, key), Place(number=episode.number + 1)
    if card is not None and card != key:
        draft.shared.setdefault(card, False)  # it stood on another's card, and stands there no more
        left_behind: list[Decision] = []
    else:
        left_behind = left_on_card(draft, key, where) or [decided(draft, key, episode, over=True)]
    _open(draft, key, where, wish, tell, unconfirmed=unconfirmed)
    draft.decisions += [
        replace(old, say=TOLD_ANEW, facts={**old.facts, "over_at": draft.now.isoformat()}) for old in left_behind
    ]


def _open(draft: Draft, key: EpisodeKey, where: Place, wish: Wish, tell: Tell, *, unconfirmed: bool) -> None:
    rule, action, to, about = key
    draft.move(
        EpisodeMoved(
            at=draft.now,
            rule=rule,
            action=action,
            to=to,
            about=about,
            number=where.number,
            state=EpisodeState.OPEN,
            say=tell.say,
            facts=tell.facts,
            choices=tell.choices,
            times=where.times,
            into=where.into,
            into_number=where.into_number,
        )
    )
    if card := card_of(draft, key):
        draft.shared[card] = draft.shared.get(card, False) or unconfirmed
        return
    draft.decisions.append(decided(draft, key, draft.episodes[key], mode=wish.mode, unconfirmed=unconfirmed))


def _confirmed(draft: Draft, tell: Tell) -> tuple[bool, bool]:
    """Whether this must wait for fresh look-ups, and whether it goes ahead without one that does not come."""
    states = [need(draft, person) for person in _rests_on(tell)]
    return None in states, False in states


def _rests_on(tell: Tell) -> tuple[PersonKey, ...]:
    if tell.to is Audience.ON_CALL:
        return tell.rests_on
    return tell.rests_on or ((tell.about,) if tell.about else ())


def settle(draft: Draft) -> None:
    """Let episodes that nobody asks for fall quiet, and close them after the settling time.

    None is closed while somebody is unresolved or the sitting is blind: not seen is not over (law 14).
    """
    _settle(draft)
    for card, unconfirmed in draft.shared.items():
        newest = redecided(draft, card, unconfirmed=unconfirmed)
        this = (*card, newest.episode)
        draft.decisions = [
            one for one in draft.decisions if (one.rule, one.action, one.to, one.about, one.episode) != this
        ]
        draft.decisions.append(newest)


def _settle(draft: Draft) -> None:
    settle = draft.school.school.settle
    unseen = draft.sitting.is_open() and bool(draft.sitting.blind or draft.sitting.present(Kind.UNRESOLVED))
    for key, episode in draft.sitting.episodes.items():
        if key in draft.asked or key[0] in draft.broken or episode.state == EpisodeState.CLOSED:
            continue
        if episode.state == EpisodeState.OPEN:
            draft.move(moved(draft, key, episode, EpisodeState.QUIET))
            draft.looks.append(draft.now + settle)
        elif draft.now < (due := episode.moved_at + settle):
            draft.looks.append(due)
        elif not (unseen and key[0] not in OWN):
            _close(draft, key, episode)


def _close(draft: Draft, key: EpisodeKey, episode: Episode) -> None:
    _, _, to, about = key
    how = {"how": "taken_over"} if key in draft.gave_way else _ending(draft.sitting, to, about)
    ended: Facts = {**episode.facts, **how, "over_at": episode.moved_at.isoformat()}
    draft.move(replace(moved(draft, key, episode, EpisodeState.CLOSED), facts=ended))
    if card := card_of(draft, key):
        draft.shared.setdefault(card, False)
        return
    draft.decisions.append(decided(draft, key, replace(episode, facts=ended), over=True))


def _ending(sitting: Sitting, to: str, about: PersonKey | None) -> Facts:
    """How it ended, as far as that was seen: the lesson ended, the person has gone, or a second pupil came.

    Where it is about nobody: all have gone, the pupils have, or adults are there, and which.
    """
    if not sitting.is_open():
        return {"how": "ended"}
    if about is None or to == Audience.ON_CALL:
        if not sitting.present(Kind.PUPIL):
            return {"how": "no_pupils"}
        adults = sitting.ids(Kind.STAFF)
        return {"how": "adults", "came": adults} if adults else {}
    if sitting.since(about) is None:
        return {"how": "gone"}
    several = sitting.kind(about) is Kind.PUPIL and len(sitting.present(Kind.PUPIL)) > 1
    return {"how": "second"} if several else {}
