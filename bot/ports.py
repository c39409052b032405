"""What the core asks of the outside, as Protocols of one to four methods, and the data that crosses them.

The adapters are in bot/store, bot/teams and bot/graph; the fakes in tests/fakes.py; the wiring in bot/wiring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.actions import Mode, Role
from bot.events import Event, Fact, Kind, PassedOn, PersonKey, Verb, oid_of
from bot.events import Seat as Seat
from bot.events import Setting as Setting
from bot.notice import Mention, Notice
from bot.sitting import Meeting, Sitting


class OutOfReach(Exception):
    """The other side did not answer, or asked to be left alone: try again, after `retry_after` seconds if it said so."""

    def __init__(self, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.retry_after = retry_after


class Refused(Exception):
    """The other side said no, for good: `code` and `words` are its own. `gone`: what it was about is not there any more."""

    def __init__(self, code: str, words: str, *, gone: bool = False) -> None:
        super().__init__(f"{code}: {words}")
        self.gone = gone
        self.code = code
        self.words = words


# --- the store --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work to be done after the commit. `kind` names the errand, `after` is seconds from now, `step` which of several.

    Of those of one sitting and kind that say the same `once` (if they say any) only one waits at a time.
    """

    kind: str
    sitting: int | None = None
    person: PersonKey | None = None
    decision: int | None = None
    after: float = 0.0
    step: int = 0
    once: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the engine decided. Unique by (sitting, rule, action, to, about, episode, observation) (law 6).

    `status`: `due` (to be carried out), `watched` (mode watch: only written down) or `braked`. A second decision with the
    same key is a revision: newer words or facts for the same card.
    """

    rule: str
    action: str
    mode: Mode
    to: str = ""
    about: PersonKey | None = None
    episode: int = 0
    observation: int = 0
    say: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    choices: tuple[Verb, ...] = ()
    unconfirmed: bool = False
    over: bool = False
    status: str = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningGiven:
    """A warning of a pupil, above sittings: it counts until `expires` (C34). `key`: of the school's list, if it is there."""

    pupil: PersonKey
    by: PersonKey
    reason: str
    expires: datetime
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOpened:
    """A hold of a pupil, above sittings, until CLT releases it (C37). `ends`: what it needs to end (`reasons.Ends`).

    `waits`: the removal can still be taken back, so it changes nothing of a hold that stands. `planned`: when the removal that is
    carried out now was ordered so: its own hold stands already. Writing it down enqueues the job `forewarn`.
    """

    pupil: PersonKey
    by: PersonKey
    reason: str
    key: str = ""
    ends: str = "parents"
    waits: bool = False
    planned: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaken:
    """A line for the log of a sitting (C50); or, with the number of one, a note on an `alert`, which only its card shows."""

    by: PersonKey
    text: str
    alert: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something to be observed. Addressed to a meeting (the store finds or opens its sitting) or to one `sitting`.

    `digest` is what makes it the same delivery as another (None: never a copy). `names` go to the people table only.
    `counting` asks for that pupil's unexpired warnings.
    """

    events: tuple[Event, ...] = ()
    meeting: Meeting | None = None
    sitting: int | None = None
    digest: bytes | None = None
    names: Mapping[PersonKey, str] = field(default_factory=dict)
    teams_meeting_id: str | None = None
    meeting_type: str | None = None
    title: str | None = None
    service_url: str | None = None
    counting: PersonKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of somebody above sittings. `fresh`: not older than the school's look-ups may be.

    `held`: since when this pupil is on hold.
    `approved`: the newest word on one-to-one lessons with this pupil: until when approved (past: ended), and by whom.
    """

    kind: Kind
    classes: tuple[str, ...]
    as_of: datetime
    fresh: bool
    approved: tuple[datetime, PersonKey] | None = None
    held: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a ruling may look at: read under the lock, with the database's own time (laws 2 and 9)."""

    sitting: Sitting
    sitting_id: int
    opened_now: bool
    now: datetime
    known: Mapping[PersonKey, Known]
    warnings: int = 0
    school_corrected: int = 0
    staff_shrunk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What one transaction writes. `events` are all to append, the arrival's own first.

    `taken_back`: pupils whose newest warning of this sitting counts no more, each with who had given it; `unnoted`: notes
    that are taken back, by whom and when each was written. `judged`: the rules were asked, so that a look that was due is done
    with; else it stays due.
    """

    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    jobs: tuple[Job, ...] = ()
    warnings: tuple[WarningGiven, ...] = ()
    notes: tuple[NoteTaken, ...] = ()
    holds: tuple[HoldOpened, ...] = ()
    taken_back: tuple[tuple[PersonKey, PersonKey], ...] = ()
    unnoted: tuple[tuple[PersonKey, datetime], ...] = ()
    look_at: datetime | None = None
    judged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of it. `copy`: the same delivery was there before, nothing was done."""

    copy: bool
    sitting_id: int
    sitting: Sitting
    ruling: Ruling
    decision_ids: tuple[int, ...] = ()
    warnings: int = 0


