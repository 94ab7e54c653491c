"""Which forms are where: any order, any mix, over pages, without headings, and what is no form at all."""

from pathlib import Path

from extractors.extract import extract_forms
from parsers.document import Box, Document, Ink, Page, Paragraph, Seal, Table
from profiles.load import load_profile
from tests.extractors.build import cell, document, line, pages, paragraph, table
from tests.extractors.test_essay import INTRO, PRACTICE, RESULTS, TITLE
from tests.extractors.test_letter import HEAD, TAIL, body

PROFILE = load_profile()
NOTICE = Path("profiles/zhenjiang_2024.toml")


def forms_of(made: Document):
    return extract_forms(made, message="m", file="f", profile=PROFILE)


def names(made: Document):
    return [form.form for form in forms_of(made)]


def nomination(name="新型压力阀检修工具", title=True) -> list:
    grid = table(
        [
            ["项目名称", name, "项目所属领域", "机械"],
            ["是什么", "本项目是一种工具。", "解决什么问题", "解决了费时的问题。"],
            ["其他", "无", "质量提升情况", "提升"],
        ]
    )
    return [*(["附件2", "镇江市职工“五小”活动项目提名书", "☑小发明　☐小创造　☐小革新　☐小设计　☐小建议"] if title else []), grid]


def person(name="王建国", title=True) -> list:
    grid = table([["第一完成人姓名", name, "性别", "男"], ["学历", "本科", "学位", "无"], ["工作单位", "镇江机械厂", "职务", "钳工"]])
    return [*(["附件3", "二、项目第一完成人及单位基本情况"] if title else []), grid]


def letter() -> list:
    return ["附件4", "三、第一完成人承诺书", HEAD, body(), TAIL, "第一完成人（签字）：　　", "2024年3月11日"]


def essay() -> list:
    return [TITLE, "一、引言", INTRO, "二、主要做法", PRACTICE, "三、主要成效", RESULTS]


def certificate() -> list:
    return ["一线职工证明", "兹证明王建国系我单位一线职工，非企事业单位负责人。", "特此证明。", "镇江机械厂", "2024年3月9日"]


def test_all_forms_in_one_word_file():
    made = document(*nomination(), *person(), *letter(), *essay(), *certificate())
    assert names(made) == ["nomination", "person", "commitment", "recommendation", "certificate"]
    assert all(form.fields for form in forms_of(made))


def test_two_texts_without_a_first_heading_part_at_the_second_ones_title():
    first = [TITLE, INTRO, "二、主要做法", PRACTICE, "三、主要成效", RESULTS, "成员们继续在岗位上找问题，把经验传给了兄弟班组。"]
    second = ["节能风机改造", "镇江机械厂", INTRO, "攻关由职工自发组成。", "二、主要做法", PRACTICE, "三、主要成效", RESULTS]
    made = [form for form in forms_of(document(*first, *second)) if form.form == "recommendation"]
    assert [form.text.splitlines()[0] for form in made] == [TITLE, "节能风机改造"]


def test_the_length_of_an_essay_among_other_forms_is_its_own():
    alone = next(f for f in forms_of(document(*essay())) if f.form == "recommendation")
    between = next(f for f in forms_of(document(*person(), *essay(), *letter())) if f.form == "recommendation")
    assert alone.value("word_count") == between.value("word_count")


def test_pages_in_any_order_with_a_page_of_no_form():
    patent = ["实用新型专利证书", "专利号：ZL 2022 2 1234567.8", "专利权人：镇江机械厂"]
    made = pages(certificate(), person(), patent, letter(), nomination())
    assert [(f.form, f.first_page) for f in forms_of(made)] == [
        ("certificate", 1),
        ("person", 2),
        ("other", 3),
        ("commitment", 4),
        ("nomination", 5),
    ]


def test_two_projects_without_headings_are_told_apart_by_the_first_label():
    made = document(*nomination("甲装置", title=False), *nomination("乙装置", title=False))
    assert [f.value("project_name") for f in forms_of(made)] == ["甲装置", "乙装置"]


def test_two_projects_in_one_table_are_told_apart():
    (first,), (second,) = nomination("甲装置", title=False), nomination("乙装置", title=False)
    cells = [*first.cells, *(cell(c.row + first.rows, c.column, c.text) for c in second.cells)]
    made = document(Table(first.rows * 2, first.columns, tuple(cells)))
    assert [f.value("project_name") for f in forms_of(made)] == ["甲装置", "乙装置"]


def test_two_forms_in_one_table_are_told_apart():
    (first,), (second,) = nomination(title=False), person(title=False)
    cells = [*first.cells, *(cell(c.row + first.rows, c.column, c.text) for c in second.cells)]
    made = document(Table(first.rows + second.rows, 4, tuple(cells)))
    assert names(made) == ["nomination", "person"]


def test_a_form_goes_on_over_a_page_break():
    *top, grid = nomination()
    rest = table([["已转让企业(个)", "0", "技术转让收入(万元)", "1.5"], ["年份", "2022", "奖项名称", "一等奖"]], continued=True)
    (form,) = forms_of(pages([*top, grid], [rest]))
    assert (form.first_page, form.last_page, form.value("transfer_income"), form.value("award_1_name")) == (1, 2, "1.5", "一等奖")


