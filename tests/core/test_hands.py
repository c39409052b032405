"""The hands over fakes: options set and read back, the call and its roster, removals that last, holds and their release."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from bot.actions import Mode, Role
from bot.controls import Controls
from bot.events import (
    CallMoved,
    Corrected,
    Kind,
    OptionsRefused,
    RemovalOrdered,
    RemovalSeen,
    RosterSeen,
    Seat,
    Verb,
    account,
)
from bot.fold import fold
from bot.marks import mark_of, sitting_of
from bot.members import ROSTER_LAG
from bot.options import next_reading, wanted
from bot.ordering import STAYS_OUT, ordered_out
from bot.policy import find_rules
from bot.ports import Arrival, Heard, Job, OutOfReach, Refused, Roster, Ruling
from bot.rosters import is_news, unknown
from tests.builders import (
    ADA,
    BEN,
    CLT,
    CY,
    DAN,
    GUEST,
    LESSON,
    MR_OKAFOR,
    MS_PATEL,
    NOBODY,
    PARENT,
    after,
    came,
    described,
    identified,
    joined,
    left,
    school_with,
    started,
)
from tests.builders import (
    sitting_of as folded,
)
from tests.fakes import at_once, out_of_reach, refused
from tests.school_day import SchoolDay

QUIET = {"lone_pupil": {"enabled": False}, "recording": {"enabled": False}}


def lesson(tier="remove", **tables):
    """A lesson of three pupils, known to be Ms Patel's."""
    day = SchoolDay(school_with(find_rules(QUIET | tables), tier=tier))
    day.happens(started(), *joined(MS_PATEL), *joined(ADA), *joined(BEN), *joined(CY), described(organizer=MS_PATEL))
    return day


def seat(person, number=1, **how):
    """A seat in the call."""
    return Seat(participant=f"{person}-{number}", person=person, hint=Kind.UNRESOLVED, **how)


def in_call(day, *people):
    """The bot has joined, and sees these people."""
    day.calls.seen = Roster(seats=tuple(seat(person) for person in people), ours=True)
    day.work("join")
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    return day


def said_done(day):
    """Whether it was claimed of anything that the roster shows it done."""
    return ("done", "the roster shows it") in [(outcome, words) for *_, outcome, words in day.decisions.outcomes]


def reply(answer):
    """The key of an answer, and whether anything was done."""
    return answer.notice.headline.split()[0], answer.accepted


# --- options --------------------------------------------------------------------------------------------------------------


class Wish:
    """A rule's wish."""

    def __init__(self, rule, **changes):
        from bot.actions import SetOptions

        self.rule, self.action = rule, SetOptions(changes=changes, why=f"{rule}.why")


def test_of_two_wishes_for_one_option_the_stricter_wins():
    """Whatever the order, and only what differs is changed."""
    one, other = Wish("a", lobby="organization", mic=True), Wish("b", lobby="invited", mic=False)
    now = {"lobby": "everyone", "mic": True, "camera": True}

    assert wanted(now, [one, other]) == wanted(now, [other, one])
    assert wanted(now, [one, other])[0] == {"lobby": "invited", "mic": False}
    assert wanted({"lobby": "invited", "mic": False}, [one, other]) == ({}, "", "")
    assert wanted(None, [one])[0] == {}
    assert wanted({"record_automatically": False}, [Wish("a", record_automatically=True)])[0] == {
        "record_automatically": True
    }


def test_options_are_read_at_once_a_minute_later_and_every_five():
    """And a reading that brought nothing is asked for again."""
    day = lesson("guard")
    assert next_reading(folded().controls, after(3)) == after(3)
    day.work("options")
    read_at = day.sitting().controls.read_at
    day.work("carry")
    controls = day.sitting().controls

    assert read_at is not None
    assert controls.readings == 2
    assert next_reading(controls, after(0)) == controls.read_at.replace(minute=controls.read_at.minute + 1)


def test_in_the_watch_tier_no_option_is_read_or_set():
    """It has no right to."""
    day = lesson("watch")

    assert [job.kind for job in day.register.jobs if job.kind in ("options", "join")] == []


def test_the_first_reading_leads_to_one_change_that_is_read_back():
    """Everything the rules want at once; done is claimed on what is read back; the same reading asks for nothing more."""
    day = lesson("guard")
    day.work("options")
    day.work("carry")

    assert day.options.changes == [{"mic": False, "presenters": "organizer"}]
    assert day.sitting().controls.options["mic"] is False
    day.look(1)
    day.work("carry")
    assert len(day.options.changes) == 1


def test_a_refusal_names_its_mend_to_it_and_is_tried_again_later():
    """Nothing is claimed; IT is told once."""
    day = lesson("guard")
    day.options.trouble = refused("no_access_policy")
    day.work("options")

    assert day.last(OptionsRefused).code
    told = [alert.decision for alert in day.decisions.alerts.values() if alert.decision.say == "options.refused"]
    assert [decision.to for decision in told] == ["it"]
    assert day.options.changes == []


# --- the call -----------------------------------------------------------------------------------------------------------------


def test_the_call_is_joined_once_the_lesson_is_known():
    """With a path that only we can have made; the roster brings in whom no event told of."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, MR_OKAFOR)

    assert day.calls.joined == ["https://x/1"]
    assert day.sitting().since(MR_OKAFOR) is not None
    assert [job.kind for job in day.register.jobs if job.kind == "roster"]


def test_whom_the_roster_brings_in_and_the_store_knows_nobody_is_asked_about():
    """As at a join (law 2): nine o'clock costs no look-up. A stranger is looked up once, however often the roster shows them."""
    day = lesson()
    stranger = account("99999999-0000-4000-8000-000000000000")
    in_call(day, MS_PATEL, MR_OKAFOR, stranger)
    day.calls.seen = replace(day.calls.seen, seats=(*day.calls.seen.seats, seat(ADA)))
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))

    assert day.sitting().kind(MR_OKAFOR) is Kind.STAFF
    assert [job.person for job in day.register.jobs if job.kind == "identify"] == [stranger]


