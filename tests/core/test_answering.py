"""Alerts that are taken: who has one, who took it over, what was written on it, and where its copies stand."""

import pytest

from bot.actions import Audience, Tell
from bot.events import Answered, Verb, oid_of
from bot.ports import OutOfReach, Pressed, Route, Sent
from tests.builders import ADA, CLT, HEAD, MS_PATEL, PARENT, came, left, rule_of, school_with, started
from tests.fakes import at_once
from tests.school_day import SchoolDay

SAFEGUARDING = "19:safeguarding@thread.tacv2"


def alarmed(to=Audience.CLT, *, about=PARENT, choices=(Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)):
    """A lesson with one alert, carried out."""

    def decide(sitting, now, settings):
        if sitting.since(PARENT):
            yield Tell(to=to, say="test_rule.x", about=about, choices=choices)

    day = SchoolDay(school_with((rule_of(decide),)))
    day.happens(started(), came(MS_PATEL), came(PARENT, 1))
    day.work("carry")
    return day


def card(day):
    """The newest notice that stands in Teams."""
    return list(day.messenger.shown.values())[-1][1]


def given(day):
    """What was answered, in order."""
    return [(one.verb, one.by) for one in day.register.events() if isinstance(one, Answered)]


def pressed(day, verb, by=CLT, **more):
    """Somebody presses a button of the only alert."""
    return at_once(day.service.press(Pressed(by=by, alert=1, verb=verb, **more)))


def test_who_has_it_is_shown_to_all():
    """By an answer that is written down and a card that is drawn anew."""
    day = alarmed()
    reply = pressed(day, Verb.CLAIM)
    day.work("redraw")

    assert reply.notice.answered == card(day).answered == "claim"
    assert given(day) == [(Verb.CLAIM, CLT)]


def test_another_takes_over_and_a_stale_card_does_not():
    """Whoever presses "I have this" on a card of before sees who has it; to take over is a button of its own."""
    day = alarmed()
    pressed(day, Verb.CLAIM)
    assert pressed(day, Verb.CLAIM, HEAD).notice.answered == "claim"
    assert pressed(day, Verb.TAKE_OVER, HEAD).notice.answered == "take_over"
    assert pressed(day, Verb.TAKE_OVER, HEAD).accepted

    assert given(day) == [(Verb.CLAIM, CLT), (Verb.TAKE_OVER, HEAD)]


def test_nobody_takes_over_what_nobody_has():
    """The card is shown as it is."""
    day = alarmed()

    assert pressed(day, Verb.TAKE_OVER).accepted
    assert given(day) == []


def test_a_note_is_kept_and_shown_and_is_no_answer():
    """Somebody still has to take the alert."""
    day = alarmed()
    reply = pressed(day, Verb.NOTE, note="rang home " + "x" * 600)
    day.work("redraw")

    assert card(day).notes == reply.notice.notes
    assert reply.notice.notes[0].startswith("rang home x")
    assert len(reply.notice.notes[0]) == 500
    assert given(day) == []
    assert day.register.notes == []


def test_an_empty_note_is_nothing():
    """The card as it is."""
    day = alarmed()
    before = day.everything()

    assert pressed(day, Verb.NOTE).accepted
    assert day.everything() == before


def test_the_hosts_alert_takes_no_notes():
    """It is a question to one person, in a lesson's chat."""
    day = alarmed(Audience.HOST)

    assert pressed(day, Verb.NOTE, MS_PATEL, note="x").notice.notes == ()


def test_what_is_over_can_still_be_named_a_false_alarm():
    """And noted on; nothing else."""
    day = alarmed()
    day.happens(left(PARENT, 2))
    day.look(2)
    day.look(4)
    day.work("carry")

    assert pressed(day, Verb.CLAIM).notice.headline == "press.over"
    assert pressed(day, Verb.NOTE, note="was a parent").accepted
    assert pressed(day, Verb.NOT_A_PROBLEM).accepted
    assert given(day) == [(Verb.NOT_A_PROBLEM, CLT)]


def test_an_answer_of_an_earlier_card_is_not_this_ones():
    """The same person came again after it was answered: the new card asks anew."""
    day = alarmed()
    pressed(day, Verb.ACKNOWLEDGE)
    day.happens(left(PARENT, 2))
    day.look(2)
    day.look(4)
    day.happens(came(PARENT, 60))
    day.work("carry")

    assert [episode for *_, episode, over in day.told() if not over] == [2]
    assert card(day).answered == ""


@pytest.mark.parametrize("by", [ADA, MS_PATEL])
def test_who_may_not_press_takes_nothing(by):
    """A teacher and a pupil."""
    day = alarmed()

    assert not pressed(day, Verb.CLAIM, by).accepted
    assert given(day) == []


def test_whoever_it_was_sent_to_alone_may_answer():
    """Where an alert went to somebody of no leading role, because nobody else remained."""
    day = alarmed()
    alone = Sent(route=Route.PERSONAL, conversation="a:x", activity="m9", to=oid_of(MS_PATEL))
    at_once(day.decisions.sent(day.decisions.alerts[1], alone))

    assert pressed(day, Verb.CLAIM, MS_PATEL).accepted


def test_a_copy_is_found_when_it_is_pressed_and_kept_up_to_date_too():
    """The process died between the post and the stored id, and the post was made again: two cards, one alert (law 11)."""
    day = alarmed()
    copy = {"conversation": f"{SAFEGUARDING};messageid=17", "activity": "17"}
    pressed(day, Verb.CLAIM, **copy)
    day.work("redraw")

    stands = {sent.activity: notice.answered for sent, notice in day.messenger.shown.values()}
    assert stands == {"m1": "claim", "17": "claim"}
    pressed(day, Verb.NOT_A_PROBLEM, **copy)
    assert len(day.decisions.alerts[1].sendings) == 2


def test_a_card_elsewhere_is_no_copy():
    """What a press says of where it stands is believed only of a conversation that the alert was sent to."""
    day = alarmed()
    pressed(day, Verb.CLAIM, conversation="19:elsewhere@thread.v2", activity="17")

    assert len(day.decisions.alerts[1].sendings) == 1


def test_the_store_out_of_reach_is_told_to_the_edge():
    """Which answers 503."""
    day = alarmed()
    day.register.trouble = OutOfReach("no")

    assert pressed(day, Verb.CLAIM).notice.headline == "refused.cannot_tell"
