"""Labels that share their cell with the value, and words of a label that only stand above a part of the form."""

from dataclasses import replace

from extractors.extract import extract_forms
from parsers.document import Table
from profiles.load import load_profile
from tests.extractors.build import cell, document, table

PROFILE = load_profile()


def read(form, *blocks):
    (found,) = [f for f in extract_forms(document(*blocks), message="m", file="f", profile=PROFILE) if f.form != "other"]
    assert found.form == form
    return {field.field: field.value for field in found.fields}


SHARED = Table(
    7,
    4,
    (
        cell(0, 0, "项目名称：管道试压快装盲板", columns=4),
        cell(1, 0, "任务及资金来源（是职务创新填写）：", columns=4),
        cell(2, 0, "项\n目\n简\n介", rows=2),
        cell(2, 1, "是什么：一种快装盲板。", columns=3),
        cell(3, 1, "解决什么问题：试压装拆费时。", columns=3),
        cell(4, 0, "获\n奖", rows=2),
        cell(4, 1, "年份："),
        cell(4, 2, "奖项名称："),
        cell(4, 3, "授奖单位："),
        cell(5, 1, "年份："),
        cell(5, 2, "奖项名称："),
        cell(5, 3, "授奖单位："),
        cell(6, 0, "申报单位意见"),
        cell(6, 1, "同意申报。（盖章）", columns=3),
    ),
)


def test_a_blank_label_that_shares_its_cell_with_the_value_takes_nothing_from_its_neighbours():
    assert read("nomination", "职工“五小”活动项目提名书", SHARED) == {
        "project_name": "管道试压快装盲板",
        "summary_what": "一种快装盲板。",
        "summary_problem": "试压装拆费时。",
    }


def test_a_label_that_stands_twice_in_a_cell_of_two_rows_is_no_value():
    twice = cell(4, 2, "奖项名称：\n奖项名称：", rows=2)
    joined = replace(SHARED, cells=tuple(twice if c == SHARED.cells[7] else c for c in SHARED.cells if c != SHARED.cells[10]))
    assert "award_1_name" not in read("nomination", "职工“五小”活动项目提名书", joined)


def test_a_row_that_was_added_takes_no_value_from_the_labels_of_the_others():
    awards = [
        cell(4 + i, 1 + j, text)
        for i in range(3)
        for j, text in enumerate((f"年份：202{i}", f"奖项名称：第{'一二三'[i]}个奖", "授奖单位：镇江市长江检修有限公司"))
    ]
    added = Table(7, 4, (*SHARED.cells[:5], cell(4, 0, "获\n奖", rows=3), *awards))
    found = read("nomination", "职工“五小”活动项目提名书", added)
    assert [found[f"award_{n}_{what}"] for n in (1, 2) for what in ("year", "name", "grantor")] == [
        *("2020", "第一个奖", "镇江市长江检修有限公司"),
        *("2021", "第二个奖", "镇江市长江检修有限公司"),
    ]


UNIT = [
    ["第一完成单位名称", "镇江市长江检修有限公司", "单位性质", "非公企业", "邮政编码", "212004"],
    ["联系人\n姓名", "王志远", "联系人\n职务", "综合部主任", "手机号码", "13905289911"],
]


def test_words_of_a_label_alone_in_a_row_head_a_part_of_the_form_and_leave_the_value_to_the_label_below():
    person = [["第一完成人姓名", "刘静", "性别", "女", "学历", "本科"], ["身份证号", "321111196903221005", "职务", "操作工", "学位", "无"]]
    rows = [*person, ["第一完成单位", *[""] * 5], *UNIT]
    plain = table(rows)
    merged = Table(
        5,
        6,
        tuple(cell(2, 0, "第一完成单位", columns=6) if c.row == 2 else c for c in plain.cells if c.row != 2 or c.column == 0),
    )
    found = read("person", "二、项目第一完成人及单位基本情况", merged)
    assert (found["unit_name"], found["unit_contact"], found["unit_contact_mobile"]) == ("镇江市长江检修有限公司", "王志远", "13905289911")


def test_a_row_of_labels_that_could_head_a_summary_but_names_few_of_its_columns_stays_in_its_form():
    head = [["第一完成人姓名", "刘静", "性别", "女", "学历", "本科"], ["身份证号", "321111196903221005", "职务", "操作工", "学位", "无"]]
    found = read(
        "person",
        "二、项目第一完成人及单位基本情况",
        table([*head, *UNIT, ["电子邮箱", "a@163.com", "", "", "", ""], ["第一完成人所在单位工会情况", *[""] * 5]]),
    )
    assert (found["unit_contact"], found["unit_contact_position"]) == ("王志远", "综合部主任")


def test_words_of_a_label_beside_rows_of_labels_name_a_part_of_the_form():
    grouped = Table(
        6,
        5,
        (
            cell(0, 0, "第\n一\n完\n成\n人", rows=3),
            *(cell(r, c + 1, t) for r, row in enumerate(PERSON) for c, t in enumerate(row)),
            cell(3, 0, "完\n成\n单\n位", rows=3),
            *(cell(r + 3, c + 1, t) for r, row in enumerate(FIRM) for c, t in enumerate(row)),
        ),
    )
    found = read("person", "二、项目第一完成人及单位基本情况", grouped)
    assert (found["name"], found["unit_name"], found["unit_contact"]) == ("刘静", "镇江市长江检修有限公司", "王志远")


PERSON = [["姓名", "刘静", "性别", "女"], ["学历", "本科", "职务", "操作工"], ["身份证号", "321111196903221005", "学位", "无"]]
FIRM = [
    ["第一完成单位名称", "镇江市长江检修有限公司", "单位性质", "非公企业"],
    ["联系人姓名", "王志远", "手机号码", "13905289911"],
    ["通讯地址", "镇江市长江路1号", "邮政编码", "212004"],
]