def test_a_refused_call_is_tried_again_after_half_a_minute():
    """And said in words."""
    day = lesson()
    day.calls.trouble = refused("not_joinable")
    day.work("join")

    assert day.last(CallMoved).state == "refused"
    day.calls.trouble = None
    day.look(1)
    day.work("join")
    assert day.last(CallMoved).state == "joined"


def test_the_call_is_left_when_the_lesson_is_over():
    """And its roster is asked for no more."""
    day = in_call(lesson(), MS_PATEL, ADA)
    for person in (MS_PATEL, ADA, BEN, CY):
        day.happens(left(person, 5))
    day.clock.now = after(6)
    roster = RosterSeen(at=after(5.5), seats=(), ours=True)
    assert not folded(*joined(ADA), roster).is_open()
    day.calls.seen = Roster(seats=(), ours=True)
    day.work("roster")

    assert day.last(CallMoved).state == "ended"
    assert [job for job in day.register.jobs if job.kind == "roster"] == []


@pytest.mark.parametrize(
    "roster", [RosterSeen(at=after(9), seats=(), ours=False), RosterSeen(at=after(0), seats=(), ours=True)]
)
def test_a_roster_without_us_or_an_older_one_is_never_all_gone(roster):
    """Law 5."""
    believed = RosterSeen(at=after(1), seats=(seat(ADA),), ours=True)
    sitting = folded(*joined(ADA), believed, roster)

    assert sitting.present() == (ADA,)


def test_two_devices_are_two_seats_and_a_lost_leave_is_healed():
    """Present as long as one seat is; gone once none is, though no event said so."""
    two = RosterSeen(at=after(1), seats=(seat(ADA), seat(ADA, 2)), ours=True)
    one = RosterSeen(at=after(2), seats=(seat(ADA, 2),), ours=True)
    none = RosterSeen(at=after(3), seats=(), ours=True)

    assert folded(*joined(ADA), two, one).present() == (ADA,)
    assert folded(*joined(ADA), two, one, none).present() == ()


def test_a_seat_in_the_call_is_the_entry_that_teams_told_of_and_a_second_device_is_another():
    """One need to act is not seen twice (law 6); a later device is."""
    one, other = seat(ADA, 1), seat(ADA, 2)
    told = came(ADA, 1)
    first = RosterSeen(at=after(1.1), seats=(one,), ours=True)
    second = RosterSeen(at=after(1.2), seats=(one, other), ours=True)

    assert folded(told, first).newest_join(ADA) == after(1)
    assert folded(told, first, second).newest_join(ADA) == after(1.2)
    late = RosterSeen(at=after(2), seats=(one,), ours=True)
    assert folded(told, late).newest_join(ADA) == after(2)


def test_people_without_an_account_are_counted_by_the_roster_alone():
    """The event that told of them is only a hint (law 3)."""
    guest = Seat(participant="g", person="guest:g", hint=Kind.ANONYMOUS)
    sitting = folded(came(NOBODY), RosterSeen(at=after(1), seats=(guest,), ours=True))

    assert sitting.present() == ("guest:g",)


@pytest.mark.parametrize("people", [(), (MS_PATEL, BEN)])
def test_a_roster_that_we_are_not_in_is_not_believed_nor_says_that_we_are_in(people):
    """As we ask for it ourselves: nothing is written down, and whoever sat there sits there (law 5)."""
    day = lesson()
    day.work("join")
    day.calls.seen = Roster(seats=tuple(seat(person) for person in people), ours=False)
    day.clock.minute(1)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    assert (day.sitting().controls.call.state, day.sitting().controls.seats) == ("joined", {})
    day.calls.seen = Roster(seats=(seat(MS_PATEL), seat(ADA)), ours=True)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    before = day.sitting()
    day.calls.seen = Roster(seats=tuple(seat(person) for person in people), ours=False)
    day.clock.minute(2)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))

    assert [event.type for event in day.register.events()].count("roster_seen") == 1
    assert (day.sitting().present(), day.sitting().controls.seats) == (before.present(), before.controls.seats)


@pytest.mark.parametrize(
    ("person", "action", "news"), [(ADA, "remove", False), (ADA, "mute", True), (BEN, "remove", True)]
)
def test_a_removal_seen_is_news_unless_it_was_our_own(person, action, news):
    """Whoever we only muted, or another whom we removed, was removed by somebody in Teams."""
    ours = Corrected(at=after(1), person=person, action=action, rule="r", observation=1)

    assert is_news(folded(*joined(ADA), ours), RemovalSeen(at=after(2), person=ADA)) is news


def test_a_removal_of_somebody_kept_out_or_seen_already_is_no_news():
    """Nobody is asked whether they did what was ordered, nor twice."""
    seen = RemovalSeen(at=after(2), person=ADA)
    ordered = RemovalOrdered(at=after(1), person=ADA, by=MS_PATEL)

    assert not is_news(folded(*joined(ADA), ordered), seen)
    assert not is_news(folded(*joined(ADA), seen), seen)
    assert is_news(folded(*joined(ADA), replace(ordered, person=BEN), replace(seen, person=BEN)), seen)


@pytest.mark.parametrize(
    ("state", "call", "news"), [("in", "a", False), ("lobby", "a", True), ("in", "b", True), ("ended", "", True)]
)
def test_where_our_leg_is_told_again_to_be_is_no_news(state, call, news):
    """Every roster says that we are in: it is written down once for each leg (law 8)."""
    moved = CallMoved(at=after(2), state=state, call=call)

    assert is_news(folded(*joined(ADA), CallMoved(at=after(1), state="in", call="a")), moved) is news
    assert is_news(folded(*joined(ADA)), moved)


