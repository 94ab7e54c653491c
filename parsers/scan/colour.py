"""What colour of ink lies where on a flattened page, and the page with its stamps lifted off.

Method (design.md, "Reading scans"): inside a feathered mask of the stamp's colour the page becomes the channel in
which that ink is brightest, scaled by the ink's own level there; print below stays dark, the stamp turns to paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scan.pictures import Picture

Mask = NDArray[np.uint8]
"""H × W, 0 or 255."""

STRONG = 45
"""How far the channels must lie apart (of 255) for a pixel to count as coloured ink."""

WEAK = 18
"""The same for the pale rim of a stroke beside strong ink."""


@dataclass(frozen=True, slots=True)
class Inks:
    """Masks of a flattened page: `red` and `blue` ink, and `dark` where anything printed or written is dark."""

    red: Mask
    blue: Mask


def find_inks(flat: Picture) -> Inks:
    """Where red and blue ink lies on a flattened RGB page. Specks under 6 pixels count for nothing."""
    red, green, blue = (flat[..., i].astype(np.int16) for i in range(3))
    redness = red - np.maximum(green, blue)
    blueness = blue - np.maximum(red, green - 12)
    return Inks(_mask(redness), _mask(np.minimum(blueness, blue - red)))


def lifted(flat: Picture, stamp: Mask, channel: int) -> Picture:
    """Grey page in which the ink under `stamp` became paper. `channel` is where that ink is brightest (0 red, 2 blue)."""
    grey = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8)
    if cv2.countNonZero(stamp) < 50:
        return grey
    bright = flat[..., channel]
    level = float(np.percentile(bright[stamp > 0], 40))
    scaled = cv2.convertScaleAbs(bright, alpha=255.0 / max(level, 60.0))
    zone = cv2.dilate(cv2.morphologyEx(stamp, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.ones((5, 5), np.uint8))
    weight = cv2.GaussianBlur(zone, (0, 0), 1.5).astype(np.float32) / 255
    mixed = grey * (1 - weight) + np.maximum(scaled, grey) * weight
    return np.asarray(mixed, np.uint8)


def _mask(strength: NDArray[Any]) -> Mask:
    strong = (strength > STRONG).astype(np.uint8) * 255
    near = cv2.dilate(strong, np.ones((5, 5), np.uint8))
    grown = ((strength > WEAK) & (near > 0)).astype(np.uint8) * 255
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < 6
    small[0] = True
    return np.where(small[labels], 0, 255).astype(np.uint8) if count > 1 else np.zeros_like(grown)
