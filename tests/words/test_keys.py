"""The code and the Fluent file speak of the same messages: read from both sources, so that neither can drift."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, MessageReference
from fluent.syntax.visitor import Visitor

from bot.events import Verb
from bot.held import DECISIONS, UNFIT
from bot.notice import Severity
from bot.orders import OFFERED as STARTED
from bot.picking import WORDS as PICKED
from bot.policy import rule_modules
from bot.reasons import USUAL, AgeBand, Ends
from bot.ruling import SIGHTLESS
from bot.sitting import CUT_OFF
from bot.tiers import ABILITIES, lacking
from tests.words.samples import REPLIES, SAYINGS, WORDS

ROOT = Path(__file__).parents[2]
FTL = (ROOT / "bot" / "words" / "en.ftl").read_text(encoding="utf-8")
RESOURCE = FluentParser().parse(FTL)
MESSAGES = {entry.id.name: entry for entry in RESOURCE.body if isinstance(entry, Message)}
SOURCES = [*sorted((ROOT / "bot").rglob("*.py")), *sorted((ROOT / "policies").glob("*.py")), ROOT / "app.py"]
ASKING = {"reply", "_no", "say"}
ANYTHING = ".+"
OFFERED = {"sorry"}
"""Ready for the edge, which may answer in words where it has no card to show."""


def assigned(tree: ast.AST) -> dict[str, set[str]]:
    """The strings that each name of a module is ever given."""
    found: dict[str, set[str]] = {}

    def give(target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for part, given in zip(target.elts, value.elts, strict=False):
                give(part, given)
        elif isinstance(target, ast.Name):
            found.setdefault(target.id, set()).update(constants(value))

    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                give(target, node.value)
    return found


def constants(node: ast.expr) -> set[str]:
    """A string, or either string of a choice between two."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else set()


def patterns(node: ast.expr, names: dict[str, set[str]]) -> set[str]:
    """What keys an expression can come to, as regular expressions; empty where the source does not tell."""
    if isinstance(node, ast.Name):
        return {re.escape(text) for text in names.get(node.id, set())}
    if isinstance(node, ast.IfExp):
        return patterns(node.body, names) | patterns(node.orelse, names)
    if not isinstance(node, ast.JoinedStr):
        return {re.escape(text) for text in constants(node)}
    made = {""}
    for part in node.values:
        if isinstance(part, ast.Constant):
            ways = {re.escape(str(part.value))}
        else:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            ways = {re.escape(text) for text in names.get(value.id, set())} if isinstance(value, ast.Name) else set()
        made = {before + way for before in made for way in (ways or {ANYTHING})}
    return made


def as_id(pattern: str) -> str:
    """As Fluent writes it, which knows no full stop in a name."""
    return pattern.replace(r"\.", "-").replace(r"\-", "-")


def asked_for() -> Iterator[tuple[str, str]]:
    """Every key that the source asks words for, and where."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = assigned(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            keys = [keyword.value for keyword in node.keywords if keyword.arg == "say"]
            keys += node.args[:1] if called in ASKING else []
            for pattern in {pattern for key in keys for pattern in patterns(key, names)}:
                yield as_id(pattern), f"{path.relative_to(ROOT)}:{node.lineno}"


ASKED = list(asked_for())


def spoken_of() -> Iterator[str]:
    """Every key-like string of the source, wherever it stands: what may be said, by whatever road."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = assigned(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                for pattern in patterns(node, names):
                    if re.match(r"[a-z_]{3,}", pattern):
                        yield as_id(pattern)


class Inside(Visitor):
    """The messages that messages speak of."""

    def __init__(self) -> None:
        self.messages: set[str] = set()

    def visit_MessageReference(self, node: MessageReference) -> None:  # noqa: N802 -- the visitor calls it by this name
        self.messages.add(node.id.name)


def test_the_file_is_well_formed():
    """Nothing of it is junk to the parser, and no message is written twice."""
    names = [entry.id.name for entry in RESOURCE.body if isinstance(entry, Message)]

    assert [entry for entry in RESOURCE.body if type(entry).__name__ == "Junk"] == []
    assert sorted(names) == sorted(set(names))


