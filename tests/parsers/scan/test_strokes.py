"""Words struck out on paper, told from words whose own strokes touch and from lines that run on across the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fixtures.damage import damage
from parsers.document import Paragraph
from parsers.scan.engine import Reading
from parsers.scan.lines import Piece
from parsers.scan.page import read_page
from parsers.scan.pictures import Area, quad_of
from parsers.scan.strokes import with_strokes
from tests.parsers.scan.drawing import Sheet

AMBER = (198, 146, 0)


def struck_in(engine, sheet: Sheet, tmp_path, *damages: str) -> list[str]:
    """What is struck out in each line of the page."""
    page = read_page(damage(sheet.pixels, damages, 7), 1, engine, tmp_path)
    lines = [line for block in page.blocks if isinstance(block, Paragraph) for line in block.lines]
    return ["".join(run.text for run in line.runs if run.struck).replace(" ", "") for line in lines]


def corrected() -> Sheet:
    """`旧城东` struck out of two lines as Word prints tracked changes, in the black of the text and in the colour of an author."""
    sheet = Sheet()
    sheet.text(200, 300, "工作单位镇江市旧城东区机械厂")
    sheet.line(410, 317, 500, 317)
    sheet.text(200, 400, "工作单位镇江市")
    sheet.text(410, 400, "旧城东区机械厂", fill=AMBER)
    sheet.draw.line((410, 417, 500, 417), fill=AMBER, width=2)
    return sheet


@pytest.mark.parametrize("damages", [(), ("grey",), ("slight-skew",)])
def test_words_struck_out_are_told_in_whatever_colour_they_are_printed(engine, tmp_path, damages):
    assert struck_in(engine, corrected(), tmp_path, *damages) == ["旧城东", "旧城东"]


def test_a_line_as_thick_as_word_prints_it_strikes_out_where_the_line_of_text_was_cut_out_narrowly():
    sheet, words = Sheet(), "质量问题同比原先写的下降"
    sheet.text(200, 300, words)
    sheet.draw.line((380, 317, 500, 317), fill=(20, 20, 20), width=4)
    grey = cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY)
    reading = Reading(words, tuple((i + 0.5) / len(words) for i in range(len(words))), (0.99,) * len(words))
    (piece,) = with_strokes([Piece(quad_of(Area(200, 298, 560, 334)), reading)], np.where(grey < 128, 255, 0).astype(np.uint8), grey)
    assert "".join(words[i] for i in sorted(piece.struck)) == "原先写的"


def test_a_line_that_goes_on_in_the_next_line_of_a_cell_strikes_its_single_character_too(engine, tmp_path):
    sheet = Sheet()
    sheet.grid((180, 420, 900), (280, 400, 520))
    sheet.text(200, 420, "通讯地址")
    sheet.text(440, 296, "综合管理原先写")
    sheet.line(560, 313, 650, 313)
    sheet.text(440, 340, "的部主任")
    sheet.line(440, 357, 470, 357)
    page = read_page(sheet.pixels, 1, engine, tmp_path)
    lines = [line for cell in page.blocks[0].cells if cell.column for block in cell.blocks for line in block.lines]
    assert ["".join(run.text for run in line.runs if not run.struck) for line in lines] == ["综合管理", "部主任"]


@pytest.mark.parametrize("damages", [(), ("half-size",), ("one-bit",), ("pale",)])
def test_words_whose_own_strokes_touch_are_not_struck_out(engine, tmp_path, damages):
    sheet = Sheet()
    for row, words in enumerate(("质量提升情况手机号码", "工会情况二十一号半年", "其他第一完成人所在单位工会情况", "中专", "学士")):
        sheet.text(200, 300 + 100 * row, words)
    assert struck_in(engine, sheet, tmp_path, *damages) == ["", "", "", "", ""]


def test_the_blurred_print_of_a_small_picture_is_not_struck_out(engine, tmp_path):
    sheet = Sheet()
    for row, words in enumerate(("三峡大学", "大学专科", "学士本科")):
        for column, size in enumerate((24, 28, 32)):
            sheet.text(200 + 420 * column, 300 + 100 * row, words, size=size)
    small = cv2.resize(sheet.pixels, None, fx=0.42, fy=0.42, interpolation=cv2.INTER_AREA)
    page = read_page(small, 1, engine, tmp_path)
    assert not [run.text for block in page.blocks for line in block.lines for run in line.runs if run.struck]


def test_a_fold_across_the_page_strikes_nothing_out(engine, tmp_path):
    sheet = Sheet()
    sheet.text(500, 300, "工作单位镇江市旧城东区机械厂")
    sheet.line(60, 317, 1600, 317)
    assert "".join(struck_in(engine, sheet, tmp_path)) == ""


@pytest.mark.parametrize("area", [(100, 100, 200, 102), (100, 285, 200, 345)], ids=["hardly any height", "its middle beyond the page"])
def test_a_scrap_that_has_no_middle_on_the_page_is_left_as_it_is(area):
    x0, y0, x1, y1 = area
    quad = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
    above = Piece(quad - (0, y1 - y0), Reading("旧城", (0.25, 0.75), (1.0, 1.0)), struck=frozenset({1}))
    scrap = Piece(quad, above.reading)
    paper = np.full((300, 600), 255, np.uint8)
    assert with_strokes([above, scrap], 255 - paper, paper)[1] == scrap
