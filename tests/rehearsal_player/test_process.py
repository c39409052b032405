"""Children of the demo are read to the end, missed when they die, and never outlive it."""

import os
import sys

import pytest

from deploy.rehearsal.player.process import Child, Died

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


async def test_output_of_both_streams_is_kept():
    """Whatever a child writes, to either stream, can be looked at afterwards."""
    child = await Child.start("talker", [sys.executable, "-c", "import sys; print('a'); sys.stderr.write('b\\n')"])
    await child.line(lambda line: line == "a", 10)
    await child.end()

    assert set(child.lines) == {"a", "b"}


async def test_a_child_that_dies_is_missed():
    """Waiting for a dead child ends at once, with its exit code."""
    child = await Child.start("mayfly", [sys.executable, "-c", "raise SystemExit(3)"])

    with pytest.raises(Died, match="mayfly ended by itself with exit code 3"):
        await child.line(lambda line: line == "ready", 30)
    await child.end()


async def test_a_stubborn_child_is_ended_all_the_same():
    """A child that will not stop when asked is killed."""
    child = await Child.start("mule", [sys.executable, "-c", STUBBORN])
    await child.line(lambda line: line == "up", 10)
    await child.end(patience=0.2)

    assert child.gone is None
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)
