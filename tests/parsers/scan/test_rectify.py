"""The table that a page is squared by."""

import cv2
import numpy as np

from parsers.scan.rectify import outline_of, skew_of

SHAPE = (1170, 840)
TABLE = np.array([[120, 207], [725, 213], [718, 812], [108, 822]], np.float32)


def rules(across, down):
    """Masks of rules drawn from (start, end) pairs."""
    masks = []
    for lines in (across, down):
        mask = np.zeros(SHAPE, np.uint8)
        for start, end in lines:
            cv2.line(mask, [round(float(v)) for v in start], [round(float(v)) for v in end], 255, 2)
        masks.append(mask)
    return masks


def table(rows=6, columns=4):
    upper, lower = TABLE[1] - TABLE[0], TABLE[2] - TABLE[3]
    left, right = TABLE[3] - TABLE[0], TABLE[2] - TABLE[1]
    across = [(TABLE[0] + left * i / rows, TABLE[1] + right * i / rows) for i in range(rows + 1)]
    down = [(TABLE[0] + upper * i / columns, TABLE[3] + lower * i / columns) for i in range(columns + 1)]
    return across, down


def test_a_leaning_table_is_squared_by_its_own_corners():
    assert np.abs(outline_of(*rules(*table())) - TABLE).max() < 3


def test_the_edge_of_a_sheet_on_a_desk_is_no_table_however_large():
    across, down = table()
    edge = [((16, 1148), (820, 1140)), ((16, 1152), (818, 1144)), ((34, 60), (17, 1150))]
    assert np.abs(outline_of(*rules([*across, *edge[:2]], [*down, edge[2]])) - TABLE).max() < 3


def test_a_table_whose_rules_would_not_be_straighter_is_left_alone():
    level = [((120, y), (720, y)) for y in range(210, 830, 100)]
    upright = [((x, 210), (x, 810)) for x in range(120, 740, 100)]
    assert outline_of(*rules(level, upright)) is None
    bent = [((120, 210), (719, 218)), *level[1:]]
    assert outline_of(*rules(bent, upright)) is None


def test_the_narrowest_strip_has_no_skew():
    assert [skew_of(np.full((1170, width), 255, np.uint8)) for width in (1, 2, 8, 11)] == [0.0] * 4
