"""Streaks of a feeder's dirty glass: thin vertical lines from the top of the page to its bottom, where no table's rule reaches."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.scan.colour import Mask
from parsers.scan.pictures import Picture

END = 0.06
"""A streak reaches into this share of the page at both ends."""

UNBROKEN = 0.5
"""Share of its length that is seen."""

WANDER = 0.05
"""How far it may wander sideways, as a share of the page's height (the page was crooked, the streak was not)."""

REACH = 11
"""A streak is filled from paper and print within so many pixels."""


def find_streaks(down: Mask) -> Mask | None:
    """Where streaks run, from the vertical strokes of a page; None where there are none."""
    height = down.shape[0]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(down, connectivity=8)
    pieces = [i for i in range(1, count) if stats[i, cv2.CC_STAT_HEIGHT] > 0.02 * height]
    pieces.sort(key=lambda i: int(stats[i, cv2.CC_STAT_LEFT]))
    found: list[int] = []
    while pieces:
        first = pieces[0]
        reach = int(stats[first, cv2.CC_STAT_LEFT]) + max(8, int(0.004 * height))
        group = [i for i in pieces if stats[i, cv2.CC_STAT_LEFT] <= reach]
        pieces = [i for i in pieces if i not in group]
        tops = [int(stats[i, cv2.CC_STAT_TOP]) for i in group]
        bottoms = [int(stats[i, cv2.CC_STAT_TOP] + stats[i, cv2.CC_STAT_HEIGHT]) for i in group]
        seen = sum(int(stats[i, cv2.CC_STAT_HEIGHT]) for i in group)
        narrow = all(stats[i, cv2.CC_STAT_WIDTH] < WANDER * height for i in group)
        if narrow and min(tops) < END * height and max(bottoms) > (1 - END) * height and seen > UNBROKEN * height:
            found += group
    return np.isin(labels, found).astype(np.uint8) * 255 if found else None


def without_streaks(picture: Picture, streaks: Mask) -> Picture:
    """The page with its streaks filled in from both sides; what crosses them stays."""
    wide = cv2.dilate(streaks, np.ones((9, 3), np.uint8))
    filled = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, np.ones((1, REACH), np.uint8))
    out = picture.copy()
    out[wide > 0] = filled[wide > 0]
    return out
