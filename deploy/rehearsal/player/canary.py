"""What must never stand in a bot's output: a child's name, a secret, a token, a way into a lesson."""

import re
from collections.abc import Iterable, Iterator

from deploy.rehearsal.player.cast import Cast

# Whatever library wrote the line: Teams' join links, and anything that looks like a signed token.
ALWAYS = {
    "a join link": re.compile(r"meetup-join|teams\.microsoft\.com/(l/)?meet", re.IGNORECASE),
    "a token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\."),
}


def canaries(cast: Cast) -> dict[str, re.Pattern[str]]:
    """What to look for, by what to call it when found."""
    found = dict(ALWAYS)
    found["the app's secret"] = re.compile(re.escape(cast.secret))
    for name, person in cast.lesson.people.items():
        # A child may be called by either name alone; a stranger's words may be plain ones, such as "Guest".
        words = {name, *(name.split() if person.kind == "pupil" else ())}
        if person.kind != "staff":
            pattern = "|".join(rf"\b{re.escape(word)}\b" for word in words if len(word) > 2)
            found[f"the name of {name}"] = re.compile(pattern, re.IGNORECASE)
    return found


def sung(cast: Cast, lines: Iterable[str]) -> Iterator[str]:
    """A sentence for every canary heard, with the line it stood in."""
    wanted = canaries(cast)
    for number, line in enumerate(lines, 1):
        for what in [what for what, pattern in wanted.items() if pattern.search(line)]:
            del wanted[what]
            yield f"{what} stands in the bot's output, line {number}: {line[:240]}"
