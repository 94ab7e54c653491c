"""What OCR leaves of a form still finds its place: damaged labels, spilt lines, wrong signs."""

import pytest

from extractors.extract import extract_forms
from profiles.load import load_profile
from tests.extractors.build import pages, table

PROFILE = load_profile()
ROWS = [
    ["第一完成人姓名", "王建国", "性别", "男"],
    ["学历", "本科", "学位", "学士"],
    ["技能等级(职业资格)", "高级工", "技能等级证书编号", "20240001234567"],
    ["技能职称", "工程师", "职称等级证书编号", "苏职字第12345678号"],
    ["工作单位", "镇江机械厂", "职务", "钳工"],
    ["身份证号", "320000000000000000", "手机号码", "13912345678"],
]
WANTED = {
    "name": "王建国",
    "gender": "男",
    "education": "本科",
    "degree": "学士",
    "skill_level": "高级工",
    "skill_cert_no": "20240001234567",
    "title": "工程师",
    "title_cert_no": "苏职字第12345678号",
    "employer": "镇江机械厂",
    "position": "钳工",
    "id_number": "320000000000000000",
    "mobile": "13912345678",
}
DAMAGES = [
    ("性别", "性"),
    ("性别", "牲别"),
    ("学历", "历"),
    ("学位", "学立"),
    ("职务", "务"),
    ("身份证号", "份证号"),
    ("手机号码", "手机弓码"),
    ("工作单位", "工作甲位"),
    ("技能职称", "技能耶称"),
    ("技能等级证书编号", "技能等\n书编号"),
    ("职称等级证书编号", "职称等级正书"),
    ("第一完成人姓名", "第一完\n人姓名"),
    ("第一完成人姓名", "笫一完成人性名"),
]


def read(rows):
    (form,) = extract_forms(pages(["二、项目第一完成人及单位基本情况", table(rows)]), message="m", file="f", profile=PROFILE)
    return {f.field: f.value for f in form.fields}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda pair: pair[1].replace("\n", ""))
def test_a_damaged_label_still_gives_its_value(damage):
    printed, left = damage
    assert read([[left if text == printed else text for text in row] for row in ROWS]) == WANTED


def test_the_last_sign_of_a_label_that_slipped_into_the_value_is_no_value():
    rows = [*ROWS[:1], ["技能职称", "", "职称等级证书编", "号"], *ROWS[4:]]
    assert "title_cert_no" not in read(rows)


def test_a_value_is_sure_only_when_something_confirms_it():
    unit = [["第一完成单位名称", "镇江机械厂有限公司", "单位性质", "非公企业"]]
    rows = [["工作单位", "镇江机械厂有限公司", "职务", "钳工"], *ROWS[5:], *unit]
    (form,) = extract_forms(pages(["二、项目第一完成人及单位基本情况", table([*ROWS[:2], *rows])]), message="m", file="f", profile=PROFILE)
    sure = {f.field: f.confidence for f in form.fields}
    assert sure["id_number"] < 0.8
    assert sure["position"] < 0.8
    assert sure["mobile"] < 0.95
