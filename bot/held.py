"""What a hold needs to end, and the days it goes by (C36 C37 C75 C83). Pure: days are the school's own, times have their zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.events import Fact, Facts
from bot.ports import Hold, HoldStep, Talk
from bot.reasons import Ends
from bot.school import School

RELEASE, UNTIL, OPEN, LATER = "release", "until", "open", "later"
DECISIONS = (RELEASE, UNTIL, OPEN, LATER)
"""What can be decided: it ends now, on a day, not until further notice; or that later, and only the talk is kept."""

STRICTEST_FIRST = (Ends.PARENTS, Ends.OPEN, Ends.CLT_DECIDES)
"""Of two removals the stricter counts: around the talk with the parents there is no way (C37), around the others there is."""

FIELDS = ("form", "spoke", "whom", "day", "agreed", "decision", "until", "sure")
"""What a submitted form of a hold has: `form` is the hold as it was shown, number and revision."""

FEWEST_WORDS = 3
"""Fewer words cannot say who spoke with whom and what was agreed."""

LONGEST = {"spoke": 80, "whom": 80, "agreed": 600}
NO_YEAR_WITHIN = timedelta(days=182)
"""A day without a year that is past this year is next year's only if that is nearer: else somebody mistyped."""

UNFIT = (
    *("past", "too_far", "unreadable", "no_day", "two_minds", "undecided", "nothing"),
    *("half_a_talk", "talk_day", "too_short", "typed", "no_talk", "no_why", "sure"),
)
"""Why something cannot be done as it was said: each has its words, which say what to do."""

