"""What staff ask of Schoolgate, and who may (laws 7 and 13)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import Role
from bot.events import (
    CallMoved,
    EpisodeMoved,
    EpisodeState,
    HandsRefused,
    Noted,
    OptionsRefused,
    OptionsSeen,
    Paused,
    PersonKey,
    Warned,
)
from bot.policy import find_rules
from bot.ports import How, Named, Refused
from bot.sight import sight_of
from bot.sitting import Meeting
from tests.builders import (
    ADA,
    ADA_B,
    BEN,
    CARETAKER,
    CLT,
    CY,
    GUEST,
    HEAD,
    KINDS,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    ROBOT,
    after,
    blinded,
    came,
    described,
    ended,
    left,
    school_with,
    sitting_of,
    started,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay, who

STRANGER = PersonKey("aad:99999999-0000-4000-8000-000000000000")
ELSEWHERE = Meeting(tenant=LESSON.tenant, school=LESSON.school, thread="19:meeting_other@thread.v2")


def lesson(**more):
    """Ms Patel teaches Ada and Ben."""
    day = SchoolDay(**more)
    day.happens(started(), came(MS_PATEL), came(ADA), came(BEN))
    return day


def mention(person, words="Ada Moss"):
    """A person mentioned by id."""
    return Named(person=person, words=words)


def answer(reply):
    """The key of the answer, and whether anything was done."""
    return reply.notice.headline, reply.accepted


# --- who may ------------------------------------------------------------------------------------------------------------

_texts = st.one_of(
    st.sampled_from(("/warn Ada shouting", "warn @Ben", "/note all went wrong", "/status", "/help", "", "hi", "/x")),
    st.text(max_size=30),
)
_people = st.sampled_from((None, STRANGER, *KINDS))
_named = st.lists(st.builds(Named, person=_people, words=st.sampled_from(("Ada", "", "Ms Patel"))), max_size=2)


@settings(max_examples=150)
@given(
    by=_people,
    text=_texts,
    named=_named.map(tuple),
    how=st.sampled_from(How),
    meeting=st.sampled_from((None, LESSON, ELSEWHERE)),
    troubled=st.booleans(),
    known=st.booleans(),
)
def test_only_directory_staff_can_change_anything(by, text, named, how, meeting, troubled, known):
    """Whoever says whatever in whatever way: without the directory's word that it is staff, nothing changes."""
    day = lesson(known=known)
    if troubled:
        day.directory.trouble = out_of_reach()
    before, in_words = day.everything_done(), len(day.words.said)

    reply = day.says(by, text, *named, how=how, meeting=meeting)

    staff = by in KINDS and KINDS[by] == "staff"
    assert len(day.words.said) > in_words
    if not staff or (troubled and not known):
        assert not reply.accepted
        assert day.everything_done() == before
    if day.everything_done() != before:
        assert staff
        assert reply.accepted


@pytest.mark.parametrize("by", [ADA, CARETAKER, GUEST, PARENT, NOBODY, ROBOT, STRANGER, None])
def test_anybody_else_is_refused(by):
    """One sentence, and for help another."""
    day = lesson()

    assert answer(day.says(by, "/status")) == ("refused.not_staff", False)
    assert answer(day.says(by, "nonsense")) == ("refused.not_staff", False)
    assert answer(day.says(by, "/help")) == ("help.pupil", False)


@pytest.mark.parametrize(
    ("by", "texts"),
    [
        (MR_OKAFOR, ["/warn Ada", "/undo", "/note Ben was kind", "/removed Ada hit Ben", "/mic on"]),
        (MR_OKAFOR, ["/remove Ada abuse", "/pause", "/resume"]),
        (CLT, ["/approve Ada"]),
    ],
)
def test_every_order_is_kept_with_who_gave_it(by, texts):
    """Threat T6: whoever's account it was stands beside what was done, and nobody else does."""
    day = lesson(school=school_with(find_rules({}), tier="guard"))
    for text in texts:
        told = len(day.register.events())
        day.clock.wait(1)

        assert day.says(by, text).accepted, text
        assert {event.by for event in day.register.events()[told:] if hasattr(event, "by")} == {by}, text


