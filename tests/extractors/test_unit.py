"""The nominating unit is told by several witnesses, the roster's name before any other."""

import pytest

from extractors.reading import make_reading
from extractors.submission import Field, Form
from extractors.unit import named_in
from intake.message import Message
from parsers.document import Box, Seal
from profiles.load import load_profile

PROFILE = load_profile()


def told(subject="", sender="", forms=()):
    message = Message("m", "", None, subject, sender, "", None, ())
    reading = make_reading(message, (), forms, PROFILE)
    return reading.unit, reading.unit_known


def summary(unit="", source="word", seal=""):
    fields = (Field("summary", "nominating_unit", unit, unit),) if unit else ()
    seals = (Seal(Box(0.1, 0.1, 0.2, 0.2), "red", "round", seal),) if seal else ()
    return Form("m", "汇总表.docx", "summary", source, fields, seals=seals)


SUBJECTS = {
    "“五小”活动项目+丹阳市总工会": "丹阳市总工会",
    "五小活动项目-丹阳": "丹阳市总工会",
    "“五小”活动项目＋镇江市丹徒区总工会": "丹徒区总工会",
    "“五小”活动项目+镇江市交通运输工会": "镇江市交通运输工会",
    "转发：“五小”活动项目+句容市总工会（补充材料）": "句容市总工会",
    "丹阳市总工会关于报送2024年度“五小”活动项目的报告": "丹阳市总工会",
    "镇江新区五小项目材料": "镇江经开区总工会",
    "2024年五小活动项目 镇江市教育工会": "镇江市教育工会",
    "扬中五小": "扬中市总工会",
    "“五小”活动项目+镇江市住建局工委": "镇江市住建局工委",
    "“五小”活动项目+镇江交通产业集团工会": "镇江交通产业集团工会",
    "报送材料": None,
    "“五小”活动项目+丹阳市大港机械有限公司": None,
    "": None,
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_names_the_unit_or_none(subject):
    assert named_in(subject, PROFILE.roster) == SUBJECTS[subject]


def test_the_summary_tells_where_the_subject_does_not():
    assert told("报送材料", forms=[summary("扬中市总工会（盖章）")]) == ("扬中市总工会", True)


def test_what_a_scan_reads_beside_the_name_that_word_gives_is_no_other_unit():
    union = "镇江市卫生健康系统工会"
    assert told("报送材料", forms=[summary(union), summary(union + "填表日期", "scan")]) == (union, True)
    assert told("报送材料", forms=[summary(union), summary(union[1:], "scan")]) == (union, True)
    message = Message("m", "", None, "报送材料", "", "", None, ())
    sources = make_reading(message, (), [summary(union), summary("江市卫生健康系统王会", "scan")], PROFILE).unit_sources
    assert {unit for _, unit in sources} == {union}


def test_a_unit_of_the_roster_outweighs_a_firm_in_the_summary():
    assert told("“五小”活动项目+丹阳市总工会", forms=[summary("丹阳市大港机械有限公司")]) == ("丹阳市总工会", True)


def test_a_firms_own_union_does_not_become_the_districts():
    assert told("报送", forms=[summary("丹阳市大港机械有限公司工会")])[0] == "丹阳市大港机械有限公司工会"


def test_a_misread_name_on_a_scan_is_the_rosters():
    assert told("报送", forms=[summary("丹阳巾总工会", "scan")]) == ("丹阳市总工会", True)


def test_the_seal_tells_when_nothing_else_does():
    assert told("报送", forms=[summary("", "scan", "扬中市总工会")]) == ("扬中市总工会", True)


def test_the_letter_tells_by_its_signature():
    letter = Form("m", "正文.txt", "other", "word", (), "您好：\n材料见附件，请查收。\n句容市总工会\n2024年3月9日")
    assert told("报送材料", forms=[letter]) == ("句容市总工会", True)


def test_a_sender_is_named():
    assert told("材料", sender="京口区总工会") == ("京口区总工会", True)
    assert told("材料", sender="王建国") == (None, False)


def test_what_no_pattern_knows_is_given_as_written_and_unknown():
    assert told("材料", forms=[summary("某某有限公司")]) == ("某某有限公司", False)
