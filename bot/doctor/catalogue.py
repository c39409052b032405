"""Whether the Teams package is in the school's own app catalogue, where the tier needs to find it there."""

from __future__ import annotations

from bot.doctor.entrance import not_granted, serving
from bot.doctor.findings import Finding, State
from bot.graph.client import Graph
from bot.graph.places import GraphPlaces
from bot.graph.troubles import Forbidden
from bot.ports import Refused
from bot.tiers import CATALOGUE, permissions


async def look(graph: Graph, app_id: str, tier: str) -> tuple[dict[str, Finding], list[Finding]]:
    """What the try showed of the permission, and of the package. OutOfReach where Graph does not answer."""
    if CATALOGUE not in permissions(tier, "entra"):
        return {}, []
    saw = "tried: the catalogue was read"
    good = Finding(check=f"permission {CATALOGUE.name}", state=State.GOOD, saw=saw, serves=serving(CATALOGUE))
    try:
        await GraphPlaces(graph, app_id, tier).in_catalogue()
    except Forbidden as no:
        return {CATALOGUE.name: not_granted(CATALOGUE, no.words)}, []
    except Refused as no:
        return {CATALOGUE.name: good}, [_package(State.RED, no.words, tier)]
    return {CATALOGUE.name: good}, [_package(State.GOOD, "the school's catalogue has the app", tier)]


def _package(state: State, saw: str, tier: str) -> Finding:
    mend = (
        f'Make it: make package ARGS="--app-id APP-ID --host HOST --tier {tier}".',
        "Teams admin centre › Teams apps › Manage apps › Actions › Upload new app: schoolgate.zip.",
    )
    return Finding(
        check="app catalogue",
        state=state,
        saw=saw,
        serves=("place", "see_joins"),
        mend=() if state is State.GOOD else mend,
        wait="" if state is State.GOOD else "up to 24 hours until everybody's Teams shows it",
    )
