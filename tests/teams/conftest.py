"""An issuer, a Connector and the product, each on a port of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.teams.house import ConnectorSide, House, built
from tests.teams.issuer import Issuer


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """With one published key, and one that may sign for another channel only."""
    made = Issuer()
    made.new_key("one")
    made.new_key("two", publish=False)
    made.new_key("other-channel", ("webchat",))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def teams() -> AsyncIterator[ConnectorSide]:
    """The Connector."""
    made = ConnectorSide()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def house(issuer: Issuer, teams: ConnectorSide) -> AsyncIterator[House]:
    """The product, its keys loaded."""
    made = await built(issuer, teams)
    yield made
    await made.stop()
