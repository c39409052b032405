"""Carrying decisions out: the ways to people, and what is written of it (law 11)."""

from dataclasses import replace

import pytest

from bot import carrying
from bot.actions import Audience, Remove, Role, Tell
from bot.circles import host_of
from bot.events import OutcomeSeen, Verb, oid_of
from bot.notice import Mention
from bot.ports import Job, Route
from bot.sitting import Meeting
from tests.builders import (
    ADA,
    CARETAKER,
    CLT,
    HEAD,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NAMES,
    PARENT,
    came,
    described,
    joined,
    left,
    rule_of,
    school_with,
    sitting_of,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay

SAFEGUARDING = "19:safeguarding@thread.tacv2"


def alarm(to=Audience.CLT, *, host=True, **settings):
    """A lesson with one alert of a test rule, about to be carried out."""

    def decide(sitting, now, settings):
        if sitting.since(PARENT):
            facts = {"since": sitting.since(PARENT).isoformat(), "staff": len(sitting.present("staff"))}
            yield Tell(to=to, say="test_rule.x", about=PARENT, facts=facts, choices=(Verb.ACKNOWLEDGE,))

    day = SchoolDay(school_with((rule_of(decide, **settings),)))
    day.happens(started(), *([came(MS_PATEL)] if host else []), came(PARENT, 1))
    return day


def ways(day):
    """The ways tried, in order."""
    return [way for way, _ in day.messenger.calls]


def outcomes(day):
    """What became of the attempts."""
    return [(outcome, words) for _, _, outcome, words in day.decisions.outcomes]


def shown(day):
    """What stands in Teams, as `(route, conversation, headline, over)`."""
    return [(one.route, one.conversation, notice.headline, notice.over) for one, notice in day.messenger.shown.values()]


# --- who is the host ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ((joined(MS_PATEL, 2), joined(MR_OKAFOR, 1), described(organizer=MS_PATEL)), MS_PATEL),
        ((joined(MS_PATEL, 2), joined(MR_OKAFOR, 1), described(organizer=HEAD)), MR_OKAFOR),
        ((joined(MR_OKAFOR, 3), joined(MS_PATEL, 4)), MR_OKAFOR),
        ((joined(ADA), described(organizer=MS_PATEL)), MS_PATEL),
        ((joined(ADA),), None),
        ((joined(MR_OKAFOR), described(organizer=ADA)), MR_OKAFOR),
    ],
)
def test_the_host_is_the_organiser_if_there_else_the_longest_present_staff(told, host):
    """And where no staff is present, the organiser wherever they are."""
    assert host_of(sitting_of(*told)) == host


# --- the ways -----------------------------------------------------------------------------------------------------------


def test_an_alert_goes_to_the_safeguarding_channel_and_mentions_who_must_act():
    """By object id; the names come from the directory's list."""
    day = alarm(Audience.LEADS)
    day.work("carry")

    assert shown(day) == [(Route.CHANNEL, SAFEGUARDING, "test_rule.x", False)]
    ((_, notice),) = day.messenger.shown.values()
    assert notice.mentions == (Mention(oid=oid_of(HEAD), name=NAMES[HEAD]),)
    assert outcomes(day) == [("done", "channel")]
    assert day.tally.outcomes == {("test_rule", "done"): 1}
    assert day.last(OutcomeSeen).outcome == "done"
    assert [sent.route for sent in day.decisions.alerts[1].sendings] == [Route.CHANNEL]


def test_the_school_may_choose_whom_a_rules_alerts_mention():
    """`mention` in the rule's table."""
    day = alarm(Audience.LEADS, mention=(Role.CLT,))
    day.work("carry")

    ((_, notice),) = day.messenger.shown.values()
    assert [mention.name for mention in notice.mentions] == [NAMES[CLT]]


def test_names_are_found_only_on_sending():
    """For whom it is about, for the people among its facts, for those who answered (law 7)."""
    day = SchoolDay()
    day.happens(started(), described(), came(MS_PATEL), came(ADA))
    day.work("identify")
    day.look(3)
    day.work("identify", "carry")

    assert {MS_PATEL: "Ms Patel", ADA: "Ada Moss"}.items() <= day.words.named[-1].items()


