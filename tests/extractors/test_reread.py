"""Word's text as another reading of the same ink."""

import numpy as np
import pytest

from extractors.agreement import compare, may_be_reread
from extractors.copies import reread
from extractors.flow import flow_of
from extractors.reread import stands_elsewhere
from extractors.submission import Field, Form
from parsers.document import Line, Run
from parsers.scan.alternatives import alternatives_at, moved
from profiles.load import load_profile


def test_a_sign_that_the_reader_held_possible_is_the_same_ink():
    assert compare("香醋固态发酵翻醅机", "香醋固态发酵翻醉机", "text", (), 0.9, ((7, (("醅", 0.07),)),)) == "same"
    assert compare("香醋固态发酵翻醅机", "香醋固态发酵翻醉机", "text") == "unsure"


def test_a_sign_that_may_be_none_and_one_that_may_be_two_are_explained():
    assert compare("器械包框", "器械Y包框", "text", (), 0.9, ((2, (("", 0.4),)),)) == "same"
    assert compare("平均通行", "平通行", "text", (), 0.9, ((0, (("平均", 0.3),)),)) == "same"


@pytest.mark.parametrize(
    ("word", "scan", "kind", "seen"),
    [
        ("装置单价350元", "装置单价380元", "text", ((5, (("5", 0.4),)),)),
        ("35.8", "85.8", "amount", ((0, (("3", 0.4),)),)),
        ("王建国", "王建囯", "name", ((2, (("国", 0.4),)),)),
        ("2024-03-11", "2024-03-17", "date", ((9, (("1", 0.4),)),)),
        ("13912345678", "13912345673", "mobile", ((10, (("8", 0.4),)),)),
        ("问题千条", "问题干条", "text", ((2, (("千", 0.4),)),)),
    ],
)
def test_numbers_names_and_look_alikes_stay_in_doubt_whatever_the_reader_held_possible(word, scan, kind, seen):
    assert compare(word, scan, kind, (), 0.9, seen) == "unsure"


@pytest.mark.parametrize(
    ("word", "scan", "kind"),
    [
        ("装置单价350元", "装置单价380元", "prose"),
        ("王建国", "王建强", "name"),
        ("2024-03-11", "2024-03-17", "date"),
        ("镇江市大港机械厂工会", "镇江市谏壁化工厂工会", "organisation"),
        ("13912345678", "13912354678", "mobile"),
        ("gh1843@163.com", "gh1834@163.com", "email"),
    ],
)
def test_another_number_name_or_date_differs_though_the_reader_doubted_other_signs(word, scan, kind):
    seen = tuple((place, (("口", 0.3), ("", 0.2))) for place in range(len(scan)))
    assert compare(word, scan, kind, (), 0.9, seen) == "differs"


@pytest.mark.parametrize("read", ["孔婷婷、周明、郑国强欧、阳文静", "孔婷婷周明郑国强、欧阳文静", "孔婷婷、周明、郑国强、欧阳文.静"])
def test_names_are_parted_as_word_parts_them_and_other_names_stay_as_read(read):
    word = "孔婷婷、周明、郑国强、欧阳文静"
    assert may_be_reread(word, read, "names", ())
    assert not may_be_reread(word, read.replace("周明", "周朋"), "names", ())


def test_what_is_printed_alike_in_a_mail_address_is_the_same_and_in_a_number_is_not():
    assert compare("lw210@126.com", "1w210@126.com", "email") == "same"
    assert compare("l1403@163.com", "I1403@163.com", "email") == "same"
    assert compare("burnom@163.com", "bumom@163.com", "email") == "same"
    assert compare("6212lO", "621210", "postcode") == "unsure"


def test_alternatives_follow_a_value_out_of_its_line():
    line = Line((Run("项目 翻醉机"),), alternatives=((4, (("醅", 0.07),)),))
    assert flow_of([(1, line)]).alternatives_of("翻醉机") == ((1, (("醅", 0.07),)),)


def test_the_table_of_chances_gives_other_signs_none_and_one_more():
    chances = np.zeros((6, 4), np.float32)
    chances[:] = (0.97, 0.01, 0.01, 0.01)
    chances[1] = (0.02, 0.9, 0.08, 0)
    chances[3] = (0.7, 0, 0, 0.3)
    found = dict(alternatives_at(chances, ["", "甲", "乙", "丙"]))
    assert dict(found[0])["乙"] == pytest.approx(0.08)
    assert dict(found[0])[""] == pytest.approx(0.02)
    assert dict(found[0])["甲丙"] == pytest.approx(0.3)
    assert moved(((0, (("乙", 0.1),)), (1, (("丙", 0.1),))), (None, 1)) == ((1, (("丙", 0.1),)),)


def test_the_scans_value_becomes_what_word_says_and_keeps_what_was_read_first():
    profile = load_profile()
    word = Form("m", "a.docx", "commitment", "word", (Field("commitment", "commitment_project", "发酵翻醅机改造", "发酵翻醅机改造"),))
    read = Field("commitment", "commitment_project", "发酵翻醉机改造", "发酵翻醉机改造", alternatives=((3, (("醅", 0.07),)),))
    scan = Form("m", "a.pdf", "commitment", "scan", (read,))
    field = reread((word, scan), profile)[1].fields[0]
    assert (field.value, field.raw) == ("发酵翻醅机改造", "发酵翻醉机改造")


def test_a_stretch_that_was_read_in_another_place_of_the_form_is_not_missing():
    word, scan = "溶解氧缩小到0.6mg/L，出水氨氮稳定在1mg/L以下。", "溶解氧缩小到0.6mg/L，1mg/L以下。"
    assert stands_elsewhere(word, scan, f"质量\n{word}", f"{scan}\n出水氨氮稳定在")
    assert not stands_elsewhere(word, scan, f"质量\n{word}", scan)
    assert not stands_elsewhere(word, scan, f"{word}\n出水氨氮稳定在", f"{scan}\n出水氨氮稳定在")
    assert not stands_elsewhere(word, scan.replace("0.6", "0.8"), word, f"{scan}\n出水氨氮稳定在")