class Register(Protocol):
    """The sittings. `observe` is the one transaction of architecture.md section 1."""

    async def observe(self, arrival: Arrival, rule: Callable[[Before], Ruling]) -> Receipt:
        """Lock, read, ask `rule` (pure), write, enqueue, commit. OutOfReach when the store cannot commit (a 503)."""
        ...

    async def sitting(self, sitting_id: int) -> Filed | None:
        """A sitting as it stands, with what surrounds it; None if there is none."""
        ...

    async def sittings_of(self, person: PersonKey) -> tuple[int, ...]:
        """The open sittings somebody is present in, or organises, newest first."""
        ...

    async def sitting_at(self, meeting: Meeting) -> int | None:
        """The newest sitting of a meeting, open or not long closed; None if there is none."""
        ...

    async def sitting_in_call(self, call: str) -> int | None:
        """The open sitting that this leg of ours is of; None if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A sitting out of the file: the fold, and what Teams and the store call it."""

    sitting_id: int
    sitting: Sitting
    now: datetime
    teams_meeting_id: str | None
    meeting_type: str | None
    title: str | None
    service_url: str | None


class Route(StrEnum):
    """How a message went out."""

    CHANNEL = "channel"
    WHISPER = "whisper"
    PERSONAL = "personal"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where a message stands, so that it can be updated in place."""

    route: Route
    conversation: str
    activity: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFiled:
    """A line of a lesson's log, or a note on an alert."""

    by: PersonKey
    text: str
    at: datetime
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A decision out of the file, with where it was sent. `number` is its id and the alert number people read.

    `decided_at` is when these words were decided: each revision has its own time to be tried in. `opened_at` is when it was
    first decided, `notes` what people wrote on it and `passed` to whom it went on, oldest first.
    """

    number: int
    sitting_id: int
    attempt: int
    revision: int
    decided_at: datetime
    decision: Decision
    sendings: tuple[Sent, ...] = ()
    answered: tuple[Event, ...] = ()
    opened_at: datetime | None = None
    notes: tuple[NoteFiled, ...] = ()
    passed: tuple[PassedOn, ...] = ()

    @property
    def since(self) -> datetime:
        """When it was first decided."""
        return self.opened_at or self.decided_at


class Decisions(Protocol):
    """The decisions and their outcomes (law 11)."""

    async def claim(self, decision: int) -> Alert | None:
        """Take a due decision for carrying out, counting the attempt first; None if nothing is due (done, or another has it)."""
        ...

    async def sent(self, alert: Alert, sent: Sent) -> None:
        """Write down where a message stands, at once after the other side gave its id."""
        ...

    async def settle(self, alert: Alert, *, outcome: str, words: str = "") -> None:
        """The end of this attempt at this revision: done, refused, not_possible, given_up, or again (still due)."""
        ...

    async def alert(self, number: int) -> Alert | None:
        """An alert by its number, for answering it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is, as the directory said at `as_of`."""

    key: PersonKey
    kind: Kind
    name: str
    classes: tuple[str, ...] = ()
    as_of: datetime | None = None

    @property
    def names_itself(self) -> bool:
        """Whether the name is this person's own say: no account of ours, or a guest's."""
        return oid_of(self.key) is None or self.kind in (Kind.GUEST, Kind.FOREIGN, Kind.ANONYMOUS, Kind.PHONE)


class People(Protocol):
    """What is remembered of people; names live only here (law 7)."""

    async def get(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, Person]:
        """The people known by these keys; a key nobody knows is left out."""
        ...

    async def learn(self, people: Sequence[Person], *, whole_list_of: Kind | None = None) -> None:
        """Remember them, newest `as_of` wins. `whole_list_of` STAFF or PUPIL: the complete list, so its length is kept."""
        ...

    async def in_sitting(self, sitting_id: int) -> Sequence[Person]:
        """Everybody who has come to a sitting."""
        ...

    async def staff(self) -> Sequence[Person]:
        """All who are known as staff, in the order of their keys."""
        ...


class Approvals(Protocol):
    """One-to-one lessons that CLT has approved, above sittings (C56)."""

    async def approve(self, pupil: PersonKey, by: PersonKey, lasting: timedelta) -> datetime:
        """Approve from now on for so long, and say until when. Nothing: what was approved ends now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Who spoke with whom, on which day, and what was agreed (C36). One that was typed has its own words in `agreed` only."""

    spoke: str
    whom: str
    day: date
    agreed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """One thing that was done about a hold. `what`: talk, release, until, open, or ended (by itself).

    Of removals: again (once more), planned (once more, and it can be taken back) or undone (taken back before it was done).
    `talk` of a talk, `until` of a hold that was set to end, `why` in whoever's own words.
    """

    what: str
    by: PersonKey
    at: datetime
    talk: Talk | None = None
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldChange:
    """What the leadership team does about a pupil's hold. `what`: release, until, open, or later (only the talk is kept).

    `seen`: number and revision of the hold as whoever decides saw it; None: whatever it is now. `delivery` as in Said.
    """

    pupil: PersonKey
    by: PersonKey
    what: str
    talk: Talk | None = None
    why: str = ""
    until: datetime | None = None
    seen: tuple[int, int] | None = None
    delivery: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold; `key` and `ends` as it was opened with, `released_*` and `agreed` once it has ended.

    `owner`: who of the leadership team deals with it. `due`: by when. `until`: when it ends, by itself if it `lapses`.
    `decided`: until or open, once that was decided. `came`: how often the pupil came in all the same, and `last_came`.
    `revision` counts what was decided or done about it, `news` all that changed. `sitting`: the lesson it was opened in.
    """

    pupil: PersonKey
    by: PersonKey
    reason: str
    since: datetime
    disputed: bool = False
    key: str = ""
    ends: str = "parents"
    released_at: datetime | None = None
    released_by: PersonKey | None = None
    agreed: str = ""
    number: int = 0
    sitting: int = 0
    owner: PersonKey | None = None
    due: datetime | None = None
    until: datetime | None = None
    decided: str = ""
    came: int = 0
    last_came: datetime | None = None
    revision: int = 0
    news: int = 0
    steps: tuple[HoldStep, ...] = ()

    @property
    def talked(self) -> bool:
        """Whether a talk is on record."""
        return any(step.talk for step in self.steps)

    @property
    def lapses(self) -> bool:
        """Whether it ends by itself on its day: where the parents are to be spoken with, only once they were (C37)."""
        return self.until is not None and (self.ends != "parents" or self.talked)

    def stands_at(self, when: datetime) -> bool:
        """Whether it keeps the pupil out then, as things are now."""
        return self.released_at is None and not (self.lapses and self.until is not None and self.until <= when)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningFiled:
    """A warning out of the file. One that was taken back stays in it."""

    by: PersonKey
    reason: str
    key: str
    at: datetime
    expires: datetime
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRecord:
    """What is on record of a pupil, newest first, holds with their steps, oldest first. `counting` warnings count at `now`."""

    now: datetime
    warnings: tuple[WarningFiled, ...]
    holds: tuple[Hold, ...]

    @property
    def counting(self) -> int:
        """How many warnings count now."""
        return sum(1 for one in self.warnings if one.expires > self.now)

    @property
    def standing(self) -> Hold | None:
        """The hold that stands now."""
        return next((hold for hold in self.holds if hold.stands_at(self.now)), None)


