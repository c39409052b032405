"""A refusal, in the shapes of the Connector and of Graph."""

from __future__ import annotations

import uuid
from typing import Any

from deploy.rehearsal.seen import now


class Refused(Exception):
    """A call that is refused, with Microsoft's code and words."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message}}

    def graph_body(self, request_id: str | None = None) -> dict[str, Any]:
        """Graph adds what its support asks for."""
        made = str(uuid.uuid4())
        inner = {"date": now()[:19], "request-id": made, "client-request-id": request_id or made}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}