def test_the_host_is_told_alone():
    """A targeted message in the lesson's chat, and nobody else reads it."""
    day = alarm(Audience.HOST)
    day.work("carry")

    assert day.messenger.calls == [("whisper", oid_of(MS_PATEL))]
    assert shown(day) == [(Route.WHISPER, LESSON.thread, "test_rule.x", False)]


@pytest.mark.parametrize("trouble", [refused(), out_of_reach()])
def test_the_ways_to_the_host_are_tried_in_order(trouble):
    """Targeted, 1:1, the channel, and at last a letter; each fault is written down beside the way that worked."""
    expected = ["whisper", "personal", "channel"]
    for broken in range(4):
        day = alarm(Audience.HOST)
        day.messenger.troubles = dict.fromkeys(expected[:broken], trouble)
        day.work("carry")

        assert ways(day) == expected[: broken + 1]
        assert len(day.mail.letters) == (1 if broken == 3 else 0)
        ((outcome, words),) = outcomes(day)
        assert outcome == "done"
        assert words.endswith((*expected, "mail")[broken])
        assert words.count(": ") == broken
    assert day.mail.letters[0][0] == (oid_of(MS_PATEL),)


def test_where_there_is_no_host_the_channel_is_told():
    """Somebody must hear of it."""
    day = alarm(Audience.HOST, host=False)
    day.work("carry")

    assert ways(day) == ["channel"]


def test_a_channel_that_refuses_is_made_up_for_by_a_letter_to_those_it_would_mention():
    """The channel was deleted: the head gets e-mail."""
    day = alarm(Audience.LEADS)
    day.messenger.troubles["channel"] = refused("BotNotInConversationRoster")
    day.work("carry")

    assert [to for to, _ in day.mail.letters] == [(oid_of(HEAD),)]
    assert outcomes(day) == [("done", "channel: BotNotInConversationRoster; mail")]


def test_where_every_way_refuses_it_is_given_up_and_said():
    """No way may yet work: the end."""
    day = alarm(Audience.LEADS)
    day.messenger.troubles["channel"] = refused("NotThere")
    day.mail.trouble = refused("NoMailbox")

    assert day.work("carry") == []
    assert outcomes(day) == [("given_up", "channel: NotThere; mail: NoMailbox")]
    assert day.last(OutcomeSeen).outcome == "given_up"
    assert day.decisions.status[1] == "given_up"


def test_where_nobody_holds_the_role_the_leadership_team_is_written_to():
    """Somebody must hear of it."""
    day = alarm(Audience.ADMINISTRATOR)
    day.messenger.troubles["channel"] = refused()
    day.work("carry")

    assert [to for to, _ in day.mail.letters] == [(oid_of(CLT),)]


def test_where_there_is_nobody_at_all_there_is_no_letter():
    """And nothing pretends that there was."""
    day = alarm(Audience.ADMINISTRATOR)
    day.directory.groups = {}
    day.messenger.troubles["channel"] = refused()
    day.work("carry")

    assert day.mail.letters == []
    assert outcomes(day)[0][0] == "given_up"


# --- trying again -------------------------------------------------------------------------------------------------------


def test_while_every_way_is_out_of_reach_it_is_tried_again():
    """Written as `again`, raised to the queue, and done once the other side is back."""
    day = alarm()
    day.messenger.troubles["channel"] = out_of_reach(7)
    day.mail.trouble = out_of_reach()

    (fault,) = day.work("carry")
    assert "channel" in fault.words
    assert (outcomes(day)[0][0], day.decisions.status[1]) == ("again", "due")
    assert "outcome_seen" not in day.event_types()
    day.messenger.troubles.clear()
    assert day.work("carry") == []
    assert [outcome for outcome, _ in outcomes(day)] == ["again", "done"]


def test_one_way_that_refuses_and_one_out_of_reach_is_tried_again():
    """As long as any way may yet work."""
    day = alarm()
    day.messenger.troubles["channel"] = refused()
    day.mail.trouble = out_of_reach()

    assert len(day.work("carry")) == 1


