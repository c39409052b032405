"""Graph's answers held against Microsoft's own metadata."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.rehearsal.made import ADA, CLASS, DAY, PATEL, SCHOOL, TENANT, THREAD, mail
from tests.rehearsal.school import Answer, School

REFEREES = Path(__file__).parents[3] / "shared" / "referees"


def csdl_of_microsoft() -> Any:
    spec = importlib.util.spec_from_file_location("csdl", REFEREES / "csdl.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Csdl(str(REFEREES / "graph-v1.0-csdl.xml"))


def known(csdl: Any, one: dict[str, Any], named: str, key: str) -> bool:
    kind = one.get("@odata.type", named.removeprefix("Collection(").removesuffix(")")).lstrip("#")
    return "@" in key or key in csdl.props(kind)


@pytest.mark.skipif(not REFEREES.is_dir(), reason="Microsoft's metadata is not part of this repository")
async def test_bodies_fit_microsofts_metadata(school: School):
    """Every property of every answer exists in Graph v1.0, with the type it has there."""
    csdl = csdl_of_microsoft()
    await school.do("join", meeting=THREAD, who=["iPhone", "Far Away"])
    everything = "$select=id,displayName,userType,accountEnabled,otherMails,proxyAddresses,mail,assignedLicenses"
    link = quote(f"JoinWebUrl eq '{school.told['meetings'][0]['join_url']}'")
    wanted: list[tuple[str, str]] = [
        ("user", f"/users/{ADA}"),
        ("user", f"/users/{ADA}?{everything}"),
        ("group", f"/groups/{CLASS}"),
        ("Collection(user)", "/users?$top=2"),
        ("Collection(directoryObject)", f"/groups/{SCHOOL}/transitiveMembers"),
        ("Collection(event)", f"/users/{PATEL}/events"),
        ("Collection(event)", f"/users/{PATEL}/calendarView?{DAY}"),
        ("chat", f"/chats/{quote(THREAD)}"),
        ("Collection(conversationMember)", f"/chats/{quote(THREAD)}/members"),
        ("Collection(onlineMeeting)", f"/users/{PATEL}/onlineMeetings?$filter={link}"),
    ]
    faults = []
    for kind, path in wanted:
        answer: Answer = await school.graph(path)
        assert answer.status == 200, (path, answer.body)
        many = kind.startswith("Collection(")
        named = f"Collection(microsoft.graph.{kind[11:]}" if many else f"microsoft.graph.{kind}"
        shown = answer.body["value"] if many else [answer.body]
        assert shown, path
        faults += csdl.check(named, shown if many else shown[0], path)
        # Graph's metadata is open for events and people; we add nothing to them.
        faults += [f"{path}: {key}" for one in shown for key in one if not known(csdl, one, named, key)]

    assert faults == []
    assert csdl.check_action("sendMail", "microsoft.graph.user", {"Message": mail("a@b.c")["message"]}) == []
    assert TENANT in str((await school.graph(f"/chats/{quote(THREAD)}")).body)
