"""What is on record: a lesson's events and notes, a pupil's warnings and holds, and who has removed somebody before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.events import Warned, WarningTakenBack, account
from bot.ports import Arrival, Before, HoldOpened, NoteTaken, Ruling, WarningGiven
from bot.sitting import Meeting
from bot.store.postgres import PostgresStore
from tests.store.lessons import ADA, BEN, PATEL, joined

OKAFOR, CLT = account("okafor"), account("clt")


async def observed(store: PostgresStore, meeting: Meeting, **rest: object) -> int:
    """A transaction that writes this; the number of its sitting."""
    ruling = Ruling(**{"events": (joined(PATEL),), **rest})  # type: ignore[arg-type]  # -- whatever a test writes
    arrival = Arrival(events=(joined(PATEL),), meeting=meeting)
    return (await store.observe(arrival, lambda before: ruling)).sitting_id


def warning(by: str = PATEL, reason: str = "", key: str = "", days: float = 30) -> WarningGiven:
    """A warning of Ada that counts for so many days from now."""
    expires = datetime.now(UTC) + timedelta(days=days)
    return WarningGiven(pupil=ADA, by=account(by.removeprefix("aad:")), reason=reason, key=key, expires=expires)


async def test_a_pupils_record_is_all_that_was_written_of_them(store: PostgresStore, meeting: Meeting) -> None:
    """Newest first, over all lessons; what counts no more is in it and does not count; nobody else's is."""
    other = Meeting(meeting.tenant, meeting.school, "19:another")
    await observed(store, meeting, warnings=(warning(reason="old", days=-1),))
    await observed(store, other, warnings=(warning(OKAFOR, "noisy", "off_task"),))
    hold = HoldOpened(pupil=ADA, by=PATEL, reason="swore", key="abuse", ends="clt_decides")
    await observed(store, meeting, holds=(hold,))
    record = await store.of_pupil(ADA)

    assert [(one.by, one.reason, one.key) for one in record.warnings] == [
        (OKAFOR, "noisy", "off_task"),
        (PATEL, "old", ""),
    ]
    assert record.counting == 1
    assert [(one.key, one.ends, one.released_at) for one in record.holds] == [("abuse", "clt_decides", None)]
    assert (await store.of_pupil(BEN)).warnings == ()


async def test_a_hold_that_ended_says_how(store: PostgresStore, meeting: Meeting) -> None:
    """Who ended it, when, and what was agreed."""
    await observed(store, meeting, holds=(HoldOpened(pupil=ADA, by=PATEL, reason=""),))
    await store.release(ADA, CLT, "spoke to the mother")
    (hold,) = (await store.of_pupil(ADA)).holds

    assert (hold.released_by, hold.agreed, hold.ends) == (CLT, "spoke to the mother", "parents")
    assert hold.released_at is not None


async def test_the_newest_warning_of_ones_own_in_this_lesson_is_taken_back(
    store: PostgresStore, meeting: Meeting
) -> None:
    """And no other: not a colleague's, not one of another lesson. It stays in the record and counts no more."""
    other = Meeting(meeting.tenant, meeting.school, "19:another")
    await observed(store, other, warnings=(warning(reason="elsewhere"),))
    for given in (warning(reason="first"), warning(OKAFOR, "a colleague's"), warning(reason="second")):
        await observed(store, meeting, warnings=(given,))
    await observed(store, meeting, events=(joined(PATEL, 1),), taken_back=((ADA, PATEL),))
    record = await store.of_pupil(ADA)
    seen: list[Before] = []
    await store.observe(Arrival(meeting=meeting, counting=ADA), lambda before: seen.append(before) or Ruling())

    assert {one.reason: one.taken_back for one in record.warnings} == {
        "elsewhere": False,
        "first": False,
        "a colleague's": False,
        "second": True,
    }
    assert record.counting == seen[0].warnings == 3


async def test_a_lessons_events_and_notes_are_read_in_order(store: PostgresStore, meeting: Meeting) -> None:
    """As they were written; another lesson's are not among them."""
    before = joined(PATEL)
    warned = Warned(at=before.at, pupil=ADA, by=PATEL, count=1, reason="chat")
    back = WarningTakenBack(at=before.at, pupil=ADA, by=PATEL, count=0)
    number = await observed(store, meeting, events=(before, warned, back), notes=(NoteTaken(by=PATEL, text="one"),))
    await observed(store, meeting, notes=(NoteTaken(by=OKAFOR, text="two"),))

    assert list(await store.events(number))[:3] == [before, warned, back]
    assert [(note.by, note.text) for note in await store.notes(number)] == [(PATEL, "one"), (OKAFOR, "two")]
    assert (await store.events(number + 99), await store.notes(number + 99)) == ([], [])


async def test_a_note_that_is_taken_back_stays_and_says_so(store: PostgresStore, meeting: Meeting) -> None:
    """That note of that person in that lesson, and no other."""
    other = Meeting(meeting.tenant, meeting.school, "19:another")
    elsewhere = await observed(store, other, notes=(NoteTaken(by=PATEL, text="elsewhere"),))
    for by, text in ((PATEL, "one"), (PATEL, "two"), (OKAFOR, "three")):
        number = await observed(store, meeting, notes=(NoteTaken(by=by, text=text),))
    written = await store.notes(number)
    await observed(store, meeting, events=(), unnoted=((PATEL, written[1].at), (PATEL, written[2].at)))

    assert [note.taken_back for note in await store.notes(number)] == [False, True, False]
    assert [note.taken_back for note in await store.notes(elsewhere)] == [False]


async def test_who_has_had_somebody_removed_is_known_for_good(store: PostgresStore, meeting: Meeting) -> None:
    """Also when the hold has ended."""
    assert not await store.has_removed(PATEL)
    await observed(store, meeting, holds=(HoldOpened(pupil=ADA, by=PATEL, reason=""),))
    await store.release(ADA, CLT, "spoke")

    assert await store.has_removed(PATEL)
    assert not await store.has_removed(OKAFOR)
