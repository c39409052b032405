"""Graph's users and groups."""

from __future__ import annotations

import re
from typing import Any

from deploy.rehearsal.answers import Refused
from deploy.rehearsal.filters import bad_filter, matching
from deploy.rehearsal.model import Group, Person
from deploy.rehearsal.odata import Asked, Json
from deploy.rehearsal.tenant import Tenant

Answer = tuple[int, Json | None]
USUAL = (
    *("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation"),
    *("preferredLanguage", "surname", "userPrincipalName", "id"),
)
"""What a user shows unless asked: not the kind of user, nor whether it is enabled."""
BASIC = ("displayName", "givenName", "surname", "mail", "userPrincipalName", "id", "otherMails", "proxyAddresses")
FULL = ("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
MOST_GROUPS_ASKED = 20
_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


def as_user(person: Person) -> Json:
    """All that the directory knows of somebody."""
    given, _, surname = person.name.partition(" ")
    principal = person.mail or f"{person.oid}@school.example"
    if person.kind == "Guest":
        principal = f"{principal.replace('@', '_')}#EXT#@school.example"
    return {
        "businessPhones": [],
        "displayName": person.name,
        "givenName": given,
        "jobTitle": None,
        "mail": person.mail,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": surname or None,
        "userPrincipalName": principal,
        "id": person.oid,
        "userType": person.kind,
        "accountEnabled": person.enabled,
        "otherMails": person.other_mails,
        "proxyAddresses": [f"SMTP:{person.mail}"] if person.mail else [],
        "department": None,
        "assignedLicenses": [],
    }


def as_group(group: Group) -> Json:
    return {
        "id": group.id,
        "displayName": group.name,
        "mail": group.mail,
        "mailEnabled": True,
        "mailNickname": group.mail.partition("@")[0],
        "securityEnabled": True,
        "groupTypes": ["Unified"],
        "proxyAddresses": [f"SMTP:{group.mail}"],
    }


def missing(what: str) -> Refused:
    words = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return Refused(404, "Request_ResourceNotFound", words)


def account(tenant: Tenant, wanted: str) -> Person:
    """An account of this directory by object id or user principal name."""
    for person in tenant.accounts():
        if wanted.lower() in (person.oid, as_user(person)["userPrincipalName"].lower()):
            return person
    raise missing(wanted)


def user(tenant: Tenant, asked: Asked) -> Answer:
    shown = asked.select(as_user(account(tenant, asked.path[1])), USUAL)
    context = f"{asked.origin}/v1.0/$metadata#users/$entity"
    return 200, {"@odata.context": context, **_allowed(asked, shown)}


def _allowed(asked: Asked, shown: Json) -> Json:
    """With the basic permission alone, the rest is not shown."""
    if set(FULL) & set(asked.roles):
        return shown
    return {key: value if key in BASIC else None for key, value in shown.items()}


def users(tenant: Tenant, asked: Asked) -> Answer:
    everyone = [as_user(person) for person in tenant.accounts()]
    found = [asked.select(each, USUAL) for each in _filtered(asked, everyone)]
    return 200, asked.page([_allowed(asked, each) for each in found], 100, tenant.page)


def _filtered(asked: Asked, items: list[Json]) -> list[Json]:
    test = matching(asked.query["$filter"]) if "$filter" in asked.query else None
    if test is None:
        return items
    return [each for each in items if test(_comparable(each))]


def _comparable(item: Json) -> Json:
    """Graph compares the prefix of a proxy address without regard to case."""
    return item | {"proxyAddresses": [address.lower() for address in item.get("proxyAddresses", [])]}


def groups(tenant: Tenant, asked: Asked) -> Answer:
    found = _filtered(asked, [as_group(group) for group in tenant.groups.values()])
    return 200, asked.page([asked.select(each) for each in found], 100, tenant.page)


def _group(tenant: Tenant, asked: Asked) -> Group:
    found = tenant.groups.get(asked.path[1].lower())
    if found is None:
        raise missing(asked.path[1])
    return found


def group(tenant: Tenant, asked: Asked) -> Answer:
    return 200, asked.select(as_group(_group(tenant, asked)))


def members(tenant: Tenant, asked: Asked) -> Answer:
    """Members of a group, or with `transitiveMembers` of the groups inside it too."""
    deep = asked.path[2].lower() == "transitivemembers"
    found = tenant.within(_group(tenant, asked).id, deep=deep)
    if len(asked.path) > 3:
        found = _cast(asked, found)
    return 200, asked.page([_member(asked, each) for each in found], 100, tenant.page)


def _cast(asked: Asked, found: list[Person | Group]) -> list[Person | Group]:
    level = {key.lower(): value for key, value in asked.headers.items()}.get("consistencylevel", "")
    if level.lower() != "eventual" or asked.query.get("$count") != "true":
        raise bad_filter("OData cast needs the header ConsistencyLevel: eventual, and $count=true.")
    kinds: dict[str, Any] = {"microsoft.graph.user": Person, "microsoft.graph.group": Group}
    kind = kinds.get(asked.path[3].lower())
    return [each for each in found if kind and isinstance(each, kind)]


def _member(asked: Asked, each: Person | Group) -> Json:
    if isinstance(each, Group):
        return {"@odata.type": "#microsoft.graph.group", **asked.select(as_group(each))}
    shown = _allowed(asked, asked.select(as_user(each), USUAL))
    return {"@odata.type": "#microsoft.graph.user", **shown}


def check_member_groups(tenant: Tenant, asked: Asked) -> Answer:
    """Which of these groups somebody is in, at any depth."""
    wanted = asked.body.get("groupIds") if isinstance(asked.body, dict) else None
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        raise Refused(400, "Request_BadRequest", "Property groupIds is required.")
    if len(wanted) > MOST_GROUPS_ASKED:
        raise Refused(400, "Directory_ResultSizeLimitExceeded", "The number of groups is larger than 20.")
    if not all(_GUID.fullmatch(one.lower()) for one in wanted):
        raise Refused(400, "Request_BadRequest", "Invalid object identifier.")
    person = account(tenant, asked.path[1])
    found = [one.lower() for one in wanted if one.lower() in tenant.groups and person in tenant.within(one.lower())]
    return 200, {"@odata.context": f"{asked.origin}/v1.0/$metadata#Collection(Edm.String)", "value": found}
