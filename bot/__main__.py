"""`python -m bot doctor` (the bot itself starts by app.py)."""

from __future__ import annotations

import sys

from bot.doctor.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
