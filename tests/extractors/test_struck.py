"""Words struck out are taken back: no value holds them, and what is left is looked at."""

import pytest

from extractors.extract import extract_forms
from extractors.flow import flow_of
from parsers.document import Run
from profiles.load import load_profile
from tests.extractors.build import document, line, table

PROFILE = load_profile("zhenjiang_2024")


def read(medium, name, mobile="手机号码"):
    form = table(
        [
            ["第一完成人姓名", name, "性别", "男"],
            ["学历", "本科", "职务", "车间班长"],
            ["身份证号", "32110219850101001X", mobile, "13812345678"],
        ]
    )
    (found,) = extract_forms(document("二、项目第一完成人及单位基本情况", form, medium=medium), message="m", file="f", profile=PROFILE)
    return {field.field: field for field in found.fields}


CORRECTED = [Run("李"), Run("原先写的", struck=True), Run("建国")]


@pytest.mark.parametrize("medium", ["word", "scan"])
def test_words_struck_out_are_left_out_of_the_value(medium):
    assert read(medium, CORRECTED)["name"].value == "李建国"


def test_a_value_with_words_struck_out_beside_it_is_doubted_on_paper():
    assert read("scan", CORRECTED)["name"].confidence < 0.7 < read("scan", "李建国")["name"].confidence


def test_a_number_with_words_struck_out_in_its_midst_is_one_number_and_two_numbers_stay_two():
    one = [line([Run("0511-815 "), Run("原先写的", struck=True)]), line("90562-806")]
    two = [line([Run("0511-81590562")]), line("13812345678")]
    assert flow_of((1, each) for each in one).text == "0511-81590562-806"
    assert flow_of((1, each) for each in two).text == "0511-81590562\n13812345678"


def test_words_struck_out_within_a_label_do_not_hide_it():
    label = [Run("手机"), Run("原先写的通讯地址", struck=True), Run("号码")]
    assert read("scan", "李建国", label)["mobile"].value == "13812345678"
