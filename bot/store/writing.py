"""How events, decisions and what surrounds them are written down and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.actions import Mode
from bot.events import AnyEvent, Event, Fact, PersonKey, Verb
from bot.ports import Alert, Decision, NoteFiled, Route, Sent

_EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)
_EVENTS: TypeAdapter[list[Event]] = TypeAdapter(list[AnyEvent])
_FACTS: TypeAdapter[dict[str, Fact]] = TypeAdapter(dict[str, Fact])
_NUL = "\\u0000"
_REPLACED = "\\ufffd"


def written(event: Event) -> str:
    """An event as JSON. jsonb has no NUL."""
    return _EVENT.dump_json(event).decode().replace(_NUL, _REPLACED)


def read(rows: Sequence[str]) -> list[Event]:
    """Events out of their JSON."""
    return _EVENTS.validate_json(f"[{','.join(rows)}]") if rows else []


def facts_written(facts: Mapping[str, Fact]) -> str:
    """Facts as JSON."""
    return _FACTS.dump_json(dict(facts)).decode().replace(_NUL, _REPLACED)


def decision_key(decision: Decision) -> tuple[object, ...]:
    """What makes two decisions of a sitting the same one (law 6)."""
    return (
        decision.rule,
        decision.action,
        decision.to,
        decision.about or "",
        decision.episode,
        decision.observation,
    )


def decisions_written(decisions: Mapping[tuple[object, ...], Decision]) -> list[list[Any]]:
    """Decisions, by sitting and key, as columns in the order of statements.DECIDE."""
    rows = [
        [
            *key,
            decision.mode.value,
            decision.say,
            facts_written(decision.facts),
            json.dumps([verb.value for verb in decision.choices]),
            decision.unconfirmed,
            decision.over,
            decision.status,
        ]
        for key, decision in decisions.items()
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def decision_read(row: Mapping[str, Any]) -> Decision:
    """A decision out of its row."""
    return Decision(
        rule=row["rule"],
        action=row["action"],
        mode=Mode(row["mode"]),
        to=row["to"],
        about=PersonKey(row["about"]) if row["about"] else None,
        episode=row["episode"],
        observation=row["observation"],
        say=row["say"],
        facts=_FACTS.validate_json(row["facts"]),
        choices=tuple(Verb(verb) for verb in json.loads(row["choices"])),
        unconfirmed=row["unconfirmed"],
        over=row["over"],
        status=row["status"],
    )


def alert_read(row: Mapping[str, Any]) -> Alert:
    """An alert out of its row, with its sendings and answers."""
    sendings = json.loads(row["sendings"] or "[]")
    return Alert(
        number=row["id"],
        sitting_id=row["sitting"],
        attempt=row["attempts"] - row["attempts_before"],
        revision=row["revision"],
        decided_at=row["decided_at"],
        decision=decision_read(row),
        sendings=tuple(
            Sent(route=Route(route), conversation=conversation, activity=activity, to=to)
            for route, conversation, activity, to in sendings
        ),
        answered=tuple(read(row["answered"])),
        opened_at=row["opened_at"],
        notes=tuple(
            NoteFiled(by=PersonKey(by), text=text, at=datetime.fromisoformat(at))
            for by, text, at in json.loads(row["notes"] or "[]")
        ),
    )
