"""The lessons of the coming days: whether Schoolgate is in them, whether their options can be read, and what these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.doctor.chats import Lesson, inside, some
from bot.doctor.entrance import not_granted, serving
from bot.doctor.findings import Finding, State
from bot.doctor.lesson_options import audit
from bot.doctor.people import People
from bot.events import account
from bot.graph.client import Graph, together
from bot.graph.options import GraphOptions
from bot.graph.timetable import GraphCalendars
from bot.graph.troubles import Forbidden
from bot.ports import Online, Refused
from bot.school import School
from bot.teams.connector import Connector
from bot.tiers import ABILITIES, ACCESS_POLICY, CALENDARS, MEETINGS, Permission, up_to

_MOST_STAFF = 300
_MOST_MEETINGS = 200
_OPTIONS = tuple(one.name for one in ABILITIES if one.cmdlets is ACCESS_POLICY)


@dataclass
class Coming:
    """What was seen of them. `closed`: teachers whose meetings Microsoft does not open to the app."""

    lessons: list[Lesson] = field(default_factory=list)
    online: list[tuple[Lesson, Online]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tried: dict[str, Finding] = field(default_factory=dict)


async def look(
    graph: Graph, connector: Connector, school: School, app_id: str, people: People, now: datetime, days: int
) -> Coming:
    """The lessons in staff's calendars: meetings a pupil or a class is invited to. OutOfReach where Graph does not answer."""
    coming = Coming()
    guards = "guard" in up_to(school.school.tier)
    if not await _found(graph, school, people, coming, now, days):
        coming.findings.append(_unproven("in the lessons", _NOT_FOUND, ("see_joins",)))
        if guards:
            coming.findings.append(_unproven("access policy", _NOT_FOUND, _OPTIONS))
        return coming
    if guards:
        await _options(GraphOptions(graph, app_id), coming)
        coming.findings.append(_policy(coming, app_id, school.groups.staff))
        # in one that has begun Schoolgate itself may have tightened the door
        ahead = [online for one, online in coming.online if one.event.starts > now]
        coming.findings += audit(ahead, school)
    threads = {one: online.thread for one, online in coming.online}
    chats = [(one, one.event.thread or threads.get(one)) for one in coming.lessons]
    coming.findings += await inside(graph, connector, chats, _placed_until(school, now))
    return coming


_NOT_FOUND = "not looked at: which lessons are coming could not be read, for what is red above"


def _placed_until(school: School, now: datetime) -> datetime | None:
    """Until when lessons must have Schoolgate in them already: it puts itself into those of today and tomorrow only."""
    places = "guard" in up_to(school.school.tier) and school.plan.place
    return now + timedelta(days=1) if places else None


async def _found(graph: Graph, school: School, people: People, coming: Coming, now: datetime, days: int) -> bool:
    """Find them; False where that cannot be done."""
    if school.groups.staff not in people.members:
        return False
    calendars, staff = GraphCalendars(graph), people.trusted(school.groups.staff)
    try:
        read = await together(*(calendars.events(oid, now, now + timedelta(days=days)) for oid in staff[:_MOST_STAFF]))
    except Forbidden as no:
        coming.tried[CALENDARS.name] = not_granted(CALENDARS, no.words)
        return False
    except Refused as no:
        coming.tried[CALENDARS.name] = _unproven(f"permission {CALENDARS.name}", no.words, serving(CALENDARS))
        return False
    planned = [
        Lesson(oid, one) for oid, events in zip(staff, read, strict=False) for one in events if one.blind is None
    ]
    try:
        coming.lessons = await _taught(calendars, school, people, planned)
    except Refused:
        return False  # who is invited cannot be looked up: a permission that is red already
    if staff:
        saw = f"tried: {len(read)} of {len(staff)} staff's calendars read, {_lessons(coming.lessons)} found"
        coming.tried[CALENDARS.name] = _good(CALENDARS, saw)
    return True


async def _taught(calendars: GraphCalendars, school: School, people: People, planned: Sequence[Lesson]) -> list[Lesson]:
    """The next of those meetings that a pupil or a class is invited to."""
    groups = {school.groups.pupils, *(one.group for one in school.classes)}
    pupils = {account(one.oid) for group in groups for one in people.members.get(group, ())}
    meetings = sorted(planned, key=lambda one: one.event.starts)[:_MOST_MEETINGS]
    invited = await together(*(calendars.invited(one.event.addresses) for one in meetings))
    return [
        one
        for one, each in zip(meetings, invited, strict=True)
        if not pupils.isdisjoint(each.people) or not groups.isdisjoint(each.groups)
    ]


async def _options(options: GraphOptions, coming: Coming) -> None:
    try:
        for one in coming.lessons:
            await _option(options, one, coming)
    except Forbidden as no:
        coming.tried[MEETINGS.name] = not_granted(MEETINGS, no.words)
    except Refused as no:
        coming.tried[MEETINGS.name] = _unproven(f"permission {MEETINGS.name}", no.words, serving(MEETINGS))
    else:
        if coming.online:
            saw = f"tried: options of {_lessons([one for one, _ in coming.online])} read; nothing was changed to try the rest"
            coming.tried[MEETINGS.name] = _good(MEETINGS, saw)


async def _option(options: GraphOptions, one: Lesson, coming: Coming) -> None:
    try:
        found = await options.find(one.organizer, one.event.join_url)
    except Refused as no:
        if no.code != "no_access_policy":
            raise
        coming.closed.append(one.organizer)
    else:
        if found is not None:
            coming.online.append((one, found))


def _policy(coming: Coming, app_id: str, staff: str) -> Finding:
    """Whether a Teams administrator has opened staff's meetings to the app."""
    check, closed = "access policy", tuple(dict.fromkeys(coming.closed))
    if closed:
        opened = {one.organizer for one, _ in coming.online}
        saw = f"Teams keeps the meetings of {len(closed)} of {len(opened | {*closed})} teachers closed: {some(closed)}"
        mend = ACCESS_POLICY.lines(app_id, staff)
        if opened:
            mend = (*mend, "If they are in the staff group: they may have a policy of their own, which counts instead.")
        return Finding(check=check, state=State.RED, saw=saw, serves=_OPTIONS, mend=mend, wait=ACCESS_POLICY.wait)
    if not coming.online:
        saw = "only a lesson shows it, and none whose options could be read is planned in these days"
        mend = ("Schedule a lesson, and run the doctor again.", *_SEES_POLICY)
        return Finding(check=check, state=State.UNPROVEN, saw=saw, serves=_OPTIONS, mend=mend)
    teachers = len({one.organizer for one, _ in coming.online})
    return Finding(
        check=check, state=State.GOOD, saw=f"{teachers} of {teachers} teachers' meetings are open", serves=_OPTIONS
    )


_SEES_POLICY = ("`Get-CsGroupPolicyAssignment -PolicyType ApplicationAccessPolicy` must show the staff group.",)


def _good(permission: Permission, saw: str) -> Finding:
    return Finding(check=f"permission {permission.name}", state=State.GOOD, saw=saw, serves=serving(permission))


def _unproven(check: str, saw: str, serves: tuple[str, ...]) -> Finding:
    return Finding(check=check, state=State.UNPROVEN, saw=saw, serves=serves)


def _lessons(lessons: Sequence[Lesson]) -> str:
    return f"{len(lessons)} {'lesson' if len(lessons) == 1 else 'lessons'}"