@pytest.mark.parametrize("trouble", [out_of_reach(), refused()])
def test_while_nobody_can_tell_who_is_staff_nothing_is_done(trouble):
    """The directory is down and there is no record: refused, and said why."""
    day = lesson(known=False)
    day.directory.trouble = trouble

    assert answer(day.says(MS_PATEL, "/warn Ada")) == ("refused.cannot_tell", False)
    assert day.register.warnings == []


def test_a_record_of_the_last_day_is_enough_while_the_directory_is_down():
    """A teacher is not locked out by Microsoft's bad day."""
    day = lesson()
    at_once(day.people.learn([replace(who(MS_PATEL), as_of=_now())]))
    day.directory.trouble = out_of_reach()

    assert answer(day.says(MS_PATEL, "/help")) == ("help", True)


def _now():
    return datetime.now(UTC)


def test_a_slip_of_the_finger_offers_the_nearest_command():
    """Nothing is guessed at."""
    day = lesson()

    assert answer(day.says(MS_PATEL, "/wran Ada")) == ("unknown", False)
    assert ("unknown", {"nearest": "warn"}) in day.words.said
    assert [ask.command for ask in day.says(MS_PATEL, "/wran Ada").notice.asks] == ["warn", "help"]
    kept, _ = day.says(MS_PATEL, "/wran Ada Moss: shouting", mention(ADA)).notice.asks
    assert (kept.command, kept.pupil, kept.rest) == ("warn", ADA, "shouting")
    assert [ask.command for ask in day.says(MS_PATEL, "/hlep").notice.asks] == ["help"]
    assert [ask.command for ask in day.says(MS_PATEL, "/relaese Ada").notice.asks] == ["help"]
    assert day.register.warnings == []


# --- which lesson -------------------------------------------------------------------------------------------------------


def test_in_a_chat_of_ones_own_it_is_the_lesson_the_teacher_is_in():
    """The newest of those they are present in or organise."""
    day = lesson()
    day.happens(started(10), came(MR_OKAFOR, 10), meeting=ELSEWHERE)

    day.says(MR_OKAFOR, "/note wet break", how=How.PERSONAL, meeting=None)
    day.says(MS_PATEL, "/note bell rang", how=How.PERSONAL, meeting=None)
    assert [(sitting, note.text) for sitting, note in day.register.notes] == [(2, "wet break"), (1, "bell rang")]


def test_an_organiser_is_in_their_lesson_before_they_join():
    """The lesson is theirs."""
    day = SchoolDay()
    day.happens(started(), described(organizer=MR_OKAFOR), came(ADA))

    assert answer(day.says(MR_OKAFOR, "/status", how=How.PERSONAL, meeting=None)) == ("status", True)


def test_where_there_is_no_lesson_it_is_said():
    """In a chat of one's own without a lesson, in a meeting never held, and in one that is long over."""
    day = lesson()
    for text in ("/status", "/note x", "/warn Ada"):
        assert answer(day.says(MR_OKAFOR, text, how=How.PERSONAL, meeting=None)) == ("no_lesson", False)
        assert answer(day.says(MS_PATEL, text, meeting=ELSEWHERE)) == ("no_lesson", False)
    day.happens(ended(30))
    day.clock.minute(44)
    assert answer(day.says(MS_PATEL, "/status")) == ("status", True)
    day.clock.minute(46)
    assert answer(day.says(MS_PATEL, "/status")) == ("no_lesson", False)


def test_help_is_given_with_or_without_a_lesson():
    """And says which it is."""
    day = lesson()

    assert answer(day.says(MS_PATEL, "/help")) == ("help", True)
    assert day.words.said[-1] == ("help", {"in_lesson": True})
    day.says(MR_OKAFOR, "hello", how=How.PERSONAL, meeting=None)
    assert day.words.said[-1] == ("help", {"in_lesson": False})


# --- /status ------------------------------------------------------------------------------------------------------------


