"""Whether a page is signed: surely, surely not, or a person must look."""

from dataclasses import replace

import pytest

from extractors.marks import signed
from parsers.document import Box, Ink, Page, Paragraph
from tests.extractors.build import line

AT_SIGN, ELSEWHERE = Box(0.6, 0.49, 0.75, 0.53), Box(0.6, 0.79, 0.75, 0.83)
LETTER = Paragraph((line("第一完成人（签字）：", Box(0.3, 0.5, 0.55, 0.52)),))


def told(tone, *inks):
    page = replace(Page(1, (LETTER,), 1000, 1400), tone=tone, ink=inks)
    return signed([page], [(1, LETTER)])


@pytest.mark.parametrize("tone", ["colour", "grey", "one-bit"])
def test_ink_at_the_place_is_a_signature_on_every_tone_and_bare_paper_is_none(tone):
    assert told(tone, Ink(AT_SIGN, 20.0)) is True
    assert told(tone) is False


@pytest.mark.parametrize(("tone", "expected"), [("colour", False), ("grey", None), ("one-bit", None)])
def test_what_may_be_print_is_left_to_a_person_where_the_paper_shows_no_ink(tone, expected):
    assert told(tone, Ink(AT_SIGN, 20.0, sure=False)) is expected


def test_what_may_be_print_elsewhere_says_nothing():
    assert told("grey", Ink(ELSEWHERE, 20.0, sure=False)) is False
