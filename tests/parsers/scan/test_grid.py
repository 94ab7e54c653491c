import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.scan.grid import PIECE, UNDERLINE, clean_rules, darkness, find_grids, find_rules, rows_with_runs
from parsers.scan.rectify import skew_of
from parsers.scan.upright import straightened
from tests.parsers.scan.drawing import Sheet


def grids_of(sheet: Sheet):
    dark = darkness(sheet.pixels[..., 0].copy())
    return find_grids(find_rules(dark))


def places(grid):
    return [(c.row, c.column, c.row_span, c.column_span) for c in grid.cells]


def test_a_plain_grid_gives_its_rows_and_columns():
    sheet = Sheet()
    sheet.grid((200, 500, 900, 1400), (300, 380, 460))
    (grid,) = grids_of(sheet)
    assert (grid.rows, grid.columns) == (2, 3)
    assert places(grid) == [(r, c, 1, 1) for r in range(2) for c in range(3)]


def test_a_merged_cell_covers_its_rows_and_columns_once():
    sheet = Sheet()
    sheet.grid((200, 500, 900, 1400), (300, 380, 460, 540))
    sheet.erase(203, 378, 497, 384)
    sheet.erase(898, 303, 904, 377)
    (grid,) = grids_of(sheet)
    assert (0, 0, 2, 1) in places(grid)
    assert (0, 1, 1, 2) in places(grid)
    assert len(grid.cells) == 7


def test_lines_below_words_are_no_table():
    sheet = Sheet()
    for y in (400, 480, 560):
        sheet.text(200, y - 40, "我是镇江市单位的一线职工")
        sheet.line(200, y, 700, y)
    assert grids_of(sheet) == ()


def test_two_lines_below_words_with_strokes_that_join_them_are_no_table():
    sheet = Sheet()
    sheet.line(200, 400, 800, 400)
    sheet.line(240, 452, 900, 452)
    for x in (300, 480, 640):
        sheet.line(x, 400, x, 452)
    assert grids_of(sheet) == ()


def test_a_table_of_one_low_row_is_a_table():
    sheet = Sheet()
    sheet.grid((200, 500, 900), (400, 452))
    (grid,) = grids_of(sheet)
    assert (grid.rows, grid.columns) == (1, 2)


def test_lines_below_words_are_kept_apart_from_the_rules_of_tables():
    sheet = Sheet()
    sheet.grid((200, 700, 1400), (300, 400, 500))
    sheet.line(200, 900, 700, 900)
    dark = darkness(sheet.pixels[..., 0].copy())
    rules = find_rules(dark)
    clean = clean_rules(rules, find_grids(rules), dark)
    assert clean.under is not None
    assert clean.under[895:905].any()
    assert not clean.under[300:500].any()
    assert not clean.across[895:905].any()


def test_strokes_of_characters_stacked_tightly_are_no_rule():
    sheet = Sheet()
    sheet.grid((200, 420, 1400), (300, 620))
    for row in range(9):
        sheet.text(230, 310 + row * 32, "用和取得成", size=34)
    (grid,) = grids_of(sheet)
    assert len(grid.cells) == 2


def test_a_large_bold_title_makes_no_rules_that_would_be_wiped():
    sheet = Sheet()
    for offset in range(3):
        sheet.text(300 + offset, 200, "镇江市职工五小活动项目提名书", size=60)
    dark = darkness(sheet.pixels[..., 0].copy())
    rules = find_rules(dark)
    clean = clean_rules(rules, find_grids(rules), dark)
    assert not clean.across.any()
    assert not clean.down.any()


def test_a_punch_hole_that_touches_a_table_changes_nothing():
    sheet = Sheet()
    sheet.grid((142, 500, 900, 1400), (700, 780, 860, 940))
    sheet.draw.ellipse((82, 780, 138, 836), fill=(58, 58, 60))
    (grid,) = grids_of(sheet)
    assert (grid.rows, grid.columns, len(grid.cells)) == (3, 3, 9)


def test_a_streak_down_the_whole_page_cuts_no_cell():
    sheet = Sheet()
    sheet.grid((200, 700, 1400), (300, 400, 500))
    sheet.line(450, 0, 450, 2338, width=1)
    grids = straightened(sheet.pixels).grids
    assert [(g.rows, g.columns, len(g.cells)) for g in grids] == [(2, 2, 4)]


@pytest.mark.parametrize("aside", [0, 2, 5])
@pytest.mark.parametrize("shade", [110, 150, 190])
def test_a_streak_along_a_rule_takes_nothing_from_the_table(aside, shade):
    sheet = Sheet()
    sheet.grid((200, 700, 1400), (300, 400, 500, 1900))
    pixels = sheet.pixels.copy()
    pixels[:, 700 + aside] = np.minimum(pixels[:, 700 + aside], shade)
    assert [(g.rows, g.columns, len(g.cells)) for g in straightened(pixels).grids] == [(3, 2, 6)]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(60, 260), min_size=1, max_size=5),
    st.lists(st.integers(45, 200), min_size=1, max_size=8),
)
def test_any_regular_grid_comes_back_cell_by_cell(widths, heights):
    if sum(widths) < 310 or len(widths) * len(heights) < 2:
        return
    sheet = Sheet()
    sheet.grid(np.cumsum([150, *widths]).tolist(), np.cumsum([200, *heights]).tolist())
    (grid,) = grids_of(sheet)
    assert (grid.rows, grid.columns, len(grid.cells)) == (len(heights), len(widths), len(heights) * len(widths))


def test_skew_is_measured_to_a_fifth_of_a_degree():
    sheet = Sheet()
    for row in range(20):
        sheet.text(200, 300 + row * 60, "本项目针对现场实际问题进行改造取得明显成效")
    for degrees in (-4.0, -1.3, 0.0, 2.6):
        turned = np.asarray(sheet.image.rotate(degrees, fillcolor=(245, 245, 245)))
        assert abs(skew_of(darkness(turned[..., 0].copy())) - degrees) <= 0.2


@given(st.integers(1, 150), st.sampled_from([PIECE // 2, PIECE, UNDERLINE]), st.floats(0, 1), st.integers(1, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_no_row_that_holds_a_rule_is_left_out(width, length, share, longest, seed):
    ink = (np.random.default_rng(seed).random((30, width)) < share).astype(np.uint8) * 255
    ink = cv2.dilate(ink, np.ones((1, longest), np.uint8))
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    assert set(np.flatnonzero(runs.any(axis=1))) <= set(rows_with_runs(ink, length))


def test_rows_of_print_are_left_out():
    print_alone = np.zeros((100, 1654), np.uint8)
    print_alone[40:60, 100:1500:3] = 255
    print_alone[50, 100:190] = 255
    assert list(rows_with_runs(print_alone, UNDERLINE)) == [50]
