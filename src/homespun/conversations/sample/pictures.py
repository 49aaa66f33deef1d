"""The pictures of the sample, drawn when they are wanted."""

import io
import math
from collections.abc import Callable
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 800)
PAPER, INK, RED, WOOD, PALE, YELLOW, BLUE = "#f4eadb", "#3a312a", "#b02e26", "#b98b5e", "#d9bd97", "#e4b23c", "#7d9aa8"

Draw = ImageDraw.ImageDraw


def drawn(name: str) -> bytes:
    """A picture as a JPEG."""
    picture = Image.new("RGB", SIZE, PAPER)
    PICTURES[name](ImageDraw.Draw(picture))
    out = io.BytesIO()
    picture.filter(ImageFilter.SMOOTH).save(out, "JPEG", quality=88)
    return out.getvalue()


def small_stiles(draw: Draw) -> None:
    draw.rectangle((0, 520, 1200, 800), fill=WOOD)
    for line in range(6):
        draw.line((0, 560 + line * 44, 1200, 540 + line * 50), fill="#a87a4e", width=3)
    for number in range(11):
        stile(draw, 60 + number * 100, 560 + (number % 3) * 16, 1.0, PALE if number == 10 else (RED, BLUE, YELLOW)[number % 3])


def reading_room(draw: Draw) -> None:
    for shelf in range(3):
        draw.rectangle((40, 60 + shelf * 120, 1160, 66 + shelf * 120), fill=INK)
        for book in range(46):
            tall = 50 + (book * 37 + shelf * 19) % 46
            colour = (RED, BLUE, YELLOW, WOOD, INK, PALE)[(book * 5 + shelf) % 6]
            draw.rectangle((52 + book * 24, 60 + shelf * 120 - tall + 0, 70 + book * 24, 60 + shelf * 120), fill=colour)
    draw.polygon([(180, 470), (1020, 470), (1150, 700), (50, 700)], fill=WOOD)
    for chair in range(4):
        left = 120 + chair * 260
        draw.rounded_rectangle((left, 500, left + 150, 760), 34, fill=YELLOW, outline=INK, width=4)
        draw.line((left + 75, 520, left + 75, 760), fill=INK, width=4)
        draw.rectangle((left, 640, left + 150, 658), fill=PALE)
    for number in range(5):
        stile(draw, 300 + number * 130, 480, 0.7, (RED, BLUE)[number % 2])


def map_of_slips(draw: Draw) -> None:
    doors = [(150, 600), (380, 260), (640, 520), (860, 220), (1060, 560)]
    points = [
        (x + (x2 - x) * step / 30, y + (y2 - y) * step / 30 + 40 * math.sin(step / 30 * math.tau))
        for (x, y), (x2, y2) in pairwise(doors)
        for step in range(31)
    ]
    draw.line(points, fill=RED, width=7, joint="curve")
    for x, y in doors:
        draw.polygon([(x - 70, y - 60), (x, y - 130), (x + 70, y - 60)], fill=WOOD, outline=INK)
        draw.rectangle((x - 58, y - 60, x + 58, y + 30), fill=PAPER, outline=INK, width=5)
        draw.rectangle((x - 14, y - 24, x + 16, y + 30), fill=BLUE, outline=INK, width=3)
    for x, y in doors:
        draw.ellipse((x - 9, y + 22, x + 11, y + 42), fill=RED)


def ladder(draw: Draw) -> None:
    draw.rectangle((0, 0, 1200, 800), fill="#e9dcc6")
    draw.rectangle((0, 690, 1200, 800), fill=BLUE)
    draw.line((470, 720, 560, 60), fill=WOOD, width=26)
    draw.line((730, 720, 680, 60), fill=WOOD, width=26)
    for rung in range(7):
        y = 640 - rung * 88
        draw.line((482 + rung * 12, y, 724 - rung * 7, y), fill=WOOD, width=20)
    draw.line((600, 464, 600, 500), fill=RED, width=4)
    draw.polygon([(560, 500), (640, 500), (646, 590), (566, 596)], fill="#fffdf9", outline=INK)
    for line in range(3):
        draw.line((578, 522 + line * 20, 628 - line * 9, 521 + line * 20), fill=INK, width=3)


def stile(draw: Draw, x: float, y: float, scale: float, colour: str) -> None:
    """Two posts, two bars and a step."""
    for post in (0, 62):
        draw.rectangle((x + post * scale, y - 120 * scale, x + (post + 14) * scale, y), fill=colour, outline=INK, width=2)
    for bar in (100, 60):
        draw.rectangle((x - 4 * scale, y - bar * scale, x + 80 * scale, y - (bar - 12) * scale), fill=colour, outline=INK, width=2)
    draw.rectangle((x + 20 * scale, y - 26 * scale, x + 96 * scale, y - 14 * scale), fill=PALE, outline=INK, width=2)


PICTURES: dict[str, Callable[[Draw], None]] = {
    "small-stiles": small_stiles,
    "reading-room": reading_room,
    "map-of-slips": map_of_slips,
    "ladder": ladder,
}
