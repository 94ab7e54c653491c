"""Born-digital PDF pages: the text is in the file and believed, tables come from pdfplumber, characters go to cells by their centre."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pdfminer.pdfexceptions import PDFException
from pdfminer.psparser import PSException
from pdfplumber.utils.exceptions import PdfminerException

from parsers.document import Page, Seal
from parsers.scan.colour import find_inks
from parsers.scan.engine import Reading
from parsers.scan.grid import Grid, build_grid
from parsers.scan.kept import keep_image
from parsers.scan.layout import blocks_of
from parsers.scan.lines import Piece
from parsers.scan.pictures import Area, Picture, flattened, quad_of
from parsers.scan.seals import find_seals

COVERING = 0.6
"""A picture over this share of the page is a scan: the text of such a page is whatever an OCR program put there."""

FEWEST = 3
"""A page with fewer visible characters is not taken for a born-digital one."""

COLOURED = 60
"""Red and blue lie so far apart (of 255) in coloured ink."""

UNREADABLE = (
    *(PDFException, PSException, PdfminerException, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(RecursionError, AssertionError, ArithmeticError, NotImplementedError),
)
"""What pdfminer raises on files that PDFium still reads."""

FINE = 10
"""Text is laid out in tenths of a point."""


@dataclass(frozen=True, slots=True)
class Character:
    """A character and the rectangle it takes, in tenths of a point from the upper left corner."""

    text: str
    area: Area


def is_born_digital(page: pdfium.PdfPage) -> bool:
    """Whether the page's text can be believed: it has visible characters and no picture covers the page."""
    width, height = page.get_size()
    whole, visible = width * height, False
    for item in page.get_objects(max_depth=4):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            if (right - left) * (top - bottom) > COVERING * whole:
                return False
        elif item.type == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(item.raw) != raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            visible = True
    return visible and page.get_textpage().count_chars() >= FEWEST


class Plumber:
    """pdfplumber's view of one file, opened when the first page asks for it, so that a long file is parsed once."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet."""
        self._path = path
        self._document: Any = None
        self._broken = False

    def page(self, index: int) -> Any:
        """The page (0-based), or None where pdfplumber cannot read the file."""
        try:
            if self._document is None and not self._broken:
                self._document = pdfplumber.open(self._path)
            return None if self._broken else self._document.pages[index]
        except UNREADABLE:
            self._broken = True
            return None

    def close(self) -> None:
        """Lets go of the file. A broken one may not even be closed: pdfplumber looks at every page for that."""
        if self._document is not None:
            with contextlib.suppress(*UNREADABLE):
                self._document.close()


def born_page(page: pdfium.PdfPage, index: int, plumber: Plumber, picture: Picture, out: Path) -> Page:
    """The page read exactly (confidence 1), with its picture in `out/<Page.image>`. Width and height are points."""
    plumbed = plumber.page(index)
    try:
        characters, grids = _by_pdfplumber(plumbed) if plumbed is not None else (_by_pdfium(page), ())
    except UNREADABLE:
        characters, grids = _by_pdfium(page), ()
    width, height = page.get_size()
    shape = (int(height * FINE), int(width * FINE))
    pieces = pieces_of(characters, grids)
    image = keep_image(picture, index + 1, out)
    return Page(index + 1, blocks_of(pieces, grids, shape), width, height, tone="colour", seals=_seals(picture), image=image)


def _seals(picture: Picture) -> tuple[Seal, ...]:
    """Stamps that were put into the file as pictures; a page without any red or blue costs nothing."""
    sample = picture[::4, ::4].astype(np.int16)
    if float((np.abs(sample[..., 0] - sample[..., 2]) > COLOURED).mean()) < 0.0005:
        return ()
    flat = flattened(picture)
    inks = find_inks(flat)
    return find_seals(flat, inks.red, "red", None) + find_seals(flat, inks.blue, "blue", None)


