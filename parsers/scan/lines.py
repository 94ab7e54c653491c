"""Lines of text: found by the engine, split where rules cross them, completed by what it overlooked, read.

A crop is taken from a page whose rules were wiped out, so that a border beside a character reads as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from parsers.scan.colour import Mask
from parsers.scan.components import components
from parsers.scan.engine import Engine, Reading
from parsers.scan.gaps import with_blanks
from parsers.scan.grid import Rules
from parsers.scan.pictures import Area, Floats, Picture, Quad, area_of, crop, quad_of

SMALLEST_INK = 12
"""Height in pixels of the smallest overlooked sign that is looked at (a lone ） or 0, not a speck)."""

WIDEST = 40
"""Heights of a line that overlooked ink may be long: a whole line that a stamp hid from the engine."""

MOSTLY = 0.75
"""A quad that shares more of its surface with a wider one is the same line found twice."""

UNSURE_REST = 0.6
"""What the engine overlooked counts as text only when it reads it this surely."""

UNSURE_LONE = 0.75
"""A Han character, letter or bracket all by itself counts only when it is read this surely: else it is a scrap of a stamp or rule."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text within one cell or paragraph: where it lies and what it says.

    `struck` and `underlined` are the positions of characters that a line runs through or below, `seconds` what other
    readers made of it, `area` is the upright rectangle around it.
    """

    quad: Quad
    reading: Reading
    struck: frozenset[int] = frozenset()
    underlined: frozenset[int] = frozenset()
    seconds: tuple[str, ...] = ()
    area: Area = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "area", area_of(self.quad))


def wiped(grey: Picture, rules: Rules) -> Picture:
    """The page with its rules painted over in the colour of paper."""
    mask = cv2.dilate(rules.across, np.ones((5, 1), np.uint8)) | cv2.dilate(rules.down, np.ones((1, 5), np.uint8))
    return np.asarray(cv2.max(grey, mask), np.uint8)


def read_lines(grey: Picture, dark: Mask, rules: Rules, engine: Engine, skip: Mask) -> list[Piece]:
    """Every stretch of text on an upright page. `skip` marks where ink is no print (stamps)."""
    quads = [part for quad in engine.detect(grey) for part in split_at_rules(quad, rules.down)]
    ink = np.asarray(cv2.subtract(dark, rules.across), np.uint8)
    quads = without_doubles(split_into_rows(quads, ink))
    clean = wiped(grey, rules)
    quads, first = _read_tight(quads, ink, clean, engine)
    rest = overlooked(dark, rules, quads, skip)
    readings = first + _readings(rest, clean, engine)
    pieces = [Piece(quad, reading) for quad, reading in zip(quads, readings, strict=False) if reading.text.strip()]
    more = zip(rest, readings[len(quads) :], strict=True)
    pieces += [Piece(quad, reading) for quad, reading in more if reading.text.strip() and reading.confidence > UNSURE_REST]
    return [piece for piece in pieces if not _scrap(piece.reading)]


def _readings(quads: Sequence[Quad], clean: Picture, engine: Engine) -> list[Reading]:
    crops = [crop(clean, quad) for quad in quads]
    return [with_blanks(reading, picture) for reading, picture in zip(engine.recognise(crops), crops, strict=True)]


def _read_tight(quads: Sequence[Quad], ink: Mask, clean: Picture, engine: Engine) -> tuple[list[Quad], list[Reading]]:
    """What the quads say; one that says nothing, or one sign in doubt, is read again without what it holds of the lines above and below."""
    out, readings = list(quads), _readings(quads, clean, engine)
    mute = [i for i, reading in enumerate(readings) if not reading.text.strip() or _scrap(reading)]
    usual = float(np.median([area_of(quad).height for quad in quads])) if mute else 0.0
    rows = {i: _bands(ink, area_of(quads[i]).within(ink.shape), usual) for i in mute}
    tight = {i: quad_of(max(bands, key=lambda band: band.height).grown(4).within(ink.shape)) for i, bands in rows.items() if bands}
    for i, reading in zip(tight, _readings(list(tight.values()), clean, engine), strict=True):
        if reading.confidence > readings[i].confidence:
            out[i], readings[i] = tight[i], reading
    return out, readings


def _scrap(reading: Reading) -> bool:
    """Whether it is one doubtful sign that could be neither a figure nor a tick."""
    text = reading.text.strip()
    return len(text) == 1 and reading.confidence < UNSURE_LONE and (text.isalpha() or text in "「」『』【】（）()[]{}<>《》〈〉")


def split_at_rules(quad: Quad, down: Mask) -> list[Quad]:
    """The quad cut where a vertical rule runs through its whole height."""
    area = area_of(quad).within(down.shape)
    if area.width < 8 or area.height < 8:
        return []
    third = area.height // 4
    band = down[area.y0 + third : area.y1 - third, area.x0 : area.x1]
    crossed = (band > 0).mean(axis=0) > 0.75
    if not crossed.any():
        return [quad]
    edges = np.flatnonzero(np.diff(np.concatenate(([True], crossed, [True])).astype(np.int8)))
    spans = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 10]
    return [sliced(quad, a / area.width, b / area.width) for a, b in spans]


def split_into_rows(quads: Sequence[Quad], ink: Mask) -> list[Quad]:
    """Quads that hold two or more lines (tight spacing in narrow cells) cut where there is next to no ink between them."""
    if not quads:
        return []
    areas = [area_of(quad).within(ink.shape) for quad in quads]
    usual = float(np.median([area.height for area in areas]))
    out: list[Quad] = []
    for i, (quad, area) in enumerate(zip(quads, areas, strict=True)):
        bands = _bands(ink, area, usual) if area.height > 1.5 * usual else []
        others = areas[:i] + areas[i + 1 :]
        fresh = [band for band in bands if not any(other.holds(*band.centre) for other in others)]
        out += [quad_of(band.grown(4).within(ink.shape)) for band in fresh] if len(bands) > 1 else [quad]
    return out


def without_doubles(quads: Sequence[Quad]) -> list[Quad]:
    """The quads that do not lie mostly within a wider one."""
    if not quads:
        return []
    areas = [area_of(quad) for quad in quads]
    x0, y0, x1, y1 = np.array([(area.x0, area.y0, area.x1, area.y1) for area in areas]).T[:, :, None]
    across = np.minimum(x1, x1.T) - np.maximum(x0, x0.T)
    down = np.minimum(y1, y1.T) - np.maximum(y0, y0.T)
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    wider = x1 - x0 < (x1 - x0).T
    within = (wider & (shared > MOSTLY * (x1 - x0) * (y1 - y0))).any(axis=1)
    return [quad for quad, doubled in zip(quads, within, strict=True) if not doubled]


def _bands(ink: Mask, area: Area, usual: float) -> list[Area]:
    """The lines within an area, told apart by heights at which there is next to no ink."""
    profile = (ink[area.y0 : area.y1, area.x0 : area.x1] > 0).sum(axis=1)
    full = np.concatenate(([False], profile > 0.15 * profile.mean(), [False]))
    edges = np.flatnonzero(np.diff(full.astype(np.int8)))
    bands = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 0.35 * usual]
    return [Area(area.x0, area.y0 + a, area.x1, area.y0 + b) for a, b in bands]


def overlooked(dark: Mask, rules: Rules, quads: Sequence[Quad], skip: Mask) -> list[Quad]:
    """Ink of the size of a character that no quad covers."""
    ink = dark.copy()
    known = rules.across | rules.down | skip
    known = known if rules.under is None else known | rules.under
    ink = cv2.subtract(ink, cv2.dilate(known, np.ones((7, 7), np.uint8)))
    if not quads:
        return []
    for quad in quads:
        cv2.fillConvexPoly(ink, quad.astype(np.int32), 0)
    usual = float(np.median([area_of(quad).height for quad in quads]))
    joined = cv2.dilate(ink, np.ones((1, 13), np.uint8))
    found = []
    for blot in components(np.asarray(joined, np.uint8)):
        for area in _rows_within(ink, blot.area, usual):
            fits = SMALLEST_INK < area.height < 1.5 * usual and 16 < area.width < WIDEST * usual
            if fits and cv2.countNonZero(ink[area.y0 : area.y1, area.x0 : area.x1]) > max(30, 0.08 * area.width * area.height):
                found.append(quad_of(area.grown(5).within(dark.shape)))
    return found


def _rows_within(ink: Mask, area: Area, usual: float) -> list[Area]:
    """The area cut into rows of usual height where it holds several, at the emptiest heights."""
    count = round(area.height / (0.8 * usual))
    if count < 2 or area.height < 1.4 * usual:
        return [area]
    cuts = _valleys((ink[area.y0 : area.y1, area.x0 : area.x1] > 0).sum(axis=1), count)
    return [Area(area.x0, area.y0 + a, area.x1, area.y0 + b) for a, b in pairwise(cuts)]


def _valleys(profile: Floats, count: int) -> list[int]:
    """Where to cut a strip of that ink profile into `count` rows: start, the emptiest heights near even parts, end."""
    step, cuts = len(profile) / count, [0]
    for i in range(1, count):
        low, high = int((i - 0.3) * step), int((i + 0.3) * step) + 1
        cuts.append(low + int(profile[low:high].argmin()))
    return [*cuts, len(profile)]


def sliced(quad: Quad, start: float, end: float) -> Quad:
    """The part of the quad between two fractions of its length."""
    upper, lower = quad[1] - quad[0], quad[2] - quad[3]
    return np.array([quad[0] + upper * start, quad[0] + upper * end, quad[3] + lower * end, quad[3] + lower * start], np.float32)
