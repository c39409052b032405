"""Questions that are answered by a press: which pupil, which reason, whether it is meant; and the buttons of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.events import PersonKey
from bot.naming import called
from bot.notice import Ask, Choice, Notice
from bot.ports import Person, Reply, Said, Wording
from bot.reasons import Reason, Track

LONGEST_REST = 200
MOST = 60
"""How many pupils a list offers: more are no class."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Makes them. What is pressed comes back as the command itself, so a card can do nothing that typing could not."""

    words: Wording
    reasons: tuple[Reason, ...]

    def no(self, key: str, details: Sequence[str] = ()) -> Reply:
        """Nothing was done, and why."""
        return Reply(notice=self.words.reply(key, details=details), accepted=False, why=key)

    def ask(self, command: str, pupil: PersonKey | None = None, rest: str = "", title: str = "") -> Ask:
        """A button that gives this command; `title` where it is called otherwise than the command's usual one."""
        title = self.words.reply(f"ask.{title or command}").headline
        return Ask(title=title, command=command, pupil=pupil, rest=rest[:LONGEST_REST])

    def with_asks(self, said: Said, reply: Reply, *asks: Ask) -> Reply:
        """The same answer with these buttons."""
        return replace(reply, notice=replace(reply.notice, asks=asks, mark=mark_of(said)))

    def which_pupil(
        self, said: Said, command: str, reply: Reply, pupils: Sequence[Person], rest: str = "", *, why: bool = False
    ) -> Reply:
        """Ask which pupil, and (`why`) for which reason where none was written yet."""
        if not pupils:
            return reply
        some = sorted(pupils, key=lambda person: called(person).casefold())[:MOST]
        choices = [self._choice("pupil", [(str(person.key), called(person)) for person in some])]
        if why and not rest:
            choices.append(self._choice("reason", self._reasons(self.reasons), needed=False))
        return self._asked(said, reply, choices, self.ask(command, rest=rest))

    def which_reason(self, said: Said, reply: Reply, pupil: PersonKey, text: str) -> Reply:
        """Ask for a reason of the immediate track, or offer to warn for what was written instead."""
        grave = self._reasons(reason for reason in self.reasons if reason.track is Track.IMMEDIATE)
        warn = replace(self.ask("warn", pupil, text), alone=True)
        return self._asked(said, reply, [self._choice("reason", grave)], self.ask("remove", pupil), warn)

    def why_kept_out(self, reply: Reply, pupil: PersonKey) -> Reply:
        """Ask for the reason why a pupil who was removed in Teams itself is to stay out; the card says nothing was done yet."""
        ask = self.ask("removed", pupil)
        return replace(reply, notice=replace(reply.notice, choices=(self.any_reason(),), asks=(ask,)))

    def any_reason(self) -> Choice:
        """All the school's reasons, of which one is needed."""
        return self._choice("reason", self._reasons(self.reasons))

    def _asked(self, said: Said, reply: Reply, choices: Sequence[Choice], *asks: Ask) -> Reply:
        notice: Notice = replace(reply.notice, choices=tuple(choices), asks=asks, mark=mark_of(said))
        return replace(reply, notice=notice)

    def _choice(self, name: str, among: Sequence[tuple[str, str]], *, needed: bool = True) -> Choice:
        label = self.words.reply(f"choose.{name}" if needed else f"choose.{name}_free").headline
        missing = self.words.reply(f"choose.{name}_missing").headline if needed else ""
        return Choice(name=name, label=label, among=tuple(among), needed=missing)

    def _reasons(self, reasons: Iterable[Reason]) -> list[tuple[str, str]]:
        return [(one.key, self.words.reply("reason", {"key": one.key}).headline) for one in reasons]


def mark_of(said: Said) -> str:
    """What makes two presses of the card that answers this message one."""
    return said.delivery.hex()[:24] if said.delivery else ""
