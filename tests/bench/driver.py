"""The hand of Teams, made cheap: keep-alive connections that post ready-made activities and time the answers.

aiohttp's client would cost more than the fastest server measured here; these lines only know what the answers look like.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


class Gone(Exception):
    """The server closed the connection without an answer."""


class Wire(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int) -> Wire:
        _, wire = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        status, length = read_answer(self._heard)
        if length is not None and self._answer is not None and not self._answer.done():
            del self._heard[:length]
            self._answer.set_result(status)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Gone())

    async def post(self, request: bytes) -> int:
        """The status of the answer to this request."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def read_answer(heard: bytes | bytearray) -> tuple[int, int | None]:
    """The status of the first answer, and how many bytes it has; None while it is not all there."""
    end = heard.find(b"\r\n\r\n")
    if end < 0:
        return 0, None
    head = bytes(heard[:end]).lower()
    status, length = int(head[9:12]), 0
    for line in head.split(b"\r\n")[1:]:
        if line.startswith(b"content-length:"):
            length = int(line[15:])
        elif line.startswith(b"transfer-encoding:"):
            raise ValueError("an answer to an activity has a length")
    whole = end + 4 + length
    return status, whole if len(heard) >= whole else None


@dataclass(slots=True)
class Sample:
    """What came of a burst."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many were answered 2xx."""
        return sum(many for status, many in self.statuses.items() if status // 100 == 2)

    @property
    def refused(self) -> dict[int, int]:
        return {status: many for status, many in self.statuses.items() if status // 100 != 2}

    def percentile(self, part: float) -> float:
        """In seconds."""
        return percentile(self.latencies, part)


def percentile(values: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


async def burst(port: int, requests: Iterator[bytes], *, at_once: int, seconds: float) -> Sample:
    """Post until the time is up or the requests are; so many on the way at any moment."""
    sample, wires = Sample(), [await Wire.open(port) for _ in range(at_once)]
    began = time.perf_counter()

    async def keep_posting(number: int) -> None:
        while (sent := time.perf_counter()) - began < seconds and (request := next(requests, None)) is not None:
            status = await wires[number].post(request)
            sample.latencies.append(time.perf_counter() - sent)
            sample.statuses[status] += 1
            if status // 100 != 2:
                wires[number].close()  # whoever refuses hangs up
                wires[number] = await Wire.open(port)

    try:
        await asyncio.gather(*map(keep_posting, range(at_once)))
    finally:
        for wire in wires:
            wire.close()
    sample.seconds = time.perf_counter() - began
    return sample