def test_a_form_goes_on_below_the_line_that_heads_every_page():
    head, (*top, grid) = "某市职工活动申报材料", nomination()
    rest = table([["年份", "2022", "奖项名称", "一等奖"], ["授奖单位", "某市机械厂", "", ""]], continued=True)
    (form,) = forms_of(pages([head, *top, grid], [head, rest]))
    assert (form.first_page, form.last_page, form.value("award_1_name")) == (1, 2, "一等奖")
    first, second = forms_of(pages([head, *nomination()], [head, *person()]))
    assert (first.form, first.last_page, second.form, second.first_page) == ("nomination", 1, "person", 2)


def test_prose_that_a_page_break_cuts_is_one_value():
    *top, _ = nomination()
    cut = table([["项目名称", "工具"], ["是什么", "工具"], ["解决什么问题", "费时"], ["其他", "前半句话没有说完"]])
    rest = Table(2, 2, (cell(0, 0, ""), cell(0, 1, "后半句话在下一页。"), cell(1, 0, "已转让企业"), cell(1, 1, "3")), continued=True)
    (form,) = forms_of(pages([*top, cut], [rest]))
    assert (form.value("summary_other"), form.value("transferred_firms")) == ("前半句话没有说完后半句话在下一页。", "3")


def test_a_misread_heading_is_made_up_for_by_the_labels():
    made = pages(["镇汇市职丁五小活动顶目捉名书", *nomination(title=False)])
    assert names(made) == ["nomination"]


def test_a_greeting_is_no_form():
    made = document(
        "市总工会劳经部：", "您好！现将我市“五小”活动项目材料报上，请查收。", "附件：1.汇总表 2.推荐材料 3.一线职工证明", "丹阳市总工会"
    )
    assert names(made) == ["other"]


def test_a_mail_that_is_the_essay_itself_is_one():
    assert names(document("您好，推荐材料如下：", *essay())) == ["recommendation"]


def test_blank_forms_are_known_as_blank():
    blank = table([["项目名称", ""], ["项目起止时间", ""], ["是什么", ""], ["创新点和先进性", "包括取得知识产权情况。"]])
    (form,) = forms_of(document("镇江市职工“五小”活动项目提名书", "小发明 小创造 小革新 小设计 小建议", blank))
    assert (form.form, form.fields, form.notes) == ("nomination", (), ("blank",))


def test_a_text_that_only_speaks_of_the_forms_is_none():
    made = document("关于报送材料的说明", "各单位须填写项目提名书，由第一完成人签署承诺书，并附一线职工证明和推荐材料，于4月10日前报送。")
    assert names(made) == ["other"]


def seal(y: float) -> Seal:
    return Seal(Box(0.6, y, 0.8, y + 0.1), "red", "round")


def scanned(*blocks, seals=(), ink=(), tone="colour") -> Document:
    made = tuple(paragraph(b) if isinstance(b, str) else b for b in blocks)
    return Document("scan", "x", (Page(1, made, 1000, 1400, 0, tone, seals, ink),), "test")


def test_a_seal_is_seen_or_missing_or_unknowable():
    assert [forms_of(scanned(*nomination(), seals=(seal(0.8),)))[0].sealed, forms_of(scanned(*nomination()))[0].sealed] == [True, False]
    assert forms_of(scanned(*nomination(), tone="grey"))[0].sealed is None


def test_of_two_forms_on_one_page_only_the_sealed_one_is_sealed():
    def at(text: str, y: float) -> Paragraph:
        return Paragraph((line(text, Box(0.2, y, 0.8, y + 0.02)),))

    upper = [
        at(text, 0.05 + 0.05 * n) for n, text in enumerate(["第一完成人承诺书", HEAD, body(), TAIL, "第一完成人（签字）：", "2024年3月11日"])
    ]
    lower = [at(text, 0.55 + 0.05 * n) for n, text in enumerate(certificate())]
    letter_form, certificate_form = forms_of(scanned(*upper, *lower, seals=(seal(0.75),)))
    assert (letter_form.form, letter_form.sealed, certificate_form.form, certificate_form.sealed) == ("commitment", None, "certificate", True)


CATEGORIES = ["小发明", "小创造", "小革新", "小设计", "小建议"]


def test_a_category_ticked_in_a_row_of_cells_is_found():
    for rows in (
        [["小发明", "小创造√", "小革新", "小设计", "小建议"]],
        [["类别", *CATEGORIES], ["", "", "√", "", "", ""]],
        [["项目类别", "☐小发明 ☑小创造 ☐小革新 ☐小设计 ☐小建议"]],
    ):
        assert forms_of(document("项目提名书", table(rows), *nomination(title=False)))[0].ticks == ("小创造",)


def test_an_award_that_names_a_category_ticks_nothing():
    *_, grid = nomination()
    awards = table([["年份", "2022", "奖项名称", "小发明一等奖", "授奖单位", "镇江机械厂工会"]])
    assert forms_of(document("项目提名书", grid, awards))[0].ticks == ()


def test_ink_at_the_signature_is_a_signature_and_a_date_is_none():
    def at(y: float, area: float) -> tuple[Ink, ...]:
        return (Ink(Box(0.6, y, 0.75, y + 0.03), area),)

    sign = Paragraph((line("第一完成人（签字）：", Box(0.4, 0.6, 0.6, 0.62)),))
    date = Paragraph((line("2024年3月11日", Box(0.5, 0.66, 0.7, 0.68)),))
    blocks = ["第一完成人承诺书", HEAD, body(), TAIL, sign, date]
    assert forms_of(scanned(*blocks, ink=at(0.595, 20)))[0].signed is True
    assert forms_of(scanned(*blocks))[0].signed is False
    assert forms_of(scanned(*blocks, ink=at(0.655, 20)))[0].signed is False
    assert forms_of(scanned(*blocks, ink=at(0.595, 1)))[0].signed is False