WATCHING = ("status.can_see_joins", "status.can_know_people", "status.can_know_invited", "status.can_tell")
GUARDING = ("hold_mics", "hold_presenting", "record", "pause", "tighten_door")
REMOVING = ("see_call", "mute", "remove")
CANNOT_REMOVE = tuple(f"cannot_{name}" for name in REMOVING)


def test_status_counts_and_says_what_is_seen_and_not():
    """How many of each, and one line for each thing that can or cannot be done in this tier."""
    day = lesson()
    day.happens(described(0), came(NOBODY, 1), came(ROBOT, 1))
    reply = day.says(MS_PATEL, "/status")

    facts = next(facts for key, facts in day.words.said if key == "status")
    assert facts == {"lesson": "3B", "tier": "watch", "staff": 1, "pupils": 2, "others": 1}
    assert reply.notice.details == (
        *WATCHING,
        *(f"status.cannot_{name}" for name in (*GUARDING, *REMOVING)),
    )


def test_status_says_blind_and_what_is_not_known():
    """A blind lesson claims to see nobody come, and nothing to do there."""
    day = lesson(school=school_with(tier="remove"))
    day.happens(blinded("channel", 1), blinded("call_dropped", 2))
    reply = day.says(MS_PATEL, "/status")

    assert list(reply.notice.details) == [
        "status.can_know_people",
        "status.can_tell",
        "status.blind_call_dropped",
        "status.left",
        "status.blind_channel",
        "status.left",
        "status.invitation_unknown",
        "status.left",
    ]


OPTIONS = OptionsSeen(at=after(1), options={"mic": False})
REFUSED = OptionsRefused(at=after(2), code="no_access_policy", words="")
IN = CallMoved(at=after(1), state="in", call="c-1")
OUT = CallMoved(at=after(2), state="ended", call="c-1")
LOBBY = CallMoved(at=after(1), state="lobby", call="c-1")
KEPT_OUT = CallMoved(at=after(1), state="refused", words="too many calls")
NO_HANDS = HandsRefused(at=after(3), person=BEN, action="remove", code="removal_not_allowed")


@pytest.mark.parametrize(
    ("tier", "happened", "can", "cannot"),
    [
        ("guard", [], (), ("options_unread", *CANNOT_REMOVE)),
        ("guard", [OPTIONS], GUARDING, CANNOT_REMOVE),
        ("guard", [OPTIONS, REFUSED], (), ("options_refused", *CANNOT_REMOVE)),
        ("remove", [OPTIONS], GUARDING, ("not_in_call",)),
        ("remove", [OPTIONS, IN], (*GUARDING, *REMOVING), ()),
        ("remove", [OPTIONS, IN, OUT], GUARDING, ("not_in_call",)),
        ("remove", [OPTIONS, LOBBY], GUARDING, ("call_lobby",)),
        ("remove", [OPTIONS, KEPT_OUT], GUARDING, ("call_refused",)),
        ("remove", [OPTIONS, IN, NO_HANDS], (*GUARDING, "see_call", "mute"), ("hands_refused",)),
        ("remove", [OPTIONS, IN, replace(NO_HANDS, code="organizer")], (*GUARDING, *REMOVING), ()),
    ],
)
def test_status_follows_the_tier_and_what_has_happened(tier, happened, can, cannot):
    """What is not known to work is not claimed; a school without rules hears so."""
    day = lesson(school=school_with((), tier=tier))
    day.happens(described(0), *happened)
    details = day.says(MS_PATEL, "/status").notice.details

    lost = [line for line in cannot if not line.startswith("cannot_")]
    assert list(details) == [
        *WATCHING,
        *(f"status.can_{name}" for name in can),
        *(line for key in lost for line in (f"status.{key}", "status.left")),
        "status.no_rules",
        *(f"status.{line}" for line in cannot if line not in lost),
    ]


def test_status_names_the_clauses_that_are_left_to_people():
    """By number, of all abilities that a trouble takes, in order."""
    day = lesson(school=school_with(tier="guard"))
    day.happens(described(0), OPTIONS, REFUSED)
    day.says(MS_PATEL, "/status")
    facts = dict(day.words.said)

    assert facts["status.options_refused"]["clauses"] == "C14 C16 C17 C19 C20 C24 C37 C42 C52 C62 C78 C91 C94"
    assert facts["status.cannot_mute"]["clauses"] == "C19"


