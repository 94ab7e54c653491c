"""A page straightened: the sheet of a photo cut out of its background, skew turned back, a table's trapezium made a rectangle."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scan.colour import Mask
from parsers.scan.components import components
from parsers.scan.pictures import Picture, Quad

Matrix = NDArray[np.float64]
"""3 × 3, for `cv2.warpPerspective`."""

STEEPEST = 8.0
"""Degrees of skew that are looked for on either side."""

STRIPS = 4
"""So many columns are taken together to measure it: they slide past each other by less than a pixel."""


def sheet_of(picture: Picture) -> Quad | None:
    """The corners of a bright sheet on a darker background, or None when the picture is the sheet itself."""
    scale = 600 / max(picture.shape[:2])
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    soft = cv2.morphologyEx(cv2.GaussianBlur(small, (7, 7), 0), cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    _, bright = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    share = cv2.contourArea(largest) / bright.size
    inside, outside = soft[bright > 0], soft[bright == 0]
    if not 0.3 < share < 0.97 or outside.size == 0 or float(np.median(outside)) > 0.7 * float(np.median(inside)):
        return None
    hull = cv2.convexHull(largest)
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True).reshape(-1, 2)
    if len(corners) != 4 or cv2.contourArea(corners) < 0.9 * cv2.contourArea(hull):
        return None
    return ordered(corners.astype(np.float32) / scale)


def ordered(corners: NDArray[np.float32]) -> Quad:
    """Four corners in the order upper left, upper right, lower right, lower left."""
    by_sum, by_difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    picks = [by_sum.argmin(), by_difference.argmax(), by_sum.argmax(), by_difference.argmin()]
    return corners[picks].astype(np.float32)


def skew_of(dark: Mask) -> float:
    """Degrees by which lines of print and rules rise to the right (positive: turn the page clockwise by it).

    The angle at which the rows of the page differ most from each other (projection profile), to a tenth of a degree.
    """
    scale = 800 / max(dark.shape)
    if min(dark.shape) * scale < 2 * STRIPS:  # a strip too narrow to slide
        return 0.0
    small = cv2.resize(dark, None, fx=scale / STRIPS, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    smaller = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    coarse = max(np.arange(-STEEPEST, STEEPEST + 0.1, 0.5), key=lambda a: _contrast(smaller, float(a)))
    fine = max(np.arange(coarse - 0.5, coarse + 0.51, 0.1), key=lambda a: _contrast(small, float(a)))
    return float(fine)


def turning(degrees: float, shape: tuple[int, ...]) -> Matrix:
    """Turns a picture of that shape clockwise by `degrees` about its middle."""
    height, width = shape[:2]
    affine = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return np.vstack([affine, [0.0, 0.0, 1.0]])


def no_change() -> Matrix:
    """Leaves a picture as it is."""
    return np.eye(3)


def scaled(matrix: Matrix, factor: float) -> Matrix:
    """The same change for a picture `factor` times as large."""
    larger = np.diag([factor, factor, 1.0])
    return larger @ matrix @ np.linalg.inv(larger)


def warped(picture: Picture, quad: Quad) -> Picture:
    """The quad made a rectangle of its own mean width and height, and nothing around it kept."""
    width = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    height = (np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    size = max(int(width), 2), max(int(height), 2)
    return np.asarray(cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def squaring(quad: Quad) -> Matrix:
    """Makes the quad (a table's outline) an upright rectangle in place, and takes the whole page along."""
    x0, x1 = (quad[0, 0] + quad[3, 0]) / 2, (quad[1, 0] + quad[2, 0]) / 2
    y0, y1 = (quad[0, 1] + quad[1, 1]) / 2, (quad[2, 1] + quad[3, 1]) / 2
    target = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(quad, target), np.float64)


