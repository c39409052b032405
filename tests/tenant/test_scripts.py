"""The scripts, which were never run: they are PowerShell, call what exists, ask before they change, and know their own words."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from bot.doctor.export import Export
from bot.doctor.tenant import Judged, mend
from bot.doctor.tenant_settings import SETTINGS
from bot.tiers import ACCESS_POLICY, REMOVAL
from deploy.tenant import pages
from deploy.tenant.steps import STEPS
from tests.tenant.powershell import Command, commands, every, functions, parsed, said

ROOT = Path(__file__).parents[2]
KNOWN = tomllib.loads((pages.HERE / "cmdlets.toml").read_text(encoding="utf-8"))
CMDLETS = KNOWN["cmdlets"]
COMMON = {"ErrorAction", "WhatIf", "Confirm", "Verbose", "WarningAction"}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(pages.HERE.glob("*.ps1"))}
TREES = {name: parsed(text) for name, text in SCRIPTS.items()}
OURS = {name: node for tree in TREES.values() for name, node in functions(tree).items()}
MAIN = ("set-up.ps1", "undo.ps1")


def parameters_of(function: str) -> set[str]:
    """What a function of ours takes."""
    return set(re.findall(r"\[[\w.]+\] \$(\w+)", said(OURS[function]).partition("param(")[2].partition(")\n")[0]))


def changes(command: Command) -> bool:
    """Whether a command writes: to the tenant, or to a file."""
    if command.name == "Invoke-MgGraphRequest":
        return "-Method GET" not in command.text
    return bool(CMDLETS.get(command.name, {}).get("changes"))


def in_words(text: str) -> list[str]:
    """The lines of PowerShell in a sentence, which stand between backticks."""
    return [line for line in re.findall(r"`([^`]+)`", text) if re.match(r"[A-Z]\w+-[A-Z]\w+", line)]


def spoken() -> list[str]:
    """Every line of PowerShell that people are told to run, in steps and in the tiers' table."""
    told = [text for step in STEPS for text in (*step.by_hand, step.see, step.undo)]
    lines = [line for text in told for line in in_words(text)]
    return [
        *lines,
        *doctors(),
        *ACCESS_POLICY.lines("A", "G"),
        *ACCESS_POLICY.undo_lines("A", "G"),
        *REMOVAL.lines("A"),
    ]


def doctors() -> list[str]:
    """What the doctor tells people to run, for every setting of its table, in a tenant with one policy for all."""
    export = Export.model_validate(json.loads((ROOT / "tests/doctor/exports/bad.json").read_text(encoding="utf-8")))
    told = [line for one in SETTINGS for line in mend(Judged(one, "Global", None), export, shared=True)]
    return list(
        dict.fromkeys(line for text in told for line in [*in_words(text), text] if re.match(r"[A-Z]\w+-Cs", line))
    )


ALL = [(name, command) for name, tree in TREES.items() for command in commands(tree)]


def test_the_scripts_are_there():
    """And nobody reads an empty folder."""
    assert set(SCRIPTS) == {"common.ps1", "graph.ps1", "teams.ps1", *MAIN}
    assert len(ALL) > 100


@pytest.mark.parametrize(("script", "command"), ALL, ids=lambda one: one if isinstance(one, str) else f"{one.line}")
def test_every_command_exists_and_takes_its_parameters(script: str, command: Command):
    """A function of ours, or a cmdlet with its source in cmdlets.toml."""
    if command.name in OURS:
        assert {*command.parameters} <= parameters_of(command.name) | COMMON
    else:
        assert command.name in CMDLETS
        assert {*command.parameters} <= {*CMDLETS[command.name]["parameters"]} | COMMON


@pytest.mark.parametrize("line", spoken())
def test_what_people_are_told_to_run_exists_too(line: str):
    """The same for lines on the page, in the guide's tables and in alerts."""
    for command in commands(parsed(line)):
        assert {*command.parameters} <= {*CMDLETS[command.name]["parameters"]}


@pytest.mark.parametrize(("script", "command"), [(script, one) for script, one in ALL if changes(one)], ids=str)
def test_nothing_is_changed_unasked(script: str, command: Command):
    """With -WhatIf nothing is written, to the tenant or to a file."""
    assert command.guarded