@pytest.mark.parametrize(
    ("seats", "news"),
    [((), False), ((seat(BEN, in_lobby=True),), False), ((seat(ADA, 2),), True), ((seat(BEN),), True)],
)
def test_a_roster_that_shows_the_same_people_inside_is_no_news(seats, news):
    """Who waits in the lobby is not inside; another device is."""
    first = RosterSeen(at=after(1), seats=(seat(ADA),), ours=True)
    lesson_of_one = folded(*joined(ADA), first)

    assert is_news(folded(*joined(ADA)), first)
    assert is_news(lesson_of_one, replace(first, at=after(2), seats=(seat(ADA), *seats))) is news
    assert not is_news(lesson_of_one, replace(first, at=after(0), seats=()))
    assert not is_news(lesson_of_one, replace(first, at=after(2), seats=(), ours=False))


def test_only_whom_the_sitting_does_not_know_is_asked_of_the_store():
    """By the name that the roster gives them (law 2)."""
    stranger = account("99999999-0000-4000-8000-000000000000")
    seen = Roster(seats=(seat(ADA), seat(stranger, name="Zed"), seat(BEN)), ours=True)

    assert unknown(folded(*joined(ADA), came(BEN)), seen) == {stranger: "Zed", BEN: ""}


def test_a_notified_roster_only_makes_us_look():
    """Nothing of it is believed, and nothing of another call."""
    day = in_call(lesson(), MS_PATEL, ADA)
    call = day.sitting().controls.call.call
    day.register.jobs.clear()
    at_once(day.calling.heard(1, Heard(call="another", roster=True)))
    assert day.register.jobs == []
    at_once(day.calling.heard(1, Heard(call=call, roster=True)))

    assert [job.kind for job in day.register.jobs] == ["glance"]


def test_in_the_lobby_the_host_is_asked_to_let_us_in():
    """After a while; once inside nothing is asked any more."""
    day = in_call(lesson(), MS_PATEL, ADA)
    day.calls.seen = Roster(seats=(), ours=False, waiting=True)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    assert day.sitting().controls.call.state == "lobby"
    day.look(1)
    assert ("host", "call.lobby", None, 1, False) in day.told()
    in_call(day, MS_PATEL, ADA)
    assert day.sitting().controls.call.state == "in"


@pytest.mark.parametrize("trouble", [refused("calls_refused"), out_of_reach(60.0)])
def test_where_we_are_kept_out_of_the_call_people_hear_of_it(trouble):
    """Refused, or too many calls at once: the lesson goes on in Guard, IT hears why and CLT what that means."""
    day = lesson()
    day.calls.trouble = trouble
    day.work("join")
    day.look(1)

    told = {(to, say) for to, say, *_ in day.told()}
    assert {("it", "call.refused"), ("clt", "call.without")} <= told
    assert day.sitting().controls.seats == {}


def test_what_does_not_show_the_roster_is_no_end_of_the_call():
    """It is not joined a second time; we are blind (law 14), IT hears why and CLT that nobody looks, and it is asked again."""
    for trouble in (refused("Forbidden"), out_of_reach(60.0)):
        day = in_call(lesson(), MS_PATEL, ADA, BEN)
        day.register.jobs.clear()
        day.calls.trouble = trouble
        with nullcontext() if isinstance(trouble, Refused) else pytest.raises(OutOfReach):
            at_once(day.calling.roster(Job(kind="roster", sitting=1)))
        assert [job.after for job in day.register.jobs] == [30.0] * isinstance(trouble, Refused)
        day.look(0.5)
        early = {say for _, say, *_ in day.told()}
        day.look(1.1)
        told = {(to, say) for to, say, *_ in day.told()}

        assert (day.sitting().controls.call.state, set(day.sitting().blind)) == ("not_shown", {"roster"})
        assert not {"call.not_shown", "sight.blind"} & early
        assert {("it", "call.not_shown"), ("clt", "sight.blind")} <= told
        assert ("clt", "call.without") not in told
        day.calls.trouble = None
        at_once(day.calling.roster(Job(kind="roster", sitting=1)))
        day.look(2)
        assert (day.sitting().controls.call.state, dict(day.sitting().blind)) == ("in", {})
        assert len(day.calls.joined) == 1
        assert {over for _, say, _, _, over in day.told() if say in ("call.not_shown", "sight.blind")} == {True}


def test_a_roster_that_goes_on_without_us_is_no_sight_either():
    """Once we have been in for longer than a roster lags behind. Nothing of it is believed; with us in it again it is over."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN)
    seats = dict(day.sitting().controls.seats)
    in_it, day.calls.seen = day.calls.seen, Roster(seats=(seat(MS_PATEL),), ours=False)
    states = []
    for seconds in (5, 60):
        day.clock.wait(seconds)
        at_once(day.calling.roster(Job(kind="roster", sitting=1)))
        states.append((day.sitting().controls.call.state, set(day.sitting().blind)))
    assert day.sitting().controls.seats == seats
    day.look(8)
    told = [alert.decision.facts for alert in day.decisions.alerts.values() if alert.decision.say == "call.not_shown"]
    day.calls.seen = in_it
    at_once(day.calling.roster(Job(kind="roster", sitting=1)))

    assert states == [("in", set()), ("not_shown", {"roster"})]
    assert told == [{"words": "a list without Schoolgate in it"}]
    assert (day.sitting().controls.call.state, dict(day.sitting().blind)) == ("in", {})


def test_a_roster_without_us_is_no_sight_after_an_act_either():
    """It is written down like any other."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN)
    day.clock.minute(5)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.calls.seen = Roster(seats=(seat(MS_PATEL),), ours=False)
    (fault,) = day.work("carry")

    assert fault.words == "the roster does not show it yet"
    assert (day.sitting().controls.call.state, set(day.sitting().blind)) == ("not_shown", {"roster"})


