"""The hold and its release: CLT's form, typed or filled in, twice or at once; what is told, and what ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.actions import Role
from bot.events import CameOnHold, oid_of
from bot.policy import find_rules
from bot.ports import HoldChange, How, Job, Named, OutOfReach, Refused, Route, Said
from tests.builders import (
    ADA,
    BEN,
    CLT,
    CY,
    HEAD,
    MR_OKAFOR,
    MS_PATEL,
    START,
    came,
    described,
    joined,
    left,
    school_with,
    started,
)
from tests.fakes import at_once
from tests.school_day import SchoolDay

TALK = {"spoke": "Ms Harcourt", "whom": "the mother", "agreed": "a fresh start"}
"""Of today: `START` is the day of the tests."""


def held(reason: str = "hit Ben", tier: str = "watch") -> SchoolDay:
    """Ms Patel has removed Ada from a lesson of three."""
    day = SchoolDay(school_with(find_rules({}), tier=tier))
    day.happens(started(), *joined(MS_PATEL), *joined(ADA), *joined(BEN), *joined(CY), described(organizer=MS_PATEL))
    day.says(MS_PATEL, f"/removed Ada {reason}")
    return day


def key(reply) -> tuple[str, bool]:
    """What was said, and whether anything was done."""
    return reply.notice.headline, reply.accepted


def fills(day: SchoolDay, form, /, by=CLT, title: str = "ask.save", **filled: str):
    """Somebody fills the form in and sends it."""
    talk = {**TALK, "day": START.date().isoformat()} if filled.pop("talk", "") else {}
    return day.presses_ask(by, form, title, **{**talk, **filled})


def steps(day: SchoolDay, pupil=ADA) -> list[str]:
    """What was done about the pupil's newest hold."""
    return [step.what for step in at_once(day.records.of_pupil(pupil)).holds[0].steps]


# --- the form -------------------------------------------------------------------------------------------------------------


def test_a_release_without_a_reason_is_answered_by_the_form():
    """With what the hold needs, in the order of the policy: the talk first, then the decision."""
    day = held()
    form = day.says(CLT, "/release Ada")

    assert key(form) == ("release.form", False)
    assert [choice.name for choice in form.notice.choices] == ["spoke", "whom", "day", "agreed", "decision", "until"]
    assert form.notice.details == ("ends.parents",)
    assert [(ask.command, ask.pupil) for ask in form.notice.asks] == [("release", ADA)]


def test_the_talk_and_the_decision_end_the_hold():
    """The pupil may come, here and everywhere; the history stays, and says who."""
    day = held()
    done = fills(day, day.says(CLT, "/release Ada"), talk="yes", decision="release")

    assert key(done) == ("release.done", True)
    assert day.people.holds == {}
    assert not day.sitting().controls.kept_out(ADA)
    assert steps(day) == ["talk", "release"]
    assert key(day.says(CLT, "/holds Ada Moss")) == ("hold.over", True)


@pytest.mark.parametrize(
    ("decision", "said", "left"),
    [
        ("until", "release.until", ["talk", "until"]),
        ("open", "release.open", ["talk", "open"]),
        ("later", "release.later", ["talk"]),
    ],
)
def test_the_other_decisions_keep_the_pupil_out(decision, said, left):
    """Until a day, until further notice, or undecided; whoever writes is the owner now."""
    day = held()
    until = (START + timedelta(days=5)).date().isoformat() if decision == "until" else ""
    done = fills(day, day.says(CLT, "/release Ada"), talk="yes", decision=decision, until=until)

    assert key(done) == (said, True)
    assert steps(day) == left
    assert day.people.holds[ADA].owner == CLT
    assert day.sitting().controls.kept_out(ADA)


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost():
    """The form comes back with what was filled in."""
    day = held()
    form = fills(day, day.says(CLT, "/release Ada"), talk="yes", decision="until", until="2020-01-01")
    values = {choice.name: choice.value for choice in form.notice.choices}

    assert key(form) == ("release.past", False)
    assert (values["whom"], values["decision"], values["until"]) == ("the mother", "until", "2020-01-01")
    assert key(fills(day, form, **{**values, "until": "", "decision": "release"})) == ("release.done", True)