class Records(Protocol):
    """What is on record: of a lesson, of a pupil, and of whoever removed somebody before."""

    async def events(self, sitting_id: int) -> Sequence[Event]:
        """All that is written down of a sitting, in order."""
        ...

    async def notes(self, sitting_id: int) -> Sequence[NoteFiled]:
        """The notes of a sitting, oldest first."""
        ...

    async def of_pupil(self, pupil: PersonKey) -> PupilRecord:
        """A pupil's warnings and holds, over all lessons."""
        ...

    async def has_removed(self, by: PersonKey) -> bool:
        """Whether this person has ever had somebody removed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCount:
    """Of one rule: alerts that were told, those somebody called a false alarm, and those somebody else took or saw."""

    rule: str
    told: int
    nothing: int
    taken: int


class Alarms(Protocol):
    """What became of alerts, counted."""

    async def alarms(self, within: timedelta) -> Sequence[AlarmCount]:
        """Rule by rule, of the alerts that several people were told within that time until now."""
        ...


class Holds(Protocol):
    """Pupils on hold, above sittings (C37 C83)."""

    async def standing(self) -> Sequence[Hold]:
        """All of them, oldest first."""
        ...

    async def ended_by_day(self, within: timedelta) -> Sequence[Hold]:
        """Those that ended by themselves not longer ago than this, oldest first."""
        ...

    async def take_back(self, pupil: PersonKey, by: PersonKey, planned: datetime) -> bool:
        """A removal, planned then, was taken back in time: its hold ends (True); one that stood before is as it was (False)."""
        ...

    async def release(self, pupil: PersonKey, by: PersonKey, reason: str) -> bool:
        """End a pupil's hold, with who spoke to whom and what was agreed; False if there is none. The history is kept.

        Like the opening of one it enqueues the job `forewarn`, so that the pupil's teachers hear of it.
        """
        ...

    async def dispute(self, pupil: PersonKey, by: PersonKey) -> None:
        """Mark a hold as disputed: the removal was taken back."""
        ...


class HoldBook(Protocol):
    """What is done about holds (C36 C37 C83). Each change has its teachers told (`forewarn`) and its card redrawn (`hold`)."""

    async def change(self, change: HoldChange) -> bool:
        """Write it down; False, and nothing is changed, where the hold is not as `seen`, has ended, or it is a copy."""
        ...

    async def take(self, pupil: PersonKey, by: PersonKey) -> bool:
        """Make somebody the owner of a pupil's hold; False if there is none."""
        ...

    async def end_due(self) -> tuple[PersonKey, ...]:
        """End the holds whose day has come; whose they were. Their teachers are not woken for it: `remind` tells them."""
        ...

    async def now(self) -> datetime:
        """The database's time (law 9)."""
        ...


