"""A workbook → `Document`: each visible sheet one table, values as the sheet shows them.

openpyxl reads a small clean copy: workbook, styles, shared strings and the sheets' own rows. Merges, hidden rows and
columns are read here, because openpyxl makes a cell of every position of a merge (a range of 17 thousand million is one line of XML).
Rows and columns with nothing in them are left out.
"""

from __future__ import annotations

import io
import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from lxml import etree
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

from errors import FileDamaged, FileOverLimit
from parsers.document import Cell, Document, Page, Paragraph, Table
from parsers.limits import ReadLimits
from parsers.word.names import Element, number
from parsers.word.numberformat import shown
from parsers.word.package import Package, open_package, parse_xml
from parsers.word.walk import Piece, lines_of
from texts import say

_FAULTS: Final = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    ArithmeticError,
    AssertionError,
    OSError,
    InvalidFileException,
    zipfile.BadZipFile,
)
_KEPT_OF_SHEET: Final = frozenset({"sheetFormatPr", "sheetData"})
_KEPT_OF_BOOK: Final = frozenset({"workbookPr", "sheets"})
_NAMED: Final = 3
_KINDS: Final = frozenset({"worksheet", "styles", "sharedStrings"})


@dataclass(frozen=True, slots=True)
class Layout:
    """What openpyxl is not asked for: merges as (first column, first row, last column, last row), hidden rows and column ranges; 1-based.

    `uncounted` are the cells (`C4`) whose formula was saved without its result.
    """

    merges: tuple[tuple[int, int, int, int], ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[range, ...]
    uncounted: tuple[str, ...] = ()

    def shows(self, row: int, column: int) -> bool:
        """Whether neither the row nor the column is hidden."""
        return row not in self.hidden_rows and not any(column in hidden for hidden in self.hidden_columns)


def read_sheet(path: Path, media_type: str, engine: str, limits: ReadLimits) -> Document:
    """The workbook at `path` as one page without a number, a table for each visible sheet that holds anything.

    Raises FileDamaged, FileEncrypted or FileOverLimit.
    """
    package = open_package(path, limits)
    main = package.main()
    layouts: dict[str, Layout] = {}
    data = _rebuilt(package, main, layouts)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, rich_text=True)
        ordered = _sheet_layouts(package, main, layouts)
        tables = [_table(sheet, ordered.get(sheet.title), limits) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except _FAULTS as fault:
        raise FileDamaged from fault
    notes = list(_notes(book, ordered))
    if any(relation.kind == "vbaProject" for relation in package.relations(main)):
        notes.append(say("parsers.macros"))
    return Document("word", media_type, (Page(None, tuple(t for t in tables if t is not None)),), engine, tuple(notes))


def _notes(book: Any, layouts: Mapping[str, Layout]) -> Iterator[str]:
    """What is not read of a workbook: hidden sheets, formulas in sight whose result is not in the file."""
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        yield say("parsers.hidden_sheets", names="、".join(hidden))
    seen = ((title, layout) for title, layout in layouts.items() if title not in hidden)
    uncounted = [f"{title}!{cell}" for title, layout in seen for cell in layout.uncounted if _in_sight(layout, cell)]
    if uncounted:
        names = "、".join(uncounted[:_NAMED]) + (" …" if len(uncounted) > _NAMED else "")
        yield say("parsers.uncounted", count=len(uncounted), names=names)


def _in_sight(layout: Layout, cell: str) -> bool:
    try:
        row, column = coordinate_to_tuple(cell)
    except (ValueError, CellCoordinatesException):
        return False
    return layout.shows(row, column)


# ---------------------------------------------------------------------------------------------------- the clean copy


def _rebuilt(package: Package, main: str, layouts: dict[str, Layout]) -> bytes:
    """A workbook of rows, styles and shared strings only; fills in the layout of each sheet part on the way."""
    if not package.has(main):
        raise FileDamaged
    related = {r.target: r.kind for r in package.relations(main) if r.kind in _KINDS and not r.external and package.has(r.target)}
    folder, _, name = main.rpartition("/")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as clean:
        for part in ("[Content_Types].xml", "_rels/.rels", f"{folder}/_rels/{name}.rels".lstrip("/")):
            if package.has(part):
                clean.writestr(part, package.read_xml(part))
        clean.writestr(main, _only(parse_xml(package.read_xml(main)), _KEPT_OF_BOOK))
        for part, kind in related.items():
            data = package.read_xml(part)
            if kind == "worksheet":
                root = parse_xml(data)
                layouts[part] = _layout(root)
                data = _only(root, _KEPT_OF_SHEET)
            clean.writestr(part, data)
    return target.getvalue()


def _only(root: Element, kept: frozenset[str]) -> bytes:
    for child in list(root):
        if etree.QName(child).localname not in kept:
            root.remove(child)
    return bytes(etree.tostring(root))


def _layout(root: Element) -> Layout:
    ranges = [e.get("ref") or "" for e in root.iter("{*}mergeCell")]
    rows = (number(row.get("r")) for row in root.iter("{*}row") if row.get("hidden") in ("1", "true"))
    columns = (range(number(c.get("min")), number(c.get("max")) + 1) for c in root.iter("{*}col") if c.get("hidden") in ("1", "true"))
    return Layout(tuple(_merges(ranges)), frozenset(rows), tuple(columns), tuple(_uncounted(root)))


def _uncounted(root: Element) -> Iterator[str]:
    for cell in root.iter("{*}c"):
        result = cell.find("{*}v")
        if cell.find("{*}f") is not None and (result is None or (not result.text and cell.get("t") != "str")):
            yield cell.get("r") or ""


def _merges(ranges: Iterable[str]) -> Iterator[tuple[int, int, int, int]]:
    for written in ranges:
        try:
            first_column, first_row, last_column, last_row = range_boundaries(written)
        except (ValueError, TypeError):
            continue
        if None not in (first_column, first_row, last_column, last_row):
            yield first_column, first_row, last_column, last_row


def _sheet_layouts(package: Package, main: str, layouts: dict[str, Layout]) -> dict[str, Layout]:
    """Each sheet's layout by its title."""
    parts = {relation.id: relation.target for relation in package.relations(main)}
    found: dict[str, Layout] = {}
    for sheet in parse_xml(package.read_xml(main)).iter("{*}sheet"):
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        part = parts.get(relation, "")
        if part in layouts:
            found[sheet.get("name") or ""] = layouts[part]
    return found


# ---------------------------------------------------------------------------------------------------- the table


def _table(sheet: Any, layout: Layout | None, limits: ReadLimits) -> Table | None:
    """The rows and columns of a sheet that show anything, None when nothing does. Raises FileOverLimit."""
    layout = layout or Layout((), frozenset(), ())
    filled: dict[tuple[int, int], tuple[Paragraph, ...]] = {}
    # Only the cells that are there: `iter_rows` would make one of every position up to a stray one in the last column.
    for cell in list(sheet._cells.values()):
        blocks = _blocks(cell) if cell.value is not None else ()
        if blocks and layout.shows(cell.row, cell.column):
            filled[cell.row, cell.column] = blocks
    covered = _covered(layout.merges, filled)
    filled = {spot: blocks for spot, blocks in filled.items() if spot not in covered}
    rows, columns = sorted({row for row, _ in filled}), sorted({column for _, column in filled})
    if len(rows) * len(columns) > limits.cells:
        raise FileOverLimit(limit=say("parsers.limit_cells"), most=f"{limits.cells // 10000} 万")
    return Table(len(rows), len(columns), tuple(_cells(rows, columns, filled, layout.merges))) if filled else None


def _covered(merges: Iterable[tuple[int, int, int, int]], filled: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The filled positions that lie under a merge and are not its corner: nobody sees them."""
    by_row: dict[int, list[int]] = {}
    for row, column in sorted(filled):
        by_row.setdefault(row, []).append(column)
    rows = sorted(by_row)
    covered: set[tuple[int, int]] = set()
    for first_column, first_row, last_column, last_row in merges:
        for row in rows[bisect_left(rows, first_row) : bisect_left(rows, last_row + 1)]:
            columns = by_row[row]
            under = columns[bisect_left(columns, first_column) : bisect_left(columns, last_column + 1)]
            covered.update((row, column) for column in under if (row, column) != (first_row, first_column))
    return covered


def _cells(
    rows: list[int], columns: list[int], filled: dict[tuple[int, int], tuple[Paragraph, ...]], merges: Iterable[tuple[int, int, int, int]]
) -> Iterator[Cell]:
    """The cells in reading order: merges as far as they reach over the rows and columns that are left, blanks between."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for first_column, first_row, last_column, last_row in merges:
        top, bottom = bisect_left(rows, first_row), bisect_left(rows, last_row + 1)
        left, right = bisect_left(columns, first_column), bisect_left(columns, last_column + 1)
        spot = {(r, c) for r in range(top, bottom) for c in range(left, right)}
        if spot and not taken & spot:
            spans[top, left] = (bottom - top, right - left)
            taken |= spot
    for r, row in enumerate(rows):
        for c, column in enumerate(columns):
            if (r, c) in spans:
                down, across = spans[r, c]
                yield Cell(r, c, down, across, filled.get((row, column), ()))
            elif (r, c) not in taken:
                yield Cell(r, c, 1, 1, filled.get((row, column), ()))


def _blocks(cell: Any) -> tuple[Paragraph, ...]:
    lines = lines_of(_pieces(cell))
    return (Paragraph(lines),) if any(line.text.strip() for line in lines) else ()


def _pieces(cell: Any) -> list[Piece]:
    look = _look(cell.font)
    if isinstance(cell.value, CellRichText):
        return [(p.text, _look(p.font)) if isinstance(p, TextBlock) else (str(p), look) for p in cell.value]
    return [(shown(cell.value, cell.number_format or "General", cell.is_date), look)]


def _look(font: Any) -> tuple[bool, bool, bool]:
    """Bold, underlined, struck; of a cell's font or of a stretch of rich text."""
    return bool(font and font.b), bool(font and font.u and font.u != "none"), bool(font and font.strike)