def test_no_release_without_a_talk_where_the_parents_are_to_be_spoken_with():
    """C37. A talk that was written down earlier counts."""
    day = held()
    form = day.says(CLT, "/release Ada")
    assert key(fills(day, form, decision="release", agreed="all fine")) == ("release.no_talk", False)
    fills(day, form, talk="yes", decision="later")

    assert key(fills(day, day.says(HEAD, "/release Ada"), by=HEAD, decision="release")) == ("release.done", True)


def test_where_clt_decides_a_release_without_a_talk_is_asked_back():
    """C83: once more, with a why."""
    day = held("racist words")
    sure = fills(day, day.says(CLT, "/release Ada"), decision="release", agreed="it was not Ada")
    assert key(sure) == ("release.sure", False)
    assert [ask.title for ask in sure.notice.asks] == ["ask.without", "ask.save"]
    values = {choice.name: choice.value for choice in sure.notice.choices}

    assert key(fills(day, sure, title="ask.without", **values)) == ("release.done", True)
    assert at_once(day.records.of_pupil(ADA)).holds[0].agreed == "it was not Ada"


def test_a_form_sent_twice_changes_nothing_and_shows_how_it_stands():
    """Teams may send it twice, or somebody press twice."""
    day = held()
    form = day.says(CLT, "/release Ada")
    first = fills(day, form, talk="yes", decision="open")
    written = day.people.holds[ADA]
    again = fills(day, form, talk="yes", decision="open")

    assert key(first) == ("release.open", True)
    assert key(again) == ("hold.already", True)
    assert day.people.holds[ADA] == written


def test_of_two_at_once_the_second_sees_what_the_first_did():
    """And may send it again, in the knowledge of it: what was typed is still there."""
    day = held()
    clts, heads = day.says(CLT, "/release Ada"), day.says(HEAD, "/release Ada")
    fills(day, clts, talk="yes", decision="open")
    second = fills(day, heads, by=HEAD, talk="yes", decision="release")
    values = {choice.name: choice.value for choice in second.notice.choices}

    assert key(second) == ("release.changed", False)
    assert second.notice.details[1:] == ("hold.step_talk", "hold.step_open")
    assert values["agreed"] == "a fresh start"
    assert ADA in day.people.holds
    assert key(fills(day, second, by=HEAD, **values)) == ("release.done", True)


def test_a_stale_form_that_does_not_fit_either_shows_how_it_stands():
    """First the news, then what is missing."""
    day = held()
    form = day.says(CLT, "/release Ada")
    fills(day, form, talk="yes", decision="open")

    assert key(fills(day, form, decision="until")) == ("release.changed", False)


def test_a_form_of_a_hold_that_has_ended_shows_its_end():
    """Nothing is left to decide."""
    day = held()
    form = day.says(CLT, "/release Ada")
    fills(day, form, talk="yes", decision="release")

    assert key(fills(day, form, by=HEAD, talk="yes", decision="open")) == ("hold.over", False)
    assert key(day.says(CLT, "/release Ada Moss spoke to her mother")) == ("hold.over", False)
    named = Named(person=ADA, words="Ada")
    assert key(day.says(CLT, "/release Ada spoke to her mother", named)) == ("hold.over", False)
    never = Named(person=BEN, words="Ben")
    assert key(day.says(CLT, "/release Ben spoke to his mother", never)) == ("release.none", False)


def test_a_forged_form_without_its_hold_changes_nothing():
    """It shows nothing that anybody has seen."""
    day = held()
    said = Said(
        by=CLT, how=How.CARD, text="/release", named=(Named(person=ADA, words=""),), filled={"decision": "open"}
    )

    assert key(at_once(day.service.command(said))) == ("release.changed", False)
    assert steps(day) == []


def test_a_lesson_purged_while_a_hold_ends_does_not_hide_that_it_has_ended():
    """The hold is over, it is said so, and the lessons that are still there let the pupil in."""
    day = held()
    found = day.register.sittings_of

    async def with_one_purged(person):
        return [99, *await found(person)]

    day.register.sittings_of = with_one_purged
    done = fills(day, day.says(CLT, "/release Ada"), talk="yes", decision="release")

    assert key(done) == ("release.done", True)
    assert not day.sitting().controls.kept_out(ADA)


@pytest.mark.parametrize("by", [MS_PATEL, MR_OKAFOR])
def test_whoever_sends_the_form_is_authorised_anew(by):
    """A card that reached somebody else gives them nothing."""
    day = held()
    form = day.says(CLT, "/release Ada")

    assert key(fills(day, form, by=by, talk="yes", decision="release")) == ("refused.not_clt", False)
    assert ADA in day.people.holds
    assert key(day.says(by, "/holds Ada mine")) == ("refused.not_lead", False)


