"""What was answered on a card: said with who and when, and no longer asked."""

import pytest

from bot.events import Verb
from tests.words.samples import SAYINGS, alert, answer, at


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in (Verb.CLAIM, Verb.TAKE_OVER, Verb.NOTE)])
def test_every_answer_shows_on_its_card(verb):
    """Whatever the question was, the card says who answered what, and the button is gone."""
    say = next(key for key, (_, _, choices) in SAYINGS.items() if verb in choices)
    shown = alert(say, answered=(answer(verb, when=at(9, 20)),))

    assert "Mr Tom Bell" in shown.answered
    assert "09:20" in shown.answered
    assert verb not in [button.verb for button in shown.buttons]
