"""The 汇总表 in every layout: head above, in or below the table, rows blank, merged, shifted, over two pages."""

import pytest

from extractors.extract import extract_forms
from parsers.document import Table
from profiles.load import load_profile
from tests.extractors.build import cell, document, pages, paragraph, table

PROFILE = load_profile()
TITLE = "2024年全市“五小”活动项目汇总表"
HEADS = ["序号", "项目名称", "实施单位", "主要完成人", "项目类别", "联系电话"]
ROW_1 = ["1", "新型压力阀检修工具", "镇江市大港机械有限公司", "王建国、李小红", "小革新", "13912345678"]
ROW_2 = ["2", "码头皮带机防跑偏装置", "镇江东方港务有限公司", "赵一鸣、张伟", "小发明", "0511-85123456"]
NAMES = ("seq", "project_name", "implementing_unit", "main_completers", "category", "phone")
WANTED_1 = dict(zip(NAMES, ROW_1, strict=True))
WANTED_2 = dict(zip(NAMES, [*ROW_2[:5], "051185123456"], strict=True))
HEAD = {"nominating_unit": "丹阳市总工会", "fill_date": "2024-03-09", "contact": "蒋秀兰", "contact_phone": "051188936891"}
LINES = ("报送单位(盖章): 丹阳市总工会", "填表日期: 2024年3月9日", "报送单位联系人: 蒋秀兰　　　联系电话: 0511-88936891")
PLAIN = table([HEADS, ROW_1, ROW_2])


def read(*blocks, medium="word"):
    (form,) = [f for f in extract_forms(document(*blocks, medium=medium), message="m", file="f", profile=PROFILE) if f.form != "other"]
    return rows_of(form)


def rows_of(form):
    assert form.form == "summary"
    rows = {}
    for f in form.fields:
        rows.setdefault(f.row, {})[f.field] = f.value
    return rows


