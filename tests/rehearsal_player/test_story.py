"""The story calls people by the lesson's names, which the bot's log never has."""

import json
from pathlib import Path

from deploy.rehearsal.player.story import happened, logged, named, saw
from tests.rehearsal_player.made import lesson, onlooker
from tests.rehearsal_player.made import saw as sighting


def test_a_decision_is_told_with_names(tmp_path: Path):
    """A decided line of the log becomes a sentence with the rule, the action, whom and why."""
    cast = onlooker(tmp_path).cast
    line = {
        "event": "decided",
        "rule": "lone_pupil",
        "action": "tell",
        "to": "clt",
        "say": "lone_pupil.alone",
    }
    line["about"] = f"aad:{cast.oid('Zuleika Farrow').upper()}"
    line["why"] = {"since": "2026-11-24T09:00:01.123+00:00", "adults": [f"aad:{cast.oid('Ms Patel')}"]}

    assert logged(json.dumps(line), cast) == (
        "judged",
        "lone_pupil: tell lone_pupil.alone to clt about Zuleika Farrow because since 09:00:01, adults Ms Patel",
    )


def test_other_lines_are_no_part_of_the_story(tmp_path: Path):
    """Start-up chatter, half a line and odd JSON are left out."""
    cast = onlooker(tmp_path).cast

    assert [logged(line, cast) for line in ('{"event":"started"}', "{half", "[]", "17", "")] == [None] * 5


def test_an_outcome_is_told(tmp_path: Path):
    """A refusal comes with what Microsoft said."""
    told = logged('{"event":"refused","action":"tell","outcome":"403"}', onlooker(tmp_path).cast)

    assert told == ("did", "tell — refused — 403")


def test_who_saw_it_is_said(tmp_path: Path):
    """A private word, a channel's card and a word to the whole chat are told apart."""
    cast = onlooker(tmp_path).cast

    assert saw(sighting(cast, "Ms Patel", buttons=("OK",)), cast) == "only Ms Patel sees: hello [OK]"
    assert saw(sighting(cast, chat="channel"), cast) == "the safeguarding channel sees: hello"
    assert saw(sighting(cast), cast) == "everyone in 3B Maths sees: hello"


def test_steps_are_told_in_plain_words(tmp_path: Path):
    """What happens is said as a teacher would."""
    given = lesson(tmp_path, '[[script]]\nat = 2\nact = "switch"\ngraph = "down"\n')
    cast = onlooker(tmp_path).cast

    assert happened(given.script[0], cast) == "Ms Patel and Zuleika Farrow join"
    assert happened(given.script[1], cast) == "Microsoft's side changes: graph is down"
    assert named(cast.thread("3B Maths"), cast) == "3B Maths"
