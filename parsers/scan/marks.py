"""Marks that a person or Word put at words: check boxes with or without a tick, words struck out, words underlined.

OCR drops most ticked boxes (design.md: "Tick"), so boxes are looked for in the picture: a frame whose four sides are
inked. What stands inside tells whether it is ticked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scan.alternatives import moved
from parsers.scan.colour import Mask
from parsers.scan.engine import Reading
from parsers.scan.lines import Piece
from parsers.scan.pictures import Area, Picture, quad_of
from parsers.scan.strokes import with_strokes

TICKED, EMPTY, CHECK = "☑", "☐", "√"

SIGNS = {**dict.fromkeys("□☐▢◻", EMPTY), **dict.fromkeys("☑☒⊠■▣", TICKED), **dict.fromkeys("√✓✔", CHECK)}
"""Signs of a reading that are marks, and how they are written."""

OPEN_ALIKE, FULL_ALIKE = set("口囗"), set("回曰凹日田区図")
"""Characters that an engine makes of an empty box, and of a ticked one when it is unsure."""

OPTIONS = 14
"""A line of options (口是 口否) is at most this long."""

DOUBTED = 0.9

ROOM = 1.6
"""Characters' widths between the middles of two characters, or the middle of the last and the end, that leave room for a box."""

DECIMAL = re.compile(r"(?<=\d)[·•](?=\d)")

FRAMED = 0.84
"""Share of each side that must be inked for a frame."""

FILLED = 0.10
"""Share of ink inside a frame from which it is ticked."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A check box in pixels, and whether something stands inside."""

    area: Area
    ticked: bool


def marked(pieces: Sequence[Piece], dark: Mask, grey: Picture) -> list[Piece]:
    """The pieces with their check boxes as ☑/☐, ticks as √, struck and underlined characters told apart.

    `dark` is the print of the page `grey`, without the rules of tables.
    """
    named = [replace(piece, reading=_renamed(piece.reading)) for piece in pieces]
    told = [piece for piece in named if _has_boxes(piece.reading.text)]
    bands = [_band(piece, dark.shape) for piece in named if any(_beside(piece, other) for other in told)]
    bands += [_before(piece, dark.shape) for piece in named if _something_before(piece, named, dark)]
    frames = _distinct([frame for band in bands for frame in find_frames(dark, band)])
    held: dict[int, list[Frame]] = {}
    loose = []
    for frame in frames:
        home = next((i for i, piece in enumerate(named) if piece.area.grown(2).holds(*frame.area.centre)), None)
        if home is None and any(_opens(frame, piece) for piece in named):
            loose.append(Piece(quad_of(frame.area), Reading(TICKED if frame.ticked else EMPTY, (0.5,), (1.0,))))
        elif home is not None:
            held.setdefault(home, []).append(frame)
    boxed = [replace(piece, reading=_without_blots(with_frames(piece, held.get(i, ())))) for i, piece in enumerate(named)]
    return with_strokes([piece for piece in boxed if piece.reading.text.strip()], dark, grey) + loose


