"""Known weaknesses of what is pinned: `python -m deploy.audit` (`make audit`), pip-audit over requirements-dev.txt.

pip-audit calls it a success when a package's advisories cannot be had. Here, what was not audited is never called sound: it is
said, and with `--must` (where the database can surely be reached, as in a project's own CI) it is a failure.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements-dev.txt"
"""All that is pinned: what runs, and what it is built and tested with."""

SOUND, WEAK, UNKNOWN = 0, 1, 2


def audited(lock: Path, more: Sequence[str] = ()) -> tuple[int, str]:
    """What pip-audit finds in a lock: SOUND, WEAK or UNKNOWN, and the words for it."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(lock),
        "--no-deps",
        "--disable-pip",
        "--require-hashes",
    ]
    command += ["--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own Python
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        why = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return UNKNOWN, f"NOT AUDITED: the database of advisories cannot be reached from here ({why[:160]})"
    return _judged(found)


def _judged(found: list[dict[str, Any]]) -> tuple[int, str]:
    weak = [
        f"{one['name']} {one['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'nothing yet'}"
        for one in found
        for weakness in one.get("vulns", [])
    ]
    skipped = [f"{one['name']}: {one['skip_reason']}" for one in found if "skip_reason" in one]
    if weak:
        return WEAK, "\n".join(["KNOWN WEAKNESSES:", *weak])
    if skipped or not found:
        return UNKNOWN, "\n".join([f"NOT AUDITED: {len(skipped)} of {len(found)} packages", *skipped])
    return SOUND, f"audited {len(found)} pinned packages: no known weakness"


def main() -> int:
    """0 when sound, or when nothing is known and that is allowed; 1 when weak; 2 when nothing is known and it must be."""
    parser = argparse.ArgumentParser(prog="python -m deploy.audit", description=main.__doc__)
    parser.add_argument("--must", action="store_true", help="fail where the advisories cannot be reached")
    parser.add_argument("--lock", type=Path, default=LOCK)
    asked, more = parser.parse_known_args()
    verdict, words = audited(asked.lock, more)
    sys.stdout.write(words + "\n")
    return SOUND if verdict == UNKNOWN and not asked.must else verdict


if __name__ == "__main__":
    sys.exit(main())
