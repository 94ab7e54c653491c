"""The pictures that the scan room works on, and the few steps that all of its stages share.

Coordinates are pixels of the working page: origin upper left, x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.document import Box

Picture = NDArray[np.uint8]
"""H × W grey or H × W × 3 RGB, 0–255."""

Quad = NDArray[np.float32]
"""4 × 2 corners: upper left, upper right, lower right, lower left."""

Floats = NDArray[Any]

LONG_SIDE = 2339
"""Working size: the long side of A4 at 200 dpi."""

MM = LONG_SIDE / 297
"""Pixels per millimetre on a working page of A4."""

STRAIGHT = 1.0
"""Pixels: a quad whose corners lie no farther from those of the upright rectangle around it is cut out without turning."""

PRINTED = 1
"""Per cent of a page that its print covers at least."""

PALE, BLANK, DARK = 100, 210, 60
"""Print paler than the first (of 255) is made as dark as the last; what is paler than the second is no print."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in pixels; `x1`, `y1` lie just outside of it."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """In pixels."""
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of its middle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies in it."""
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def union(self, other: Area) -> Area:
        """The smallest rectangle around both."""
        return Area(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def grown(self, by: int) -> Area:
        """The same rectangle with `by` pixels more on every side."""
        return Area(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def moved(self, x: int, y: int) -> Area:
        """The same rectangle so many pixels farther right and down."""
        return Area(self.x0 + x, self.y0 + y, self.x1 + x, self.y1 + y)

    def within(self, shape: tuple[int, ...]) -> Area:
        """Cut to a picture of that shape."""
        height, width = shape[:2]
        x0, y0 = min(max(self.x0, 0), width), min(max(self.y0, 0), height)
        return Area(x0, y0, max(min(self.x1, width), x0), max(min(self.y1, height), y0))

    def box(self, shape: tuple[int, ...]) -> Box:
        """The same place as fractions of a picture of that shape."""
        cut = self.within(shape)
        height, width = shape[:2]
        return Box(cut.x0 / width, cut.y0 / height, cut.x1 / width, cut.y1 / height)


def area_in(box: Box, shape: tuple[int, ...]) -> Area:
    """A box in the pixels of a picture of that shape."""
    height, width = shape[:2]
    return Area(int(box.x0 * width), int(box.y0 * height), round(box.x1 * width), round(box.y1 * height))


def area_of(quad: Quad) -> Area:
    """The upright rectangle around a quad."""
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Area(int(np.floor(x0)), int(np.floor(y0)), int(np.ceil(x1)), int(np.ceil(y1)))


def quad_of(area: Area) -> Quad:
    """The four corners of an upright rectangle."""
    corners = [[area.x0, area.y0], [area.x1, area.y0], [area.x1, area.y1], [area.x0, area.y1]]
    return np.array(corners, np.float32)


def distance(a: Floats, b: Floats) -> float:
    """Between two points, in pixels."""
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def resized(picture: Picture, long_side: int, largest_growth: float = 3.0) -> Picture:
    """The picture with that long side (never grown by more than `largest_growth`)."""
    height, width = picture.shape[:2]
    scale = min(long_side / max(height, width), largest_growth)
    if abs(scale - 1) < 0.002:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)


def shrunk(picture: Picture, factor: int) -> Picture:
    """The picture at a whole fraction of its size, each pixel a mean; what is left over at the right and lower edge goes."""
    height, width = (max(1, side // factor) for side in picture.shape[:2])
    whole = picture[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def flattened(picture: Picture) -> Picture:
    """The picture with its paper made evenly white, channel by channel: shadows, gutters and tinted paper go.

    The paper's brightness is the local maximum, smoothed, measured at an eighth of the size.
    """
    height, width = picture.shape[:2]
    paper = cv2.GaussianBlur(cv2.medianBlur(cv2.dilate(shrunk(picture, 8), np.ones((7, 7), np.uint8)), 21), (0, 0), 6)
    full = cv2.resize(cv2.max(paper, 40), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(picture, full, scale=255.0), np.uint8)


def contrasted(grey: Picture) -> Picture:
    """The flattened page with pale print made as dark as print is; unchanged where it is dark enough, or nothing is printed."""
    tone = float(np.percentile(grey[::4, ::4], PRINTED))
    if not PALE < tone < BLANK:
        return grey
    levels = 255 - (255 - np.arange(256, dtype=np.float32)) * (255 - DARK) / (255 - tone)
    return np.asarray(cv2.LUT(grey, np.clip(levels, 0, 255).astype(np.uint8)), np.uint8)


def crop(picture: Picture, quad: Quad) -> Picture:
    """The quad's content as an upright picture of its own; an upright one's pixels stay as they are."""
    area = area_of(quad)
    if np.abs(quad - quad_of(area)).max() < STRAIGHT:
        cut = area.within(picture.shape)
        if cut.width > 1 and cut.height > 1:
            return np.ascontiguousarray(picture[cut.y0 : cut.y1, cut.x0 : cut.x1])
    width = max(int(distance(quad[0], quad[1])), int(distance(quad[3], quad[2])), 2)
    height = max(int(distance(quad[0], quad[3])), int(distance(quad[1], quad[2])), 2)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    warped = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)
