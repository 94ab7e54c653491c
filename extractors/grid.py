"""Ruled forms: labels and values by the labels' words and who stands beside whom, never by grid index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from extractors.cells import Placed, mended_labels, to_the_right
from extractors.flow import Flow, flow_of, lines_in
from extractors.labels import PARTIAL, Label, Lexicon, key, lexicon, match_label
from extractors.normal import is_blank, plain
from extractors.typed import typed_rows
from parsers.document import Cell, Paragraph, Table
from profiles.profile import FieldRule, FormRule

STRUCTURED = frozenset(
    {"year", "date", "period", "mobile", "phone", "postcode", "id_number", "amount", "count", "sequence", "email", "certificate_number"}
)
# A label of so many signs is told where it stands right behind a value.
GLUED = 4
# A period, a date may be spread over cells: 起, its year, its month, 至, the other end.
SPREAD = frozenset({"period", "date"})
_DATED = r"[\d年月日号.\-/至到起止始自从由今~—–－－开结束间时：:]+"
_FITS = {
    "year": r"(19|20)\d\d年?度?",
    "date": r".*(19|20)\d\d.*",
    "period": r".*(19|20)\d\d.*",
    "mobile": r"[\d\-()+ ]{7,}",
    "phone": r"[\d\-()+、/ ]{7,}",
    "postcode": r"\d{6}",
    "id_number": r"[\dXx*]{15,18}",
    "amount": r"[\d.,]+.{0,4}",
    "count": r"\d+.?",
    "email": r"\S+@\S+",
}


@dataclass
class _State:
    """Where the reading stands: the block it is in, which fields have had their label, the last field and the table it was in."""

    block: int = 0
    last: str = ""
    table: int = 0
    seen: set[str] = field(default_factory=set)
    values: dict[str, tuple[FieldRule, Flow]] = field(default_factory=dict)


Block = tuple[int | None, Paragraph | Table]


def read_grid(blocks: Sequence[Block], form: FormRule, fuzzy: bool) -> dict[str, tuple[FieldRule, Flow]]:
    """Field name → (its rule, what is written), for every label of the form that was found; the value may be empty.

    `blocks` are the form's (page, block) in reading order. `fuzzy` allows for misread labels.
    """
    words = lexicon(form)
    state = _State()
    cells = place_cells(blocks, words, fuzzy)
    if not any(cell.labelled for cell in cells):
        cells = _without_false_labels(typed_rows(blocks, words, fuzzy))
    for cell in cells:
        if cell.label is not None:
            _take(cell, cells, state)
        else:
            _continue(cell, cells, state)
    for page, block in blocks:
        if isinstance(block, Paragraph):
            _take_paragraph(flow_of(lines_in(block, page)), words, state)
    return state.values


def place_cells(blocks: Sequence[Block], words: Lexicon, fuzzy: bool) -> list[Placed]:
    """Every cell of the tables with its label, in reading order."""
    placed: list[Placed] = []
    offset, number = 0, -1
    for page, block in blocks:
        if not isinstance(block, Table):
            continue
        number += 1
        for cell in block.cells:
            placed.append(_placed(cell, page, number, offset, words, fuzzy))
        offset += block.rows
    return _without_false_labels(mended_labels(placed, words) if fuzzy else placed)


def _without_false_labels(cells: list[Placed]) -> list[Placed]:
    """A value that reads like a label (其他 as a field of work) is a value: where there are more such cells than fields, and it stands
    between a label and another label or the end of the row."""
    counts = Counter(cell.label.rules for cell in cells if cell.label and cell.label.rules)
    return [
        replace(c, label=None)
        if c.label
        and c.label.rules
        and ((counts[c.label.rules] > len(c.label.rules) and _hemmed(c, cells)) or (_hemmed(c, cells) and _only_value(c, cells)))
        else c
        for c in cells
    ]


def _only_value(cell: Placed, cells: Sequence[Placed]) -> bool:
    """Whether the label to the left would have no value without this cell: none in its own cell, none below it."""
    left = [c for c in cells if c.table == cell.table and c.row <= cell.row < c.row_end and c.column_end == cell.column and c.labelled]
    if not left or cell.colon:
        return False
    return not any(part.label.rest.signs for part in (cell, left[0]) if part.label) and not column_below(left[0], cells)


def _hemmed(cell: Placed, cells: Sequence[Placed]) -> bool:
    """Whether it stands right of a label and before another label or the row's end, or below a label in a row of labels; a label with its
    value in its own cell hems nothing in."""
    left = [c for c in cells if c.table == cell.table and c.row <= cell.row < c.row_end and c.column_end == cell.column]
    right = to_the_right(cell, cells)
    row = [c for c in cells if c.table == cell.table and c.row == cell.row and not c.empty]
    if all(c.label and not c.label.rest.signs for c in row) and len(row) > 2:
        return False
    if any(_wants_value(c) for c in left) and (not right or right[0].label is not None or _unused(right, cells)):
        return True
    above = [c for c in cells if c.table == cell.table and c.row_end == cell.row and c.column == cell.column and _wants_value(c)]
    beside = [c for c in cells if above and c.table == cell.table and c.row == above[0].row and not c.empty]
    return bool(above) and all(c.label is not None for c in beside) and len(beside) > 1 and not any(c.labelled for c in left)


def _wants_value(cell: Placed) -> bool:
    """Whether it is the label of a field and holds nothing else."""
    return cell.label is not None and cell.labelled and is_blank(plain(cell.label.rest.text))


def _unused(right: Sequence[Placed], cells: Sequence[Placed]) -> bool:
    """Whether nothing stands to the right but the table's last column, in which nobody wrote anything (for remarks)."""
    edge = right[0].column
    return len(right) == 1 and all(c.empty for c in cells if c.table == right[0].table and c.column_end > edge and c.column >= edge)


