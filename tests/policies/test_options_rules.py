"""The rules that see to the meeting's options: what they want of them, and what they tell where options are not enough."""

from datetime import timedelta

from bot.events import CallMoved, MicsOrdered, OptionsAsked, OptionsSeen, RosterSeen, Seat, Verb
from bot.policy import Audience, Kind, LookAgain, Mute, SetOptions, Tell
from policies import mute_on_entry, recording, staff_only
from tests.builders import ADA, BEN, MR_OKAFOR, MS_PATEL, after, answered, came, identified, joined, judge_by, started

OPEN = {"mic": True, "presenters": "everyone", "record": True, "record_automatically": False}
HELD = {**OPEN, "mic": False}

mute = judge_by(mute_on_entry.decide, mute_on_entry.Settings())
staff = judge_by(staff_only.decide, staff_only.Settings())
record = judge_by(recording.decide, recording.Settings())


def seen(options, minute=0):
    """The options as read."""
    return OptionsSeen(at=after(minute), options=options)


def asked(minute, **changes):
    """A change the engine decided."""
    return OptionsAsked(at=after(minute), changes=changes, observation=1)


def seat(person, **how):
    """A seat in the call."""
    return Seat(participant=f"p-{person}", person=person, hint=Kind.UNRESOLVED, **how)


def in_call(*seats, minute=1):
    """The bot is in the call, and this is its roster."""
    call = CallMoved(at=after(0), state="in", call="c")
    return call, RosterSeen(at=after(minute), seats=seats, ours=True)


def mutes(*told, minute):
    """Who is to be muted."""
    return [action for action in mute(*told, minute=minute) if isinstance(action, Mute)]


def test_nothing_is_asked_of_options_nobody_has_read():
    """Neither of the microphones, nor of who presents, nor of recording."""
    for judge in (mute, staff, record):
        assert [
            action for action in judge(joined(MS_PATEL), joined(ADA), minute=1) if isinstance(action, SetOptions)
        ] == []


def test_microphones_are_held_from_the_start():
    """By one option, whether or not they are held already: the engine sees what differs."""
    for options in (OPEN, HELD):
        assert mute(seen(options), minute=1) == [SetOptions(changes={"mic": False}, why="mute_on_entry.held")]


def test_mic_on_frees_them_and_mic_off_holds_them_again():
    """The teacher's word stands, whatever was asked before."""
    freed = MicsOrdered(at=after(2), open=True, by=MS_PATEL)
    again = MicsOrdered(at=after(3), open=False, by=MS_PATEL)

    assert mute(seen(HELD), freed, minute=3) == [SetOptions(changes={"mic": True}, why="mute_on_entry.opened")]
    (held,) = mute(seen(OPEN), asked(0, mic=False), asked(1, mic=False), freed, again, minute=4)
    assert held == SetOptions(changes={"mic": False}, why="mute_on_entry.held")


def test_a_teacher_who_frees_them_by_hand_is_asked_the_second_time():
    """Set once, set once more, then asked; the answer decides."""
    once, twice = asked(0, mic=False), asked(5, mic=False)

    assert isinstance(mute(seen(OPEN, 5), once, minute=6)[0], SetOptions)
    (question,) = mute(seen(OPEN, 10), once, twice, minute=11)
    assert (question.say, question.to) == ("mute_on_entry.keep_open", Audience.HOST)
    assert question.choices == (Verb.OPEN_MICS, Verb.HOLD_MICS)
    keep, hold = (answered(verb, None, 12, rule="mute_on_entry") for verb in question.choices)
    assert mute(seen(OPEN, 10), once, twice, keep, minute=13) == []
    assert isinstance(mute(seen(OPEN, 10), once, twice, hold, minute=13)[0], SetOptions)


def test_staff_who_are_only_attendees_hear_how_to_be_promoted():
    """Once the microphones are held; neither the organiser nor presenters; nobody mutes them."""
    attendee = came(MR_OKAFOR).__class__(at=after(0), person=MR_OKAFOR, endpoint="teams", role="attendee")
    lesson = joined(MS_PATEL), attendee, identified(MR_OKAFOR, 0)

    told = [action for action in mute(*lesson, seen(HELD), minute=1) if isinstance(action, Tell)]
    assert [(tell.to, tell.about, tell.say) for tell in told] == [(Audience.THEM, MR_OKAFOR, "mute_on_entry.promote")]
    assert [action for action in mute(*lesson, seen(OPEN), minute=1) if isinstance(action, Tell)] == []


