"""One of each thing that people read, with ordinary names."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.actions import Audience, Mode
from bot.events import (
    Answered,
    CallMoved,
    Described,
    Fact,
    Identified,
    Joined,
    Kind,
    OptionsRefused,
    PassedOn,
    PersonKey,
    Verb,
    account,
)
from bot.fold import fold
from bot.held import DECISIONS, UNFIT
from bot.notice import Ask, Choice, Field, Filling, Mention, Notice, Severity
from bot.orders import status_lines
from bot.policy import find_rules
from bot.ports import OPTIONS, Alert, Decision, NoteFiled, Person
from bot.reasons import USUAL
from bot.school import read_school
from bot.sitting import Meeting, Sitting
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
LEFT: dict[str, Fact] = {"since": SINCE, "pupils": (ADA, BEN), "paused": True}
CLAUSES = "C14 C16 C17 C19 C20 C24 C37 C42 C52 C62 C78 C91 C94"
LINK = "https://teams.microsoft.com/meet/2871?p=Ab3"
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
    "told_anew": (BEN, {"since": SINCE}, SEEN),
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
        {
            "since": SINCE,
            "pupils": (ADA, BEN),
            "adults": (MISS_KHAN,),
            "paused": True,
            "on_call": True,
            "coming": (MR_BELL,),
        },
        SEEN,
    ),
    "teacher_dropped.page": (MR_BELL, {"since": SINCE, "pupils": (ADA, BEN), "paused": True}, (Verb.COMING,)),
    "teacher_dropped.unreached": (MR_BELL, {"since": SINCE, "pupils": (ADA, BEN), "paused": False}, (Verb.COMING,)),
    "stragglers.host": (None, LEFT | {"removing": "stopped"}, ()),
    "stragglers.left": (None, LEFT | {"removing": "one_by_one"}, SEEN),
    "pause.on": (None, {"by": MISS_KHAN, "since": SINCE}, ()),
    "pause.changed": (None, {"options": ("camera", "chat")}, ()),
    "call.lobby": (None, {"since": SINCE}, ()),
    "call.refused": (None, {"words": "too many calls"}, ()),
    "call.not_shown": (None, {"words": "the permission was taken away"}, ()),
    "call.without": (None, {}, ()),
    "removed_stays_out.did_you": (BEN, {}, (Verb.KEEP_OUT, Verb.NOT_A_PROBLEM)),
    "options.refused": (
        None,
        {"code": "no_access_policy", "words": "Grant-CsApplicationAccessPolicy, then wait 30 minutes"},
        (),
    ),
}
"""What every alert is about, with the facts and buttons that the rules and the engine give it."""

ONE_ALONE = {
    **dict.fromkeys(("lone_pupil.stop", "stragglers.host", "removal.by_hand", "muting.by_hand"), Audience.HOST),
    **dict.fromkeys(("uninvited_attendee.ask", "uninvited_attendee.by_hand", "call.lobby"), Audience.HOST),
    **dict.fromkeys(("staff_only.sharing", "staff_only.presenter", "staff_only.open"), Audience.HOST),
    **dict.fromkeys(("mute_on_entry.keep_open", "removed_stays_out.did_you", "pause.changed"), Audience.HOST),
    "mute_on_entry.promote": Audience.THEM,
    **dict.fromkeys(("teacher_dropped.page", "teacher_dropped.unreached"), Audience.ON_CALL),
}
"""What is told to one person alone, where nobody is mentioned; all else is told in the safeguarding channel."""


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
        to=ONE_ALONE.get(say) or (Audience.HOST if say in PRIVATE else Audience.CLT),
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
    notice = words.alert(filed, people, lesson=lesson, mentions=mentions)
    return replace(notice, link=LINK if notice.join else "")


def answer(verb: Verb, by: PersonKey = MR_BELL, when: datetime | None = None) -> Answered:
    """Somebody answered."""
    return Answered(at=when or at(9, 15), rule="any", about=None, verb=verb, by=by)


HELD: dict[str, Fact] = {
    "pupil": ADA,
    "by": MISS_KHAN,
    "since": "2026-11-23",
    "reason": None,
    "key": "unkind",
    "ends": "parents",
    "until": None,
    "lapses": False,
    "disputed": False,
    "owner": None,
    "due": "2026-11-25",
    "overdue": False,
    "came": 0,
    "talked": False,
    "review": False,
}
"""A hold as it stands (`bot.held.facts_of`)."""
GONE: dict[str, Fact] = {"ended": "2026-12-01", "released_by": MR_BELL, "how": "ended", "agreed": None}
DID: dict[str, Fact] = {"by": MR_BELL, "on": "2026-11-24", "why_so": None}
SPOKE: dict[str, Fact] = {"spoke": "Mr Bell", "whom": "Ada’s mother", "day": "2026-11-24", "agreed": "she says sorry"}
HISTORY = (
    "24 November 2026: Mr Bell spoke with Ada’s mother on 24 November 2026: she says sorry (written by Mr Tom Bell)",
    "24 November 2026: out until 1 December 2026, decided by Mr Tom Bell",
    "Came in all the same 2 times, last on 25 November 2026",
)

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
    "undo.held_before": ({"pupil": ADA}, ()),
    "undo.warning": ({"pupil": ADA}, ()),
    "undo.note": ({}, ()),
    "who.pick": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "who.record": (
        {"pupil": ADA, "counting": 2, "warnings": 3, "held": True},
        ("2026-11-24: warned by Miss Priya Khan: being unkind (counts)",),
    ),
    "who.warning": ({"on": "2026-11-24", "by": MISS_KHAN, "reason": None, "key": "unkind", "state": "counts"}, ()),
    "who.hold": (
        {
            "on": "2026-11-24",
            "by": MISS_KHAN,
            "reason": "swore",
            "key": "abuse",
            "ends": "clt_decides",
            "came": 2,
        },
        (),
    ),
    "who.released": ({"on": "2026-11-25", "by": MR_BELL, "agreed": "spoke to the mother", "how": "decided"}, ()),
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
    "log.note": ({"at": SINCE, "by": MISS_KHAN, "text": "Fire drill", "back": True}, ()),
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
        for name in (
            *("warn", "remove", "removed", "undo", "help", "status", "log", "who", "test", "resume"),
            *("release", "holds", "mine", "save", "without"),
        )
    },
    **{
        f"choose.{name}": ({}, ())
        for name in (
            *("pupil", "pupil_missing", "reason", "reason_free", "reason_missing"),
            *("spoke", "whom", "day", "agreed", "until", "decision", "decision_missing"),
            *(f"decision_{what}" for what in DECISIONS),
        )
    },
    "mic.on": ({}, ()),
    "mic.off": ({}, ()),
    "mic.how": ({}, ()),
    "mic.by_hand": ({}, ()),
    "holds.list": (
        {"count": 2},
        ("Ada Lovelace, since 23 November 2026: biting", "Ben Okafor, since 24 November 2026: none"),
    ),
    "holds.one": (HELD | {"overdue": True, "owner": MR_BELL, "came": 2}, ()),
    "hold.card": (HELD | {"lesson": LESSON, "came": 2}, HISTORY),
    "hold.overdue": (HELD | {"lesson": LESSON, "overdue": True}, HISTORY[:1]),
    "hold.ended": (HELD | GONE, HISTORY),
    "hold.over": (HELD | GONE, HISTORY),
    "hold.already": (HELD | {"ends": "until", "until": "2026-12-01"}, HISTORY),
    "hold.disputed": ({}, ()),
    "hold.came": ({"came": 2, "last": "2026-11-25"}, ()),
    "hold.step_talk": (DID | SPOKE, ()),
    "hold.step_release": (DID, ()),
    "hold.step_until": (DID | {"until": "2026-12-01"}, ()),
    "hold.step_open": (DID | {"why_so": "the governors meet first"}, ()),
    "hold.step_again": (DID | {"why_so": "filming"}, ()),
    "hold.step_planned": (DID | {"why_so": "filming"}, ()),
    "hold.step_undone": (DID | {"why_so": "filming"}, ()),
    "hold.step_ended": (DID, ()),
    **{f"release.{say}": (HELD | {"days": 90}, ()) for say in ("form", "later", "changed", *UNFIT)},
    "release.until": (HELD | {"ends": "until", "until": "2026-12-01", "due": None}, ()),
    "release.open": (HELD | {"ends": "open", "due": "2026-12-22"}, ()),
    "log.came_on_hold": ({"at": SINCE, "about": ADA}, ()),
    "removed.why": ({}, ()),
    "release.done": ({"pupil": ADA}, ()),
    "release.how": ({}, ()),
    "release.none": ({}, ()),
    "release.nobody": ({}, ()),
    "holds.whose": ({}, ()),
    "refused.not_lead": ({}, ()),
    "note.empty": ({}, ()),
    "plan.on_hold": ({"pupil": ADA, "ends": "parents", "lessons": (LESSON, "3B Science, 09:00 tomorrow")}, ()),
    "plan.released": ({"pupil": ADA, "lessons": (LESSON,), "back": False}, ()),
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
    "class.over": ({}, ()),
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
        f"status.{trouble}": ({"clauses": CLAUSES, "permissions": "OnlineMeetings.ReadWrite.All"}, ())
        for trouble in (
            *(f"blind_{why}" for why in ("meet_now", "channel", "call", "directory", "meeting", "dropped", "roster")),
            *("invitation_unknown", "options_unread", "options_refused", "not_in_call", "hands_refused"),
            *(f"call_{state}" for state in ("joined", "lobby", "refused")),
        )
    },
    **{
        f"status.rules_{mode}": ({"rule": ("stragglers", "misuse"), "clauses": "C72 C94"}, ())
        for mode in ("off", "watch", "tell")
    },
    **{f"status.{standing}": ({}, ()) for standing in ("paused", "paused_alone", "braked")},
    "status.left": ({"left": "microphones, who presents, recording, pausing, the lobby"}, ()),
    **{f"left.{one.name}": ({}, ()) for one in ABILITIES if one.clauses},
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
    label = reply("choose.reason_free" if pupils else "choose.reason").headline
    needed = "" if pupils else reply("choose.reason_missing").headline
    choices += [Choice(name="reason", label=label, among=why, needed=needed)] if reasons else []
    return replace(reply(key), asks=asks, choices=tuple(choices), mark="m1")


def form(key: str, *asks: Ask, **filled: str) -> Notice:
    """The form of a hold, as `bot.hold_notices` makes it."""

    def one(name: str, filling: Filling = Filling.LINE) -> Field:
        return Field(name=name, label=label(name), filling=filling, value=filled.get(name, ""))

    def label(name: str) -> str:
        return WORDS.reply(f"choose.{name}").headline

    among = tuple((what, label(f"decision_{what}")) for what in DECISIONS)
    decision = Choice(
        name="decision",
        label=label("decision"),
        among=among,
        needed=label("decision_missing"),
        value=filled.get("decision", ""),
    )
    fields = (one("spoke"), one("whom"), one("day", Filling.DAY), one("agreed", Filling.LINES))
    needs = WORDS.reply("ends.parents").headline
    told = replace(reply(key), details=(needs, *HISTORY), choices=(*fields, decision, one("until", Filling.DAY)))
    save = Ask(title="Save", command="release", pupil=ADA, filled=(("form", "12.3"),))
    return replace(told, asks=(*asks, save), mark="m1")


WARN, REMOVE, UNDO = (Ask(title=name.title(), command=name, pupil=ADA) for name in ("warn", "remove", "undo"))
IN_THE_LOBBY = fold(
    Sitting(Meeting(tenant="t", school="s", thread="19:meeting_x@thread.v2")),
    [
        Described(at=at(9), organizer=MISS_KHAN, class_name="3B", invitees_known=True),
        Joined(at=at(9), person=MISS_KHAN, endpoint="1"),
        Identified(at=at(9), person=MISS_KHAN, kind=Kind.STAFF),
        OptionsRefused(at=at(9, 1), code="no_access_policy"),
        CallMoved(at=at(9, 1), state="lobby"),
    ],
)
"""A lesson in which Schoolgate can do little, for /status at its longest but one."""


def status() -> Notice:
    """The whole answer to /status there."""
    school = read_school(Path(__file__).parents[2] / "policies" / "school.toml")
    chosen = replace(
        school,
        school=school.school.model_copy(update={"tier": "remove"}),
        rules=find_rules({"misuse": {"enabled": False}, "recording": {"mode": "watch"}}),
    )
    lines = list(status_lines(WORDS, chosen, IN_THE_LOBBY))
    return WORDS.reply("status", {"lesson": LESSON, "staff": 1, "pupils": 27, "others": 0}, details=lines)


ASKING: dict[str, Notice] = {
    "status": status(),
    "picker": asking("warn.pick", replace(WARN, pupil=None), pupils=True, reasons=True),
    "grave": asking("remove.why", REMOVE, replace(WARN, alone=True), reasons=True),
    "sure": asking("remove.sure", REMOVE),
    "planned": asking("remove.planned", UNDO),
    "warned": asking("warn.done", REMOVE, UNDO),
    "paused": asking("pause.done", Ask(title="Let it go on", command="resume")),
    "noted": asking("note.done", replace(UNDO, pupil=None, rest="note")),
    "unknown": asking("unknown", Ask(title="Status", command="status"), Ask(title="Help", command="help")),
    "safeguarding": asking("welcome.safeguarding", Ask(title="Send a test alert", command="test")),
    "release": form("release.form"),
    "release.filled": form(
        "release.no_day",
        spoke="Mr Bell",
        whom="Ada’s mother",
        day="2026-11-24",
        agreed="She will say sorry to Ben. We speak again on Friday, all of us, in the head’s room.",
        decision="until",
    ),
    "release.typed": form("release.typed", agreed="keep her out until 1 December, her mother knows"),
    "release.sure": form(
        "release.sure",
        Ask(title="End it without a talk", command="release", pupil=ADA, filled=(("form", "12.3"), ("sure", "yes"))),
        agreed="The governors have decided.",
        decision="release",
    ),
    "hold": replace(
        reply("hold.card"),
        severity=Severity.LOOK,
        mentions=(LEAD, HEAD),
        asks=(
            Ask(title="Talk and decision", command="release", pupil=ADA),
            Ask(title="I have this", command="holds", pupil=ADA, rest="mine"),
        ),
    ),
    "hold.overdue": replace(
        reply("hold.overdue"),
        severity=Severity.LOOK,
        mentions=(LEAD,),
        asks=(Ask(title="Talk and decision", command="release", pupil=ADA),),
    ),
    "hold.review": replace(
        WORDS.reply(
            "hold.overdue",
            HELD | {"overdue": True, "review": True, "ends": "open", "due": "2026-12-22"},
            PEOPLE,
            (
                *HISTORY[:1],
                "26 November 2026: Miss Sana Khan took a removal back before it was carried out: by mistake",
            ),
        ),
        severity=Severity.LOOK,
        mentions=(LEAD,),
        asks=(Ask(title="Talk and decision", command="release", pupil=ADA),),
    ),
    "hold.over": replace(reply("hold.over"), over=True, asks=(Ask(title="Show the record", command="who", pupil=ADA),)),
    "holds": replace(
        reply("holds.list"),
        choices=asking("warn.pick", pupils=True).choices,
        asks=(Ask(title="Talk and decision", command="release"),),
        mark="m1",
    ),
    "test": replace(reply("test.alert"), mentions=(LEAD, HEAD), severity=Severity.KNOW),
}
"""Answers that ask, and the test alert."""
