"""One page of a scan, from pixels to a `Page`: upright → straight → grid → lines → marks → cells and paragraphs → stamps, ink."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from parsers.document import Page, Seal
from parsers.scan.colour import Mask, tone_of_pixels
from parsers.scan.continued import marked_continued, opens_with_table
from parsers.scan.engine import Engine
from parsers.scan.grid import darkness
from parsers.scan.ink import find_ink
from parsers.scan.kept import keep_image
from parsers.scan.layout import blocks_of
from parsers.scan.lines import Piece, read_lines
from parsers.scan.marks import EMPTY, TICKED, marked
from parsers.scan.pictures import Area, Picture, area_in
from parsers.scan.seals import Ellipse, find_grey_seals, find_seals, mask_of, without_grey_seal
from parsers.scan.second import with_seconds
from parsers.scan.upright import Sheet, cut_out, legibility, quarter_turned, straightened, to_upright
from texts import say

DOUBTFUL, HOPELESS = 0.9, 0.7
"""Mean confidence below which the page may stand on its head, and below which it must be scanned again."""

FEW = 4
"""Fewer lines say nothing about a page."""

SPECKS = set("●•○·.,，。、-_—一|丨'`~:：;；1lI")
"""What punch holes, dust and edges are read as."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps of a page, where their coloured ink lies, and the outlines of those without colour."""

    seals: tuple[Seal, ...]
    ink: Mask
    outlines: tuple[Ellipse, ...] = ()


def read_page(pixels: Picture, number: int, engine: Engine, out: Path) -> Page:
    """The page with its text in tables and paragraphs; its upright picture is written to `out/<Page.image>`.

    All boxes are fractions of that picture. Raises OSError when the picture cannot be written.
    """
    picture = cut_out(pixels)
    turned = to_upright(engine, picture)
    sheet, stamps, pieces = _read(quarter_turned(picture, turned), engine)
    if sureness(pieces) < DOUBTFUL:
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
    """The stamps of a page: by their colour; on a page where none has any, grey circles."""
    red, blue = find_seals(sheet.flat, sheet.inks.red, "red", engine), find_seals(sheet.flat, sheet.inks.blue, "blue", engine)
    if red or blue:
        return Stamps(
            red + blue, cv2.bitwise_or(sheet.inks.red, mask_of([area_in(seal.box, sheet.grey.shape) for seal in blue], sheet.inks.blue))
        )
    rules = sheet.rules.across | sheet.rules.down
    grey = find_grey_seals(sheet.grey, np.asarray(cv2.subtract(sheet.dark, rules), np.uint8), rules, engine)
    return Stamps(tuple(seal for _, seal in grey), sheet.inks.red, tuple(outline for outline, seal in grey if seal.shape != "square"))


def _read(picture: Picture, engine: Engine) -> tuple[Sheet, Stamps, list[Piece]]:
    sheet = straightened(picture)
    stamps = stamps_of(sheet, engine)
    for outline in stamps.outlines:
        grey = without_grey_seal(sheet.grey, outline, sheet.dark)
        sheet = replace(sheet, grey=grey, dark=darkness(grey))
    skip = stamps.ink.copy()
    for outline in stamps.outlines:
        axes = round(outline.a), round(outline.b)
        cv2.ellipse(skip, (round(outline.x), round(outline.y)), axes, outline.degrees, 0, 360, 255, -1)
    print_alone = cv2.subtract(sheet.dark, cv2.dilate(sheet.rules.across | sheet.rules.down, np.ones((5, 5), np.uint8)))
    pieces = marked(read_lines(sheet.grey, sheet.dark, sheet.rules, engine, skip), np.asarray(print_alone, np.uint8))
    tables = [grid.area for grid in sheet.grids]
    return sheet, stamps, [piece for piece in pieces if not _speck(piece, tables) and not _blot(piece, stamps.outlines)]


def _speck(piece: Piece, tables: list[Area]) -> bool:
    """Whether it is a single sign outside of every table such as dirt is read as."""
    return len(piece.reading.text.strip()) <= 1 and set(piece.reading.text) <= SPECKS and not any(t.holds(*piece.area.centre) for t in tables)


def _blot(piece: Piece, outlines: tuple[Ellipse, ...]) -> bool:
    """Whether it is what remained of a grey stamp: a sign or two below it that the engine is unsure of, or a box."""
    text = piece.reading.text.strip()
    below = any(outline.area.holds(*piece.area.centre) for outline in outlines)
    return below and len(text) <= 2 and (piece.reading.confidence < DOUBTFUL or set(text) <= {TICKED, EMPTY})
