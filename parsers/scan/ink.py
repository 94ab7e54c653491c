"""Handwriting: ink that is coloured like a pen's, or unlike the print in its row, or that nobody can read as print.

A signature is told from a printed name by how it was made: the colour of the ink, the width of the stroke, the size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from parsers.document import Ink
from parsers.scan.colour import Mask
from parsers.scan.components import components
from parsers.scan.lines import Piece
from parsers.scan.pictures import MM, Area, Picture

LEAST = 2.0
"""mm² of ink below which a mark is a speck."""

BROADER, TALLER = 1.3, 1.25
"""Ink whose strokes are so much broader, and which is so much taller, than the print before it in its row is a pen's."""

TOWERING = 1.45
"""So much taller alone is enough."""

PALER = 30
"""Ink that is so much paler or darker (of 255) than the print before it, and taller, is a pen's too."""

PRINT_BEFORE = 0.2
"""The print before it holds at least this share of its ink (less is a speck): a short label stands before a broad brush."""

UNREAD = 0.75
"""Characters read less surely than this may be scribble."""

_SOLID = re.compile(r"[\d\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Blob:
    """Ink that hangs together: where, how much (pixels), stroke width (pixels), how dark (0 black – 255)."""

    area: Area
    ink: int
    stroke: float
    tone: float


def find_ink(grey: Picture, dark: Mask, pen: Mask, known: Mask, pieces: Sequence[Piece], tables: Sequence[Area]) -> tuple[Ink, ...]:
    """Handwriting on a page.

    `grey` is the page without stamps, `pen` is coloured ink that is no stamp, `known` what is rule or stamp; within
    `tables` only coloured ink counts.
    """
    free = _without(dark, known)
    coloured = [blob for blob in blobs_of(cv2.bitwise_and(free, pen), grey) if _large_enough(blob, dark.shape)]
    for table in tables:
        cut = table.grown(6).within(dark.shape)
        free[cut.y0 : cut.y1, cut.x0 : cut.x1] = 0
    blobs = blobs_of(free, grey)
    marks = [blob for blob in blobs if _large_enough(blob, dark.shape)]
    made = [blob for blob in marks if _unlike_row(blob, blobs) or _unread(blob, pieces)]
    made = [blob for blob in made if not any(c.area.holds(*blob.area.centre) or blob.area.holds(*c.area.centre) for c in coloured)]
    return tuple(Ink(blob.area.box(dark.shape), round(blob.ink / (MM * MM), 1)) for blob in coloured + made)


def _without(dark: Mask, known: Mask) -> Mask:
    """The ink without `known`, but whole where it crosses a rule: a name is often signed right through its line."""
    broad = cv2.dilate(known, np.ones((5, 5), np.uint8))
    free = cv2.subtract(dark, broad)
    across = cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((17, 3), np.uint8))
    return np.asarray(cv2.bitwise_or(free, cv2.bitwise_and(cv2.bitwise_and(across, broad), dark)), np.uint8)


def blobs_of(ink: Mask, grey: Picture) -> list[Blob]:
    """The words of a page as blobs: ink closer together than about a third of a character."""
    if not cv2.hasNonZero(ink):
        return []
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((7, 13), np.uint8))
    depth = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    blobs = []
    for part in components(np.asarray(joined, np.uint8)):
        area = part.area
        if area.height < 10 or area.width * area.height < 40:
            continue
        window, mask = np.s_[area.y0 : area.y1, area.x0 : area.x1], part.mask() > 0
        own = mask & (ink[window] > 0)
        total = int(own.sum())
        if total and int(mask.sum()) >= 40:
            stroke = 2 * float(np.percentile(depth[window][own], 90))
            blobs.append(Blob(area, total, stroke, float(np.percentile(grey[window][own], 25))))
    return blobs


def _unlike_row(blob: Blob, blobs: Sequence[Blob]) -> bool:
    """Whether it follows print in its row of which it differs in breadth and height of its strokes."""
    before = [b for b in blobs if b.area.x1 <= blob.area.x0 and _same_row(b, blob) and b.area.height > 18]
    if not before or sum(b.ink for b in before) < PRINT_BEFORE * blob.ink:
        return False
    stroke = float(np.median([b.stroke for b in before]))
    tall = float(np.median([b.area.height for b in before]))
    other_pen = blob.stroke > BROADER * stroke or abs(blob.tone - float(np.median([b.tone for b in before]))) > PALER
    return blob.area.height > TOWERING * tall or (other_pen and blob.area.height > TALLER * tall)


def _same_row(print_before: Blob, blob: Blob) -> bool:
    """Whether the blob stands level with print, or reaches over the middle of its row: names are signed high or low."""
    middle = print_before.area.centre[1]
    level = abs(middle - blob.area.centre[1]) < 0.5 * min(print_before.area.height, blob.area.height)
    return level or blob.area.y0 <= middle < blob.area.y1


def _unread(blob: Blob, pieces: Sequence[Piece]) -> bool:
    """Whether nothing that reads well stands where it is."""
    if blob.area.height < 3 * MM or blob.area.width < 4 * MM:
        return False
    covering = [piece for piece in pieces if piece.area.holds(*blob.area.centre)]
    return all(_sureness_at(piece, blob.area) < UNREAD for piece in covering)


def _sureness_at(piece: Piece, area: Area) -> float:
    """The mean confidence of the piece's figures and Han within the area: no colon is so large, and a scrawl reads as W or m."""
    left, width, reading = piece.area.x0, max(piece.area.width, 1), piece.reading
    signs = zip(reading.text, reading.places, reading.sure, strict=True)
    here = [sure for sign, place, sure in signs if _SOLID.match(sign) and area.x0 <= left + place * width <= area.x1]
    return sum(here) / len(here) if here else 0.0


def _large_enough(blob: Blob, shape: tuple[int, ...]) -> bool:
    """Whether it is more than a speck, and no shadow or edge at the page's rim."""
    area, margin = blob.area, round(4 * MM)
    inside = area.x0 > margin and area.y0 > margin and area.x1 < shape[1] - margin and area.y1 < shape[0] - margin
    round_hole = area.width < 8 * MM and 0.75 < area.width / area.height < 1.33 and blob.ink > 0.7 * area.width * area.height
    return blob.ink >= LEAST * MM * MM and inside and area.height < 40 * MM and area.width < 120 * MM and not round_hole
