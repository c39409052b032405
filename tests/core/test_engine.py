"""The engine: episodes, modes, fresh knowledge, sight, and rules that break (laws 2, 6, 8, 12, 13 and 14)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import Audience, LookAgain, Mode, Mute, Remove, Tell
from bot.engine import judge
from bot.events import CheckAsked, EpisodeMoved, EpisodeState, Identified, Kind, Verb
from bot.fold import fold
from bot.policy import RuleSettings
from bot.sitting import Sitting
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    after,
    blinded,
    came,
    ended,
    identified,
    joined,
    left,
    rule_of,
    school_with,
    sight_returned,
    sitting_of,
    started,
)

SECOND = 1 / 60


def tells(*tells_, while_=lambda sitting, now: True, name="test_rule", **settings):
    """A rule that asks for these, while a condition holds."""

    def decide(sitting, now, settings):
        if while_(sitting, now):
            yield from tells_

    return rule_of(decide, name, **settings)


def alone(about=ADA, say="test_rule.alone", **more):
    """What a rule tells CLT."""
    return Tell(to=Audience.CLT, say=say, about=about, **more)


class Engine:
    """A sitting that is judged again and again; what the engine writes is folded in, as the store would."""

    def __init__(self, *rules, told=(), **school):
        self.school = school_with(rules, **school)
        self.sitting = sitting_of(*told)

    def judge(self, minute, *told, **more):
        self.sitting = fold(self.sitting, sitting_events(told))
        judgement = judge(self.sitting, after(minute), self.school, **more)
        self.sitting = fold(self.sitting, judgement.events)
        return judgement

    def state(self, rule="test_rule", to="clt", about=ADA):
        return self.sitting.episodes[rule, "tell", to, about].state


def sitting_events(told):
    """Flattened."""
    return [event for one in told for event in (one if isinstance(one, tuple) else (one,))]


def here(minute=0):
    """A condition: Ada is present."""
    return lambda sitting, now: sitting.since(ADA) is not None


# --- law 6: episodes ----------------------------------------------------------------------------------------------------


def test_the_first_wish_opens_an_episode_and_decides_it():
    """One event, one decision, both numbered one."""
    judgement = Engine(tells(alone(facts={"since": "x"}, choices=(Verb.ACKNOWLEDGE,))), told=joined(ADA)).judge(1)

    (opened,), (decision,) = judgement.events, judgement.decisions
    assert (opened.number, opened.state, opened.say, opened.facts) == (1, "open", "test_rule.alone", {"since": "x"})
    assert (decision.rule, decision.action, decision.to, decision.about) == ("test_rule", "tell", "clt", ADA)
    assert (decision.episode, decision.status, decision.over, decision.unconfirmed) == (1, "due", False, False)
    assert (decision.say, decision.facts, decision.choices) == ("test_rule.alone", {"since": "x"}, (Verb.ACKNOWLEDGE,))


def test_asking_for_the_same_again_writes_nothing():
    """A rule says what ought to be at every look; it is told once."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.judge(0.5)

    again = engine.judge(0.6)
    assert (again.events, again.decisions, again.checks) == ((), (), ())


