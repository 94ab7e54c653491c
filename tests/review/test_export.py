"""The workbook and the Word file of the consolidated 附件1: what is in them, and that nothing in them is live."""

import io
from datetime import date

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.load import load_profile
from review.export import Listed, by_category, inert, listed, summary_columns
from review.figures import Who, selection, standing
from review.summary_docx import summary_docx
from review.telling import Point
from review.workbook import REQUIREMENTS, rules_without_column, workbook
from store.rows import FieldRow, FindingRow, MessageRow, ProjectRow, ValueRow
from texts import say

PROFILE = load_profile("zhenjiang_2024")
DAY = date(2024, 4, 11)
EVIL = '=HYPERLINK("http://x","点我")'


def project(key: str, category: str = "小发明", **more: object) -> Listed:
    cells = {
        "project_name": f"项目{key}",
        "implementing_unit": "甲公司",
        "main_completers": "张三、李四",
        "category": category,
        "phone": "13800000000",
    }
    given_values = {"status": "complete", "cells": cells, **more}
    return Listed(key, "丹阳市总工会", f"项目{key}", category, "张三", "甲公司", **given_values)  # type: ignore[arg-type]


def read(projects: tuple[Listed, ...]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(projects, PROFILE, DAY)))


def column(sheet: openpyxl.worksheet.worksheet.Worksheet, head: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == head)


def test_there_is_a_sheet_for_all_for_each_category_for_the_checklist_and_the_figures() -> None:
    book = read((project("1"), project("2", "小建议"), project("3", "")))
    assert book.sheetnames == ["汇总表", "小发明", "小创造", "小革新", "小设计", "小建议", "类别未定", "核对表", "统计"]
    assert [cell.value for cell in book["汇总表"][3]][:-2] == [label for _, label in summary_columns(PROFILE)]
    assert [cell.value for cell in book["小建议"][4]] == [
        1,
        "项目2",
        "甲公司",
        "张三、李四",
        "小建议",
        "13800000000",
        "丹阳市总工会",
        "材料齐全",
    ]
    assert book["小创造"].max_row == 3


def test_an_empty_export_opens() -> None:
    book = read(())
    assert book["核对表"].max_row == 1


def test_the_checklist_shows_the_worst_finding_of_each_requirement() -> None:
    points = (
        Point("missing-field", "error", "附件3“电子邮箱”没有填写。"),
        Point("provincial-award", "ineligible", "曾获省奖。"),
        Point("too-many-awards", "error", "奖项过多。"),
        Point("no-seal", "verify", "看不清。"),
    )
    sheet = read((project("1", points=points, status="ineligible", message_points=(Point("late", "error", "迟到。"),)),))["核对表"]
    seen = {say(key): sheet.cell(2, column(sheet, say(key))).value for key in REQUIREMENTS}
    wrong = {head: mark for head, mark in seen.items() if mark != say("export.mark_fine")}
    assert wrong == {"必填项": "补正", "获奖情况": "不符", "盖章": "核对", "按期报送": "补正"}
    words = sheet.cell(2, sheet.max_column).value
    assert words.splitlines()[0] == "1. 曾获省奖。"
    assert len(words.splitlines()) == 5
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref is not None


def test_what_was_judged_on_missing_material_is_not_called_fine() -> None:
    points = (Point("missing-certificate", "error", "没有收到证明。"), Point("missing-scan", "error", "只有 Word 版。"))
    sheet = read((project("1", points=points, status="incomplete"),))["核对表"]
    seen = {say(key): sheet.cell(2, column(sheet, say(key))).value for key in REQUIREMENTS}
    assert {head for head, mark in seen.items() if mark == "缺件"} == {"盖章", "签名日期", "两版一致", "一线证明"}


def test_every_rule_of_the_campaign_has_its_column() -> None:
    assert rules_without_column(PROFILE) == ()
    other = PROFILE.model_copy(update={"rules": {**PROFILE.rules, "new-rule": PROFILE.rules["late"]}})
    assert rules_without_column(other) == ("new-rule",)
    book = openpyxl.load_workbook(io.BytesIO(workbook((project("1", points=(Point("new-rule", "error", "新。"),)),), other, DAY)))
    assert book["核对表"].cell(2, column(book["核对表"], "其他")).value == "补正"