class HoldCards(Protocol):
    """Where the card of a hold stands, and how much of the news it shows."""

    async def card(self, hold: int) -> tuple[Sent, int] | None:
        """The card, and the `news` it shows; None if there is none."""
        ...

    async def card_shows(self, hold: int, sent: Sent, news: int) -> None:
        """Write down what it shows now."""
        ...


class Addresses(Protocol):
    """Where the Bot Connector wants to be spoken to: the newest service URL of each conversation; and whom we greeted."""

    async def remember(self, conversation: str, service_url: str) -> None:
        """Keep the newest. Cheap when nothing changed."""
        ...

    async def service_url(self, conversation: str) -> str | None:
        """That conversation's, else the newest of any, else None."""
        ...

    async def first_greeting(self, conversation: str) -> bool:
        """Whether nobody of us has been greeting there within the last minute: whoever asks first greets."""
        ...


class Errands(Protocol):
    """Work that belongs to no sitting."""

    async def ask(self, job: Job) -> None:
        """Have it done; the same, while it waits, only once."""
        ...


class Housekeeping(Protocol):
    """What is done by the clock."""

    async def due_sittings(self, within: float) -> tuple[int, ...]:
        """Sittings whose `look_at` falls within so many seconds, or which are open and silent: to be looked at."""
        ...

    async def open_sittings(self) -> tuple[int, ...]:
        """Every sitting that is being held."""
        ...

    async def purge(self) -> int:
        """Really delete every row past its `keep_until` (law 15); how many."""
        ...


# --- the plan of lessons -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLesson:
    """A lesson as its organiser's calendar plans it; `event` is this holding's own id there.

    `staff` are the invited ones without the organiser; `thread` is None until the online meeting was found; `blind` is why
    its joins cannot be seen (`channel`), or None; `sealed` is what came of setting its options, None until that was tried;
    `placed` whether the app was put into its chat, or found there.
    """

    event: str
    organizer: PersonKey
    title: str
    starts: datetime
    ends: datetime
    join_url: str
    thread: str | None = None
    class_name: str | None = None
    invitees: tuple[PersonKey, ...] = ()
    invitees_known: bool = False
    staff: tuple[PersonKey, ...] = ()
    blind: str | None = None
    sealed: str | None = None
    placed: bool = False