def test_status_names_what_microsoft_refuses_and_in_words_what_that_leaves():
    """The permission for IT, the rest for the teacher."""
    day = lesson(school=school_with(tier="guard"))
    day.happens(described(0), OPTIONS, REFUSED)
    day.says(MS_PATEL, "/status")
    facts = dict(day.words.said)

    assert facts["status.options_refused"]["permissions"] == "OnlineMeetings.ReadWrite.All"
    assert facts["status.left"] == {
        "left": "left.hold_mics, left.hold_presenting, left.record, left.pause, left.tighten_door"
    }


def test_status_says_what_the_school_has_switched_off_or_does_not_let_act():
    """Each with the clauses that are left to people by that; two rules a line."""
    off = {name: {"enabled": False} for name in ("lone_pupil", "misuse", "mute_on_entry")}
    rules = find_rules({**off, "staff_only": {"mode": "watch"}, "stragglers": {"mode": "tell"}})
    day = lesson(school=school_with(rules))
    day.says(MS_PATEL, "/status")
    chosen = [(key, facts["rule"], facts["clauses"]) for key, facts in day.words.said if key.startswith("status.rules")]

    assert chosen == [
        ("status.rules_off", ("lone_pupil", "misuse"), "C55 C56 C57 C72"),
        ("status.rules_off", ("mute_on_entry",), "C19 C20"),
        ("status.rules_watch", ("staff_only",), "C13 C14 C16 C17 C18"),
        ("status.rules_tell", ("stragglers",), "C94"),
    ]


def test_status_says_what_holds_in_this_lesson_until_it_ends():
    """A pause, by whom, and the brake."""
    moved = EpisodeMoved(
        at=after(2), rule="brake", action="tell", to="leads", about=None, number=1, state=EpisodeState.OPEN, say="b"
    )
    over = replace(moved, at=after(3), state=EpisodeState.CLOSED)

    def first(*told):
        return sight_of(school_with(tier="guard"), sitting_of(described(0), *told))[0].key

    assert first(Paused(at=after(1), by=MS_PATEL)) == "paused"
    assert first(Paused(at=after(1))) == "paused_alone"
    assert first(moved) == "braked"
    assert first(moved, over) == first() == "can_see_joins"


def test_status_says_that_it_cannot_tell_who_somebody_is():
    """While the directory has not answered."""
    lines = sight_of(school_with(), sitting_of(described(0), came(CARETAKER)))

    assert [line.lost for line in lines if line.key == "blind_directory"] == [("know_people",)]


# --- /note --------------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_with_its_writer_and_its_words_stay_out_of_the_events():
    """The event says that there is one; the words are apart (law 7)."""
    day = lesson()
    day.clock.minute(5)

    assert answer(day.says(MS_PATEL, "/note  Ada's  sound was gone")) == ("note.done", True)
    ((sitting, note),) = day.register.notes
    assert (sitting, note.by, note.text) == (1, MS_PATEL, "Ada's sound was gone")
    assert day.last(Noted) == Noted(at=after(5), by=MS_PATEL)


def test_a_note_can_be_taken_back_for_a_quarter_of_an_hour():
    """By whoever wrote it, and no longer; it stays in the record, marked."""
    day = lesson()
    day.says(MS_PATEL, "/note wrong child")
    day.clock.minute(2)

    assert answer(day.says(MR_OKAFOR, "/undo")) == ("undo.nothing", False)
    assert answer(day.says(MS_PATEL, "/undo")) == ("undo.note", True)
    assert answer(day.says(MS_PATEL, "/undo")) == ("undo.nothing", False)
    (note,) = at_once(day.records.notes(1))
    assert (note.text, note.taken_back) == ("wrong child", True)
    day.says(MS_PATEL, "/note late")
    day.clock.minute(17.1)
    assert answer(day.says(MS_PATEL, "/undo note")) == ("undo.nothing", False)


