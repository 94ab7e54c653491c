"""A page turned upright and straightened, with its stamps lifted off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parsers.scan.colour import Inks, find_inks, lifted
from parsers.scan.engine import Engine
from parsers.scan.grid import Rules, darkness, find_rules
from parsers.scan.pictures import LONG_SIDE, Picture, flattened, resized
from parsers.scan.rectify import outline_of, rotated, sheet_of, skew_of, squared, warped

SLIGHT = 0.15
"""Degrees of skew that are left alone: turning blurs more than it mends."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready to be read: `colour` as it looks, `flat` on even white, `grey` without stamps; its inks and rules."""

    colour: Picture
    flat: Picture
    grey: Picture
    dark: Picture
    inks: Inks
    rules: Rules


def quarter_turned(picture: Picture, degrees: int) -> Picture:
    """Turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(picture, k=-(degrees // 90) % 4))


def cut_out(pixels: Picture) -> Picture:
    """The sheet without the background of a photo, at working size."""
    corners = sheet_of(pixels)
    return resized(pixels if corners is None else warped(pixels, corners), LONG_SIDE)


def straightened(picture: Picture) -> Sheet:
    """The page with skew and a table's perspective taken out, and everything that is measured on it."""
    sheet = _measured(picture)
    skew = skew_of(sheet.dark)
    if abs(skew) > SLIGHT:
        sheet = _measured(rotated(picture, skew))
    outline = outline_of(sheet.rules.across, sheet.rules.down)
    return sheet if outline is None else _measured(squared(sheet.colour, outline))


def to_upright(engine: Engine, picture: Picture) -> int:
    """By how many degrees clockwise the picture must be turned to stand upright."""
    return -engine.turned(picture) % 360


def _measured(picture: Picture) -> Sheet:
    flat = flattened(picture)
    inks = find_inks(flat)
    grey = lifted(flat, inks.red, 0)
    dark = darkness(grey)
    return Sheet(picture, flat, grey, dark, inks, find_rules(dark))