def pieces_of(characters: Sequence[Character], grids: Sequence[Grid]) -> list[Piece]:
    """Characters joined to stretches that stand in one line and one cell."""
    homes: dict[tuple[int, int], list[Character]] = {}
    for character in characters:
        x, y = character.area.centre
        home = next(((g, c) for g, grid in enumerate(grids) for c, cell in enumerate(grid.cells) if cell.area.holds(x, y)), (-1, -1))
        homes.setdefault(home, []).append(character)
    return [piece for group in homes.values() for piece in _stretches(group)]


def _stretches(characters: list[Character]) -> list[Piece]:
    rows: list[list[Character]] = []
    for character in sorted(characters, key=lambda c: c.area.centre[1]):
        if rows and abs(character.area.centre[1] - rows[-1][-1].area.centre[1]) < 0.4 * max(character.area.height, 1):
            rows[-1].append(character)
        else:
            rows.append([character])
    pieces = []
    for row in rows:
        row.sort(key=lambda c: c.area.x0)
        start = 0
        for i in range(1, len(row) + 1):
            if i == len(row) or row[i].area.x0 - row[i - 1].area.x1 > 1.5 * row[i].area.height:
                pieces.append(_piece(row[start:i]))
                start = i
    return [piece for piece in pieces if piece.reading.text.strip()]


def _piece(characters: Sequence[Character]) -> Piece:
    area = characters[0].area
    for character in characters[1:]:
        area = area.union(character.area)
    text = "".join(c.text for c in characters)
    width = max(area.width, 1)
    places = tuple((c.area.centre[0] - area.x0) / width for c in characters for _ in c.text)
    return Piece(quad_of(area), Reading(text, places, (1.0,) * len(text)))


def _by_pdfplumber(page: Any) -> tuple[list[Character], tuple[Grid, ...]]:
    x0, top = page.bbox[0], page.bbox[1]
    characters = [Character(_whole(c["text"]), _area(c["x0"] - x0, c["top"] - top, c["x1"] - x0, c["bottom"] - top)) for c in _once(page.chars)]
    grids = []
    for table in page.find_tables():
        areas = [_area(c[0] - x0, c[1] - top, c[2] - x0, c[3] - top) for c in table.cells]
        if len(areas) >= 2:
            grids.append(build_grid(areas))
    page.close()
    return characters, tuple(sorted(grids, key=lambda g: g.area.y0))


def _whole(text: str) -> str:
    """Text with `�` for half a character: a font's own table may name any number as one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _once(characters: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The characters without those printed again within a point of themselves, as some programs make bold type.

    pdfplumber's own `dedupe_chars` looks every character up in the list of all: half the time of a page full of text.
    """
    seen: dict[tuple[object, ...], list[tuple[float, float]]] = {}
    for character in characters:
        x, y = character["x0"], character["top"]
        kind = (character["text"], character["fontname"], character["size"], character["upright"])
        near = [place for dx in (-1, 0, 1) for dy in (-1, 0, 1) for place in seen.get((*kind, int(x) + dx, int(y) + dy), ())]
        if not any(abs(x - other_x) <= 1 and abs(y - other_y) <= 1 for other_x, other_y in near):
            seen.setdefault((*kind, int(x), int(y)), []).append((x, y))
            yield character


def _by_pdfium(page: pdfium.PdfPage) -> list[Character]:
    text = page.get_textpage()
    height = page.get_height()
    characters = []
    for i in range(text.count_chars()):
        left, bottom, right, upper = text.get_charbox(i, loose=True)
        characters.append(
            Character(_whole(chr(raw.FPDFText_GetUnicode(text.raw, i) or 32)), _area(left, height - upper, right, height - bottom))
        )
    return characters


def _area(x0: float, y0: float, x1: float, y1: float) -> Area:
    return Area(round(x0 * FINE), round(y0 * FINE), round(x1 * FINE), round(y1 * FINE))
