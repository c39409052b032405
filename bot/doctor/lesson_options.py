"""What the policy asks of a lesson's own options, before it begins: one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.actions import Mode
from bot.doctor.findings import IN_CALL, Finding, State
from bot.ports import Online, Setting
from bot.school import School
from bot.tiers import up_to

_PLACE = "The meeting › Meeting options › "


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An option by our name (`ports.OPTIONS`) and the values that will do.

    `rule` sets it by itself before the lesson begins, if the school has it act. `serves`: abilities that it takes away besides.
    """

    check: str
    option: str
    values: tuple[Setting, ...]
    clauses: tuple[str, ...]
    why: str
    mend: str
    tier: str = "guard"
    rule: str | None = None
    serves: tuple[str, ...] = ()


OPTIONS: tuple[Wanted, ...] = (
    Wanted(
        check="lessons: who passes the lobby",
        option="lobby",
        values=("organizer", "invited", "organization", "organizationExcludingGuests"),
        clauses=("C12", "C31"),
        why="people from outside come in past the lobby",
        mend=f"{_PLACE}Who can bypass the lobby: People in my org.",
    ),
    Wanted(
        check="lessons: Schoolgate and the lobby",
        option="lobby",
        values=("organization", "organizationExcludingGuests", "organizationAndFederated", "everyone"),
        clauses=(),
        tier="remove",
        serves=IN_CALL,
        why="Schoolgate itself waits in the lobby until the teacher lets it in (education's default for educators)",
        mend=f"{_PLACE}Who can bypass the lobby: People in my org. Schoolgate tightens it by itself after a removal.",
    ),
    Wanted(
        check="lessons: dialling in",
        option="dial_in",
        values=(False,),
        clauses=("C12", "C31"),
        why="whoever dials in comes in past the lobby",
        mend=f"{_PLACE}People dialing in can bypass the lobby: off.",
    ),
    Wanted(
        check="lessons: who presents",
        option="presenters",
        values=("organizer", "roles"),
        clauses=("C12", "C14", "C16", "C17"),
        rule="staff_only",
        why="pupils begin as presenters",
        mend=f"{_PLACE}Who can present: Only organizers and co-organizers.",
    ),
)


def audit(lessons: Sequence[Online], school: School) -> Iterator[Finding]:
    """Each line of the table, over all lessons whose options could be read; nothing where there were none."""
    for wanted in OPTIONS:
        if lessons and wanted.tier in up_to(school.school.tier):
            yield _finding(wanted, lessons, school)


def _finding(wanted: Wanted, lessons: Sequence[Online], school: School) -> Finding:
    lax = sum(1 for one in lessons if one.options.get(wanted.option) not in wanted.values)
    saw, state = f"as it should be in {len(lessons) - lax} of {len(lessons)}", State.RED if lax else State.GOOD
    if lax:
        saw = f"in {lax} of {len(lessons)} coming lessons {wanted.why}"
    if lax and _sets_itself(wanted, school):
        saw, state = f"{saw}; Schoolgate sets this before a lesson begins (rule {wanted.rule})", State.GOOD
    return Finding(
        check=wanted.check,
        state=state,
        saw=saw,
        serves=wanted.serves,
        clauses=wanted.clauses,
        mend=(wanted.mend,) if state is State.RED else (),
    )


def _sets_itself(wanted: Wanted, school: School) -> bool:
    rule = school.rule(wanted.rule) if wanted.rule else None
    return rule is not None and rule.settings.mode is Mode.ACT
