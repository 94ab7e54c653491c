"""One page of a scan, from pixels to a `Page`: upright → straight → grid → lines → marks → cells and paragraphs → stamps, ink."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from parsers.document import Page, Seal
from parsers.scan.colour import Mask, lifted, tone_of_pixels
from parsers.scan.continued import marked_continued, opens_with_table
from parsers.scan.engine import Engine
from parsers.scan.grey_seals import find_grey_seals, without_grey_seal
from parsers.scan.ink import find_ink
from parsers.scan.kept import keep_image
from parsers.scan.layout import blocks_of
from parsers.scan.lines import Piece, read_lines
from parsers.scan.marks import marked
from parsers.scan.outlines import Ellipse, covered
from parsers.scan.pictures import Area, Picture, area_in
from parsers.scan.scraps import without_scraps
from parsers.scan.seals import find_seals, mask_of
from parsers.scan.second import with_seconds
from parsers.scan.upright import Sheet, cut_out, legibility, quarter_turned, straightened, to_upright, with_grey
from texts import say

DOUBTFUL, HOPELESS = 0.9, 0.7
"""Mean confidence below which the page may stand on its head, and below which it must be scanned again."""

FEW = 4
"""Fewer lines say nothing about a page, and nothing about which way up it lies."""

BARE = 500
"""A page with no more dark pixels than this is empty."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps of a page, where their coloured ink lies (and of that the blue), and the outlines of those without colour."""

    seals: tuple[Seal, ...]
    ink: Mask
    outlines: tuple[Ellipse, ...] = ()
    blue: Mask | None = None

    def areas(self, shape: tuple[int, ...]) -> list[Area]:
        """The rectangles around the stamps, on a page of that shape."""
        return [area_in(seal.box, shape) for seal in self.seals]


def read_page(pixels: Picture, number: int, engine: Engine, out: Path) -> Page:
    """The page with its text in tables and paragraphs; its upright picture is written to `out/<Page.image>`.

    All boxes are fractions of that picture. Raises OSError when the picture cannot be written.
    """
    picture = cut_out(pixels)
    turned = to_upright(engine, picture)
    sheet, stamps, pieces = _read(quarter_turned(picture, turned), engine)
    if sureness(pieces) < DOUBTFUL or (len(pieces) < FEW and cv2.countNonZero(sheet.dark) > BARE):
        better = max((0, 90, 180, 270), key=lambda turn: legibility(engine, quarter_turned(picture, turn)))
        if better != turned:
            turned = better
            sheet, stamps, pieces = _read(quarter_turned(picture, turned), engine)
    pieces = with_seconds(pieces, sheet.grey)
    tables = [grid.area for grid in sheet.grids]
    known = stamps.ink | sheet.rules.across | sheet.rules.down
    known = known if sheet.rules.under is None else known | sheet.rules.under
    shape = sheet.grey.shape
    page = Page(
        number=number,
        blocks=blocks_of(pieces, sheet.grids, shape),
        width=shape[1],
        height=shape[0],
        turned=turned,
        tone=tone_of_pixels(pixels),
        seals=stamps.seals,
        ink=find_ink(sheet.grey, sheet.dark, cv2.subtract(sheet.inks.pen, stamps.ink), known, pieces, tables),
        image=keep_image(sheet.colour, number, out),
        rescan=why_rescan(pieces),
    )
    return marked_continued(page, number > 1 and opens_with_table(page))


def sureness(pieces: list[Piece]) -> float:
    """The mean confidence of all characters, 1 where there are too few lines to tell."""
    letters = [sure for piece in pieces for sure in piece.reading.sure]
    return sum(letters) / len(letters) if len(letters) >= FEW else 1.0


def why_rescan(pieces: list[Piece]) -> str:
    """In plain Chinese why the page is too poor to trust, else ""."""
    return say("parsers.scan_illegible") if len(pieces) >= FEW and sureness(pieces) < HOPELESS else ""


def stamps_of(sheet: Sheet, engine: Engine) -> Stamps:
    """The stamps of a page: by their colour; on a page where none has any, grey ones."""
    red, blue = find_seals(sheet.flat, sheet.inks.red, "red", engine), find_seals(sheet.flat, sheet.inks.blue, "blue", engine)
    if red or blue:
        other = mask_of([area_in(seal.box, sheet.grey.shape) for seal in blue], sheet.inks.blue)
        return Stamps(red + blue, cv2.bitwise_or(sheet.inks.red, other), blue=other if blue else None)
    rules = sheet.rules.across | sheet.rules.down
    grey = find_grey_seals(sheet.grey, np.asarray(cv2.subtract(sheet.dark, rules), np.uint8), rules, engine)
    return Stamps(tuple(seal for _, seal in grey), sheet.inks.red, tuple(outline for outline, _ in grey))


def without_stamps(sheet: Sheet, stamps: Stamps) -> Sheet:
    """The sheet with those stamps made paper that are not red (the red ones are already)."""
    grey = sheet.grey
    if stamps.blue is not None:
        other = cv2.dilate(stamps.blue, np.ones((15, 15), np.uint8)) > 0
        grey = np.where(other, lifted(sheet.flat, stamps.blue, 2), grey)
    for outline in stamps.outlines:
        grey = without_grey_seal(grey, outline, sheet.dark)
    return sheet if grey is sheet.grey else with_grey(sheet, grey)


def _read(picture: Picture, engine: Engine) -> tuple[Sheet, Stamps, list[Piece]]:
    sheet = straightened(picture)
    stamps = stamps_of(sheet, engine)
    sheet = without_stamps(sheet, stamps)
    skip = cv2.bitwise_or(stamps.ink, covered(stamps.outlines, stamps.ink.shape))
    print_alone = cv2.subtract(sheet.dark, cv2.dilate(sheet.rules.across | sheet.rules.down, np.ones((5, 5), np.uint8)))
    alone = np.asarray(print_alone, np.uint8)
    lines = read_lines(sheet.grey, sheet.dark, sheet.rules, engine, np.asarray(skip, np.uint8))
    pieces = marked(lines, alone, sheet.grey)
    tables = [grid.area for grid in sheet.grids]
    everywhere, colourless = stamps.areas(sheet.grey.shape), [outline.area for outline in stamps.outlines]
    return sheet, stamps, without_scraps(pieces, (sheet.grey, sheet.dark), tables, everywhere, colourless)