def test_the_button_under_a_note_takes_that_note_back():
    """And not the one that was written after it; a bare /undo takes the newest of all."""
    day = lesson()
    first = day.says(MS_PATEL, "/note first")
    day.clock.minute(1)
    day.says(MS_PATEL, "/note second")
    day.clock.minute(2)
    day.says(MS_PATEL, "/warn Ada")
    (undo,) = [ask.title for ask in first.notice.asks]

    assert answer(day.presses_ask(MS_PATEL, first, undo)) == ("undo.note", True)
    assert [(one.text, one.taken_back) for one in at_once(day.records.notes(1))] == [("first", True), ("second", False)]
    assert answer(day.says(MS_PATEL, "/undo")) == ("undo.warning", True)
    assert answer(day.says(MS_PATEL, "/undo")) == ("undo.note", True)


def test_a_note_is_about_nobody():
    """Who names a pupil means what was done to that pupil."""
    day = lesson()
    day.says(MS_PATEL, "/note Ada's sound was gone")

    assert answer(day.says(MS_PATEL, "/undo Ada")) == ("undo.nothing", False)


def test_an_empty_note_is_none_and_a_long_one_is_cut():
    """A thousand letters are enough."""
    day = lesson()

    assert answer(day.says(MS_PATEL, "/note")) == ("note.empty", False)
    day.says(MS_PATEL, "/note " + "x" * 5000)
    assert [len(note.text) for _, note in day.register.notes] == [1000]


def test_a_lesson_purged_meanwhile_is_no_lesson():
    """It was there when it was looked for, and gone when the note was to be written."""
    day = lesson()
    found = day.register.sitting_at

    async def then_purged(meeting):
        number = await found(meeting)
        del day.register.sittings[number]
        return number

    day.register.sitting_at = then_purged
    assert answer(day.says(MS_PATEL, "/note lost")) == ("no_lesson", False)


def test_what_a_command_of_no_lesson_may_have_done_is_not_said_to_be_undone():
    """The answer that something went wrong comes from whoever answers, and the log has it."""
    day = lesson()
    day.directory.groups[Role.CLT] = (CLT,)

    async def refusing(pupil):
        raise refused("no_such_sitting")

    day.records.of_pupil = refusing
    with pytest.raises(Refused):
        day.says(CLT, "/who Ada")


# --- /warn --------------------------------------------------------------------------------------------------------------


def facts_of(day, key):
    """The facts of the newest answer with this key."""
    return next(facts for said, facts in reversed(day.words.said) if said == key)


def warned(day):
    """Who was warned by whom and why."""
    return [(one.pupil, one.by, one.reason) for one in day.register.warnings]


def test_a_mention_by_id_decides_and_the_rest_is_the_reason():
    """Words that were mentioned are not part of the reason."""
    day = lesson()
    day.clock.minute(5)
    reply = day.says(MS_PATEL, "/warn Ada Moss: shouting again", mention(ADA))

    assert answer(reply) == ("warn.done", True)
    assert warned(day) == [(ADA, MS_PATEL, "shouting again")]
    facts = {"pupil": ADA, "count": 1, "days": 30, "step": "first_warning", "track": "ladder"}
    said = dict(zip((key for key, _ in day.words.said), day.words.named, strict=True))
    assert ("warn.done", facts) in day.words.said
    assert said["warn.done"] == {ADA: "Ada Moss"}
    assert day.last(Warned) == Warned(at=after(5), pupil=ADA, by=MS_PATEL, count=1, reason="off_task")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/warn Ada", ""),
        ("/warn @ada moss, chatting", "chatting"),
        ("/warn ADA  MOSS  for shouting", "for shouting"),
        ("/warn Ada: noise", "noise"),
        ("warn Ada moss", ""),
    ],
)
def test_a_name_is_enough_if_it_fits_one_pupil(text, reason):
    """The whole name or the first, in any case, with what follows as the reason."""
    day = lesson()

    assert answer(day.says(MS_PATEL, text)) == ("warn.done", True)
    assert warned(day) == [(ADA, MS_PATEL, reason)]


