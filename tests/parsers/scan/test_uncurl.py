"""Curled paper: laid flat where its lines are bent, and only there."""

from random import Random

import cv2
import numpy as np
import pytest

from fixtures.damage import bound, rolled
from parsers.document import Table
from parsers.scan.page import read_page
from parsers.scan.uncurl import Straightening, bend_of_lines, bend_of_uprights
from parsers.scan.upright import straightening
from tests.parsers.scan.drawing import Sheet

HALF = (1170, 827)
LABELS = ("项目名称", "第一完成人", "工作单位", "单位地址", "联系电话", "授奖单位", "申报类别", "推广应用", "经济效益", "质量提升")


def form() -> Sheet:
    sheet = Sheet()
    ys = range(300, 2101, 180)
    sheet.grid((160, 480, 1500), ys)
    for y, label in zip(ys, LABELS, strict=False):
        sheet.text(190, y + 70, label)
        sheet.text(520, y + 70, "好氧池微孔曝气盘不停水在线清洗装置的研制")
    return sheet


def letter(rows: int) -> np.ndarray:
    sheet = Sheet()
    for row in range(rows):
        sheet.text(200, 300 + 70 * row, "提名书填写的各项内容及附件资料均符合法律法规和政策要求如有虚假")
    return sheet.pixels


def rules(bow: float, slope: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A page of rules alone that sag by `bow` pixels in their midst."""
    mask = np.zeros(HALF, np.uint8)
    xs = np.arange(80, 740)
    for level in range(150, 1000, 90):
        ys = level + slope * xs + bow * (1 - ((xs - 410) / 330) ** 2)
        cv2.polylines(mask, [np.stack([xs, ys.round()], axis=1).astype(np.int32)], False, 255, 2)
    return mask, mask


@pytest.mark.parametrize("bow", [6.0, -15.0, 30.0])
def test_bent_rules_come_out_level(bow):
    bend = bend_of_lines(*rules(bow))
    assert bend is not None
    flat = Straightening(lines=(bend,)).of(rules(bow)[0], cv2.INTER_NEAREST)
    left, middle, right = (np.flatnonzero(flat[:, x - 2 : x + 3].any(axis=1)) for x in (100, 410, 720))
    assert np.ptp([left[0], middle[0], right[0]]) <= 2
    assert np.ptp([left[-1], middle[-1], right[-1]]) <= 2


@pytest.mark.parametrize("bow", [8.0, -20.0])
def test_bent_uprights_come_out_upright(bow):
    down = np.ascontiguousarray(rules(bow)[0].T)
    flat = Straightening(uprights=bend_of_uprights(down, leaning=False)).of(down, cv2.INTER_NEAREST)
    upper, middle, lower = (np.flatnonzero(flat[y - 2 : y + 3].any(axis=0)) for y in (100, 410, 720))
    assert np.ptp([upper[0], middle[0], lower[0]]) <= 2


def test_uprights_that_lean_all_alike_are_mended_on_bent_paper_only():
    down = np.ascontiguousarray(rules(0, 0.05)[0].T)
    assert bend_of_uprights(down, leaning=False) is None
    flat = Straightening(uprights=bend_of_uprights(down, leaning=True)).of(down, cv2.INTER_NEAREST)
    assert np.ptp([np.flatnonzero(flat[y - 2 : y + 3].any(axis=0))[0] for y in (100, 410, 720)]) <= 2


@pytest.mark.parametrize(("bow", "slope"), [(0.0, 0.0), (1.0, 0.0), (0.0, 0.01)])
def test_straight_rules_are_not_bent_though_they_lean(bow, slope):
    assert bend_of_lines(*rules(bow, slope)) is None


def test_a_straight_page_of_print_or_of_rules_is_left_as_it_is():
    assert straightening(form().pixels).idle
    assert straightening(letter(12)).idle


@pytest.mark.parametrize(("damaged", "seed"), [(rolled, 1), (rolled, 2), (bound, 3)])
def test_a_curled_table_keeps_all_its_cells(engine, tmp_path, damaged, seed):
    page = read_page(damaged(form().pixels, Random(seed)), 1, engine, tmp_path)
    (table,) = [block for block in page.blocks if isinstance(block, Table)]
    assert [cell.text for cell in table.cells if cell.column == 0] == list(LABELS)


def test_curled_prose_without_any_rule_is_laid_flat():
    bend = straightening(rolled(letter(20), Random(4))).lines[0]
    assert bend.bow() > 10
