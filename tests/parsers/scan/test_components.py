"""Components by their outlines are those that labelling every pixel gives."""

import cv2
import numpy as np
import pytest

from parsers.scan.components import components
from parsers.scan.pictures import Area


def a_page_of_ink(seed):
    """Strokes, frames and specks at random, touching, nested and at the edges."""
    chance = np.random.default_rng(seed)
    page = np.zeros((240, 320), np.uint8)
    for x, y, width, height in chance.integers(0, 200, (25, 4)).tolist():
        cv2.rectangle(page, (x, y), (x + width // 3, y + height // 3), 255, int(chance.integers(1, 5)))
    page[chance.random(page.shape) > 0.995] = 255
    return page


@pytest.mark.parametrize("seed", range(8))
def test_every_component_has_the_pixels_that_a_label_has(seed):
    page = a_page_of_ink(seed)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(page, connectivity=8)
    labelled = {(x, y, x + w, y + h, (labels[y : y + h, x : x + w] == n).tobytes()) for n, (x, y, w, h, _) in enumerate(stats.tolist()) if n}
    found = components(page)
    assert len(found) == count - 1
    assert {(c.area.x0, c.area.y0, c.area.x1, c.area.y1, (c.mask() > 0).tobytes()) for c in found} == labelled


@pytest.mark.parametrize("seed", range(8))
def test_what_a_component_closes_in_is_what_paper_around_it_does_not_reach(seed):
    for part in components(a_page_of_ink(seed)):
        around = cv2.copyMakeBorder(part.mask(), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        count, labels, stats, _ = cv2.connectedComponentsWithStats((around == 0).astype(np.uint8), connectivity=4)
        left, top = part.area.x0 - 1, part.area.y0 - 1
        inside = [stats[n].tolist() for n in range(1, count) if n != labels[0, 0]]
        assert sorted((x + left, y + top, x + left + w, y + top + h, size) for x, y, w, h, size in inside) == sorted(
            (a.x0, a.y0, a.x1, a.y1, round(size)) for a, size in part.closed_in()
        )


def test_blank_paper_has_none():
    assert components(np.zeros((20, 20), np.uint8)) == []


def test_they_stand_from_top_to_bottom():
    page = np.zeros((50, 50), np.uint8)
    page[40:45, 2:5] = page[3:6, 30:40] = 255
    assert [part.area for part in components(page)] == [Area(30, 3, 40, 6), Area(2, 40, 5, 45)]
