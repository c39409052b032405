"""The table of steps: complete for every tier, in an order that works, and the same on the page and in the plan."""

import json

import pytest

from bot.tiers import ABILITIES, TIERS, abilities, permissions
from deploy.tenant import pages
from deploy.tenant.steps import STEPS, VALUES, number, steps_of

AT = {step.key: number(step) for step in STEPS}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_step_says_all_that_the_reader_needs(step):
    """What changes, how, what one sees, and how it is undone; and whose hand or which script."""
    assert step.by in ("hand", "graph", "teams")
    assert step.tier in TIERS
    assert step.changes.endswith(".")
    assert all((step.title, step.role, step.by_hand, step.see, step.undo))
    assert bool(step.function) == (step.by != "hand")
    assert bool(step.scopes) == (step.by == "graph")
    assert {*step.serves} <= {one.name for one in ABILITIES}
    assert "|" not in "".join((step.changes, *step.by_hand, step.see, step.undo, step.wait))


def test_whatever_a_script_changes_another_takes_back():
    """Only writing down the policies changes nothing, so only it has nothing to undo."""
    assert [step.key for step in STEPS if step.function and not step.undo_function] == ["policies"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("bot", "endpoint"),
        ("bot", "events"),
        ("registration", "certificate"),
        ("registration", "permissions"),
        ("catalogue", "meeting_consent"),
        ("catalogue", "channel"),
        ("catalogue", "set_up_policy"),
        ("set_up_policy", "assign_policy"),
        ("permissions", "access_policy"),
        ("calling", "removal"),
    ],
)
def test_a_step_comes_after_what_it_needs(first, then):
    """In the order of the table, so that both parts of the script can be run once each, graph first."""
    assert AT[first] < AT[then]


def test_the_parts_do_not_wait_for_each_other():
    """All of the script's part graph comes before its part teams: two windows, one after the other."""
    parts = [step.by for step in STEPS if step.by != "hand"]

    assert parts == sorted(parts)


@pytest.mark.parametrize("tier", TIERS)
def test_each_tier_has_the_steps_of_its_abilities(tier):
    """Whatever an ability takes of an administrator is a step of its tier; and no step is for a higher tier."""
    steps = steps_of(tier)
    served = {name for step in steps for name in step.serves}

    assert {one.name for one in abilities(tier)} <= served
    assert all(TIERS.index(step.tier) <= TIERS.index(tier) for step in steps)
    for one in abilities(tier):
        if one.cmdlets is not None:
            assert any(one.cmdlets.lines("APP-ID", "STAFF-GROUP")[-1] in "".join(step.by_hand) for step in steps)


def test_the_box_no_script_can_tick_is_a_step_with_its_check():
    """By hand, and told how to find out that it was forgotten."""
    step = next(step for step in STEPS if step.key == "events")

    assert step.by == "hand"
    assert "/status" in " ".join(step.by_hand)
    assert step.clauses == ("C13", "C30", "C31", "C32", "C55", "C56")


def test_the_plan_grants_what_the_tiers_ask():
    """Read by the scripts, it names for each tier the permissions of bot/tiers.py, in both places."""
    plan = json.loads(pages.PLAN.read_text(encoding="utf-8"))

    assert plan["permissions"] == {
        tier: {place: [one.name for one in permissions(tier, place)] for place in ("entra", "meeting")}
        for tier in TIERS
    }
    assert [step["number"] for step in plan["steps"]] == list(range(1, len(STEPS) + 1))


def test_the_page_has_every_step_and_says_that_none_was_tried():
    """One row for each, with its number; and every blank is explained at the top."""
    page = pages.by_hand()

    assert page.count("\n| ☐ ") == len(STEPS) + 1
    assert all(f"| ☐ {number(step)} | **{step.title}**" in page for step in STEPS)
    assert "checked on paper" in page
    assert all(f"| {value}:" in page for value in VALUES)