def outline_of(across: Mask, down: Mask) -> Quad | None:
    """The corners of the table with the most crossings, from straight lines fitted to its four outer rules; None without a table, where it is
    square already (within 1.5 pixels), and where its rules would not be straighter for it."""
    own = _table(across, down)
    if own is None:
        return None
    top, bottom = _edge(across, own, axis=0, last=False), _edge(across, own, axis=0, last=True)
    left, right = _edge(down, own, axis=1, last=False), _edge(down, own, axis=1, last=True)
    if top is None or bottom is None or left is None or right is None:
        return None
    quad = np.array([_meet(top, left), _meet(top, right), _meet(bottom, right), _meet(bottom, left)], np.float32)
    leaning = max(abs(quad[0, 1] - quad[1, 1]), abs(quad[3, 1] - quad[2, 1]), abs(quad[0, 0] - quad[3, 0]), abs(quad[1, 0] - quad[2, 0]))
    fits = 1.5 < leaning < 0.1 * max(across.shape) and _evenness(across, down, squaring(quad)) > _evenness(across, down, no_change())
    return quad if fits else None


def _table(across: Mask, down: Mask) -> NDArray[np.bool_] | None:
    """The rules that hang together with the most crossings: a table, and not the edge of the sheet on a desk."""
    lines, joints = (np.asarray(cv2.dilate(mask, np.ones((7, 7), np.uint8)), np.uint8) for mask in (across | down, across & down))
    crossings = [joint.area.centre for joint in components(joints)]
    best, most = None, (0, 0)
    for net in components(lines):
        if net.area.width < 250 or net.area.height < 60:
            continue
        own = np.zeros(lines.shape, np.bool_)
        own[net.area.y0 : net.area.y1, net.area.x0 : net.area.x1] = net.mask() > 0
        rank = sum(bool(own[int(y), int(x)]) for x, y in crossings), net.area.width * net.area.height
        best, most = (own, rank) if rank > most else (best, most)
    return best


def _evenness(across: Mask, down: Mask, matrix: Matrix) -> float:
    """How much of the rules comes to lie in single rows and columns after that change: the sum of the squares of what each holds."""
    height, width = across.shape
    rows, columns = (cv2.warpPerspective(mask, matrix, (width, height), flags=cv2.INTER_NEAREST) > 0 for mask in (across, down))
    return float((rows.sum(axis=1, dtype=np.float64) ** 2).sum() + (columns.sum(axis=0, dtype=np.float64) ** 2).sum())


def _contrast(small: NDArray[np.float32], degrees: float) -> float:
    height, width = small.shape
    slope = STRIPS * np.tan(np.radians(degrees))
    shear = np.array([[1, 0, 0], [slope, 1, -slope * width / 2]], np.float32)
    rows = cv2.warpAffine(small, shear, (width, height), flags=cv2.INTER_LINEAR).sum(axis=1)
    return float(((rows[1:] - rows[:-1]) ** 2).sum())


def _edge(rules: Mask, own: NDArray[np.bool_], axis: int, last: bool) -> tuple[float, float] | None:
    """The outermost rule as (slope, offset) of y over x (axis 0) or x over y (axis 1), fitted robustly."""
    mask = (rules > 0) & own
    mask = mask if axis == 0 else mask.T
    columns = np.flatnonzero(mask.any(axis=0))
    if len(columns) < 40:
        return None
    columns = columns[:: max(1, len(columns) // 400)]
    picks = mask[:, columns]
    first = picks.argmax(axis=0) if not last else mask.shape[0] - 1 - picks[::-1].argmax(axis=0)
    extreme = np.percentile(first, 85 if last else 15)
    near = np.abs(first - extreme) < 40
    if near.sum() < 30:
        return None
    slope, offset = np.polyfit(columns[near], first[near], 1)
    for _ in range(3):
        wrong = np.abs(first - (slope * columns + offset))
        near = wrong < 4
        if near.sum() < 30:
            return None
        slope, offset = np.polyfit(columns[near], first[near], 1)
    return float(slope), float(offset)


def _meet(across: tuple[float, float], down: tuple[float, float]) -> tuple[float, float]:
    """Where y = a·x + b and x = c·y + d meet."""
    (a, b), (c, d) = across, down
    x = (c * b + d) / (1 - a * c)
    return x, a * x + b
