"""Neutral drawn faces and specimen cards: nobody's likeness, a few kilobytes each."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from portal.documents.inspection import PICTURE, Inspected

SIDE = 160
VARIANTS = 48
_BACKDROPS = ("#dfe7ea", "#e9e4d8", "#dde8df", "#e7dfe8", "#e2e2e2", "#d9e3ee")
_SKINS = ("#5a3a28", "#6b4630", "#7d5338", "#8e6244", "#4a2f21")
_CLOTHES = ("#0a5c4a", "#27496d", "#7a3b2e", "#5b4b8a", "#94631f", "#37474f", "#8c2f4b")
_HAIR = ("#1b1512", "#241c18", "#2e2520", "#554c47")


@cache
def face(variant: int) -> Inspected:
    """One of forty-eight faces; the same number gives the same face."""
    rng = Random(variant % VARIANTS)  # noqa: S311  # made-up faces keep no secrets
    picture = Image.new("RGB", (SIDE, SIDE), rng.choice(_BACKDROPS))
    draw = ImageDraw.Draw(picture)
    skin, hair = rng.choice(_SKINS), rng.choice(_HAIR)
    draw.ellipse((14, 112, 146, 230), fill=rng.choice(_CLOTHES))
    draw.rectangle((68, 92, 92, 122), fill=skin)
    wide, tall = rng.randrange(28, 34), rng.randrange(36, 42)
    draw.ellipse((80 - wide - 4, 66 - tall - 4, 80 + wide + 4, 66 + tall - rng.randrange(10, 40)), fill=hair)
    draw.ellipse((80 - wide, 70 - tall, 80 + wide, 70 + tall), fill=skin)
    draw.chord((80 - wide, 66 - tall - 3, 80 + wide, 66 + tall // 2), 190, 350, fill=hair)
    return _written(picture)


@cache
def card(kind: str) -> Inspected:
    """A specimen of an identity card of this kind."""
    picture = Image.new("RGB", (480, 300), "#f3efe4")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 480, 54), fill="#0a5c4a")
    draw.text((18, 14), kind, fill="white", font_size=24)
    draw.rectangle((22, 84, 142, 236), fill="#d5d0c2")
    draw.ellipse((58, 104, 106, 160), fill="#a59d8a")
    draw.chord((40, 166, 124, 270), 180, 360, fill="#a59d8a")
    for line in range(4):
        draw.rectangle((170, 92 + line * 36, 430 - line * 40, 106 + line * 36), fill="#cfc8b6")
    draw.text((170, 250), "SPECIMEN", fill="#a8201a", font_size=26)
    return _written(picture)


@cache
def signature(variant: int) -> Inspected:
    """A scribble on white paper."""
    rng = Random(variant % VARIANTS)  # noqa: S311  # made-up hands keep no secrets
    picture = Image.new("RGB", (320, 110), "white")
    points = [(20 + step * 20, 55 + rng.randrange(-34, 34)) for step in range(14)]
    ImageDraw.Draw(picture).line(points, fill="#1a2a5a", width=3, joint="curve")
    return _written(picture)


def _written(picture: Image.Image) -> Inspected:
    written = BytesIO()
    picture.save(written, "JPEG", quality=70)
    return Inspected(PICTURE, written.getvalue(), *picture.size)
