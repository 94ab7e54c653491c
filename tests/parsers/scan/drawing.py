"""Pages drawn for the tests: print, ruled grids, check boxes, as a scanner would show them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw

from fixtures.ink import font

WIDTH, HEIGHT = 1654, 2339
FONT = "hei"


class Sheet:
    """An A4 page at 200 dpi to draw on."""

    def __init__(self, shade: int = 245) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), (shade, shade, shade))
        self.draw = ImageDraw.Draw(self.image)

    def text(self, x: int, y: int, words: str, size: int = 30, fill: tuple[int, int, int] = (20, 20, 20)) -> None:
        self.draw.text((x, y), words, font=font(FONT, size), fill=fill)

    def grid(self, xs: Iterable[int], ys: Iterable[int], width: int = 2) -> None:
        xs, ys = list(xs), list(ys)
        for x in xs:
            self.draw.line((x, ys[0], x, ys[-1]), fill=(30, 30, 30), width=width)
        for y in ys:
            self.draw.line((xs[0], y, xs[-1], y), fill=(30, 30, 30), width=width)

    def line(self, *points: int, width: int = 2) -> None:
        self.draw.line(points, fill=(30, 30, 30), width=width)

    def erase(self, *box: int) -> None:
        self.draw.rectangle(box, fill=self.image.getpixel((0, 0)))

    @property
    def pixels(self) -> np.ndarray:
        return np.asarray(self.image, np.uint8)
