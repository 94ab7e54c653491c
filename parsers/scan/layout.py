"""Pieces of text → lines → cells of tables and paragraphs beside them, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

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
    text, area = row[0].reading.text, row[0].area
    for before, piece in pairwise(row):
        gap = piece.area.x0 - before.area.x1
        text += ("" if gap < 0.4 * piece.area.height else "  ") + piece.reading.text
        area = area.union(piece.area)
    letters = sum(len(p.reading.sure) for p in row)
    confidence = sum(sum(p.reading.sure) for p in row) / max(1, letters)
    return Line((Run(text),), area.box(shape), round(confidence, 4))


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
        full = above[-1].area.x1 > right - 2.5 * height and above[0].area.x0 < left + 4 * height
        goes_on = full and row[0].area.x0 < left + height and gap < 2 * height and not NUMBERED.match(row[0].reading.text)
        if goes_on and not apart:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _blocks(pieces: Sequence[Piece], shape: Shape) -> tuple[Paragraph | Table, ...]:
    rows = rows_of(pieces)
    return (Paragraph(tuple(line_of(row, shape) for row in rows)),) if rows else ()


def _home(grid: Grid, piece: Piece) -> GridCell:
    """The cell that holds the middle of the piece, else the nearest."""
    x, y = piece.area.centre

    def far(cell: GridCell) -> float:
        area = cell.area
        return max(area.x0 - x, 0, x - area.x1) + max(area.y0 - y, 0, y - area.y1)

    return min(grid.cells, key=far)
