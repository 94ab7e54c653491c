"""Pieces of text → lines → cells of tables and paragraphs beside them, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from parsers.document import Cell, Line, Paragraph, Run, Table
from parsers.scan.grid import Grid, GridCell
from parsers.scan.lines import Piece
from parsers.scan.pictures import Area

NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+[章条部]|\d{1,2}[、．.](?!\d))"
)
"""A line that opens a numbered heading or item goes on from nothing."""

Shape = tuple[int, ...]
Row = list[Piece]


def rows_of(pieces: Sequence[Piece]) -> list[Row]:
    """Pieces that stand beside each other, as rows from top to bottom, each from left to right."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda p: p.area.centre[1]):
        middle, height = piece.area.centre[1], piece.area.height
        if rows:
            last = rows[-1]
            level = sum(p.area.centre[1] for p in last) / len(last)
            apart = all(p.area.x1 <= piece.area.x0 + height / 2 or piece.area.x1 <= p.area.x0 + height / 2 for p in last)
            if abs(middle - level) < 0.45 * min(height, max(p.area.height for p in last)) and apart:
                last.append(piece)
                continue
        rows.append([piece])
    return [sorted(row, key=lambda p: p.area.x0) for row in rows]


def line_of(row: Row, shape: Shape) -> Line:
    """One line from the pieces of a row; a gap wider than a character becomes white space."""
    runs, area, before = list(runs_of(row[0])), row[0].area, row[0]
    others = list(row[0].reading.alternatives)
    for piece in row[1:]:
        gap = piece.area.x0 - before.area.x1
        if gap >= 0.4 * piece.area.height:
            runs.append(Run("  "))
        start = sum(len(run.text) for run in runs)
        others += [(start + place, seen) for place, seen in piece.reading.alternatives]
        runs.extend(runs_of(piece))
        area, before = area.union(piece.area), piece
    letters = [sure for piece in row for sure in piece.reading.sure]
    confidence = sum(letters) / max(1, len(letters))
    seconds = row[0].seconds if len(row) == 1 else ()
    return Line(tuple(_joined(runs)), area.box(shape), round(confidence, 4), seconds, tuple(others))


def runs_of(piece: Piece) -> Iterator[Run]:
    """The piece's characters in stretches of one look."""

    def look(i: int) -> tuple[bool, bool]:
        return i in piece.struck, i in piece.underlined

    for (struck, underlined), places in groupby(range(len(piece.reading.text)), key=look):
        yield Run("".join(piece.reading.text[i] for i in places), underlined=underlined, struck=struck)


def _joined(runs: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one look as one run."""
    for (bold, underlined, struck), group in groupby(runs, key=lambda run: (run.bold, run.underlined, run.struck)):
        yield Run("".join(run.text for run in group), bold, underlined, struck)


def table_of(grid: Grid, pieces: Sequence[Piece], shape: Shape) -> Table:
    """The grid with each piece in the cell that holds its middle."""
    held: dict[GridCell, list[Piece]] = {cell: [] for cell in grid.cells}
    for piece in pieces:
        held[_home(grid, piece)].append(piece)
    cells = tuple(
        Cell(cell.row, cell.column, cell.row_span, cell.column_span, _blocks(held[cell], shape), cell.area.box(shape)) for cell in grid.cells
    )
    return Table(grid.rows, grid.columns, cells, grid.area.box(shape))


def blocks_of(pieces: Sequence[Piece], grids: Sequence[Grid], shape: Shape) -> tuple[Paragraph | Table, ...]:
    """All of a page: tables, and paragraphs of what lies outside of them, from top to bottom."""
    inside: dict[int, list[Piece]] = {i: [] for i in range(len(grids))}
    outside = []
    for piece in pieces:
        home = next((i for i, grid in enumerate(grids) if grid.area.holds(*piece.area.centre)), None)
        if home is None:
            outside.append(piece)
        else:
            inside[home].append(piece)
    blocks: list[tuple[float, Paragraph | Table]] = [(grid.area.y0, table_of(grid, inside[i], shape)) for i, grid in enumerate(grids)]
    for rows in paragraphs_of(rows_of(outside), [grid.area for grid in grids]):
        blocks.append((rows[0][0].area.y0, Paragraph(tuple(line_of(row, shape) for row in rows))))
    return tuple(block for _, block in sorted(blocks, key=lambda b: b[0]))


def paragraphs_of(rows: Sequence[Row], tables: Sequence[Area]) -> list[list[Row]]:
    """Rows that one printed paragraph was broken into: the row above reaches the right margin, this one starts at the left one."""
    if not rows:
        return []
    right = max(row[-1].area.x1 for row in rows)
    left = min(row[0].area.x0 for row in rows)
    groups: list[list[Row]] = [[rows[0]]]
    for above, row in pairwise(rows):
        height = row[0].area.height
        gap = row[0].area.y0 - above[0].area.y1
        apart = any(above[0].area.y1 <= table.y0 + height and table.y1 <= row[0].area.y1 for table in tables)
        full = not _gapped(above) and above[-1].area.x1 > right - 2.5 * height and above[0].area.x0 < left + 4 * height
        goes_on = full and row[0].area.x0 < left + height and gap < 1.2 * height and not NUMBERED.match(row[0].reading.text)
        if goes_on and not apart:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _gapped(row: Row) -> bool:
    """Whether wide gaps part the row, as between options or labels, never in prose."""
    return any(b.area.x0 - a.area.x1 > 2 * b.area.height for a, b in pairwise(row))


def _blocks(pieces: Sequence[Piece], shape: Shape) -> tuple[Paragraph | Table, ...]:
    rows = rows_of(pieces)
    return (Paragraph(tuple(line_of(row, shape) for row in rows)),) if rows else ()


def _home(grid: Grid, piece: Piece) -> GridCell:
    """The cell that holds the middle of the piece, else the nearest."""
    x, y = piece.area.centre

    def far(cell: GridCell) -> float:
        area = cell.area
        return max(area.x0 - x, 0, x - area.x1) + max(area.y0 - y, 0, y - area.y1)

    return next((cell for cell in grid.cells if cell.area.holds(x, y)), None) or min(grid.cells, key=far)