def test_new_facts_or_words_are_a_revision_of_the_same_episode():
    """The same card is brought up to date."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.judge(0)
    for number, changed in enumerate((alone(facts={"adults": 1}), alone(say="test_rule.no_adult"))):
        engine.school = school_with((tells(changed),))
        judgement = engine.judge(0.1 + number / 100)
        assert [(one.episode, one.say, one.facts) for one in judgement.decisions] == [
            (1, changed.say, changed.facts),
        ]


def test_the_same_wish_twice_in_one_judging_is_one():
    """The first counts."""
    judgement = Engine(tells(alone(), alone(say="test_rule.other")), told=joined(ADA)).judge(0)

    assert [decision.say for decision in judgement.decisions] == ["test_rule.alone"]


def test_each_audience_and_person_has_an_episode_of_their_own():
    """Rule, audience and person make the key."""
    rule = tells(
        alone(), alone(about=BEN, say="test_rule.other"), Tell(to=Audience.HOST, say="test_rule.alone", about=ADA)
    )
    judgement = Engine(rule, tells(alone(), name="other_rule"), told=(*joined(ADA), *joined(BEN))).judge(0)

    assert [(one.rule, one.to, one.about, one.episode) for one in judgement.decisions] == [
        ("test_rule", "clt", ADA, 1),
        ("test_rule", "clt", BEN, 1),
        ("test_rule", "host", ADA, 1),
        ("other_rule", "clt", ADA, 1),
    ]


def test_a_wish_that_stops_falls_quiet_and_is_over_after_the_settling_time():
    """Thirty seconds of quiet, then the card says that it is over and since when."""
    engine = Engine(tells(alone(facts={"since": "x"}), while_=here()), told=joined(ADA))
    engine.judge(1)

    quiet = engine.judge(5, left(ADA, 5))
    assert [event.state for event in quiet.events] == [EpisodeState.QUIET]
    assert (quiet.decisions, quiet.look_at) == ((), after(5.5))
    waiting = engine.judge(5 + 29.9 * SECOND)
    assert (waiting.events, waiting.decisions, waiting.look_at) == ((), (), after(5.5))
    over = engine.judge(5.5)
    assert [event.state for event in over.events] == [EpisodeState.CLOSED]
    (decision,) = over.decisions
    assert (decision.over, decision.episode, decision.say) == (True, 1, "test_rule.alone")
    assert {name: decision.facts[name] for name in ("since", "over_at")} == {
        "since": "x",
        "over_at": after(5).isoformat(),
    }
    assert (decision.status, decision.mode, decision.to, decision.about) == ("due", Mode.ACT, "clt", ADA)


@pytest.mark.parametrize(
    ("told", "how"),
    [
        ((left(ADA, 5),), "gone"),
        ((ended(5),), "ended"),
        (joined(BEN, 5), "second"),
        ((), None),
    ],
)
def test_the_end_says_how_as_far_as_it_was_seen(told, how):
    """The lesson ended, the person has gone, a second pupil came; nothing where it was not seen."""
    engine = Engine(tells(alone(), while_=lambda sitting, now: now < after(5)), told=(*joined(ADA), *joined(MS_PATEL)))
    engine.judge(1)
    engine.judge(5, *told)

    (decision,) = [one for one in engine.judge(6).decisions if one.rule == "test_rule"]
    assert decision.facts.get("how") == how


@pytest.mark.parametrize("told", [(left(ADA, 5), blinded("channel", 5)), (left(ADA, 5), came(BEN, 5))])
def test_what_cannot_be_seen_is_not_called_over(told):
    """While the lesson is blind or somebody is not recognised, an alert stays open; the lesson's end ends it."""
    engine = Engine(tells(alone(), while_=lambda sitting, now: now < after(5)), told=(*joined(ADA), *joined(MS_PATEL)))
    engine.judge(1)
    engine.judge(5, *told)

    assert [one for one in engine.judge(6).decisions if one.over] == []
    over = engine.judge(7, ended(7)).decisions
    assert [one.facts.get("how") for one in over if one.rule == "test_rule"] == ["ended"]


def test_the_end_of_what_is_about_nobody_says_who_is_there():
    """There is no person to have gone: everybody has, or the pupils have, or there are adults, and which."""

    def over(*told):
        engine = Engine(
            tells(alone(about=None), while_=lambda sitting, now: now < after(5)),
            told=(*joined(ADA), *joined(MS_PATEL)),
        )
        engine.judge(1)
        engine.judge(5, *told)
        (facts,) = [one.facts for one in engine.judge(6).decisions if one.rule == "test_rule"]
        return facts.get("how"), facts.get("came")

    assert over() == ("adults", (MS_PATEL,))
    assert over(left(MS_PATEL, 5)) == (None, None)
    assert over(left(ADA, 5)) == ("no_pupils", None)
    assert over(ended(5)) == ("ended", None)


def test_a_closed_episode_stays_closed():
    """Nothing more is written of it."""
    engine = Engine(tells(alone(), while_=here()), told=joined(ADA))
    for minute in (1, 5, 6):
        engine.judge(minute, *([left(ADA, 5)] if minute == 5 else []))

    assert engine.judge(9).events == ()


def test_a_wish_that_comes_back_while_quiet_resumes_without_a_word():
    """A short break is no new alarm."""
    engine = Engine(tells(alone(), while_=here()), told=joined(ADA))
    engine.judge(1)
    engine.judge(5, left(ADA, 5))

    back = engine.judge(5.2, *joined(ADA, 5.2))
    assert [event.state for event in back.events] == [EpisodeState.OPEN]
    assert back.decisions == ()
    assert engine.judge(9).decisions == ()


def test_a_wish_that_comes_back_later_is_the_next_episode():
    """After it was over for long it is a new alarm, with the next number."""
    engine = Engine(tells(alone(), while_=here()), told=joined(ADA))
    for minute, told in ((1, ()), (5, (left(ADA, 5),)), (6, ())):
        engine.judge(minute, *told)

    back = engine.judge(17, *joined(ADA, 17))
    assert [(one.episode, one.over) for one in back.decisions] == [(2, False)]


