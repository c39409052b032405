"""Which pupil a command means. Pure: a mention decides by its id; typed words must fit one pupil of the lesson only."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ports import Named, Person

MANY = 12
_LONGEST_NAME = 4


def listed(people: Sequence[Person]) -> list[str]:
    """Names to choose from, each with the class, because two pupils may share a name."""
    return sorted(map(called, people))[:MANY]


def called(person: Person) -> str:
    """A pupil as adults tell two of one name apart: with the class."""
    return f"{person.name} ({', '.join(person.classes)})" if person.classes else person.name


def meant(named: Sequence[Named], text: str, there: Sequence[Person]) -> tuple[list[Person], str]:
    """Whom of `there` this means, and what follows the name. Several: it must be asked which."""
    by_id = [mention for mention in named if mention.person]
    if by_id:
        rest = text.replace(by_id[0].words, "", 1).strip(" :,")
        keys = {mention.person for mention in by_id}
        return [person for person in there if person.key in keys], rest
    words = text.lstrip("@").split()
    for length in range(min(len(words), _LONGEST_NAME), 0, -1):
        asked = " ".join(words[:length]).casefold().strip(",:")
        found = [person for person in there if _answers_to(person, asked)]
        if found:
            return found, " ".join(words[length:])
    return [], ""


def _answers_to(person: Person, asked: str) -> bool:
    name = person.name.casefold().split()
    return asked in (" ".join(name), name[0] if name else "")
