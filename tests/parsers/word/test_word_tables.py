"""Tables come back cell for cell, however the spans were written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.document import Table
from tests.parsers.word.files import blocks, cell, docx, grid, para, row, run, table

RESTART, CONTINUE, CONTINUE_BARE = '<w:vMerge w:val="restart"/>', '<w:vMerge w:val="continue"/>', "<w:vMerge/>"


def span(count: int) -> str:
    return f'<w:gridSpan w:val="{count}"/>'


def wide(twips: int) -> str:
    return f'<w:tcW w:w="{twips}" w:type="dxa"/>'


def control(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


LAYOUTS = {
    "plain": (
        (row(cell("甲"), cell("乙")), row(cell("丙"), cell("丁"))),
        {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (1, 0, 1, 1): "丙", (1, 1, 1, 1): "丁"},
    ),
    "a merged cell gives its text once": (
        (row(cell("甲", RESTART), cell("乙")), row(cell("", CONTINUE), cell("丙")), row(cell("", CONTINUE_BARE), cell("丁"))),
        {(0, 0, 3, 1): "甲", (0, 1, 1, 1): "乙", (1, 1, 1, 1): "丙", (2, 1, 1, 1): "丁"},
    ),
    "text under a merge is not seen": ((row(cell("甲", RESTART)), row(cell("藏", CONTINUE))), {(0, 0, 2, 1): "甲"}),
    "columns by spans": (
        (row(cell("甲", span(3))), row(cell("乙"), cell("丙", span(2)))),
        {(0, 0, 1, 3): "甲", (1, 0, 1, 1): "乙", (1, 1, 1, 2): "丙"},
    ),
    "both directions": (
        (row(cell("甲", span(2) + RESTART), cell("乙")), row(cell("", span(2) + CONTINUE), cell("丙"))),
        {(0, 0, 2, 2): "甲", (0, 2, 1, 1): "乙", (1, 2, 1, 1): "丙"},
    ),
    "merge that begins anew": (
        (row(cell("甲", RESTART), cell("1")), row(cell("乙", RESTART), cell("2")), row(cell("", CONTINUE), cell("3"))),
        {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "1", (1, 0, 2, 1): "乙", (1, 1, 1, 1): "2", (2, 1, 1, 1): "3"},
    ),
    "merge that goes on from a page before": ((row(cell("甲", CONTINUE), cell("乙")),), {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙"}),
    "merge whose continuation is cut in two": (
        (row(cell("甲", span(2) + RESTART), cell("乙")), row(cell("", CONTINUE), cell("", CONTINUE), cell("丙"))),
        {(0, 0, 2, 2): "甲", (0, 2, 1, 1): "乙", (1, 2, 1, 1): "丙"},
    ),
    "two merges continued by one cell": (
        (row(cell("甲", RESTART), cell("乙", RESTART)), row(cell("", span(2) + CONTINUE))),
        {(0, 0, 2, 1): "甲", (0, 1, 2, 1): "乙"},
    ),
    "continuation that does not fit": (
        (row(cell("甲", span(2) + RESTART), cell("乙")), row(cell("丙", CONTINUE), cell("丁", span(2)))),
        {(0, 0, 1, 2): "甲", (0, 2, 1, 1): "乙", (1, 0, 1, 1): "丙", (1, 1, 1, 2): "丁"},
    ),
    "continuation below a cell that is no merge": ((row(cell("甲")), row(cell("乙", CONTINUE))), {(0, 0, 1, 1): "甲", (1, 0, 1, 1): "乙"}),
    "horizontal merge of old Word": (
        (row(cell("甲", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), cell("乙")), row(cell("1"), cell("2"), cell("3"))),
        {(0, 0, 1, 2): "甲", (0, 2, 1, 1): "乙", (1, 0, 1, 1): "1", (1, 1, 1, 1): "2", (1, 2, 1, 1): "3"},
    ),
    "empty columns before and after": (
        (
            row(cell("甲"), cell("乙"), cell("丙")),
            row(cell("丁"), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'),
        ),
        {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (0, 2, 1, 1): "丙", (1, 1, 1, 1): "丁"},
    ),
    "columns by widths where spans are missing": (
        (row(cell("甲", wide(1000)), cell("乙", wide(3000))), row(cell("1", wide(1000)), cell("2", wide(1010)), cell("3", wide(2000)))),
        {(0, 0, 1, 1): "甲", (0, 1, 1, 2): "乙", (1, 0, 1, 1): "1", (1, 1, 1, 1): "2", (1, 2, 1, 1): "3"},
    ),
    "a merge over rows of other counts, by widths": (
        (
            row(cell("甲", wide(1000) + RESTART), cell("乙", wide(3000))),
            row(cell("", wide(1000) + CONTINUE), cell("2", wide(1000)), cell("3", wide(2000))),
        ),
        {(0, 0, 2, 1): "甲", (0, 1, 1, 2): "乙", (1, 1, 1, 1): "2", (1, 2, 1, 1): "3"},
    ),
    "a short row without widths": (
        (row(cell("甲"), cell("乙")), row(cell("丙"))),
        {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (1, 0, 1, 1): "丙"},
    ),
    "row in a control": (
        (control(row(cell("甲"))), control(control(row(cell("乙"))) + row(cell("丙")))),
        {(0, 0, 1, 1): "甲", (1, 0, 1, 1): "乙", (2, 0, 1, 1): "丙"},
    ),
    "cell in a control": ((row(cell("甲"), control(cell("乙")), cell("丙")),), {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (0, 2, 1, 1): "丙"}),
    "cell in custom xml": ((row("<w:customXml>" + cell("甲") + "</w:customXml>", cell("乙")),), {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙"}),
    "deleted row": ((row(cell("甲")), row(cell("删"), properties="<w:del/>"), row(cell("乙"))), {(0, 0, 1, 1): "甲", (1, 0, 1, 1): "乙"}),
    "inserted row": ((row(cell("甲")), row(cell("乙"), properties="<w:ins/>")), {(0, 0, 1, 1): "甲", (1, 0, 1, 1): "乙"}),
    "deleted first row of a merge": (
        (row(cell("删", RESTART), properties="<w:del/>"), row(cell("甲", CONTINUE)), row(cell("", CONTINUE))),
        {(0, 0, 2, 1): "甲"},
    ),
    "deleted cell": ((row(cell("甲"), cell("删", "<w:cellDel/>"), cell("乙")),), {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙"}),
    "several paragraphs": ((row(cell(para("甲") + "<w:p/>" + para("乙"))),), {(0, 0, 1, 1): "甲\n乙"}),
    "empty cell": ((row(cell("甲"), "<w:tc/>"),), {(0, 0, 1, 1): "甲", (0, 1, 1, 1): ""}),
    "spans without sense": (
        (row(cell("甲", span(0)), cell("乙", span(-3)), cell("丙", '<w:gridSpan w:val="x"/>')),),
        {(0, 0, 1, 1): "甲", (0, 1, 1, 1): "乙", (0, 2, 1, 1): "丙"},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_cells_stand_where_they_are_seen(name):
    rows, expected = LAYOUTS[name]
    (found,) = blocks(docx(table(*rows)))
    assert grid(found) == expected


def test_a_nested_table_stays_within_its_cell():
    inner = table(row(cell("内1"), cell("内2")))
    (found,) = blocks(docx(table(row(cell(para("前") + inner + para("后")), cell("外")))))
    first, nested, last = found.cells[0].blocks
    assert (first.text, grid(nested), last.text) == ("前", {(0, 0, 1, 1): "内1", (0, 1, 1, 1): "内2"}, "后")
    assert found.cells[1].text == "外"


def test_a_frame_around_tables_is_no_table():
    inner = table(row(cell("内1"), cell("内2")))
    first, nested, last, second = blocks(docx(table(row(cell(para("前") + inner + para("后"))), row(cell(inner)))))
    assert (first.text, last.text) == ("前", "后")
    assert grid(nested) == grid(second) == {(0, 0, 1, 1): "内1", (0, 1, 1, 1): "内2"}
    (kept,) = blocks(docx(table(row(cell("甲")), row(cell("乙")))))
    assert grid(kept) == {(0, 0, 1, 1): "甲", (1, 0, 1, 1): "乙"}


def test_a_field_over_cells_is_seen_in_each():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    (found,) = blocks(docx(table(row(cell(para(begin + run("甲"))), cell(para(run("乙") + end))))))
    assert [c.text for c in found.cells] == ["甲", "乙"]


def test_a_deleted_mark_at_the_end_of_a_cell_does_not_reach_out_of_it():
    (found, after) = blocks(docx(table(row(cell(para("甲", "<w:rPr><w:del/></w:rPr>")), cell("乙"))) + para("丙")))
    assert [c.text for c in found.cells] == ["甲", "乙"]
    assert after.text == "丙"


def test_a_table_of_deleted_rows_is_none():
    assert blocks(docx(table(row(cell("删"), properties="<w:del/>")))) == ()


@st.composite
def tilings(draw):
    """A grid cut into rectangles: rows × columns, and (row, column, rows, columns) of each."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    free = {(r, c) for r in range(rows) for c in range(columns)}
    found = []
    while free:
        r, c = min(free)
        across = draw(st.integers(1, columns - c))
        while any((r, c + i) not in free for i in range(across)):
            across -= 1
        down = draw(st.integers(1, rows - r))
        while any((r + j, c + i) not in free for j in range(down) for i in range(across)):
            down -= 1
        free -= {(r + j, c + i) for j in range(down) for i in range(across)}
        found.append((r, c, down, across))
    return rows, columns, found


