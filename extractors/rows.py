"""The 汇总表: a head of labelled lines and a table with one project a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from extractors.cells import Placed
from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block, labelled_parts, place_cells
from extractors.labels import Label, Lexicon, lexicon
from extractors.normal import is_blank, plain
from extractors.submission import Field
from extractors.values import fields_of
from parsers.document import Paragraph, Table
from profiles.profile import FieldRule, FormRule

# A row of labels is the table's head when it names at least so many columns.
HEAD_LABELS = 3
# What stands first in a row that sums up those above it.
_TOTAL = re.compile(r"(?:合|小|总|共)计[:：]?\d*[个项]?")


def read_rows(blocks: Sequence[Block], form: FormRule, scan: bool) -> tuple[Field, ...]:
    """The fields of the head (row 0) and of every row (from 1); rows with nothing but a number, or that sum up, are none."""
    words = lexicon(form)
    cells = place_cells(blocks, words, scan)
    head_row = _head_row(cells)
    found: list[Field] = []
    for rule, flow in _head(blocks, cells, head_row, words):
        if rule.name not in {field.field for field in found}:
            found += fields_of(form.name, rule, flow, scan)
    if head_row is None:
        return tuple(found)
    number = 0
    for row in _rows(cells, head_row):
        if _sums_up(row):
            continue
        fields = [field for rule, flow in row for field in fields_of(form.name, rule, flow, scan, number + 1)]
        if any(rule.kind != "sequence" for rule, _ in row if any(field.field == rule.name for field in fields)):
            found += fields
            number += 1
    return tuple(found)


def _sums_up(row: Sequence[tuple[FieldRule, Flow]]) -> bool:
    first = next((text for _, flow in row if (text := plain(flow.text))), "")
    return bool(_TOTAL.fullmatch(first))


def _head_row(cells: Sequence[Placed]) -> int | None:
    """The first row that names enough columns."""
    for row in sorted({cell.row for cell in cells}):
        if len(column_names([cell.label for cell in cells if cell.row == row and cell.label])) >= HEAD_LABELS:
            return row
    return None


def column_names(labels: Iterable[Label]) -> set[str]:
    """The fields whose columns these labels head: a label of the head (报送单位联系人) is none."""
    return {rule.name for label in labels if (rule := _column(label))}


def _column_rule(cell: Placed) -> FieldRule | None:
    """What the column under this label holds."""
    return _column(cell.label) if cell.label else None


def _column(label: Label) -> FieldRule | None:
    return None if label.rest.signs else next((rule for block, rule in label.rules if block > 0), None)


def _head(blocks: Sequence[Block], cells: Sequence[Placed], head_row: int | None, words: Lexicon) -> Iterator[tuple[FieldRule, Flow]]:
    """`label：value` outside the table, in its cells above and below the rows, and labels with the value in the next cell."""
    for page, block in blocks:
        if isinstance(block, Paragraph):
            yield from labelled_parts(flow_of(lines_in(block, page)), words, 0)
    for cell in cells:
        parts = list(labelled_parts(cell.flow, words, 0))
        beside = [c for c in cells if c.row <= cell.row < c.row_end and c.column == cell.column_end and c.label is None]
        if parts:
            yield from ((rule, beside[0].flow if is_blank(plain(value.text)) and beside else value) for rule, value in parts)
        elif cell.label and (head_row is None or cell.row < head_row):
            rule = next((rule for number, rule in cell.label.rules if number == 0), None)
            if rule and beside:
                yield rule, beside[0].flow


def _rows(cells: Sequence[Placed], head_row: int) -> Iterator[list[tuple[FieldRule, Flow]]]:
    """Each row below a head: (rule of the column, what stands in it); notes over the whole width are no rows."""
    columns: list[tuple[Placed, FieldRule]] = []
    width = max(cell.column_end for cell in cells)
    for row in sorted({r for cell in cells for r in range(cell.row, cell.row_end) if r >= head_row}):
        here = [cell for cell in cells if cell.row <= row < cell.row_end]
        heads = [(cell, rule) for cell in here if (rule := _column_rule(cell))]
        if len(heads) >= HEAD_LABELS:
            columns = heads
        elif not any(cell.column_end - cell.column > width / 2 for cell in here):
            yield [(rule, _under(head, here)) for head, rule in columns]


def _under(head: Placed, row: Sequence[Placed]) -> Flow:
    """What stands in the row under this head: the cell that shares most of its width."""
    shared = [(min(c.column_end, head.column_end) - max(c.column, head.column), c) for c in row]
    best = max(shared, key=lambda pair: pair[0], default=None)
    return best[1].flow if best and best[0] > 0 else head.flow[:0]


def has_rows(table: Table, form: FormRule, scan: bool) -> bool:
    """Whether this table has the head row of the form."""
    return _head_row(place_cells([(None, table)], lexicon(form), scan)) is not None
