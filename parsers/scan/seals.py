"""Stamps: found by colour and outline, their ring text unrolled and read (never trusted, only held against known names)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from parsers.document import Seal
from parsers.scan.colour import Mask
from parsers.scan.engine import Engine
from parsers.scan.outlines import Ellipse, clusters, inside, stamp_outline
from parsers.scan.pictures import MM, Area, Picture


def find_seals(flat: Picture, ink: Mask, colour: str, engine: Engine | None) -> tuple[Seal, ...]:
    """The stamps that ink of one colour (`ink`, its mask) forms on a flattened page; their text stays unread without an engine."""
    found: list[tuple[Area, Seal]] = []
    for area in clusters(ink):
        if any(inside(area, other) for other, _ in found):
            continue
        outline, shape = stamp_outline(ink, area)
        if outline is None:
            continue
        reading = "" if shape == "square" or engine is None else read_ring(flat, ink, outline, engine)
        found.append((outline.area, Seal(outline.area.box(flat.shape), colour, shape, reading, round(outline.fit, 2))))
    return tuple(seal for _, seal in found)


def read_ring(page: Picture, ink: Mask, outline: Ellipse, engine: Engine) -> str:
    """What the text along the ring seems to say, read clockwise from the bottom."""
    strip = unrolled(page, ink, outline)
    if strip is None:
        return ""
    readings = engine.recognise([strip])
    return "".join(character for character in readings[0].text if not character.isspace())


def unrolled(page: Picture, ink: Mask, outline: Ellipse) -> Picture | None:
    """The ring of text as a straight strip: angle to the right, the rim above. None for a stamp too small to read."""
    radius = min(outline.a, outline.b)
    if radius < 5 * MM:
        return None
    turn = np.radians(outline.degrees)
    length, depth = int(2 * np.pi * 0.8 * radius), int(0.36 * radius)
    angles = np.linspace(np.pi / 2, np.pi * 5 / 2, length, dtype=np.float32)[None, :]
    radii = np.linspace(0.96, 0.60, depth, dtype=np.float32)[:, None]
    across, up = outline.a * radii * np.cos(angles - turn), outline.b * radii * np.sin(angles - turn)
    xs = outline.x + across * np.cos(turn) - up * np.sin(turn)
    ys = outline.y + across * np.sin(turn) + up * np.cos(turn)
    plane = page if page.ndim == 2 else _stamp_alone(page, ink)
    return np.asarray(cv2.remap(plane, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_CUBIC, borderValue=255), np.uint8)


def mask_of(areas: Sequence[Area], ink: Mask) -> Mask:
    """The ink that lies within these rectangles."""
    mask = np.zeros_like(ink)
    for area in areas:
        cut = area.grown(6).within(ink.shape)
        mask[cut.y0 : cut.y1, cut.x0 : cut.x1] = ink[cut.y0 : cut.y1, cut.x0 : cut.x1]
    return mask


def _stamp_alone(page: Picture, ink: Mask) -> Picture:
    """The stamp dark on white, without the black print around it: how far its own channel stands out of the others."""
    sample = page[ink > 0][:: max(1, cv2.countNonZero(ink) // 500)]
    own, other = (0, 2) if len(sample) == 0 or sample[:, 0].mean() >= sample[:, 2].mean() else (2, 0)
    planes = cv2.split(page)
    strength = cv2.subtract(planes[own], cv2.min(planes[1], planes[other]))
    level = float(np.percentile(strength[ink > 0], 75)) if len(sample) else 255.0
    return np.asarray(cv2.bitwise_not(cv2.convertScaleAbs(strength, alpha=220.0 / max(level, 40.0))), np.uint8)
