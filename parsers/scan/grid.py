"""Ruled grids: rules → regions between them → boundaries → cells with their spans.

A cell is a region of paper that rules close in on all sides; its place in the grid follows from which boundaries it
touches. Own finder (design.md: 100 % of cells on colour scans and phone photos, where img2table had 94 and 17 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.scan.colour import Mask
from parsers.scan.components import Component, components
from parsers.scan.pictures import Area, Picture

SHORTEST_ACROSS, SHORTEST_DOWN = 60, 40
"""The shortest rule that counts, in pixels of the working page: longer than any stroke of a 16 pt character."""

PIECE = 36
"""A rule shows at least this many pixels without a break; the strokes of small print are shorter."""

GAP = 25
"""A break of this many pixels in a rule is bridged."""

THICKEST = 14
"""A rule is at most this thick; what is thicker is a bar, a shadow or an edge."""

NARROWEST, LOWEST = 300, 50
"""A table is at least this wide and high (38 × 6 mm)."""

ONE_ROW, FILLED = 100, 0.85
"""A grid lower than this is a table only when its cells take most of its width: two lines below words run on past the strokes between them."""

LONGEST_IN_PRINT = 700
"""No chain of characters' strokes gets this long."""

UNDERLINE = 90
"""The shortest line below words, unbroken."""

INKY = 0.3
"""A stroke with ink along more than this share of both its sides is part of stacked characters, no rule."""

FULL = 0xFFFFFFFF
"""Four pixels of ink as one word."""

SMALLEST_CELL = 14
TOUCH = 16
"""Boundaries closer than this are one."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Masks of the rules on a page: `across` (horizontal), `down` (vertical), and `under`: lines below words, in no grid."""

    across: Mask
    down: Mask
    under: Mask | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: its place in the grid (0-based), its spans, and the paper it encloses in pixels."""

    row: int
    column: int
    row_span: int
    column_span: int
    area: Area


@dataclass(frozen=True, slots=True)
class Grid:
    """A table found on the page. `cells` in reading order."""

    rows: int
    columns: int
    cells: tuple[GridCell, ...]
    area: Area


def darkness(grey: Picture, reduced: int = 1) -> Mask:
    """Where the page is darker than its surroundings: print, writing, rules. `reduced`: the picture's fraction of working size."""
    soft = cv2.GaussianBlur(grey, (3, 3), 0) if reduced == 1 else grey
    return np.asarray(cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 18), np.uint8)


