"""Certificates of many wordings give their people, unit and date."""

import pytest

from extractors.certificate import read_certificate
from extractors.extract import extract_forms
from profiles.load import load_profile
from tests.extractors.build import document, table

PROFILE = load_profile()
UNIT = "镇江市大港机械制造有限公司"
END = ("特此证明。", f"{UNIT}", "人力资源部", "2024年3月9日")

WORDINGS = {
    "with the ID number": ("兹证明王建国（身份证号：320000000000000000）系我单位检修车间职工，现任机修钳工，非企事业单位负责人。", "王建国"),
    "with 同志": ("兹证明王建国同志系我公司一线职工，在生产一线岗位工作8年。", "王建国"),
    "without 兹": ("王建国同志，男，1980年5月生，系我单位一线职工。", "王建国"),
    "our staff first": ("兹证明我单位职工王建国同志在生产科研一线岗位工作，非企事业单位负责人。", "王建国"),
    "there is": ("兹有我单位王建国同志（男，身份证号320000000000000000），为一线职工。", "王建国"),
    "with a colon": ("兹证明：王建国，身份证号320000000000000000，系我单位一线工人。", "王建国"),
    "the unit by name": (f"兹证明{UNIT}职工王建国为一线职工，在生产一线工作满十年。", "王建国"),
    "several": ("兹证明王建国、李小红、欧阳修远等3人均系我单位一线职工，非企事业单位负责人。", "王建国、李小红、欧阳修远"),
    "several with numbers": ("兹证明王建国（身份证号：32）、李小红（身份证号：33）系我单位一线职工。", "王建国、李小红"),
    "a short name": ("兹证明王伟系我单位一线职工。", "王伟"),
    "a name with 为": ("兹证明张建为系我单位一线职工。", "张建为"),
    "a list": ("兹证明以下人员系我单位一线职工：1.王建国，身份证号32；2.李小红，身份证号33。", "王建国、李小红"),
    "a long name with a dot": ("兹证明古丽娜尔·阿不都热合曼同志为我单位在册职工，属生产科研一线职工。", "古丽娜尔·阿不都热合曼"),
    "a unit in brackets behind the name": ("王建国，系镇江百川新材料（江苏）有限公司一线职工，非本单位负责人。", "王建国"),
    "on post": ("现证明我公司在职员工王建国同志一直从事一线工作。", "王建国"),
}


def fields(*blocks):
    (form,) = [f for f in extract_forms(document("一线职工证明", *blocks), message="m", file="f", profile=PROFILE) if f.form != "other"]
    assert form.form == "certificate"
    return {f.field: f.value for f in form.fields}


@pytest.mark.parametrize("name", WORDINGS)
def test_the_people_are_found_in_every_wording(name):
    text, people = WORDINGS[name]
    assert fields(text, *END) == {"name": people, "employer": UNIT, "issued_date": "2024-03-09"}


@pytest.mark.parametrize(
    "lines",
    [
        (f"{UNIT}人力资源部", "2024年3月9日"),
        (f"{UNIT}（盖章）", "二〇二四年三月九日"),
        (f"单位（盖章）：{UNIT}", "2024.3.9"),
        (f"证明单位：{UNIT}组织人事处", "日期：2024-03-09"),
        (f"{UNIT}（公章）　2024年3月9日",),
        (f"{UNIT}", "人事科", "2024 年 3 月 9 日"),
        (f"{UNIT}", "人力源部", "2024年3月9日"),  # half lost below a stamp
    ],
)
def test_the_employer_is_the_issuing_unit_without_its_department(lines):
    assert fields("兹证明王建国系我单位一线职工。", "特此证明。", *lines) == {"name": "王建国", "employer": UNIT, "issued_date": "2024-03-09"}


def test_a_table_of_several_people_names_them_all():
    people = table([["序号", "姓名", "岗位"], ["1", "王建国", "钳工"], ["2", "李小红", "电工"]])
    assert fields("兹证明下列人员系我单位一线职工：", people, *END)["name"] == "王建国、李小红"


def test_a_table_form_of_one_person_is_read():
    form = table([["姓名", "王建国", "性别", "男"], ["单位", UNIT, "职务", "钳工"]])
    assert fields(form, "以上人员在我单位一线岗位工作，特此证明。", "2024年3月9日") == {
        "name": "王建国",
        "employer": UNIT,
        "issued_date": "2024-03-09",
    }


def test_a_certificate_of_which_no_line_could_be_read_gives_nothing():
    assert read_certificate([], PROFILE.form("certificate"), scan=True) == ()
