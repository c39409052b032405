"""An alert that nobody takes goes on, step by step, and stops as soon as somebody does (issue 6, part 6)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import Audience, Role, Tell
from bot.events import PassedOn, PersonKey, Verb, oid_of
from bot.notice import Severity
from bot.passing import next_step, steps_of
from bot.ports import Job, Route
from tests.builders import (
    ADA,
    CLT,
    HEAD,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    NOBODY_ELSE,
    PARENT,
    START,
    came,
    left,
    rule_of,
    school_with,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay


def alarmed(to=Audience.CLT, severity=Severity.ACT, *, about=PARENT, holders=(CLT, MR_OKAFOR, MS_PATEL)):
    """A lesson with one alert, carried out: three hold the role."""

    def decide(sitting, now, settings):
        if sitting.since(about):
            yield Tell(to=to, say="test_rule.x", about=about, choices=(Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM))

    day = SchoolDay(school_with((rule_of(decide),)))
    day.words.severity = severity
    day.directory.groups[Role.CLT] = holders
    day.happens(started(), came(about))
    day.work("carry")
    return day


def waits(day):
    """The steps that wait, and for how long."""
    return [(job.step, job.after) for job in day.register.jobs if job.kind == "escalate"]


def comes_due(day, *, minutes=3):
    """Time passes, each waiting step is looked at once, and whatever follows from it is done."""
    day.skip(minutes=minutes)
    waiting = [job for job in day.register.jobs if job.kind == "escalate"]
    for job in waiting:
        day.register.jobs.remove(job)
        at_once(day.escalation.escalate(job))
    return day.work("pass_on", "redraw")


def passed(day):
    """How it went on, and to whom."""
    return [(one.how, one.to) for one in day.register.events() if isinstance(one, PassedOn)]


def letters(day):
    """Who got a letter."""
    return [to for to, _ in day.mail.letters]


# --- the steps ----------------------------------------------------------------------------------------------------------


def test_what_nobody_takes_goes_on_person_by_person_then_by_mail_then_to_the_head():
    """Each step after the same time; after the last there is none."""
    day = alarmed()
    assert waits(day) == [(0, 180.0)]
    for _ in range(6):
        comes_due(day)

    everybody = (CLT, MR_OKAFOR, MS_PATEL)
    assert passed(day) == [
        ("person", (CLT,)),
        ("person", (MR_OKAFOR,)),
        ("mail", everybody),
        ("head", (HEAD,)),
    ]
    assert waits(day) == []
    news = [call for call in day.messenger.calls if call[0] == "personal"]
    assert news == [("personal", oid_of(one)) for one in (CLT, MR_OKAFOR, HEAD)]
    assert letters(day) == [tuple(map(oid_of, everybody)), (oid_of(HEAD),)]


def test_all_its_cards_say_to_whom_it_went():
    """The one in the channel and each 1:1, after every step."""
    day = alarmed()
    comes_due(day)
    comes_due(day)

    assert {notice.passed for _, notice in day.messenger.shown.values()} == {"person person"}
    assert [sent.route for sent, _ in day.messenger.shown.values()] == [Route.CHANNEL, Route.PERSONAL, Route.PERSONAL]


@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_whoever_takes_it_stops_it(verb, after):
    """Before the first step or after any."""
    day = alarmed()
    for _ in range(after):
        comes_due(day)
    day.presses(CLT, 1, verb)
    for _ in range(3):
        comes_due(day)

    assert len(passed(day)) == after
    assert waits(day) == []


def test_what_is_over_goes_nowhere():
    """Nobody can do anything any more; the card stays where it is."""
    day = alarmed()
    day.happens(left(PARENT, 1))
    day.look(1)
    day.look(2.5)
    day.work("carry")
    comes_due(day, minutes=1)

    assert passed(day) == []
    assert waits(day) == []


def test_a_note_is_no_answer():
    """It still goes on."""
    day = alarmed()
    day.presses(CLT, 1, Verb.NOTE)
    comes_due(day)

    assert len(passed(day)) == 1


@pytest.mark.parametrize(
    ("to", "severity", "after"),
    [
        (Audience.CLT, Severity.ACT, [(0, 180.0)]),
        (Audience.IT, Severity.LOOK, [(0, 900.0)]),
        (Audience.CLT, Severity.KNOW, []),
        (Audience.CLT, Severity.NONE, []),
        (Audience.HOST, Severity.ACT, []),
    ],
)
def test_how_long_it_waits_is_by_its_severity(to, severity, after):
    """What one person alone is told goes on to nobody."""
    assert waits(alarmed(to, severity)) == after


def test_a_school_may_have_nothing_passed_on():
    """ "0s" """
    day = alarmed(severity=Severity.NONE)
    object.__setattr__(day.school, "alerts", day.school.alerts.model_copy(update={"act": timedelta(0)}))
    day.words.severity = Severity.ACT
    at_once(day.escalation.escalate(Job(kind="escalate", decision=1)))

    assert passed(day) == []


def test_what_comes_too_early_waits_on():
    """The severity has changed, or the queue was early."""
    day = alarmed()
    comes_due(day, minutes=1)

    assert waits(day) == [(0, 120.0)]
    assert passed(day) == []


def test_a_restart_loses_nothing_and_doubles_nothing():
    """Everything in memory is gone; the same step asked for twice is taken once."""
    day = alarmed()
    day.restart()
    day.register.jobs.append(Job(kind="escalate", decision=1))
    comes_due(day)
    day.restart()
    day.register.jobs.append(Job(kind="pass_on", decision=1))
    day.work("pass_on", "redraw")

    assert passed(day) == [("person", (CLT,))]
    assert [call for call in day.messenger.calls if call[0] == "personal"] == [("personal", oid_of(CLT))]
    assert waits(day) == [(1, 180.0)]


def test_newer_words_do_not_begin_it_anew():
    """What waits goes on waiting, from when the alert was first told."""
    say = ["test_rule.x"]

    def decide(sitting, now, settings):
        yield Tell(to=Audience.CLT, say=say[0], about=PARENT)

    day = SchoolDay(school_with((rule_of(decide),)))
    day.words.severity = Severity.ACT
    day.happens(started(), came(PARENT))
    day.work("carry")
    say[0] = "test_rule.y"
    day.look(2)
    day.work("carry")

    assert waits(day) == [(0, 180.0)]


# --- what has become worse ----------------------------------------------------------------------------------------------


def worsening(*, folds=(PARENT,)):
    """A lesson with an alert that Miss Lee acknowledges, and of which the rule then says worse."""
    say = {who: "test_rule.x" for who in folds}

    def decide(sitting, now, settings):
        for one, what in say.items():
            yield Tell(
                to=Audience.CLT, say=what, about=one, choices=(Verb.ACKNOWLEDGE,), anew=what == "test_rule.still"
            )

    day = SchoolDay(school_with((rule_of(decide),)))
    day.words.severity = Severity.ACT
    day.happens(started(), *map(came, folds))
    day.work("carry")
    return day, say


def test_what_becomes_worse_after_somebody_saw_it_is_told_anew_and_goes_on_from_then():
    """ "You hear again if the person is still there": a new card with its mentions, untaken; the old one says so."""
    day, say = worsening()
    day.presses(CLT, 1, Verb.ACKNOWLEDGE)
    say[PARENT] = "test_rule.still"
    day.look(2)
    day.work("carry", "redraw")

    cards = [
        (sent.route, notice.headline, notice.over, bool(notice.mentions))
        for sent, notice in day.messenger.shown.values()
    ]
    assert cards == [
        (Route.CHANNEL, "told_anew", True, False),
        (Route.CHANNEL, "test_rule.still", False, True),
    ]
    comes_due(day)
    assert passed(day) == [("person", (CLT,))]


def test_it_is_told_anew_once():
    """While it says the same the card stays, newest facts or not; whoever takes it stops it."""
    day, say = worsening()
    say[PARENT] = "test_rule.still"
    for minute in (2, 2.5, 3):
        day.look(minute)
    day.work("carry")

    assert len(day.messenger.shown) == 2
    assert [one for one in day.told() if not one[4]] == [("clt", "test_rule.still", PARENT, 2, False)]


@pytest.mark.parametrize("who", [0, 1])
def test_what_shared_a_card_gets_one_of_its_own(who):
    """The other stays told of: on the card that stood, or on the new one where the old card's own person went to it."""
    folds = (NOBODY, NOBODY_ELSE)
    day, say = worsening(folds=folds)
    assert len(day.messenger.shown) == 1
    say[folds[who]] = "test_rule.still"
    day.look(2)
    day.work("carry", "redraw")

    standing = [(notice.headline, notice.more, notice.over) for _, notice in day.messenger.shown.values()]
    if who:
        assert standing == [("test_rule.x", (), False), ("test_rule.still", (), False)]
    else:
        assert standing == [("told_anew", (), True), ("test_rule.still", ("folded", "test_rule.x"), False)]


