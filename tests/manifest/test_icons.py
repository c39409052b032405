"""The icons: Teams' sizes and colours, a symbol that fits, and files as fresh as the drawing."""

from pathlib import Path

import pytest
from PIL import Image, ImageColor, ImageOps

from manifest.icons import COLOUR_FILE, GROUND, OUTLINE_FILE, draw_colour, draw_outline


@pytest.mark.parametrize(
    ("kept", "drawn"),
    [(COLOUR_FILE, draw_colour()), (OUTLINE_FILE, draw_outline())],
    ids=["colour", "outline"],
)
def test_the_kept_file_is_the_drawing(kept: Path, drawn: Image.Image):
    """After a change: python -m manifest.icons."""
    with Image.open(kept) as icon:
        assert (icon.format, icon.mode, icon.size) == ("PNG", drawn.mode, drawn.size)
        assert icon.tobytes() == drawn.tobytes()


def test_the_large_icon_is_a_white_symbol_in_the_middle_of_its_ground():
    """192 pixels, opaque, and white only within the middle 96."""
    with Image.open(COLOUR_FILE) as icon:
        red, green, blue, alpha = icon.split()
        ground = ImageColor.getrgb(GROUND)
        symbol = red.point(lambda value: 255 * (value != ground[0])).getbbox()

    assert red.size == (192, 192)
    assert [band.getpixel((0, 0)) for band in (red, green, blue)] == list(ground)
    assert [band.getextrema()[1] for band in (red, green, blue)] == [255, 255, 255]
    assert alpha.getextrema() == (255, 255)
    assert symbol is not None
    left, top, right, bottom = symbol
    assert left >= 48
    assert top >= 48
    assert right <= 144
    assert bottom <= 144
    assert right - left >= 80
    assert bottom - top >= 80


def test_the_small_icon_is_white_on_nothing():
    """32 pixels, every one white, some clear and some solid."""
    with Image.open(OUTLINE_FILE) as icon:
        red, green, blue, alpha = icon.split()

    assert alpha.size == (32, 32)
    assert {band.getextrema() for band in (red, green, blue)} == {(255, 255)}
    assert alpha.getextrema() == (0, 255)


def test_the_gate_is_the_same_from_left_and_right():
    """Both halves come from one drawing; a stroke astray would show here."""
    alpha = draw_outline().getchannel("A")

    assert ImageOps.mirror(alpha).tobytes() == alpha.tobytes()
