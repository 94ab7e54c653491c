"""Values as written become values as stored."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.dates import period
from extractors.flow import flow_of, lines_in
from extractors.normal import NORMALISERS, is_about, is_blank, mended, normalise
from extractors.values import fields_of
from profiles.load import load_profile
from tests.extractors.build import paragraph

CASES = [
    ("date", "2024 年 3 月 9 日", "2024-03-09"),
    ("date", "二〇二四年三月九日", "2024-03-09"),
    ("date", "二零二三年十二月", "2023-12"),
    ("date", "2023.6", "2023-06"),
    ("date", "2023/06/30", "2023-06-30"),
    ("date", "２０２３年６月", "2023-06"),
    ("date", "20230630", "2023-06-30"),
    ("year", "2022年", "2022"),
    ("year", "二〇二二年", "2022"),
    ("year", "2022年5月", "2022"),
    ("amount", "48.2万元", "48.2"),
    ("amount", "约48万", "48"),
    ("amount", "482000元", "48.2"),
    ("amount", "680多万", "680"),
    ("amount", "1,200余万元", "1200"),
    ("amount", "20几万元", "20"),
    ("amount", "四十八万元", "48"),
    ("amount", "四十多万元", "40"),
    ("amount", "四十多", "40"),
    ("amount", "十几万", "10"),
    ("amount", "三百余万元", "300"),
    ("amount", "四千余元", "0.4"),
    ("amount", "3千元", "0.3"),
    ("amount", "3千", "3千"),
    ("amount", "3千万元", "3000"),
    ("amount", "几十万元", "几十万元"),
    ("amount", "数百万元", "数百万元"),
    ("amount", "6.3w元", "6.3"),
    ("amount", "38。6", "38.6"),
    ("amount", "0", "0"),
    ("amount", "无", "无"),
    ("amount", "/", "/"),
    ("amount", "9.0", "9"),
    ("count", "2家", "2"),
    ("count", "两个", "2"),
    ("count", "四十多", "40"),
    ("count", "十几家", "10"),
    ("count", "三百余户", "300"),
    ("count", "40余家", "40"),
    ("count", "几十家", "几十家"),
    ("count", "０", "0"),
    ("phone", "0511-86152105", "051186152105"),
    ("phone", "0511-83041263转\n806", "051183041263806"),
    ("phone", "0511-\n85764804转\n806", "051185764804806"),
    ("phone", "0511\n85154238转806", "051185154238806"),
    ("phone", "0511-86152105\n13912345678", "051186152105、13912345678"),
    ("phone", "+86 139 1234 5678", "13912345678"),
    ("phone", "13912345678/0511-86152105", "13912345678、051186152105"),
    ("mobile", "176-8174-1529", "17681741529"),
    ("id_number", "32118119850910487x", "32118119850910487X"),
    ("id_number", "321181 19850910 487Ｘ", "32118119850910487X"),
    ("email", "wx91126 @163.com", "wx91126@163.com"),
    ("email", "ＷＸ＠163．com", "WX@163.com"),
    ("postcode", "２１２３００", "212300"),
    ("names", "张　三、李四", "张三、李四"),
    ("names", "张三，李四;王五", "张三、李四、王五"),
    ("names", "张三 李四", "张三、李四"),
    ("name", "王 建 国同志", "王建国"),
    ("organisation", "镇江市大港\n机械厂（盖章）", "镇江市大港机械厂"),
    ("text", "控 制 S7-200  PLC 柜", "控制S7-200 PLC柜"),
    ("prose", "第一行，\n第二行（①）m³", "第一行，第二行（①）m³"),
    ("yes_no", "属于", "是"),
    ("yes_no", "不属于", "否"),
    ("yes_no", "无", "否"),
    ("certificate_number", "苏职字第 75661613 号", "苏职字第75661613号"),
]


@pytest.mark.parametrize(("kind", "raw", "value"), CASES)
def test_a_value_is_normalised_by_its_kind(kind, raw, value):
    assert normalise(raw, kind) == value


@pytest.mark.parametrize(
    ("raw", "about"),
    [
        *((raw, True) for raw in ("四十多万元", "十几家", "680多万", "三百余", "约48", "3家左右", "超过50万元")),
        *((raw, False) for raw in ("48.2万元", "四十八", "0", "无", "几个", "")),
    ],
)
def test_a_number_that_is_only_about_right_is_known(raw, about):
    assert is_about(raw) is about


PERIODS = {
    "2023年下半年": ("2023-07", "2023-12"),
    "2022年下半年—2023年上半年": ("2022-07", "2023-06"),
    "2023年第三季度": ("2023-07", "2023-09"),
    "2022年初至2023年底": ("2022-01", "2023-12"),
    "2023年3月至年底": ("2023-03", "2023-12"),
    "2022年6月至2023年3月": ("2022-06", "2023-03"),
    "2022.07-2023.07": ("2022-07", "2023-07"),
    "2022年10月—2023年9月": ("2022-10", "2023-09"),
    "2022年6-12月": ("2022-06", "2022-12"),
    "2022年6月-12月": ("2022-06", "2022-12"),
    "2022.6-12": ("2022-06", "2022-12"),
    "2022.6.1～2023.1.28": ("2022-06-01", "2023-01-28"),
    "2022年3月1日—11月30日": ("2022-03-01", "2022-11-30"),
    "2022-06-01至2023-01-28": ("2022-06-01", "2023-01-28"),
    "20220601-20230331": ("2022-06-01", "2023-03-31"),
    "2022年6月至今": ("2022-06", None),
    "2022年6月起": ("2022-06", None),
    "至2023年6月": (None, "2023-06"),
    "截至2023年6月": (None, "2023-06"),
    "2023年6月完成": (None, "2023-06"),
    "2022-2023年": ("2022", "2023"),
    "二〇二二年六月至二〇二三年十一月": ("2022-06", "2023-11"),
    "二〇二二年十月至二\n〇二三年十二月": ("2022-10", "2023-12"),
    "长期": (None, None),
}


@pytest.mark.parametrize("raw", PERIODS)
def test_a_period_has_its_start_and_end_as_written(raw):
    assert period(raw) == PERIODS[raw]


SCANNED = [
    ("amount", "1,020.75", "1020.75"),
    ("amount", "1.020.75", "1020.75"),
    ("amount", "1,020.7\n5", "1020.75"),
    ("amount", "36,5", "36.5"),
    ("amount", "1,200", "1200"),
    ("text", "1", "/"),
    ("certificate_number", "苏镇工职【2019〕448号", "苏镇工职〔2019〕448号"),
]


@pytest.mark.parametrize(("kind", "raw", "value"), SCANNED)
def test_what_a_scan_shows_of_a_number_a_stroke_or_a_bracket_is_told(kind, raw, value):
    assert normalise(mended(raw, kind), kind) == value


def test_ocr_is_mended_only_where_it_is_safe():
    assert mended("l3912345O78", "mobile") == "13912345078"
    assert mended("38。6", "amount") == "38.6"
    assert mended("岸电接☑统一", "text") == "岸电接口统一"
    assert mended("OTIS电梯l号", "text") == "OTIS电梯l号"


@given(st.sampled_from(sorted(NORMALISERS)), st.text(max_size=40))
def test_no_text_breaks_a_normaliser(kind, raw):
    assert isinstance(normalise(raw, kind), str)


@given(st.text(max_size=60))
def test_no_text_breaks_a_period(raw):
    assert all(end is None or re.fullmatch(r"\d{4}(-\d{2}){0,2}", end) for end in period(raw))


@pytest.mark.parametrize(
    ("typed", "scan", "values"), [("—", False, ["—"]), ("-", False, ["-"]), ("—", True, []), ("———", False, []), ("＿＿", False, [])]
)
def test_a_dash_that_somebody_typed_is_a_value_and_a_line_is_none(typed, scan, values):
    flow = flow_of(lines_in(paragraph(typed), None))
    degree = next(field for field in load_profile().form("person").fields() if field.name == "degree")
    assert [field.value for field in fields_of("person", degree, flow, scan)] == values


@pytest.mark.parametrize(
    "written", ["单击或点击此处输入文字。", "单击此处输入文字.", "点击这里输入文本", "单击或点击以输入日期。", "选择一项。"]
)
def test_what_word_prints_in_a_control_that_was_left_alone_is_no_value(written):
    assert is_blank(written)
    assert not is_blank(f"在控制台上{written}")
