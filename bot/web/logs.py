"""JSON lines on stdout. Whoever wrote the line, no token, join link, name or query stands in it.

Our own loggers (`schoolgate...`, `bot...`) say what they say, with tokens and links cut out in case. Of other libraries'
loggers only warnings are kept, and of these not the words: the logger, the level, and what kind of error at which place.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from aiohttp.http_exceptions import HttpProcessingError
from pythonjsonlogger.json import JsonFormatter

OURS = ("schoolgate", "bot")
_JWT = re.compile(r"\beyJ[\w-]{4,}(?:\.[\w-]*){0,4}")
_BEARER = re.compile(r"\bbearer\s+\S+", re.IGNORECASE)
_URL = re.compile(r"\b([a-z][a-z0-9+.-]{1,12}://)(?:[^\s/@]*@)?([^\s/?#\"'<>]*)[^\s\"'<>]*", re.IGNORECASE)
_MRI = re.compile(r"\b(?:29:[\w-]{6,}|8:[a-z]+:[\w:-]+|4:\+?\d{5,}|(?:phone|guest):\S+)")
_LONGEST = 2000
_MINUTE = 60.0
_PLACES = 12
_KNOWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


def set_up_logging(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """All loggers, through one handler. Run the server with `access_log=None`."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.addFilter(_kept)
    handler.addFilter(_Scanners())
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def cut(text: str) -> str:
    """Text without tokens, without more of a link than its host, and without Teams ids of people."""
    text = _BEARER.sub("Bearer (cut)", text[:_LONGEST])
    return _MRI.sub("(cut)", _URL.sub(r"\1\2", _JWT.sub("(cut)", text)))


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _kept(record: logging.LogRecord) -> bool:
    return _is_ours(record) or record.levelno >= logging.WARNING


class _Scanners(logging.Filter):
    """Keeps one line a minute of what was no HTTP: anybody on the internet can send that as often as they like."""

    _said = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it."""
        # azure-core passes exc_info=False
        if not record.exc_info or not isinstance(record.exc_info[1], HttpProcessingError):
            return True
        now = time.monotonic()
        if now - self._said < _MINUTE:
            return False
        self._said = now
        return True


class Lines(JsonFormatter):
    """One JSON object a line: time, level, logger, event, and what the line carries."""

    def format(self, record: logging.LogRecord) -> str:
        """Ours with their words and fields; others with what cannot tell of anybody."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if _is_ours(record):
            line["event"] = getattr(record, "event", "note")
            line["message"] = cut(record.getMessage())
            fields = {name: value for name, value in record.__dict__.items() if name not in _KNOWN and name != "event"}
            line |= {name: _field(value) for name, value in fields.items() if name not in line}
        else:
            line["event"] = "library"
        if record.exc_info and record.exc_info[1] is not None:
            line |= _trouble(record.exc_info[1])
        return self.serialize_log_record(line)


def _field(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _field(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_field(each) for each in value]
    return value if isinstance(value, int | float | bool | None) else cut(str(value))


def _trouble(error: BaseException) -> dict[str, Any]:
    """The kind of error and where, not its words: these may quote what came in."""
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    kinds, cause = [type(error).__name__], error.__cause__
    while cause is not None and len(kinds) < _PLACES:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__
    return {"error": " from ".join(kinds), "places": places}
