"""The Fluent files: one message, or one part of it, put into words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

Variables = Mapping[str, str | int | float]
HERE = Path(__file__).parent
log = logging.getLogger(__name__)


class UnknownWords(KeyError):
    """Nobody has written words for this key."""


class Phrases:
    """The messages of one language. A key like `lone_pupil.alone` is the message `lone_pupil-alone`."""

    def __init__(self, language: str) -> None:
        # Isolating marks are for mixed directions; names have theirs taken out, and these would break searches.
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(FluentResource((HERE / f"{language}.ftl").read_text(encoding="utf-8")))

    def has(self, key: str) -> bool:
        """Whether there are words for this key."""
        return bool(self._bundle.has_message(key.replace(".", "-")))

    def say(self, key: str, variables: Variables | None = None, part: str | None = None) -> str:
        """The words of a message, or of its `part`; "" if it has no such part. UnknownWords if there is no such message."""
        if not self.has(key):
            raise UnknownWords(key)
        message = self._bundle.get_message(key.replace(".", "-"))
        pattern = message.value if part is None else message.attributes.get(part)
        if pattern is None:
            return ""
        words, errors = self._bundle.format_pattern(pattern, dict(variables or {}))
        if errors:
            # Half a sentence still warns somebody; the tests see to it that this does not happen.
            log.error("words of %s do not fit: %s", key, ", ".join(type(error).__name__ for error in errors))
        return str(words).strip()


@cache
def phrases(language: str = "en") -> Phrases:
    """The messages of a language, read once."""
    return Phrases(language)
