"""A page turned upright and straightened, with its stamps lifted off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from parsers.scan.colour import Inks, Mask, find_inks, lifted, without_colour
from parsers.scan.engine import Engine
from parsers.scan.grid import Grid, Rules, clean_rules, darkness, find_grids, find_rules
from parsers.scan.pictures import LONG_SIDE, Picture, contrasted, crop, distance, flattened, resized, shrunk
from parsers.scan.rectify import outline_of, sheet_of, skew_of, squaring, turning, warped
from parsers.scan.streaks import find_streaks, without_streaks
from parsers.scan.uncurl import Straightening, bend_of_lines, bend_of_uprights

SLIGHT = 0.12
"""Degrees of skew that are left alone: turning blurs more than it mends."""

HALF = 2
"""Skew and outline are measured at this fraction of the working size."""

BENDS = 3
"""So often at most is curled paper laid flat further."""

PROBED = 8
"""So many of the longest lines tell which way up a page is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to be read.

    `colour` as it looks (one plane where it has none), `flat` on even white, `grey` without stamps, `dark` where that is print, its `inks`, its
    `rules` (of tables and underlines only) and `grids`.
    """

    colour: Picture
    flat: Picture
    grey: Picture
    dark: Mask
    inks: Inks
    rules: Rules
    grids: tuple[Grid, ...]


def with_grey(sheet: Sheet, grey: Picture) -> Sheet:
    """The sheet with another grey page, on which its rules and grids are found anew."""
    dark = darkness(grey)
    rules = find_rules(dark)
    grids = find_grids(rules)
    return replace(sheet, grey=grey, dark=dark, rules=clean_rules(rules, grids, dark), grids=grids)


def quarter_turned(picture: Picture, degrees: int) -> Picture:
    """Turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(picture, k=-(degrees // 90) % 4))


def cut_out(pixels: Picture) -> Picture:
    """The sheet without the background of a photo, at working size."""
    corners = sheet_of(pixels)
    return resized(pixels if corners is None else warped(pixels, corners), LONG_SIDE)


def straightened(picture: Picture) -> Sheet:
    """The page with skew, bend and a table's perspective taken out in one step, and everything that is measured on it."""
    picture = without_colour(picture)
    picture = straightening(picture).of(picture)
    flat = flattened(picture)
    inks = find_inks(flat)
    grey = contrasted(lifted(flat, inks.red, 0))
    dark = darkness(grey)
    rules = find_rules(dark)
    streaks = find_streaks(rules.down)
    if streaks is not None:
        grey = without_streaks(grey, streaks)
        dark = darkness(grey)
        rules = find_rules(dark)
    grids = find_grids(rules)
    return Sheet(picture, flat, grey, dark, inks, clean_rules(rules, grids, dark), grids)


def straightening(picture: Picture) -> Straightening:
    """What turns skew, bend and perspective back, as far as there is any.

    Measured at half size in the red channel, where stamps are palest.
    """
    small = shrunk(picture if picture.ndim == 2 else np.asarray(cv2.extractChannel(picture, 0), np.uint8), HALF)
    grey = contrasted(flattened(small))
    dark = darkness(grey, HALF)
    streaks = find_streaks(find_rules(dark, HALF).down)
    if streaks is not None:
        dark = darkness(without_streaks(grey, streaks), HALF)
    skew = skew_of(dark)
    way = Straightening(turning(skew, small.shape) if abs(skew) > SLIGHT else None)
    way, rules = _laid_flat(way, dark)
    outline = outline_of(rules.across, rules.down)
    return replace(way, squared=None if outline is None else squaring(outline)).scaled(HALF)


def _laid_flat(way: Straightening, dark: Mask) -> tuple[Straightening, Rules]:
    """The way with what lays curled paper flat besides, and the rules of the page made straight by it.

    Lines that are too steep to be seen are found when the rest is flat.
    """
    straight = way.of(dark, cv2.INTER_NEAREST)
    rules = find_rules(straight, HALF)
    while len(way.lines) < BENDS and (bend := bend_of_lines(straight, rules.across)) is not None:
        way = replace(way, lines=(*way.lines, bend))
        straight = way.of(dark, cv2.INTER_NEAREST)
        rules = find_rules(straight, HALF)
    uprights = bend_of_uprights(rules.down, leaning=bool(way.lines))
    if uprights is None:
        return way, rules
    way = replace(way, uprights=uprights)
    return way, find_rules(way.of(dark, cv2.INTER_NEAREST), HALF)


def to_upright(engine: Engine, picture: Picture) -> int:
    """By how many degrees clockwise the picture must be turned to stand upright, as the network says."""
    return -engine.turned(picture) % 360


def legibility(engine: Engine, picture: Picture) -> float:
    """How well the longest lines read as the picture stands: mean confidence × share of lines that lie flat (0–1)."""
    quads = engine.detect(picture)
    if not quads:
        return 0.0
    flat = [quad for quad in quads if distance(quad[0], quad[1]) >= 0.8 * distance(quad[0], quad[3])]
    longest = sorted(flat, key=lambda quad: -distance(quad[0], quad[1]))[:PROBED]
    readings = engine.recognise([crop(picture, quad) for quad in longest])
    sure = sum(reading.confidence for reading in readings) / max(len(readings), 1)
    return sure * len(flat) / len(quads)
