"""The seal: the policy's options and roles set before a lesson begins."""

from dataclasses import replace

import pytest

from bot.events import oid_of
from bot.policy import Mode
from bot.ports import OutOfReach, Refused
from bot.school import School
from tests.builders import ADA, BEN, MR_OKAFOR, MS_PATEL, after, rule_of, school_with
from tests.core.coming import Coming, lesson
from tests.school_day import ONLINE

OKAFOR, BEN_ID = oid_of(MR_OKAFOR), oid_of(BEN)
SEALED = {"mic": False, "presenters": "organizer", "record_automatically": True}


def guarded(**plan: object) -> School:
    """The example school in the guard tier."""
    school = school_with(tier="guard")
    return replace(school, plan=school.plan.model_copy(update=plan))


async def sealed(day: Coming, event: str = "maths") -> str | None:
    """What came of sealing."""
    await day.sealer.seal()
    return day.plans.lessons[event].sealed


async def test_what_the_rules_want_is_set_before_the_start_in_one_change():
    """Microphones, presenters and recording by itself; the lobby stays as it is, and nobody is written to."""
    day = Coming(guarded(), lesson(5))

    assert await sealed(day) == "sealed"
    assert day.options.changes == [SEALED]
    assert day.plans.lessons["maths"].thread == ONLINE.thread
    assert day.read() == []


@pytest.mark.parametrize(("minute", "tier"), [(11, "guard"), (-1, "guard"), (5, "watch")])
async def test_nothing_is_set_too_early_or_too_late_or_without_the_right(minute: float, tier: str):
    """Ten minutes before the start, not for a lesson that has begun, and not in the watch tier."""
    day = Coming(school_with(tier=tier), lesson(minute))

    assert await sealed(day) is None
    assert day.options.changes == []


async def test_a_sealed_lesson_is_not_sealed_again():
    """A teacher may free the microphones again before the start."""
    day = Coming(guarded(), lesson(5))
    await day.sealer.seal()
    await day.sealer.seal()

    assert len(day.options.changes) == 1


async def test_invited_staff_present_and_nobody_else():
    """Roles, for a colleague who would else be held as an attendee; a pupil who was made a co-organiser is one no more."""
    day = Coming(guarded(), lesson(5, staff=(MR_OKAFOR,), invitees=(ADA, MR_OKAFOR)))
    day.with_roles(**{OKAFOR: "attendee", BEN_ID: "coorganizer"})

    assert await sealed(day) == "sealed"
    assert day.options.changes == [{**SEALED, "presenters": "roles"}]
    assert day.options.online.roles == {OKAFOR: "presenter", BEN_ID: "attendee"}


async def test_a_coorganiser_of_the_staff_stays_one():
    """Roles that are well already need no change."""
    day = Coming(guarded(), lesson(5, staff=(MR_OKAFOR,), invitees=(ADA, MR_OKAFOR)))
    day.with_roles(**{OKAFOR: "coorganizer"})
    await day.sealer.seal()

    assert day.options.changes == [{**SEALED, "presenters": "roles"}]
    assert day.options.online.roles == {OKAFOR: "coorganizer"}


async def test_the_teacher_hears_of_what_teams_did_not_take():
    """Privately and once, with what is to be done by hand."""
    day = Coming(guarded(), lesson(5))
    day.options.stuck = {"record_automatically"}

    assert await sealed(day) == "missed: record_automatically"
    assert day.read() == ["personal plan.needs_you"]
    assert day.messenger.calls == [("personal", oid_of(MS_PATEL))]
    assert [key for key, _ in day.words.said] == ["option.record_automatically", "plan.needs_you"]


async def test_a_school_may_have_every_seal_told():
    """What was set, to the teacher alone."""
    day = Coming(guarded(tell_sealed=True), lesson(5))
    await day.sealer.seal()

    assert day.read() == ["personal plan.sealed"]


async def test_a_refusal_is_told_to_it_once_a_day_and_not_for_each_lesson():
    """With Microsoft's cmdlet; the lesson is left to its live rules."""
    day = Coming(guarded(), lesson(5), lesson(6, "art"))
    day.options.trouble = Refused("no_access_policy", "New-CsApplicationAccessPolicy ...")

    assert await sealed(day) == "refused: no_access_policy"
    assert await sealed(day, "art") == "refused: no_access_policy"
    assert day.read() == ["channel plan.refused"]
    assert dict(day.words.said)["plan.refused"]["words"] == "New-CsApplicationAccessPolicy ..."


async def test_while_graph_is_out_of_reach_the_seal_waits_for_the_next_round():
    """Until the lesson begins."""
    day = Coming(guarded(), lesson(5))
    day.options.trouble = OutOfReach("no answer")
    first = await sealed(day)
    day.options.trouble = None

    assert (first, await sealed(day)) == (None, "sealed")


async def test_a_store_that_is_away_is_out_of_reach_for_the_whole_round():
    """As one trouble, so that the duty is put off and not taken for broken."""
    day = Coming(guarded(), lesson(5), lesson(6, "art"))
    day.foretold.trouble = OutOfReach("no database")
    day.options.trouble = Refused("no_access_policy", "...")

    with pytest.raises(OutOfReach):
        await day.sealer.seal()


async def test_a_rule_that_raises_or_only_watches_sets_nothing_and_stops_no_other():
    """The lesson's own judging tells of the first."""

    def broken(sitting, now, settings):
        raise RuntimeError("no")
        yield

    school = guarded()
    quiet = [rule for rule in school.rules if rule.name == "mute_on_entry"]
    watched = rule_of(quiet[0].decide, "watched", Mode.WATCH)
    recording = school.rule("recording")
    day = Coming(replace(school, rules=(rule_of(broken), watched, recording)), lesson(5))

    assert await sealed(day) == "sealed"
    assert day.options.changes == [{"record_automatically": True}]


async def test_the_time_of_the_seal_is_the_schools_to_choose():
    """An hour ahead, if it wants."""
    day = Coming(guarded(seal_before=after(60) - after(0)), lesson(50))

    assert await sealed(day) == "sealed"
