"""Somebody who was not invited: who is asked, who is told, and what becomes of the answers."""

from datetime import timedelta

import pytest

from bot.events import Corrected, Kind, RemovalOrdered, Verb
from bot.policy import Audience, LookAgain, Remove, Tell
from policies.uninvited_attendee import KINDS, RULE, Choice, Settings, decide
from tests.builders import (
    ADA,
    BEN,
    CARETAKER,
    GUEST,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    PHONE,
    ROBOT,
    ZOE,
    after,
    answered,
    came,
    described,
    identified,
    joined,
    judge_by,
    left,
)

judge = judge_by(decide, Settings())
STRANGERS = {
    "guest": GUEST,
    "other_tenant": PARENT,
    "anonymous": NOBODY,
    "phone": PHONE,
    "other_account": CARETAKER,
    "other_class": ZOE,
}
LESSON = (described(), *joined(MS_PATEL))


def _told(actions):
    assert all(isinstance(action, Tell) for action in actions), actions
    return [(action.to, action.say, action.about) for action in actions]


def test_every_kind_of_stranger_has_its_choice():
    """No kind is left out, and each choice is a setting."""
    assert set(KINDS.values()) == set(STRANGERS)
    assert set(STRANGERS) <= set(Settings.model_fields)
    assert set(KINDS) == set(Kind) - {Kind.UNRESOLVED, Kind.STAFF, Kind.BOT}


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_stranger_is_asked_about_and_told_of(kind):
    """By default the host is asked and the leads are told, with the kind and since when."""
    told = judge(*LESSON, joined(STRANGERS[kind], 5), minute=6)

    assert _told(told) == [
        (Audience.HOST, "uninvited_attendee.ask", STRANGERS[kind]),
        (Audience.LEADS, "uninvited_attendee.present", STRANGERS[kind]),
    ]
    assert [dict(action.facts) for action in told] == [{"kind": kind, "since": after(5).isoformat()}] * 2


def test_the_host_may_remove_or_let_stay_and_the_leads_acknowledge():
    """Each audience has its own buttons."""
    host, leads = judge(*LESSON, joined(PARENT, 5), minute=6)

    assert host.choices == (Verb.REMOVE, Verb.LET_STAY)
    assert leads.choices == (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM)


@pytest.mark.parametrize("kind", STRANGERS)
def test_the_school_may_only_have_the_leads_told(kind):
    """Choice `tell`: the host is not asked."""
    told = judge(*LESSON, joined(STRANGERS[kind], 5), minute=6, **{kind: Choice.TELL})

    assert [action.to for action in told] == [Audience.LEADS]


@pytest.mark.parametrize("kind", STRANGERS)
def test_the_school_may_ignore_a_kind(kind):
    """Choice `ignore`: nothing, and the other kinds as before."""
    events = (*LESSON, *joined(STRANGERS[kind], 5))
    other = next(name for name in STRANGERS if name != kind)

    assert judge(events, minute=6, **{kind: Choice.IGNORE}) == []
    assert len(judge(events, minute=6, **{other: Choice.IGNORE})) == 2


def test_staff_the_class_and_invitees_are_expected():
    """Any staff, the class of the lesson, whoever was invited, and the organiser."""
    lesson = described(invitees=(ZOE, PARENT), organizer=CARETAKER)
    people = [joined(person, 1) for person in (MS_PATEL, MR_OKAFOR, ADA, BEN, ZOE, PARENT, CARETAKER)]

    assert judge(lesson, *people, minute=5) == []


def test_bots_and_the_unresolved_are_not_judged():
    """Who is no person, or not yet known, is nobody's stranger."""
    assert judge(described(), joined(ROBOT, 1), came(GUEST, 1), minute=5) == []


def test_a_stranger_who_has_gone_is_not_asked_about():
    """Nobody is asked to remove somebody who left."""
    assert judge(*LESSON, joined(PARENT, 5), left(PARENT, 6), minute=7) == []


def test_two_strangers_are_two_questions():
    """Each stranger has an alert of their own."""
    told = judge(*LESSON, joined(PARENT, 5), joined(NOBODY, 6), minute=7)

    assert [action.about for action in told] == [PARENT, PARENT, NOBODY, NOBODY]


