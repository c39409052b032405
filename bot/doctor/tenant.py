"""The tenant's meeting policies, out of the file that deploy/tenant/set-up.ps1 writes: no Graph API gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.doctor.export import Export, plain, read
from bot.doctor.findings import Finding, State
from bot.doctor.tenant_settings import PUPILS, SETTINGS, STAFF, Value, Wanted
from bot.school import School
from bot.store.checkup import Past
from bot.tiers import REMOVAL, in_order, up_to

_OLD = timedelta(days=100)
_AGAIN = ("Run deploy/tenant/set-up.ps1 -Part teams once more: its last step writes meeting-policies.json.",)
_STAFFS = "SchoolStaff"
_WAIT = "up to 24 hours; meetings that exist already keep their options"
_CLAUSES = in_order(clause for wanted in SETTINGS for clause in wanted.clauses)


@dataclass(frozen=True, slots=True)
class Judged:
    """A setting of a policy, held against the table. `value`: None where the export does not say."""

    wanted: Wanted
    policy: str
    value: Value | None

    @property
    def state(self) -> State:
        """UNPROVEN where the export does not say."""
        if self.value is None:
            return State.UNPROVEN
        return State.GOOD if self.value in self.wanted.values else State.RED


def audit(path: Path, school: School, app_id: str, now: datetime, past: Past) -> list[Finding]:
    """Every setting of the table, held against the policies that staff and pupils have."""
    try:
        export = read(path)
    except FileNotFoundError:
        return [
            _unread(State.UNPROVEN, f"{path} is not there, so they were not looked at"),
            *removal(None, past, school, app_id),
        ]
    except (OSError, ValueError) as error:
        return [_unread(State.RED, str(error)), *removal(None, past, school, app_id)]
    if (export.staff.lower(), export.pupils.lower()) != (school.groups.staff, school.groups.pupils):
        return [
            _unread(State.RED, f"{path} was written for other groups than school.toml's"),
            *removal(None, past, school, app_id),
        ]
    findings = [_finding(judged, export) for judged in judge(export, school)]
    return [*findings, *_of_their_own(export, school), *_age(export, now), *removal(export, past, school, app_id)]


def _unread(state: State, saw: str) -> Finding:
    return Finding(check="tenant policies", state=state, saw=saw, clauses=_CLAUSES, mend=_AGAIN)


def judge(export: Export, school: School) -> Iterator[Judged]:
    """Each line of the table for each policy that it is about, once."""
    pupils = dict.fromkeys(export.given_to(group) for group in (school.groups.pupils, *_classes(export, school)))
    policies = {PUPILS: tuple(pupils), STAFF: (export.given_to(school.groups.staff),)}
    for wanted in SETTINGS:
        if wanted.tier in up_to(school.school.tier):
            for policy in policies[wanted.who]:
                yield _judged(wanted, policy, export)


def _classes(export: Export, school: School) -> list[str]:
    """The class groups that have a policy of their own: the others go by the group of all pupils."""
    assigned = {one.group.lower() for one in export.assignments}
    return [one.group for one in school.classes if one.group in assigned]


def _judged(wanted: Wanted, policy: str, export: Export) -> Judged:
    if wanted.unless and export.tenant.get(wanted.unless[0]) == wanted.unless[1]:
        return Judged(wanted, policy, wanted.values[0])
    value = (export.policy(policy) or {}).get(wanted.name)
    return Judged(wanted, policy, value if isinstance(value, str | bool) else None)


def _finding(judged: Judged, export: Export) -> Finding:
    wanted, shared = judged.wanted, export.given_to(export.staff) == export.given_to(export.pupils)
    saw = f"{_shown(judged.value)} in the policy {judged.policy}"
    if judged.state is State.RED:
        saw += f": {wanted.why}"
    if judged.state is State.UNPROVEN:
        saw = f"the export does not say it of the policy {judged.policy}"
    return Finding(
        check=wanted.check,
        state=judged.state,
        saw=saw,
        serves=wanted.serves,
        clauses=wanted.clauses,
        mend={State.GOOD: (), State.UNPROVEN: _AGAIN, State.RED: mend(judged, export, shared=shared)}[judged.state],
        wait=_WAIT if judged.state is State.RED else "",
    )


def mend(judged: Judged, export: Export, *, shared: bool) -> tuple[str, ...]:
    """The cmdlets; where pupils and staff have one policy, staff are given one of their own first."""
    value = _shown(judged.wanted.values[0])
    policy = plain(judged.policy)
    first: tuple[str, ...] = ()
    if shared:
        policy = _STAFFS if judged.wanted.who == STAFF else policy
        first = (
            "Staff and pupils have the same policy. Once, give staff one of their own: "
            f"`New-CsTeamsMeetingPolicy -Identity {_STAFFS}`, "
            f'then `Grant-CsTeamsMeetingPolicy -PolicyName {_STAFFS} -Group "{export.staff}" -Rank 1`.',
        )
    return (*first, f'Set-CsTeamsMeetingPolicy -Identity "{policy}" -{judged.wanted.name} {value}')


def _shown(value: Value | None) -> str:
    return f"${str(value).lower()}" if isinstance(value, bool) else str(value)


def _of_their_own(export: Export, school: School) -> Iterator[Finding]:
    """Policies that single accounts have: the export says how many, not who, so it cannot be told whether one is a pupil."""
    for own in export.own:
        lax = [one.wanted for one in _as_pupils(export, school, own.name) if one.state is not State.GOOD]
        if own.name and lax:
            yield Finding(
                check=f"accounts with the policy {plain(own.name)}",
                state=State.UNPROVEN,
                saw=f"{own.count} have it of their own; no pupil may be among them: "
                f"{', '.join(dict.fromkeys(wanted.name for wanted in lax))}",
                clauses=in_order(clause for wanted in lax for clause in wanted.clauses),
                mend=(f"`Get-CsOnlineUser -Filter \"TeamsMeetingPolicy -eq '{own.name}'\"` shows who they are.",),
            )


def _as_pupils(export: Export, school: School, policy: str) -> Iterator[Judged]:
    return (_judged(wanted, policy, export) for wanted in SETTINGS if wanted.who == PUPILS)


def _age(export: Export, now: datetime) -> Iterator[Finding]:
    if (age := now - export.exported) > _OLD:
        saw = f"written down {age.days} days ago; what was changed since then is not seen"
        yield Finding(check="tenant policies", state=State.UNPROVEN, saw=saw, clauses=_CLAUSES, mend=_AGAIN)


def removal(export: Export | None, past: Past, school: School, app_id: str) -> Iterator[Finding]:
    """Whether the tenant lets the app remove people: without removing anybody only the export can say it, or the past."""
    if school.school.tier != "remove":
        return
    state, saw = _removal(export.removers if export else None, past, app_id)
    looks = f"`(Get-CsApplicationMeetingConfiguration).AllowRemoveParticipantAppIds` shows the list: {app_id} must be in it."
    mends = () if state is State.GOOD else (looks, *REMOVAL.lines(app_id))
    wait = REMOVAL.wait if mends else ""
    yield Finding(check="removal", state=state, saw=saw, serves=("remove",), mend=mends, wait=wait)


def _removal(removers: list[str] | None, past: Past, app_id: str) -> tuple[State, str]:
    if removers is not None:
        listed = app_id in [one.lower() for one in removers]
        saw = f"Schoolgate is {'' if listed else 'not '}on the tenant's list of apps that may remove people"
        return State.GOOD if listed else State.RED, saw
    if past.removal == "done":
        return State.GOOD, "the last removal was seen to happen"
    if past.removal == "refused":
        return State.RED, f"the last removal was refused: {past.removal_words}"
    return State.UNPROVEN, "it cannot be tried harmlessly: trying would remove somebody"
