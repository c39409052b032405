"""Child processes of a demo: started, read line by line, and always ended."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LAST = 8


class Died(Exception):
    """A process that should have been running was not."""


class Child:
    """One running program, its whole output kept, its process group ended on exit."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name, self._process, self._ending = name, process, False
        self.lines: list[str] = []
        self._hear: list[Callable[[str], None]] = []
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> "Child":
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**os.environ, **(env or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=4 * 1024 * 1024,
            # Its own group: Ctrl-C reaches only the player, which then ends everybody in order.
            start_new_session=True,
        )
        return cls(name, process)

    def listen(self, hear: Callable[[str], None]) -> None:
        self._hear.append(hear)

    async def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 -- piped above
        while line := await self._process.stdout.readline():
            text = line.decode("utf-8", "replace").rstrip("\n")
            self.lines.append(text)
            for hear in self._hear:
                hear(text)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def gone(self) -> int | None:
        """Its exit code, if it ended without being asked to."""
        return None if self._ending else self._process.returncode

    def check(self) -> None:
        if self.gone is not None:
            raise Died("\n  ".join([f"{self.name} ended by itself with exit code {self.gone}", *self.lines[-LAST:]]))

    async def line(self, wanted: Callable[[str], bool], seconds: float) -> str:
        """The first line that is `wanted`; waits for it while the process lives."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    if found := next((line for line in self.lines if wanted(line)), None):
                        return found
                    self.check()
                    await asyncio.sleep(0.05)
        raise Died(f"{self.name} did not get ready in {seconds:g} s")

    async def end(self, patience: float = 5) -> None:
        """Ask it to stop, then insist."""
        self._ending = True
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), patience)
            except TimeoutError:
                self._signal(signal.SIGKILL)
                await self._process.wait()
        # Grandchildren may still hold the pipe open; what has been said by now is enough.
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(self._reader, 1)

    async def kill(self) -> None:
        """End it as a power cut would."""
        self._ending = True
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