class Plans(Protocol):
    """The lessons planned for these days, as last read from the calendars."""

    async def replan(
        self, organizer: PersonKey, lessons: Sequence[PlannedLesson], since: datetime, until: datetime
    ) -> None:
        """All that one calendar plans between these times: what has not begun and is no longer in it is forgotten."""
        ...

    async def planned(self, since: timedelta, until: timedelta) -> tuple[datetime, Sequence[PlannedLesson]]:
        """The database's time, and what begins later than `since` and not later than `until` from then, earliest first."""
        ...

    async def sealed(self, event: str, outcome: str, thread: str | None) -> None:
        """Write down what came of setting a lesson's options, and its thread if that is known now."""
        ...

    async def placed(self, event: str, thread: str) -> None:
        """Write down that the app is in a lesson's chat, and which chat that is."""
        ...

    async def silent(self, after: timedelta) -> Sequence[PlannedLesson]:
        """Lessons that began longer ago than `after` and are not over, which ought to be seen, and of which nothing was."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something told of the plan: what (`say`), of which lesson (`event`) and whom (`about`), to whom, and on what ground."""

    say: str
    event: str = ""
    about: str = ""
    to: str = ""
    ground: str = ""


class Foretold(Protocol):
    """What was told of the plan, so that nobody is told the same twice; each is forgotten in its time."""

    async def claim_word(self, word: Word, keep: timedelta) -> bool:
        """Take it for telling, for a minute; False where it was told, or another has it."""
        ...

    async def told(self, words: Sequence[Word]) -> None:
        """Write down that these were told."""
        ...

    async def standing_words(self, say: str) -> Sequence[Word]:
        """What was told and is not forgotten yet."""
        ...


# --- Microsoft's side --------------------------------------------------------------------------------------------------


class Messenger(Protocol):
    """Sending through the Bot Connector, with its own retries and pacing. Raises Refused or OutOfReach."""

    async def post(self, channel: str, notice: Notice) -> Sent:
        """A new card in a channel."""
        ...

    async def whisper(self, thread: str, oid: str, notice: Notice) -> Sent:
        """A targeted message in a meeting chat, seen by one person."""
        ...

    async def write_to(self, oid: str, notice: Notice) -> Sent:
        """A 1:1 message."""
        ...

    async def say(self, conversation: str, notice: Notice) -> Sent:
        """A message for everybody in a conversation, children too: without buttons, names or anything of why."""
        ...

    async def update(self, sent: Sent, notice: Notice) -> None:
        """Replace a message in place."""
        ...


class Readers(Protocol):
    """Who reads a channel."""

    async def readers(self, channel: str) -> frozenset[PersonKey]:
        """All its members with an account of our tenant, asked now."""
        ...


class Mail(Protocol):
    """The last resort: e-mail through Graph."""

    async def mail(self, oids: Sequence[str], notice: Notice) -> Sent:
        """Send; the words of the notice as plain text."""
        ...


class Directory(Protocol):
    """Who people are, by the groups of school.toml."""

    async def person(self, oid: str) -> Person | None:
        """One account, looked up now; None if our tenant has no such account."""
        ...

    async def list_of(self, role: Role) -> Sequence[Person]:
        """Everybody of STAFF, PUPILS, CLT, ... with nested groups, pupils with their classes."""
        ...

    async def roles_of(self, oid: str) -> frozenset[Role]:
        """Which of school.toml's groups an account is in, looked up now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a meeting is: see `events.Described`. `blind` is a reason why join events cannot be seen, or None."""

    organizer: PersonKey | None
    class_name: str | None
    invitees: tuple[PersonKey, ...]
    invitees_known: bool
    scheduled_start: datetime | None
    scheduled_end: datetime | None
    blind: str | None = None
    join_url: str | None = None


