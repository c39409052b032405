"""OData as Graph speaks it: one call, with its `$select` and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from deploy.rehearsal.answers import Refused

Json = dict[str, Any]


@dataclass
class Asked:
    """One Graph call, alone or out of a batch."""

    method: str
    path: list[str]
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None
    origin: str = ""
    roles: list[str] = field(default_factory=list)

    def select(self, whole: Json, usual: Sequence[str] | None = None) -> Json:
        """The properties asked for, else the usual ones (all of them when None); `id` and annotations always."""
        wanted = [each.strip() for each in self.query.get("$select", "").split(",") if each.strip()] or usual
        if wanted is None:
            return whole
        return {key: value for key, value in whole.items() if key in wanted or key == "id" or key.startswith("@")}

    def page(self, items: list[Json], usual: int, cap: int | None, largest: int = 999) -> Json:
        """A page of these, with the link to the next; never more than the tenant's own `cap`."""
        try:
            top = int(self.query.get("$top", usual))
            start = int(self.query.get("$skiptoken") or self.query.get("$skip") or 0)
        except ValueError:
            raise Refused(400, "BadRequest", "Invalid $top or $skiptoken.") from None
        if not 1 <= top <= largest:
            raise Refused(400, "BadRequest", f"$top must be between 1 and {largest}.")
        top = min(top, cap or top)
        answer: Json = {"value": items[start : start + top]}
        if self.query.get("$count") == "true":
            answer["@odata.count"] = len(items)
        if start + top < len(items):
            query = {k: v for k, v in self.query.items() if k != "$skip"} | {"$skiptoken": str(start + top)}
            answer["@odata.nextLink"] = f"{self.origin}/v1.0/{'/'.join(self.path)}?{urlencode(query)}"
        return answer