LAYOUTS = {
    "as printed": ("附件1", TITLE, *LINES, PLAIN),
    "head on one line": (TITLE, "报送单位（盖章）：丹阳市总工会  填表日期：2024年3月9日", LINES[2], PLAIN),
    "head below": (TITLE, PLAIN, *LINES),
    "head on one line without gaps, as a scan may lose them": (TITLE, "报送单位（盖章）：丹阳市总工会填表日期：2024年3月9日", LINES[2], PLAIN),
    "a colon lost before a phone": (TITLE, *LINES[:2], "报送单位联系人: 蒋秀兰  联系电话 0511-88936891", PLAIN),
    "underscores": (TITLE, "报送单位（盖章）：__丹阳市总工会__", "填表日期：_2024_年_3_月_9_日", LINES[2], PLAIN),
    "blank rows": (TITLE, *LINES, table([HEADS, ROW_1, ROW_2, ["3", "", "", "", "", ""], ["", "", "", "", "", ""]])),
    "a note below": (TITLE, *LINES, PLAIN, "备注：“项目类别”填写：小发明、小创造、小革新、小设计、小建议。"),
    "spaced heads": (TITLE, *LINES, table([["序　号", "项 目 名 称", "实施\n单位", "主要完成人", "项目类别", "联系电话"], ROW_1, ROW_2])),
    "heads of other words": (TITLE, *LINES, table([["编号", "项目名称", "完成单位", "项目完成人", "项目类型", "联系方式"], ROW_1, ROW_2])),
    "another column": (
        TITLE,
        *LINES,
        table([[*HEADS[:3], "职务", *HEADS[3:]], [*ROW_1[:3], "班长", *ROW_1[3:]], [*ROW_2[:3], "工人", *ROW_2[3:]]]),
    ),
    "columns moved": (TITLE, *LINES, table([HEADS[::-1], ROW_1[::-1], ROW_2[::-1]])),
    "two tables": (TITLE, *LINES, table([HEADS, ROW_1]), table([HEADS, ROW_2])),
    "two tables, the second without a head": (TITLE, *LINES, table([HEADS, ROW_1]), table([ROW_2], continued=True)),
    "a sheet without merged cells": (
        table(
            [
                [TITLE, *[""] * 5],
                ["报送单位（盖章）", "丹阳市总工会", "", "填表日期", "2024年3月9日", ""],
                ["报送单位联系人", "蒋秀兰", "", "联系电话", "0511-88936891", ""],
                HEADS,
                ROW_1,
                ROW_2,
            ]
        ),
    ),
    "names a line": (TITLE, *LINES, table([HEADS, [*ROW_1[:3], "王建国\n李小红", *ROW_1[4:]], [*ROW_2[:3], "赵一鸣，张伟", *ROW_2[4:]]])),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_head_and_rows_are_read_in_every_layout(name):
    assert read(*LAYOUTS[name]) == {0: HEAD, 1: WANTED_1, 2: WANTED_2}


def test_a_sheet_with_title_and_head_in_its_cells_is_read():
    wide = [cell(0, 0, TITLE, columns=6), cell(1, 0, "报送单位(盖章):", columns=2), cell(1, 2, "丹阳市总工会", columns=2)]
    wide += [cell(1, 4, "填表日期:"), cell(1, 5, "2024年3月9日"), cell(2, 0, "报送单位联系人：蒋秀兰", columns=3)]
    wide += [cell(2, 3, "联系电话：0511-88936891", columns=3)]
    body = [cell(3 + r, c, text) for r, row in enumerate([HEADS, ROW_1, ROW_2]) for c, text in enumerate(row)]
    wide_note = [cell(6, 0, "备注：“项目类别”填写：小发明、小创造、小革新、小设计、小建议。", columns=6)]
    assert read(Table(7, 6, tuple(wide + body + wide_note))) == {0: HEAD, 1: WANTED_1, 2: WANTED_2}


def test_a_unit_merged_over_two_rows_counts_for_both():
    cells = [cell(0, c, text) for c, text in enumerate(HEADS)]
    cells += [cell(1, c, text) for c, text in enumerate(ROW_1) if c != 2] + [cell(1, 2, ROW_1[2], rows=2)]
    cells += [cell(2, c, text) for c, text in enumerate(ROW_2) if c != 2]
    cells.sort(key=lambda c: (c.row, c.column))
    assert read(TITLE, *LINES, Table(3, 6, tuple(cells)))[2]["implementing_unit"] == ROW_1[2]


@pytest.mark.parametrize("total", [["合计", "2项", "", "", "", ""], ["", "共计：2个", "", "", "", ""], ["小计2", "", "", "", "", ""]])
def test_a_row_that_sums_up_is_no_project(total):
    assert set(read(TITLE, *LINES, table([HEADS, ROW_1, ROW_2, total]))) == {0, 1, 2}


def test_a_blank_table_has_no_rows():
    (form,) = extract_forms(
        document(TITLE, "报送单位(盖章):", "填表日期:　年　月　日", table([HEADS, ["1"] + [""] * 5])), message="m", file="f", profile=PROFILE
    )
    assert (form.form, form.fields) == ("summary", ())
    assert "blank" in form.notes


def test_a_table_over_two_scanned_pages_is_one_form():
    first = [paragraph(TITLE), *map(paragraph, LINES), table([HEADS, ROW_1])]
    (form,) = extract_forms(pages(first, [table([HEADS, ROW_2])]), message="m", file="f", profile=PROFILE)
    assert rows_of(form) == {0: HEAD, 1: WANTED_1, 2: WANTED_2}
    assert (form.first_page, form.last_page) == (1, 2)


def test_a_mail_that_only_names_its_attachment_is_no_summary():
    forms = extract_forms(
        document("各位领导：", "现报送五小活动项目汇总表及材料，请查收。", "附件：2024年全市“五小”活动项目汇总表"),
        message="m",
        file="正文.txt",
        profile=PROFILE,
    )
    assert [f.form for f in forms] == ["other"]