class Lessons(Protocol):
    """What a meeting is: Connector meeting details, the organiser's calendar event, its attendees with groups expanded."""

    async def describe(self, meeting: Meeting, teams_meeting_id: str | None) -> Description:
        """Look it up now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An online meeting in its organiser's calendar. `thread` where its link tells it; `blind`: see PlannedLesson."""

    event: str
    title: str
    starts: datetime
    ends: datetime
    join_url: str
    addresses: tuple[str, ...] = ()
    thread: str | None = None
    blind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is invited by a list of addresses: people with groups expanded, the groups' ids, and whether that is everybody."""

    people: frozenset[PersonKey] = frozenset()
    groups: frozenset[str] = frozenset()
    complete: bool = True


class Calendars(Protocol):
    """What staff's calendars plan."""

    async def events(self, oid: str, since: datetime, until: datetime) -> Sequence[CalendarEvent]:
        """The online meetings somebody organises between these times, each holding of a series, none that is cancelled."""
        ...

    async def invited(self, addresses: Sequence[str]) -> Invitation:
        """Who these are in our tenant; anybody else is left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription of ours as Graph has it, and how long it still lives."""

    id: str
    left: timedelta


class Subscriptions(Protocol):
    """Being told of changes in staff's calendars."""

    async def standing(self) -> Mapping[PersonKey, Standing]:
        """Ours, by whose calendar it is."""
        ...

    async def subscribe(self, oid: str) -> None:
        """Ask to be told of one calendar."""
        ...

    async def renew(self, subscription: str) -> None:
        """Let one live on."""
        ...


class Places(Protocol):
    """Where the app is."""

    async def place(self, thread: str) -> None:
        """Put it into a meeting's chat; there already is well. Refused("not_in_catalogue") where the school has no package."""
        ...