@pytest.mark.parametrize("person", [PARENT, ADA])
def test_it_waits_a_little_until_the_invitation_is_known(person):
    """For twenty seconds after the join nobody is asked about, while nobody knows what lesson it is."""
    assert judge(joined(person, 1), minute=1 + 19.9 / 60) == [LookAgain(at=after(1) + timedelta(seconds=20))]


def test_after_the_wait_an_outsider_is_told_of_all_the_same():
    """An outsider is a stranger whatever the invitation says."""
    told = judge(joined(PARENT, 1), minute=1 + 20 / 60)

    assert [action.to for action in told] == [Audience.HOST, Audience.LEADS]


@pytest.mark.parametrize("person", [ADA, CARETAKER])
def test_where_nobody_knows_who_was_invited_an_account_of_ours_is_only_asked_about(person):
    """A pupil may well belong here: the host is asked, the leads are not told."""
    told = judge(joined(person, 1), minute=3)

    assert _told(told) == [(Audience.HOST, "uninvited_attendee.ask", person)]


def test_where_nobody_knows_even_the_choice_to_tell_becomes_a_question():
    """Telling the leads would say more than anybody knows."""
    assert [action.to for action in judge(joined(ADA, 1), minute=3, other_class=Choice.TELL)] == [Audience.HOST]


def test_where_only_the_invitees_are_known_a_pupil_outside_them_is_a_stranger():
    """A list of invitees is knowledge enough."""
    told = judge(described(class_name=None, invitees=(BEN,)), joined(ADA, 1), joined(BEN, 1), minute=3)

    assert [(action.to, action.about) for action in told] == [(Audience.HOST, ADA), (Audience.LEADS, ADA)]


def test_a_description_that_knows_nothing_leaves_it_a_question_at_once():
    """Once described there is nothing to wait for."""
    unknown = described(class_name=None, invitees_known=False)

    (asked,) = judge(unknown, joined(ADA, 1), minute=1.01)

    assert (asked.to, asked.facts["kind"]) == (Audience.HOST, "pupil")


def test_let_stay_settles_it():
    """The host let them stay: both hear so and who it was, and may still remove."""
    told = judge(*LESSON, joined(PARENT, 5), answered(Verb.LET_STAY, PARENT, 6), minute=60)

    assert {action.say for action in told} == {"uninvited_attendee.let_stay"}
    assert [action.facts["by"] for action in told] == [MS_PATEL, MS_PATEL]
    assert told[0].choices == (Verb.REMOVE,)


def test_remove_tells_the_host_how_and_watches():
    """In this tier a person removes: the host is told how, the leads that it is under way, and it is looked at again."""
    look, host, leads = judge(*LESSON, joined(PARENT, 5), answered(Verb.REMOVE, PARENT, 6), minute=6.9)

    assert look == LookAgain(at=after(7))
    assert (host.say, host.choices, host.facts["by"]) == ("uninvited_attendee.by_hand", (Verb.LET_STAY,), MS_PATEL)
    assert (leads.say, leads.facts["by"]) == ("uninvited_attendee.being_removed", MS_PATEL)


def test_somebody_still_here_after_the_patience_is_said_to_both():
    """A minute after Remove they are still present."""
    told = judge(*LESSON, joined(PARENT, 5), answered(Verb.REMOVE, PARENT, 6), minute=7)

    assert {action.say for action in told} == {"uninvited_attendee.still_here"}
    assert {action.facts["by"] for action in told} == {MS_PATEL}
    assert told[0].choices == (Verb.LET_STAY,)
    assert all(action.anew for action in told)  # whoever acknowledged that it is under way hears again


def test_the_newest_answer_counts():
    """Remove after Let stay is Remove, whatever the order they arrive in."""
    stay, remove = answered(Verb.LET_STAY, PARENT, 6), answered(Verb.REMOVE, PARENT, 7)

    for order in ((stay, remove), (remove, stay)):
        says = [action.say for action in judge(*LESSON, joined(PARENT, 5), *order, minute=7.5)[1:]]
        assert says == ["uninvited_attendee.by_hand", "uninvited_attendee.being_removed"]


def test_acknowledging_does_not_change_what_is_asked():
    """Acknowledge says that it was seen, not what to do."""
    plain = judge(*LESSON, joined(PARENT, 5), minute=8)
    seen = judge(*LESSON, joined(PARENT, 5), answered(Verb.ACKNOWLEDGE, PARENT, 7), minute=8)

    assert seen == plain


