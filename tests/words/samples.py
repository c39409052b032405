"""One of each thing that people read, with ordinary names."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.actions import Audience, Mode
from bot.events import Answered, Fact, Kind, PassedOn, PersonKey, Verb, account
from bot.notice import Ask, Choice, Mention, Notice, Severity
from bot.ports import OPTIONS, Alert, Decision, NoteFiled, Person
from bot.reasons import USUAL
from bot.tiers import ABILITIES, lacking
from bot.words.catalogue import Words

WORDS = Words("Europe/London", "Example Primary School")
ADA, BEN = account("00000000-0000-0000-0000-00000000ada1"), account("00000000-0000-0000-0000-00000000be01")
MISS_KHAN, MR_BELL = account("00000000-0000-0000-0000-00000000a4a1"), account("00000000-0000-0000-0000-00000000be11")
STRANGER, NAMELESS = PersonKey("mri:8:teamsvisitor:abc"), PersonKey("mri:8:teamsvisitor:def")
GUEST, PHONE = account("00000000-0000-0000-0000-00000000e571"), PersonKey("mri:4:+441234567890")
LEAD = Mention(oid="00000000-0000-0000-0000-0000000001ad", name="Mrs Olu Adeyemi")
HEAD = Mention(oid="00000000-0000-0000-0000-00000000ea01", name="Mr David Hart")
JUNE = datetime(2026, 6, 15, tzinfo=UTC)
PEOPLE: Mapping[PersonKey, Person] = {
    key: Person(key=key, kind=kind, name=name, classes=classes)
    for key, kind, name, classes in (
        (ADA, Kind.PUPIL, "Ada Lovelace", ("3B",)),
        (BEN, Kind.PUPIL, "Ben Okafor", ("3B",)),
        (MISS_KHAN, Kind.STAFF, "Miss Priya Khan", ()),
        (MR_BELL, Kind.STAFF, "Mr Tom Bell", ()),
        (STRANGER, Kind.ANONYMOUS, "Miss Smith", ()),
        (GUEST, Kind.GUEST, "Sam Carter", ()),
        (NAMELESS, Kind.ANONYMOUS, "", ()),
    )
}


def at(hour: int, minute: int = 0) -> datetime:
    """That time of a winter's day, when the school's clocks say the same as UTC."""
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


LESSON = WORDS.lesson("Maths", "3B", at(9))
SINCE = at(9, 12).isoformat()
STRANGE: dict[str, Fact] = {"kind": "anonymous", "since": SINCE}
ASKED: dict[str, Fact] = STRANGE | {"by": MISS_KHAN}
ALONE: dict[str, Fact] = {"since": SINCE, "adults": (MISS_KHAN,)}
PRIVATE = {
    *("lone_pupil.stop", "uninvited_attendee.ask", "uninvited_attendee.by_hand", "removal.by_hand", "muting.by_hand"),
    *("mute_on_entry.keep_open", "staff_only.sharing", "staff_only.presenter", "staff_only.open", "pause.changed"),
    *("call.lobby", "removed_stays_out.did_you"),
}
"""What the host alone is told."""
SEEN, STAYS = (Verb.ACKNOWLEDGE, Verb.NOT_A_PROBLEM), (Verb.REMOVE, Verb.LET_STAY)

SAYINGS: dict[str, tuple[PersonKey | None, dict[str, Fact], tuple[Verb, ...]]] = {
    "lone_pupil.alone": (ADA, ALONE, SEEN),
    "lone_pupil.no_adult": (ADA, {"since": SINCE, "adults": ()}, SEEN),
    "lone_pupil.stop": (ADA, ALONE, ()),
    "uninvited_attendee.ask": (STRANGER, STRANGE, STAYS),
    "uninvited_attendee.present": (STRANGER, STRANGE, SEEN),
    "uninvited_attendee.let_stay": (STRANGER, ASKED, SEEN),
    "uninvited_attendee.being_removed": (STRANGER, ASKED, SEEN),
    "uninvited_attendee.by_hand": (STRANGER, ASKED, STAYS[1:]),
    "uninvited_attendee.still_here": (STRANGER, ASKED, STAYS[1:]),
    "uninvited_attendee.ordered_out": (STRANGER, ASKED, STAYS[1:]),
    "uninvited_attendee.to_go": (STRANGER, STRANGE, STAYS[1:]),
    "sight.blind": (None, {"why": ("meet_now",), "since": SINCE}, ()),
    "rule.broken": (None, {"rule": ("lone_pupil",)}, ()),
    "brake.tripped": (None, {"rule": "uninvited_attendee"}, ()),
    "removal.by_hand": (STRANGER, {}, ()),
    "muting.by_hand": (BEN, {}, ()),
    "mute_on_entry.keep_open": (None, {}, (Verb.OPEN_MICS, Verb.HOLD_MICS)),
    "mute_on_entry.promote": (MR_BELL, {"since": SINCE}, ()),
    "staff_only.organizer": (BEN, {"adults": (MISS_KHAN,)}, SEEN),
    "staff_only.sharing": (BEN, {}, ()),
    "staff_only.presenter": (BEN, {}, ()),
    "staff_only.open": (None, {}, ()),
    "staff_only.recording": (BEN, {}, SEEN[:1]),
    "recording.none": (None, {"since": SINCE}, ()),
    "misuse.pupil": (BEN, {"since": SINCE, "count": 3}, SEEN),
    "removed_stays_out.still_here": (BEN, {"since": SINCE, "held": False}, SEEN[:1]),
    "removed_stays_out.back": (BEN, {"since": SINCE, "held": True}, SEEN[:1]),
    "hands.refused": (
        None,
        {"code": "removal_not_allowed", "words": "Set-CsApplicationMeetingConfiguration"},
        (),
    ),
    "teacher_dropped.alone": (
        None,
        {"since": SINCE, "pupils": (ADA, BEN), "adults": (MISS_KHAN,), "paused": True},
        SEEN,
    ),
    "pause.on": (None, {"by": MISS_KHAN, "since": SINCE}, ()),
    "pause.changed": (None, {"options": ("camera", "chat")}, ()),
    "call.lobby": (None, {"since": SINCE}, ()),
    "call.refused": (None, {"words": "too many calls"}, ()),
    "call.without": (None, {}, ()),
    "removed_stays_out.did_you": (BEN, {}, (Verb.KEEP_OUT, Verb.NOT_A_PROBLEM)),
    "options.refused": (
        None,
        {"code": "no_access_policy", "words": "Grant-CsApplicationAccessPolicy, then wait 30 minutes"},
        (),
    ),
}
"""What every alert is about, with the facts and buttons that the rules and the engine give it."""


def alert(
    say: str,
    *,
    about: PersonKey | None = None,
    facts: Mapping[str, Fact] = {},
    choices: tuple[Verb, ...] | None = None,
    over: bool = False,
    unconfirmed: bool = False,
    answered: tuple[Answered, ...] = (),
    people: Mapping[PersonKey, Person] = PEOPLE,
    lesson: str = LESSON,
    words: Words = WORDS,
    mentions: tuple[Mention, ...] = (LEAD, HEAD),
    notes: tuple[NoteFiled, ...] = (),
    passed: tuple[PassedOn, ...] = (),
) -> Notice:
    """An alert in words: what SAYINGS has for it, except what is given here."""
    usual_about, usual_facts, usual_choices = SAYINGS.get(say, (None, {}, SEEN))
    decision = Decision(
        rule=say.split(".")[0],
        action="tell",
        mode=Mode.ACT,
        to=Audience.HOST if say in PRIVATE else Audience.CLT,
        say=say,
        about=about or usual_about,
        facts={**usual_facts, **facts, **({"over_at": at(9, 20).isoformat()} if over else {})},
        choices=usual_choices if choices is None else choices,
        over=over,
        unconfirmed=unconfirmed,
    )
    filed = Alert(
        number=17,
        sitting_id=4,
        attempt=1,
        revision=1,
        decided_at=at(9, 14),
        decision=decision,
        answered=answered,
        notes=notes,
        passed=passed,
    )
    return words.alert(filed, people, lesson=lesson, mentions=mentions)


def answer(verb: Verb, by: PersonKey = MR_BELL, when: datetime | None = None) -> Answered:
    """Somebody answered."""
    return Answered(at=when or at(9, 15), rule="any", about=None, verb=verb, by=by)


REPLIES: dict[str, tuple[dict[str, Fact], tuple[str, ...]]] = {
    "help": ({"in_lesson": True}, ()),
    "help.pupil": ({}, ()),
    "status": (
        {"lesson": LESSON, "tier": "watch", "staff": 1, "pupils": 27, "others": 1},
        ("Sees: who joins and who leaves.", "Cannot mute anybody: you do that in Teams (C19)."),
    ),
    "warn.done": ({"pupil": ADA, "count": 2, "days": 30, "step": "next_warning", "track": "ladder"}, ()),
    "warn.who": ({}, ("Ada Lovelace (3B)", "Ada Lovelace (4A)")),
    "warn.pick": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "warn.not_here": ({}, ()),
    "warn.cannot_tell": ({}, ()),
    "warn.not_pupil": ({}, ()),
    "note.done": ({}, ()),
    "remove.done": ({"pupil": ADA, "ends": "clt_decides", "seconds": 0}, ()),
    "remove.planned": ({"pupil": ADA, "ends": "parents", "seconds": 5}, ()),
    "remove.sure": ({"pupil": ADA, "ends": "open", "seconds": 5}, ()),
    "remove.by_hand": ({"pupil": ADA, "ends": "parents", "seconds": 5}, ()),
    "removed.done": ({"pupil": ADA, "ends": "parents", "seconds": 5}, ()),
    "remove.why": ({}, ()),
    "remove.who": ({}, ("Ada Lovelace (3B)", "Ada Lovelace (4A)")),
    "remove.pick": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "remove.not_here": ({}, ()),
    "remove.cannot_tell": ({}, ()),
    "remove.not_pupil": ({}, ()),
    "undo.done": ({"pupil": ADA}, ()),
    "undo.nothing": ({}, ()),
    "undo.held": ({}, ()),
    "undo.in_time": ({"pupil": ADA}, ()),
    "undo.warning": ({"pupil": ADA}, ()),
    "who.pick": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "who.record": (
        {"pupil": ADA, "counting": 2, "warnings": 3, "held": True},
        ("2026-11-24: warned by Miss Priya Khan: being unkind (counts)",),
    ),
    "who.warning": ({"on": "2026-11-24", "by": MISS_KHAN, "reason": None, "key": "unkind", "state": "counts"}, ()),
    "who.hold": ({"on": "2026-11-24", "by": MISS_KHAN, "reason": "swore", "key": "abuse", "ends": "clt_decides"}, ()),
    "who.released": ({"on": "2026-11-25", "by": MR_BELL, "agreed": "spoke to the mother"}, ()),
    "log": ({"lesson": LESSON, "earlier": 2}, ("09:00 The lesson began", "09:12 Miss Priya Khan warned Ada Lovelace")),
    "alarms": (
        {"days": 30, "told": 9, "nothing": 2},
        ("One pupil alone: 9 told, 2 not a problem, 5 seen to otherwise",),
    ),
    "alarms.rule": ({"rule": "lone_pupil", "told": 9, "nothing": 2, "taken": 5}, ()),
    "log.seen": ({"alerts": 0, "percent": 98, "blind": 12}, ()),
    "log.sources": ({"messages": 31, "rosters": 4, "disagreed": 0}, ()),
    "log.recording": ({"at": SINCE, "about": MISS_KHAN}, ()),
    "log.joined": ({"at": SINCE, "about": ADA}, ()),
    "log.started": ({"at": SINCE}, ()),
    "log.ended": ({"at": SINCE}, ()),
    "log.warned": ({"at": SINCE, "about": ADA, "by": MISS_KHAN, "key": "chat", "count": 1}, ()),
    "log.taken_back": ({"at": SINCE, "about": ADA, "by": MISS_KHAN}, ()),
    "log.planned": ({"at": SINCE, "about": ADA, "by": MISS_KHAN, "key": ""}, ()),
    "log.removed": ({"at": SINCE, "about": ADA, "by": MISS_KHAN, "key": "abuse"}, ()),
    "log.undone": ({"at": SINCE, "about": ADA, "by": MISS_KHAN}, ()),
    "log.released": ({"at": SINCE, "about": ADA}, ()),
    "log.mics": ({"at": SINCE, "open": True, "by": MISS_KHAN}, ()),
    "log.alert": ({"at": SINCE, "rule": "lone_pupil", "to": "clt", "about": ADA}, ()),
    "log.note": ({"at": SINCE, "by": MISS_KHAN, "text": "Fire drill"}, ()),
    "test.done": ({"count": 4}, ()),
    "test.failed": ({}, ()),
    "test.alert": ({"count": 4}, ()),
    "script": ({"pupil": ADA}, ("“Please use kind words.”",)),
    **{
        f"pupil.{said}": ({"band": band, "by": MISS_KHAN, "key": key}, ())
        for said, band, key in (("warned", "ks2", "unkind"), ("removed", "ks1", "abuse"), ("taken_back", "eyfs", ""))
    },
    **{f"ends.{end}": ({}, ()) for end in ("parents", "clt_decides", "open")},
    **{
        f"ask.{name}": ({}, ())
        for name in ("warn", "remove", "removed", "undo", "help", "status", "log", "who", "test")
    },
    **{f"choose.{name}": ({}, ()) for name in ("pupil", "pupil_missing", "reason", "reason_missing")},
    "mic.on": ({}, ()),
    "mic.off": ({}, ()),
    "mic.how": ({}, ()),
    "mic.by_hand": ({}, ()),
    "holds.list": ({"count": 2}, ("Ada Lovelace, since 2026-11-23: biting", "Ben Okafor, since 2026-11-24: none")),
    "holds.one": ({"pupil": ADA, "since": "2026-11-23", "reason": "shouting", "key": "", "ends": "open"}, ()),
    "holds.disputed": ({"pupil": ADA, "since": "2026-11-23", "reason": None, "key": "chat", "ends": "parents"}, ()),
    "release.done": ({"pupil": ADA}, ()),
    "release.how": ({}, ()),
    "release.none": ({}, ()),
    "refused.not_lead": ({}, ()),
    "note.empty": ({}, ()),
    "plan.on_hold": ({"pupil": ADA, "ends": "parents", "lessons": (LESSON, "3B Science, 09:00 tomorrow")}, ()),
    "plan.released": ({"pupil": ADA, "lessons": (LESSON,)}, ()),
    "plan.tomorrow": ({"lesson": LESSON}, ()),
    "plan.sealed": ({"lesson": LESSON}, ("Allow mic for attendees: off", "Who can present: only staff")),
    "plan.needs_you": ({"lesson": LESSON}, ("Record and transcribe automatically: on",)),
    "plan.refused": ({"lesson": LESSON, "words": "Grant-CsApplicationAccessPolicy, then wait 30 minutes"}, ()),
    "plan.not_placed": ({"lesson": LESSON, "words": "the app is not in the school’s catalogue"}, ()),
    "plan.silent": ({"lesson": LESSON, "teacher": MISS_KHAN}, ()),
    "plan.silent_many": ({"count": 3}, ("3B Maths, 09:00, Miss Priya Khan",)),
    "plan.silent_one": ({"lesson": LESSON, "teacher": MISS_KHAN}, ()),
    "plan.unseen": (
        {"count": 2},
        ("3B Maths, 09:00: it is a channel meeting", "2 calendars of staff are closed to it."),
    ),
    "plan.unseen_one": ({"lesson": LESSON, "why": ("channel",)}, ()),
    "plan.closed": ({"count": 2}, ()),
    **{f"option.{option}": ({}, ()) for option in (*OPTIONS, "roles")},
    "unknown": ({"nearest": "status"}, ()),
    "refused.not_staff": ({}, ()),
    "refused.not_clt": ({}, ()),
    "approve.done": ({"pupil": ADA, "days": 7}, ()),
    "approve.ended": ({"pupil": ADA}, ()),
    "approve.how": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "refused.cannot_tell": ({}, ()),
    "press.not_yours": ({}, ()),
    "press.over": ({}, ()),
    "pause.done": ({}, ()),
    "pause.by_hand": ({}, ()),
    "resume.done": ({}, ()),
    "resume.nothing": ({}, ()),
    "class.paused": ({}, ()),
    "class.resumed": ({}, ()),
    "no_lesson": ({}, ()),
    "public": ({}, ()),
    "sorry": ({}, ()),
    "welcome.chat": ({"school": "Example Primary School"}, ()),
    "welcome.safeguarding": ({"school": "Example Primary School"}, ()),
    "flooded": ({}, ()),
    "welcome.meeting": ({"school": "Example Primary School"}, ()),
    "welcome.team": ({"school": "Example Primary School"}, ()),
    "welcome.personal": ({"school": "Example Primary School"}, ()),
    **{f"status.can_{one.name}": ({}, ()) for one in ABILITIES if one.clauses},
    **{
        f"status.cannot_{one.name}": ({"clauses": " ".join(one.clauses)}, ()) for one in lacking("watch") if one.clauses
    },
    **{
        f"status.{trouble}": ({"clauses": "C13 C30 C31 C32 C55 C56"}, ())
        for trouble in (
            "blind_meet_now",
            "blind_channel",
            "blind_call",
            "blind_directory",
            "blind_meeting",
            "blind_dropped",
            "invitation_unknown",
            "options_unread",
            "options_refused",
            "not_in_call",
        )
    },
    "status.no_rules": ({}, ()),
}
"""Every answer, with the facts and details that the service gives it."""


def reply(key: str) -> Notice:
    """An answer in words."""
    facts, details = REPLIES[key]
    return WORDS.reply(key, facts, PEOPLE, details)


def everything(notice: Notice) -> str:
    """All that a notice says, in one string."""
    parts = (notice.headline, notice.done, notice.next_step, notice.answered, *notice.details)
    return " ".join(filter(None, parts))


def asking(key: str, *asks: Ask, pupils: bool = False, reasons: bool = False) -> Notice:
    """An answer with its buttons, and with what is to be chosen first."""
    among = tuple(
        (f"aad:{n}", f"{name} (3B)") for n, name in enumerate(("Ada Lovelace", "Ben Okafor", "Zoë Ng-Wright"))
    )
    why = tuple((one.key, WORDS.reply("reason", {"key": one.key}).headline) for one in USUAL)
    choices = (
        [Choice(name="pupil", label="Which pupil?", among=among, needed="Please choose a pupil.")] if pupils else []
    )
    choices += [Choice(name="reason", label="What for?", among=why)] if reasons else []
    return replace(reply(key), asks=asks, choices=tuple(choices), mark="m1")


WARN, REMOVE, UNDO = (Ask(title=name.title(), command=name, pupil=ADA) for name in ("warn", "remove", "undo"))
ASKING: dict[str, Notice] = {
    "picker": asking("warn.pick", replace(WARN, pupil=None), pupils=True, reasons=True),
    "grave": asking("remove.why", REMOVE, replace(WARN, alone=True), reasons=True),
    "sure": asking("remove.sure", REMOVE),
    "planned": asking("remove.planned", UNDO),
    "warned": asking("warn.done", REMOVE, UNDO),
    "unknown": asking("unknown", Ask(title="Status", command="status"), Ask(title="Help", command="help")),
    "safeguarding": asking("welcome.safeguarding", Ask(title="Send a test alert", command="test")),
    "test": replace(reply("test.alert"), mentions=(LEAD, HEAD), severity=Severity.KNOW),
}
"""Answers that ask, and the test alert."""
