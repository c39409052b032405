"""Everything that people read, looked at in one go: short, and with every fact in its place."""

from functools import partial

import pytest

from tests.words.samples import (
    REPLIES,
    SAYINGS,
    alert,
    everything,
    reply,
)

LONGEST_HEADLINE = 140
LONGEST_TEXT = 230
MAKING = {
    **{say: partial(alert, say) for say in SAYINGS},
    **{f"{say}, unconfirmed": partial(alert, say, unconfirmed=True) for say in SAYINGS},
    **{f"{say}, over": partial(alert, say, over=True) for say in SAYINGS},
    **{
        f"{say}, over, {how}": partial(alert, say, over=True, facts={"how": how})
        for say in SAYINGS
        for how in ("second", "gone", "ended")
    },
    **{key: partial(reply, key) for key in REPLIES},
}


@pytest.mark.parametrize("name", MAKING)
def test_nobody_has_to_read_long(name: str):
    """With ordinary names the headline is a line or two, and the rest a sentence or two."""
    notice = MAKING[name]()

    assert 0 < len(notice.headline) <= LONGEST_HEADLINE
    assert all(len(text) <= LONGEST_TEXT for text in (notice.done, notice.next_step, *notice.details))


@pytest.mark.parametrize("name", MAKING)
def test_every_variable_is_filled(name: str, caplog: pytest.LogCaptureFixture):
    """The facts fit the message, and no key, None, empty bracket or double blank is left in a sentence."""
    said = everything(MAKING[name]())

    assert caplog.records == []
    assert not [mark for mark in ("$", "{", "aad:", "mri:", "None", "()", "  ", " ,", "T09") if mark in said]
