"""A 推荐材料 without a title finds its project by what it says and by the number before its name."""

from dataclasses import replace

from extractors.dates import period
from extractors.grouping import Row, group
from extractors.identity import leading_number
from extractors.submission import Field, Form


def nomination(number, name, summary):
    fields = (Field("nomination", "project_name", name, name), Field("nomination", "summary_what", summary, summary))
    return Form("m", f"{number}附件2.docx", "nomination", "word", fields)


def recommendation(file, text):
    return Form("m", file, "recommendation", "word", (Field("recommendation", "section_practice", text, text),), text=text)


CHARGING = nomination(1, "叉车充电错峰建议", "按车号尾数分三批充电，谷段用电占比从29%提高到76%，电池轮着用。")
COOLANT = nomination(2, "切削液集中补液装置", "用折光仪测浓度，浮球阀自动补液，每班节省2.5小时。")


def members(groups):
    return [sorted(form.file for form in g.forms) for g in groups]


def test_a_text_goes_where_its_phrases_stand_whatever_its_file_is_called():
    texts = [
        recommendation("材料a.docx", "浮球阀自动补液以后，每班节省2.5小时。"),
        recommendation("材料b.docx", "实行以来谷段用电占比从29%提高到76%。"),
    ]
    assert members(group([CHARGING, COOLANT, *texts], [])) == [["1附件2.docx", "材料b.docx"], ["2附件2.docx", "材料a.docx"]]


def test_files_that_a_unit_numbered_by_project_stay_together():
    texts = [recommendation("2推荐材料.docx", "大家都说好。"), recommendation("1推荐材料.docx", "大家都说好。")]
    assert members(group([CHARGING, COOLANT, *texts], [])) == [["1推荐材料.docx", "1附件2.docx"], ["2推荐材料.docx", "2附件2.docx"]]


def test_a_text_that_names_nobody_goes_with_the_named_form_of_its_file():
    def person(file, name):
        return Form("m", file, "person", "word", (Field("person", "name", name, name),))

    rows = [Row("叉车充电错峰建议", frozenset({"王一"}), frozenset()), Row("切削液集中补液装置", frozenset({"李二"}), frozenset())]
    text = recommendation("3.docx", "大家都说好。")
    made = group(
        [replace(CHARGING, file="1.docx"), replace(COOLANT, file="2.docx"), text, person("3.docx", "王一"), person("4.docx", "李二")], rows
    )
    assert members(made) == [["1.docx", "3.docx", "3.docx"], ["2.docx", "4.docx"]]


def test_files_that_word_numbered_are_no_series_of_photographs():
    first, second = (replace(form, file=f"新建文档 ({n}).docx") for n, form in ((10, CHARGING), (30, COOLANT)))
    named, nameless = recommendation("11.docx", "叉车充电错峰建议：大家都说好。"), recommendation("新建文档 (14).docx", "效果很好。")
    assert members(group([first, second, named, nameless], [])) == [[named.file, first.file], [nameless.file, second.file]]


def test_a_number_before_a_name_is_not_a_date():
    assert leading_number("夹/2.推荐材料.docx") == 2
    assert leading_number("（3）提名书.docx") == 3
    assert leading_number("2024五小.docx") is None
    assert leading_number("3月材料.docx") is None


def test_a_year_right_behind_a_month_is_no_day():
    assert period("2021年12月\n2023年7月") == ("2021-12", "2023-07")
    assert period("2022年5月2023\n年10月") == ("2022-05", "2023-10")
