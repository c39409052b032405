"""A flood that lasts is told to IT once, by the channel or else by a letter, and names nobody but those who look after it."""

import asyncio

import pytest

from bot.actions import Role
from bot.overload import LASTING, Overload
from tests.builders import CLT
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay


class Tide:
    """A school day with a flood that rises when it is told to."""

    def __init__(self) -> None:
        self.day = SchoolDay()
        self.day.directory.groups = {Role.IT: (CLT,)}
        self.shed = 0
        self.overload = Overload(
            self.day.school,
            lambda: self.shed,
            self.day.messenger,
            self.day.mail,
            self.day.staffroom,
            self.day.words,
            every=0.001,
        )

    def rounds(self, *more: int) -> int:
        """So many were turned away in each round; how often it was told by now."""
        for number in more:
            self.shed += number
            at_once(self.overload.look())
        return self.told

    @property
    def told(self) -> int:
        return len(self.day.messenger.shown) + len(self.day.mail.letters)


def test_a_flood_that_lasts_is_told_once():
    """With whoever looks after it mentioned; a few rounds of nothing end it, and the next is told again."""
    tide = Tide()

    assert tide.rounds(*[5] * (LASTING - 1)) == 0
    assert tide.rounds(5, 5, 0, 5, 5, 5, 5) == 1
    assert tide.rounds(*[0] * LASTING, *[1] * LASTING) == 2
    assert [mention.name for _, notice in tide.day.messenger.shown.values() for mention in notice.mentions] == [
        "Miss Lee"
    ] * 2


def test_a_wave_is_not_told():
    """It is in the log and in the figures."""
    assert Tide().rounds(900, 900, 0, 900, 0, 0, 0, 900) == 0


@pytest.mark.parametrize("trouble", [out_of_reach(), refused("403")])
def test_where_the_channel_fails_it_is_a_letter_and_where_both_fail_it_is_tried_again(trouble, caplog):
    """And logged."""
    tide = Tide()
    tide.day.messenger.troubles["channel"] = tide.day.mail.trouble = trouble
    assert tide.rounds(*[5] * LASTING) == 0
    assert [record.event for record in caplog.records] == ["flood_not_told"]
    tide.day.mail.trouble = None

    assert tide.rounds(5, 5) == 1
    assert len(tide.day.mail.letters) == 1


async def test_it_looks_by_itself():
    """For as long as it is entered."""
    tide = Tide()
    async with tide.overload:
        async with asyncio.timeout(20):
            while not tide.told:
                tide.shed += 1
                await asyncio.sleep(0.001)

    assert tide.told == 1
