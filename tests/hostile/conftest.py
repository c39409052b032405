"""The whole product behind its real front, with a log of its own."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.web.logs import set_up_logging
from tests.database import fresh_database
from tests.graph.tenant import Server, Tenant
from tests.hostile.front import Front, opened
from tests.teams.conftest import house, issuer, teams
from tests.teams.house import ConnectorSide
from tests.teams.issuer import Issuer

__all__ = ["front", "house", "issuer", "log", "teams"]


@pytest.fixture(scope="module")
def log() -> Iterator[io.StringIO]:
    """All that is logged, as it is written in a school."""
    root, kept, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    written = io.StringIO()
    set_up_logging(stream=written)
    yield written
    root.handlers[:] = kept
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front(log: io.StringIO, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """It is up and its keys are loaded; one for all the tests of a file, which keep to lessons of their own."""
    issuer, teams = Issuer(), ConnectorSide()
    issuer.new_key("one")
    issuer.new_key("two", publish=False)
    await issuer.start()
    await teams.start()
    entra = Server(Tenant(), tmp_path_factory.mktemp("entra"))
    origin = await entra.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(entra.ca))
        async with opened(issuer, teams, await fresh_database(), log, origin) as made:
            yield made
    await entra.stop()
    await teams.stop()
    await issuer.stop()
