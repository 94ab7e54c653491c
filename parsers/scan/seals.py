"""Stamps: found by colour and outline, their ring text unrolled and read (never trusted, only held against known names).

Round: RANSAC circle through the outermost ink (design.md: 24 of 24, no false alarm on 48 pages). A page without colour:
Hough circles whose ring is inked nearly all round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.document import Seal, SealShape
from parsers.scan.colour import Mask
from parsers.scan.engine import Engine
from parsers.scan.pictures import MM, Area, Picture

SMALLEST, LARGEST = 11 * MM, 75 * MM
"""Sides of a stamp on A4, in pixels; photos without a visible edge of the sheet may show it larger than it is."""

RAYS = 120
ROUND_ENOUGH = 0.6
"""Share of directions in which the outermost ink lies on the fitted outline."""

SPREAD = 30
"""How much paler than print (of 255) a grey stamp must be to be lifted."""

PALEST = 215
"""Paper begins here (of 255)."""

REMNANT = 14
"""Pixels: what is left of print where its strokes are soft is smaller, a piece of a stamp's rim larger."""

REACHES = 9, 15, 25
"""Gaps in quarter pixels over which the pieces of a stamp without colour are taken together: print and rules cut it apart."""

FRAMED = 0.55
"""Share of a square stamp's outline that must be inked, and at least 0.6 of that on each side: a block of text is not framed."""

QUARTER = 4
"""Stamps are looked for at a quarter of the working size."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre, half axes and turn (degrees) of an outline in pixels; `fit` is the share of directions that lie on it."""

    x: float
    y: float
    a: float
    b: float
    degrees: float
    fit: float

    @property
    def area(self) -> Area:
        """The upright rectangle around it."""
        turn = np.radians(self.degrees)
        half_width = float(np.hypot(self.a * np.cos(turn), self.b * np.sin(turn)))
        half_height = float(np.hypot(self.a * np.sin(turn), self.b * np.cos(turn)))
        return Area(round(self.x - half_width), round(self.y - half_height), round(self.x + half_width), round(self.y + half_height))


def find_seals(flat: Picture, ink: Mask, colour: str, engine: Engine | None) -> tuple[Seal, ...]:
    """The stamps that ink of one colour (`ink`, its mask) forms on a flattened page; their text stays unread without an engine."""
    found: list[tuple[Area, Seal]] = []
    for area in _clusters(ink):
        if any(_inside(area, other) for other, _ in found):
            continue
        outline, shape = _outline(ink, area)
        if outline is None:
            continue
        reading = "" if shape == "square" or engine is None else read_ring(flat, ink, outline, engine)
        found.append((outline.area, Seal(outline.area.box(flat.shape), colour, shape, reading, round(outline.fit, 2))))
    return tuple(seal for _, seal in found)


def find_grey_seals(grey: Picture, dark: Mask, rules: Mask, engine: Engine | None) -> tuple[tuple[Ellipse, Seal], ...]:
    """Stamps on a page without colour, with their outlines: paler than print, or round. `dark` is print without `rules`."""
    pale = [(outline, shape, outline.fit) for outline, shape in _pale_outlines(pale_ink(grey, dark, rules))]
    found: list[tuple[Ellipse, Seal]] = []
    for outline, shape, fit in pale + [(outline, "round", outline.fit) for outline in _hough_outlines(dark)]:
        if any(_inside(outline.area, other.area) for other, _ in found):
            continue
        reading = "" if shape == "square" or engine is None else read_ring(grey, dark, outline, engine)
        found.append((outline, Seal(outline.area.box(grey.shape), "grey", shape, reading, round(min(fit, 0.9), 2))))
    return tuple(found)