def test_an_older_roster_without_us_does_not_take_back_the_sight_of_a_newer_one():
    """Two looks at a time: the one that began first answers last."""
    day = in_call(lesson(), MS_PATEL, ADA)
    day.clock.wait(60)
    answer = day.calls.roster

    async def overtaken(asked):
        day.calls.roster = answer
        day.clock.wait(1)
        day.calls.seen = Roster(seats=(seat(MS_PATEL),), ours=True)
        await day.calling.glance(Job(kind="glance", sitting=1))
        return Roster(seats=(), ours=False)

    day.calls.roster = overtaken
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))

    assert (day.sitting().controls.call.state, dict(day.sitting().blind)) == ("in", {})


def test_that_we_are_in_is_no_sight_of_who_else_is():
    """A call that is not shown stays so, whatever is notified of our own leg; but its end is its end."""
    day = in_call(lesson(), MS_PATEL, ADA)
    call = day.sitting().controls.current_call()
    day.calls.trouble = refused("Forbidden")
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    states = []
    for state in ("in", "ended"):
        moved = CallMoved(at=day.clock.now, state=state, call=call)
        at_once(day.calling.heard(1, Heard(call=call, events=lambda at, moved=moved: [moved])))
        states.append(day.sitting().controls.call.state)

    assert states == ["not_shown", "ended"]


def test_where_no_roster_was_ever_shown_the_events_go_on_speaking():
    """As in the tiers below; CLT hears that nobody can be removed."""
    day = lesson()
    day.work("join")
    day.calls.trouble = refused("Forbidden")
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    day.look(2)

    assert day.sitting().blind == {}
    assert {("it", "call.not_shown"), ("clt", "call.without")} <= {(to, say) for to, say, *_ in day.told()}


def test_a_call_that_cannot_be_kept_is_looked_at_all_the_same():
    """The roster tells whether it has ended."""
    day = in_call(lesson(), MS_PATEL, ADA)

    async def keep(call):
        raise refused("Forbidden")

    day.calls.keep = keep
    at_once(day.calling.roster(Job(kind="roster", sitting=1)))

    assert day.sitting().controls.call.state == "in"


def test_a_removal_whose_roster_is_not_shown_is_neither_done_nor_refused():
    """Nothing is known of it: it is tried again."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.calls.trouble = refused("Forbidden")
    (fault,) = day.work("carry")

    assert fault.words == "the roster is not shown"
    assert day.sitting().controls.hands_refused is None
    assert day.sitting().controls.call.state == "not_shown"


def test_a_lost_call_blinds_until_a_roster_is_seen_again():
    """Nobody is said to be alone meanwhile (law 14); it is dialled again at once."""
    day = in_call(lesson(), MS_PATEL, ADA)
    call = day.sitting().controls.call.call
    day.clock.minute(1)
    at_once(day.calling.heard(1, Heard(call=call, events=lambda at: [CallMoved(at=at, state="ended", call=call)])))
    assert set(day.sitting().blind) == {"dropped"}
    day.look(1.1)
    in_call(day, MS_PATEL, ADA, BEN)

    assert day.sitting().blind == {}
    assert len(day.calls.joined) == 2


def test_a_stranger_whom_only_an_old_roster_shows_is_looked_at_and_then_removed():
    """The look that the brake asks for is written down though it shows nothing new, and what it was asked for is done."""
    day = lesson(uninvited_attendee={"anonymous": "remove"})
    stranger = Seat(participant="g", person="guest:g", hint=Kind.ANONYMOUS)
    day.register.staff_shrunk = True
    in_call(day, MS_PATEL, ADA, BEN, CY)
    day.calls.seen = replace(day.calls.seen, seats=(*day.calls.seen.seats, stranger))
    day.clock.wait(1)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    day.register.jobs.clear()
    day.register.staff_shrunk = False
    day.look(5)
    asked = [job.kind for job in day.register.jobs]
    day.work("glance")
    removing = [one.decision.about for one in day.decisions.alerts.values() if one.decision.action == "remove"]

    assert asked.count("glance") == 1
    assert removing == ["guest:g"]


def test_what_microsoft_refuses_to_do_the_host_does_and_it_mends():
    """With Microsoft's words; of what nobody can mend IT does not hear."""
    for code, it_hears in (("removal_not_allowed", True), ("organizer", False)):
        day = in_call(lesson(), MS_PATEL, ADA, BEN)
        day.hands.trouble = refused(code)
        day.says(MS_PATEL, "/remove Ada abuse")
        day.work("carry")
        day.look(0.5)

        told = {(to, say) for to, say, *_ in day.told()}
        assert ("host", "removal.by_hand") in told
        assert (("it", "hands.refused") in told) is it_hears