def test_while_nobody_can_tell_who_is_clt_nothing_is_done():
    """The directory is out of reach."""
    day = held()
    day.directory.trouble = OutOfReach("no answer")

    assert key(day.says(CLT, "/release Ada spoke to her mother")) == ("refused.cannot_tell", False)
    assert key(day.says(CLT, "/holds")) == ("refused.cannot_tell", False)


# --- typed ----------------------------------------------------------------------------------------------------------------


def test_a_day_is_typed_in_the_same_place():
    """`/release @pupil until 1 December why`; what cannot be is answered by the form."""
    day = held()
    until = START + timedelta(days=5)
    assert key(day.says(CLT, f"/release Ada until {until.day} {until:%B}: a week")) == ("release.until", True)
    assert steps(day) == ["until"]
    assert key(day.says(CLT, "/release Ada until further notice")) == ("release.open", True)
    form = day.says(CLT, "/release Ada until they say sorry")

    assert key(form) == ("release.unreadable", False)
    assert {choice.name: choice.value for choice in form.notice.choices}["decision"] == "until"


@pytest.mark.parametrize(
    "words", ["I rang his mother, he has apologised", "not before Monday please", "keep out until 1 December"]
)
def test_no_typed_words_end_a_hold_that_waits_for_the_talk(words):
    """C37: they stand in the form, which asks for the talk and the decision; without the talk it is refused as ever."""
    day = held()
    form = day.says(CLT, f"/release Ada {words}")
    values = {choice.name: choice.value for choice in form.notice.choices}

    assert key(form) == ("release.typed", False)
    assert (values["agreed"], values["decision"]) == (words, "")
    assert steps(day) == []
    assert key(fills(day, form, **{**values, "decision": "release"})) == ("release.no_talk", False)
    assert ADA in day.people.holds


def test_typed_words_end_a_hold_that_clt_decides_on_unless_they_may_mean_another_thing():
    """There is no undoing a release."""
    day = held("racist words")
    assert key(day.says(CLT, "/release Ada keep her out until 1 December")) == ("release.typed", False)
    assert ADA in day.people.holds

    assert key(day.says(CLT, "/release Ada I rang her mother")) == ("release.done", True)


def test_a_day_that_cannot_be_read_loses_no_typed_words():
    """They stand in the form."""
    form = held().says(CLT, "/release Ada until 31 Feb, mum agreed to a week")
    values = {choice.name: choice.value for choice in form.notice.choices}

    assert key(form) == ("release.unreadable", False)
    assert (values["agreed"], values["decision"]) == ("until 31 Feb, mum agreed to a week", "until")


def test_a_typed_order_does_not_overwrite_what_a_colleague_decided_meanwhile():
    """A second ago, after the order was read: it is shown first."""
    day = held()
    read = day.records.of_pupil

    async def slowly(pupil):
        record = await read(pupil)
        day.records.of_pupil = read
        at_once(day.holds.change(HoldChange(pupil=ADA, by=HEAD, what="open")))
        return record

    day.records.of_pupil = slowly

    assert key(day.says(CLT, "/release Ada until 2 December")) == ("release.changed", False)
    assert day.people.holds[ADA].decided == "open"


def test_a_name_does_not_fall_to_the_one_on_hold_who_is_only_called_alike():
    """Two pupils are called Ada: the first name means the one on hold, the full name of the other does not."""
    day = held()
    assert key(day.says(CLT, "/release Ada Bell spoke to her mother")) == ("release.none", False)

    assert ADA in day.people.holds
    assert key(day.says(CLT, "/release Ada spoke to her mother")) == ("release.typed", False)


def test_too_few_words_are_put_into_the_form():
    """They are no talk, and are not lost."""
    day = held()
    form = day.says(CLT, "/release Ada sorted")

    assert key(form) == ("release.too_short", False)
    assert {choice.name: choice.value for choice in form.notice.choices}["agreed"] == "sorted"


def test_a_message_that_comes_twice_is_carried_out_once():
    """The second shows how it stands."""
    day = held()
    for said in (("release.open", True), ("hold.already", True)):
        assert key(day.says(CLT, "/release Ada until further notice", delivery=b"1")) == said

    assert steps(day) == ["open"]