def pale_ink(grey: Picture, dark: Mask, rules: Mask) -> Mask:
    """Ink between print and paper that is no soft edge of print: what a red stamp turns into on a grey copy."""
    printed = grey[dark > 0]
    if printed.size < 50:
        return np.zeros_like(dark)
    black = float(np.percentile(printed, 10))
    core = cv2.dilate(np.asarray((grey < black + SPREAD) * 255, np.uint8), np.ones((7, 7), np.uint8))
    between = np.asarray(((grey >= black + SPREAD) & (grey < PALEST)) * 255, np.uint8)
    alone = cv2.subtract(cv2.subtract(between, core), cv2.dilate(rules, np.ones((5, 5), np.uint8)))
    return _without_remnants(np.asarray(cv2.morphologyEx(alone, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8))


def _without_remnants(ink: Mask) -> Mask:
    """The ink without specks of less than `REMNANT` pixels: soft corners of print that its core did not cover."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    kept = np.maximum(stats[:count, cv2.CC_STAT_WIDTH], stats[:count, cv2.CC_STAT_HEIGHT]) >= REMNANT
    return np.asarray(np.where(kept[labels], ink, 0), np.uint8)


def _pale_outlines(ink: Mask) -> list[tuple[Ellipse, SealShape]]:
    found: list[tuple[Ellipse, SealShape]] = []
    for area in (area for reach in REACHES for area in _clusters(ink, reach)):
        outline, shape = _outline(ink, area)
        if outline is not None and outline.fit >= ROUND_ENOUGH:
            found.append((outline, shape))
    return found


def _hough_outlines(dark: Mask) -> list[Ellipse]:
    """Circles whose rim is inked nearly all round, on a page of one tone."""
    small = cv2.resize(dark, None, fx=1 / QUARTER, fy=1 / QUARTER, interpolation=cv2.INTER_AREA)
    smallest, largest = int(15 * MM / QUARTER), int(29 * MM / QUARTER)
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(small, (0, 0), 1.2), cv2.HOUGH_GRADIENT, 1.5, smallest, param1=120, param2=48, minRadius=smallest, maxRadius=largest
    )
    candidates = (circles[0] if circles is not None else ())[:6]
    outlines = (_refined(dark, float(x) * QUARTER, float(y) * QUARTER, float(radius) * QUARTER) for x, y, radius in candidates)
    return [outline for outline in outlines if outline is not None]


def without_grey_seal(grey: Picture, outline: Ellipse, dark: Mask) -> Picture:
    """The page with a grey stamp made paper, as far as print is darker than it; unchanged on a page of one tone."""
    area = outline.area.grown(6).within(grey.shape)
    window = np.s_[area.y0 : area.y1, area.x0 : area.x1]
    ys, xs = np.mgrid[area.y0 : area.y1, area.x0 : area.x1]
    turn = np.radians(outline.degrees)
    dx, dy = xs - outline.x, ys - outline.y
    along, aside = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    away = np.hypot(along / outline.a, aside / outline.b)
    part = grey[window]
    rim = part[(np.abs(away - 1) < 0.03) & (dark[window] > 0)]
    printed = grey[dark > 0]
    if rim.size < 50 or printed.size < 50:
        return grey
    level, black = float(np.percentile(rim, 40)), float(np.percentile(printed, 10))
    if level - black < SPREAD:
        return grey
    scaled = np.clip((part.astype(np.float32) - black) / (0.9 * (level - black)) * 255, 0, 255)
    weight = np.clip((1.04 - away) / 0.02, 0, 1)
    out = grey.copy()
    out[window] = (part * (1 - weight) + np.maximum(scaled, part) * weight).astype(np.uint8)
    return out


def read_ring(page: Picture, ink: Mask, outline: Ellipse, engine: Engine) -> str:
    """What the text along the ring seems to say, read clockwise from the bottom."""
    strip = unrolled(page, ink, outline)
    if strip is None:
        return ""
    readings = engine.recognise([strip])
    return "".join(character for character in readings[0].text if not character.isspace())


def unrolled(page: Picture, ink: Mask, outline: Ellipse) -> Picture | None:
    """The ring of text as a straight strip: angle to the right, the rim above. None for a stamp too small to read."""
    radius = min(outline.a, outline.b)
    if radius < 5 * MM:
        return None
    turn = np.radians(outline.degrees)
    length, depth = int(2 * np.pi * 0.8 * radius), int(0.36 * radius)
    angles = np.linspace(np.pi / 2, np.pi * 5 / 2, length, dtype=np.float32)[None, :]
    radii = np.linspace(0.96, 0.60, depth, dtype=np.float32)[:, None]
    across, up = outline.a * radii * np.cos(angles - turn), outline.b * radii * np.sin(angles - turn)
    xs = outline.x + across * np.cos(turn) - up * np.sin(turn)
    ys = outline.y + across * np.sin(turn) + up * np.cos(turn)
    plane = page if page.ndim == 2 else _stamp_alone(page, ink)
    return np.asarray(cv2.remap(plane, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_CUBIC, borderValue=255), np.uint8)


def mask_of(areas: Sequence[Area], ink: Mask) -> Mask:
    """The ink that lies within these rectangles."""
    mask = np.zeros_like(ink)
    for area in areas:
        cut = area.grown(6).within(ink.shape)
        mask[cut.y0 : cut.y1, cut.x0 : cut.x1] = ink[cut.y0 : cut.y1, cut.x0 : cut.x1]
    return mask


def _stamp_alone(page: Picture, ink: Mask) -> Picture:
    """The stamp dark on white, without the black print around it: how far its own channel stands out of the others."""
    sample = page[ink > 0][:: max(1, cv2.countNonZero(ink) // 500)]
    own, other = (0, 2) if len(sample) == 0 or sample[:, 0].mean() >= sample[:, 2].mean() else (2, 0)
    planes = cv2.split(page)
    strength = cv2.subtract(planes[own], cv2.min(planes[1], planes[other]))
    level = float(np.percentile(strength[ink > 0], 75)) if len(sample) else 255.0
    return np.asarray(cv2.bitwise_not(cv2.convertScaleAbs(strength, alpha=220.0 / max(level, 40.0))), np.uint8)


def _clusters(ink: Mask, reach: int = 9) -> list[Area]:
    """Rectangles of ink that belongs together (gaps up to `reach` quarter pixels) and is as large as a stamp, largest first."""
    small = cv2.resize(ink, None, fx=1 / QUARTER, fy=1 / QUARTER, interpolation=cv2.INTER_AREA)
    solid = cv2.morphologyEx((small > 50).astype(np.uint8), cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    areas = []
    for label in range(1, count):
        x, y, width, height = (int(v) * QUARTER for v in stats[label][:4])
        if max(width, height) >= SMALLEST and min(width, height) >= SMALLEST / 2 and max(width, height) <= LARGEST:
            areas.append(Area(x, y, x + width, y + height))
    return sorted(areas, key=lambda a: -a.width * a.height)


def _inside(area: Area, other: Area) -> bool:
    x, y = area.centre
    return other.grown(8).holds(x, y)


def _outline(ink: Mask, area: Area) -> tuple[Ellipse | None, SealShape]:
    """The stamp's outline, and what shape it is; None when the ink is no stamp."""
    cut = area.grown(2).within(ink.shape)
    points = np.add(_rim(ink[cut.y0 : cut.y1, cut.x0 : cut.x1]), (cut.x0, cut.y0))
    if len(points) < RAYS // 3:
        return None, "round"
    circle = _circle(points)
    if circle is not None and circle.fit >= ROUND_ENOUGH and SMALLEST / 2 <= circle.a <= LARGEST / 2:
        return circle, "round"
    if min(area.width, area.height) < SMALLEST:
        return None, "round"
    square = _square(points)
    if square is not None and square.fit >= 0.7 and is_framed(ink, square):
        return square, "square"
    oval = _oval(points)
    if oval is not None and oval.fit >= ROUND_ENOUGH:
        return oval, "oval"
    if circle is not None and circle.fit >= 0.35 and _cut_off(area, ink.shape):
        return circle, "round"
    return None, "round"


def _cut_off(area: Area, shape: tuple[int, ...]) -> bool:
    """Whether the edge of the page cuts the stamp."""
    return area.x0 < 12 or area.y0 < 12 or area.x1 > shape[1] - 12 or area.y1 > shape[0] - 12


def _rim(ink: Mask) -> NDArray[np.float64]:
    """The outermost inked pixel in every direction from the middle of a stamp."""
    ys, xs = np.nonzero(ink)
    if len(xs) == 0:
        return np.zeros((0, 2))
    x, y = ink.shape[1] / 2, ink.shape[0] / 2
    bins = ((np.arctan2(ys - y, xs - x) + np.pi) / (2 * np.pi) * RAYS).astype(int) % RAYS
    far = np.hypot(xs - x, ys - y)
    order = np.lexsort((far, bins))
    last = order[np.flatnonzero(np.diff(np.append(bins[order], RAYS)))]
    return np.column_stack([xs[last], ys[last]]).astype(np.float64)


def _circle(points: NDArray[np.float64]) -> Ellipse | None:
    """The circle through three of the points that most others lie on (RANSAC, seeded)."""
    chance = np.random.default_rng(4)
    best: Ellipse | None = None
    for _ in range(150):
        circle = _through(points[chance.choice(len(points), 3, replace=False)])
        if circle is None or not SMALLEST / 2 <= circle[2] <= LARGEST / 2:
            continue
        x, y, radius = circle
        fit = float((np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius) < 0.035 * radius).sum()) / RAYS
        if best is None or fit > best.fit:
            best = Ellipse(x, y, radius, radius, 0.0, fit)
    return best