# --- what stands in the way ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [refused(), out_of_reach()])
def test_who_cannot_be_written_to_gets_a_letter_at_once(trouble):
    """Not after the next person's time."""
    day = alarmed()
    day.messenger.troubles["personal"] = trouble
    comes_due(day)

    assert passed(day) == [("person", (CLT,))]
    assert letters(day) == [(oid_of(CLT),)]


def test_where_nothing_works_it_is_tried_again_and_then_said():
    """For half an hour; the later steps are made meanwhile."""
    day = alarmed()
    day.messenger.troubles["personal"] = out_of_reach()
    day.mail.trouble = out_of_reach()
    assert comes_due(day)
    comes_due(day)
    assert [how for how, _ in passed(day)] == ["person", "person"]
    day.skip(minutes=31)
    assert not day.work("pass_on", "redraw")

    assert [how for how, _ in passed(day)] == ["person", "person", "vain", "vain"]
    assert waits(day) == [(2, 180.0)]


@pytest.mark.parametrize("way", ["personal", "none"])
def test_letters_that_are_refused_are_said_to_be_in_vain(way):
    """By whoever gave us no right to send them; who was reached 1:1 was reached."""
    day = alarmed()
    day.mail.trouble = refused()
    day.messenger.troubles = {"personal": refused()} if way == "none" else {}
    for _ in range(4):
        comes_due(day)

    hows = [how for how, _ in passed(day)]
    if way == "none":
        assert hows == ["person", "vain", "person", "vain", "mail", "vain", "head", "vain"]
    else:
        assert hows == ["person", "person", "mail", "vain", "head"]


