"""Lines that run through or below words: struck out, underlined.

A line through words is told from their own strokes by its length and its ends: it runs straight and evenly dark through
the paper between characters, over two of them at least, and not on beyond the words (a streak, a fold, a rule does).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scan.colour import Mask
from parsers.scan.components import components
from parsers.scan.engine import Reading
from parsers.scan.lines import Piece
from parsers.scan.pictures import Area, Picture

SPAN = 1.7
"""A line below words is at least this many characters long, longer than any stroke of one."""


@dataclass(frozen=True, slots=True)
class _Least:
    """What a line through words shows at least: widths of a Han character without a break and in all, evenness, Han characters struck.

    Evenness is the share of its usual darkness that it has everywhere: strokes that only touch are paler in between.
    """

    part: float
    whole: float
    even: float
    count: int


LONG, SHORT, REST = _Least(1.4, 1.75, 0.7, 3), _Least(1.4, 1.75, 0.93, 0), _Least(0.95, 0.95, 0.7, 0)
"""Three characters hardly ever touch in one line by chance; fewer, and figures, are struck out by a line surer in itself. The rest is
what goes on at the other end of the next line of text."""

BREAK, BEYOND = 0.8, 0.8
"""The same, that it may be broken off in its midst, and that it may run on beyond the words."""

UPPER, LOWER = 0.3, 0.66
"""Heights of a line of text, from its top, between which a line through it runs."""

LEVEL = 0.08
"""The same, that its parts may stand apart up and down."""

THICKEST = 0.14
"""The same, that it is thick at most."""

OWN = 25
"""Per cent of a line's columns at which it is as dark as by itself: across the strokes of the words it is darker."""

DASHES = set("一—－-–_=二三~～")
"""Characters that are themselves lines."""


def with_strokes(pieces: Sequence[Piece], dark: Mask, grey: Picture) -> list[Piece]:
    """The pieces with the characters that a line runs through or below; `dark` is the print of the page `grey`."""
    told = [_with_strokes(piece, dark, grey) for piece in pieces]
    cut = [piece for piece in told if piece.struck]
    return [_with_rest(piece, cut, dark, grey) if cut else piece for piece in told]


def _with_strokes(piece: Piece, dark: Mask, grey: Picture) -> Piece:
    area, height = piece.area.within(dark.shape), piece.area.height
    em = 0.62 * height
    if area.width < 1.5 * em or area.height < 8:
        return piece
    low = min(dark.shape[0], area.y1 + round(0.25 * height))
    lines = _unbroken(dark[area.y0 : low, area.x0 : area.x1], SPAN * em, height)
    below = np.asarray(lines[round(0.74 * height) :].any(axis=0))
    struck = _struck(piece, dark, grey, LONG) | _struck(piece, dark, grey, SHORT)
    return replace(piece, struck=struck, underlined=_along(piece.reading, below, em))


def _with_rest(piece: Piece, cut: Sequence[Piece], dark: Mask, grey: Picture) -> Piece:
    """The piece with its last character struck out too where the line goes on in the piece below it, or its first one from that above."""
    last = len(piece.reading.text) - 1
    found = {0 for other in cut if _stacked(other, piece) and len(other.reading.text) - 1 in other.struck}
    found |= {last for other in cut if _stacked(piece, other) and 0 in other.struck}
    return replace(piece, struck=piece.struck | (found & _struck(piece, dark, grey, REST))) if found else piece


def _stacked(above: Piece, below: Piece) -> bool:
    """Whether one is the next line below the other."""
    one, other = above.area, below.area
    return one.x0 < other.x1 and other.x0 < one.x1 and 0 < other.centre[1] - one.centre[1] < 1.6 * max(one.height, other.height)


def _unbroken(strip: Mask, length: float, height: int) -> Mask:
    """What of the strip is part of a thin straight line across of at least that length; `height` is that of its text."""
    runs = cv2.morphologyEx(cv2.dilate(strip, np.ones((2, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, max(8, round(length))), np.uint8))
    if not cv2.hasNonZero(runs):
        return np.asarray(runs, np.uint8)
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((max(6, round(THICKEST * height)), 1), np.uint8))
    return np.asarray(cv2.subtract(runs, thick), np.uint8)