def test_facts_that_change_while_quiet_reopen_with_the_news():
    """Back, but different: the same episode, brought up to date."""
    engine = Engine(tells(alone(), while_=here()), told=joined(ADA))
    engine.judge(0)
    engine.judge(0.1, left(ADA, 0.1))
    engine.school = school_with((tells(alone(facts={"adults": 2})),))

    back = engine.judge(0.2, *joined(ADA, 0.2))
    assert [(one.episode, one.facts) for one in back.decisions] == [(1, {"adults": 2})]
    assert engine.state() == EpisodeState.OPEN


def test_the_school_chooses_the_settling_time():
    """`settle` in school.toml."""
    engine = Engine(tells(alone(), while_=here()), told=joined(ADA), settle=timedelta(minutes=3))
    engine.judge(0)

    assert engine.judge(1, left(ADA, 1)).look_at == after(4)


def test_a_rule_that_is_switched_off_lets_its_alerts_end():
    """Nobody asks any more, so it is over."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.judge(0)
    engine.school = school_with(())
    engine.judge(1)

    assert [(one.over, one.mode) for one in engine.judge(2).decisions] == [(True, Mode.ACT)]


# --- law 8: looks -------------------------------------------------------------------------------------------------------


def test_the_earliest_look_ahead_counts():
    """Of several the earliest; what is past is none."""
    looks = tells(LookAgain(at=after(9)), LookAgain(at=after(7)), LookAgain(at=after(3)), LookAgain(at=after(5)))

    assert Engine(looks).judge(5).look_at == after(7)
    assert Engine(looks).judge(9).look_at is None


def test_a_rule_that_asks_nothing_writes_nothing():
    """An uneventful lesson leaves no trace of being judged."""
    judgement = Engine(tells(alone(), while_=lambda sitting, now: False), told=joined(ADA)).judge(5)

    assert judgement == type(judgement)()


# --- law 13: modes ------------------------------------------------------------------------------------------------------


def test_watch_only_writes_down():
    """In mode `watch` the decision is `watched`, opening and closing alike."""
    engine = Engine(tells(alone(), while_=here(), mode=Mode.WATCH), told=joined(ADA))

    assert [one.status for one in engine.judge(0).decisions] == ["watched"]
    engine.judge(1, left(ADA, 1))
    assert [(one.status, one.over) for one in engine.judge(2).decisions] == [("watched", True)]


@pytest.mark.parametrize("mode", [Mode.ACT, Mode.TELL])
def test_telling_is_done_in_act_and_tell(mode):
    """Modes bind what is done to people, not that adults are told."""
    assert [one.status for one in Engine(tells(alone(), mode=mode), told=joined(ADA)).judge(0).decisions] == ["due"]


# --- law 2: nobody unresolved, nothing on stale knowledge ---------------------------------------------------------------


@pytest.mark.parametrize("action", [alone(), Remove(about=ADA, why="test"), Mute(about=ADA, why="test")])
def test_nothing_is_about_somebody_unresolved(action):
    """Whatever a rule asks for, who is not known is not told of, muted or removed."""
    judgement = Engine(tells(action), told=came(ADA) and (came(ADA),), tier="remove").judge(0)

    assert judgement.decisions == ()
    assert judgement.checks == ()


def test_an_old_look_up_is_made_anew_before_anybody_is_told():
    """After more than a minute the person is looked up first, and it is looked again after the patience."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.school = school_with((tells(alone()),))

    judgement = engine.judge(1.1)
    assert (judgement.checks, judgement.decisions) == ((ADA,), ())
    assert [type(event) for event in judgement.events] == [CheckAsked]
    assert judgement.look_at == after(1.1) + timedelta(seconds=10)


def test_a_look_up_of_exactly_a_minute_is_fresh():
    """A minute is the limit, and within it."""
    assert Engine(tells(alone()), told=joined(ADA)).judge(1).checks == ()


def test_the_answer_to_the_look_up_lets_it_go_ahead():
    """Confirmed: told as such."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.judge(5)

    (decision,) = engine.judge(5.1, identified(ADA, 5.05)).decisions
    assert decision.unconfirmed is False


def test_while_the_look_up_is_on_its_way_it_is_not_asked_again():
    """One look-up at a time for one person."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.judge(5)

    waiting = engine.judge(5 + 9 * SECOND)
    assert (waiting.checks, waiting.events, waiting.decisions) == ((), (), ())
    assert waiting.look_at == after(5) + timedelta(seconds=10)


