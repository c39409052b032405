"""One of each thing that people read, with ordinary names."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.actions import Mode
from bot.events import Answered, Fact, Kind, PersonKey, Verb, account
from bot.notice import Mention, Notice
from bot.ports import Alert, Decision, Person
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
    "recording.none": (None, {"since": SINCE}, ()),
    "removed_stays_out.still_here": (BEN, {"since": SINCE, "held": False}, SEEN[:1]),
    "removed_stays_out.back": (BEN, {"since": SINCE, "held": True}, SEEN[:1]),
    "hands.refused": (
        None,
        {"code": "removal_not_allowed", "words": "Set-CsApplicationMeetingConfiguration"},
        (),
    ),
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
) -> Notice:
    """An alert in words: what SAYINGS has for it, except what is given here."""
    usual_about, usual_facts, usual_choices = SAYINGS.get(say, (None, {}, SEEN))
    decision = Decision(
        rule=say.split(".")[0],
        action="tell",
        mode=Mode.ACT,
        say=say,
        about=about or usual_about,
        facts={**usual_facts, **facts, **({"over_at": at(9, 20).isoformat()} if over else {})},
        choices=usual_choices if choices is None else choices,
        over=over,
        unconfirmed=unconfirmed,
    )
    filed = Alert(
        number=17, sitting_id=4, attempt=1, revision=1, decided_at=at(9, 14), decision=decision, answered=answered
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
    "warn.done": ({"pupil": ADA, "count": 2, "days": 30}, ()),
    "warn.who": ({}, ("Ada Lovelace (3B)", "Ada Lovelace (4A)")),
    "warn.pick": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "warn.not_here": ({}, ()),
    "warn.cannot_tell": ({}, ()),
    "warn.not_pupil": ({}, ()),
    "note.done": ({}, ()),
    "remove.done": ({"pupil": ADA}, ()),
    "remove.by_hand": ({"pupil": ADA}, ()),
    "removed.done": ({"pupil": ADA}, ()),
    "remove.why": ({}, ()),
    "remove.who": ({}, ("Ada Lovelace (3B)", "Ada Lovelace (4A)")),
    "remove.pick": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "remove.not_here": ({}, ()),
    "remove.cannot_tell": ({}, ()),
    "remove.not_pupil": ({}, ()),
    "undo.done": ({"pupil": ADA}, ()),
    "undo.nothing": ({}, ()),
    "mic.on": ({}, ()),
    "mic.off": ({}, ()),
    "mic.how": ({}, ()),
    "mic.by_hand": ({}, ()),
    "holds.list": ({"count": 2}, ("Ada Lovelace, since 2026-11-23: biting", "Ben Okafor, since 2026-11-24: none")),
    "holds.one": ({"pupil": ADA, "since": "2026-11-23", "reason": "shouting"}, ()),
    "holds.disputed": ({"pupil": ADA, "since": "2026-11-23", "reason": None}, ()),
    "release.done": ({"pupil": ADA}, ()),
    "release.how": ({}, ()),
    "release.none": ({}, ()),
    "refused.not_lead": ({}, ()),
    "note.empty": ({}, ()),
    "unknown": ({"nearest": "status"}, ()),
    "refused.not_staff": ({}, ()),
    "refused.not_clt": ({}, ()),
    "approve.done": ({"pupil": ADA, "days": 7}, ()),
    "approve.ended": ({"pupil": ADA}, ()),
    "approve.how": ({}, ("Ada Lovelace (3B)", "Ben Okafor (3B)")),
    "refused.cannot_tell": ({}, ()),
    "press.not_yours": ({}, ()),
    "press.over": ({}, ()),
    "no_lesson": ({}, ()),
    "public": ({}, ()),
    "sorry": ({}, ()),
    "flooded": ({}, ()),
    "welcome.meeting": ({"school": "Example Primary School"}, ()),
    "welcome.team": ({"school": "Example Primary School"}, ()),
    "welcome.personal": ({"school": "Example Primary School"}, ()),
    **{f"status.can_{one.name}": ({}, ()) for one in ABILITIES},
    **{f"status.cannot_{one.name}": ({"clauses": " ".join(one.clauses)}, ()) for one in lacking("watch")},
    **{
        f"status.{trouble}": ({"clauses": "C13 C30 C31 C32 C55 C56"}, ())
        for trouble in (
            "blind_meet_now",
            "blind_channel",
            "blind_call",
            "blind_directory",
            "blind_meeting",
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
