"""meeting-policies.json, which deploy/tenant/set-up.ps1 -Part teams writes: format 1."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

EXPORT = "meeting-policies.json"


class Assignment(BaseModel):
    """A group, and the policy its members have."""

    group: str = Field(alias="GroupId")
    policy: str = Field(alias="PolicyName")
    rank: int | None = Field(default=None, alias="Rank")


class Own(BaseModel):
    """How many accounts have a policy of their own."""

    name: str = Field(alias="Name")
    count: int = Field(alias="Count")


class Export(BaseModel):
    """meeting-policies.json, format 1."""

    format: int = Field(ge=1, le=1)
    exported: datetime = Field(alias="exportedAt")
    staff: str = Field(alias="staffGroup")
    pupils: str = Field(alias="pupilGroup")
    policies: list[dict[str, Any]]
    assignments: list[Assignment] = Field(alias="groupAssignments", default=[])
    own: list[Own] = Field(alias="accountsWithTheirOwn", default=[])
    tenant: dict[str, Any] = {}
    removers: list[str] | None = Field(alias="mayRemove", default=None)

    def policy(self, name: str) -> dict[str, Any] | None:
        """A policy's settings; PowerShell writes "Tag:" before the names of all but Global."""
        return next(
            (one for one in self.policies if plain(str(one.get("Identity"))).casefold() == plain(name).casefold()), None
        )

    def given_to(self, group: str) -> str:
        """The name of the policy a group has; Global where it has none."""
        return next((one.policy for one in self.assignments if one.group.lower() == group.lower()), "Global")


def plain(name: str) -> str:
    """A policy's name as people and cmdlets write it."""
    return name.removeprefix("Tag:")


def read(path: Path) -> Export:
    """The file; ValueError says what is wrong with it, OSError that it cannot be read."""
    try:
        return Export.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        places = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise ValueError(f"{path} is not as set-up.ps1 writes it: {places}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no JSON: {error}") from error
