"""/status, whatever stands in the way: no line is cut short, and all lines find room on a card."""

import pytest

from bot.events import Paused
from bot.orders import status_lines
from bot.policy import find_rules, rule_modules
from bot.ruling import SIGHTLESS
from bot.sitting import CUT_OFF
from bot.teams.cards import LONGEST, MOST
from bot.tiers import TIERS
from tests.builders import MS_PATEL, after, blinded, came, joined, school_with, sitting_of
from tests.words.samples import WORDS

WHYS = sorted({*SIGHTLESS.values(), *CUT_OFF.values(), "directory", "meeting"})
WATCHED = find_rules({name: {"mode": "watch"} for name, _ in rule_modules()})


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("why", WHYS)
@pytest.mark.parametrize("rules", [None, WATCHED, ()], ids=["all act", "all watched", "none"])
def test_nothing_of_it_is_cut(tier, why, rules):
    """The worst of it: blind, with somebody unknown, paused, and no rule that acts."""
    sitting = sitting_of(joined(MS_PATEL), came(MS_PATEL), blinded(why, 1), Paused(at=after(1)))
    lines = list(status_lines(WORDS, school_with(rules, tier=tier), sitting))
    notice = WORDS.reply("status", {"lesson": "3B", "pupils": 1, "staff": 1, "others": 0}, details=lines)

    assert notice.details == tuple(lines)
    assert not [line for line in lines if line.endswith("…") or len(line) > LONGEST["detail"]]
    assert len(lines) <= MOST["details"]
