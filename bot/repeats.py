"""Repeats on one card: what happens again in the same lesson, while nobody has taken the first, is added there. Pure.

The same about the same person goes on the card it had. The same about another goes on a card that still holds, unless it is
about somebody who might read the channel: who may read a card must not depend on what was added to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import Mode, Tell
from bot.answering import SHARED, is_taken
from bot.draft import Draft
from bot.events import EpisodeMoved, EpisodeState, Facts, Kind, PersonKey, oid_of
from bot.ports import Decision
from bot.sitting import Episode, EpisodeKey, Sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an opening episode stands: its number, how often it has opened there, and on whose card if on another's."""

    number: int
    times: int = 1
    into: PersonKey | None = None
    into_number: int = 0


def place(draft: Draft, key: EpisodeKey, tell: Tell) -> Place:
    """On a card of its own, unless there is one that stands for the same and that nobody has taken yet."""
    was = draft.episodes.get(key)
    if (
        tell.to in SHARED
        and was is not None
        and _still_untaken(draft, _card_key(key, was), was.into_number or was.number)
    ):
        return Place(number=was.number, times=was.times + 1, into=was.into, into_number=was.into_number)
    new = Place(number=was.number + 1 if was else 1)
    host = _host(draft, key, tell)
    if host is None:
        return new
    return Place(number=new.number, into=host[3], into_number=draft.episodes[host].number)


def left_on_card(draft: Draft, card: EpisodeKey, where: Place) -> list[Decision]:
    """Whoever still stands on a card whose own person now gets a new one moves there with them; the old one is over."""
    old = draft.episodes.get(card)
    live = [(about, one) for about, one in added(draft.standing, card) if one.state != EpisodeState.CLOSED]
    if old is None or old.number == where.number or not live:
        return []
    rule, action, to, _ = card
    for about, one in live:
        draft.move(moved(draft, (rule, action, to, about), replace(one, into_number=where.number)))
    return [replace(redecided(draft, card, unconfirmed=False), over=True)]


def moved(draft: Draft, key: EpisodeKey, episode: Episode, state: EpisodeState | None = None) -> EpisodeMoved:
    """An episode as it is, in another state if one is given."""
    rule, action, to, about = key
    return EpisodeMoved(
        at=draft.now,
        rule=rule,
        action=action,
        to=to,
        about=about,
        number=episode.number,
        state=state or EpisodeState(episode.state),
        say=episode.say,
        facts=episode.facts,
        choices=episode.choices,
        times=episode.times,
        into=episode.into,
        into_number=episode.into_number,
    )


def _still_untaken(draft: Draft, card: EpisodeKey, number: int) -> bool:
    """Whether this card is that of `number`, has not stood for too long, and nobody has taken it."""
    standing, window = draft.episodes.get(card), draft.school.alerts.fold
    if standing is None or standing.number != number or draft.now - standing.opened_at > window or not window:
        return False
    return not is_taken(draft.sitting, card[0], card[3], standing.opened_at)


def _host(draft: Draft, key: EpisodeKey, tell: Tell) -> EpisodeKey | None:
    """The newest card on which this may stand too: the same, told of somebody else, and still holding."""
    if tell.to not in SHARED or "adults" in tell.facts or not _harmless(draft.sitting, key[3]):
        return None
    hosts = [
        other
        for other, episode in draft.episodes.items()
        if other[:3] == key[:3]
        and other != key
        and episode.into is None
        and episode.say == tell.say
        and _harmless(draft.sitting, other[3])
        and _still_untaken(draft, other, episode.number)
        and holds(draft.standing, other)
    ]
    return max(hosts, key=lambda other: draft.episodes[other].opened_at, default=None)


def _harmless(sitting: Sitting, about: PersonKey | None) -> bool:
    """Whether this is somebody who cannot be a reader of the school's channel."""
    return about is not None and (oid_of(about) is None or sitting.kind(about) is Kind.PUPIL)


def _card_key(key: EpisodeKey, episode: Episode) -> EpisodeKey:
    return key if episode.into is None else (*key[:3], episode.into)


def card_of(draft: Draft, key: EpisodeKey) -> EpisodeKey | None:
    """The card that an episode shares with others; None where it has one for itself."""
    episode = draft.episodes[key]
    card = _card_key(key, episode)
    return card if episode.into is not None or added(draft.standing, card) else None


def added(sitting: Sitting, card: EpisodeKey) -> list[tuple[PersonKey, Episode]]:
    """What stands on somebody's card besides, oldest first, and of whom."""
    host = sitting.episodes.get(card)
    found = [
        (key[3], episode)
        for key, episode in sitting.episodes.items()
        if host is not None
        and episode.into is not None
        and key[3] is not None
        and (*key[:3], episode.into, episode.into_number) == (*card, host.number)
    ]
    return sorted(found, key=lambda one: (one[1].opened_at, one[0]))


def holds(sitting: Sitting, card: EpisodeKey) -> bool:
    """Whether anything on this card is not over yet."""
    all_of_it = [sitting.episodes[card], *(episode for _, episode in added(sitting, card))]
    return any(episode.state != EpisodeState.CLOSED for episode in all_of_it)


def repeats(episode: Episode) -> Facts:
    """How often it has opened on its card, and since when, if more than once."""
    return repeated(episode.times, episode.opened_at)


def repeated(times: int, first: datetime) -> Facts:
    """The same from its parts."""
    return {"times": times, "first": first.isoformat()} if times > 1 else {}


def decided(
    draft: Draft,
    key: EpisodeKey,
    episode: Episode,
    *,
    mode: Mode | None = None,
    over: bool = False,
    unconfirmed: bool = False,
) -> Decision:
    """What an episode is told as. `mode`: that of a wish for it, else its rule's."""
    rule, action, to, about = key
    known = draft.school.rule(rule)
    mode = mode or (known.settings.mode if known else Mode.ACT)
    return Decision(
        rule=rule,
        action=action,
        mode=mode,
        to=to,
        about=about,
        episode=episode.number,
        say=episode.say,
        facts={**episode.facts, **repeats(episode)},
        choices=episode.choices,
        unconfirmed=unconfirmed,
        over=over,
        status="watched" if mode is Mode.WATCH else "due",
    )


def redecided(draft: Draft, card: EpisodeKey, *, unconfirmed: bool) -> Decision:
    """The decision of a card that stands for several: newer each time anything of it moves, over once all of it is."""
    over = not holds(draft.standing, card)
    one = decided(draft, card, draft.episodes[card], over=over, unconfirmed=unconfirmed)
    return replace(one, facts={**one.facts, "moved": draft.now.isoformat()})
