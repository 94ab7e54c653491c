"""Lines that the engine overlooked, and scraps that are none."""

import cv2
import numpy as np

from parsers.scan.engine import Reading
from parsers.scan.grid import Rules
from parsers.scan.lines import overlooked, read_lines
from parsers.scan.pictures import Area, area_of, quad_of

PAGE = (400, 1200)
KNOWN = Area(40, 250, 300, 290)


def paper_with_a_long_line():
    page = np.full(PAGE, 255, np.uint8)
    for x in range(60, 1040, 44):
        cv2.rectangle(page, (x, 104), (x + 30, 136), 0, 3)
    return page


class Says:
    """An engine that finds one line only and reads every crop the same."""

    name = "says"

    def __init__(self, text, sure):
        self.reading = Reading(text, (0.5,) * len(text), (sure,) * len(text))

    def detect(self, picture):
        return [quad_of(KNOWN)]

    def recognise(self, crops):
        return [self.reading for _ in crops]

    def turned(self, picture):
        return 0


def no_rules():
    return Rules(np.zeros(PAGE, np.uint8), np.zeros(PAGE, np.uint8))


def test_a_whole_line_that_the_engine_overlooked_is_found():
    dark = 255 - paper_with_a_long_line()
    found = [area_of(quad) for quad in overlooked(dark, no_rules(), [quad_of(KNOWN)], np.zeros(PAGE, np.uint8))]
    assert any(area.x0 < 70 and area.x1 > 1000 for area in found)


def test_a_doubtful_sign_all_by_itself_is_no_text_but_a_figure_is():
    page = paper_with_a_long_line()

    def texts(text, sure):
        return {piece.reading.text for piece in read_lines(page, 255 - page, no_rules(), Says(text, sure), np.zeros(PAGE, np.uint8))}

    assert texts("八", 0.62) == set()
    assert texts("「", 0.68) == set()
    assert texts("8", 0.62) == {"8"}
    assert texts("是", 0.95) == {"是"}
    assert texts("是否", 0.7) == {"是否"}


def test_a_lone_sign_below_the_feet_of_another_line_is_read_again_without_them():
    page = np.full(PAGE, 255, np.uint8)
    cv2.rectangle(page, (100, 250), (260, 254), 0, -1)  # the feet of the line above
    cv2.rectangle(page, (160, 264), (188, 292), 0, 3)  # the sign

    class Choked(Says):
        def detect(self, picture):
            return [quad_of(Area(150, 248, 200, 298))]

        def recognise(self, crops):
            return [Reading("员", (0.5,), (0.7 if len(picture) > 45 else 0.98,)) for picture in crops]

    pieces = read_lines(page, 255 - page, no_rules(), Choked("员", 1.0), np.zeros(PAGE, np.uint8))
    assert [piece.reading.text for piece in pieces] == ["员"]
    assert pieces[0].area.y0 > 254
