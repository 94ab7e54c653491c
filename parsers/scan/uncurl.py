"""Curled paper laid flat: how far rules and lines of print leave the level, as one smooth field over the page.

A rule or a line of print was straight when it was printed. Each of them tells at which heights it runs; one polynomial in
both directions is fitted to all of them at once, so that every line becomes level, each at a height of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from parsers.scan.colour import Mask
from parsers.scan.components import Component, components
from parsers.scan.pictures import Floats, Picture
from parsers.scan.rectify import Matrix, no_change, scaled

BENT = 2.5
"""Pixels that the lines of a page leave the straight at least before it is laid flat: a reader does not mind less."""

SPACE, STEP = 24, 16
"""Pixels that signs of one line of print stand apart at most, and from which to which its height is measured."""

LONG, RULED, LEAST = 0.2, 0.08, 5
"""A line of print counts from this share of the page's width, a rule from that, either with so many heights."""

LINES, SEEN = 3, 0.4
"""Fewer lines, or such as take less of the page's width together, tell nothing."""

LOWEST, HIGHEST = 8, 34
"""Heights of a line of print in pixels."""

THICKEST = 12
"""Pixels that a rule is thick, where it is steepest."""

ALONG, DOWN = 6, 2
"""Degrees of the polynomial along the lines and from line to line."""

CALM = 3e-4
"""How dear a bend is that few lines ask for: more with every degree."""

WORTH = 0.5
"""The share of the unevenness that is left where the page is laid flat, at most."""

ROUNDS = 4

COARSE = 16
"""Pixels from one place to the next at which a bent page is reckoned."""


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """How far below its own level a page's print runs; `factors` of Legendre polynomials over `left`–`right` and `top`–`bottom` (pixels)."""

    factors: Floats
    left: float
    right: float
    top: float
    bottom: float

    def offset(self, x: Floats, y: Floats) -> Floats:
        """In pixels, at these places; beyond the lines that tell it, it goes on as it ends (mirrored about its end)."""
        across = (2 * x - self.left - self.right) / (self.right - self.left)
        down = np.clip((2 * y - self.top - self.bottom) / (self.bottom - self.top), -1, 1)
        end = np.clip(across, -1, 1)
        beyond = np.clip(2 * end - across, -1, 1)
        return np.asarray(2 * legendre.legval2d(end, down, self.factors) - legendre.legval2d(beyond, down, self.factors))

    def terms(self, x: Floats, y: Floats, degree: int) -> Floats:
        """What the factors up to that degree are factors of, at these places within the edges: places × terms."""
        across = (2 * x - self.left - self.right) / (self.right - self.left)
        down = (2 * y - self.top - self.bottom) / (self.bottom - self.top)
        return np.asarray(legendre.legvander2d(across, down, [degree, DOWN])[:, DOWN + 1 :])

    def scaled(self, factor: float) -> Bend:
        """The same bend of a picture `factor` times as large."""
        return Bend(factor * self.factors, *(factor * edge for edge in (self.left, self.right, self.top, self.bottom)))

    def bow(self) -> float:
        """By how many pixels the lines leave the straight between their ends: the most that the bend says anywhere."""
        x, y = np.meshgrid(np.linspace(self.left, self.right, 30), np.linspace(self.top, self.bottom, 5))
        bent = replace(self, factors=np.concatenate([np.zeros((2, DOWN + 1)), self.factors[2:]]))
        return float(np.ptp(bent.offset(x, y), axis=1).max())


@dataclass(frozen=True, slots=True, eq=False)
class Straightening:
    """How a page is made straight, in this order: its skew turned back, its lines made level and its uprights upright, its table squared.

    In pixels of the page; `uprights` is a bend whose x and y are changed with each other.
    """

    turned: Matrix | None = None
    lines: tuple[Bend, ...] = ()
    uprights: Bend | None = None
    squared: Matrix | None = None

    def scaled(self, factor: float) -> Straightening:
        """The same for a picture `factor` times as large."""
        turned, squared = (None if matrix is None else scaled(matrix, factor) for matrix in (self.turned, self.squared))
        return Straightening(turned, tuple(b.scaled(factor) for b in self.lines), self.uprights and self.uprights.scaled(factor), squared)

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done."""
        return self.turned is None and not self.lines and self.uprights is None and self.squared is None

    def of(self, picture: Picture, flags: int = cv2.INTER_CUBIC) -> Picture:
        """The picture made straight, in one step (`flags` as `cv2.remap` has them); itself where nothing is to be done."""
        if self.idle:
            return picture
        turned, squared = (no_change() if matrix is None else matrix for matrix in (self.turned, self.squared))
        height, width = picture.shape[:2]
        if not self.lines and self.uprights is None:
            whole = cv2.warpPerspective(picture, squared @ turned, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(whole, np.uint8)
        x, y = np.meshgrid(*((np.arange(-1, side // COARSE + 2) + 0.5) * COARSE - 0.5 for side in (width, height)))
        x, y = _moved(np.linalg.inv(squared), x, y)
        x = x if self.uprights is None else x + self.uprights.offset(y, x)
        for bend in reversed(self.lines):
            y = y + bend.offset(x, y)
        across, down = (_fine(places, picture.shape) for places in _moved(np.linalg.inv(turned), x, y))
        return np.asarray(cv2.remap(picture, across, down, flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _fine(coarse: Floats, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """For every pixel what is given for the middles of squares, of which one more lies around the page."""
    size = coarse.shape[1] * COARSE, coarse.shape[0] * COARSE
    whole = cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(whole[COARSE : COARSE + shape[0], COARSE : COARSE + shape[1]], np.float32)


def _moved(matrix: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The places after that change of perspective."""
    across, down, depth = np.tensordot(matrix, np.stack([x, y, np.ones_like(x)]), 1)
    return across / depth, down / depth