def test_a_removal_in_teams_itself_is_asked_about_and_kept():
    """Keep out opens the hold with its reason, for which it asks; a second notice, or one of our own removal, writes nothing."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    call = day.sitting().controls.call.call
    removal = Heard(call=call, events=lambda at: [RemovalSeen(at=at, person=ADA)])
    day.happens(left(ADA, 1))
    for _ in range(2):
        at_once(day.calling.heard(1, removal))
    assert [event.type for event in day.register.events()].count("removal_seen") == 1
    (asked,) = [number for number, alert in day.decisions.alerts.items() if alert.decision.say.endswith("did_you")]
    without = day.presses(MS_PATEL, asked, Verb.KEEP_OUT)
    assert reply(without) == ("removed.why", False)
    assert [ask.command for ask in without.notice.asks] == ["removed"]
    assert not day.sitting().controls.kept_out(ADA)
    day.presses(MS_PATEL, asked, Verb.KEEP_OUT, reason="recording")

    assert day.sitting().controls.kept_out(ADA)
    hold = day.people.holds[ADA]
    assert (hold.by, hold.key, hold.ends) == (MS_PATEL, "recording", "open")
    at_once(day.calling.heard(1, removal))
    assert [event.type for event in day.register.events()].count("removal_seen") == 1


def test_options_are_read_again_when_a_pupil_unmutes_though_microphones_are_held():
    """So that a teacher who freed them is not fought; and once only."""
    controls = Controls(options={"mic": False}, readings=3, read_at=after(2))

    assert next_reading(controls, after(0), after(3)) == after(3)
    assert next_reading(controls, after(0), after(1)) == after(7)
    assert next_reading(replace(controls, options={"mic": True}), after(0), after(3)) == after(7)
    assert next_reading(replace(controls, reading_asked=after(3)), after(0), after(3)) == after(4)


def test_a_leg_left_behind_by_a_dead_process_is_hung_up():
    """Begun and never written down. The one we know of stays, one that is only being joined, and one that is over already."""
    day = in_call(lesson(), MS_PATEL, ADA)
    at_once(day.calling.heard(1, Heard(call="call-00")))
    at_once(day.calling.heard(1, Heard(call="call-0", roster=True)))
    joining = lesson()
    at_once(joining.calling.heard(1, Heard(call="call-1")))

    assert day.calls.left == ["call-0"]
    assert joining.calls.left == []


def test_another_lessons_own_leg_is_not_hung_up():
    """Whatever path its notice came by; nor is it believed there."""
    day = in_call(lesson(), MS_PATEL, ADA)
    other = replace(LESSON, thread="19:other@thread.v2")
    day.happens(started(2), *joined(MR_OKAFOR, 2), meeting=other)
    theirs = at_once(day.register.sitting_at(other))
    moved = CallMoved(at=after(3), state="in", call="theirs")
    at_once(day.register.observe(Arrival(sitting=theirs), lambda before: Ruling(events=(moved,))))
    lines = day.event_types()
    at_once(day.calling.heard(1, Heard(call="theirs", roster=True)))
    at_once(day.calling.heard(99, Heard(call="theirs", roster=True)))

    assert day.calls.left == []
    assert day.event_types() == lines


def test_a_leg_that_cannot_even_be_hung_up_stops_nothing():
    """The lesson's own call goes on."""
    day = in_call(lesson(), MS_PATEL, ADA)
    day.calls.trouble = refused("login")
    at_once(day.calling.heard(1, Heard(call="call-0", roster=True)))

    assert day.sitting().controls.call.state == "in"


def test_of_two_processes_that_join_at_once_one_hangs_up():
    """One leg is enough, and one roster to ask for."""
    day = lesson()
    first = day.calls.join

    async def overtaken(online, callback):
        day.calls.join = first
        await day.calling.join(Job(kind="join", sitting=1))
        return await first(online, callback)

    day.calls.join = overtaken
    day.work("join")

    assert day.calls.left == ["call-2"]
    assert day.sitting().controls.current_call() == "call-1"
    assert [job.kind for job in day.register.jobs].count("roster") == 1


def test_only_our_own_mark_names_a_sitting():
    """Forged, cut, of another secret, or no number."""
    mark = mark_of(7, "secret")

    assert sitting_of(mark, "secret") == 7
    for other in (mark_of(7, "other"), mark[:-1], f"8{mark[1:]}", "x.y", "", "7", "٧.x"):
        assert sitting_of(other, "secret") is None


# --- removals and holds ---------------------------------------------------------------------------------------------------


def test_a_removal_is_done_when_the_roster_shows_it():
    """Every seat is removed; until the roster shows it, it is tried again; the hold stands."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    assert reply(day.says(MS_PATEL, "/remove Ada racist abuse")) == ("remove.done", True)
    faults = day.work("carry")
    assert [str(fault) for fault in faults if "roster" in fault.words]
    day.calls.seen = Roster(seats=tuple(seat(person) for person in (MS_PATEL, BEN, CY)), ours=True)
    day.work("carry")

    assert set(day.hands.removed) == {f"{ADA}-1"}
    assert list(day.people.holds) == [ADA]
    assert said_done(day)


@pytest.mark.parametrize("seen", [Roster(seats=(), ours=False, waiting=True), Roster(seats=(), ours=False)])
def test_a_roster_in_which_we_are_not_shows_nothing_done(seen):
    """From the lobby nobody sees who is inside (law 5): a removal there is neither done nor refused."""
    day = lesson()
    day.work("join")
    day.clock.minute(1)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.calls.seen = seen
    (fault,) = day.work("carry")

    assert fault.words == "the roster does not show it yet"
    assert not said_done(day)


@pytest.mark.parametrize("redialled", [False, True])
def test_a_call_that_is_lost_while_its_roster_is_read_shows_nothing_done(redialled):
    """The next call begins with nobody in it: that is no sight of who has gone, and the old answer is no roster of it."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    call = day.sitting().controls.current_call()
    day.says(MS_PATEL, "/remove Ada abuse")
    answer = day.calls.roster

    async def lost(asked):
        seen = await answer(asked)
        day.calls.roster = answer
        await day.calling.heard(1, Heard(call=call, events=lambda at: [CallMoved(at=at, state="ended", call=call)]))
        if redialled:
            day.clock.wait(60)
            await day.lookups.look(Job(kind="look", sitting=1))
            await day.calling.join(Job(kind="join", sitting=1))
        return seen

    day.calls.roster = lost
    (fault,) = day.work("carry")
    early = said_done(day)
    if not redialled:
        day.look(1)
        day.work("join")
    (unseen,) = day.work("carry")  # the roster of the new call still shows her
    day.calls.seen = Roster(seats=tuple(seat(person) for person in (MS_PATEL, BEN, CY)), ours=True)
    day.work("carry")

    assert {fault.words, unseen.words} == {"the roster does not show it yet"}
    assert (early, said_done(day)) == (False, True)


