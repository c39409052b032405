"""The wire between a bot and its database: it lets through, or breaks just where it hurts."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from deploy.rehearsal.player.process import free_port

_COMMIT = b"COMMIT"


class CutWire:
    """Listens where a bot believes its database to be. `cutting` is the chance that a commit is cut off."""

    def __init__(self, dsn: str, chance: random.Random) -> None:
        there = urlsplit(dsn)
        self._socket = f"{parse_qs(there.query)['host'][0]}/.s.PGSQL.5432"
        self._chance = chance
        self.port = free_port()
        self.dsn = f"postgresql://postgres@127.0.0.1:{self.port}{there.path}"
        self.cutting = 0.0
        self.cuts: Counter[str] = Counter()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_unix_connection(self._socket)
        deaf = asyncio.Event()
        back = asyncio.create_task(self._back(there, writer, deaf))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                cut = _COMMIT in data and self._chance.random() < self.cutting
                when = self._chance.choice(("before", "after")) if cut else None
                if when is not None:
                    self.cuts[when] += 1
                if when == "before":
                    break
                if when == "after":
                    deaf.set()
                onward.write(data)
                await onward.drain()
        for end in (onward, writer):
            end.transport.abort()
        await asyncio.gather(back, return_exceptions=True)

    async def _back(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, deaf: asyncio.Event) -> None:
        """The answers. Once deaf, the next one is not passed on: it is done, and nobody hears of it."""
        with contextlib.suppress(ConnectionError):
            while data := await there.read(65536):
                if deaf.is_set():
                    break
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def cut_wire(dsn: str, seed: int) -> AsyncIterator[CutWire]:
    """A wire to this database until left."""
    wire = CutWire(dsn, random.Random(seed))
    server = await asyncio.start_server(wire._serve, "127.0.0.1", wire.port)
    try:
        yield wire
    finally:
        server.close()