def _placed(cell: Cell, page: int | None, number: int, offset: int, words: Lexicon, fuzzy: bool) -> Placed:
    flow = flow_of(line for block in cell.blocks for line in lines_in(block, page))
    row, column = cell.row + offset, cell.column
    return Placed(flow, number, row, column, row + cell.row_span, column + cell.column_span, match_label(flow, words, fuzzy))


def _take(cell: Placed, cells: Sequence[Placed], state: _State) -> None:
    """Gives the label of this cell its field, and the field its value."""
    assert cell.label is not None  # noqa: S101  the caller asked
    covering = _covering_anchor(cell, cells)
    if not cell.label.rules:
        if covering is None:
            state.block = min(cell.label.anchors)
        return
    chosen = _choose(cell.label, state, covering)
    if chosen is None:
        _second_half(cell, cells, state)
        return
    state.block, rule = chosen
    values = _values(cell, cells, rule)
    if _is_heading(cell, cells, values):
        return
    _keep(state, rule, values[0])
    state.last, state.table = rule.name, cell.table
    same = [r for b, r in cell.label.rules if b > state.block and r.name not in state.seen]
    for other, value in zip(same, values[1:], strict=False):
        _keep(state, other, value)


def _is_heading(cell: Placed, cells: Sequence[Placed], values: Sequence[Flow]) -> bool:
    """Whether these words of a label name a part of the form (第一完成单位, 第一完成人) and are said again in a label of it: alone in their
    row without a colon or a value, or over several rows that each begin with a label."""
    assert cell.label is not None  # noqa: S101
    if not any(c.label and c is not cell and c.row_end > cell.row and set(c.label.rules) & set(cell.label.rules) for c in cells):
        return False
    beside = [c for c in cells if c.table == cell.table and c.column == cell.column_end and cell.row <= c.row < cell.row_end]
    if len(beside) > 1 and is_blank(plain(cell.label.rest.text)) and all(c.labelled for c in beside):
        return True
    alone = len([c for c in cells if c.table == cell.table and c.row == cell.row]) == 1
    return alone and not cell.colon and len(cell.label.rules) == 1 and all(is_blank(plain(value.text)) for value in values)


def _second_half(cell: Placed, cells: Sequence[Placed], state: _State) -> None:
    """The rest of a label that a page break cut in two: what stands beside it goes on with the last field's value."""
    right = to_the_right(cell, cells)
    if (
        cell.label
        and cell.label.score == PARTIAL
        and any(rule.name == state.last for _, rule in cell.label.rules)
        and right
        and not right[0].label
    ):
        rule, value = state.values[state.last]
        state.values[state.last] = (rule, flow_of([*value.lines, *right[0].flow.lines]))