_FURTHER_NOTICE = re.compile(r"(?:until )?further notice\b[\s,:.;-]*", re.IGNORECASE)
_UNTIL = re.compile(r"until\b\s*", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?(?![\d/])")
_WRITTEN = re.compile(
    r"(?:[a-z]+day,? )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]{3,9})\b\.?(?:,? (\d{4}))?", re.IGNORECASE
)
_IN_DOUBT = re.compile(
    r"\d|\w+n['’]t\b|\b(?:not|no|never|dont|cannot|until|till|unless|except|but|if|when|once|before|after|for|later|yet|still"
    r"|next|tomorrow|\w+day|days?|weeks?|months?|term|keep|stays?|leave|wait|hold|out)\b",
    re.IGNORECASE,
)
"""What may mean the opposite of an end that counts now: then it is read back on the form, for there is no undoing a release."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Unfit(Exception):
    """What was said cannot be done; `why` is the end of the key of words that says what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done about a hold, read and found fit: see `HoldChange`."""

    what: str
    talk: Talk | None = None
    why: str = ""
    until: datetime | None = None


def today(now: datetime, school: School) -> date:
    """The school's own day."""
    return now.astimezone(ZoneInfo(school.school.timezone)).date()


def due_after(at: datetime, school: School) -> datetime:
    """By when a hold that is opened now is to be dealt with: not on a weekend."""
    local = (at + school.hold.due).astimezone(ZoneInfo(school.school.timezone))
    weekend = max(0, 7 - local.weekday()) if local.weekday() > 4 else 0
    return (local + timedelta(days=weekend)).astimezone(at.tzinfo)


def beginning(day: date, now: datetime, school: School) -> datetime:
    """When a hold that is set to end on a day ends: at the beginning of that day by the school's clock."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(school.school.timezone)).astimezone(now.tzinfo)


def end_on(day: date, now: datetime, school: School) -> datetime:
    """The same, if a hold may be set to end then. Unfit: past (today is: it ends now or it does not), or too_far."""
    ends = beginning(day, now, school)
    if ends <= now:
        raise Unfit("past")
    if day > today(now, school) + school.hold.longest:
        raise Unfit("too_far")
    return ends


def day_first(words: str, now: datetime, school: School) -> tuple[date, str]:
    """The day these words begin with, and what follows it. Unfit("unreadable") where there is none."""
    text = words.strip()
    for pattern, parts in ((_ISO, (1, 2, 3)), (_SLASHED, (3, 2, 1)), (_WRITTEN, (3, 2, 1))):
        if found := pattern.match(text):
            year, month, day = (found[part] for part in parts)
            return _day(year, month, int(day), today(now, school)), text[found.end() :].strip(" ,:.;-")
    raise Unfit("unreadable")


def _day(year: str | None, month: str, day: int, this: date) -> date:
    number = int(month) if month.isdigit() else _month(month)
    try:
        if year:
            return date(int(year), number, day)
        near = date(this.year, number, day)
        following = date(this.year + 1, number, day)
    except ValueError:
        raise Unfit("unreadable") from None
    return following if near < this and following - this <= NO_YEAR_WITHIN else near


def _month(name: str) -> int:
    if name[:3].casefold() not in _MONTHS:
        raise Unfit("unreadable")
    return _MONTHS.index(name[:3].casefold()) + 1


def typed(words: str, hold: Hold, now: datetime, school: School) -> Wish:
    """What was typed behind the pupil: `until` a day or further notice and why; or what was agreed, which ends the hold.

    Unfit("typed") where that is for the form to ask: words alone are no talk with the parents (C37), or may mean a longer hold.
    """
    text = " ".join(words.split())
    if found := _FURTHER_NOTICE.match(text):
        return Wish(what=OPEN, why=text[found.end() :])
    if found := _UNTIL.match(text):
        day, why = day_first(text[found.end() :], now, school)
        return Wish(what=UNTIL, why=why, until=end_on(day, now, school))
    if len(text.split()) < FEWEST_WORDS:
        raise Unfit("too_short")
    if hold.ends == Ends.PARENTS or _IN_DOUBT.search(text):
        raise Unfit("typed")
    agreed = text[: LONGEST["agreed"]]
    return Wish(what=RELEASE, talk=Talk(spoke="", whom="", day=today(now, school), agreed=agreed))


def submitted(filled: Mapping[str, str], hold: Hold, now: datetime, school: School) -> Wish:
    """What a form says, once it can be done; Unfit says why not. Nothing that was filled in is passed over."""
    said = {name: " ".join(filled.get(name, "").split())[: LONGEST.get(name, 40)] for name in FIELDS}
    what, talk = said["decision"], _talk(said, hold, now, school)
    why = said["agreed"] if talk is None else ""
    if what not in DECISIONS:
        raise Unfit("undecided")
    if said["until"] and what != UNTIL:
        raise Unfit("two_minds")
    if what == UNTIL:
        return Wish(what=what, talk=talk, why=why, until=end_on(_iso(said["until"], now, school), now, school))
    if what == LATER and talk is None:
        raise Unfit("nothing")
    if what == RELEASE and talk is None and not hold.talked:
        _without_a_talk(hold, why, sure=bool(said["sure"]))
    return Wish(what=what, talk=talk, why=why)


def _without_a_talk(hold: Hold, why: str, *, sure: bool) -> None:
    """Where the parents are to be spoken with first there is no way round it (C37); else it is asked back, and needs a why."""
    if hold.ends == Ends.PARENTS:
        raise Unfit("no_talk")
    if not why:
        raise Unfit("no_why")
    if not sure:
        raise Unfit("sure")


def _talk(said: Mapping[str, str], hold: Hold, now: datetime, school: School) -> Talk | None:
    """The talk, if one is told of: then all of it is needed, on a day between the hold's and today."""
    if not any(said[name] for name in ("spoke", "whom", "day")):
        return None
    if not all(said[name] for name in ("spoke", "whom", "day", "agreed")):
        raise Unfit("half_a_talk")
    day = _iso(said["day"], now, school)
    if not today(hold.since, school) <= day <= today(now, school):
        raise Unfit("talk_day")
    return Talk(spoke=said["spoke"], whom=said["whom"], day=day, agreed=said["agreed"])


def _iso(text: str, now: datetime, school: School) -> date:
    if not text:
        raise Unfit("no_day")
    day, rest = day_first(text, now, school)
    if rest:
        raise Unfit("unreadable")
    return day


def seen_of(filled: Mapping[str, str]) -> tuple[int, int] | None:
    """Number and revision of the hold as the form showed it; None where a form does not say."""
    found = re.fullmatch(r"(\d{1,18})\.(\d{1,9})", filled.get("form", ""))
    return (int(found[1]), int(found[2])) if found else None


def facts_of(hold: Hold, now: datetime, school: School) -> Facts:
    """A hold as facts for its words. `ends` is how long it stands: as was decided (unless that day is past), else as opened.

    `review`: it was decided until further notice, and `due` is when it is looked at again.
    """
    waits = hold.until is not None and hold.until <= now
    until = None if hold.until is None or waits else today(hold.until, school).isoformat()
    return {
        "pupil": hold.pupil,
        "by": hold.by,
        "since": today(hold.since, school).isoformat(),
        "reason": hold.reason or None,
        "key": hold.key,
        "ends": hold.ends if waits else hold.decided or hold.ends,
        "until": until,
        "lapses": hold.lapses,
        "disputed": hold.disputed,
        "owner": hold.owner,
        "due": today(hold.due, school).isoformat() if hold.due else None,
        "overdue": overdue(hold, now),
        "came": hold.came,
        "talked": hold.talked,
        "review": hold.decided == OPEN,
    }


def step_told(step: HoldStep, school: School) -> tuple[str, Facts]:
    """One thing that was done about a hold, as a line of its history: which words, and with which facts."""
    facts: dict[str, Fact] = {"by": step.by, "on": today(step.at, school).isoformat(), "why_so": step.why or None}
    if step.until:
        facts["until"] = today(step.until, school).isoformat()
    if step.talk is None:
        return f"hold.step_{step.what}", facts
    talk = step.talk
    own: Facts = {"spoke": talk.spoke or None, "whom": talk.whom, "day": talk.day.isoformat(), "agreed": talk.agreed}
    return f"hold.step_{step.what}", {**facts, **own}


def how_ended(hold: Hold) -> str:
    """How one that is over has ended: by itself (ended), its removal taken back in time (undone), or as was decided."""
    last = hold.steps[-1].what if hold.steps else ""
    return last if last in ("ended", "undone") and hold.released_at is not None else "decided"


def overdue(hold: Hold, now: datetime) -> bool:
    """Whether nobody has dealt with it in time. One that ends by itself is dealt with."""
    return not hold.lapses and hold.due is not None and hold.due <= now