def test_of_two_adas_it_is_asked_which():
    """A first name that fits two is not guessed at; the whole name is."""
    day = lesson()
    day.happens(came(ADA_B, 1))
    reply = day.says(MS_PATEL, "/warn Ada shouting")

    assert answer(reply) == ("warn.who", False)
    assert reply.notice.details == ("Ada Bell (3B)", "Ada Moss (3B)")
    assert warned(day) == []
    day.says(MS_PATEL, "/warn Ada Bell shouting")
    assert warned(day) == [(ADA_B, MS_PATEL, "shouting")]


def test_without_a_name_the_pupils_are_offered():
    """Those of this lesson, with their classes."""
    day = lesson()
    reply = day.says(MS_PATEL, "/warn")

    assert answer(reply) == ("warn.pick", False)
    assert reply.notice.details == ("Ada Moss (3B)", "Ben Hall (3B)")


def test_no_more_than_a_dozen_names_are_offered():
    """A card is not a register."""
    day = lesson()
    more = [replace(who(ADA), key=PersonKey(f"aad:{n}"), name=f"Pupil {n:02}", classes=()) for n in range(30)]
    at_once(day.people.learn(more))
    day.people.came[1].update(dict.fromkeys(one.key for one in more))

    assert len(day.says(MS_PATEL, "/warn").notice.details) == 12


def test_a_pupil_who_has_left_can_still_be_warned():
    """It happened in this lesson."""
    day = lesson()
    day.happens(left(ADA, 3))

    assert answer(day.says(MS_PATEL, "/warn Ada")) == ("warn.done", True)


@pytest.mark.parametrize(
    ("text", "named", "said"),
    [
        ("/warn Cy Reed", (), "warn.not_here"),
        ("/warn Cy Reed", (mention(CY, "Cy Reed"),), "warn.not_here"),
        ("/warn Mr Okafor", (mention(MR_OKAFOR, "Mr Okafor"),), "warn.not_pupil"),
        ("/warn Caretaker", (mention(CARETAKER, "Caretaker"),), "warn.not_pupil"),
        ("/warn somebody", (mention(STRANGER, "somebody"),), "warn.not_here"),
        ("/warn Ms Patel", (), "warn.not_here"),
        ("/warn Ad", (), "warn.not_here"),
        ("/warn Moss", (), "warn.not_here"),
    ],
)
def test_who_is_not_here_or_no_pupil_is_not_warned(text, named, said):
    """And it is said which it is."""
    day = lesson()

    assert answer(day.says(MS_PATEL, text, *named)) == (said, False)
    assert warned(day) == []


@pytest.mark.parametrize("trouble", [out_of_reach(), refused()])
def test_whom_nobody_can_tell_is_not_warned(trouble):
    """The one mentioned is not in the lesson, and the directory is down."""
    day = lesson()
    at_once(day.people.learn([replace(who(MS_PATEL), as_of=_now())]))
    day.directory.trouble = trouble

    assert answer(day.says(MS_PATEL, "/warn x", mention(STRANGER, "x"))) == ("warn.cannot_tell", False)


def test_words_that_were_mentioned_without_an_id_are_matched_like_any_name():
    """Teams gave no id: the words must fit one pupil."""
    day = lesson()

    assert answer(day.says(MS_PATEL, "/warn Ben Hall late", Named(person=None, words="Ben Hall"))) == (
        "warn.done",
        True,
    )
    assert warned(day) == [(BEN, MS_PATEL, "late")]


def test_a_long_reason_is_cut():
    """Two hundred letters."""
    day = lesson()
    day.says(MS_PATEL, "/warn Ada " + "x" * 900)

    assert [len(reason) for _, _, reason in warned(day)] == [200]


