"""The pictures of the sample, drawn when they are wanted."""

import io
import math
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Draw

SIZE = (1200, 800)
PAPER, INK, RED, WOOD, PALE, YELLOW, BLUE = "#f4eadb", "#3a312a", "#b02e26", "#b98b5e", "#d9bd97", "#e4b23c", "#7d9aa8"


def drawn(name: str) -> bytes:
    """A picture as a JPEG."""
    from PIL import Image, ImageDraw, ImageFilter  # noqa: PLC0415  (no server that draws nothing loads Pillow)

    picture = Image.new("RGB", SIZE, PAPER)
    PICTURES[name](ImageDraw.Draw(picture))
    out = io.BytesIO()
    picture.filter(ImageFilter.SMOOTH).save(out, "JPEG", quality=88)
    return out.getvalue()


def small_stiles(draw: "Draw") -> None:
    draw.rectangle((0, 520, 1200, 800), fill=WOOD)
    for line in range(6):
        draw.line((0, 560 + line * 44, 1200, 540 + line * 50), fill="#a87a4e", width=3)
    for number in range(11):
        stile(draw, 60 + number * 100, 560 + (number % 3) * 16, 1.0, PALE if number == 10 else (RED, BLUE, YELLOW)[number % 3])


def reading_room(draw: "Draw") -> None:
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


def map_of_slips(draw: "Draw") -> None:
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


def ladder(draw: "Draw") -> None:
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


def cover(draw: "Draw") -> None:
    """Two fields, the stile between them, and the thread that goes over it and on out of the picture where the story's own line begins."""
    draw.rectangle((0, 0, 1200, 420), fill="#cfd9d6")
    draw.ellipse((900, 70, 1010, 180), fill="#f7efdf")
    draw.polygon([(0, 330), (300, 250), (700, 330), (1200, 230), (1200, 800), (0, 800)], fill="#a9b58c")
    draw.polygon([(0, 470), (420, 420), (1200, 520), (1200, 800), (0, 800)], fill="#8c9c6b")
    draw.polygon([(0, 640), (500, 560), (1200, 690), (1200, 800), (0, 800)], fill="#74865a")
    for post in range(26):
        if post not in (14, 15):
            x = post * 48
            draw.rectangle((x, 410 + x * 0.06, x + 9, 480 + x * 0.06), fill=WOOD, outline=INK)
    draw.line((0, 430, 680, 470), fill=WOOD, width=8)
    draw.line((770, 476, 1200, 500), fill=WOOD, width=8)
    stile(draw, 672, 512, 1.15, WOOD)
    path = [
        (1130, 262),
        (1010, 300),
        (880, 352),
        (790, 398),
        (748, 396),
        (700, 440),
        (640, 520),
        (480, 566),
        (300, 588),
        (170, 612),
        (114, 660),
        (106, 700),
        (93, 800),
    ]
    draw.line(smooth(path), fill=RED, width=8, joint="curve")


def puppets(draw: "Draw") -> None:
    draw.rectangle((0, 0, 1200, 800), fill="#8a2f27")
    for fold in range(12):
        draw.polygon([(fold * 100, 0), (fold * 100 + 44, 0), (fold * 100 + 30, 800), (fold * 100 + 6, 800)], fill="#7a2720")
    draw.rectangle((0, 600, 1200, 800), fill=WOOD)
    for x, coat, hair in ((330, BLUE, INK), (870, YELLOW, PALE)):
        draw.polygon([(x - 130, 620), (x, 330), (x + 130, 620)], fill=coat, outline=INK)
        draw.ellipse((x - 90, 190, x + 90, 380), fill="#f0cfae", outline=INK, width=4)
        draw.pieslice((x - 98, 170, x + 98, 360), 180, 360, fill=hair)
        for eye in (-32, 32):
            draw.ellipse((x + eye - 9, 276, x + eye + 9, 294), fill=INK)
        draw.arc((x - 34, 296, x + 34, 346), 20, 160, fill=INK, width=5)
    stile(draw, 540, 650, 2.0, RED)


def smooth(points: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """The points with a curve through them (Catmull and Rom's)."""
    ends = [points[0], *points, points[-1]]
    curve = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(16):
            t = step / 16
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
            curve.append(tuple(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2 for axis in (0, 1)))
    return [(x, y) for x, y in [*curve, points[-1]]]


def stile(draw: "Draw", x: float, y: float, scale: float, colour: str) -> None:
    """Two posts, two bars and a step."""
    for post in (0, 62):
        draw.rectangle((x + post * scale, y - 120 * scale, x + (post + 14) * scale, y), fill=colour, outline=INK, width=2)
    for bar in (100, 60):
        draw.rectangle((x - 4 * scale, y - bar * scale, x + 80 * scale, y - (bar - 12) * scale), fill=colour, outline=INK, width=2)
    draw.rectangle((x + 20 * scale, y - 26 * scale, x + 96 * scale, y - 14 * scale), fill=PALE, outline=INK, width=2)


PICTURES: dict[str, Callable[["Draw"], None]] = {
    "small-stiles": small_stiles,
    "reading-room": reading_room,
    "map-of-slips": map_of_slips,
    "ladder": ladder,
    "cover": cover,
    "puppets": puppets,
}