def _through(three: NDArray[np.float64]) -> tuple[float, float, float] | None:
    (ax, ay), (bx, by), (cx, cy) = three
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if abs(d) < 1e-6:
        return None
    x = ((ax**2 + ay**2) * (by - cy) + (bx**2 + by**2) * (cy - ay) + (cx**2 + cy**2) * (ay - by)) / d
    y = ((ax**2 + ay**2) * (cx - bx) + (bx**2 + by**2) * (ax - cx) + (cx**2 + cy**2) * (bx - ax)) / d
    return float(x), float(y), float(np.hypot(ax - x, ay - y))


def _oval(points: NDArray[np.float64]) -> Ellipse | None:
    """The ellipse through the points, fitted anew without those that lie off it."""
    kept = points
    oval: Ellipse | None = None
    for tolerance in (0.12, 0.08, 0.05):
        if len(kept) < RAYS // 3:
            return oval
        (x, y), (width, height), degrees = cv2.fitEllipseAMS(kept.astype(np.float32))
        if not np.isfinite([x, y, width, height]).all() or min(width, height) < SMALLEST or max(width, height) > LARGEST:
            return oval
        turn = np.radians(degrees)
        dx, dy = points[:, 0] - x, points[:, 1] - y
        u, v = dx * np.cos(turn) + dy * np.sin(turn), -dx * np.sin(turn) + dy * np.cos(turn)
        off = np.abs(np.hypot(u / (width / 2), v / (height / 2)) - 1)
        oval = Ellipse(x, y, width / 2, height / 2, degrees, float((off < 0.05).sum()) / RAYS)
        kept = points[off < tolerance]
    return oval