def test_a_pupil_who_is_unmuted_while_microphones_are_held_is_muted():
    """In the call; not a muted one, not staff, and nobody while a teacher has them free."""
    roster = in_call(seat(ADA, muted=False), seat(BEN, muted=True), seat(MS_PATEL, muted=False))
    lesson = joined(MS_PATEL), joined(ADA), joined(BEN), *roster

    assert mutes(*lesson, seen(HELD, 1.1), minute=2) == [Mute(about=ADA, why="mute_on_entry.unmuted")]
    free = MicsOrdered(at=after(1), open=True, by=MS_PATEL)
    assert mutes(*lesson, seen(HELD, 1.1), free, minute=2) == []


def test_nobody_is_fought_over_who_presents_or_over_recording():
    """Set, set once more, then the host hears; recording is then left to the alert that nothing records."""
    twice = (
        asked(0, presenters="organizer", record_automatically=True),
        asked(5, presenters="organizer", record_automatically=True),
    )
    changed = {**OPEN, "presenters": "everyone"}

    assert [one.say for one in staff(seen(changed, 10), *twice, minute=11)] == ["staff_only.open"]
    assert [type(one) for one in staff(seen(changed, 10), twice[0], minute=11)] == [SetOptions]
    assert record(seen(OPEN, 10), *twice, minute=11) == []
    assert [type(one) for one in record(seen(OPEN, 10), twice[0], minute=11)] == [SetOptions]


def test_a_pupil_who_records_is_told_to_host_and_clt():
    """C18; staff may."""
    told = staff(joined(MS_PATEL), joined(ADA), *in_call(seat(ADA, recording=True)), minute=2)
    assert [(one.to, one.say, one.about) for one in told] == [
        (Audience.HOST, "staff_only.recording", ADA),
        (Audience.CLT, "staff_only.recording", ADA),
    ]
    assert staff(joined(MS_PATEL), joined(ADA), *in_call(seat(MS_PATEL, recording=True)), minute=2) == []


def test_nobody_is_muted_on_options_read_before_the_microphone_opened():
    """The teacher may have freed the microphones meanwhile: they are read first."""
    lesson = joined(MS_PATEL), joined(ADA), *in_call(seat(ADA, muted=False))

    assert mutes(*lesson, seen(HELD, 0.9), minute=2) == []
    assert mutes(*lesson, seen(HELD, 0.9), seen(OPEN, 1.1), minute=2) == []
    assert mutes(*lesson, seen(HELD, 0.9), seen(HELD, 1.1), minute=2)


def test_only_the_organiser_presents_unless_the_school_leaves_it():
    """By one option."""
    left_alone = judge_by(staff_only.decide, staff_only.Settings(presenters="organization"))

    assert staff(seen(OPEN), minute=1) == [SetOptions(changes={"presenters": "organizer"}, why="staff_only.presenters")]
    assert left_alone(seen(OPEN), minute=1) == []


def test_a_lesson_held_by_a_pupil_is_told_to_clt():
    """And no option of it is touched."""
    from tests.builders import described

    (told,) = staff(joined(ADA), joined(MS_PATEL), described(organizer=ADA), seen(OPEN), minute=1)
    assert (told.to, told.say, told.about) == (Audience.CLT, "staff_only.organizer", ADA)


def test_a_pupil_who_shares_a_screen_is_told_to_the_host():
    """A teacher may."""
    roster = in_call(seat(ADA, sharing=True), seat(MS_PATEL, sharing=True))
    told = [one for one in staff(joined(MS_PATEL), joined(ADA), *roster, minute=2) if isinstance(one, Tell)]

    assert [(tell.to, tell.about) for tell in told] == [(Audience.HOST, ADA)]


def test_a_lesson_records_by_itself():
    """Where the options can be set."""
    assert record(seen(OPEN), minute=1) == [
        SetOptions(changes={"record_automatically": True, "record": True}, why="recording.automatic")
    ]


def test_nothing_recording_is_told_to_the_host_and_then_to_clt():
    """Three minutes, six minutes; only where the call shows it; not once it records."""
    lesson = started(), joined(MS_PATEL), joined(ADA)
    silent = in_call(seat(MS_PATEL), seat(ADA))
    recorded = in_call(seat(MS_PATEL, recording=True), seat(ADA))

    def to(minute, *call):
        return [one.to if isinstance(one, Tell) else one for one in record(*lesson, *call, minute=minute)]

    assert to(10) == []
    assert to(2, *silent) == [LookAgain(at=after(3)), LookAgain(at=after(6))]
    assert to(3, *silent) == [Audience.HOST, LookAgain(at=after(6))]
    assert to(6, *silent) == [Audience.HOST, Audience.CLT]
    assert to(6, *recorded) == []
    assert recording.Settings().then_clt == timedelta(minutes=6)