def test_whom_the_roster_may_not_show_yet_is_not_said_to_be_out_by_it():
    """She came in a moment ago and the call's roster lags: nothing was done to her, so nothing is done."""
    day = in_call(lesson(), MS_PATEL, BEN, CY)
    day.clock.minute(5)
    day.happens(came(DAN, 5))
    day.says(MS_PATEL, "/remove Dan abuse")
    (fault,) = day.work("carry")
    day.calls.seen = Roster(seats=tuple(seat(person) for person in (MS_PATEL, BEN, CY, DAN)), ours=True)
    day.clock.wait(10)
    (unseen,) = day.work("carry")

    assert {fault.words, unseen.words} == {"the roster does not show it yet"}
    assert set(day.hands.removed) == {f"{DAN}-1"}


def test_whom_the_roster_has_had_time_to_show_and_does_not_is_out():
    """What Teams told of their coming is then no reason to wait."""
    day = in_call(lesson(), MS_PATEL, BEN, CY)
    day.clock.minute(5)
    day.happens(came(DAN, 5))
    day.says(MS_PATEL, "/remove Dan abuse")
    day.clock.wait(ROSTER_LAG.total_seconds() + 1)
    day.work("carry")

    assert (day.hands.removed, said_done(day)) == ([], True)


def test_who_is_back_by_a_place_the_roster_does_not_show_yet_is_not_said_to_be_out():
    """The place that was known is gone: whoever came back a moment ago does not sit there."""
    day = in_call(lesson(), MS_PATEL, BEN, CY, ADA)
    day.clock.minute(5)
    day.happens(left(ADA, 5), came(ADA, 5.05))
    day.clock.wait(6)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.hands.trouble = refused("participant_gone")
    day.calls.seen = Roster(seats=tuple(seat(person) for person in (MS_PATEL, BEN, CY)), ours=True)
    (fault,) = day.work("carry")

    assert (fault.words, said_done(day)) == ("the roster does not show it yet", False)


def test_a_removal_that_was_taken_back_before_it_could_be_done_is_not_done():
    """We were not in the call yet; when we are, nobody wants it any more."""
    day = lesson()
    day.says(MS_PATEL, "/remove Ada abuse")
    (fault,) = day.work("carry")
    assert fault.words == "not in the call yet"
    assert reply(day.says(MS_PATEL, "/undo")) == ("undo.done", True)
    in_call(day, MS_PATEL, ADA, BEN)
    day.work("carry")

    assert day.hands.removed == []
    assert day.decisions.outcomes[-1][2:] == ("not_possible", "it is not wanted any more")


def test_a_child_released_from_a_hold_before_the_removal_could_be_done_is_not_removed():
    """CLT has spoken with the parents meanwhile."""
    day = lesson()
    day.says(MS_PATEL, "/removed Ada hit Ben")
    day.work("carry")
    day.clock.minute(5)
    day.happens(left(ADA, 4), came(ADA, 5))
    (fault,) = day.work("carry")
    assert fault.words == "not in the call yet"
    day.releases(CLT, "Ada")
    in_call(day, MS_PATEL, ADA, BEN)
    day.work("carry")

    assert day.hands.removed == []


@pytest.mark.parametrize(("stays", "removed"), [(False, [f"{GUEST}-1"]), (True, [])])
def test_a_stranger_whom_somebody_lets_stay_is_not_removed_after_all(stays, removed):
    """The rule decided it, and we were not in the call yet."""
    day = lesson(uninvited_attendee={"guest": "remove"})
    day.happens(came(GUEST, 1), identified(GUEST, 1))
    faults = day.work("carry", "act")
    if stays:
        told = next(number for number, one in day.decisions.alerts.items() if Verb.LET_STAY in one.decision.choices)
        assert day.presses(MS_PATEL, told, Verb.LET_STAY).accepted
    in_call(day, MS_PATEL, ADA, GUEST)
    day.work("carry", "act")

    assert {fault.words for fault in faults} == {"not in the call yet"}
    assert day.hands.removed == removed


def test_the_rule_of_who_stays_out_is_known_by_its_name():
    """What it decided is taken back with the order or the hold that it rests on."""
    assert STAYS_OUT in {rule.name for rule in find_rules({})}