def test_adults_are_told_without_it_after_the_patience():
    """Nobody answers: it is told, and said that it could not be confirmed."""
    engine = Engine(tells(alone()), told=joined(ADA))
    engine.judge(5)

    (decision,) = engine.judge(5 + 10 * SECOND).decisions
    assert decision.unconfirmed is True
    assert decision.status == "due"


def test_newer_words_are_unconfirmed_until_the_look_up_is_answered():
    """The card must not lose its caveat because a fact in it changed."""

    def decide(sitting, now, settings):
        yield alone(facts={"adults": sitting.ids(Kind.STAFF)})

    engine = Engine(rule_of(decide), told=joined(ADA))
    engine.judge(5)
    engine.judge(5 + 10 * SECOND)
    (still,) = engine.judge(5.5, joined(MS_PATEL, 5.4)).decisions
    (answered,) = engine.judge(5.8, identified(ADA, 5.7), joined(MR_OKAFOR, 5.7)).decisions

    assert (still.unconfirmed, answered.unconfirmed) == (True, False)


@pytest.mark.parametrize("patience", [10, 60, 90, 600])
def test_any_patience_ends_however_late_the_look_is(patience):
    """The look that falls due comes a little late; adults are told all the same."""
    engine = Engine(tells(alone()), told=joined(ADA), patience=timedelta(seconds=patience))
    look = engine.judge(5).look_at

    (decision,) = engine.judge(5 + (patience + 1) * SECOND).decisions
    assert look == after(5) + timedelta(seconds=patience)
    assert decision.unconfirmed is True


def test_what_was_asked_long_ago_is_asked_again():
    """A look-up that was asked for something else an hour ago says nothing of now."""
    engine = Engine(tells(alone()), told=(*joined(ADA), CheckAsked(at=after(1), person=ADA)))

    assert engine.judge(61).checks == (ADA,)


def test_everybody_it_rests_on_is_looked_up():
    """One stale look-up among several is enough to wait; those who are no account of ours need none."""
    told = (*joined(ADA, 5), *joined(MS_PATEL), *joined(NOBODY), *joined(PARENT))
    engine = Engine(tells(alone(rests_on=(ADA, MS_PATEL, NOBODY, PARENT, CARETAKER))), told=told)

    judgement = engine.judge(5.5)
    assert (judgement.checks, judgement.decisions) == ((MS_PATEL,), ())


def test_one_who_does_not_answer_makes_it_unconfirmed_once_all_the_others_have():
    """Waiting for one is waiting; not getting one is unconfirmed."""
    engine = Engine(tells(alone(rests_on=(ADA, BEN))), told=(*joined(ADA), *joined(BEN)))
    assert engine.judge(5).checks == (ADA, BEN)
    engine.judge(5.1, identified(ADA, 5.1))

    (decision,) = engine.judge(5.2).decisions
    assert decision.unconfirmed is True


def test_two_wishes_ask_for_one_look_up():
    """A person is asked for once, whoever waits for it."""
    rule = tells(alone(), Tell(to=Audience.HOST, say="test_rule.stop", about=ADA))

    judgement = Engine(rule, told=joined(ADA)).judge(5)
    assert judgement.checks == (ADA,)
    assert judgement.events == (CheckAsked(at=after(5), person=ADA),)


def test_what_is_about_nobody_needs_no_look_up():
    """A wish about the lesson itself rests on no one."""
    assert len(Engine(tells(alone(about=None))).judge(5).decisions) == 1


# --- law 12: a rule that raises -----------------------------------------------------------------------------------------


def _broken(sitting, now, settings):
    yield alone()
    raise RuntimeError("a secret name")


def test_a_rule_that_raises_stops_no_other_and_is_told_of():
    """IT and the leads hear which rule it was; what it had asked for counts for nothing."""
    engine = Engine(rule_of(_broken, "broken_rule"), tells(alone(), name="sound_rule"), told=joined(ADA))

    decisions = engine.judge(0).decisions
    assert [(one.rule, one.to, one.say) for one in decisions] == [
        ("sound_rule", "clt", "test_rule.alone"),
        ("engine", "it", "rule.broken"),
        ("engine", "leads", "rule.broken"),
    ]
    assert decisions[1].facts == {"rule": ("broken_rule",)}
    assert "secret" not in repr(decisions)


