"""The category ticked in a form's head: a line of words, a row of cells, or words with the marks in the row below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block
from extractors.labels import key
from extractors.submission import Field
from extractors.ticks import TICKED, ticked
from parsers.document import Cell, Paragraph, Table
from profiles.profile import FieldRule, FormRule

# A line of categories holds hardly anything else: so many more signs are allowed.
ELSE = 6


def ticked_category(blocks: Sequence[Block], head: FieldRule, form: FormRule, scan: bool) -> tuple[tuple[str, ...], tuple[Field, ...]]:
    """(the words ticked, the field where exactly one is); of several lines the one that names most categories counts."""
    best: tuple[int, tuple[str, ...], Flow | None] = (0, (), None)
    for flow, marked in _candidates(blocks, head, scan):
        named = sum(choice in key(flow.text) for choice in head.choices)
        if named > best[0]:
            best = named, marked, flow
    _, marked, line = best
    if line is None or len(marked) != 1:
        return marked, ()
    return marked, (Field(form.name, head.name, marked[0], line.text, 0, 1.0, line.page, line.box),)


def _candidates(blocks: Sequence[Block], head: FieldRule, scan: bool) -> Iterator[tuple[Flow, tuple[str, ...]]]:
    for page, block in blocks:
        if isinstance(block, Paragraph):
            flow = flow_of(lines_in(block, page), struck=True)
            if _only_categories(flow, head):
                yield flow, ticked(flow, head.choices, scan)
        else:
            yield from _in_table(block, page, head, scan)


def _only_categories(flow: Flow, head: FieldRule) -> bool:
    rest = key(flow.text)
    for word in (*head.choices, head.label, *head.aliases):
        rest = rest.replace(key(word), "")
    return len(rest) <= ELSE and any(key(choice) in key(flow.text) for choice in head.choices)


def _in_table(table: Table, page: int | None, head: FieldRule, scan: bool) -> Iterator[tuple[Flow, tuple[str, ...]]]:
    for row in range(table.rows):
        cells = [cell for cell in table.cells if cell.row == row]
        flow = flow_of((line for cell in cells for block in cell.blocks for line in lines_in(block, page)), struck=True)
        if _only_categories(flow, head):
            yield flow, ticked(flow, head.choices, scan) or _marked_below(table, cells, head)


def _marked_below(table: Table, heads: Sequence[Cell], head: FieldRule) -> tuple[str, ...]:
    """The categories under whose cell a mark stands."""
    found = []
    for choice in head.choices:
        for cell in heads:
            if key(cell.text) == choice and any(
                _is_mark(below.text) for below in table.cells if below.row == cell.row + 1 and below.column == cell.column
            ):
                found.append(choice)
    return tuple(found)


def _is_mark(text: str) -> bool:
    return bool(re.fullmatch(f"[{TICKED}vVxX]", text.strip()))