def test_of_two_rosters_after_an_act_the_one_asked_for_last_shows_it():
    """A look that began later is written first: whoever it shows back is not out by the older answer, and is removed too."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    day.clock.wait(30)
    day.says(MS_PATEL, "/remove Ada abuse")
    others = tuple(seat(person) for person in (MS_PATEL, BEN, CY))
    answer = day.calls.roster

    async def overtaken(asked):
        day.calls.roster = answer
        day.clock.wait(1)
        day.calls.seen = Roster(seats=(*others, seat(ADA, 2)), ours=True)
        await day.calling.glance(Job(kind="glance", sitting=1))
        day.clock.wait(1)
        return Roster(seats=others, ours=True)

    day.calls.roster = overtaken
    fault = day.work("carry")[0]

    assert (fault.words, said_done(day)) == ("the roster does not show it yet", False)
    assert day.hands.removed[:2] == [f"{ADA}-1", f"{ADA}-2"]
    assert [one.participant for one in day.sitting().controls.seats_of(ADA)] == [f"{ADA}-2"]


@pytest.mark.parametrize("state", ["ended", "refused", "asked"])
def test_a_roster_is_none_once_the_call_is_over(state):
    """An old answer seats nobody while there is no call, and what the next call shows is taken as it is."""
    seen = RosterSeen(at=after(1), seats=(seat(ADA),), ours=True)
    lost = folded(*joined(ADA), CallMoved(at=after(0), state="in", call="a"), seen, CallMoved(at=after(2), state=state))
    late = RosterSeen(at=after(3), seats=(seat(BEN),), ours=True)
    anew = CallMoved(at=after(4), state="joined", call="b")

    assert fold(lost, [late]) == lost
    assert fold(lost, [late, anew]).controls.seats == {}
    assert fold(lost, [anew, replace(late, at=after(5))]).present() == (BEN,)


def test_seats_are_of_the_call_they_were_seen_in():
    """Whatever order its end and the next call are written down in."""
    seen = RosterSeen(at=after(1), seats=(seat(ADA),), ours=True)
    moves = [CallMoved(at=after(0), state="in", call="a"), seen, CallMoved(at=after(2), state="joined", call="b")]

    assert folded(*joined(ADA), *moves[:2], replace(moves[2], call="a")).controls.seats_of(ADA)
    assert folded(*joined(ADA), *moves).controls.seats == {}
    assert folded(*joined(ADA), *moves).controls.unmuted == {}


def test_a_device_that_only_the_roster_shows_is_removed_in_the_same_attempt():
    """Nobody waits for another try because the last roster is older than the join."""
    day = in_call(lesson(), MS_PATEL, BEN, CY)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.calls.seen = Roster(seats=tuple(seat(person) for person in (MS_PATEL, ADA, BEN, CY)), ours=True)
    day.work("carry")

    assert day.hands.removed == [f"{ADA}-1"]


def test_who_is_back_before_the_roster_is_read_is_removed_by_the_same_order():
    """By every device it shows, each once."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    day.says(MS_PATEL, "/remove Ada abuse")
    others = tuple(seat(person) for person in (MS_PATEL, BEN, CY))
    day.calls.seen = Roster(seats=(*others, seat(ADA, 2), seat(ADA, 3)), ours=True)
    day.work("carry")

    assert day.hands.removed == [f"{ADA}-{number}" for number in (1, 2, 3)]


def test_a_removal_graph_never_carries_out_is_given_up_and_told():
    """Tried for half an hour, then given up in the record; the leads have long heard that she is still here."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.hands.trouble = out_of_reach()
    for minute in (0, 1, 15, 29, 31):
        day.look(minute)
        day.work("carry")

    (number,) = [alert.number for alert in day.decisions.alerts.values() if alert.decision.action == "remove"]
    assert [outcome for what, _, outcome, _ in day.decisions.outcomes if what == number][-2:] == ["again", "given_up"]
    assert ("leads", "removed_stays_out.still_here", ADA, 1, False) in day.told()
    assert list(day.people.holds) == [ADA]


def test_a_late_answer_does_not_bring_an_ended_call_back():
    """Else nobody would ever join again: the call would be believed in, and no roster asked for."""
    day = in_call(lesson(), MS_PATEL, ADA)
    filed = at_once(day.register.sitting(1))
    call = filed.sitting.controls.call.call
    day.calls.trouble = refused("call_ended")
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    late = at_once(day.leg.observe(filed, lambda at: [CallMoved(at=at, state="in", call=call)]))

    assert day.last(CallMoved).state == "ended"
    assert late.controls.call.state == "ended"


def test_a_removal_that_finds_the_call_lost_waits_for_the_next_call():
    """The call's end is written down, so that it is joined again; the removal is not taken for refused."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    day.says(MS_PATEL, "/remove Ada abuse")
    day.hands.trouble = refused("call_ended")
    (fault,) = day.work("carry")
    lost = day.sitting().controls.call.state
    day.hands.trouble = None
    day.look(1)
    day.work("join")
    day.work("carry")

    assert (fault.words, lost) == ("the call was lost", "ended")
    assert set(day.hands.removed) == {f"{ADA}-1"}


def test_who_sat_there_before_our_leg_was_lost_has_not_come_in_anew():
    """Else every drop of ours would be a reason to mute or remove once more."""
    day = in_call(lesson(), MS_PATEL, ADA)
    came_in = day.sitting().newest_join(ADA)
    day.calls.trouble = refused("call_ended")
    day.clock.now = after(1)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    day.calls.trouble = None
    day.look(2)
    day.work("join")
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))

    assert day.sitting().controls.seats_of(ADA)
    assert day.sitting().newest_join(ADA) == came_in


def test_a_device_that_has_gone_needs_no_muting():
    """It is no refusal of Microsoft's."""
    day = in_call(lesson(), MS_PATEL, ADA, BEN, CY)
    day.options.online = replace(day.options.online, options={**day.options.online.options, "mic": False})
    day.work("options")
    unmuted = tuple(seat(person) for person in (ADA, BEN, CY))
    day.calls.seen = Roster(seats=(seat(MS_PATEL, muted=True), *unmuted), ours=True)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    day.work("options")
    day.hands.trouble = refused("participant_gone")
    day.calls.seen = Roster(seats=(seat(MS_PATEL, muted=True),), ours=True)
    day.work("carry")

    assert said_done(day)


def test_a_join_that_comes_after_its_leave_was_lost_is_healed_by_the_same_roster():
    """A roster that shows nothing new is written down once it says more than what is known."""
    day = in_call(lesson(), MS_PATEL, BEN, CY)
    day.clock.now = after(5)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))
    day.happens(came(DAN, 4.9))
    imagined = DAN in day.sitting().present()
    day.clock.now = after(6)
    at_once(day.calling.glance(Job(kind="glance", sitting=1)))

    assert imagined
    assert DAN not in day.sitting().present()


def test_one_coming_told_by_an_event_and_shown_by_the_roster_is_one():
    """Else every return counts twice, and the cap on repeats is used up in half the time."""
    roster = RosterSeen(at=after(1.1), seats=(seat(ADA),), ours=True)

    assert folded(*joined(ADA, 1), roster).newest_join(ADA) == after(1)
    assert folded(roster, *joined(ADA, 1)).newest_join(ADA) == folded(roster).newest_join(ADA)