def test_after_half_an_hour_it_is_given_up():
    """And said so, once."""
    day = alarm()
    day.messenger.troubles["channel"] = out_of_reach()
    day.mail.trouble = out_of_reach()
    day.clock.wait(30 * 60)
    assert len(day.work("carry")) == 1
    day.clock.wait(1)

    assert day.work("carry") == []
    assert [outcome for outcome, _ in outcomes(day)] == ["again", "given_up"]
    assert day.tally.outcomes == {("test_rule", "given_up"): 1}


def test_news_of_an_old_alert_have_half_an_hour_of_their_own():
    """It was sent long ago and ends now: one moment out of reach is no reason to leave the card standing."""
    day = alarm()
    day.work("carry")
    day.happens(left(PARENT, 90))
    day.look(91)
    day.messenger.troubles["update"] = out_of_reach()
    assert len(day.work("carry")) == 1
    day.messenger.troubles.clear()
    day.work("carry")

    assert [over for *_, over in shown(day)] == [True]
    assert "given_up" not in [outcome for outcome, _ in outcomes(day)]


def test_while_teams_is_slow_a_letter_goes_out_in_time(monkeypatch):
    """The other ways through Teams are not waited for once the patience is over; the letter is sent all the same."""
    monkeypatch.setattr(carrying, "TEAMS_PATIENCE", -1.0)
    day = alarm(Audience.HOST)
    day.messenger.troubles = dict.fromkeys(("whisper", "personal", "channel"), out_of_reach())
    day.work("carry")

    assert ways(day) == ["whisper"]
    assert len(day.mail.letters) == 1


def test_a_job_that_came_twice_sends_once():
    """The decision is claimed first, and done is done."""
    day = alarm()
    jobs = [job for job in day.register.jobs if job.kind == "carry"]
    day.register.jobs += jobs
    day.work("carry")

    assert ways(day) == ["channel"]


def test_a_claim_that_another_holds_is_left_alone():
    """Two workers, one message."""
    day = alarm()
    assert at_once(day.decisions.claim(1)) is not None
    day.work("carry")

    assert ways(day) == []


@pytest.mark.parametrize("job", [Job(kind="carry"), Job(kind="carry", decision=99)])
def test_a_job_about_nothing_does_nothing(job):
    """The row is gone: purged."""
    day = alarm()
    at_once(day.carrier.carry(job))
    at_once(day.carrier.redraw(job))

    assert day.messenger.calls == []


# --- keeping it up to date ----------------------------------------------------------------------------------------------


def test_a_revision_updates_the_card_in_place():
    """Newer facts, the same message."""
    day = alarm()
    day.work("carry")
    day.happens(came(MR_OKAFOR, 2))
    day.work("carry")

    assert ways(day) == ["channel", "update"]
    assert len(day.messenger.shown) == 1
    assert [outcome for outcome, _ in outcomes(day)] == ["done", "done"]


def test_a_decision_revised_before_it_was_sent_is_sent_once():
    """Only the newest words go out."""
    day = alarm()
    day.happens(came(MR_OKAFOR, 2))
    day.work("carry")

    assert ways(day) == ["channel"]
    ((_, notice),) = day.messenger.shown.values()
    assert '"staff": 2' in notice.done


def test_what_is_over_is_said_on_the_card_and_notifies_nobody():
    """No mention any more: an update must not look like a new alarm."""
    day = alarm()
    day.work("carry")
    day.happens(left(PARENT, 5))
    day.look(6)
    day.work("carry")

    ((_, notice),) = day.messenger.shown.values()
    assert (notice.over, notice.mentions, notice.buttons) == (True, (), ())


def test_a_message_that_is_gone_is_sent_anew():
    """Somebody deleted it: the update is refused, so it is posted again."""
    day = alarm()
    day.work("carry")
    day.messenger.troubles["update"] = refused("MessageNotFound")
    day.happens(came(MR_OKAFOR, 2))
    day.work("carry")

    assert ways(day) == ["channel", "update", "channel"]
    assert len(day.decisions.alerts[1].sendings) == 2


def test_an_update_out_of_reach_is_tried_again():
    """It is not posted a second time."""
    day = alarm()
    day.work("carry")
    day.messenger.troubles["update"] = out_of_reach()
    day.happens(came(MR_OKAFOR, 2))

    assert len(day.work("carry")) == 1
    assert ways(day) == ["channel", "update"]
    day.messenger.troubles.clear()
    day.work("carry")
    assert ways(day) == ["channel", "update", "update"]