# --- the list and the card ------------------------------------------------------------------------------------------------


def test_the_list_offers_clt_the_decision_and_leads_the_card():
    """One press away from each hold."""
    day = held()
    listed = day.says(CLT, "/holds")
    assert listed.notice.details == ("holds.one",)
    assert key(day.presses_ask(CLT, listed, "ask.release", pupil=ADA)) == ("release.form", False)
    day.directory.groups = {**day.directory.groups, "safeguarding_leads": (MR_OKAFOR,)}
    day.staffroom._roles.clear()
    listed = day.says(MR_OKAFOR, "/holds")
    card = day.presses_ask(MR_OKAFOR, listed, "ask.holds", pupil=ADA)

    assert key(card) == ("hold.card", True)
    assert key(day.says(MR_OKAFOR, "/holds Ada mine")) == ("refused.not_clt", False)
    assert key(day.says(CLT, "/holds Nobody")) == ("release.none", False)


def test_somebody_of_clt_takes_a_hold():
    """The card shows it, and the button is gone."""
    day = held()
    card = day.says(CLT, "/holds Ada")
    assert [ask.title for ask in card.notice.asks] == ["ask.release", "ask.mine"]
    taken = day.presses_ask(CLT, card, "ask.mine")

    assert [ask.title for ask in taken.notice.asks] == ["ask.release"]
    assert day.people.holds[ADA].owner == CLT
    assert key(day.says(CLT, "/holds mine")) == ("holds.whose", False)
    assert key(day.says(CLT, "/holds mine", Named(person=BEN, words="Ben"))) == ("release.none", False)


def test_a_teacher_who_took_the_removal_back_is_seen_on_the_card():
    """The hold is disputed, and stays CLT's to end."""
    day = held()
    day.says(MS_PATEL, "/undo")

    assert "hold.disputed" in day.says(CLT, "/holds Ada").notice.details


def test_a_bare_release_offers_those_on_hold():
    """No typing of names."""
    day = held()
    asked = day.says(CLT, "/release")

    assert key(asked) == ("release.how", False)
    assert key(day.presses_ask(CLT, asked, "ask.release", pupil=ADA)) == ("release.form", False)
    day.releases(CLT, "Ada")
    assert key(day.says(CLT, "/release")) == ("release.nobody", False)
    assert key(day.says(CLT, "/release Nobody")) == ("release.none", False)
    assert key(day.says(CLT, "/holds Ben", Named(person=BEN, words="Ben"))) == ("release.none", False)


# --- kept in view ---------------------------------------------------------------------------------------------------------


def test_clt_hears_of_a_hold_on_a_card_that_follows_it():
    """One message, mentioning CLT, brought up to date in place; over when it has ended."""
    day = held()
    day.work("hold")
    ((sent, first),) = day.messenger.shown.values()
    assert (sent.route, first.headline, len(first.mentions), first.severity) == (Route.CHANNEL, "hold.card", 1, "look")
    day.says(CLT, "/holds Ada mine")
    day.work("hold")
    day.releases(CLT, "Ada")
    day.work("hold")
    at_once(day.keeper.show(Job(kind="hold")))
    ((_, last),) = day.messenger.shown.values()

    assert [way for way, _ in day.messenger.calls] == ["channel", "update", "update"]
    assert (last.headline, last.over, last.mentions) == ("hold.over", True, ())


def test_a_card_that_cannot_be_changed_is_left_and_one_that_cannot_be_posted_is_tried_again():
    """Refused: logged. By mail there is nothing to change. Out of reach: later."""
    day = held()
    day.messenger.troubles["channel"] = Refused("Forbidden", "no")
    day.work("hold")
    day.says(CLT, "/holds Ada mine")
    day.work("hold")
    assert [way for way, _ in day.messenger.calls] == ["channel"]
    assert len(day.mail.letters) == 1

    other = held()
    other.work("hold")
    other.messenger.troubles["update"] = Refused("Gone", "no")
    other.says(CLT, "/holds Ada mine")
    other.work("hold")
    other.work("hold")
    assert [way for way, _ in other.messenger.calls] == ["channel", "update"]