def test_an_answer_about_one_stranger_is_not_about_another():
    """Letting a parent stay does not let the anonymous one stay."""
    told = judge(*LESSON, joined(PARENT, 5), joined(NOBODY, 5), answered(Verb.LET_STAY, PARENT, 6), minute=7)

    assert {action.say for action in told if action.about == NOBODY} == {
        "uninvited_attendee.ask",
        "uninvited_attendee.present",
    }


def test_an_answer_to_another_rule_does_not_count():
    """The name of the rule is part of the answer."""
    told = judge(*LESSON, joined(PARENT, 5), answered(Verb.LET_STAY, PARENT, 6, rule="lone_pupil"), minute=7)

    assert told[0].say == "uninvited_attendee.ask"


def test_with_tell_a_removal_is_still_followed_up_with_the_leads():
    """Even where the host is not asked, leads hear what became of a removal."""
    told = judge(*LESSON, joined(PARENT, 5), answered(Verb.REMOVE, PARENT, 6), minute=8, other_tenant=Choice.TELL)

    assert _told(told) == [(Audience.LEADS, "uninvited_attendee.still_here", PARENT)]


def test_the_rule_answers_to_its_file_name():
    """Answers find the rule by the name of its file."""
    assert decide.__module__.rpartition(".")[2] == RULE


def test_a_look_up_later_makes_a_pupil_of_the_class_expected():
    """Ada is known only later: then she belongs."""
    lesson = (described(), came(ADA, 1))

    assert judge(lesson, identified(ADA, 9), minute=10) == []


REMOVES = dict.fromkeys(STRANGERS, Choice.REMOVE)


@pytest.mark.parametrize("kind", STRANGERS)
def test_the_school_may_have_a_stranger_removed(kind):
    """Choice `remove`: the removal is asked for, both are told, and it is looked at again."""
    removal, look, host, leads = judge(*LESSON, joined(STRANGERS[kind], 5), minute=5.5, **REMOVES)

    assert removal == Remove(about=STRANGERS[kind], why="uninvited_attendee.to_go")
    assert look == LookAgain(at=after(6))
    assert (host.say, host.choices) == ("uninvited_attendee.to_go", (Verb.LET_STAY,))
    assert leads.say == "uninvited_attendee.to_go"


def test_whoever_should_have_been_removed_and_is_still_here_is_said_to_both():
    """The removal is still asked for, so that one who came in again is removed again."""
    removal, host, leads = judge(*LESSON, joined(PARENT, 5), minute=6, **REMOVES)

    assert isinstance(removal, Remove)
    assert {host.say, leads.say} == {"uninvited_attendee.still_here"}


def test_whoever_was_let_stay_is_not_removed_by_the_rule():
    """A person's answer outranks the school's rule."""
    told = judge(*LESSON, joined(PARENT, 5), answered(Verb.LET_STAY, PARENT, 6), minute=6, **REMOVES)

    assert {action.say for action in told} == {"uninvited_attendee.let_stay"}


def test_an_account_that_may_well_belong_is_asked_about_and_not_removed():
    """Where nobody knows who was invited, nobody of the school's own is removed."""
    told = judge(joined(ADA, 1), minute=3, **REMOVES)

    assert _told(told) == [(Audience.HOST, "uninvited_attendee.ask", ADA)]


def test_after_one_without_an_account_the_next_is_reported_and_not_removed():
    """It may be another person, and nobody can tell (law 3)."""
    gone = Corrected(at=after(5), person=NOBODY, action="remove", rule=RULE, observation=1)
    told = judge(*LESSON, joined(NOBODY, 5), left(NOBODY, 5.2), gone, joined(PHONE, 7), minute=7.1, **REMOVES)

    assert _told(told) == [
        (Audience.HOST, "uninvited_attendee.ask", PHONE),
        (Audience.LEADS, "uninvited_attendee.present", PHONE),
    ]


def test_a_removal_that_a_person_ordered_is_said_with_their_name():
    """Where Schoolgate has hands the order itself is being carried out."""
    order = RemovalOrdered(at=after(6), person=PARENT, by=MS_PATEL)
    host, leads = judge(*LESSON, joined(PARENT, 5), answered(Verb.REMOVE, PARENT, 6), order, minute=8)

    assert {host.say, leads.say} == {"uninvited_attendee.ordered_out"}
    assert (host.facts["by"], host.choices) == (MS_PATEL, (Verb.LET_STAY,))
