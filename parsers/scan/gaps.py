"""Blanks that the engine left out: it reads `张三　李四` as one word, because its characters carry no width."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from parsers.scan.alternatives import moved
from parsers.scan.colour import Mask
from parsers.scan.engine import Reading
from parsers.scan.lines import Piece
from parsers.scan.pictures import Floats

APART, EMPTY = 1.35, 0.5
"""Two characters are apart when their middles lie so many usual steps from each other, and so much of a character without ink between them."""

BROAD = 0.62
"""A character's width as a share of its line's height."""

WHOLE = re.compile(r"[\u4e00-\u9fff□☐☑√✓✔○●]")
"""Signs that fill their square; after punctuation a gap is no blank."""


def with_gaps(piece: Piece, dark: Mask) -> Piece:
    """The piece with a blank wherever print leaves one between two whole characters. `dark` is print without rules."""
    area, reading = piece.area.within(dark.shape), piece.reading
    middles = [place * area.width for place in reading.places]
    whole = [bool(WHOLE.match(one) and WHOLE.match(other)) for one, other in pairwise(reading.text)]
    steps = [b - a for (a, b), both in zip(pairwise(middles), whole, strict=True) if both]
    broad = BROAD * area.height
    usual = float(np.median(steps)) if len(steps) > 2 else broad
    if not any(step >= APART * usual for step in steps):
        return piece
    ink = cv2.reduce(dark[area.y0 : area.y1, area.x0 : area.x1], 0, cv2.REDUCE_MAX).ravel()
    least = max(usual, broad) - (1 - EMPTY) * broad
    spans = zip(pairwise(middles), whole, strict=True)
    apart = [both and b - a >= APART * usual and _empty(ink, a, b) >= least for (a, b), both in spans]
    return replace(piece, reading=_spaced(reading, apart)) if any(apart) else piece


def _empty(ink: Floats, start: float, end: float) -> int:
    """The longest stretch of columns without ink between two places, in pixels."""
    inked = np.flatnonzero(ink[int(start) : int(end)])
    edges = np.concatenate(([0], inked, [int(end) - int(start)]))
    return int(np.diff(edges).max())


def _spaced(reading: Reading, apart: list[bool]) -> Reading:
    """The reading with a blank after every character that is `apart` from the next."""
    origin: list[int | None] = []
    for place, gap in enumerate([*apart, False]):
        origin += [place, None] if gap else [place]
    text, places, sure = [], [], []
    for at, was in enumerate(origin):
        before, after = origin[at - 1] or 0, (origin[at - 1] or 0) + 1
        text.append(" " if was is None else reading.text[was])
        places.append((reading.places[before] + reading.places[after]) / 2 if was is None else reading.places[was])
        sure.append(1.0 if was is None else reading.sure[was])
    return Reading("".join(text), tuple(places), tuple(sure), moved(reading.alternatives, origin))
