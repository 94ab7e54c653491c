"""Stamps on a page without colour: paler than print, or circles whose ring is inked nearly all round (Hough); and the page without them."""

from __future__ import annotations

import math
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.document import Seal, SealShape
from parsers.scan.colour import Mask
from parsers.scan.components import components
from parsers.scan.engine import Engine
from parsers.scan.outlines import QUARTER, RAYS, ROUND_ENOUGH, SQUARE_ENOUGH, Ellipse, clusters, inside, stamp_outline
from parsers.scan.pictures import MM, Picture, shrunk
from parsers.scan.seals import read_ring

SPREAD = 30
"""How much paler than print (of 255) a grey stamp must be to be lifted."""

PALEST = 215
"""Paper begins here (of 255)."""

REMNANT = 14
"""Pixels: what is left of print where its strokes are soft is smaller, a piece of a stamp's rim larger."""

RIM, WIDE_RIM = 0.03, 0.06
"""Half the width of a stamp's rim as a share of its half axis: of a round one, of a square one."""

MOVES = np.array(list(product((-2.0, -1.0, 0.0, 1.0, 2.0), repeat=3)))
"""Steps in x, y and radius that are tried around a circle."""

REACHES = 9, 15, 25
"""Gaps in quarter pixels over which the pieces of a stamp without colour are taken together: print and rules cut it apart."""


def find_grey_seals(grey: Picture, dark: Mask, rules: Mask, engine: Engine | None) -> tuple[tuple[Ellipse, Seal], ...]:
    """Stamps on a page without colour, with their outlines: paler than print, or round. `dark` is print without `rules`."""
    pale = [(outline, shape, outline.fit) for outline, shape in _pale_outlines(pale_ink(grey, dark, rules))]
    found: list[tuple[Ellipse, Seal]] = []
    for outline, shape, fit in pale + [(outline, "round", outline.fit) for outline in _hough_outlines(dark)]:
        if any(inside(outline.area, other.area) for other, _ in found):
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
    palest_print = math.ceil(black + SPREAD)
    core = cv2.dilate(cv2.compare(grey, palest_print, cv2.CMP_LT), np.ones((7, 7), np.uint8))
    between = cv2.inRange(grey, palest_print, PALEST - 1)
    alone = cv2.subtract(cv2.subtract(between, core), cv2.dilate(rules, np.ones((5, 5), np.uint8)))
    return _without_remnants(np.asarray(cv2.morphologyEx(alone, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8))


def _without_remnants(ink: Mask) -> Mask:
    """The ink without specks of less than `REMNANT` pixels: soft corners of print that its core did not cover."""
    kept = ink.copy()
    for speck in components(np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)):
        if max(speck.area.width, speck.area.height) < REMNANT:
            cv2.drawContours(kept, [speck.outline], -1, 0, cv2.FILLED)
    return kept


def _pale_outlines(ink: Mask) -> list[tuple[Ellipse, SealShape]]:
    found: list[tuple[Ellipse, SealShape]] = []
    for area in (area for reach in REACHES for area in clusters(ink, reach)):
        outline, shape = stamp_outline(ink, area)
        if outline is not None and outline.fit >= (SQUARE_ENOUGH if outline.square else ROUND_ENOUGH):
            found.append((outline, shape))
    return found


def _hough_outlines(dark: Mask) -> list[Ellipse]:
    """Circles whose rim is inked nearly all round, on a page of one tone."""
    small = shrunk(dark, QUARTER)
    smallest, largest = int(15 * MM / QUARTER), int(29 * MM / QUARTER)
    circles = cv2.HoughCircles(
        cv2.GaussianBlur(small, (0, 0), 1.2), cv2.HOUGH_GRADIENT, 1.5, smallest, param1=120, param2=48, minRadius=smallest, maxRadius=largest
    )
    if circles is None:
        return []
    candidates, thick = circles[0][:6], np.asarray(cv2.dilate(dark, np.ones((3, 3), np.uint8)), np.uint8)
    outlines = (_refined(thick, float(x) * QUARTER, float(y) * QUARTER, float(radius) * QUARTER) for x, y, radius in candidates)
    return [outline for outline in outlines if outline is not None]


def without_grey_seal(grey: Picture, outline: Ellipse, dark: Mask) -> Picture:
    """The page with a grey stamp made paper, as far as print is darker than it; unchanged on a page of one tone."""
    area = outline.area.grown(6).within(grey.shape)
    window = np.s_[area.y0 : area.y1, area.x0 : area.x1]
    ys, xs = np.mgrid[area.y0 : area.y1, area.x0 : area.x1]
    away = outline.away(xs, ys)
    part = grey[window]
    rim = part[(np.abs(away - 1) < (WIDE_RIM if outline.square else RIM)) & (dark[window] > 0)]
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


def _refined(thick: Mask, x: float, y: float, radius: float) -> Ellipse | None:
    """The circle near a Hough candidate whose rim is inked in most directions, and clearly more than just outside of it."""
    circle, fit = np.array([x, y, radius]), 0.0
    for step in (6, 3, 1):
        moves = circle + step * MOVES
        shares = _inked(thick, moves)
        best = int(shares.argmax())
        if shares[best] > fit:
            circle, fit = moves[best], float(shares[best])
    cx, cy, r = (float(value) for value in circle)
    outside = float(_inked(thick, np.array([[cx, cy, r + 9]]))[0])
    return Ellipse(cx, cy, r, r, 0.0, fit) if fit > 0.62 and fit - outside > 0.35 else None


def _inked(thick: Mask, circles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each circle (x, y, radius) the share of directions in which ink lies on it."""
    angles = np.linspace(0, 2 * np.pi, 2 * RAYS, endpoint=False)
    x, y, radius = circles.T[:, :, None]
    xs, ys = np.round(x + radius * np.cos(angles)).astype(np.intp), np.round(y + radius * np.sin(angles)).astype(np.intp)
    height, width = thick.shape
    valid = (xs >= 0) & (ys >= 0) & (xs < width) & (ys < height)
    inked = valid & (thick[np.where(valid, ys, 0), np.where(valid, xs, 0)] > 0)
    return np.asarray(inked.sum(axis=1) / len(angles), np.float64)
