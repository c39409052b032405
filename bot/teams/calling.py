"""What Graph posts of calls: first the token, by the calling issuer's rules, then the body, up to two megabytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.ports import Heard, OutOfReach
from bot.teams.flood import Flood
from bot.teams.gate import Gate
from bot.teams.inlet import Answer, refusal
from bot.teams.refusal import TurnedAway

LARGEST = 2 * 1024 * 1024
"""A full roster of a large lesson is far beyond what an activity may be."""


class CallingInlet:
    """Takes what is posted to `/api/calls`. `gate` has the rules CALLS; `parse` raises ValueError where it is no JSON.

    `sitting_of` tells whose call a path's mark is; `hand_on` writes one notice down, and only then is 2xx answered.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        parse: Callable[[bytes], Sequence[Heard]],
        sitting_of: Callable[[str], int | None],
        hand_on: Callable[[int, Heard], Awaitable[None]],
        flood: Flood | None = None,
    ) -> None:
        self._flood = flood or Flood()
        self._gate = gate
        self._parse = parse
        self._sitting_of = sitting_of
        self._hand_on = hand_on

    async def take(self, mark: str, authorization: str | None, read: Callable[[], Awaitable[bytes]]) -> Answer:
        """Take one notification; `read` is called once the token is good (what it raises goes through)."""
        try:
            await self._gate.admit(authorization)
            sitting = self._sitting_of(mark)
            if sitting is None:
                raise TurnedAway(404, "unknown_call")
            self._flood.called(mark)
            for notice in self._parse(await read()):
                await self._hand_on(sitting, notice)
        except TurnedAway as away:
            return refusal(away)
        except ValueError:
            return refusal(TurnedAway(400, "not_json"))
        except OutOfReach as error:
            return Answer(status=503, kind="store_out_of_reach", retry_after=error.retry_after)
        return Answer(status=200, kind="call")