class Presence(Protocol):
    """Whether somebody is in the meeting right now, by the Connector (`/v1/meetings/{id}/participants/{oid}`)."""

    async def in_meeting(self, meeting: Meeting, teams_meeting_id: str, oid: str) -> bool | None:
        """None where the Connector cannot say."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDetails:
    """What the Connector says of a meeting (`GET /v1/meetings/{id}`). `kind` is its `details.type`."""

    kind: str | None
    organizer: str | None
    title: str | None
    join_url: str | None
    graph_id: str | None
    scheduled_start: datetime | None
    scheduled_end: datetime | None


class Meetings(Protocol):
    """Meeting details by the Connector."""

    async def details(self, meeting: Meeting, teams_meeting_id: str) -> MeetingDetails | None:
        """None where the Connector does not know the meeting."""
        ...


# --- what the edge calls -----------------------------------------------------------------------------------------------


class How(StrEnum):
    """How a command was given: SLASH, PERSONAL and CARD (a button) are private, a MENTION others could read."""

    SLASH = "slash"
    MENTION = "mention"
    PERSONAL = "personal"
    CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody mentioned in a message: the key if the mention carries one, and the words that were mentioned."""

    person: PersonKey | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message to the bot, the bot's own mention taken out of `text` (other mentions stand in it as their words).

    `delivery` is what makes it the same message as another, for Teams sends some twice. `filled`: the fields of the card.
    """

    by: PersonKey | None
    how: How
    text: str
    named: tuple[Named, ...] = ()
    meeting: Meeting | None = None
    delivery: bytes | None = None
    filled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button of an alert: who pressed it, by the token-checked activity, never by the card. `reason`: chosen on it.

    `note` is what they wrote on the card; `conversation` and `activity` where the card stands, as Teams says.
    """

    by: PersonKey | None
    alert: int
    verb: Verb
    reason: str = ""
    note: str = ""
    conversation: str = ""
    activity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the asker is told, privately. `accepted` False: nothing was done, and `why` is the key of what was said."""

    notice: Notice
    accepted: bool = True
    why: str = ""


class Doors(Protocol):
    """What comes in. Everything here may raise OutOfReach (the edge answers 503)."""

    async def observe(self, arrival: Arrival) -> Receipt:
        """A meeting event."""
        ...

    async def command(self, said: Said) -> Reply:
        """A command, or words meant as one."""
        ...

    async def press(self, pressed: Pressed) -> Reply:
        """A button of an alert."""
        ...

    async def welcome(self, place: str, thread: str = "") -> Notice:
        """Introduce ourselves, fitly for `place` (meeting, chat, team or personal) and the conversation `thread`."""
        ...


class Tally(Protocol):
    """Counting for whoever runs it; never whom."""

    def decided(self, rule: str, status: str) -> None:
        """A decision was written."""
        ...

    def settled(self, rule: str, outcome: str) -> None:
        """An attempt to carry one out ended."""
        ...


class Wording(Protocol):
    """Turning decisions and answers into words (bot/words), on sending (law 7)."""

    def alert(
        self, alert: Alert, people: Mapping[PersonKey, Person], *, lesson: str, mentions: Sequence[Mention] = ()
    ) -> Notice:
        """An alert, as it stands."""
        ...

    def reply(
        self,
        key: str,
        facts: Mapping[str, Fact] = ...,
        people: Mapping[PersonKey, Person] = ...,
        details: Sequence[str] = (),
    ) -> Notice:
        """An answer to a command or a pressed button."""
        ...

    def lesson(self, title: str | None, class_name: str | None, started: datetime | None) -> str:
        """A lesson in a few words, like "3B Maths, 09:00"."""
        ...


# --- hands: what the guard and remove tiers act through ---------------------------------------------------------------

OPTIONS = {
    "mic": "attendees may unmute themselves",
    "camera": "attendees may turn their cameras on",
    "presenters": "everyone, organization, roles or organizer",
    "lobby": "who passes it: organizer, invited, organization, organizationExcludingGuests, ... or everyone",
    "dial_in": "callers by telephone pass the lobby",
    "admitters": "who admits: presenters or coorganizers",
    "chat": "enabled, limited or disabled",
    "reactions": "reactions may be sent",
    "record": "presenters may record",
    "record_automatically": "Teams records by itself from the start",
}
"""The options of a meeting that Schoolgate knows, by our names; the adapter knows Microsoft's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """An online meeting in Graph: whose it is, its id there, what is needed to enter it, and its options as read.

    `roles`: what those invited are to be in it, by object id, in Graph's words.
    """

    organizer: str
    meeting_id: str
    thread: str
    join_meeting_id: str | None
    passcode: str | None
    options: Mapping[str, Setting]
    options_url: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)


class MeetingOptions(Protocol):
    """Meeting options through Graph (no call). Refused("no_access_policy") names the cmdlet that mends it."""

    async def read(self, meeting: Meeting, details: MeetingDetails | None) -> Online:
        """Find the online meeting of a thread (`graph_id` of the Connector's details, else the chat's join URL) and read it."""
        ...

    async def change(
        self, online: Online, changes: Mapping[str, Setting], roles: Mapping[str, str] | None = None
    ) -> Online:
        """One PATCH for all of `changes` and `roles`, then read back: what comes back is what now holds.

        `roles` by object id (presenter, coorganizer, attendee) are for before the start: Teams does not change them after.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A call's roster, complete as Graph gave it. `ours`: our own participant is in it, so it can be believed.

    `waiting`: our own participant is in the lobby, from where nobody knows who is inside.
    """

    seats: tuple[Seat, ...]
    ours: bool
    sequence: int = 0
    waiting: bool = False

    def seats_of(self, person: PersonKey) -> tuple[Seat, ...]:
        """Every endpoint of a person inside, as far as this roster can be believed."""
        return tuple(seat for seat in self.seats if self.ours and seat.person == person and not seat.in_lobby)


class Calls(Protocol):
    """Being in the call (service-hosted media, nothing recorded)."""

    async def join(self, online: Online, callback: str) -> str:
        """Join; the call's id. `callback` is where Graph is to notify."""
        ...

    async def roster(self, call: str) -> Roster:
        """Everybody, all pages. Refused("call_ended") once the call is gone."""
        ...

    async def keep(self, call: str) -> None:
        """Keep alive. Refused("call_ended") once it is gone."""
        ...

    async def leave(self, call: str) -> None:
        """Hang our own leg up; gone already is well."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What Graph notified of one call: its id, the events it makes when written, and whether its roster has changed."""

    call: str
    roster: bool = False
    events: Callable[[datetime], Sequence[Event]] = lambda at: ()


class Hands(Protocol):
    """What is done to a participant of a call."""

    async def mute(self, call: str, participant: str) -> None:
        """Mute once. Refused with Microsoft's words."""
        ...

    async def remove(self, call: str, participant: str) -> None:
        """Remove; gone already (404) is well. Refused: "removal_not_allowed" names the cmdlet, "organizer" cannot be."""
        ...
