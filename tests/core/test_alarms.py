"""`/alarms`: how many alerts were false alarms, for leads and CLT; and what nobody reads of themself in `/log`."""

from datetime import timedelta

import pytest

from bot.actions import Audience, Tell
from bot.ports import AlarmCount, How
from tests.builders import ADA, CLT, HEAD, MS_PATEL, came, rule_of, school_with, started
from tests.fakes import FakeAlarms, out_of_reach
from tests.school_day import SchoolDay


def asked(by=CLT, text="/alarms", **trouble):
    """Somebody asks, alone with the bot."""
    day = SchoolDay()
    day.alarms = FakeAlarms(
        AlarmCount(rule="lone_pupil", told=9, nothing=2, taken=5), AlarmCount(rule="misuse", told=1, nothing=0, taken=0)
    )
    day.restart()
    day.directory.trouble = trouble.get("directory")
    return day, day.says(by, text, how=How.PERSONAL, meeting=None)


def test_leads_hear_rule_by_rule_how_many_were_nothing():
    """With the sum, of the last thirty days."""
    day, reply = asked()

    assert reply.accepted
    assert ("alarms", {"days": 30, "told": 10, "nothing": 2}) in day.words.said
    assert [facts["rule"] for key, facts in day.words.said if key == "alarms.rule"] == ["lone_pupil", "misuse"]
    assert day.alarms.asked == [timedelta(days=30)]


@pytest.mark.parametrize(("typed", "days"), [("7", 7), ("0", 1), ("900", 30), ("99999", 30), ("week", 30), ("²", 30)])
def test_the_days_may_be_said(typed, days):
    """No more than answers are kept, and nothing else than days."""
    day, _ = asked(HEAD, f"/alarms {typed}")

    assert day.alarms.asked == [timedelta(days=days)]


def test_it_is_for_leads_alone():
    """A teacher is told so, and where nobody can tell who is a lead, nobody is."""
    assert asked(MS_PATEL)[1].notice.headline == "refused.not_lead"
    assert asked(directory=out_of_reach())[1].notice.headline == "refused.cannot_tell"


def test_nobody_reads_in_the_log_what_others_were_told_about_them():
    """A colleague in the same lesson does."""

    def decide(sitting, now, settings):
        yield Tell(to=Audience.CLT, say="test_rule.x", facts={"adults": (str(MS_PATEL),)})
        yield Tell(to=Audience.HOST, say="test_rule.y", facts={"adults": (str(MS_PATEL),)})

    day = SchoolDay(school_with((rule_of(decide),)))
    day.happens(started(), came(MS_PATEL), came(ADA))
    read = {}
    for by in (MS_PATEL, CLT):
        day.words.said.clear()
        day.says(by, "/log")
        read[by] = [facts["to"] for key, facts in day.words.said if key == "log.alert"]

    assert read == {MS_PATEL: ["host"], CLT: ["clt", "host"]}
