"""Which of several words a sign belongs to, where a scan's line ends fall between them."""

import pytest

from extractors.flow import flow_of, lines_in
from extractors.ticks import ticked
from tests.extractors.build import line, paragraph

UNITS = ("公有制企业", "非公企业", "事业单位")
LINES = {
    "公有制企业（）非公企业\n(√）事业单位（）": "非公企业",
    "公有制企业（√）非公企业\n（）事业单位（）": "公有制企业",
    "☐公有制企业☐\n非公企业☑事业单位": "事业单位",
    "公有制企业☐非公企业\n☑事业单位☐": "非公企业",
    "公有制企业\n√非公企业\n事业单位": "非公企业",
    "公有制企业非公企业●事业单位": "事业单位",
    "公有制企业非公企业● 事业单位": "非公企业",
}


@pytest.mark.parametrize("text", ["是 (√)\n否（ )", "是（√）否（）", "（√）是 （ ）否", "是 （ √）  否（ ）", "√是□否"])
def test_a_blank_before_a_bracket_takes_no_sign_from_its_word(text):
    assert ticked(flow_of(lines_in(paragraph(text), 1)), ("是", "否"), scan=True) == ("是",)


@pytest.mark.parametrize("text", LINES)
def test_a_sign_at_a_line_end_belongs_to_the_word_that_the_ends_of_the_text_tell(text):
    assert ticked(flow_of(lines_in(paragraph(text), 1)), UNITS, scan=True) == (LINES[text],)


def test_a_lone_empty_box_between_two_lines_chooses_nothing():
    two = [line("是☐"), line("否")]
    assert ticked(flow_of((1, each) for each in two), ("是", "否"), scan=True) == ()