@pytest.mark.parametrize(
    "rosters",
    [
        [(1.1, [seat(ADA)]), (1.2, [seat(ADA), seat(ADA, 2)])],
        [(1.1, [seat(ADA)]), (1.15, []), (1.2, [seat(ADA, 2)])],
        [(2, [seat(ADA)])],
    ],
)
def test_a_second_device_and_a_return_no_event_told_of_are_new_comings(rosters):
    """A removed pupil is judged again by what the roster alone shows."""
    seen = [RosterSeen(at=after(minute), seats=tuple(seats), ours=True) for minute, seats in rosters]

    assert folded(*joined(MS_PATEL, 0), *joined(ADA, 1), *seen).newest_join(ADA) == after(rosters[-1][0])


def test_without_a_warning_a_removal_needs_a_reason():
    """C82: a reason; or C34: a warning first."""
    day = lesson()

    assert reply(day.says(MS_PATEL, "/remove Ada")) == ("remove.why", False)
    assert reply(day.says(MS_PATEL, "/remove Ada chatting")) == ("remove.why", False)
    day.says(MS_PATEL, "/warn Ada")
    assert reply(day.says(MS_PATEL, "/remove Ada")) == ("remove.sure", False)
    assert reply(day.says(MS_PATEL, "/remove Ada")) == ("remove.done", True)


def test_a_persons_order_acts_whatever_the_rules_mode():
    """Modes bind rules only (law 13)."""
    day = in_call(lesson(removed_stays_out={"mode": Mode.WATCH}), MS_PATEL, ADA, BEN)
    day.says(MS_PATEL, "/remove Ada abuse")

    removals = [alert.decision for alert in day.decisions.alerts.values() if alert.decision.action == "remove"]
    assert [(decision.rule, decision.status) for decision in removals] == [("order", "due")]


def test_without_hands_the_teacher_is_told_how():
    """In the watch and guard tiers the removal is by hand; the hold stands all the same."""
    day = lesson("guard")

    assert reply(day.says(MS_PATEL, "/remove Ada abuse")) == ("remove.by_hand", True)
    assert list(day.people.holds) == [ADA]


def stranger_asked_about():
    """A parent is in the lesson, seen in the call, and the host has been asked."""
    day = lesson()
    day.happens(joined(PARENT, 1))
    in_call(day, MS_PATEL, ADA, BEN, CY, PARENT)
    return day, {alert.decision.to: number for number, alert in day.decisions.alerts.items() if alert.decision.about}


def test_the_button_removes_where_schoolgate_has_hands():
    """Remove on the alert is an order: carried out, said done by the roster, and the door is shut after it."""
    day, alerts = stranger_asked_about()
    answer = day.presses(MS_PATEL, alerts["host"], Verb.REMOVE)
    day.work("carry")
    day.calls.seen = Roster(seats=tuple(seat(person) for person in (MS_PATEL, ADA, BEN, CY)), ours=True)
    day.work("carry")

    assert answer.notice.headline == "uninvited_attendee.ordered_out"
    assert set(day.hands.removed) == {f"{PARENT}-1"}
    assert PARENT not in day.people.holds
    assert said_done(day)


def test_let_stay_takes_an_order_back():
    """The one who was to go may stay, and is no longer kept out."""
    day, alerts = stranger_asked_about()
    day.presses(MS_PATEL, alerts["host"], Verb.REMOVE)
    assert day.sitting().controls.kept_out(PARENT)
    day.presses(MS_PATEL, alerts["host"], Verb.LET_STAY)

    assert not day.sitting().controls.kept_out(PARENT)


@pytest.mark.parametrize("person", [MS_PATEL, MR_OKAFOR])
def test_staff_and_the_organiser_are_never_ordered_out(person):
    """Whatever an alert was about, by whatever mistake."""
    sitting = folded(started(), joined(MS_PATEL), joined(MR_OKAFOR), described(organizer=MS_PATEL))

    assert ordered_out(sitting, person, MS_PATEL, after(2), acting=True)[1] == ()


def test_an_undone_removal_keeps_nobody_out_and_the_hold_is_disputed():
    """Only one's own, and only once."""
    day = lesson()
    assert reply(day.says(MS_PATEL, "/undo")) == ("undo.nothing", False)
    day.says(MS_PATEL, "/removed Ada hit Ben")
    assert day.sitting().controls.kept_out(ADA)
    assert reply(day.says(MS_PATEL, "/undo")) == ("undo.done", True)

    assert not day.sitting().controls.kept_out(ADA)
    assert day.people.holds[ADA].disputed
    assert reply(day.says(MS_PATEL, "/undo")) == ("undo.nothing", False)


def test_a_hold_is_listed_for_leads_and_ended_by_clt_with_what_was_agreed():
    """A teacher may neither; CLT must say what was agreed."""
    day = lesson()
    day.says(MS_PATEL, "/removed Ada hit Ben")
    assert reply(day.says(MS_PATEL, "/holds")) == ("refused.not_lead", False)
    assert reply(day.says(MS_PATEL, "/release Ada spoke to her mother")) == ("refused.not_clt", False)
    assert day.directory.groups[Role.CLT] == (CLT,)
    assert reply(day.says(CLT, "/holds")) == ("holds.list", True)
    assert reply(day.says(CLT, "/release Ada")) == ("release.form", False)
    assert reply(day.releases(CLT, "Ada")) == ("release.done", True)

    assert day.people.holds == {}
    assert not day.sitting().controls.kept_out(ADA)


@pytest.mark.parametrize(
    ("tier", "text", "said"),
    [
        ("guard", "/mic on", ("mic.on", True)),
        ("guard", "/mic off", ("mic.off", True)),
        ("guard", "/mic loud", ("mic.how", False)),
        ("watch", "/mic on", ("mic.by_hand", False)),
    ],
)
def test_the_microphones_are_freed_and_held_by_word(tier, text, said):
    """Where the tier may set options."""
    assert reply(lesson(tier).says(MS_PATEL, text)) == said
