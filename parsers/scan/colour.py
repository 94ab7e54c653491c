"""What colour of ink lies where on a flattened page, and the page with its stamps lifted off.

Method (design.md, "Reading scans"): inside a feathered mask of the stamp's colour the page becomes the channel in
which that ink is brightest, scaled by the ink's own level there; print below stays dark, the stamp turns to paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.document import Tone
from parsers.scan.pictures import MM, Picture, shrunk

Mask = NDArray[np.uint8]
"""H × W, 0 or 255."""

STRONG = 45
"""How far the channels must lie apart (of 255) for a pixel to count as coloured ink."""

WEAK = 18
"""The same for the pale rim of a stroke beside strong ink."""

FAINT = 9
"""The same, after smoothing, where it spreads over as much as a stamp: what is left of one on a pale copy."""

FAINT_SIDES = 11 * MM, 75 * MM
"""Sides (pixels) of what faint ink must cover to count; faint ink of another size is noise."""

DENSEST = 0.6
"""A stamp is mostly paper; what is inked more than this is a tinted field or a picture."""

BLUISH = 25
"""How much more blue than red makes ink a pen's."""

ORANGE = 0.5
"""Ink whose green stands out of its blue by more than this part of what its red does is orange or brown print; vermilion has 0.1."""

ROSY = 10
"""Ink in which red exceeds blue by more is no blue or violet stamp's."""

EQUAL = 4
"""Channels that differ by no more are equal: a colour scanner's never are all over a page."""


@dataclass(frozen=True, slots=True)
class Inks:
    """Masks of coloured ink on a flattened page: `red` and `blue` (to violet) as stamps are, `pen` anything bluish."""

    red: Mask
    blue: Mask
    pen: Mask


def without_colour(picture: Picture) -> Picture:
    """The picture as one grey plane where its three are the same, as on every grey or one-bit copy; else as it is."""
    if not _is_grey(picture[::8, ::8]) or not _is_grey(picture):
        return picture
    return np.asarray(cv2.extractChannel(picture, 1), np.uint8)


def find_inks(flat: Picture) -> Inks:
    """Where red and blue ink lies on a flattened page (RGB, or grey: then nowhere); specks are left out."""
    if flat.ndim == 2:
        return Inks(*(np.zeros_like(flat) for _ in range(3)))
    red, green, blue = cv2.split(flat)
    reddish = cv2.subtract(red, cv2.max(green, blue))
    orange = cv2.compare(cv2.subtract(green, blue), cv2.convertScaleAbs(reddish, alpha=ORANGE), cv2.CMP_GT)
    reddish = cv2.subtract(reddish, orange)
    violet = cv2.compare(blue, cv2.subtract(red, ROSY), cv2.CMP_GE)
    bluish = cv2.threshold(cv2.subtract(blue, red), BLUISH, 255, cv2.THRESH_BINARY)[1]
    return Inks(
        np.asarray(cv2.bitwise_or(_mask(reddish), _faint(reddish)), np.uint8),
        _mask(np.asarray(cv2.bitwise_and(cv2.subtract(blue, cv2.min(red, green)), violet), np.uint8)),
        np.asarray(cv2.morphologyEx(bluish, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8),
    )


def lifted(flat: Picture, stamp: Mask, channel: int) -> Picture:
    """Grey page in which the ink under `stamp` became paper. `channel` is where that ink is brightest (0 red, 2 blue)."""
    grey = flat.copy() if flat.ndim == 2 else np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8)
    if flat.ndim == 2 or cv2.countNonZero(stamp) < 50:
        return grey
    x, y, width, height = cv2.boundingRect(stamp)
    top, left = max(y - 16, 0), max(x - 16, 0)
    part = np.s_[top : y + height + 16, left : x + width + 16]
    bright, own = np.ascontiguousarray(flat[part][..., channel]), np.ascontiguousarray(stamp[part])
    level = float(np.percentile(bright[own > 0], 40))
    scaled = cv2.max(cv2.convertScaleAbs(bright, alpha=255.0 / max(level, 60.0)), np.ascontiguousarray(grey[part]))
    zone = cv2.dilate(cv2.morphologyEx(own, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.ones((5, 5), np.uint8))
    weight = cv2.GaussianBlur(zone, (0, 0), 1.5).astype(np.float32) / 255
    grey[part] = (grey[part] * (1 - weight) + scaled * weight).astype(np.uint8)
    return grey


def _is_grey(picture: Picture) -> bool:
    """Whether all three planes are the same."""
    red, green, blue = cv2.split(np.ascontiguousarray(picture))
    return np.array_equal(red, green) and np.array_equal(green, blue)


def tone_of_pixels(pixels: Picture) -> Tone:
    """`colour`, `grey` or `one-bit`, told from the pixels alone (a grey scan saved as RGB is grey)."""
    sample = np.ascontiguousarray(pixels[::3, ::3])
    red, grey, blue = cv2.split(sample)
    spread = cv2.subtract(cv2.max(cv2.max(red, grey), blue), cv2.min(cv2.min(red, grey), blue))
    if float((spread > EQUAL).mean()) > 0.001:
        return "colour"
    white, middle = float((grey >= 254).mean()), float(((grey > 40) & (grey < 215)).mean())
    return "one-bit" if white > 0.8 and middle < 0.06 else "grey"


def _mask(strength: Mask) -> Mask:
    """Strong ink, grown into its pale rim; specks of two pixels are opened away."""
    strong = cv2.morphologyEx(cv2.threshold(strength, STRONG, 255, cv2.THRESH_BINARY)[1], cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    if cv2.countNonZero(strong) == 0:
        return np.asarray(strong, np.uint8)
    weak = cv2.threshold(strength, WEAK, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.bitwise_and(weak, cv2.dilate(strong, np.ones((5, 5), np.uint8))), np.uint8)


def _faint(strength: Mask) -> Mask:
    """Ink too pale to be strong anywhere, kept where it hangs together at the size of a stamp."""
    weak = cv2.threshold(cv2.GaussianBlur(strength, (0, 0), 1.2), FAINT, 255, cv2.THRESH_BINARY)[1]
    small = (shrunk(np.asarray(weak, np.uint8), 4) > 50).astype(np.uint8)
    solid = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    kept = np.zeros_like(strength)
    for x, y, width, height, _ in stats[1:count].tolist():
        cut = np.s_[4 * y : 4 * (y + height), 4 * x : 4 * (x + width)]
        sides = 4 * min(width, height), 4 * max(width, height)
        if sides[0] >= FAINT_SIDES[0] and sides[1] <= FAINT_SIDES[1] and float(small[y : y + height, x : x + width].mean()) < DENSEST:
            kept[cut] = weak[cut]
    return kept