def test_nothing_in_the_workbook_is_a_formula_or_a_link() -> None:
    cells = {"project_name": EVIL, "implementing_unit": "+1+1", "main_completers": "@SUM(A1)", "phone": "-2+3", "category": "=1"}
    book = read((project("1", EVIL, cells=cells, points=(Point("late", "error", EVIL),)),))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                assert not str(cell.value or "").startswith(("=", "@", "+"))


def test_who_is_not_eligible_and_who_is_not_decided_can_be_seen_on_every_sheet() -> None:
    group = (project("1", status="ineligible", decision="rejected"), project("2", status="review"))
    book = read(group)
    for name in ("汇总表", "小发明"):
        assert [row[-1].value for row in book[name].iter_rows(min_row=4)] == ["不符合条件", "待核对"]
    sheet = book["核对表"]
    assert [sheet.cell(row, column(sheet, "审核决定")).value for row in (2, 3)] == ["不符合", "未决定"]
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(summary_docx(group, PROFILE, DAY))).paragraphs)
    assert "不符合条件：第1项；待核对：第2项" in text


def test_a_sum_of_decimals_has_no_tail() -> None:
    group = tuple(project(str(n), benefit=benefit) for n, benefit in enumerate((36.8, 0.05, 0.1, 0.2)))
    rows = {str(row[0].value): row[7].value for row in read(group)["统计"].iter_rows() if row[0].value}
    assert repr(rows["合计"]) == "37.15"


@pytest.mark.parametrize("plain", ["—", "-", "", "0511-88936891", "+86 138 0000 0000", "-3.5", "无", "江苏大港"])
def test_what_is_no_formula_stays_as_it_is(plain: str) -> None:
    assert inert(plain) == plain


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_written_the_workbook_opens(text: str) -> None:
    book = read((project("1", cells={"project_name": text}, points=(Point("late", "error", text),)),))
    assert book["汇总表"].max_row == 4


def test_the_figures_count_by_category_and_unit_and_hold_the_shares_against_the_notice() -> None:
    group = (
        project("1", standing="worker", benefit=10.5, decision="passed"),
        project("2", "小建议", standing="technician", senior=True, status="review"),
        project("3", standing="technician", status="incomplete", benefit=2.0),
    )
    sheet = read(group)["统计"]
    rows = {str(row[0].value): [cell.value for cell in row[1:8]] for row in sheet.iter_rows() if row[0].value}
    assert rows["小发明"] == [2, 1, 1, 0, 0, 1, 12.5]
    assert rows["丹阳市总工会"] == rows["合计"] == [3, 1, 1, 1, 0, 1, 12.5]
    assert rows["全部项目"] == [3, 1, 2, 0, pytest.approx(1 / 3), 1, 0.5]
    assert rows["审核通过的项目"] == [1, 1, 0, 0, 1, 0, "—"]
    assert len(sheet._charts) == 2


@pytest.mark.parametrize(
    ("grade", "title", "position", "who"),
    [
        ("高级工", "", "电工", Who("worker", False)),
        ("高级工", "无", "科长", Who("worker", False)),
        ("", "高级工程师", "工艺员", Who("technician", True)),
        ("/", "工程师", "", Who("technician", False)),
        ("技师", "工程师", "维修电工", Who("worker", False)),
        ("技师", "高级工程师", "工艺主管", Who("technician", True)),
        ("技师", "工程师", "党员", Who("undecided", False)),
        ("", "", "电工", Who("undecided", False)),
    ],
)
def test_a_worker_is_told_from_a_technician(grade: str, title: str, position: str, who: Who) -> None:
    assert standing(grade, title, position, PROFILE.words) == who


def test_shares_of_nobody_are_none() -> None:
    figures = selection([], PROFILE)
    assert (figures.worker_share, figures.senior_share, figures.workers_ok, figures.seniors_ok) == (None, None, None, None)


def test_the_word_file_has_the_notices_layout() -> None:
    document = docx.Document(io.BytesIO(summary_docx((project("1"), project("2", "小建议")), PROFILE, DAY)))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert text[0] == "附件1"
    assert text[1] == "2024 年全市“五小”活动项目汇总表"
    assert "填表日期：2024 年 4 月 11 日" in text[2]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "项目名称", "实施单位", "主要完成人", "项目类别", "联系电话"],
        ["1", "项目1", "甲公司", "张三、李四", "小发明", "13800000000"],
        ["2", "项目2", "甲公司", "张三、李四", "小建议", "13800000000"],
    ]


def field_row(message: str, row: int, name: str, value: str, source: str = "word") -> FieldRow:
    return FieldRow(None, message, "summary", row, name, source, value, value, 1.0, "f", None, None, None, None, None)