def written(rows: int, tiles: list[tuple[int, int, int, int]], spans: bool) -> str:
    """The tiling as Word writes it: by spans, or by widths alone."""
    lines = []
    for r in range(rows):
        here = sorted((c, top, down, across) for top, c, down, across in tiles if top <= r < top + down)
        cells = []
        for c, top, down, across in here:
            merge = "" if down == 1 else RESTART if top == r else CONTINUE
            size = span(across) if spans else wide(sum(300 + 90 * k for k in range(c, c + across)))
            cells.append(cell(f"{top},{c}" if top == r else "", size + merge))
        lines.append(row(*cells))
    return table(*lines)


@settings(max_examples=120, deadline=None)
@given(tilings(), st.booleans())
def test_any_layout_comes_back_cell_for_cell(tiling, spans):
    rows, _, tiles = tiling
    (found,) = blocks(docx(written(rows, tiles, spans)))
    ragged = len({sum(1 for top, _, down, _ in tiles if top <= r < top + down) for r in range(rows)}) > 1
    if spans or ragged:
        expected = {tile: f"{tile[0]},{tile[1]}" for tile in tiles}
        # Columns that no row divides are one column when only widths are written.
        assert grid(found) == (expected if spans else squeezed(expected))


def squeezed(cells: dict[tuple[int, int, int, int], str]) -> dict[tuple[int, int, int, int], str]:
    edges = sorted({c for _, c, _, _ in cells} | {c + across for _, c, _, across in cells})
    return {(r, edges.index(c), down, edges.index(c + across) - edges.index(c)): text for (r, c, down, across), text in cells.items()}