def test_a_card_that_was_deleted_or_whose_channel_was_replaced_is_posted_anew():
    """Once for each that was lost, and it follows the hold from there; of a hold that is over there is none any more."""
    day = held()
    day.work("hold")
    day.messenger.troubles["update"] = Refused("ActivityNotFoundInConversation", "no", gone=True)
    day.says(CLT, "/holds Ada mine")
    day.work("hold")
    at_once(day.keeper.keep())
    day.messenger.troubles.clear()
    day.says(CLT, "/release Ada until further notice")
    day.work("hold")
    ways = [way for way, _ in day.messenger.calls]
    day.messenger.troubles["update"] = Refused("ActivityNotFoundInConversation", "no", gone=True)
    day.releases(CLT, "Ada")
    day.work("hold")

    assert ways == ["channel", "update", "channel", "update"]
    assert [way for way, _ in day.messenger.calls] == [*ways, "update"]


def test_a_lost_card_that_cannot_be_posted_now_is_posted_later_and_by_mail_it_is_left_at_that():
    """Teams does not answer: its word is kept. Where Teams says no the mail is told once."""
    gone = Refused("ConversationNotFound", "no", gone=True)
    day, other = held(), held()
    for each in (day, other):
        each.work("hold")
        each.messenger.troubles["update"] = gone
        each.says(CLT, "/holds Ada mine")
    day.messenger.troubles["channel"] = day.mail.trouble = OutOfReach("no answer")
    day.work("hold")
    day.messenger.troubles.pop("channel")
    day.skip(minutes=2)
    other.messenger.troubles["channel"] = Refused("Forbidden", "no")
    other.work("hold")
    for each in (day, other):
        at_once(each.keeper.keep())
        at_once(each.keeper.keep())

    assert [way for way, _ in day.messenger.calls].count("channel") == 3
    assert len(other.mail.letters) == 1
    assert [way for way, _ in other.messenger.calls].count("update") == 1


@pytest.mark.parametrize("trouble", [None, OutOfReach("no answer")])
def test_an_owner_who_may_not_decide_any_more_is_not_the_only_one_reminded(trouble):
    """They have left the leadership team, or nobody can tell: then all of CLT hears."""
    day = held()
    day.says(CLT, "/holds Ada mine")
    day.work("hold")
    day.messenger.calls.clear()
    day.directory.groups = {Role.CLT: (HEAD,)}
    day.staffroom._roles.clear()
    day.directory.trouble = trouble
    day.skip(days=7)
    at_once(day.keeper.keep())

    assert [way for way, _ in day.messenger.calls] == ["channel"]


def test_a_card_that_could_not_be_posted_then_is_posted_later():
    """Teams did not answer: the clock's duty makes it good, and brings one up to date that was left behind."""
    day = held()
    day.messenger.troubles["channel"] = day.mail.trouble = OutOfReach("no answer")
    day.work("hold")
    day.messenger.troubles.clear()
    at_once(day.keeper.keep())
    assert day.messenger.shown == {}
    day.skip(minutes=2)
    at_once(day.keeper.keep())
    assert [way for way, _ in day.messenger.calls] == ["channel", "channel"]
    day.says(CLT, "/holds Ada mine")
    at_once(day.keeper.keep())

    assert [way for way, _ in day.messenger.calls] == ["channel", "channel", "update"]


def test_a_hold_until_a_day_ends_by_itself_and_clt_hears_of_it_in_the_morning():
    """At midnight the pupil may come, here too; nobody is woken."""
    day = held()
    until = START + timedelta(days=1)
    fills(day, day.says(CLT, "/release Ada"), talk="yes", decision="until", until=until.date().isoformat())
    midnight = datetime(until.year, until.month, until.day, tzinfo=UTC)
    day.clock.now = midnight - timedelta(seconds=1)
    at_once(day.keeper.keep())
    assert day.sitting().controls.kept_out(ADA)
    day.clock.now = midnight
    at_once(day.keeper.keep())
    assert not day.sitting().controls.kept_out(ADA)
    assert "hold.ended" not in [said for said, _ in day.words.said]
    day.clock.now = midnight + timedelta(hours=9)
    for _ in range(2):
        at_once(day.keeper.keep())

    told = [notice for _, notice in day.messenger.shown.values() if notice.headline == "hold.ended"]
    assert [(len(notice.mentions), notice.severity) for notice in told] == [(1, "know")]
    assert steps(day) == ["talk", "until", "ended"]
    assert key(day.says(CLT, "/who Ada", Named(person=ADA, words="Ada"))) == ("who.record", True)


