"""An issuer, a Connector and the product, each on a port of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.teams.connector import Connector, make_session
from bot.teams.hosts import Hosts
from tests.fakes import FakeAddresses
from tests.teams.activities import THREAD
from tests.teams.house import ConnectorSide, FixedToken, House, Speaking, built
from tests.teams.issuer import APP_ID, TENANT, Issuer


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


@pytest.fixture
async def speaking(teams: ConnectorSide) -> AsyncIterator[Speaking]:
    """The product's Connector client, which knows one service URL and gives up after two seconds."""
    session, tokens, addresses = make_session(), FixedToken(), FakeAddresses()
    tries: list[tuple[str, str]] = []
    await addresses.remember(THREAD, teams.service_url)
    connector = Connector(
        session,
        tokens=tokens,
        hosts=Hosts((teams.url,)),
        addresses=addresses,
        app_id=APP_ID,
        tenant=TENANT,
        deadline=2.0,
        watch=lambda method, answer, seconds: tries.append((method, answer)),
    )
    yield Speaking(connector, tokens, addresses, tries)
    await session.close()
