"""Where the cells of a Word table stand: rows of spans and merges → one grid (ECMA-376 part 1, 17.4).

Columns come from the spans where all rows add up alike, else from the cell widths; a cell that continues the one above
lengthens it. The result covers each grid position at most once, whatever was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

Merge = Literal["none", "restart", "continue"]

MOST_SPAN: Final = 256
TOLERANCE: Final = 60
"""Twips (1/20 pt) by which edges of different rows may differ and still be one: about 1 mm."""


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """A cell as written: `span` columns, its part in a vertical `merge`, `width` in twips (0 unknown), its content."""

    span: int
    merge: Merge
    width: int
    content: Any


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row as written: grid columns left empty `before` and `after` it, the width before it in twips, its cells."""

    before: int
    after: int
    before_width: int
    cells: tuple[WrittenCell, ...]

    @property
    def total(self) -> int:
        """Columns it claims."""
        return self.before + sum(cell.span for cell in self.cells) + self.after


@dataclass(slots=True)
class Place:
    """A cell on the grid (0-based) with its spans and its content; `open` to be continued by a cell below."""

    row: int
    column: int
    row_span: int
    column_span: int
    content: Any
    open: bool

    @property
    def columns(self) -> range:
        """The columns it covers."""
        return range(self.column, self.column + self.column_span)


def place(rows: Sequence[WrittenRow]) -> list[Place]:
    """The cells on their grid in reading order; cost linear in cells and spans."""
    spans = _by_widths(rows) if len({row.total for row in rows}) > 1 else None
    spans = spans or [_by_spans(row) for row in rows]
    places: list[Place] = []
    above: list[Place] = []
    for number, (row, ranges) in enumerate(zip(rows, spans, strict=True)):
        above = _place_row(number, row, ranges, above)
        places += (p for p in above if p.row == number)
    return places


def _place_row(number: int, row: WrittenRow, ranges: list[range], above: list[Place]) -> list[Place]:
    """The places that row `number` reaches: those above that it continues, lengthened, and its own, from left to right."""
    continuing = {column for cell, columns in zip(row.cells, ranges, strict=True) if cell.merge == "continue" for column in columns}
    longer = [p for p in above if p.open and continuing.issuperset(p.columns)]
    for found in longer:
        found.row_span += 1
    covered = {column for p in longer for column in p.columns}
    own = [
        Place(number, columns.start, 1, len(columns), cell.content, cell.merge != "none")
        for cell, columns in zip(row.cells, ranges, strict=True)
        if not (cell.merge == "continue" and covered.intersection(columns))
    ]
    return sorted([*longer, *own], key=lambda p: p.column)


def _by_spans(row: WrittenRow) -> list[range]:
    ranges, column = [], row.before
    for cell in row.cells:
        ranges.append(range(column, column + cell.span))
        column += cell.span
    return ranges


def _by_widths(rows: Sequence[WrittenRow]) -> list[list[range]] | None:
    """Columns from the cells' widths, None unless every cell has one and keeps at least one column of its own."""
    if any(cell.width <= 0 for row in rows for cell in row.cells) or any(row.before and row.before_width <= 0 for row in rows):
        return None
    edges = [_edges(row) for row in rows]
    columns = _columns({edge for row in edges for edge in row})
    ranges = [[range(columns[a], columns[b]) for a, b in pairwise(row)] for row in edges]
    return ranges if all(len(r) for row in ranges for r in row) else None


def _edges(row: WrittenRow) -> list[int]:
    edges = [row.before_width]
    for cell in row.cells:
        edges.append(edges[-1] + cell.width)
    return edges


def _columns(edges: set[int]) -> dict[int, int]:
    """The grid line of each edge: edges within the tolerance of the first of them are one line."""
    columns: dict[int, int] = {}
    first, line = None, -1
    for edge in sorted(edges):
        if first is None or edge - first > TOLERANCE:
            first, line = edge, line + 1
        columns[edge] = line
    return columns