@st.composite
def nonsense(draw):
    """Rows of cells whose spans and merges follow no rule."""
    merges = st.sampled_from(["", "", RESTART, CONTINUE, CONTINUE_BARE, '<w:hMerge w:val="restart"/>', '<w:hMerge w:val="continue"/>'])
    sizes = st.sampled_from(["", span(2), span(3), wide(500), wide(1500), '<w:gridSpan w:val="99999999"/>', '<w:tcW w:w="x" w:type="dxa"/>'])
    cells = st.builds(lambda m, s: cell("文", m + s), merges, sizes)
    lines = st.builds(
        lambda c, b: row(*c, properties=b),
        st.lists(cells, max_size=5),
        st.sampled_from(["", '<w:gridBefore w:val="2"/>', '<w:gridAfter w:val="1"/>']),
    )
    return table(*draw(st.lists(lines, min_size=1, max_size=6)))


@settings(max_examples=120, deadline=None)
@given(nonsense())
def test_nonsense_never_covers_a_position_twice(body):
    for found in blocks(docx(body)):
        assert isinstance(found, Table)
        spots = [(c.row + r, c.column + k) for c in found.cells for r in range(c.row_span) for k in range(c.column_span)]
        assert len(spots) == len(set(spots))
        assert all(r < found.rows and k < found.columns for r, k in spots)
