"""The outlines of stamps: ink that hangs together at a stamp's size, and the circle, oval or square that it forms.

Round: RANSAC circle through the outermost ink (design.md: 24 of 24, no false alarm on 48 pages).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.document import SealShape
from parsers.scan.colour import Mask
from parsers.scan.pictures import MM, Area, shrunk

SMALLEST, LARGEST = 11 * MM, 75 * MM
"""Sides of a stamp on A4, in pixels; photos without a visible edge of the sheet may show it larger than it is."""

RAYS = 120
ROUND_ENOUGH = 0.6
"""Share of directions in which the outermost ink lies on the fitted outline."""

ROUND_ENOUGH = 0.6
"""Share of directions in which the outermost ink lies on the fitted outline."""

SQUARE_ENOUGH = 0.55
"""The same for a square, whose corners wear off first."""

FRAMED = 0.55
"""Share of a square stamp's outline that must be inked, and at least 0.6 of that on each side: a block of text is not framed."""

QUARTER = 4
"""Stamps are looked for at a quarter of the working size."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre, half axes and turn (degrees) of an outline in pixels; `fit` is the share of directions that lie on it.

    Of a `square` one the half axes are half its sides.
    """

    x: float
    y: float
    a: float
    b: float
    degrees: float
    fit: float
    square: bool = False

    def away(self, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far these places lie from the middle: 0 there, 1 on the outline."""
        turn = np.radians(self.degrees)
        dx, dy = xs - self.x, ys - self.y
        along, aside = np.abs(dx * np.cos(turn) + dy * np.sin(turn)) / self.a, np.abs(dy * np.cos(turn) - dx * np.sin(turn)) / self.b
        return np.asarray(np.maximum(along, aside) if self.square else np.hypot(along, aside), np.float64)

    @property
    def area(self) -> Area:
        """The upright rectangle around it."""
        turn = np.radians(self.degrees)
        across = self.a * np.cos(turn), self.b * np.sin(turn)
        down = self.a * np.sin(turn), self.b * np.cos(turn)
        half_width, half_height = (float(np.abs(s).sum() if self.square else np.hypot(*s)) for s in (across, down))
        return Area(round(self.x - half_width), round(self.y - half_height), round(self.x + half_width), round(self.y + half_height))


def clusters(ink: Mask, reach: int = 9) -> list[Area]:
    """Rectangles of ink that belongs together (gaps up to `reach` quarter pixels) and is as large as a stamp, largest first."""
    if not cv2.hasNonZero(ink):
        return []
    small = (shrunk(ink, QUARTER) > 50).astype(np.uint8)
    solid = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    areas = []
    for label in range(1, count):
        x, y, width, height = (int(v) * QUARTER for v in stats[label][:4])
        if max(width, height) >= SMALLEST and min(width, height) >= SMALLEST / 2 and max(width, height) <= LARGEST:
            areas.append(Area(x, y, x + width, y + height))
    return sorted(areas, key=lambda a: -a.width * a.height)


def covered(outlines: Sequence[Ellipse], shape: tuple[int, ...]) -> Mask:
    """Where a page of that shape lies within these outlines."""
    mask = np.zeros(shape[:2], np.uint8)
    for outline in outlines:
        area = outline.area.within(shape)
        ys, xs = np.mgrid[area.y0 : area.y1, area.x0 : area.x1]
        mask[area.y0 : area.y1, area.x0 : area.x1][outline.away(xs, ys) <= 1] = 255
    return mask


def inside(area: Area, other: Area) -> bool:
    """Whether the middle of `area` lies within the other."""
    x, y = area.centre
    return other.grown(8).holds(x, y)


def stamp_outline(ink: Mask, area: Area) -> tuple[Ellipse | None, SealShape]:
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
    square, oval = _square(points), _oval(points)
    if oval is not None and oval.fit >= max(ROUND_ENOUGH, square.fit if square else 0):
        return oval, "oval"
    if square is not None and square.fit >= SQUARE_ENOUGH and is_framed(ink, square):
        return square, "square"
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
    xs, ys, radii = _through(points[[chance.choice(len(points), 3, replace=False) for _ in range(150)]])
    if not len(radii):
        return None
    off = np.abs(np.hypot(points[:, 0] - xs[:, None], points[:, 1] - ys[:, None]) - radii[:, None])
    near = (off < 0.035 * radii[:, None]).sum(axis=1)
    best = int(near.argmax())
    radius = float(radii[best])
    return Ellipse(float(xs[best]), float(ys[best]), radius, radius, 0.0, float(near[best]) / RAYS)


def _through(threes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Middles (x, y) and radii of the circles through three points each, of those that are as large as a stamp."""
    (ax, ay), (bx, by), (cx, cy) = threes.transpose(1, 2, 0)
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    d[np.abs(d) < 1e-6] = np.nan
    x = ((ax**2 + ay**2) * (by - cy) + (bx**2 + by**2) * (cy - ay) + (cx**2 + cy**2) * (ay - by)) / d
    y = ((ax**2 + ay**2) * (cx - bx) + (bx**2 + by**2) * (ax - cx) + (cx**2 + cy**2) * (bx - ax)) / d
    radii = np.hypot(ax - x, ay - y)
    fit = (radii >= SMALLEST / 2) & (radii <= LARGEST / 2)
    return x[fit], y[fit], radii[fit]


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
    return Ellipse(x, y, width / 2, height / 2, degrees, float(near.sum()) / RAYS, square=True)


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
