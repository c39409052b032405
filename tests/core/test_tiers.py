"""The table of tiers holds together: with the rules, with itself, and with what may be said of it."""

import ast
import sys
from pathlib import Path

import pytest

from bot import tiers
from bot.policy import clauses_of, rule_modules
from bot.tiers import (
    ABILITIES,
    CATALOGUE,
    PLACING,
    TIERS,
    abilities,
    cmdlets,
    lacking,
    needs_calling,
    permissions,
    resting_on,
)
from deploy.docs.tiers import left_to_people

BY_COMMAND = {"C75", "C78", "C34", "C35", "C82"}
"""Clauses that a person serves through a command: /warn and /remove."""


def test_every_clause_that_a_rule_serves_leans_on_an_ability():
    """A new clause in a rule's docstring needs its place in ABILITIES; and nothing is claimed that no rule serves."""
    served = {clause for _, rule in rule_modules() for clause in clauses_of(rule)}

    assert {clause for one in ABILITIES for clause in one.clauses} == served | BY_COMMAND


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_has_what_it_has_and_lacks_the_rest(tier):
    """Each ability is held or lacking, and those of the tier before are kept."""
    held, not_held = abilities(tier), lacking(tier)

    assert [one for one in ABILITIES if one in held] == list(held)
    assert {*held, *not_held} == {*ABILITIES}
    assert not {*held} & {*not_held}


def test_watching_writes_nothing_and_needs_no_cmdlet():
    """Beyond messages and e-mail the lowest tier changes nothing of a school's."""
    asked = [one.name for place in ("entra", "meeting") for one in permissions("watch", place)]

    assert not [name for name in asked if "Write" in name or "Manage" in name]
    assert cmdlets("watch") == ()
    assert not needs_calling("watch")


def test_each_step_up_adds_its_own():
    """What a school grants more, going up."""
    entra = [[one.name for one in permissions(tier, "entra")] for tier in TIERS]

    assert entra[1] == [*entra[0], PLACING.name, CATALOGUE.name, "OnlineMeetings.ReadWrite.All"]
    assert entra[2] == [*entra[1], "Calls.JoinGroupCall.All"]
    assert [len(cmdlets(tier)) for tier in TIERS] == [0, 1, 2]
    assert [needs_calling(tier) for tier in TIERS] == [False, False, True]


def test_the_lines_to_run_are_filled_in():
    """With the school's own ids, and no blank left."""
    lines = [line for each in cmdlets("remove") for line in each.lines("APP", "STAFF")]

    assert "".join(lines).count('"APP"') == 2
    assert any('-Group "STAFF"' in line for line in lines)
    assert lines[-1].endswith('@{Add="APP"}')


def test_a_missing_permission_names_what_it_leaves_to_people():
    """Through every ability that takes it."""
    assert resting_on("Calls.JoinGroupCall.All") == (
        "C16",
        "C17",
        "C18",
        "C19",
        "C24",
        "C32",
        "C35",
        "C37",
        "C52",
        "C62",
        "C75",
        "C78",
        "C82",
        "C94",
    )
    assert resting_on("Calendars.ReadBasic.All") == ("C30", "C32")
    assert resting_on("Nothing.Known") == ()


def test_less_is_left_to_people_in_each_tier():
    """And in the highest nothing of what tiers do."""
    left = [{*left_to_people(tier)} for tier in TIERS]

    assert left[0] > left[1] > left[2] == set()


def test_one_reason_stands_for_each_permission():
    """One sentence, and fit for a table."""
    every = {one for ability in ABILITIES for one in ability.permissions}

    assert len({one.name for one in every}) == len(every)
    assert all(one.why.endswith(".") and ". " not in one.why and "|" not in one.why for one in every)
    assert {one.place for one in every} == {"entra", "meeting"}


def test_the_table_needs_nothing_but_python():
    """The package is built where nothing is installed."""
    tree = ast.parse(Path(tiers.__file__).read_text(encoding="utf-8"))
    brought = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in brought if name} <= {*sys.stdlib_module_names}
