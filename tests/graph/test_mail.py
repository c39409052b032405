"""E-mail, the last resort."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.graph.client import Graph
from bot.graph.mail import GraphMail
from bot.notice import Notice
from bot.ports import OutOfReach, Refused, Route
from bot.school import School
from tests.graph.referees import csdl
from tests.graph.tenant import Tenant, guid, say, wrong

ADMINISTRATOR = guid(9005)
NOTICE = Notice(
    alert=12,
    headline="Ada Lovelace is alone with Ms Patel",
    done="CLT was told.",
    next_step="Ask for the lesson to stop.",
    details=("Since 09:03", "Lesson of 3B"),
)


@pytest.fixture(autouse=True)
def people(tenant: Tenant) -> None:
    """Two leads with a mailbox, one without; the second administrator has one."""
    tenant.person(100, "Lead One")
    tenant.person(101, "Lead Two")
    tenant.person(102, "Lead Three", mail=None)
    tenant.person(110, "Admin One", groups=(ADMINISTRATOR,), mail=None)
    tenant.person(111, "Admin Two", groups=(ADMINISTRATOR,))


async def test_a_notice_is_mailed_as_plain_text(graph: Graph, school: School, tenant: Tenant) -> None:
    """To those who have a mailbox, from the first administrator who has one, kept in no sent folder."""
    sent = await GraphMail(graph, school).mail([guid(100), guid(101), guid(102), guid(100)], NOTICE)

    (asked,) = tenant.calls("/sendMail")
    assert asked.path == f"/users/{guid(111)}/sendMail"
    assert asked.body["SaveToSentItems"] is False
    message = asked.body["Message"]
    assert [one["emailAddress"]["address"] for one in message["toRecipients"]] == [
        "one@school.example",
        "two@school.example",
    ]
    assert message["body"]["contentType"] == "text"
    assert message["body"]["content"] == (
        "Ada Lovelace is alone with Ms Patel\n\nCLT was told.\n\nAsk for the lesson to stop.\n\nSince 09:03\nLesson of 3B\n"
    )
    assert (sent.route, sent.conversation, sent.to) == (Route.MAIL, guid(111), f"{guid(100)},{guid(101)}")
    assert sent.activity == asked.headers["client-request-id"]


async def test_the_subject_names_nobody(graph: Graph, school: School, tenant: Tenant) -> None:
    """Subjects are shown on locked screens."""
    mail = GraphMail(graph, school)
    for notice in (NOTICE, replace(NOTICE, over=True), replace(NOTICE, alert=0)):
        await mail.mail([guid(100)], notice)

    subjects = [one.body["Message"]["subject"] for one in tenant.calls("/sendMail")]
    assert len(set(subjects)) == 3
    assert all("Ada" not in subject and "Patel" not in subject and len(subject) < 60 for subject in subjects)


async def test_the_school_may_name_the_sender(graph: Graph, school: School, tenant: Tenant) -> None:
    """channels.mail_from comes first."""
    tenant.person(120, "Office")
    named = replace(school, channels=school.channels.model_copy(update={"mail_from": guid(120)}))

    await GraphMail(graph, named).mail([guid(100)], NOTICE)

    assert tenant.calls("/sendMail")[0].path == f"/users/{guid(120)}/sendMail"


async def test_addresses_are_looked_up_once(graph: Graph, school: School, tenant: Tenant) -> None:
    """A second mail costs one call."""
    mail = GraphMail(graph, school)
    await mail.mail([guid(100)], NOTICE)
    before = len(tenant.asked)
    await mail.mail([guid(100)], NOTICE)

    assert len(tenant.asked) == before + 1


async def test_nobody_to_send_to_or_from_is_refused(graph: Graph, school: School, tenant: Tenant) -> None:
    """With words that say what to do."""
    with pytest.raises(Refused, match="mailbox"):
        await GraphMail(graph, school).mail([guid(102), guid(999)], NOTICE)
    tenant.groups[ADMINISTRATOR]["members"] = []
    with pytest.raises(Refused, match="mail_from"):
        await GraphMail(graph, school).mail([guid(100)], NOTICE)


async def test_a_mail_is_not_sent_twice_when_nobody_knows(graph: Graph, school: School, tenant: Tenant) -> None:
    """After a 503 or no answer it may have gone: the job decides, not the client."""
    tenant.next("/sendMail", say(503))

    with pytest.raises(OutOfReach):
        await GraphMail(graph, school).mail([guid(100)], NOTICE)
    assert len(tenant.calls("/sendMail")) == 1


async def test_a_mail_that_was_put_off_is_sent_again(graph: Graph, school: School, tenant: Tenant) -> None:
    """A 429 did nothing, so it is safe to repeat."""
    tenant.next("/sendMail", wrong(429, headers={"Retry-After": "0"}))

    await GraphMail(graph, school).mail([guid(100)], NOTICE)

    assert len(tenant.calls("/sendMail")) == 2


async def test_a_redirected_mail_is_not_taken_for_sent(graph: Graph, school: School, tenant: Tenant) -> None:
    """Success is claimed only on evidence."""
    tenant.next("/sendMail", say(307, headers={"Location": "https://example.org/"}))

    with pytest.raises(Refused, match="redirect"):
        await GraphMail(graph, school).mail([guid(100)], NOTICE)


async def test_the_mail_permission_is_named(graph: Graph, school: School, tenant: Tenant) -> None:
    """What the administrator must consent to."""
    tenant.next("/sendMail", wrong(403, "ErrorAccessDenied"))

    with pytest.raises(Refused, match=r"Mail\.Send"):
        await GraphMail(graph, school).mail([guid(100)], NOTICE)


async def test_the_mail_fits_microsofts_metadata(graph: Graph, school: School, tenant: Tenant) -> None:
    """Where the metadata is at hand."""
    await GraphMail(graph, school).mail([guid(100)], NOTICE)
    body = json.loads(json.dumps(tenant.calls("/sendMail")[0].body))

    assert csdl().check("microsoft.graph.message", body["Message"]) == []
    assert csdl().check_action("sendMail", "microsoft.graph.user", body) == []
