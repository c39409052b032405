"""What the core reaches the outside by."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import (
    Calendars,
    Calls,
    Directory,
    Hands,
    Lessons,
    Mail,
    MeetingOptions,
    Places,
    Subscriptions,
    Tally,
)
from bot.store.postgres import PostgresStore
from bot.teams.connector import Connector


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """One behind each port. The store and the Connector stand behind several, so they are named as what they are."""

    store: PostgresStore
    connector: Connector
    tally: Tally
    directory: Directory
    lessons: Lessons
    calendars: Calendars
    mail: Mail
    calls: Calls
    hands: Hands
    options: MeetingOptions
    places: Places
    subscriptions: Subscriptions | None
    """None where Microsoft cannot reach us: then calendars are read by the clock only."""
