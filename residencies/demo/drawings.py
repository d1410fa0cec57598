"""Pictures for the demonstration, drawn: nobody is on them, and nobody needs to agree."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFont

PAPER, COAL, BRICK, TERRIL, SAND, SKY, STRAW = (
    "#fbf9f5",
    "#1a1c1e",
    "#9c3a24",
    "#2d5c45",
    "#efe9df",
    "#c9dbe6",
    "#f4c95d",
)


def png(subject: str, size: tuple[int, int] = (1200, 800)) -> bytes:
    """A drawing of ``terrils``, ``cards``, ``chairs`` or ``boxes``; always the same one for a subject."""
    image = Image.new("RGB", size, SKY if subject == "terrils" else SAND)
    {"terrils": _terrils, "cards": _cards, "chairs": _chairs, "boxes": _boxes}[subject](ImageDraw.Draw(image), *size)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _terrils(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    draw.ellipse((width * 0.72, height * 0.12, width * 0.86, height * 0.33), fill=STRAW)
    draw.polygon([(60, height), (width * 0.4, height * 0.2), (width * 0.74, height)], fill=COAL)
    draw.polygon([(width * 0.42, height), (width * 0.66, height * 0.42), (width * 0.97, height)], fill=TERRIL)
    draw.rectangle((0, height * 0.9, width, height), fill=BRICK)


def _cards(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    rng = random.Random(3)  # noqa: S311 - always the same drawing
    for row in range(4):
        for column in range(6):
            x, y = 70 + column * 180 + rng.randrange(-12, 12), 60 + row * 175 + rng.randrange(-10, 10)
            draw.rectangle((x, y, x + 150, y + 125), fill=PAPER, outline=COAL, width=4)
            draw.rectangle((x + 35, y + 30, x + 115, y + 95), fill=rng.choice([SKY, STRAW, TERRIL, BRICK]))
            draw.line((x + 75, y + 30, x + 75, y + 95), fill=PAPER, width=5)


def _chairs(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    for rank, colour in enumerate((BRICK, TERRIL, COAL, STRAW, BRICK)):
        x, y = 110 + rank * 205, 300 + (rank % 2) * 60
        draw.rectangle((x, y - 170, x + 18, y + 260), fill=colour)
        draw.rectangle((x, y, x + 130, y + 24), fill=colour)
        draw.rectangle((x + 112, y, x + 130, y + 260), fill=colour)
        draw.rectangle((x, y - 150, x + 18, y - 40), fill=COAL)
    draw.rectangle((0, height - 110, width, height), fill=PAPER)


def _boxes(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    for rank in range(8):
        x, y = 80 + (rank % 4) * 275, 110 + rank // 4 * 330
        draw.rectangle((x, y, x + 220, y + 240), fill=(BRICK, TERRIL, COAL, "#85796a")[rank % 4])
        draw.ellipse((x + 85, y + 95, x + 135, y + 145), fill=PAPER)
        draw.ellipse((x + 103, y + 113, x + 117, y + 127), fill=COAL)


def ticket(lines: list[str]) -> bytes:
    """A train ticket of no railway company, as one photographs it."""
    image = Image.new("RGB", (900, 420), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 880, 400), outline=COAL, width=4)
    draw.rectangle((20, 20, 880, 90), fill=BRICK)
    draw.text((45, 38), "BILLET", fill=PAPER, font=ImageFont.load_default(34))
    for rank, text in enumerate(lines):
        draw.text((45, 120 + rank * 62), text, fill=COAL, font=ImageFont.load_default(36))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