def _struck(piece: Piece, dark: Mask, grey: Picture, least: _Least) -> frozenset[int]:
    """The characters that stand on a line through the middle of the piece."""
    area, em = piece.area, _advance(piece, dark)
    sides = round(2 * em)
    upper, lower = (area.y0 + round(at * area.height) for at in (UPPER, LOWER))
    band = Area(area.x0 - sides, upper, area.x1 + sides, lower).within(dark.shape)
    window = np.s_[band.y0 : band.y1, band.x0 : band.x1]
    if not dark[window].size:
        return frozenset()
    parts = [part.area for part in components(_unbroken(dark[window], least.part * em, area.height))]
    even = [whole for part in parts for whole in _evenly_dark(part, grey[window], least.even) if whole.width >= least.part * em]
    middles = [area.x0 + place * area.width - band.x0 for place in piece.reading.places]
    found: set[int] = set()
    for start, end in _joined(even, em, area.height, least.whole):
        hit = [i for i, x in enumerate(middles) if start < x < end and piece.reading.text[i] not in DASHES]
        han = sum("\u4e00" <= piece.reading.text[i] <= "\u9fff" for i in hit)
        if hit and han >= least.count and max(middles[hit[0]] - start, end - middles[hit[-1]]) < (0.5 + BEYOND) * em:
            found |= set(range(hit[0], hit[-1] + 1))
            found |= {i for i, x in enumerate(middles) if start - em / 2 < x < end + em / 2 and piece.reading.text[i] in "-—－–"}
    return frozenset(found)


def _evenly_dark(part: Area, grey: Picture, even: float) -> Iterator[Area]:
    """The part cut where it is paler than that share of its usual darkness."""
    ink = 255 - grey[max(part.y0 - 1, 0) : part.y1 + 1, part.x0 : part.x1].min(axis=0)
    full = np.concatenate(([False], ink >= even * float(np.percentile(ink, OWN)), [False]))
    edges = np.flatnonzero(np.diff(full.astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield Area(part.x0 + int(start), part.y0, part.x0 + int(end), part.y1)


def _joined(parts: Sequence[Area], em: float, height: int, least: float) -> Iterator[tuple[int, int]]:
    """First and last column of every line that parts on one level make and that is long enough."""
    rest = sorted(parts, key=lambda part: part.x0)
    while rest:
        line = [rest.pop(0)]
        for part in list(rest):
            near = part.x0 - line[-1].x1 < BREAK * em and abs(part.centre[1] - line[-1].centre[1]) <= max(2, LEVEL * height)
            if near:
                line.append(part)
                rest.remove(part)
        if sum(part.width for part in line) >= least * em:
            yield line[0].x0, max(part.x1 for part in line)


def _advance(piece: Piece, dark: Mask) -> float:
    """The width of a Han character of the piece in pixels, its white space included: as they follow each other, at least their height."""
    text, places, area = piece.reading.text, piece.reading.places, piece.area.within(dark.shape)
    steps = [b - a for i, (a, b) in enumerate(pairwise(places)) if all("\u4e00" <= sign <= "\u9fff" for sign in text[i : i + 2])]
    height: int = cv2.boundingRect(dark[area.y0 : area.y1, area.x0 : area.x1])[3]
    return max(float(np.median(steps or [0.0])) * piece.area.width, 0.95 * min(float(height), 0.8 * area.height))


def _along(reading: Reading, columns: NDArray[np.bool_], em: float) -> frozenset[int]:
    """Which characters stand where a line runs along their whole width."""
    if not columns.any():
        return frozenset()
    width, half = len(columns), max(2, round(0.3 * em))
    full = []
    for i, place in enumerate(reading.places):
        middle = int(place * width)
        part = columns[max(0, middle - half) : middle + half]
        full.append(bool(part.size and part.mean() > 0.85 and reading.text[i] not in DASHES))
    beside = zip([False, *full[:-1]], [*full[1:], False], strict=True)
    return frozenset(i for i, (before, after) in enumerate(beside) if full[i] and (before or after))