def _square(points: NDArray[np.float64]) -> Ellipse | None:
    (x, y), (width, height), degrees = cv2.minAreaRect(points.astype(np.float32))
    if min(width, height) < SMALLEST or max(width, height) > 2.2 * min(width, height):
        return None
    turn = np.radians(degrees)
    dx, dy = points[:, 0] - x, points[:, 1] - y
    u, v = np.abs(dx * np.cos(turn) + dy * np.sin(turn)), np.abs(-dx * np.sin(turn) + dy * np.cos(turn))
    near = np.minimum(np.abs(u - width / 2), np.abs(v - height / 2)) < 0.05 * min(width, height)
    return Ellipse(x, y, width / 2, height / 2, degrees, float(near.sum()) / RAYS)


def is_framed(ink: Mask, square: Ellipse) -> bool:
    """Whether ink runs along all four sides of a square."""
    thick = cv2.dilate(ink, np.ones((9, 9), np.uint8))
    turn, ends = np.radians(square.degrees), np.linspace(-0.95, 0.95, RAYS)
    ones = np.ones(RAYS)
    shares = []
    for u, v in ((ends, ones), (ends, -ones), (ones, ends), (-ones, ends)):
        best = 0.0
        for shrink in (1.0, 0.98, 0.96, 0.94, 0.92):
            across, up = u * square.a * shrink, v * square.b * shrink
            xs = np.clip(np.round(square.x + across * np.cos(turn) - up * np.sin(turn)), 0, ink.shape[1] - 1).astype(int)
            ys = np.clip(np.round(square.y + across * np.sin(turn) + up * np.cos(turn)), 0, ink.shape[0] - 1).astype(int)
            best = max(best, float((thick[ys, xs] > 0).mean()))
        shares.append(best)
    return sum(shares) / 4 >= FRAMED and min(shares) >= 0.6 * FRAMED


def _refined(dark: Mask, x: float, y: float, radius: float) -> Ellipse | None:
    """The circle near a Hough candidate whose rim is inked in most directions, and clearly more than just outside of it."""
    angles = np.linspace(0, 2 * np.pi, 2 * RAYS, endpoint=False)
    thick = cv2.dilate(dark, np.ones((3, 3), np.uint8))

    def inked(cx: float, cy: float, r: float) -> float:
        xs, ys = np.round(cx + r * np.cos(angles)).astype(int), np.round(cy + r * np.sin(angles)).astype(int)
        valid = (xs >= 0) & (ys >= 0) & (xs < dark.shape[1]) & (ys < dark.shape[0])
        return float((thick[ys[valid], xs[valid]] > 0).sum()) / len(angles)

    best = (0.0, x, y, radius)
    for step in (6, 3, 1):
        _, bx, by, br = best
        moves = [(bx + i * step, by + j * step, br + k * step) for i in (-2, -1, 0, 1, 2) for j in (-2, -1, 0, 1, 2) for k in (-2, -1, 0, 1, 2)]
        best = max((best, *((inked(*move), *move) for move in moves)), key=lambda b: b[0])
    fit, cx, cy, r = best
    outside = inked(cx, cy, r + 9)
    return Ellipse(cx, cy, r, r, 0.0, fit) if fit > 0.62 and fit - outside > 0.35 else None
