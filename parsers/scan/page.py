"""One page of a scan, from pixels to a `Page`: upright → straight → grid → lines → cells and paragraphs."""

from __future__ import annotations

from pathlib import Path

from parsers.document import Page
from parsers.scan.engine import Engine
from parsers.scan.kept import keep_image
from parsers.scan.layout import blocks_of
from parsers.scan.lines import read_lines
from parsers.scan.pictures import Picture
from parsers.scan.upright import cut_out, quarter_turned, straightened, to_upright


def read_page(pixels: Picture, number: int, engine: Engine, out: Path) -> Page:
    """The page with its text in tables and paragraphs; its upright picture is written to `out/<Page.image>`.

    All boxes are fractions of that picture. Raises OSError when the picture cannot be written.
    """
    picture = cut_out(pixels)
    turned = to_upright(engine, picture)
    sheet = straightened(quarter_turned(picture, turned))
    pieces = read_lines(sheet.grey, sheet.dark, sheet.rules, engine, sheet.inks.red)
    shape = sheet.grey.shape
    return Page(
        number=number,
        blocks=blocks_of(pieces, sheet.grids, shape),
        width=shape[1],
        height=shape[0],
        turned=turned,
        image=keep_image(sheet.colour, number, out),
    )
