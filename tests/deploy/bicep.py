"""Reading Bicep: what a file declares, as plain Python. Objects are dicts, arrays lists, expressions `Expression` text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_bicep.language()))


class Expression(str):
    """Something that is worked out on deploying."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A param, resource, module or output. `value` is a default, a body, or what is put out."""

    what: str
    name: str
    type: str
    value: Any
    decorators: tuple[str, ...]
    condition: str = ""
    existing: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """All that a file declares, and its mistakes."""

    path: Path
    declared: list[Declared]
    mistakes: list[str] = field(default_factory=list)

    def all(self, what: str) -> list[Declared]:
        return [one for one in self.declared if one.what == what]


def read(path: Path) -> File:
    root = _PARSER.parse(path.read_bytes()).root_node
    decorators: tuple[str, ...] = ()
    declared = []
    for node in root.children:
        if node.type == "decorators":
            decorators = tuple(_text(one).removeprefix("@") for one in node.named_children)
            continue
        if node.type.endswith("_declaration"):
            declared.append(_declared(node, decorators))
        decorators = () if node.type != "comment" else decorators
    return File(path, declared, [f"{path.name}:{bad.start_point[0] + 1}" for bad in _bad(root)])


def _declared(node: Node, decorators: tuple[str, ...]) -> Declared:
    what = node.type.removesuffix("_declaration").replace("parameter", "param")
    kinds = [child.type for child in node.children]
    name = next((_text(child) for child in node.children if child.type == "identifier"), "")
    quoted = next((_value(child) for child in node.children if child.type in ("string", "type")), "")
    value, condition = None, ""
    if "=" in kinds:
        last = node.children[-1]
        if last.type == "if_statement":
            condition = _text(last.named_children[0])
            last = last.named_children[-1]
        value = _value(last)
    return Declared(what, name, str(quoted), value, decorators, condition, "existing" in kinds)


def _value(node: Node) -> Any:
    match node.type:
        case "object":
            return {
                _key(one): _value(one.named_children[-1])
                for one in node.named_children
                if one.type == "object_property"
            }
        case "array":
            return [_value(one) for one in node.named_children]
        case "string":
            inner = _text(node).strip("'")
            return Expression(inner) if "${" in inner else inner
        case "number":
            return int(_text(node))
        case "boolean":
            return _text(node) == "true"
    return Expression(_text(node))


def _key(node: Node) -> str:
    return (
        _text(node.named_children[0]).strip("'")
        if len(node.named_children) > 1
        else _text(node).partition(":")[0].strip("'")
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _bad(node: Node) -> list[Node]:
    here = [node] if node.type == "ERROR" or node.is_missing else []
    return here + [bad for child in node.children for bad in _bad(child)]
