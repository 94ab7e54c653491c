"""Sections of the 推荐材料, by heading in every usual dress or by sense, and its counts."""

import pytest

from extractors.extract import extract_forms
from extractors.wordcount import character_count, word_count
from parsers.document import Paragraph, Run
from profiles.load import load_profile
from tests.extractors.build import document, paragraph

PROFILE = load_profile()
TITLE = "“新型压力阀检修工具”项目推荐材料"
INTRO = "公司承担全市供热管网的检修任务，压力阀数量超过一千只。过去靠人工拆装，费时费力，职工意见很大，检修班组决心改变这一局面。"
PRACTICE = "小组对近三年的缺陷逐一复盘，画出曲线，确定了改进的方向。随后试制样件，经过三轮试验定型，并编写了操作卡片供班组使用。"
RESULTS = "工具投入使用以来，单次检修时间由四小时缩短到一小时，全年节约费用12.5万元，职工普遍反映好用、省力、安全可靠。"
WANTED = {"section_introduction": INTRO, "section_practice": PRACTICE, "section_results": RESULTS}


def bold(text: str) -> Paragraph:
    return paragraph((Run(text, bold=True),))


def read(*blocks):
    (form,) = [f for f in extract_forms(document(*blocks), message="m", file="f", profile=PROFILE) if f.form != "other"]
    assert form.form == "recommendation"
    return {f.field: f.value for f in form.fields if f.field.startswith("section")}, form.notes


def three(first, second, third):
    return (TITLE, first, INTRO, second, PRACTICE, third, RESULTS)


VARIANTS = {
    "as the notice has it": three("第一部分：引言（背景情况）", "第二部分：主要做法", "第三部分：主要成效"),
    "with numbers": three("一、引言", "二、主要做法", "三、主要成效"),
    "in brackets": three("（一）引言（背景情况）", "（二）主要做法", "（三）主要成效"),
    "figures": three("1. 引言", "2. 主要做法", "3. 主要成效"),
    "figures with a comma": three("1、背景情况", "2、主要做法", "3、主要成效"),
    "parts without a colon": three("第一部分 引言", "第二部分 主要做法", "第三部分 主要成效"),
    "chapters": three("第一章 引言", "第二章 主要做法", "第三章 主要成效"),
    "bold only": three(bold("引言"), bold("主要做法"), bold("主要成效")),
    "plain only": three("引言", "主要做法", "主要成效"),
    "with colons": three("引言：", "主要做法：", "主要成效："),
    "numbered as on a banknote, a line each in one paragraph": (
        paragraph("\n".join([TITLE, "壹、背景情况（引言）", INTRO, "贰、主要做法", PRACTICE, "叁、主要成效", RESULTS])),
    ),
    "in square brackets": three("【引言】", "【主要做法】", "【主要成效】"),
    "synonyms": three("一、项目背景", "二、具体做法", "三、取得成效"),
    "more synonyms": three("一、背景情况", "二、主要措施", "三、应用成效"),
    "longer": three("一、项目背景及意义", "二、主要做法和措施", "三、主要成效及推广"),
    "spaced": three("一、引　言", "二、主 要 做 法", "三、主 要 成 效"),
    "numbers by Word": (
        TITLE,
        paragraph("引言", automatic_number="一、"),
        INTRO,
        paragraph("主要做法", automatic_number="二、"),
        PRACTICE,
        paragraph("主要成效", automatic_number="三、"),
        RESULTS,
    ),
    "heading styles": (
        TITLE,
        paragraph("引言", heading=1),
        INTRO,
        paragraph("主要做法", heading=1),
        PRACTICE,
        paragraph("主要成效", heading=1),
        RESULTS,
    ),
    "run in with colons": (TITLE, f"一、引言：{INTRO}", f"二、主要做法：{PRACTICE}", f"三、主要成效：{RESULTS}"),
    "run in with parts": (TITLE, f"第一部分：引言（背景情况）。{INTRO}", f"第二部分：主要做法。{PRACTICE}", f"第三部分：主要成效。{RESULTS}"),
    "glued behind full stops": (TITLE, f"一、引言\n{INTRO}二、主要做法：{PRACTICE}三、主要成效：{RESULTS}"),
    "soft breaks": (TITLE, f"一、引言\n{INTRO}\n二、主要做法\n{PRACTICE}\n三、主要成效\n{RESULTS}"),
    "an English dot": three("一.引言", "二.主要做法", "三.主要成效"),
    "a title of another make": ("关于新型压力阀检修工具的推荐材料", *three("一、引言", "二、主要做法", "三、主要成效")[1:]),
    "no title at all": three("一、引言", "二、主要做法", "三、主要成效")[1:],
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_sections_are_found_under_headings_of_every_dress(name):
    sections, notes = read(*VARIANTS[name])
    assert sections == WANTED
    assert notes == ()


def test_a_missing_heading_is_made_up_by_sense_and_flagged():
    sections, notes = read(TITLE, "一、引言", INTRO, "二、主要做法", PRACTICE, "", RESULTS)
    assert sections["section_results"] == RESULTS
    assert notes == ("section-by-sense:section_results",)


def test_a_text_without_the_first_heading_begins_with_its_first_paragraph():
    sections, notes = read(TITLE, INTRO, "二、主要做法", PRACTICE, "三、主要成效", RESULTS)
    assert sections == WANTED
    assert "section-by-sense:section_introduction" in notes


def test_sections_in_another_order_are_noted():
    sections, notes = read(TITLE, "一、主要做法", PRACTICE, "二、引言", INTRO, "三、主要成效", RESULTS)
    assert sections == WANTED
    assert notes == ("section-order",)


def test_an_empty_section_gives_no_field():
    sections, _ = read(TITLE, "一、引言", INTRO, "二、主要做法", PRACTICE, "三、主要成效")
    assert set(sections) == {"section_introduction", "section_practice"}


def test_numbered_steps_inside_a_section_are_no_sections():
    steps = "一是摸清规律。", "（一）强化组织", "1. 现场调研", PRACTICE, "（二）试制样件", "主要做法得到推广。"
    sections, _ = read(TITLE, "一、引言", INTRO, "二、主要做法", *steps, "三、主要成效", RESULTS)
    assert sections == {**WANTED, "section_practice": "".join(steps).replace(" ", "")}


def test_captions_belong_to_their_section():
    caption = paragraph("图1 改进后的工具", caption=True)
    sections, _ = read(TITLE, "一、引言", INTRO, "二、主要做法", PRACTICE, caption, "三、主要成效", RESULTS)
    assert sections["section_practice"] == PRACTICE + "图1改进后的工具"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("S7-200", 1),
        ("35%", 1),
        ("中文S7-200型", 4),
        ("“引号”", 4),
        ("全角１２", 4),
        ("a b\u3000c", 3),
        ("节约3.5万元。", 6),
        ("——…", 3),
        ("", 0),
        ("第一行\n第二行", 6),
    ],
)
def test_words_are_counted_as_word_counts_them(text, count):
    assert word_count(text) == count


def test_characters_are_counted_without_white_space():
    assert character_count("中 文\u3000S7\n") == 4
