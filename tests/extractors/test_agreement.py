"""Word against scan: equal, explainable as a misreading, or different."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.agreement import compare
from fixtures.differences import CHANGES

LONG = "已应用于64个站台，每个站台节约造价4200元，共节约26.9万元，乘客满意度明显提高。光伏照明每天可亮6小时，一年节电约9300度。"
CASES = [
    ("镇江市大港机械厂", "镇江市大港机械厂", "organisation", "same"),
    ("甲，乙。", "甲,乙", "prose", "same"),
    ("“五小”（一等）", '"五小"(一等)', "text", "same"),
    ("2022年6月—2023年3月", "2022年6月－2023年3月", "text", "same"),
    (LONG, LONG.replace("，", "", 1), "prose", "same"),
    (LONG, LONG.replace("站", "钻", 1), "prose", "unsure"),
    (LONG, LONG.replace("26.9", "29.6"), "prose", "differs"),
    (LONG, LONG.replace("26.9", "269"), "prose", "unsure"),
    (LONG, LONG.replace("光伏照明每天可亮6小时，", ""), "prose", "differs"),
    (LONG, LONG + "另有两项专利正在申请之中。", "prose", "differs"),
    ("35.8", "53.8", "amount", "differs"),
    ("35.8", "358", "amount", "unsure"),
    ("35.8", "35.9", "amount", "differs"),
    ("321181198510304876", "321181198510304878", "id_number", "unsure"),
    ("32118119851030487X", "32118119851030487x", "id_number", "unsure"),
    ("13912345678", "13912345687", "mobile", "differs"),
    ("13912345678", "13912345673", "mobile", "unsure"),
    ("212300", "212301", "postcode", "differs"),
    ("2024-03-11", "2024-03-12", "date", "differs"),
    ("wx91126@163.com", "wx9ll26@163.com", "email", "same"),
    ("wx91126@163.com", "wx91126@126.com", "email", "differs"),
    ("王建国", "王建囯", "name", "differs"),
    ("王建国", "李小红", "name", "differs"),
    ("张未", "张末", "name", "unsure"),
    ("小革新", "小发明", "choice", "differs"),
    ("是", "否", "yes_no", "differs"),
    ("新型压力阀检修工具改进", "新型压力闽检修工具改进", "text", "unsure"),
    ("新型压力阀检修工具改进", "母线槽接头快速安装结构", "text", "differs"),
    ("苏职字第75661613号", "苏职字第75661613", "certificate_number", "differs"),
]


@pytest.mark.parametrize(("word", "scan", "kind", "verdict"), CASES)
def test_a_difference_is_weighed_by_what_misreading_does(word, scan, kind, verdict):
    assert compare(word, scan, kind) == verdict


def test_a_second_reader_who_reads_what_word_says_leaves_doubt_only():
    assert compare("35.8", "35.9", "amount", ("35.8",)) == "unsure"


def test_a_reading_that_is_poor_by_itself_proves_nothing():
    assert compare("35.8", "53.8", "amount", (), 0.3) == "unsure"


@given(st.text(max_size=60), st.sampled_from(["prose", "text", "amount", "name", "email", "id_number"]))
def test_a_value_always_agrees_with_itself(text, kind):
    assert compare(text, text, kind) == "same"


VALUES = {
    **dict.fromkeys(("id_number", "mobile", "phone", "certificate_number"), "13912345678"),
    "postcode": "212300",
    "date": "2024-03-11",
    "period": "2023-06",
    "year": "2023",
    "amount": "35.8",
    "count": "12",
    "name": "王建国",
    "names": "王建国、李秀兰",
    "choice": "小革新",
    "yes_no": "是",
    "email": "wx91126@163.com",
    **dict.fromkeys(("organisation", "address", "text", "blank"), "镇江市大港机械厂2号车间"),
    "prose": LONG,
}


@pytest.mark.parametrize("kind", CHANGES)
@given(seed=st.integers(0, 10_000))
def test_no_true_difference_passes_for_the_same(kind, seed):
    for change in CHANGES[kind]:
        other = change(VALUES[kind], Random(seed))
        if other not in (VALUES[kind], ""):
            assert compare(other, VALUES[kind], kind) != "same"


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_whole_line_that_the_reader_overlooked_leaves_doubt_only(lost):
    lines = ["社会效益明显，全年节约蒸汽", "和耗材12.1万元，适合二级以", "上医疗机构推广。"]
    read = [line for number, line in enumerate(lines) if number != lost]
    assert compare("".join(lines), "".join(read), "prose", raw="\n".join(read)) == "unsure"


def test_a_sentence_that_is_missing_within_a_line_is_a_difference():
    scan = LONG.replace("光伏照明每天可亮6小时，", "")
    assert compare(LONG, scan, "prose", raw=scan[:20] + "\n" + scan[20:]) == "differs"