def test_where_nobody_holds_the_role_the_head_is_told_at_once():
    """Nobody else could."""
    day = alarmed(holders=())
    comes_due(day)

    assert passed(day) == [("head", (HEAD,))]


def test_where_there_is_nobody_at_all_that_is_said(caplog):
    """On the card, and in the log as an error; once."""
    day = alarmed(holders=())
    day.directory.groups = {}
    day.circles.staffroom._lists.clear()
    comes_due(day)
    comes_due(day)

    assert passed(day)[0] == ("nobody", ())
    assert waits(day) == []
    assert [one.levelname for one in caplog.records if getattr(one, "event", "") == "passed_on"] == ["ERROR"]


def test_it_never_goes_to_whom_it_is_about():
    """To the others, whoever is next; the head is left out if it is about the head."""
    day = alarmed(about=HEAD, holders=(HEAD, CLT))
    for _ in range(6):
        comes_due(day)

    assert not any(HEAD in to for _, to in passed(day))
    assert [how for how, _ in passed(day)] == ["mail", "head"]
    told = {sent.to for sent, _ in day.messenger.shown.values()}
    assert told == {oid_of(CLT)}
    assert oid_of(HEAD) not in {oid for to in letters(day) for oid in to}


def test_a_job_of_an_alert_that_is_gone_is_nothing():
    """Purged, or of another school."""
    day = alarmed()
    for kind in (day.escalation.escalate, day.escalation.pass_on):
        at_once(kind(Job(kind="x", decision=99)))
        at_once(kind(Job(kind="x")))
    at_once(day.escalation.pass_on(Job(kind="pass_on", decision=1, step=5)))

    assert passed(day) == []


# --- the pure part ------------------------------------------------------------------------------------------------------

_who = st.lists(st.sampled_from([PersonKey(f"aad:{n}") for n in range(5)]), unique=True, max_size=5)


@settings(max_examples=200)
@given(people=_who, reached=_who, last=_who, most=st.integers(0, 4))
def test_the_chain_ends_and_reaches_everybody(people, reached, last, most):
    """No more than `most` people one by one, nobody twice, all by mail once, the last once, and then no more."""
    fresh, told = [one for one in people if one not in reached], []
    for number in range(20):
        how, to = next_step(told, fresh, people, last, most)
        told.append(PassedOn(at=START + timedelta(minutes=number), decision=1, to=tuple(to), how=how))
        if how in ("head", "nobody"):
            break
    hows = [step.how for step in told]
    tried = [step.to for step in told if step.how == "person"]

    assert hows == ["person"] * min(most, len(fresh)) + ["mail"] * bool(people) + ["head" if last else "nobody"]
    assert len(set(tried)) == len(tried)
    assert all(step.to for step in told) or not last
    assert steps_of(told) == tuple(told)
    assert ADA not in people
