"""The cells of ruled forms with their labels, and labels that OCR damaged beyond likeness, told by the labels around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import LCSseq

from extractors.flow import Flow
from extractors.labels import PARTIAL, Label, Lexicon, key, match_remains
from extractors.normal import is_blank, plain
from profiles.profile import FieldRule

# A damaged label has at most so many signs more or less than the printed one.
OFF = 2
# Longer texts are told by their own signs or not at all.
LONGEST = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of the form with its text and where it stands: `table` counts the tables, rows run on through continued ones."""

    flow: Flow
    table: int
    row: int
    column: int
    row_end: int
    column_end: int
    label: Label | None = None

    @property
    def empty(self) -> bool:
        """Nothing written in it."""
        return is_blank(plain(self.flow.text))

    @property
    def colon(self) -> bool:
        """It ends in a colon, as labels do and headings and values do not."""
        return plain(self.flow.text).endswith((":", "："))

    @property
    def labelled(self) -> bool:
        """It holds a label of a field (an anchor that is no field does not count)."""
        return self.label is not None and bool(self.label.rules)


def to_the_right(cell: Placed, cells: Sequence[Placed]) -> list[Placed]:
    """The cells of its row that stand right of it, the nearest first."""
    beside = [c for c in cells if c.table == cell.table and c.row <= cell.row < c.row_end and c.column >= cell.column_end]
    return sorted(beside, key=lambda c: c.column)


def mended_labels(cells: Sequence[Placed], words: Lexicon) -> list[Placed]:
    """The cells, those left of a value with the label of which they hold a part, or which alone is missing between their neighbours'."""
    mended = list(cells)
    found = {rule.name for cell in cells if cell.label for _, rule in cell.label.rules}
    missing = {name for name, rules in words.rules.items() if not any(rule.name in found for _, rule in rules)}
    for number, cell in enumerate(mended):
        if cell.label is None and not cell.empty and _before_a_value(cell, mended):
            label = match_remains(cell.flow, words, missing) or _by_neighbours(mended, number, words)
            mended[number] = replace(cell, label=label) if label else cell
    return mended


def _before_a_value(cell: Placed, cells: Sequence[Placed]) -> bool:
    right = to_the_right(cell, cells)
    return bool(right) and right[0].label is None


def _by_neighbours(cells: Sequence[Placed], number: int, words: Lexicon) -> Label | None:
    """The field that should stand between the labels before and after this cell, the one of which the cell holds most signs."""
    place = _place_of([cell.label for cell in cells[:number] if cell.labelled], words.order)
    first = 0 if place is None else place + 1
    after = next((cell.label for cell in cells[number + 1 :] if cell.label and cell.label.rules), None)
    end = next((i for i in range(first, len(words.order)) if after and words.order[i] in after.rules), len(words.order))
    remains = key(cells[number].flow.text)
    rated = [(LCSseq.similarity(remains, key(rule.label)), (block, rule)) for block, rule in words.order[first:end]]
    fitting = [
        (score, entry)
        for score, entry in rated
        if score >= max(1, len(key(entry[1].label)) // 3) and abs(len(remains) - len(key(entry[1].label))) <= OFF
    ]
    if not fitting or len(remains) > LONGEST:
        return None
    entry = max(fitting, key=lambda pair: pair[0])[1]
    return Label((entry,), (), PARTIAL, cells[number].flow[len(cells[number].flow) :], key(entry[1].label))


def _place_of(before: Sequence[Label | None], order: Sequence[tuple[int, FieldRule]]) -> int | None:
    """Where the last of these labels stands in the form's order, each label taken at its next place."""
    place: int | None = None
    for label in before:
        start = 0 if place is None else place + 1
        fitting = [i for i, entry in enumerate(order) if label is not None and entry in label.rules]
        place = next((i for i in fitting if i >= start), fitting[-1] if fitting else place)
    return place
