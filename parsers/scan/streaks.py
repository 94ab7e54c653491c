"""Streaks of a feeder's dirty glass: thin vertical lines from the top of the page to its bottom, where no table's rule reaches."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from parsers.scan.colour import Mask
from parsers.scan.components import Component, components
from parsers.scan.pictures import Picture

END = 0.06
"""A streak reaches into this share of the page at both ends."""

UNBROKEN = 0.5
"""Share of its length that is seen."""

WANDER = 0.05
"""How far it may wander sideways, as a share of the page's height (the page was crooked, the streak was not)."""

REACH = 11
"""A streak is filled from paper and print within so many pixels."""

USUAL, DARKER = 90, 0.35
"""Per cent of a streak's length that are as dark as itself or darker (a table may take the rest); the share of its ink that a rule has more."""


def find_streaks(down: Mask) -> Mask | None:
    """Where streaks run, from the vertical strokes of a page; None where there are none."""
    height = down.shape[0]
    pieces = sorted((piece for piece in components(down) if piece.area.height > 0.02 * height), key=lambda piece: piece.area.x0)
    found: list[Component] = []
    while pieces:
        reach = pieces[0].area.x0 + max(8, int(0.004 * height))
        group = [piece for piece in pieces if piece.area.x0 <= reach]
        pieces = pieces[len(group) :]
        top, bottom = min(piece.area.y0 for piece in group), max(piece.area.y1 for piece in group)
        seen = sum(piece.area.height for piece in group)
        narrow = all(piece.area.width < WANDER * height for piece in group)
        if narrow and top < END * height and bottom > (1 - END) * height and seen > UNBROKEN * height:
            found += group
    return _drawn(found, down) if found else None


def _drawn(pieces: Sequence[Component], down: Mask) -> Mask:
    """A mask of the size of `down` that holds these pieces."""
    mask = np.zeros_like(down)
    for piece in pieces:
        area = piece.area
        mask[area.y0 : area.y1, area.x0 : area.x1] |= piece.mask() * 255
    return mask


def without_streaks(picture: Picture, streaks: Mask) -> Picture:
    """The page with its streaks filled in from both sides; what crosses them stays, and what is darker than they are (a rule)."""
    wide = cv2.dilate(streaks, np.ones((9, 3), np.uint8)) > 0
    filled = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, np.ones((1, REACH), np.uint8))
    out = picture.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wide.any(axis=0), [False])).astype(np.int8)))
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        own, band = wide[:, left:right], picture[:, left:right]
        tone = float(np.percentile(np.where(own, band, 255).min(axis=1)[own.any(axis=1)], USUAL))
        own &= band > tone - min(DARKER * (255 - tone), tone / 2)
        out[:, left:right][own] = filled[:, left:right][own]
    return out