def test_warnings_count_over_all_lessons_until_they_expire():
    """The second in another lesson is the second; after thirty days it starts again."""
    day = lesson()
    counts = []
    day.says(MS_PATEL, "/warn Ada")
    counts.append(facts_of(day, "warn.done")["count"])
    day.happens(started(10), came(MR_OKAFOR, 10), came(ADA, 10), meeting=ELSEWHERE)
    day.says(MR_OKAFOR, "/warn Ada", meeting=ELSEWHERE)
    counts.append(facts_of(day, "warn.done")["count"])
    assert day.sitting(2).warnings == {ADA: 2}
    day.says(MR_OKAFOR, "/warn Ben", meeting=None, how=How.PERSONAL)
    month = 30 * 24 * 60
    day.happens(started(month - 1), came(ADA, month - 1))
    day.says(MS_PATEL, "/warn Ada")
    counts.append(facts_of(day, "warn.done")["count"])
    day.clock.minute(month + 11)
    day.says(MS_PATEL, "/warn Ada")
    counts.append(facts_of(day, "warn.done")["count"])

    assert counts == [1, 2, 3, 2]


def test_the_school_chooses_how_long_a_warning_counts():
    """At least one day is said."""
    day = lesson(school=school_with(warnings_expire=timedelta(hours=2)))
    day.says(MS_PATEL, "/warn Ada")

    assert facts_of(day, "warn.done")["days"] == 1
    assert day.register.warnings[0].expires == day.clock.now + timedelta(hours=2)


# --- privacy ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "text", "named", "public"),
    [
        (How.MENTION, "/warn Ada Moss", (mention(ADA),), True),
        (How.MENTION, "/warn Ada shouting", (), True),
        (How.MENTION, "/status", (), False),
        (How.MENTION, "/help", (), False),
        (How.MENTION, "/note Ada's sound is gone", (), True),
        (How.SLASH, "/warn Ada Moss", (mention(ADA),), False),
        (How.PERSONAL, "/warn Ada", (), False),
    ],
)
def test_a_mention_that_names_a_pupil_is_answered_with_others_could_read_that(how, text, named, public):
    """By id or by name: what was said in the open is said to have been open, and carried out all the same."""
    day = lesson()
    reply = day.says(MS_PATEL, text, *named, how=how)

    assert reply.accepted
    assert ("public" in reply.notice.details) is public


def test_nothing_staff_wrote_reaches_a_decision_or_an_event():
    """Names and words stay in people, notes and warnings (law 7)."""
    day = lesson()
    day.says(MS_PATEL, "/note CANARY one")
    day.says(MS_PATEL, "/warn Ada CANARY two")
    written = [line for held in day.register.sittings.values() for line in held.lines]

    assert len(day.register.notes) == len(day.register.warnings) == 1
    assert "CANARY" not in "".join(written)
    assert "Moss" not in "".join(written)


# --- /approve -----------------------------------------------------------------------------------------------------------


def approvals(day):
    """What stands approved, in days from now."""
    return {pupil: (until - day.clock.now, by) for pupil, (until, by) in day.people.approved.items()}


@pytest.mark.parametrize("by", [CLT, HEAD])
@pytest.mark.parametrize(
    ("text", "days"), [("/approve Ada", 7), ("/approve Ada Moss 30", 30), ("/approve @ada 1 days", 1)]
)
def test_clt_and_the_head_approve_lessons_alone(by, text, days):
    """A week if nothing is said; the lesson the pupil is in hears of it at once."""
    day = lesson()
    reply = day.says(by, text)

    assert answer(reply) == ("approve.done", True)
    assert approvals(day) == {ADA: (timedelta(days=days), by)}
    assert day.sitting().one_to_one_approved(ADA, day.clock.now + timedelta(days=days, seconds=-1))
    assert day.words.said[-1][1]["days"] == days


def test_no_days_end_an_approval():
    """And the lesson hears of that too."""
    day = lesson()
    day.says(CLT, "/approve Ada")
    day.clock.wait(60)

    assert answer(day.says(CLT, "/approve Ada 0")) == ("approve.ended", True)
    assert not day.sitting().one_to_one_approved(ADA, day.clock.now)