def test_an_unguarded_change_would_be_seen():
    """The parser sees a guard where one is, and none where none is."""
    script = """
    function A {
        if ($PSCmdlet.ShouldProcess('a')) { Set-One -Id 1 } else { Set-Two }
        if (-not $PSCmdlet.ShouldProcess('b')) { return }
        Set-Three
    }
    function B { if ($Really) { Set-Four } elseif (-not $PSCmdlet.ShouldProcess('c')) { Set-Five } }
    """

    assert {command.name: command.guarded for command in commands(parsed(script))} == {
        "Set-One": True,
        "Set-Two": False,
        "Set-Three": True,
        "Set-Four": False,
        "Set-Five": False,
    }
    with pytest.raises(ValueError, match="line 1"):
        parsed("if ($a { }")


def test_every_cmdlet_has_a_source_and_is_used():
    """The list holds no more than is needed, and each is from a module whose page is named."""
    used = {command.name for _, command in ALL} | {
        command.name for line in spoken() for command in commands(parsed(line))
    }

    assert {*CMDLETS} == used - {*OURS}
    assert {one["module"] for one in CMDLETS.values()} <= {*KNOWN["modules"]}
    assert all(page.startswith("https://learn.microsoft.com/powershell/module/") for page in KNOWN["modules"].values())


def test_only_current_modules_are_used():
    """MicrosoftTeams and Microsoft.Graph; nothing of the retired AzureAD, MSOnline or Skype modules."""
    modules = {one["module"] for one in CMDLETS.values()}

    assert all(module.startswith(("MicrosoftTeams", "Microsoft.Graph", "Microsoft.PowerShell.")) for module in modules)


@pytest.mark.parametrize("step", [step for step in STEPS if step.function], ids=lambda step: step.key)
def test_each_step_is_one_function_of_its_part(step):
    """With the same parameters, able to show what it would do; and another that takes it back."""
    here = functions(TREES[f"{step.by}.ps1"])
    for name in filter(None, (step.function, step.undo_function)):
        assert "[CmdletBinding(SupportsShouldProcess)]" in said(here[name])
        assert parameters_of(name) == {"School", "State"}


@pytest.mark.parametrize("script", MAIN)
def test_a_script_says_what_it_does_and_can_only_show_it(script: str):
    """Help, PowerShell 7, -WhatIf handed on to each step, and what was done written down even after a failure."""
    text = SCRIPTS[script]

    assert text.startswith("#Requires -Version 7.4\n<#\n.SYNOPSIS\n")
    assert "[CmdletBinding(SupportsShouldProcess)]\nparam(" in text
    assert text.count("-WhatIf:$WhatIfPreference") == 2
    assert any(node.type == "try_statement" and "finally" in said(node) for node in every(TREES[script]))
    assert "Never run against Microsoft's service" in text


def test_scripts_speak_of_what_the_plan_has():
    """A misspelt member would be silently nothing in PowerShell."""
    plan = json.loads(pages.plan())
    text = "\n".join(SCRIPTS.values())

    assert {*re.findall(r"\$School\.Plan\.(\w+)|\$[Pp]lan\.(\w+)", text)}
    assert {a or b for a, b in re.findall(r"\$School\.Plan\.(\w+)|\$[Pp]lan\.(\w+)", text)} <= {*plan}
    assert {*re.findall(r"\$[Ss]tep\.(\w+)", text)} <= {*plan["steps"][0]}
    assert {*re.findall(r"\$State\.(?!Remove)(\w+)", text)} <= {step.key for step in STEPS}
    assert {*re.findall(r"\.Remove\('(\w+)'\)", text)} <= {step.key for step in STEPS}


@pytest.mark.parametrize("script", MAIN)
def test_each_step_gets_what_it_reads_of_the_school(script: str):
    """Whatever a step, and what it calls, reads of $School stands in the table that the script makes."""
    given = {*re.findall(r"(\w+) = ", SCRIPTS[script].partition("$school = @{")[2].partition("}\n")[0])}
    which = "function" if script == "set-up.ps1" else "undo_function"
    called = [getattr(step, which) for step in STEPS if getattr(step, which)]
    called += [] if script == "set-up.ps1" else ["Find-GraphRemains", "Find-TeamsRemains"]
    read: set[str] = set()
    while called:
        node = OURS[called.pop()]
        read |= {*re.findall(r"\$School\.(\w+)", said(node))}
        called += [command.name for command in commands(node) if command.name in OURS]

    assert read <= given
