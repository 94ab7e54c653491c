"""Stamps and signatures measured without an engine: pale, grey, cut by print and rules; and nothing where there is nothing."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
import pytest

from fixtures.damage import damage
from fixtures.ink import BLACK, RED, font, lay, seal, signature
from parsers.scan.engine import Reading
from parsers.scan.grey_seals import find_grey_seals
from parsers.scan.grid import darkness
from parsers.scan.ink import find_ink
from parsers.scan.lines import Piece
from parsers.scan.marks import find_frames
from parsers.scan.pictures import Area, Picture, quad_of
from parsers.scan.scraps import without_scraps
from parsers.scan.seals import find_seals
from parsers.scan.upright import straightened
from tests.parsers.scan.drawing import Sheet

SHAPES = {"round": 40, "oval": 46, "square": 28}


def written() -> Picture:
    """A page of text within and beside a table."""
    sheet = Sheet()
    for row in range(8):
        sheet.text(220, 260 + 60 * row, "班组每周组织一次回头看对发现的小毛病随时修正确保改进成果长期保持")
    sheet.grid((180, 600, 1480), (900, 1000, 1100, 1200, 1300))
    for row in range(4):
        sheet.text(640, 930 + 100 * row, "操作职工普遍反映省力安全好用参与")
    return sheet.pixels


def seals(pixels: Picture) -> list[tuple[str, str]]:
    page = straightened(pixels)
    red = find_seals(page.flat, page.inks.red, "red", None)
    rules = np.asarray(page.rules.across | page.rules.down, np.uint8)
    grey = find_grey_seals(page.grey, np.asarray(cv2.subtract(page.dark, rules), np.uint8), rules, None)
    return [(s.colour, s.shape) for s in (red or tuple(seal for _, seal in grey))]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stamp_on_a_pale_copy_is_found(shape):
    page = lay(written(), seal("丹阳市云阳精密工具厂", Random(3), shape=shape, width_mm=SHAPES[shape], colour=RED), 1250, 1120)
    assert seals(damage(page, ("pale",), 5)) == [("red", shape)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_grey_stamp_over_rules_is_found(shape):
    page = lay(written(), seal("丹阳市云阳精密工具厂", Random(3), shape=shape, width_mm=SHAPES[shape], colour=RED), 1250, 1120)
    assert seals(damage(page, ("grey",), 5)) == [("grey", shape)]


@pytest.mark.parametrize("way", ["clean", "pale", "grey", "one-bit", "photo"])
def test_print_and_tables_are_no_stamp(way):
    assert seals(damage(written(), (way,), 5)) == []


def name_ink(pixels: Picture) -> float:
    """mm² of ink beside 签字 in a row at 700."""
    page = straightened(pixels)
    known = page.inks.red | page.rules.across | page.rules.down
    known = known if page.rules.under is None else known | page.rules.under
    found = find_ink(page.grey, page.dark, page.inks.pen, np.asarray(known, np.uint8), (sure_print(page.grey.shape),), ())
    return sum(ink.area for ink in found if 0.27 < (ink.box.y0 + ink.box.y1) / 2 < 0.34 and ink.box.x1 > 0.5)


def sure_print(shape: tuple[int, ...]) -> Piece:
    """Print that reads well all over the page, so that only the look of the ink tells."""
    places = tuple(i / 200 for i in range(201))
    return Piece(quad_of(Area(0, 0, shape[1], shape[0])), Reading("字" * 201, places, (1.0,) * 201))


def to_sign(*, printed_name: str = "") -> Picture:
    sheet = Sheet()
    sheet.text(600, 700, "第一完成人（签字）：" + printed_name)
    sheet.line(960, 742, 1400, 742)
    return sheet.pixels


@pytest.mark.parametrize(("height", "x", "y"), [(8, 1150, 735), (11, 1020, 715), (9, 1010, 712), (9, 1590, 712)])
def test_a_name_through_its_line_or_into_its_label_or_to_the_edge_of_the_page_is_ink(height, x, y):
    pen = signature("吴琨", Random(4), height_mm=height, colour=BLACK)
    assert name_ink(lay(to_sign(), pen, x, y)) >= 5


@pytest.mark.parametrize("name", ["", "吴琨"])
def test_a_printed_name_on_a_line_is_no_ink(name):
    assert name_ink(to_sign(printed_name=name)) == 0


def at_sign(
    name: str, damages: tuple[str, ...], face: str = "kai", size: int = 34, shade: int = 20, right: str = ""
) -> list[tuple[bool, bool]]:
    """(Whether it is surely handwriting, whether it stands right of 签字) for all ink of a page on which a name stands at 签字."""
    sheet = Sheet()
    words = "第一完成人（签字）："
    sheet.text(600, 700, words)
    sheet.draw.text((930, 696), name, font=font(face, size), fill=(shade,) * 3, stroke_width=size > 30, stroke_fill=(shade,) * 3)
    sheet.text(1200, 700, right)
    page = straightened(damage(sheet.pixels, damages, 5))
    read = [piece(words, 598, 694, 302), *([piece(name, 928, 694, 120)] if name else []), *([piece(right, 1198, 694, 260)] if right else [])]
    found = find_ink(page.grey, page.dark, page.inks.pen, page.rules.across | page.rules.down, read, ())
    return [(ink.sure, ink.box.x0 > 0.54) for ink in found if ink.area > 5]


@pytest.mark.parametrize("tone", ["grey", "one-bit"])
def test_a_neat_name_of_the_size_of_print_in_another_hand_may_be_a_signature(tone):
    assert at_sign("吴琨华", (tone,)) == [(False, True)]


@pytest.mark.parametrize("tone", ["grey", "one-bit"])
def test_a_name_printed_as_its_label_is_and_a_date_behind_it_are_none(tone):
    assert at_sign("吴琨华", (tone,), "hei", 30, right="２０２４年３月７日") == []


@pytest.mark.parametrize("damages", [("grey",), ("grey", "half-size"), ("grey", "jpeg40")])
def test_a_name_much_paler_than_the_print_before_it_is_surely_a_pens(damages):
    assert at_sign("吴琨华", damages, "hei", 30, shade=125) == [(True, True)]


@pytest.mark.parametrize("blur", [0.3, 1.4])
@pytest.mark.parametrize("side", [15, 18, 26])
@pytest.mark.parametrize("full", [False, True])
def test_a_box_is_ticked_only_when_something_stands_inside_however_small_it_is(side, full, blur):
    sheet = Sheet()
    sheet.draw.rectangle((300, 300, 300 + side, 300 + side), outline=(25, 25, 25), width=2, fill=(25, 25, 25) if full else None)
    dark = darkness(cv2.GaussianBlur(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), (0, 0), blur))
    assert [frame.ticked for frame in find_frames(dark, Area(285, 285, 340, 330))] == [full]


def piece(words: str, x: int, y: int, width: int = 0) -> Piece:
    places = tuple((i + 0.5) / len(words) for i in range(len(words)))
    return Piece(quad_of(Area(x, y, x + (width or 34 * len(words)), y + 40)), Reading(words, places, (0.98,) * len(words)))


def test_the_pale_trace_of_a_lifted_stamp_is_not_read_and_print_below_it_is():
    sheet = Sheet()
    words = ("镇江市丹徒区", "谷阳镇", "工会委员会")
    for row, line in enumerate(words):
        sheet.text(300, 300 + 50 * row, line)
    sheet.text(600, 300, "徒", fill=(190, 190, 190))
    sheet.text(300, 500, "淡字", fill=(190, 190, 190))
    grey = cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY)
    read = [*(piece(line, 298, 296 + 50 * row) for row, line in enumerate(words)), piece("徒", 598, 296), piece("淡字", 298, 496)]
    stamp = Area(400, 200, 700, 420)
    assert [p.reading.text for p in without_scraps(read, (grey, darkness(grey)), (), [stamp], ())] == [*words, "淡字"]
