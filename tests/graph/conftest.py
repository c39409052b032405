"""A tenant with a school in it, and the product's Graph client pointed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.graph.client import Graph
from bot.school import School, read_school
from tests.graph.tenant import Server, Tenant, guid

TENANT_ID = guid(1)
ROLES = ("staff", "pupils", "clt", "safeguarding_leads", "head", "administrator", "it")


@pytest.fixture
def tenant() -> Tenant:
    """Groups 0 to 6 are the roles, 10 is class 3B (a Team with an address), 11 is 4A."""
    made = Tenant()
    for number, _ in enumerate(ROLES):
        made.group(number)
    made.group(10, "3b@school.example")
    made.group(11, "4a@school.example")
    return made


@pytest.fixture
def school(tmp_path: Path) -> School:
    """A school.toml of these groups; Ms Patel (100) teaches 3B."""
    roles = "\n".join(f'{role} = "{guid(9000 + number)}"' for number, role in enumerate(ROLES))
    path = tmp_path / "school.toml"
    path.write_text(
        f'[school]\nname = "Hill Primary"\n[groups]\n{roles}\n[channels]\nsafeguarding = "19:s@thread.tacv2"\n'
        f'[[class]]\nname = "3B"\ngroup = "{guid(9010)}"\nteachers = ["{guid(100)}"]\n'
        f'[[class]]\nname = "4A"\ngroup = "{guid(9011)}"\n'
    )
    return read_school(path)


@pytest.fixture
async def server(tenant: Tenant, tmp_path: Path) -> AsyncIterator[Server]:
    """The tenant, listening."""
    served = Server(tenant, tmp_path)
    await served.start()
    yield served
    await served.stop()


@pytest.fixture
async def graph(server: Server) -> AsyncIterator[Graph]:
    """The product's client of that tenant, with a short deadline."""
    origin = server.tenant.origin
    made = Graph(
        TENANT_ID, guid(2), "secret", authority=origin, url=f"{origin}/v1.0", ca_file=str(server.ca), deadline=1.6
    )
    yield made
    await made.aclose()