def test_a_pupil_may_come_the_moment_the_day_begins():
    """Whether or not the clock's duty has been there: the lesson itself hears that the hold has ended."""
    day = held()
    until = START + timedelta(days=1)
    fills(day, day.says(CLT, "/release Ada"), talk="yes", decision="until", until=until.date().isoformat())
    midnight = (datetime(until.year, until.month, until.day, tzinfo=UTC) - START) / timedelta(minutes=1)
    day.happens(left(ADA, 5))
    day.happens(*joined(MS_PATEL, midnight - 60), came(ADA, midnight - 30))
    assert day.sitting(2).controls.kept_out(ADA)
    day.happens(left(ADA, midnight - 20), came(ADA, midnight))

    assert not day.sitting(2).controls.kept_out(ADA)


def test_a_hold_that_waits_for_the_talk_does_not_end_on_its_day():
    """C37: CLT hears that the day has come; once the talk is written down, it is decided anew."""
    day = held()
    until = START + timedelta(days=1)
    day.says(CLT, f"/release Ada until {until.date().isoformat()}")
    day.work("hold")
    day.clock.now = until + timedelta(hours=1)
    for _ in range(2):
        at_once(day.keeper.keep())
    assert day.sitting().controls.kept_out(ADA)
    assert [way for way, _ in day.messenger.calls] == ["channel", "personal"]
    talk = {**TALK, "day": until.date().isoformat()}
    assert key(fills(day, day.says(CLT, "/release Ada"), **talk, decision="later")) == ("release.later", True)
    at_once(day.keeper.keep())
    assert day.sitting().controls.kept_out(ADA)

    assert key(fills(day, day.says(CLT, "/release Ada"), decision="release")) == ("release.done", True)


def test_a_talk_before_its_day_lets_the_hold_end_on_it():
    """What was decided first, counts then."""
    day = held()
    until = START + timedelta(days=1)
    day.says(CLT, f"/release Ada until {until.date().isoformat()}")
    fills(day, day.says(CLT, "/release Ada"), talk="yes", decision="later")
    day.clock.now = until + timedelta(hours=1)
    at_once(day.keeper.keep())

    assert not day.sitting().controls.kept_out(ADA)


def test_an_overdue_hold_is_told_once_to_its_owner_or_else_to_clt():
    """A look, by day; a new due day is another time."""
    day, owned = held(), held()
    owned.says(CLT, "/holds Ada mine")
    for each in (day, owned):
        each.work("hold")
        each.messenger.calls.clear()
        each.skip(days=7)
        for _ in range(2):
            at_once(each.keeper.keep())
    assert [way for way, _ in day.messenger.calls] == ["channel"]
    assert owned.messenger.calls == [("personal", oid_of(CLT))]
    told = [notice for _, notice in day.messenger.shown.values()][-1]
    assert (told.headline, told.severity) == ("hold.overdue", "look")
    day.says(CLT, "/release Ada until further notice")
    day.work("hold")
    day.messenger.calls.clear()
    day.skip(days=27)
    at_once(day.keeper.keep())
    assert day.messenger.calls == []
    day.skip(days=2)
    at_once(day.keeper.keep())

    assert [way for way, _ in day.messenger.calls] == ["personal"]


# --- who comes in all the same --------------------------------------------------------------------------------------------


def test_each_coming_of_a_pupil_on_hold_is_counted_once():
    """A second device is none; coming back is one; it stands on the card and in the log."""
    day = held()
    day.happens(left(ADA, 5))
    day.happens(came(ADA, 10))
    day.happens(came(ADA, 11, device="phone"))
    assert day.people.holds[ADA].came == 1
    day.look(12)
    day.happens(left(ADA, 13), left(ADA, 13, device="phone"))
    day.happens(came(ADA, 20))
    hold = day.people.holds[ADA]
    counted = [event for event in day.register.events() if isinstance(event, CameOnHold)]

    assert (hold.came, len(counted)) == (2, 2)
    assert "hold.came" in day.says(CLT, "/holds Ada").notice.details
    assert "log.came_on_hold" in day.says(MS_PATEL, "/log").notice.details


def test_who_was_there_before_or_was_let_back_is_not_counted():
    """Nor is anybody once the hold has ended."""
    day = held()
    day.look(2)
    assert day.people.holds[ADA].came == 0
    day.says(MS_PATEL, "/undo")
    day.happens(left(ADA, 5))
    day.happens(came(ADA, 10))

    assert day.people.holds[ADA].came == 0
