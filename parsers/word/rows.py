"""The rows and cells of a `w:tbl` as they are written: spans, merges, widths (ECMA-376 part 1, 17.4)."""

from __future__ import annotations

from parsers.word.flat import flat
from parsers.word.grid import MOST_SPAN, Merge, WrittenCell, WrittenRow
from parsers.word.names import Element, W, number, settings, val

_ROW, _CELL, _TCPR, _SPAN, _WIDTH, _VMERGE = (W + name for name in ("tr", "tc", "tcPr", "gridSpan", "tcW", "vMerge"))


def written_rows(table: Element) -> list[WrittenRow]:
    """The rows of a `w:tbl` that were not deleted."""
    return [_written_row(row) for row in flat(table) if row.tag == _ROW and not _deleted(row)]


def _deleted(row: Element) -> bool:
    trpr = row.find(W + "trPr")
    return trpr is not None and trpr.find(W + "del") is not None


def _written_row(row: Element) -> WrittenRow:
    said = settings(row.find(W + "trPr"))
    cells: list[WrittenCell] = []
    for element in flat(row):
        if element.tag != _CELL:
            continue
        properties = settings(element.find(_TCPR))
        if W + "cellDel" in properties:
            continue
        cell = WrittenCell(_count(properties.get(_SPAN), 1), _merge(properties), _width(properties.get(_WIDTH)), element)
        if cells and _continues(properties.get(W + "hMerge")):
            left = cells.pop()
            cell = WrittenCell(min(left.span + cell.span, MOST_SPAN), left.merge, left.width + cell.width, left.content)
        cells.append(cell)
    before, after = _count(said.get(W + "gridBefore"), 0), _count(said.get(W + "gridAfter"), 0)
    return WrittenRow(before, after, _width(said.get(W + "wBefore")), tuple(cells))


def _count(element: Element | None, least: int) -> int:
    """A number of columns, within sense."""
    return least if element is None else min(max(number(val(element), least), least), MOST_SPAN)


def _merge(properties: dict[str, Element]) -> Merge:
    vertical, tracked = properties.get(_VMERGE), properties.get(W + "cellMerge")
    if _continues(vertical) or (tracked is not None and tracked.get(W + "vMerge") == "cont"):
        return "continue"
    return "none" if vertical is None and tracked is None else "restart"


def _continues(element: Element | None) -> bool:
    """Whether a merge element is there and does not say `restart`."""
    return element is not None and val(element) != "restart"


def _width(element: Element | None) -> int:
    """A width in twips, 0 when it is not given in twips."""
    return number(element.get(W + "w")) if element is not None and element.get(W + "type", "dxa") == "dxa" else 0
