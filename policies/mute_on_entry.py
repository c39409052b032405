"""Pupils come in muted and cannot unmute themselves, until a member of staff wants it otherwise.

Clauses: C19 C20
"""

from collections.abc import Iterator
from datetime import datetime

from bot.policy import Action, Audience, Facts, Kind, Mute, RuleSettings, SetOptions, Sitting, Tell, Verb

RULE = "mute_on_entry"


class Settings(RuleSettings):
    """Nothing more to choose: `/mic on` frees the microphones of a lesson, `/mic off` holds them again."""


def decide(sitting: Sitting, now: datetime, settings: Settings) -> Iterator[Action]:
    """Hold the microphones of attendees, by one option; ask instead of fighting a teacher who opens them by hand."""
    controls = sitting.controls
    if controls.options is None:
        return
    held = controls.holds_mics()
    if (controls.mics is not None and controls.mics.open) or sitting.answer(RULE, None, Verb.OPEN_MICS):
        if controls.mics is not None and controls.mics.open:
            yield SetOptions(changes={"mic": True}, why="mute_on_entry.opened")
        return
    if not controls.fought("mic", False) or sitting.answer(RULE, None, Verb.HOLD_MICS):
        yield SetOptions(changes={"mic": False}, why="mute_on_entry.held")
    else:
        choices = (Verb.OPEN_MICS, Verb.HOLD_MICS)
        yield Tell(to=Audience.HOST, say="mute_on_entry.keep_open", choices=choices)
    for person in filter(controls.read_since_unmuted, sitting.unmuted(Kind.PUPIL) if held else ()):
        yield Mute(about=person, why="mute_on_entry.unmuted")
    for person in sitting.present(Kind.STAFF) if held else ():
        if sitting.only_attendee(person) and person != sitting.organizer:
            facts: Facts = {"since": (sitting.since(person) or now).isoformat()}
            yield Tell(to=Audience.THEM, say="mute_on_entry.promote", about=person, facts=facts, rests_on=(person,))