def test_a_broken_rules_alerts_are_not_over():
    """It cannot say that all is well."""
    engine = Engine(tells(alone(), name="broken_rule"), told=joined(ADA))
    engine.judge(0)
    engine.school = school_with((rule_of(_broken, "broken_rule"),))
    engine.judge(1)
    engine.judge(9)

    assert engine.state("broken_rule") == EpisodeState.OPEN


def test_a_rule_that_works_again_ends_the_alert_about_it():
    """Broken, mended, over."""
    engine = Engine(rule_of(_broken, "broken_rule"), told=joined(ADA))
    engine.judge(0)
    engine.school = school_with(())
    engine.judge(1)

    assert {(one.say, one.over) for one in engine.judge(2).decisions} == {("rule.broken", True)}


@pytest.mark.parametrize("nonsense", ["tell", None, Tell, LookAgain(at=after(1).replace(tzinfo=None))])
def test_a_rule_that_asks_nonsense_is_a_broken_rule(nonsense):
    """Whatever it yields, the other rules are heard."""
    engine = Engine(tells(nonsense, name="broken_rule"), tells(alone(), name="sound_rule"), told=joined(ADA))

    says = [(one.rule, one.say) for one in engine.judge(0).decisions]
    assert says == [("sound_rule", "test_rule.alone"), *[("engine", "rule.broken")] * 2]


# --- law 14: blind is said ----------------------------------------------------------------------------------------------


def _sight(judgement):
    return [(one.to, one.facts.get("why"), one.over) for one in judgement.decisions if one.rule == "sight"]


def test_clt_hears_once_what_cannot_be_seen():
    """Once, with the reasons and since when; again when the reasons change."""
    engine = Engine(told=(started(), blinded("channel", 0)))

    first = engine.judge(1)
    assert _sight(first) == [("clt", ("channel",), False)]
    assert first.decisions[0].facts["since"] == after(0).isoformat()
    assert _sight(engine.judge(2)) == []
    assert _sight(engine.judge(3, blinded("call_dropped", 3))) == [("clt", ("call_dropped", "channel"), False)]


def test_sight_that_returns_ends_it():
    """Seen again: over."""
    engine = Engine(told=(started(), blinded("channel", 0)))
    engine.judge(1)
    engine.judge(2, sight_returned("channel", 2))

    assert _sight(engine.judge(3)) == [("clt", ("channel",), True)]


def test_a_lesson_that_is_over_is_not_blind():
    """Nothing more is missed."""
    assert _sight(Engine(told=(started(), blinded("channel", 0), ended(5))).judge(6)) == []


def test_somebody_whom_the_directory_does_not_tell_makes_it_blind_after_the_patience():
    """Nobody can say who the newcomer is: that is said, and looked for in time."""
    engine = Engine(told=(came(ADA), came(BEN, 0.1)))

    waiting = engine.judge(9 * SECOND)
    assert (_sight(waiting), waiting.look_at) == ([], after(10 * SECOND))
    unknown = engine.judge(10 * SECOND)
    assert _sight(unknown) == [("clt", ("directory",), False)]
    assert unknown.decisions[0].facts["since"] == after(0).isoformat()


def test_once_they_are_known_sight_has_returned():
    """The directory answered."""
    engine = Engine(told=(came(ADA),))
    engine.judge(1)
    engine.judge(2, Identified(at=after(2), person=ADA, kind="pupil"))

    assert _sight(engine.judge(3)) == [("clt", ("directory",), True)]


# --- the whole ----------------------------------------------------------------------------------------------------------


def test_judging_is_pure():
    """The same sitting, time and school give the same judgement."""
    engine = Engine(tells(alone()), told=joined(ADA))

    assert judge(engine.sitting, after(5), engine.school) == judge(engine.sitting, after(5), engine.school)


def test_an_empty_sitting_is_judged_too():
    """Nothing has happened: nothing follows."""
    judgement = judge(Sitting(LESSON), after(0), school_with())

    assert judgement == type(judgement)()


def test_settings_reach_the_rule():
    """Each rule gets its own table."""
    seen = []
    rule = rule_of(lambda sitting, now, settings: iter(seen.append(settings) or ()))
    Engine(replace(rule, settings=RuleSettings(mode=Mode.TELL))).judge(0)

    assert [one.mode for one in seen] == [Mode.TELL]


def test_a_moved_episode_can_be_read_again():
    """What is written of an episode is enough to go on with it."""
    engine = Engine(tells(alone()), told=joined(ADA))
    (moved,) = engine.judge(0).events

    assert isinstance(moved, EpisodeMoved)
    assert fold(Sitting(LESSON), [moved]).episodes["test_rule", "tell", "clt", ADA].number == 1
