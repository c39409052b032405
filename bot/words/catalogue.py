"""Decisions and answers put into words: facts become local times and names, and the sentences come from the Fluent files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.actions import Audience
from bot.answering import LONGEST_NOTE, offered, shared
from bot.commands import COMMANDS
from bot.events import Answered, Fact, PassedOn, PersonKey, Verb, asks_what
from bot.notice import Button, Choice, Mention, Notice, Severity
from bot.ports import Alert, NoteFiled, Person
from bot.reasons import USUAL, AgeBand, Reason, named
from bot.words.inert import clean
from bot.words.phrases import Variables, phrases

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-\d\d")
_KEY = re.compile(r"(aad|ext|mri):")
_WORD_OF_OURS = re.compile(r"[a-z_]{1,40}")
"""What a message chooses its words by, like `other_class`."""
_NAMES_SHOWN = 3
_LONGEST = 160
_LONGEST_LINE = 700
_LONGEST_WORDS = 600
"""Of what Microsoft said and how to mend it (the fact `words`): a cmdlet must not be cut."""
AGREED = ("agreed", "why_so")
"""What a hold was decided on is read whole."""
_NOTES_SHOWN = 5


class Words:
    """All that Schoolgate says, in one language and in the school's own time."""

    def __init__(
        self,
        timezone: str,
        school_name: str,
        language: str = "en",
        reasons: Sequence[Reason] = USUAL,
        tier: str = "remove",
    ) -> None:
        self._zone = ZoneInfo(timezone)
        self._school = clean(school_name, 80)
        self._reasons = reasons
        self._tier = tier
        self._phrases = phrases(language)

    def alert(
        self, alert: Alert, people: Mapping[PersonKey, Person], *, lesson: str, mentions: Sequence[Mention] = ()
    ) -> Notice:
        """A decision for its reader. `mentions` are notified; an alert that is over notifies nobody and asks nothing."""
        decision, answers = alert.decision, _newest(alert)
        facts: dict[str, Fact] = {
            "how": "other",
            "like": None,
            "coming": None,
            "rule": decision.rule,
            **decision.facts,
            "about": decision.about,
        }
        # A new rule whose words were forgotten still brings an adult; a test finds the missing words.
        key = decision.say if self._phrases.has(decision.say) else "wordless"
        variables = {**self._variables(facts, people), "lesson": clean(lesson, _LONGEST)}
        done = self._phrases.say(key, variables, "over-done" if decision.over else "done")
        finished = decision.over and decision.to == Audience.HOST
        unsure = self._phrases.say("unconfirmed") if decision.unconfirmed and not decision.over else ""
        buttons = self._buttons(offered(decision, answers))
        return Notice(
            alert=alert.number,
            headline=self._start(self._phrases.say(key, variables, "over" if decision.over else None)),
            done=self._start(" ".join(filter(None, (done, unsure)))),
            next_step="" if decision.over else self._phrases.say(key, variables, "next"),
            details=() if finished else _lines(self._phrases.say(key, variables, "details")),
            buttons=buttons,
            choices=(self._why_out(),) if any(button.verb is Verb.KEEP_OUT for button in buttons) else (),
            mentions=() if decision.over else tuple(Mention(oid=m.oid, name=clean(m.name)) for m in mentions),
            join="" if decision.over else self._phrases.say(key, variables, "join"),
            over=decision.over,
            answered=" · ".join(self._answer(answer, people) for answer in answers),
            passed=" · ".join(self._passed(step, people) for step in alert.passed),
            more=self._repeated(decision.facts),
            notes=tuple(self._note(note, people) for note in alert.notes[-_NOTES_SHOWN:]),
            notable=shared(decision),
            severity=Severity(self._phrases.say(key, variables, "level")),
        )

    def reply(
        self,
        key: str,
        facts: Mapping[str, Fact] = {},
        people: Mapping[PersonKey, Person] = {},
        details: Sequence[str] = (),
    ) -> Notice:
        """An answer to a command or a pressed button, or an introduction. `help` brings the list of commands with it."""
        variables = self._variables(facts, people)
        if key == "help":
            details = [*self._commands(), *details]
        return Notice(
            headline=self._start(self._phrases.say(key, variables)),
            done=self._phrases.say(key, variables, "done"),
            next_step=self._phrases.say(key, variables, "next"),
            details=tuple(filter(None, (clean(line, _LONGEST_LINE) for line in details))),
        )

    def lesson(self, title: str | None, class_name: str | None, started: datetime | None) -> str:
        """A lesson in a few words, like "3B Maths, 09:00"."""
        what, of = clean(title or "", 40), clean(class_name or "", 24)
        if of and of.casefold() not in what.casefold():
            what = f"{of} {what}".strip()
        what = what or self._phrases.say("lesson-untitled")
        if started is None:
            return what
        return self._phrases.say("lesson-at", {"what": what, "at": self._clock(started)})

    def _commands(self) -> list[str]:
        offered = [command for command in COMMANDS if self._tier in command.tiers]
        return [f"/{' '.join(filter(None, (command.name, command.usage)))} – {command.summary}" for command in offered]

    def _buttons(self, verbs: Iterable[Verb]) -> tuple[Button, ...]:
        return tuple(
            Button(title=self._phrases.say(f"button.{verb.value}"), verb=verb, alone=verb is not Verb.KEEP_OUT)
            for verb in verbs
        )

    def _passed(self, step: PassedOn, people: Mapping[PersonKey, Person]) -> str:
        """To whom it went on because nobody had taken it."""
        to = self._list([self._name(person, people) for person in step.to])
        return self._phrases.say(f"passed.{step.how}", {"to": to, "at": self._clock(step.at)})

    def _note(self, note: NoteFiled, people: Mapping[PersonKey, Person]) -> str:
        facts = {"by": self._name(note.by, people), "at": self._clock(note.at), "text": clean(note.text, LONGEST_NOTE)}
        return self._phrases.say("wrote", facts)

    def _repeated(self, facts: Mapping[str, Fact]) -> tuple[str, ...]:
        """How often the same has happened, where one card stands for all of it."""
        times, first = facts.get("times"), facts.get("first")
        if not isinstance(times, int) or not isinstance(first, str):
            return ()
        return (self._phrases.say("repeated", {"times": times, "first": self._clock(datetime.fromisoformat(first))}),)

    def _why_out(self) -> Choice:
        """For which of the school's reasons a pupil is kept out."""
        among = tuple((one.key, str(self._why(one.key, "none", None)["reason"])) for one in self._reasons)
        label, missing = self._phrases.say("choose.reason"), self._phrases.say("choose.reason_missing")
        return Choice(name="reason", label=label, among=among, needed=missing)

    def _answer(self, answer: Answered, people: Mapping[PersonKey, Person]) -> str:
        variables = {"by": self._name(answer.by, people), "at": self._clock(answer.at)}
        return self._start(self._phrases.say(f"answered.{answer.verb.value}", variables))

    def _variables(self, facts: Mapping[str, Fact], people: Mapping[PersonKey, Person]) -> Variables:
        shown = {name: self._shown(fact, people) for name, fact in facts.items() if name not in ("rule", "words")}
        shown["words"] = clean(str(facts.get("words") or ""), _LONGEST_WORDS)
        shown |= {name: clean(str(facts[name]), _LONGEST_WORDS) for name in AGREED if facts.get(name)}
        rules = [self._rule(name) for name in _several(facts.get("rule"))]
        whys = [f"why.{why}" if self._phrases.has(f"why.{why}") else "why.other" for why in _several(facts.get("why"))]
        if "key" in facts:
            shown |= self._why(str(facts["key"] or ""), shown.get("reason"), facts.get("band"))
        return {
            **shown,
            "school": self._school,
            "rule": self._list(rules),
            "why": self._list([self._phrases.say(why) for why in dict.fromkeys(whys)]),
            "instead": " ".join(dict.fromkeys(self._phrases.say(why, part="next") for why in whys)),
        }

    def _why(self, code: str, typed: str | int | float | None, band: Fact) -> dict[str, str | int | float]:
        """A reason as it was typed, else as the list has it; and what a child of this age band is asked to stop."""
        reason = named(code, self._reasons)
        listed = clean(reason.words) if reason and reason.words else ""
        known = f"reason.{code}" if self._phrases.has(f"reason.{code}") else ""
        if not listed and reason:
            listed = self._phrases.say(known) if known else clean(code.replace("_", " "))
        words = typed if typed not in (None, "", "none") else listed or self._phrases.say("reason.none")
        own = clean(reason.pupil[AgeBand(str(band))], _LONGEST) if reason and band in reason.pupil else ""
        stop = own or self._phrases.say(known or "reason.none", part=str(band)) if band else ""
        return {"reason": words, "stop": stop or (self._phrases.say("reason.none", part=str(band)) if band else "")}

    def _shown(self, fact: Fact, people: Mapping[PersonKey, Person]) -> str | int | float:
        if isinstance(fact, tuple):
            return self._list([str(self._shown(item, people)) for item in fact])
        if fact is None or isinstance(fact, bool):
            return {None: "none", True: "yes", False: "no"}[fact]
        if isinstance(fact, int | float):
            return fact
        if _KEY.match(fact):
            return self._name(PersonKey(fact), people)
        if _WORD_OF_OURS.fullmatch(fact):
            return fact
        return self._when(fact) or clean(fact, _LONGEST)

    def _when(self, fact: str) -> str:
        """A time or a day as people say it; "" for anything else."""
        if not _DAY.fullmatch(fact):
            return self._clock(datetime.fromisoformat(fact)) if _TIME.match(fact) else ""
        year, month, day = map(int, fact.split("-"))
        return self._phrases.say("day", {"day": day, "month": month, "year": str(year)})

    def _rule(self, name: str) -> str:
        return self._phrases.say(f"rule.{name}") if self._phrases.has(f"rule.{name}") else clean(name.replace("_", " "))

    def _name(self, key: PersonKey, people: Mapping[PersonKey, Person]) -> str:
        """A person's name; an outsider's is marked as their own say."""
        person = people.get(key)
        name = clean(person.name) if person else ""
        if person is None or not name:
            return self._phrases.say("unnamed")
        return self._phrases.say("outsider", {"name": name}) if person.names_itself else name

    def _list(self, names: Sequence[str]) -> str:
        if not names:
            return self._phrases.say("nobody")
        if len(names) == 1:
            return names[0]
        first, last = names[:-1], names[-1]
        if len(names) > _NAMES_SHOWN:
            first = names[: _NAMES_SHOWN - 1]
            last = self._phrases.say("more", {"count": len(names) - len(first)})
        return self._phrases.say("list", {"first": ", ".join(first), "last": last})

    def _clock(self, at: datetime) -> str:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(self._zone).strftime("%H:%M")

    def _start(self, sentence: str) -> str:
        """A capital where a sentence begins with somebody who has no name; names keep their own letters."""
        if sentence.startswith((self._phrases.say("unnamed"), self._phrases.say("outsider", {"name": ""})[:8])):
            return sentence[0].upper() + sentence[1:]
        return sentence


def _several(fact: Fact) -> tuple[str, ...]:
    if fact is None:
        return ()
    return fact if isinstance(fact, tuple) else (str(fact),)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (line.strip() for line in text.splitlines())))


def _newest(alert: Alert) -> list[Answered]:
    """The newest answer to each question of an alert, oldest first."""
    answers = sorted((event for event in alert.answered if isinstance(event, Answered)), key=lambda event: event.at)
    newest = {asks_what(event.verb): event for event in answers}
    return sorted(newest.values(), key=lambda event: event.at)
