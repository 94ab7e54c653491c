"""Forms typed without rules, values spread over cells, values that read like labels."""

from extractors.extract import extract_forms
from profiles.load import load_profile
from tests.extractors.build import document, table

PROFILE = load_profile()
HEADING = "镇江市职工“五小”活动项目提名书"


def values(*blocks):
    (form,) = [f for f in extract_forms(document(*blocks), message="m", file="f", profile=PROFILE) if f.form != "other"]
    return {f.field: f.value for f in form.fields}


def test_label_and_value_parted_by_a_tab_are_a_row():
    lines = (
        "项目名称\t检修工具",
        "项目起止时间\t2022年3月至2023年6月\t项目所属领域\t其他",
        "是什么\t一种小车。",
        "转化应用情况",
        "已转让企业(个)\t0",
    )
    got = values(HEADING, *lines)
    assert got == {
        "project_name": "检修工具",
        "period_start": "2022-03",
        "period_end": "2023-06",
        "domain": "其他",
        "summary_what": "一种小车。",
        "transferred_firms": "0",
    }


def test_a_period_spread_over_cells_is_read_whole():
    rows = [["项目名称", "检修工具", "", ""], ["项目起止时间", "2022年3月", "至", "2023年6月"], ["是什么", "小车", "", ""]]
    got = values(HEADING, table(rows))
    assert (got["period_start"], got["period_end"]) == ("2022-03", "2023-06")


def test_a_value_that_reads_like_a_label_is_a_value_where_its_label_has_no_other():
    rows = [["项目名称：检修工具", "项目所属领域", "其他"], ["是什么", "小车", ""], ["质量提升情况", "好", ""]]
    assert values(HEADING, table(rows))["domain"] == "其他"