def bend_of_lines(dark: Mask, across: Mask) -> Bend | None:
    """How rules and print of a page leave the level, if it stands straight otherwise; None where it is as good as flat."""
    print_alone = cv2.subtract(dark, cv2.dilate(across, np.ones((5, 3), np.uint8)))
    joined = cv2.morphologyEx(print_alone, cv2.MORPH_CLOSE, np.ones((1, SPACE), np.uint8))
    width = dark.shape[1]
    lines = [*_ruled(across), *_lines(np.asarray(joined, np.uint8), LONG * width, LOWEST, HIGHEST)]
    return _bend_of(lines, width, leaning=False)


def bend_of_uprights(down: Mask, leaning: bool) -> Bend | None:
    """How far to the right of their places the upright rules of a page run, x and y changed with each other.

    `leaning`: rules count that only lean, too; else None where they are as good as straight.
    """
    return _bend_of(_ruled(np.asarray(cv2.transpose(down), np.uint8)), down.shape[0], leaning)


def _ruled(across: Mask) -> list[Floats]:
    """The heights of every rule; breaks in it are bridged."""
    return _lines(np.asarray(cv2.dilate(across, np.ones((3, 9), np.uint8)), np.uint8), RULED * across.shape[1], 1, THICKEST)


def _bend_of(lines: Sequence[Floats], width: int, leaning: bool) -> Bend | None:
    if len(lines) < LINES:
        return None
    points = np.concatenate(lines)
    levels = np.repeat([line[:, 1].mean() for line in lines], [len(line) for line in lines])
    edges = float(points[:, 0].min()), float(points[:, 0].max()), float(levels.min()), float(levels.max())
    if edges[1] - edges[0] < SEEN * width or edges[3] - edges[2] < 1:
        return None
    flat = Bend(np.zeros((ALONG + 1, DOWN + 1)), *edges)
    leant, bent = (_fitted(flat, lines, levels, degree) for degree in (1, ALONG))
    if bent.bow() > BENT and _unevenness(bent, lines, levels) < WORTH * _unevenness(leant, lines, levels):
        return bent
    return leant if leaning and _unevenness(leant, lines, levels) < WORTH * _unevenness(flat, lines, levels) else None


def _lines(mask: Mask, long: float, lowest: float, highest: float) -> list[Floats]:
    """The heights (x, y of several places, pixels) of everything long that lies across and is about so thick."""
    lines = [_heights(part, lowest, highest) for part in components(mask) if part.area.width >= long]
    return [line for line in lines if len(line) >= LEAST]


def _heights(part: Component, lowest: float, highest: float) -> Floats:
    """The middle of the part at every step along it where it is about as thick as usual; nothing where that is too thin or thick."""
    own = part.mask()
    whole = own.shape[1] // STEP
    seen = own[:, : whole * STEP].reshape(own.shape[0], whole, STEP).max(axis=2)
    top, bottom = seen.argmax(axis=0), own.shape[0] - seen[::-1].argmax(axis=0)
    thick = bottom - top
    usual = float(np.median(thick))
    if not lowest <= usual <= highest:
        return np.empty((0, 2))
    good = np.abs(thick - usual) <= max(2.0, 0.2 * usual)
    x = part.area.x0 + (np.flatnonzero(good) + 0.5) * STEP
    return np.stack([x, part.area.y0 + (top + bottom - 1)[good] / 2], axis=1)


def _fitted(flat: Bend, lines: Sequence[Floats], levels: Floats, degree: int) -> Bend:
    """The bend of that degree along the lines that makes them most even, whatever the height of each (robust least squares)."""
    shape = degree + 1, DOWN + 1
    points = np.concatenate(lines)
    terms = _centred(flat.terms(points[:, 0], levels, degree), lines)
    wanted = _centred(points[:, 1], lines)
    calm = np.diag(CALM * len(points) * np.add.outer(np.arange(1, shape[0]) ** 2, np.arange(shape[1]) ** 2).ravel())
    trust = np.ones(len(points))
    for _ in range(ROUNDS):
        weighed = terms * trust[:, None]
        factors = np.linalg.solve(weighed.T @ terms + calm, weighed.T @ wanted)
        off = np.abs(wanted - terms @ factors)
        trust = 1 / np.maximum(1.0, off / max(0.5, float(np.median(off)))) ** 2
    whole = np.zeros_like(flat.factors)
    whole[1 : shape[0]] = factors.reshape(degree, DOWN + 1)
    return replace(flat, factors=whole)


def _centred(values: Floats, lines: Sequence[Floats]) -> Floats:
    """The values less their mean of each line."""
    sizes = [len(line) for line in lines]
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    means = (np.add.reduceat(values, starts, axis=0).T / sizes).T
    return np.asarray(values - np.repeat(means, sizes, axis=0))


def _unevenness(bend: Bend, lines: Sequence[Floats], levels: Floats) -> float:
    """The mean of what the heights of a line differ from each other, in pixels, after that bend is taken out."""
    points = np.concatenate(lines)
    return float(np.abs(_centred(points[:, 1] - bend.offset(points[:, 0], levels), lines)).mean())
