"""Draws the app's two icons: a school gate of two posts, an arch and a pair of barred leaves.

Run ``python -m manifest.icons`` after a change; the PNG files are kept, so that a build needs no Pillow.
"""

from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
COLOUR_FILE, OUTLINE_FILE = HERE / "color.png", HERE / "outline.png"

GROUND = "#1B4D5C"
COLOUR_SIZE, SYMBOL_SIZE, OUTLINE_SIZE = 192, 96, 32

# The gate is drawn on the small icon's pixels; the large one has three to each, so straight edges are sharp.
GRID = OUTLINE_SIZE
FINE = 16

Box = tuple[float, float, float, float]
LEFT_HALF: tuple[Box, ...] = (
    (2, 14, 5, 31),  # post
    (1, 12, 6, 14),  # its cap
    (5, 17, 15, 19),  # rails of one leaf
    (5, 25, 15, 27),
)
LEFT_BARS: tuple[Box, ...] = ((8, 12, 10, 29), (13, 8, 15, 29))
ARCH: Box = (3, 1, 29, 27)
ARCH_WIDTH, BAR_ROUNDING = 2.25, 1


def draw_gate(size: int) -> Image.Image:
    """The gate as a mask of `size` pixels square: 255 where it is, smooth at the curves."""
    unit = size * FINE / GRID
    mask = Image.new("L", (size * FINE, size * FINE))
    pen = ImageDraw.Draw(mask)
    for box in (*LEFT_HALF, *map(mirrored, LEFT_HALF)):
        pen.rectangle(scaled(box, unit), fill=255)
    for box in (*LEFT_BARS, *map(mirrored, LEFT_BARS)):
        pen.rounded_rectangle(scaled(box, unit), BAR_ROUNDING * unit, fill=255, corners=(True, True, False, False))
    pen.arc(scaled(ARCH, unit), 180, 360, fill=255, width=round(ARCH_WIDTH * unit))
    return mask.resize((size, size), Image.Resampling.BOX)


def mirrored(box: Box) -> Box:
    left, top, right, bottom = box
    return GRID - right, top, GRID - left, bottom


def scaled(box: Box, unit: float) -> Box:
    """The box in fine pixels; Pillow counts the right and bottom edges in, so they step back by one."""
    left, top, right, bottom = (round(edge * unit) for edge in box)
    return left, top, right - 1, bottom - 1


def draw_colour() -> Image.Image:
    """The large icon: the gate in white, half as wide as its solid ground."""
    icon = Image.new("RGBA", (COLOUR_SIZE, COLOUR_SIZE), GROUND)
    edge = (COLOUR_SIZE - SYMBOL_SIZE) // 2
    icon.paste("white", (edge, edge), draw_gate(SYMBOL_SIZE))
    return icon


def draw_outline() -> Image.Image:
    """The small icon: every pixel white, the gate in its transparency alone."""
    icon = Image.new("RGBA", (OUTLINE_SIZE, OUTLINE_SIZE), "white")
    icon.putalpha(draw_gate(OUTLINE_SIZE))
    return icon


if __name__ == "__main__":
    draw_colour().save(COLOUR_FILE, optimize=True)
    draw_outline().save(OUTLINE_FILE, optimize=True)
