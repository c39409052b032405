"""PowerShell read by a parser, since it cannot be run here: a script's commands, their parameters and what guards them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

PARSER = Parser(Language(tree_sitter_powershell.language()))
ASKED = "$PSCmdlet.ShouldProcess("


@dataclass(frozen=True)
class Command:
    """A command as written: its name, its parameters without the dash, its line, and whether ShouldProcess stands before it."""

    name: str
    parameters: tuple[str, ...]
    line: int
    guarded: bool
    text: str


def parsed(script: str) -> Node:
    """The tree of a script; ValueError where it is not PowerShell."""
    tree = PARSER.parse(script.encode()).root_node
    if tree.has_error:
        wrong = next(node for node in every(tree) if node.type == "ERROR" or node.is_missing)
        raise ValueError(f"line {wrong.start_point[0] + 1}: {said(wrong)[:80]!r}")
    return tree


def every(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in node.children:
        yield from every(child)


def said(node: Node) -> str:
    """What stands in the script there."""
    return (node.text or b"").decode()


def commands(tree: Node) -> list[Command]:
    """The commands called by name; those called through a variable are left out."""
    return [
        Command(
            name=said(name),
            parameters=tuple(
                said(part).lstrip("-").rstrip(":")
                for part in every(node)
                if part.type == "command_parameter" and _command_of(part) == node
            ),
            line=node.start_point[0] + 1,
            guarded=_guarded(node),
            text=said(node),
        )
        for node in every(tree)
        if node.type == "command" and (name := _name(node))
    ]


def functions(tree: Node) -> dict[str, Node]:
    """The functions of a script by name."""
    return {
        said(next(child for child in node.children if child.type == "function_name")): node
        for node in every(tree)
        if node.type == "function_statement"
    }


def _name(node: Node) -> Node | None:
    return next((child for child in node.children if child.type == "command_name"), None)


def _command_of(node: Node) -> Node | None:
    while node.parent is not None:
        node = node.parent
        if node.type == "command":
            return node
    return None


def _above(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _condition(branch: Node) -> str:
    """What an `if` or `elseif` asks: all before its block."""
    return "".join(said(child) for child in branch.children[: _block_at(branch)])


def _block_at(branch: Node) -> int:
    return next(at for at, child in enumerate(branch.children) if child.type == "statement_block")


def _guarded(node: Node) -> bool:
    """In a block that ShouldProcess opened, or after one that returned because it said no."""
    for above in _above(node):
        if above.type in ("if_statement", "elseif_clause"):
            block = above.children[_block_at(above)]
            asked = _condition(above)
            if block.start_byte <= node.start_byte < block.end_byte and ASKED in asked and f"-not {ASKED}" not in asked:
                return True
        if any(_returns_unless_asked(before) for before in above.children if before.end_byte <= node.start_byte):
            return True
    return False


def _returns_unless_asked(node: Node) -> bool:
    if node.type != "if_statement":
        return False
    return f"-not {ASKED}" in _condition(node) and "return" in said(node.children[_block_at(node)])
