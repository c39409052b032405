"""What every rule keeps to, whatever it is about: held against every file found in policies/."""

import ast
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policies
from bot.actions import Mode
from bot.events import Kind
from bot.policy import Audience, LookAgain, Mute, Pause, Remove, RuleSettings, Tell, Verb, find_rules, rule_modules
from bot.sitting import Sitting
from tests.builders import LESSON, START, after, sitting_of
from tests.histories import histories, minutes

FILES = sorted(path for path in Path(policies.__path__[0]).glob("*.py") if path.name != "__init__.py")
RULES = dict(rule_modules())
IMPURE = {"io", "time", "os", "socket", "random", "asyncio", "threading", "subprocess", "pathlib", "logging", "secrets"}
by_rule = pytest.mark.parametrize("name", RULES)
by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_presence_is_registration():
    """Every file is a rule, every rule is a file, and each is on unless the school says otherwise."""
    assert set(RULES) == {path.stem for path in FILES}
    assert {rule.name for rule in find_rules({})} == set(RULES)
    assert find_rules({name: {"enabled": False} for name in RULES}) == ()


@by_file
def test_imports_are_pure(path):
    """A rule may import `bot.policy` and the standard library without clocks, files, networks and chance."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.partition(".")[0]
            assert name == "bot.policy" or (top in sys.stdlib_module_names and top not in IMPURE), name


@by_file
def test_nothing_reaches_outside_by_a_built_in(path):
    """No open, print, input, eval, exec or __import__, and no reading of the clock."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert not called & {"open", "print", "input", "eval", "exec", "__import__", "breakpoint"}
    assert not asked & {"now", "utcnow", "today"}


@by_file
def test_it_is_small(path):
    """A rule is sixty lines of code, or it is two rules; the lines of its docstrings and imports are free."""
    source = path.read_text(encoding="utf-8")
    free = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    code = [number for number, line in enumerate(source.splitlines(), 1) if line.strip() and number not in free]

    assert len(code) <= 60
    assert "dry_run" not in source


@by_rule
def test_it_opens_with_what_it_enforces(name):
    """A sentence of our own, then the numbers of the clauses."""
    doc = RULES[name].__doc__ or ""
    first, _, rest = doc.strip().partition("\n")
    clauses = re.search(r"^Clauses:((?: C\d{1,2})+)$", rest, re.MULTILINE)

    assert first.endswith(".")
    assert clauses
    assert all(1 <= int(clause[1:]) <= 95 for clause in clauses[1].split())


@by_rule
def test_its_settings_are_a_rules_settings(name):
    """Every rule has `enabled`, `mode` and `mention`, works without a table, and forbids keys it does not know."""
    settings = RULES[name].Settings

    assert issubclass(settings, RuleSettings)
    assert settings().mode is Mode.ACT
    assert settings.model_config["extra"] == "forbid"
    assert settings.model_config["frozen"]
    with pytest.raises(ValueError, match="frozen"):
        settings().enabled = False


@by_rule
@given(history=histories, minute=minutes, extra=st.integers(0, 60))
def test_it_keeps_to_what_a_rule_may_do(name, history, minute, extra):
    """The same answer twice; nobody who is staff or unresolved is acted on; looks lie ahead; facts are keys and times."""
    module = RULES[name]
    sitting, now, settings = sitting_of(history), after(minute + extra), module.Settings()

    actions = list(module.decide(sitting, now, settings))

    assert actions == list(module.decide(sitting, now, settings))
    for action in actions:
        if isinstance(action, LookAgain):
            assert action.at > now
            continue
        if isinstance(action, Pause):
            continue
        if isinstance(action, Tell) and action.to is Audience.ON_CALL:
            assert action.about in sitting.on_call
            _well_told(name, sitting, action)
            continue
        assert action.about is None or sitting.kind(action.about) not in (Kind.STAFF, Kind.UNRESOLVED, Kind.BOT)
        assert isinstance(action, Tell | Remove | Mute)
        if isinstance(action, Tell):
            _well_told(name, sitting, action)


def _well_told(name: str, sitting: Sitting, tell: Tell) -> None:
    assert tell.say.startswith(f"{name}.")
    assert tell.to in Audience
    assert len(tell.choices) <= 3
    assert all(isinstance(choice, Verb) for choice in tell.choices)
    assert set(tell.rests_on) <= set(sitting.members)
    assert all(isinstance(value, str | int | float | bool | tuple | None) for value in tell.facts.values())


@by_rule
def test_an_empty_sitting_asks_nothing(name):
    """Nothing has happened: nothing to say."""
    module = RULES[name]

    assert list(module.decide(Sitting(LESSON), START, module.Settings())) == []