def _keep(state: _State, rule: FieldRule, value: Flow) -> None:
    state.seen.add(rule.name)
    kept = state.values.get(rule.name)
    if kept is None or is_blank(plain(kept[1].text)):
        state.values[rule.name] = (rule, value)


def _continue(cell: Placed, cells: Sequence[Placed], state: _State) -> None:
    """Text that runs over into the first row of a further table, where the label's cell is empty, belongs to the last field."""
    if cell.table <= state.table or cell.empty or state.last not in state.values:
        return
    row = [c for c in cells if c.table == cell.table and c.row == cell.row]
    first = min(c.row for c in cells if c.table == cell.table)
    if cell.row != first or any(c.label for c in row) or sum(not c.empty for c in row) != 1 or cell.column == 0 or to_the_right(cell, cells):
        return
    rule, value = state.values[state.last]
    if rule.kind in {"prose", "text", "organisation"}:
        state.values[state.last] = (rule, flow_of([*value.lines, *cell.flow.lines]))


def _covering_anchor(cell: Placed, cells: Sequence[Placed]) -> int | None:
    """The block of the group cell to the left that spans this cell's row, if there is one."""
    for other in cells:
        if (
            other.label
            and other.label.anchors
            and not other.label.rules
            and other.table == cell.table
            and other.row <= cell.row < other.row_end
        ):
            return min(other.label.anchors)
    return None


def _choose(label: Label, state: _State, covering: int | None) -> tuple[int, FieldRule] | None:
    """Which of the fields with this label is meant, by the block it stands in and what was seen before."""
    fresh = [(block, rule) for block, rule in label.rules if rule.name not in state.seen]
    start = state.block
    if covering is not None and not (state.block > covering and any(block == state.block for block, _ in label.rules)):
        start = covering
    here = [entry for entry in fresh if entry[0] == start]
    anchored = [entry for entry in fresh if entry[0] in label.anchors and entry[0] > start]
    later = [entry for entry in fresh if entry[0] > start]
    return next(iter(here or anchored or later or fresh), None)


def _values(cell: Placed, cells: Sequence[Placed], rule: FieldRule) -> list[Flow]:
    """What belongs to the label: the rest of its own cell, the cells to its right, else those below; at least one, perhaps empty."""
    assert cell.label is not None  # noqa: S101
    rest = cell.label.rest
    if key(rest.text) == cell.label.word:  # the same label twice, where a rule between two rows was lost
        rest = rest[len(rest) :]
    if not is_blank(plain(rest.text)):
        return [rest]
    right = to_the_right(cell, cells)
    if right and right[0].label is None:
        beside = list(takewhile(lambda c: c.label is None, right))
        value = _joined([*beside, *_in_further_rows(cell, cells)] if rule.kind in SPREAD else beside, rule)
        spilt = key(cell.flow.text) != cell.label.word and key(cell.flow.text) + key(value.text) == cell.label.word
        return [value[:0] if spilt else value]
    return [_with_boxes(below, cell, cells) for below in column_below(cell, cells)] or [rest]


def _in_further_rows(cell: Placed, cells: Sequence[Placed]) -> list[Placed]:
    """The cells beside a label of several rows that stand in its second row and below, each row up to its first label."""
    found: list[Placed] = []
    for row in range(cell.row + 1, cell.row_end):
        beside = sorted((c for c in cells if c.table == cell.table and c.row == row and c.column >= cell.column_end), key=lambda c: c.column)
        if beside and beside[0].column == cell.column_end:
            found += takewhile(lambda c: c.label is None, beside)
    return found


def _with_boxes(below: Placed, label: Placed, cells: Sequence[Placed]) -> Flow:
    """What stands in a cell below a label, with the further boxes under the label where each holds a sign or two."""
    row = [c for c in cells if c.table == below.table and c.row == below.row and label.column <= c.column < label.column_end]
    if len(row) > 2 and all(c.label is None and len(plain(c.flow.text)) <= 2 for c in row):
        return _concat(sorted(row, key=lambda c: c.column))
    return below.flow


def column_below(cell: Placed, cells: Sequence[Placed]) -> list[Placed]:
    """The cells under a label that stands in a head row: down to the next label, none where the row has a label of its own or they reach
    under the next label."""
    column = sorted((c for c in cells if c.table == cell.table and c.column == cell.column and c.row >= cell.row_end), key=lambda c: c.row)
    found: list[Placed] = []
    for below in column:
        if below.row != (found[-1].row_end if found else cell.row_end) or below.label or _has_left_label(below, cells):
            break
        if _reaches_under_another(below, cell, cells) or _groups_labels(below, cell, cells):
            break
        found.append(below)
    return found


