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

PEN = 55
"""So much paler alone is enough: print of one row is of one black."""

SMALLER = 0.75
"""What is lower than this share of the print before it is punctuation, or print in a small size."""

ALIKE = 0.12
"""Ink as broad and as high as the print before it, but for this share, is print; what is less alike may be."""

PRINT_BEFORE = 0.2
"""The print before it holds at least this share of its ink (less is a speck): a short label stands before a broad brush."""

UNREAD = 0.75
"""Characters read less surely than this may be scribble."""

RIM, INSIDE = 4, 0.6
"""Millimetres at the edge of a page where shadows lie, and the share of a signature's width and height that lies farther in: names are
signed up to the edge."""

CUT = 8
"""Pixels that part a name from the words before it that it is written into (nearer ink is one blob)."""

_SIGN_HERE = re.compile(r"签\s*[字名]\s*[)）]?\s*[:：]?")
_DATED = re.compile(r"[\d年月日号.\-/\s]+")
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
    `tables` only coloured ink counts, but where they ask for a signature.
    """
    free = _without(dark, known)
    coloured = [blob for blob in blobs_of(cv2.bitwise_and(free, pen), grey) if _large_enough(blob, dark.shape)]
    places = sign_places(pieces, dark.shape)
    blobs = blobs_of(_outside(free, tables, places), grey)
    made = [blob for blob in blobs if _large_enough(blob, dark.shape) and (_unlike_row(blob, blobs) or _unread(blob, pieces))]
    made = [blob for blob in made if not any(_covers(other, blob) for other in coloured)]
    doubtful = [
        blob for place in places for blob in _doubtful(free, grey, place, pieces) if not any(_covers(other, blob) for other in coloured + made)
    ]
    told = [(blob, True) for blob in coloured + made] + [(blob, False) for blob in doubtful]
    return tuple(Ink(blob.area.box(dark.shape), round(blob.ink / (MM * MM), 1), sure) for blob, sure in told)


def _covers(one: Blob, other: Blob) -> bool:
    """Whether the middle of one lies within the other."""
    return one.area.holds(*other.area.centre) or other.area.holds(*one.area.centre)


def _doubtful(free: Mask, grey: Picture, place: Area, pieces: Sequence[Piece]) -> list[Blob]:
    """What stands at the place of a signature, no date and no bar, and does not look just like the print before it."""
    row = np.zeros_like(free)
    row[place.y0 : place.y1] = free[place.y0 : place.y1]
    row[:, place.x0 - CUT : place.x0] = 0
    blobs = blobs_of(row, grey)
    here = [blob for blob in blobs if blob.area.x0 >= place.x0 and blob.area.width > blob.area.height / 2 and _large_enough(blob, free.shape)]
    return [b for b in here if _not_quite_alike(b, blobs) and not any(_DATED.fullmatch(_signs_at(piece, b.area)) for piece in pieces)]


def _signs_at(piece: Piece, area: Area) -> str:
    """The signs of the piece that stand within the area, "" for a piece elsewhere."""
    if not piece.area.holds(*area.centre):
        return ""
    left, width, reading = piece.area.x0, piece.area.width, piece.reading
    return "".join(sign for sign, place in zip(reading.text, reading.places, strict=True) if area.x0 <= left + place * width <= area.x1)


def sign_places(pieces: Sequence[Piece], shape: tuple[int, ...]) -> list[Area]:
    """Where one signs: right of 签字 to the edge of the page."""
    found = []
    for piece in pieces:
        match = _SIGN_HERE.search(piece.reading.text)
        if match:
            area = piece.area
            left = area.x0 + round(piece.reading.places[match.end() - 1] * area.width + 0.3 * area.height)
            found.append(Area(left, area.y0, shape[1], area.y1).within(shape))
    return found


def _outside(ink: Mask, tables: Sequence[Area], places: Sequence[Area]) -> Mask:
    """The ink outside of the tables, and that at the places and in their rows, cut off from the print before it."""
    out = ink.copy()
    for table in tables:
        cut = table.grown(6).within(ink.shape)
        out[cut.y0 : cut.y1, cut.x0 : cut.x1] = 0
    for place in places:
        out[place.y0 : place.y1] = ink[place.y0 : place.y1]
        out[place.y0 : place.y1, place.x0 - CUT : place.x0] = 0
    return out


def _without(dark: Mask, known: Mask) -> Mask:
    """The ink without `known`, but whole where it crosses a rule: a name is often signed right through its line."""
    broad = cv2.dilate(known, np.ones((5, 5), np.uint8))
    free = cv2.subtract(dark, broad)
    across = cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((17, 3), np.uint8))
    return np.asarray(cv2.bitwise_or(free, cv2.bitwise_and(cv2.bitwise_and(across, broad), dark)), np.uint8)


def blobs_of(ink: Mask, grey: Picture) -> list[Blob]:
    """The words of a page as blobs: ink closer together than about a third of a character."""
    around = _inked(ink)
    if around is None:
        return []
    part_of_page = np.s_[around.y0 : around.y1, around.x0 : around.x1]
    ink, grey = np.ascontiguousarray(ink[part_of_page]), grey[part_of_page]
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
            blobs.append(Blob(area.moved(around.x0, around.y0), total, stroke, float(np.percentile(grey[window][own], 25))))
    return blobs


def _inked(ink: Mask) -> Area | None:
    """The rectangle around all ink and the paper beside it, as far as blobs reach; None where there is none."""
    x, y, width, height = cv2.boundingRect(ink)
    return Area(x, y, x + width, y + height).grown(16).within(ink.shape) if width else None


def _unlike_row(blob: Blob, blobs: Sequence[Blob]) -> bool:
    """Whether it follows print in its row of which it differs in the breadth, height or blackness of its strokes."""
    beside = _beside(blob, blobs)
    if beside is None:
        return False
    taller, broader, paler = beside
    other_pen = broader > BROADER or abs(paler) > PALER
    return taller > TOWERING or (other_pen and taller > TALLER) or (paler > PEN and taller > SMALLER)


def _not_quite_alike(blob: Blob, blobs: Sequence[Blob]) -> bool:
    """Whether it follows print in its row and does not look just like it."""
    beside = _beside(blob, blobs)
    return beside is not None and beside[0] > SMALLER and max(beside[0] - 1, abs(beside[1] - 1)) > ALIKE


def _beside(blob: Blob, blobs: Sequence[Blob]) -> tuple[float, float, float] | None:
    """How many times taller and broader, and by how much paler, it is than the print before it in its row; None without such print."""
    own = blob.area
    level = [b for b in blobs if b.area.y0 < own.y1 and b.area.y1 > own.y0 and b.area.x1 <= own.x0]
    before = [b for b in level if _same_row(b, blob) and b.area.height > 18]
    if not before or sum(b.ink for b in before) < PRINT_BEFORE * blob.ink:
        return None
    height, stroke, tone = (float(np.median(values)) for values in zip(*((b.area.height, b.stroke, b.tone) for b in before), strict=True))
    return blob.area.height / height, blob.stroke / stroke, blob.tone - tone


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
    area, rim = blob.area, round(RIM * MM)
    part = Area(max(area.x0, rim), max(area.y0, rim), min(area.x1, shape[1] - rim), min(area.y1, shape[0] - rim))
    inside = part.width > INSIDE * area.width and part.height > INSIDE * area.height
    round_hole = area.width < 8 * MM and 0.75 < area.width / area.height < 1.33 and blob.ink > 0.7 * area.width * area.height
    return blob.ink >= LEAST * MM * MM and inside and area.height < 40 * MM and area.width < 120 * MM and not round_hole
