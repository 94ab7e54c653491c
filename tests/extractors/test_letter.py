"""The blanks of the 承诺书 in every way people fill them."""

import pytest

from extractors.extract import extract_forms
from parsers.document import Run
from profiles.load import load_profile
from tests.extractors.build import document, pages, paragraph, table

PROFILE = load_profile()
HEAD, MIDDLE, TAIL = PROFILE.form("commitment").printed
UNIT, NAME = "镇江市大港机械制造有限公司", "新型压力阀检修工具"


def body(unit=UNIT, first=NAME, second=NAME):
    return MIDDLE.format(commitment_unit=unit, commitment_project=first, commitment_project_2=second)


def read(*blocks, medium="word"):
    (form,) = [f for f in extract_forms(document(*blocks, medium=medium), message="m", file="f", profile=PROFILE) if f.form != "other"]
    assert form.form == "commitment"
    return {f.field: f.value for f in form.fields}, form


FULL = {"commitment_unit": UNIT, "commitment_project": NAME, "commitment_project_2": NAME, "signed_date": "2024-03-11"}
BODIES = {
    "plain": body(),
    "spaces around": body(f" {UNIT} ", f" {NAME} ", f"  {NAME}"),
    "underscores around": body(f"__{UNIT}__", f"_{NAME}_", f"＿{NAME}＿"),
    "the hint in brackets of two kinds": body().replace("（单位名称）", "(单位名称）"),
    "without the hint": body().replace("（单位名称）", ""),
    "half-width hint": body().replace("（单位名称）", "(单位名称)"),
    "broken over lines": body().replace("项目研究", "项目\n研究").replace("机械", "机\n械"),
    "without 单位": body().replace("我是镇江市单位", "我是"),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_blanks_are_read_however_they_are_filled(name):
    values, _ = read("三、第一完成人承诺书", HEAD, BODIES[name], TAIL, "第一完成人（签字）：＿＿＿", "2024年3月11日")
    assert values == FULL


def test_guillemets_inside_the_name_stay():
    inner = "基于《安全规程》的检修卡"
    values, _ = read("承诺书", HEAD, body(first=inner, second=inner), TAIL, "2024年3月11日")
    assert values["commitment_project"] == values["commitment_project_2"] == inner


def test_blanks_left_blank_give_nothing():
    values, form = read("承诺书", HEAD, body("_____", "_____", "     "), TAIL, "第一完成人（签字）：_____", "　　年　　月　　日")
    assert values == {}
    assert "blank" in form.notes


def test_underlined_blanks_with_text_in_them_are_read():
    runs = [Run("我是镇江市单位"), Run(f" {UNIT} ", underlined=True), Run("（单位名称）的一线职工，在《"), Run(NAME, underlined=True)]
    runs += [Run("》项目研究推进实施过程中发挥重要作用，是《"), Run(NAME, underlined=True), Run("》项目的第一完成人，本项目无知识产权争议。")]
    values, _ = read("承诺书", HEAD, paragraph(runs), TAIL, "第一完成人（签字）：王建国　　2024.3.11")
    assert values == FULL


def test_a_letter_laid_out_in_a_table_is_read():
    values, _ = read(table([["第一完成人承诺书"], [HEAD + "\n" + body() + "\n" + TAIL], ["第一完成人（签字）：　　　2024年3月11日"]]))
    assert values == FULL


def test_two_different_projects_are_told_apart():
    values, _ = read("承诺书", HEAD, body(first="甲装置", second="乙装置"), TAIL)
    assert (values["commitment_project"], values["commitment_project_2"]) == ("甲装置", "乙装置")


@pytest.mark.parametrize(
    "damage", [("《", "<"), ("》", ">"), ("项目研究推进", "项日研究推进"), ("镇江市单位", "镇江巾单位"), ("的一线职工", "的－线职工")]
)
def test_misread_words_around_a_blank_do_not_matter_in_a_scan(damage):
    text = body().replace(*damage)
    values, _ = read("三、第一完成人承诺书", HEAD, text, TAIL, "第一完成人（签字）：", "2024年3月11日", medium="scan")
    assert values == FULL


def test_the_date_of_the_notice_is_not_the_date_of_signing():
    forms = extract_forms(pages(["第一完成人承诺书", HEAD, body(), TAIL, "第一完成人（签字）："]), message="m", file="f", profile=PROFILE)
    assert forms[0].value("signed_date") is None


def test_a_signature_that_reads_like_a_figure_does_not_spoil_the_date_below_it():
    values, form = read("三、第一完成人承诺书", HEAD, body(), TAIL, "第一完成人（签字）：宋么胡4", "2024年03月14日", medium="scan")
    assert values["signed_date"] == "2024-03-14"
    assert next(field.confidence for field in form.fields if field.field == "signed_date") < 0.8
