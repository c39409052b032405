"""The canary sings when a bot's output holds what it must not."""

from pathlib import Path

import pytest

from deploy.rehearsal.player.canary import sung
from tests.rehearsal_player.made import onlooker


@pytest.mark.parametrize(
    "line",
    [
        '{"event":"joined","who":"Zuleika Farrow"}',
        "Traceback: no user zuleika.farrow@school.example",
        "WARNING farrow",
        "INFO Big Dave 99 is in",
        "GET https://teams.microsoft.com/l/meetup-join/19%3ameeting",
        "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.sig",
    ],
)
def test_a_child_a_link_or_a_token_is_heard(line: str, tmp_path: Path):
    """A child's name in any case, a stranger's, a way in, a token: each is heard with its line."""
    heard = list(sung(onlooker(tmp_path).cast, ["fine", line]))

    assert len(heard) == 1
    assert "line 2" in heard[0]


def test_the_secret_is_heard(tmp_path: Path):
    """The app's own secret in a log is heard."""
    cast = onlooker(tmp_path).cast

    assert list(sung(cast, [f"password={cast.secret}"]))


def test_ids_and_ordinary_words_are_not(tmp_path: Path):
    """Object ids, threads and words that merely contain a name are nobody's name."""
    cast = onlooker(tmp_path).cast
    lines = [*cast.names, "big", "farrowing", '{"event":"decided","rule":"lone_pupil"}']

    assert list(sung(cast, lines)) == []