def find_rules(dark: Mask, reduced: int = 1) -> Rules:
    """The long straight strokes of a page (and a few of large characters). `reduced`: the mask's fraction of working size."""
    down, piece, gap = np.asarray(cv2.transpose(dark), np.uint8), PIECE // reduced, GAP // reduced
    across = _bare(_strokes(dark, SHORTEST_ACROSS // reduced, piece, gap), dark)
    upright = _bare(_strokes(down, SHORTEST_DOWN // reduced, piece, gap), down)
    return Rules(across, np.asarray(cv2.transpose(upright), np.uint8))


def clean_rules(rules: Rules, grids: Sequence[Grid], dark: Mask) -> Rules:
    """Only what surely is a rule: the lines between the cells of a grid, and unbroken underlines elsewhere."""
    between = np.zeros_like(dark)
    for grid in grids:
        _fill(between, grid.area.grown(4), 255)
    for grid in grids:
        for cell in grid.cells:
            _fill(between, cell.area.grown(-3), 0)
    elsewhere = np.zeros_like(dark)
    rows = rows_with_runs(dark, UNDERLINE)
    elsewhere[rows] = _opened(dark[rows], UNDERLINE)
    for grid in grids:
        _fill(elsewhere, grid.area.grown(4), 0)
    return Rules(cv2.bitwise_and(rules.across, between), cv2.bitwise_and(rules.down, between), elsewhere)


def find_grids(rules: Rules) -> tuple[Grid, ...]:
    """The tables that the rules form, from top to bottom. Rules that close nothing in (underlines) make none."""
    lines = cv2.dilate(rules.across, np.ones((3, 9), np.uint8)) | cv2.dilate(rules.down, np.ones((9, 3), np.uint8))
    grids = []
    for net in components(np.asarray(lines, np.uint8)):
        if net.area.width < NARROWEST or net.area.height < LOWEST:
            continue
        cells = _cells(net)
        if len(cells) >= 2 and _framed(net, _around(cells)):
            grids.append(build_grid(cells))
    return tuple(sorted(grids, key=lambda g: (g.area.y0, g.area.x0)))


def build_grid(areas: Sequence[Area]) -> Grid:
    """The grid whose cells cover these areas: boundaries are where edges of several cells fall together."""
    across = _boundaries([a.x0 for a in areas], [a.x1 for a in areas])
    down = _boundaries([a.y0 for a in areas], [a.y1 for a in areas])
    cells: list[GridCell] = []
    taken: set[tuple[int, int]] = set()
    for area in sorted(areas, key=lambda a: (a.y0, a.x0)):
        left, right = _nearest(across, area.x0), _nearest(across, area.x1)
        top, bottom = _nearest(down, area.y0), _nearest(down, area.y1)
        column_span, row_span = max(1, right - left), max(1, bottom - top)
        places = {(r, c) for r in range(top, top + row_span) for c in range(left, left + column_span)}
        if places & taken:
            continue
        taken |= places
        cells.append(GridCell(top, left, row_span, column_span, area))
    whole = _around(areas)
    cells.sort(key=lambda c: (c.row, c.column))
    rows = max(max(c.row + c.row_span for c in cells), len(down) - 1)
    columns = max(max(c.column + c.column_span for c in cells), len(across) - 1)
    return Grid(rows, columns, tuple(cells), whole.grown(3))


def _strokes(dark: Mask, shortest: int, piece: int, gap: int) -> Mask:
    """Horizontal strokes at least `shortest` long and at most `THICKEST` thick, joined from pieces over gaps."""
    thick = np.asarray(cv2.dilate(dark, np.ones((3, 1), np.uint8)), np.uint8)
    rows = rows_with_runs(thick, piece)
    long = np.zeros_like(dark)
    if not len(rows):
        return long
    joined = cv2.morphologyEx(_opened(thick[rows], piece), cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    found = _opened(np.asarray(joined, np.uint8), shortest)
    inked = np.flatnonzero(found.any(axis=1))
    long[rows[inked]] = found[inked]
    if not cv2.hasNonZero(cv2.erode(long, np.ones((THICKEST, 1), np.uint8))):
        return long
    bars = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((THICKEST, piece), np.uint8))
    return np.asarray(cv2.bitwise_and(long, cv2.bitwise_not(cv2.dilate(bars, np.ones((5, 5), np.uint8)))), np.uint8)


def rows_with_runs(mask: Mask, length: int) -> NDArray[np.intp]:
    """The rows that may hold `length` pixels (9 at least) without a break: all others need no look at every pixel.

    Told from fours of pixels, as words of memory: so many full ones lie on either side of the middle of such a run, also of one that the
    mask's edge cuts off.
    """
    whole = cv2.copyMakeBorder(mask, 0, 0, 0, -mask.shape[1] % 4, cv2.BORDER_CONSTANT, value=255)
    fours = (whole.view(np.uint32) == FULL).view(np.uint8)
    beside = ((length - 1) // 2 - 3) // 4
    return np.flatnonzero(cv2.erode(fours, np.ones((1, 2 * beside + 1), np.uint8)).any(axis=1))


def _opened(rows: Mask, length: int) -> Mask:
    """The runs of at least that length, row by row."""
    return np.asarray(cv2.morphologyEx(rows, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8) if len(rows) else rows


def _bare(strokes: Mask, dark: Mask) -> Mask:
    """The strokes (horizontal) that have paper along at least one side."""
    kept = strokes.copy()
    for stroke in components(strokes):
        area = stroke.area
        if area.width > LONGEST_IN_PRINT:
            continue
        own = stroke.mask() > 0
        top, bottom = area.y0 + own.argmax(axis=0), area.y1 - 1 - own[::-1].argmax(axis=0)
        columns = np.arange(area.x0, area.x1)
        above = dark[np.maximum(top - 5, 0), columns].mean() / 255
        below = dark[np.minimum(bottom + 5, dark.shape[0] - 1), columns].mean() / 255
        if min(above, below) > INKY:
            kept[area.y0 : area.y1, area.x0 : area.x1][own] = 0
    return kept


def _around(areas: Sequence[Area]) -> Area:
    """The smallest rectangle around all of them."""
    return reduce(Area.union, areas)


def _framed(net: Component, cells: Area) -> bool:
    """Whether the cells make a table large enough, with rules along most of all four sides (a punch hole may hang on)."""
    if cells.width < NARROWEST - 20 or cells.height < LOWEST - 20:
        return False
    if cells.height < ONE_ROW and cells.width < FILLED * net.area.width:
        return False
    lines, x, y = net.mask(), net.area.x0, net.area.y0
    area = Area(cells.x0 - x, cells.y0 - y, cells.x1 - x, cells.y1 - y).grown(8).within(lines.shape)
    part = lines[area.y0 : area.y1, area.x0 : area.x1]
    height, width = part.shape
    reach_down, reach_across = max(12, height // 12), max(12, width // 30)
    ends = part[:reach_down].any(axis=0), part[-reach_down:].any(axis=0)
    sides = part[:, :reach_across].any(axis=1), part[:, -reach_across:].any(axis=1)
    return min(float(side.mean()) for side in (*ends, *sides)) > 0.7


def _fill(mask: Mask, area: Area, value: int) -> None:
    cut = area.within(mask.shape)
    mask[cut.y0 : cut.y1, cut.x0 : cut.x1] = value


def _cells(net: Component) -> list[Area]:
    """The regions that the lines of a net close in, as far as they are large enough and mostly paper to be cells."""
    return [
        area
        for area, size in net.closed_in()
        if area.width >= SMALLEST_CELL and area.height >= SMALLEST_CELL and size >= 0.5 * area.width * area.height
    ]


def _boundaries(starts: Sequence[int], ends: Sequence[int]) -> list[float]:
    """Where edges fall together, in order."""
    values = sorted([*starts, *ends])
    groups: list[list[int]] = [[values[0]]]
    for value in values[1:]:
        if value - groups[-1][-1] <= TOUCH:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _nearest(boundaries: Sequence[float], value: float) -> int:
    return min(range(len(boundaries)), key=lambda i: abs(boundaries[i] - value))
