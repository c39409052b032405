"""Histories that hypothesis makes up: anybody joins, leaves, is identified and answered about, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.events import Event, Kind, Verb
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    CLT,
    CY,
    GUEST,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    PHONE,
    ROBOT,
    ZOE,
    answered,
    approved,
    blinded,
    came,
    described,
    ended,
    identified,
    left,
    rota,
    sight_returned,
    started,
)

EVERYBODY = (MS_PATEL, MR_OKAFOR, ADA, BEN, CY, ZOE, CARETAKER, GUEST, PARENT, NOBODY, PHONE, ROBOT)
WHYS = ("channel", "meet_now")

people = st.sampled_from(EVERYBODY)
minutes = st.one_of(st.integers(0, 12), st.integers(0, 720).map(lambda seconds: seconds / 60))
devices = st.sampled_from(("laptop", "phone"))
kinds = st.sampled_from([kind for kind in Kind if kind is not Kind.UNRESOLVED])

_movements = st.one_of(st.builds(came, people, minutes, devices), st.builds(left, people, minutes, devices))
_known = st.builds(identified, st.sampled_from([person for person in EVERYBODY if person.startswith("aad:")]), minutes)
_mistaken = st.builds(identified, people, minutes, kinds)
_around = st.one_of(
    st.builds(started, minutes),
    st.builds(ended, minutes),
    st.builds(
        described,
        minutes,
        organizer=st.sampled_from((None, MS_PATEL, CARETAKER)),
        class_name=st.sampled_from((None, "3B")),
        invitees=st.lists(people, max_size=3).map(tuple),
        invitees_known=st.booleans(),
        until=st.one_of(st.none(), minutes),
    ),
    st.builds(rota, st.sampled_from((MS_PATEL, MR_OKAFOR)), st.just(CLT), minute=minutes),
    st.builds(approved, st.sampled_from((ADA, BEN)), minutes, minutes),
    st.builds(answered, st.sampled_from(Verb), people, minutes, st.sampled_from(("lone_pupil", "uninvited_attendee"))),
    st.builds(blinded, st.sampled_from(WHYS), minutes),
    st.builds(sight_returned, st.sampled_from(WHYS), minutes),
)
events: st.SearchStrategy[Event] = st.one_of(_movements, _movements, _known, _known, _mistaken, _around)
histories = st.lists(events, max_size=14)