def find_frames(dark: Mask, area: Area) -> list[Frame]:
    """Square frames of about the size of a character within a strip of the page."""
    strip = (dark[area.y0 : area.y1, area.x0 : area.x1] > 0).astype(np.float32)
    if strip.size == 0:
        return []
    across = cv2.dilate(strip, np.ones((3, 1), np.uint8))
    down = cv2.dilate(strip, np.ones((1, 3), np.uint8))
    found: list[tuple[float, int, int, int]] = []
    for side in range(max(12, round(0.3 * area.height)), round(0.85 * area.height)):
        scores = _frame_scores(across, down, side)
        for y, x in zip(*np.nonzero(scores >= FRAMED), strict=True):
            found.append((float(scores[y, x]) + side / 1000, int(x), int(y), side))
    frames: list[Frame] = []
    for _, x, y, side in sorted(found, reverse=True):
        here = Area(area.x0 + x, area.y0 + y, area.x0 + x + side, area.y0 + y + side)
        if any(frame.area.grown(side // 3).holds(*here.centre) for frame in frames):
            continue
        if not _stands_free(strip, x, y, side):
            continue
        rim = 1 + round(0.25 * side)
        inside = strip[y + rim : y + side - rim, x + rim : x + side - rim]
        frames.append(Frame(here, bool(inside.size and inside.mean() > FILLED)))
    return frames


def _stands_free(strip: NDArray[np.float32], x: int, y: int, side: int) -> bool:
    """Whether paper lies around the frame on at least three sides, as it does not within blots and characters."""
    left, top, right, bottom = x - 5, y - 5, x + side + 5, y + side + 5
    height, width = strip.shape
    rims = (
        strip[y : y + side, left : left + 2] if left >= 0 else None,
        strip[y : y + side, right - 1 : right + 1] if right < width else None,
        strip[top : top + 2, x : x + side] if top >= 0 else None,
        strip[bottom - 1 : bottom + 1, x : x + side] if bottom < height else None,
    )
    return sum(rim is None or rim.size == 0 or float(rim.mean()) < 0.3 for rim in rims) >= 3


def with_frames(piece: Piece, frames: Sequence[Frame]) -> Reading:
    """The reading with a sign for every frame: instead of the character that the engine took it for, or between two."""
    reading, area = piece.reading, piece.area
    text, places, sure = list(reading.text), list(reading.places), list(reading.sure)
    origin: list[int | None] = list(range(len(text)))
    for frame in frames:
        at = (frame.area.centre[0] - area.x0) / max(area.width, 1)
        reach = 0.6 * frame.area.width / max(area.width, 1)
        room = 0.65 * 0.62 * area.height / max(area.width, 1)
        sign = TICKED if frame.ticked else EMPTY
        near = [i for i in range(len(text)) if abs(places[i] - at) < reach and not text[i].isspace()]
        alike = [i for i in near if _may_be_box(text[i], sure[i], _has_boxes(reading.text))]
        if alike:
            spot = min(alike, key=lambda i: abs(places[i] - at))
            text[spot], sure[spot], origin[spot] = sign, 1.0, None
        elif not any(sure[i] > 0.7 and abs(places[i] - at) < room for i in range(len(text)) if not text[i].isspace()) and _has_room(
            places, at, area
        ):
            spot = sum(place < at for place in places)
            text.insert(spot, sign)
            places.insert(spot, at)
            sure.insert(spot, 1.0)
            origin.insert(spot, None)
    return Reading("".join(text), tuple(places), tuple(sure), moved(reading.alternatives, origin))


def _written(text: Sequence[str]) -> list[int]:
    return [i for i, character in enumerate(text) if not character.isspace()]


def _has_room(places: Sequence[float], at: float, area: Area) -> bool:
    """Whether the characters on both sides leave room for one more: what looks like a frame may be part of a character."""
    before = max((place for place in places if place < at), default=0.0)
    after = min((place for place in places if place >= at), default=1.0)
    return (after - before) * area.width >= ROOM * 0.62 * area.height


def _has_boxes(text: str) -> bool:
    """Whether the engine saw boxes: a sign for one, or a short line that opens with two and more of what looks like one."""
    alike = sum(character in OPEN_ALIKE for character in text)
    return bool(set(text) & set(SIGNS.values())) or (alike > 1 and text[0] in OPEN_ALIKE and len(text) <= OPTIONS)


def _may_be_box(character: str, sure: float, among_boxes: bool) -> bool:
    """Whether the engine may have taken a box for this character; 口 is a word where nothing else is a box."""
    if character in OPEN_ALIKE:
        return among_boxes or sure < DOUBTED
    return character in SIGNS.values() or (character in FULL_ALIKE and sure < DOUBTED)


def _opens(frame: Frame, piece: Piece) -> bool:
    """Whether the box stands right before or behind the words of the piece, at their height."""
    area, height = piece.area, piece.area.height
    x, y = frame.area.centre
    level = abs(y - area.centre[1]) < 0.25 * height
    return level and (area.x0 - 1.3 * height < x < area.x0 or area.x1 < x < area.x1 + height)


def _beside(piece: Piece, other: Piece) -> bool:
    """Whether both stand in one row."""
    return abs(piece.area.centre[1] - other.area.centre[1]) < 0.4 * max(piece.area.height, other.area.height)


def _before(piece: Piece, shape: tuple[int, ...]) -> Area:
    """Where a box right before the piece would stand."""
    area, height = piece.area, piece.area.height
    return Area(area.x0 - round(1.1 * height), area.y0 + 2, area.x0 + 2, area.y1 - 2).within(shape)


def _something_before(piece: Piece, pieces: Sequence[Piece], dark: Mask) -> bool:
    """Whether ink of the size of a box stands right before the piece that no other piece covers."""
    before = _before(piece, dark.shape)
    if before.width < 8 or cv2.countNonZero(dark[before.y0 : before.y1, before.x0 : before.x1]) < 40:
        return False
    return not any(other is not piece and other.area.grown(2).holds(*before.centre) for other in pieces)


def _renamed(reading: Reading) -> Reading:
    """Signs as they are written here; a dot between digits is a decimal point, however high the font sets it."""
    text = DECIMAL.sub(".", reading.text)
    return replace(reading, text="".join(SIGNS.get(character, character) for character in text))


def _without_blots(reading: Reading) -> Reading:
    """The reading without ticked boxes that the engine is unsure of and no frame confirms: blots under a stamp."""
    kept = [i for i, character in enumerate(reading.text) if character != TICKED or reading.sure[i] >= DOUBTED]
    if len(kept) == len(reading.text):
        return reading
    places, sure = tuple(reading.places[i] for i in kept), tuple(reading.sure[i] for i in kept)
    return Reading("".join(reading.text[i] for i in kept), places, sure, moved(reading.alternatives, kept))


def _band(piece: Piece, shape: tuple[int, ...]) -> Area:
    """Where the boxes of a piece may stand: along it, and a character and a half before and behind."""
    area = piece.area
    return Area(area.x0 - round(1.5 * area.height), area.y0 - 2, area.x1 + area.height, area.y1 + 2).within(shape)


def _distinct(frames: Sequence[Frame]) -> list[Frame]:
    kept: list[Frame] = []
    for frame in frames:
        if not any(other.area.grown(4).holds(*frame.area.centre) for other in kept):
            kept.append(frame)
    return kept


def _frame_scores(across: NDArray[np.float32], down: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """For every upper left corner: the share of ink on the worst inked side of a frame of that size."""
    height, width = across.shape
    if height <= side or width <= side:
        return np.zeros((0, 0), np.float32)
    line = np.full((1, side), 1 / side, np.float32)
    rows = cv2.filter2D(across, -1, line, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    columns = cv2.filter2D(down, -1, np.ascontiguousarray(line.T), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
    top, bottom = rows[: height - side, : width - side], rows[side:, : width - side]
    left, right = columns[: height - side, : width - side], columns[: height - side, side:]
    return np.asarray(np.minimum(np.minimum(top, bottom), np.minimum(left, right)), np.float32)
