"""`$filter` as Graph reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.odata import Json

Test = Callable[[Json], bool]
MOST_CLAUSES = 15
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w/]*)|(\d[\w.:+-]*)|([(),:]))")


def bad_filter(why: str = "Invalid filter clause") -> Refused:
    return Refused(400, "Request_UnsupportedQuery", why)


class _Reader:
    """A recursive descent over `$filter`: and, or, not, eq, ne, in, startswith, and any over a list."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if not found:
                raise bad_filter()
            self._tokens.append(next(filter(None, found.groups())))
            at = found.end()
        self._at = 0
        self.clauses = 0

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, wanted: str | None = None) -> str:
        token = self._peek()
        if not token or (wanted is not None and token.lower() != wanted):
            raise bad_filter()
        self._at += 1
        return token

    def whole(self) -> Test:
        test = self._either()
        if self._peek():
            raise bad_filter()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._peek().lower() == "or":
            self._take()
            tests.append(self._both())
        return lambda item: any(test(item) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek().lower() == "and":
            self._take()
            tests.append(self._one())
        return lambda item: all(test(item) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "(":
            self._take()
            test = self._either()
            self._take(")")
            return test
        if self._peek().lower() == "not":
            self._take()
            inner = self._one()
            return lambda item: not inner(item)
        self.clauses += 1
        name = self._take()
        if self._peek() == "(":
            return self._called(name)
        return self._compared(name)

    def _called(self, name: str) -> Test:
        self._take("(")
        if name.lower() == "startswith":
            about = self._take()
            self._take(",")
            start = str(self._value()).lower()
            self._take(")")
            return lambda item: str(_of(item, about) or "").lower().startswith(start)
        if not name.lower().endswith("/any"):
            raise bad_filter()
        about, _ = self._take(), self._take(":")
        if self._take() != about:
            raise bad_filter()
        self._take("eq")
        wanted = self._value()
        self._take(")")
        listed = name[: -len("/any")]
        return lambda item: any(_same(each, wanted) for each in _of(item, listed) or [])

    def _compared(self, name: str) -> Test:
        how = self._take().lower()
        if how == "in":
            self._take("(")
            values = [self._value()]
            while self._peek() == ",":
                self._take()
                values.append(self._value())
            self._take(")")
            if len(values) > MOST_CLAUSES:
                raise bad_filter(f"Too many child clauses specified in search filter expression. Max: {MOST_CLAUSES}.")
            return lambda item: any(_same(_of(item, name), value) for value in values)
        value = self._value()
        if how not in ("eq", "ne"):
            raise bad_filter()
        return lambda item: _same(_of(item, name), value) is (how == "eq")

    def _value(self) -> Any:
        token = self._take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return {"true": True, "false": False, "null": None}.get(token.lower(), token)


def _of(item: Json, name: str) -> Any:
    found: Any = item
    for part in name.split("/"):
        if not isinstance(found, dict) or part not in found:
            raise bad_filter(f"Unsupported property filter clause for '{part}'.")
        found = found[part]
    return found


def _same(one: Any, other: Any) -> bool:
    return one.lower() == other.lower() if isinstance(one, str) and isinstance(other, str) else one == other


def matching(text: str) -> Test:
    """Whether an object fits a `$filter`; Refused for one Graph would not take."""
    reader = _Reader(text)
    test = reader.whole()
    if reader.clauses > MOST_CLAUSES:
        raise bad_filter(f"Too many child clauses specified in search filter expression. Max: {MOST_CLAUSES}.")
    return test