def test_a_letter_cannot_be_updated_so_the_news_is_sent():
    """Only a letter went out; success is claimed only on evidence, so the next words go out anew."""
    day = alarm()
    day.messenger.troubles["channel"] = refused()
    day.work("carry")
    day.messenger.troubles.clear()
    day.happens(came(MR_OKAFOR, 2))
    day.work("carry")

    assert ways(day) == ["channel", "channel"]
    assert outcomes(day)[-1] == ("done", "channel")
    assert len(day.mail.letters) == 1


def test_an_answer_redraws_the_card():
    """Whoever looks at the channel sees that it was answered."""
    day = alarm()
    day.work("carry")
    day.presses(CLT, 1, Verb.ACKNOWLEDGE)
    day.work("redraw")

    ((_, notice),) = day.messenger.shown.values()
    assert notice.answered == "acknowledge"
    assert ways(day) == ["channel", "update"]


def test_an_answer_to_what_was_never_sent_draws_nothing():
    """There is no card yet; the one to come will show it."""
    day = alarm()
    day.presses(CLT, 1, Verb.ACKNOWLEDGE)
    day.work("redraw")
    assert ways(day) == []
    day.work("carry")

    ((_, notice),) = day.messenger.shown.values()
    assert notice.answered == "acknowledge"


# --- what this tier cannot do -------------------------------------------------------------------------------------------


def test_a_removal_without_hands_is_not_possible_and_said_so():
    """No call in this process: written as not possible, never as done."""

    def decide(sitting, now, settings):
        yield Remove(about=PARENT, why="test_rule.removed")

    day = SchoolDay(school_with((rule_of(decide),), tier="remove"))
    day.carrier = replace(day.carrier, acting=None)
    day.happens(started(), came(PARENT))
    day.work("carry")

    assert outcomes(day)[0][0] == "not_possible"
    assert day.last(OutcomeSeen).outcome == "not_possible"
    assert day.messenger.calls == []


def test_a_watched_decision_is_not_carried_out():
    """Mode `watch` writes down and is silent."""
    day = alarm(mode="watch")
    day.work("carry")

    assert list(day.decisions.status.values()) == ["watched"]
    assert day.messenger.calls == []


def test_the_lesson_is_named_on_the_card():
    """Class and title, as far as known."""
    day = SchoolDay()
    elsewhere = Meeting(tenant=LESSON.tenant, school=LESSON.school, thread="19:meeting_z@thread.v2")
    day.happens(started(), described(), came(PARENT, 1), meeting=elsewhere, title="Maths")
    day.work("carry")

    assert {notice.details for _, notice in day.messenger.shown.values()} == {("3B Maths",)}


def test_the_directory_may_be_down_while_an_alert_goes_out():
    """Then nobody is mentioned: a card without a mention is better than none."""
    day = alarm(Audience.LEADS)
    day.directory.trouble = out_of_reach()
    day.work("carry")

    ((_, notice),) = day.messenger.shown.values()
    assert notice.mentions == ()
    assert CARETAKER not in day.words.named[-1]


def test_an_alert_about_nobody_goes_out_like_any():
    """A broken rule is about no person."""

    def broken(sitting, now, settings):
        raise RuntimeError

    day = SchoolDay(school_with((rule_of(broken),)))
    day.happens(started())
    day.work("carry")

    assert {notice.headline for _, notice in day.messenger.shown.values()} == {"rule.broken"}
    assert ways(day) == ["channel", "channel"]


def test_of_a_letter_and_a_card_only_the_card_is_updated():
    """A letter stays as it was sent."""
    day = alarm()
    day.messenger.troubles["channel"] = refused()
    day.work("carry")
    day.messenger.troubles.clear()
    for minute, person in ((2, MR_OKAFOR), (3, HEAD)):
        day.happens(came(person, minute))
        day.work("carry")

    assert ways(day) == ["channel", "channel", "update"]
    assert [sent.route for sent in day.decisions.alerts[1].sendings] == [Route.MAIL, Route.CHANNEL]