def test_rows_of_the_store_become_the_listed_projects() -> None:
    def row(key: str, name: str, category: str, superseded_by: str | None = None) -> ProjectRow:
        return ProjectRow(key, "m", "丹阳市总工会", name, category, "张三", "甲公司", None, "incomplete", 1, 0, 0, None, superseded_by)

    values = [
        ValueRow("a", "nomination", "internal_benefit", "36.5", "word", "same"),
        ValueRow("a", "nomination", "transfer_income", "0", "word", "same"),
        ValueRow("a", "person", "skill_level", "高级工", "word", "same"),
        ValueRow("b", "person", "unit_name", "乙公司", "word", "same"),
        ValueRow("b", "person", "mobile", "13900000000", "word", "same"),
        ValueRow("b", "person", "id_number", "3211**********1234", "word", "same"),
        ValueRow("b", "nomination", "internal_benefit", "约五万", "word", "same"),
    ]
    fields = [
        field_row("m", 1, "project_name", "触头 温度检测夹", "scan"),
        field_row("m", 1, "main_completers", "张三", "scan"),
        field_row("m", 2, "project_name", "触头温度检测夹"),
        field_row("m", 2, "main_completers", "张三、李四"),
    ]
    findings = [
        FindingRow("m", "a", "missing-field", "error", "缺。", None, None, None, None, "open"),
        FindingRow("m", None, "late", "error", "迟。", None, None, None, None, "open"),
        FindingRow("m", "a", "no-seal", "error", "章。", None, None, None, None, "dismissed"),
    ]
    projects = [row("b", "雨棚", "小设计"), row("a", "触头温度检测夹", "小发明"), row("old", "旧", "小发明", "a")]
    first, second = listed(projects, values, fields, findings, [message("m", "丹阳市总工会")], PROFILE)
    assert (first.project, first.benefit, first.standing, first.cells["main_completers"]) == ("a", 36.5, "worker", "张三、李四")
    assert [point.rule for point in first.points] == ["missing-field"]
    assert [point.rule for point in first.message_points] == ["late"]
    assert (second.benefit, second.cells["implementing_unit"], second.cells["phone"]) == (None, "乙公司", "13900000000")
    assert "1234" not in str(second)
    assert [(name, len(group)) for name, group in by_category((first, second), PROFILE) if group] == [("小发明", 1), ("小设计", 1)]


def message(key: str, unit: str | None, received: str = "2024-03-20T09:00:00+08:00") -> MessageRow:
    return MessageRow(key, f"<{key}@x>", "材料", "a@x.cn", received, unit, "processed", None, key)


def test_a_row_of_the_summary_is_the_units_own_and_the_newest_one() -> None:
    projects = [
        ProjectRow(key, key, unit, "井盖", "小发明", "张三", "甲厂", None, "complete", 0, 0, 0, None, None)
        for key, unit in (("a", "丹阳市总工会"), ("b", "句容市总工会"))
    ]
    messages = [
        message("b", "句容市总工会", "2024-03-22T09:00:00+08:00"),
        message("a", "丹阳市总工会"),
        message("c", "丹阳市总工会", "2024-03-21T09:00:00+08:00"),
    ]
    fields = [
        field_row(key, 1, name, value=value)
        for key, phone in (("b", "1"), ("a", "2"), ("c", "3"))
        for name, value in (("project_name", "井盖"), ("phone", phone))
    ]
    assert {one.unit: one.cells["phone"] for one in listed(projects, (), fields, (), messages, PROFILE)} == {
        "丹阳市总工会": "3",
        "句容市总工会": "1",
    }


def test_what_a_reviewer_corrected_goes_before_the_units_own_row() -> None:
    row = ProjectRow("a", "m", "丹阳市总工会", "井盖", "小建议", "张三", "甲厂", None, "complete", 0, 0, 0, None, None)
    fields = [field_row("m", 1, name, value=value) for name, value in (("project_name", "井盖"), ("phone", "1"), ("category", "小发明"))]
    values = [
        ValueRow("a", "nomination", "category", "小建议", "word", "same"),
        ValueRow("a", "person", "mobile", "13900000000", "review", "corrected"),
    ]
    (one,) = listed([row], values, fields, (), [message("m", "丹阳市总工会")], PROFILE)
    assert (one.cells["category"], one.cells["phone"]) == ("小建议", "13900000000")
