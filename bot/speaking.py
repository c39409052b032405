"""Speaking to a child: privately, in the words of their age, and never in front of the class (C34).

Where the pupil cannot be written to, the member of staff who gave the order gets the same words to say aloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.actions import Audience, Mode
from bot.events import Facts, PersonKey, oid_of
from bot.notice import Notice
from bot.ordering import ORDER
from bot.ports import Alert, Before, Decision, Decisions, Filed, Messenger, People, Person, Refused, Sent, Wording
from bot.school import School

LATE = timedelta(minutes=1)
"""A child is not told off for something long past: after this the adult says it, if it still needs saying."""


def speak_to(before: Before, school: School, pupil: Person, say: str, *, by: PersonKey, key: str) -> Decision:
    """The decision to tell a pupil something that an adult has just ordered. `key` is the reason's."""
    classes = (*pupil.classes, before.sitting.class_name)
    facts: Facts = {"band": school.age_band(*classes).value, "by": by, "key": key}
    return Decision(
        rule=ORDER,
        action="speak",
        mode=Mode.ACT,
        to=Audience.THEM,
        about=pupil.key,
        observation=int(before.now.timestamp() * 1000),
        say=say,
        facts=facts,
    )


@dataclass(frozen=True, slots=True)
class Speaking:
    """The action `speak`."""

    decisions: Decisions
    people: People
    messenger: Messenger
    words: Wording

    async def announce(self, alert: Alert, filed: Filed) -> tuple[str, str]:
        """One line for the whole class, once, and not when its moment has passed."""
        if alert.sendings or filed.now - alert.decided_at > LATE:
            return ("done", "said already") if alert.sendings else ("not_possible", "late")
        try:
            sent = await self.messenger.say(filed.sitting.meeting.thread, self.words.reply(alert.decision.say))
        except Refused as refused:
            return "refused", refused.code
        await self.decisions.sent(alert, sent)
        return "done", "said"

    async def speak(self, alert: Alert, filed: Filed) -> tuple[str, str]:
        """Whisper to the pupil; else give the adult the words. The outcome; OutOfReach if it may yet work."""
        decision, pupil = alert.decision, alert.decision.about
        if pupil is None or alert.sendings:
            return "done", "said already"
        people = await self.people.get([pupil, PersonKey(str(decision.facts["by"]))])
        notice = self.words.reply(decision.say, decision.facts, people)
        oid, thread = oid_of(pupil), filed.sitting.meeting.thread
        fault = "late" if filed.now - alert.decided_at > LATE else "no account"
        if oid is not None and fault != "late":
            try:
                await self.decisions.sent(alert, await self.messenger.whisper(thread, oid, notice))
            except Refused as refused:
                fault = refused.code
            else:
                return "done", "whisper"
        script = self.words.reply("script", {"pupil": pupil}, people, details=_aloud(notice))
        sent = await self._to_adult(str(decision.facts["by"]), thread, script)
        if sent is None:
            return "given_up", fault
        await self.decisions.sent(alert, sent)
        return "not_possible", f"{fault}: given to the adult to say"

    async def _to_adult(self, by: str, thread: str, script: Notice) -> Sent | None:
        oid = oid_of(PersonKey(by))
        if oid is None:
            return None
        try:
            return await self.messenger.whisper(thread, oid, script)
        except Refused:
            pass
        try:
            return await self.messenger.write_to(oid, script)
        except Refused:
            return None


def _aloud(notice: Notice) -> list[str]:
    return [f"“{words}”" for words in (notice.headline, notice.done, notice.next_step) if words]