def test_every_key_that_the_code_asks_for_has_words():
    """A key in bot/ or policies/ without a message would be an alert that nobody can read."""
    wordless = {
        (pattern, where)
        for pattern, where in ASKED
        if pattern and not any(re.fullmatch(pattern, name) for name in MESSAGES)
    }

    assert wordless == set()
    assert {"lone_pupil-alone", "uninvited_attendee-still_here", "sight-blind", "warn-done"} <= {
        key for key, _ in ASKED
    }


def test_every_message_is_used():
    """Words that nothing says are dead; they are removed, or somebody forgot to say them."""
    inside = Inside()
    inside.visit(RESOURCE)
    said = set(spoken_of())
    unused = {
        name
        for name in MESSAGES
        if name not in inside.messages and not any(re.fullmatch(pattern, name) for pattern in said)
    }

    assert unused <= OFFERED


@pytest.mark.parametrize(
    "key",
    [
        *(f"status.can_{one.name}" for one in ABILITIES if one.clauses),
        *(f"status.cannot_{one.name}" for one in lacking("watch") if one.clauses),
        *(f"status.blind_{why}" for why in sorted({*SIGHTLESS.values(), "directory", *CUT_OFF.values()})),
        *(f"left.{one.name}" for one in ABILITIES if one.clauses),
        *(f"status.rules_{mode}" for mode in ("off", "watch", "tell")),
        *(f"status.call_{state}" for state in ("joined", "lobby", "refused")),
        *(f"why.{why}" for why in sorted({*SIGHTLESS.values(), "directory", *CUT_OFF.values()})),
        *(f"button.{verb.value}" for verb in Verb),
        *(f"answered.{verb.value}" for verb in Verb if verb is not Verb.NOTE),
        *(f"passed.{how}" for how in ("person", "mail", "head", "nobody", "vain")),
        *(f"level.{severity.value}" for severity in Severity if severity.value),
        *(f"rule.{name}" for name, _ in rule_modules()),
        *(f"reason.{reason.key}" for reason in USUAL),
        *(f"ends.{end.value}" for end in Ends),
        *(f"ask.{command}" for command in (*STARTED, *PICKED, "removed", "who", "test", "resume", "holds", "release")),
        *(f"choose.{name}" for name in ("spoke", "whom", "day", "agreed", "decision", "until")),
        *(f"choose.decision_{what}" for what in DECISIONS),
        *(f"hold.step_{what}" for what in ("talk", "release", "until", "open", "again", "planned", "undone", "ended")),
        *(f"release.{why}" for why in UNFIT),
    ],
)
def test_every_key_made_of_parts_has_words(key: str):
    """Lines of /status, reasons for blindness, buttons, answers, rules: each member of each family."""
    assert key.replace(".", "-") in MESSAGES


def test_the_samples_cover_every_alert_and_answer():
    """Whatever the code can say is also looked at: its variables, its length, its picture."""
    looked_at = {key.replace(".", "-") for key in (*SAYINGS, *REPLIES)}
    alerts = {name for name, message in MESSAGES.items() if any(part.id.name == "level" for part in message.attributes)}
    answers = {
        name
        for name in MESSAGES
        if re.match(
            "help|status|warn-|approve-|note-|remove|undo-|mic-|holds?-|release-|unknown$|refused-|press-|welcome-|sorry"
            "|ends-|alarms|pause-|resume-|class-|who-|log|test-|ask-|choose-|pupil-|script|plan-|option-",
            name,
        )
    }

    assert (alerts | answers) - looked_at == {"wordless"}


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_every_alert_has_all_its_parts(name: str):
    """A message with a level is an alert: it also has done, next, over and over-done, and nothing else has them."""
    parts = {part.id.name for part in MESSAGES[name].attributes}

    if name.startswith("reason-"):
        assert parts == {band.value for band in AgeBand}
        return
    assert parts <= {"done", "next", "details", "over", "over-done", "level", "join"}
    assert "join" not in parts or "level" in parts
    assert "level" not in parts or parts >= {"done", "next", "over", "over-done"}


def test_a_message_of_a_missing_variable_would_be_noticed(caplog: pytest.LogCaptureFixture):
    """The tests on samples mean something: a fact that is missing leaves a mark and a line in the log."""
    with caplog.at_level(logging.ERROR):
        WORDS.reply("warn.done", {"count": 1, "days": 30})

    assert caplog.records
