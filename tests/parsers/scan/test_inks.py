"""Which colours are a stamp's ink."""

import numpy as np
import pytest

from parsers.scan.colour import find_inks

PAPER = (255, 255, 255)


def ink(colour):
    """A page with a bar of that colour; how much of the bar counts as red stamp ink (0–1)."""
    page = np.full((400, 400, 3), PAPER, np.uint8)
    page[100:120, 50:350] = colour
    return (find_inks(page).red[100:120, 50:350] > 0).mean()


@pytest.mark.parametrize(
    "colour", [(217, 45, 40), (227, 66, 52), (235, 90, 60), (240, 170, 158), (220, 170, 150), (215, 160, 140), (190, 20, 45)]
)
def test_vermilion_pale_or_in_warm_light_is_a_stamps(colour):
    assert ink(colour) > 0.95


@pytest.mark.parametrize("colour", [(237, 125, 49), (198, 146, 0), (150, 75, 0)])
def test_orange_and_brown_print_is_none(colour):
    assert ink(colour) == 0
