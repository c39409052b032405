"""`python -m deploy.rehearsal`: Microsoft's side as a process of its own, until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from deploy.rehearsal.server import running


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.rehearsal", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where ca.pem and ready.json are written")
    parser.add_argument("--port", type=int, default=0, help="of Microsoft's side (HTTPS); 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="of the control API (HTTP); 0 takes a free one")
    return parser.parse_args()


async def _run(told: argparse.Namespace, ready: Path) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    async with running(told.dir, told.port, told.control_port) as here:
        here.write(ready)
        print(f"Microsoft's side at {here.origin}, control at {here.control}, CA in {here.ca}", flush=True)
        await ended.wait()


def main() -> None:
    told = _arguments()
    ready: Path = told.dir / "ready.json"
    told.dir.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)
    try:
        asyncio.run(_run(told, ready))
    finally:
        ready.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