def _reaches_under_another(below: Placed, cell: Placed, cells: Sequence[Placed]) -> bool:
    """Whether a cell below a label stands below the next label of its row too, and so is the value of neither."""
    right = to_the_right(cell, cells)
    return bool(right) and right[0].labelled and right[0].column < below.column_end


def _groups_labels(below: Placed, cell: Placed, cells: Sequence[Placed]) -> bool:
    """Whether a cell below a label is the group name of labels that stand beside it, under the same label."""
    return any(c.labelled and c.column < cell.column_end for c in to_the_right(below, cells))


def _joined(run: Sequence[Placed], rule: FieldRule) -> Flow:
    """The value cell, with those after it where a value is spread over several (a box a digit, a cell a choice)."""
    first, others = run[0], run[1:]
    if not others:
        return first.flow
    if rule.choices:
        return _concat(run)
    if rule.kind in SPREAD:
        return _concat([c for c in run if not c.empty and (c is first or re.fullmatch(_DATED, plain(c.flow.text)))])
    if rule.kind in {"mobile", "phone"} and re.fullmatch(r"[(]?0\d{2,3}[)]?-?", plain(first.flow.text)):
        return _concat(run[:2])
    if rule.kind in STRUCTURED:
        if all(len(plain(c.flow.text)) <= 2 for c in run):
            return _concat(run)
        fits = [c for c in run if re.fullmatch(_FITS.get(rule.kind, ".+"), plain(c.flow.text))]
        if first.empty and fits:
            return fits[0].flow
    if first.empty and len(others) == 1 and not others[0].empty:
        return others[0].flow
    return first.flow


def _concat(cells: Sequence[Placed]) -> Flow:
    lines = [line for cell in cells for line in cell.flow.lines]
    return flow_of(lines)


def _has_left_label(cell: Placed, cells: Sequence[Placed]) -> bool:
    left = [c for c in cells if c.table == cell.table and c.row <= cell.row < c.row_end and c.column_end <= cell.column]
    return any(c.labelled for c in left)


def _take_paragraph(flow: Flow, words: Lexicon, state: _State) -> None:
    """`label：value` in running text, several in a line; only for fields that no cell has given."""
    for rule, value in labelled_parts(flow, words):
        if rule.name not in state.seen and not is_blank(plain(value.text)):
            state.values[rule.name] = (rule, value)


def labelled_parts(flow: Flow, words: Lexicon, block: int | None = None) -> Iterable[tuple[FieldRule, Flow]]:
    """Each `label：value` of running text, the value up to the next label, within its line unless it is prose; only of `block` if given."""
    starts: list[tuple[int, int, FieldRule]] = []
    for match in re.finditer(r"[:：]|[ 　](?=[\d（(])", flow.text):
        open_line = bool(starts) and "\n" not in flow.text[starts[-1][1] : match.start()]
        if match[0].isspace() and not open_line:  # a colon may be missing before figures, but not the first of a line
            continue
        found = _label_before(flow, match.start(), words, block, glued=open_line)
        if found:
            starts.append((found[0], match.end(), found[1]))
    for index, (_, value_start, rule) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(flow)
        value = flow[value_start:end].strip("_＿")
        line_end = value.text.find("\n")
        yield rule, value if rule.kind == "prose" or line_end < 0 else value[:line_end].strip("_＿")


def _label_before(flow: Flow, end: int, words: Lexicon, block: int | None, glued: bool) -> tuple[int, FieldRule] | None:
    """The longest label that ends where the colon stands, and where it begins; a long one may be `glued` to the value before it, where a
    scan lost the gap between them."""
    for start in range(max(0, end - 30), end - 1):
        head = flow[start:end]
        inside = bool(start) and bool(re.match(r"\w", flow.text[start - 1]))
        if head.signs[0].char.isspace() or (inside and not (glued and len(head) >= GLUED and head.text in words.rules)):
            continue
        label = match_label(head, words, fuzzy=False)
        rules = [rule for number, rule in label.rules if block in (None, number)] if label and not label.rest.signs else []
        if rules:
            return start, rules[0]
    return None
