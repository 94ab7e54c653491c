"""A form typed without rules: label and value parted by a tab, wide spaces or a colon, as rows of cells like a ruled one's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from extractors.cells import Placed
from extractors.flow import Flow, flow_of, lines_in
from extractors.labels import BRACKETS, Label, Lexicon, match_label
from parsers.document import Line, Paragraph, Run, Table

Block = tuple[int | None, Paragraph | Table]
_GAP = re.compile(r"\t+|[ \u3000]{4,}")
RUNNING = frozenset({"prose", "text", "organisation", "address"})
# A longer text before a colon is no label.
LONGEST = 30


def typed_rows(blocks: Sequence[Block], words: Lexicon, fuzzy: bool) -> list[Placed]:
    """Every line with a label as a row of cells, a line without one as more of the value before it; none where hardly a line has a label."""
    rows: list[list[Placed]] = []
    for page, block in blocks:
        if not isinstance(block, Paragraph) or block.note:
            continue
        for line in lines_in(block, page):
            cells = list(_cells(flow_of([line]), len(rows), words, fuzzy))
            if any(cell.label for cell in cells):
                rows.append(cells)
            elif rows and cells and _is_more(rows[-1], cells[0].flow):
                rows[-1] = _continued(rows[-1], cells[0].flow)
    return [cell for row in rows for cell in row]


def _cells(line: Flow, row: int, words: Lexicon, fuzzy: bool) -> Iterator[Placed]:
    column = 0
    for part in _parts(line):
        for flow, label in _pairs(part, words, fuzzy):
            yield Placed(_own(flow), 0, row, column, row + 1, column + 1, label)
            column += 1


def _parts(line: Flow) -> Iterator[Flow]:
    """The stretches between tabs or wide gaps."""
    start = 0
    for gap in _GAP.finditer(line.text):
        if gap.start() > start:
            yield line[start : gap.start()].strip()
        start = gap.end()
    if start < len(line):
        yield line[start:].strip()


def _pairs(part: Flow, words: Lexicon, fuzzy: bool) -> Iterator[tuple[Flow, Label | None]]:
    """The stretch as one cell, or as label and value for each label that ends with a colon in it."""
    starts = [(start, colon, label) for colon in _colons(part) if (found := _label_before(part, colon, words)) for start, label in [found]]
    if not starts:
        label = match_label(part, words, fuzzy)
        rest = label.rest if label else part[:0]
        yield part, replace(label, rest=rest[:0]) if label and rest.signs else label
        if label and rest.signs:
            yield rest, None
        return
    if starts[0][0] > 0:
        yield part[: starts[0][0]].strip(), None
    for index, (start, colon, label) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(part)
        yield part[start:colon], label
        yield part[colon + 1 : end].strip("_＿"), None


def _colons(part: Flow) -> Iterator[int]:
    yield from (match.start() for match in re.finditer(r"[:：]", part.text))


def _label_before(part: Flow, end: int, words: Lexicon) -> tuple[int, Label] | None:
    """The longest label that ends where the colon stands, and where it begins."""
    for start in range(max(0, end - LONGEST), end - 1):
        if part.signs[start].char.isspace() or (start and re.match(r"\w", part.text[start - 1])):
            continue
        label = match_label(part[start:end], words, fuzzy=False)
        if label and label.rules and not label.rest.signs:
            return start, label
    return None


def _is_more(row: Sequence[Placed], line: Flow) -> bool:
    """Whether a line without a label goes on with the value before it: sentences do, a word or two that head a group do not."""
    label = next((cell.label for cell in reversed(row) if cell.label), None)
    kinds = {rule.kind for _, rule in label.rules} if label else set()
    return bool(kinds & RUNNING) and bool(re.search(r"[，。；、：]", BRACKETS.sub("", line.text)))


def _continued(row: list[Placed], more: Flow) -> list[Placed]:
    """The row with more of its last value."""
    last = row[-1]
    if last.label is not None:
        return [*row, Placed(more, 0, last.row, last.column + 1, last.row_end, last.column + 2)]
    return [*row[:-1], replace(last, flow=flow_of([*last.flow.lines, *more.lines]))]


def _own(part: Flow) -> Flow:
    """The part of a line as a line of its own."""
    runs = tuple(
        Run("".join(sign.char for sign in signs), *look)
        for look, signs in groupby(part.signs, key=lambda sign: (sign.bold, sign.underlined, sign.struck))
    )
    return flow_of([(part.page, Line(runs, part.box, part.confidence, part.seconds))])
