"""Blanks that part words on paper, though the recogniser says none."""

import cv2
import numpy as np
import pytest

from parsers.scan.engine import Reading
from parsers.scan.gaps import with_blanks

EM = 40


def written(text, gaps):
    """A line of boxes, one a character, `gaps` ems of paper behind each, and what a reader of it that knows no blanks says."""
    lefts = np.cumsum([0.5, *(1 + gap for gap in gaps)]) * EM
    line = np.full((2 * EM, int(lefts[-1] + 2 * EM)), 255, np.uint8)
    for left in lefts.astype(int).tolist():
        cv2.rectangle(line, (left, EM // 2), (left + EM, EM // 2 + EM), 0, 4)
    places = tuple(((lefts + EM / 2) / line.shape[1]).tolist())
    alternatives = ((len(text) - 1, (("土", 0.2),)),)
    return Reading(text, places, (1.0,) * len(text), alternatives), line


@pytest.mark.parametrize(
    ("text", "gaps", "read"),
    [
        ("曹松欧阳静", (0.1, 1.0, 0.1, 0.1), "曹松 欧阳静"),
        ("发明√创造革新", (0.1, 0.7, 0.1, 0.1, 0.7, 0.1), "发明 √创造 革新"),
        ("姓名性别", (0.1, 0.1, 0.1), "姓名性别"),
        ("姓名：李强", (0.1, 0.1, 1.0, 0.1), "姓名：李强"),
        ("3211 0219", (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1), "3211 0219"),
        ("通讯地址电话", (1.0, 1.0, 1.0, 1.0, 1.0), "通讯地址电话"),
    ],
    ids=["two names", "choices", "one word", "behind a colon", "figures", "letters set apart"],
)
def test_a_blank_stands_where_the_paper_is_clearly_wider_than_elsewhere_in_the_line(text, gaps, read):
    reading = with_blanks(*written(text, gaps))
    assert reading.text == read
    assert len(reading.places) == len(reading.sure) == len(read)
    assert list(reading.places) == sorted(reading.places)


def test_what_else_was_seen_at_a_sign_stays_with_the_sign_behind_a_blank():
    reading = with_blanks(*written("曹松欧阳静", (0.1, 1.0, 0.1, 0.1)))
    assert reading.alternatives == ((5, (("土", 0.2),)),)
