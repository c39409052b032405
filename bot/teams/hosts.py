"""Which hosts are the Bot Connector: only they may be named as a service URL, and only they are shown our token (T15)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

MICROSOFTS = ("https://smba.trafficmanager.net", "https://*.botframework.com")
_PLAIN = re.compile(r"https?://[a-z0-9.*-]+(:[0-9]{1,5})?(/[!-~]*)?", re.IGNORECASE)
_PORTS = {"https": 443, "http": 80}

_Origin = tuple[str, str, int]


@lru_cache(maxsize=256)
def _origin(url: str) -> _Origin | None:
    """Scheme, host and port. Anything unusual (user names, other letters, a backslash, a query) has none."""
    if len(url) > 2048 or not _PLAIN.fullmatch(url) or any(sign in url for sign in "\\?#@"):
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme.lower()]
    except ValueError:
        return None
    return parts.scheme.lower(), (parts.hostname or ""), port


class Hosts:
    """The allow-list: origins like `https://smba.trafficmanager.net`, or `https://*.botframework.com` for all below."""

    def __init__(self, origins: Sequence[str] = ()) -> None:
        self._exact: set[_Origin] = set()
        self._below: list[_Origin] = []
        for origin in origins or MICROSOFTS:
            found = _origin(origin)
            if found is None:
                raise ValueError(f"not an origin: {origin!r}; write one like {MICROSOFTS[0]}")
            scheme, host, port = found
            if host.startswith("*."):
                self._below.append((scheme, host[1:], port))
            else:
                self._exact.add(found)

    def allows(self, url: str) -> bool:
        """Whether this URL is at one of our hosts."""
        found = _origin(url)
        if found is None or "*" in found[1]:
            return False
        scheme, host, port = found
        below = ((scheme, port) == (of, at) and host.endswith(tail) and host != tail for of, tail, at in self._below)
        return found in self._exact or any(below)
