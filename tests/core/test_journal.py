"""The log of decisions: one line for each, with ids and never a name."""

import logging

from bot.events import OptionsRefused, PersonKey
from bot.journal import Journal
from bot.ports import Arrival
from bot.ruling import rule_on
from tests.builders import LESSON, PARENT, after, came, described, school_with, started
from tests.fakes import at_once
from tests.school_day import SchoolDay


def observed(journal, day, *events, digest=None, **more):
    """Let the journal observe."""
    arrival = Arrival(events=events, meeting=LESSON, digest=digest, **more)
    day.clock.now = max([day.clock.now, *(event.at for event in events)])
    return at_once(journal.observe(arrival, lambda before: rule_on(arrival, before, day.school)))


def test_every_decision_leaves_one_line(caplog):
    """With what it rests on, and counted by rule and status."""
    day = SchoolDay()
    journal = Journal(day.register, day.tally)
    with caplog.at_level(logging.INFO, logger="schoolgate"):
        observed(journal, day, started(), described())
        observed(journal, day, came(PARENT, 1), digest=b"1", names={PARENT: "CANARY"})
        observed(journal, day, came(PARENT, 1), digest=b"1")

    assert [(record.rule, record.to, record.about) for record in caplog.records] == [
        ("uninvited_attendee", "host", PARENT),
        ("uninvited_attendee", "leads", PARENT),
    ]
    assert caplog.records[0].why["kind"] == "other_tenant"
    assert {record.status for record in caplog.records} == {"due"}
    assert "CANARY" not in repr([vars(record) for record in caplog.records])
    assert day.tally.decisions == {("uninvited_attendee", "due"): 2}


def test_microsofts_own_words_are_not_logged(caplog):
    """They may quote a name or an id; the code tells what it is."""
    day = SchoolDay(school_with(tier="guard"))
    refused = OptionsRefused(at=after(1), code="Forbidden", words="CANARY has no licence")
    with caplog.at_level(logging.INFO, logger="schoolgate"):
        observed(Journal(day.register, day.tally), day, started(), described(), refused)

    assert caplog.records[-1].why["code"] == "Forbidden"
    assert "CANARY" not in repr([vars(record) for record in caplog.records])


def test_all_else_goes_through():
    """The journal is a register."""
    day = SchoolDay()
    journal = Journal(day.register, day.tally)
    observed(journal, day, came(PARENT))

    assert at_once(journal.sitting(1)) == at_once(day.register.sitting(1))
    assert at_once(journal.sitting_at(LESSON)) == 1
    assert at_once(journal.sittings_of(PARENT)) == (1,)
    assert at_once(journal.sittings_of(PersonKey("nobody"))) == ()