def test_an_approval_that_was_ended_while_the_pupil_was_away_is_over():
    """She was approved, left, and the approval was ended: back again, she is reported like anybody."""
    day = lesson()
    day.says(CLT, "/approve Ada")
    day.happens(left(ADA, 1), left(BEN, 1))
    day.says(CLT, "/approve Ada 0")
    day.happens(came(ADA, 2))

    assert not day.sitting().one_to_one_approved(ADA, day.clock.now)


@pytest.mark.parametrize("by", [MS_PATEL, MR_OKAFOR])
def test_other_staff_cannot_approve(by):
    """A teacher cannot approve their own lesson alone with a pupil."""
    day = lesson()
    before = day.everything()

    assert answer(day.says(by, "/approve Ada")) == ("refused.not_clt", False)
    assert day.everything() == before
    assert approvals(day) == {}


@pytest.mark.parametrize(
    "text", ["/approve", "/approve Nobody", "/approve Ada soon", "/approve Ada 367", "/approve Ada -1"]
)
def test_what_is_not_clear_is_not_approved(text):
    """Whom and for how many days."""
    day = lesson()

    assert answer(day.says(CLT, text)) == ("approve.how", False)
    assert approvals(day) == {}


def test_a_pupil_mentioned_by_id_need_not_be_in_a_lesson():
    """It is arranged before."""
    day = SchoolDay()
    reply = day.says(CLT, "/approve Cy Reed 3", mention(CY, "Cy Reed"), how=How.PERSONAL, meeting=None)

    assert answer(reply) == ("approve.done", True)
    assert list(approvals(day)) == [CY]
    day.happens(started(1), came(MS_PATEL, 1), came(CY, 1))
    assert day.sitting().one_to_one_approved(CY, day.clock.now)


def test_of_two_adas_nobody_is_approved():
    """It is asked which."""
    day = lesson()
    day.happens(came(ADA_B, 1))
    reply = day.says(CLT, "/approve Ada")

    assert (answer(reply), reply.notice.details) == (("approve.how", False), ("Ada Bell (3B)", "Ada Moss (3B)"))


def test_staff_are_not_approved():
    """Only pupils can be."""
    day = lesson()

    assert answer(day.says(CLT, "/approve Ms Patel", mention(MS_PATEL, "Ms Patel"))) == ("approve.how", False)


def test_while_nobody_can_tell_who_is_clt_nothing_is_approved():
    """The directory is down."""
    day = lesson()
    at_once(day.people.learn([replace(who(CLT), as_of=_now())]))
    day.directory.trouble = out_of_reach()

    assert answer(day.says(CLT, "/approve Ada")) == ("refused.cannot_tell", False)
    assert approvals(day) == {}


def test_a_pupil_who_has_only_just_come_can_be_warned():
    """The look-up is still on its way: whoever is mentioned is asked for at once."""
    day = SchoolDay(known=False)
    day.happens(started(), came(MS_PATEL), came(ADA))

    assert day.people.people.get(ADA) is None
    assert answer(day.says(MS_PATEL, "/warn Ada Moss", mention(ADA))) == ("warn.done", True)
    assert warned(day) == [(ADA, MS_PATEL, "")]


@pytest.mark.parametrize("trouble", [out_of_reach(), refused()])
def test_one_who_has_only_just_come_and_whom_nobody_can_tell_is_not_warned(trouble):
    """It is said that nobody can tell, not that they are no pupil."""
    day = SchoolDay(known=False)
    day.happens(started(), came(MS_PATEL), came(ADA))
    at_once(day.people.learn([replace(who(MS_PATEL), as_of=_now())]))
    day.directory.trouble = trouble

    assert answer(day.says(MS_PATEL, "/warn Ada Moss", mention(ADA))) == ("warn.cannot_tell", False)
    assert warned(day) == []


def test_two_pupils_in_one_warning_are_asked_about():
    """One warning is one pupil's: nobody is warned while it names two."""
    day = lesson()
    at_once(day.people.learn([replace(who(MS_PATEL), as_of=_now())]))

    assert answer(day.says(MS_PATEL, "/warn Ada Ben", mention(ADA, "Ada"), mention(BEN, "Ben"))) == ("warn.who", False)
    assert "warned" not in day.event_types()
