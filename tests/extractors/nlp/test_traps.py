"""Sentences that mislead: what the design's text rules say about each."""

import pytest

from extractors.nlp.spans import Lexicon, find_spans

CITY = Lexicon(cities=("镇江",), counties=("丹阳", "句容"))


def seen(text: str, label: str) -> list[tuple[str, str | None, str | None]]:
    return [(s.text, s.value, s.detail) for s in find_spans(text, CITY) if s.label == label]


def values(text: str, label: str) -> list[str | None]:
    return [value for _, value, _ in seen(text, label)]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("年节约45.6万，效果好", ["45.6"]),
        ("年节约约45.6万元", ["45.6"]),
        ("一年可省38。6万元", ["38.6"]),
        ("节约成本680多万元", ["680"]),
        ("节约1,200余万元", ["1200"]),
        ("增效6.3w元", ["6.3"]),
        ("节支8—10万元", ["8-10"]),
        ("节支８～１０万元", ["8-10"]),
        ("预算5至8万元", ["5-8"]),
        ("年增收百万元以上", ["100"]),
        ("经费三千五百元", ["0.35"]),
        ("年节约水费3万8千元", ["3.8"]),
        ("产值增加1.2亿元", ["12000"]),
        ("共节约l2O万元", ["120"]),
        ("年减少行驶3万公里，处理2万吨", []),
        ("节约用水2万吨", []),
        ("累计生产5万件", []),
    ],
)
def test_an_amount_is_told_in_ten_thousand_yuan(text: str, amounts: list[str]) -> None:
    assert values(text, "AMOUNT") == amounts


@pytest.mark.parametrize(
    ("text", "kind"),
    [("年节约45.6万元", "benefit"), ("改造投入8万元", "cost"), ("每支节省339元", "unit"), ("年节约柴油46吨，折合35.8万元", "benefit")],
)
def test_an_amount_says_whether_it_is_a_benefit_or_a_cost(text: str, kind: str) -> None:
    assert [detail for _, _, detail in seen(text, "AMOUNT")] == [kind]


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("废品率由8.5%降至1.2%", "8.5%→1.2%"),
        ("由45分钟缩短到12分钟", "45分钟→12分钟"),
        ("噪声由68分贝降到49分贝", "68分贝→49分贝"),
        ("单耗由18.5降到15.2克", "18.5克→15.2克"),
        ("返修率3.5%降至0.9%", "3.5%→0.9%"),
        ("投诉由每月17件降到2件", "17件→2件"),
    ],
)
def test_a_change_is_told_from_both_its_ends(text: str, change: str) -> None:
    assert values(text, "CHANGE") == [change]


@pytest.mark.parametrize(
    ("text", "label", "wanted"),
    [
        ("他是高级技师", "GRADE", ["一级"]),
        ("他是高级技师", "TITLE", []),
        ("取得高级工证书", "TITLE", []),
        ("毕业于镇江技师学院", "GRADE", []),
        ("学习高级工艺课程", "GRADE", []),
        ("高级工程师张三", "GRADE", []),
        ("DCS工程师站改造", "TITLE", []),
        ("总工程师室组织评审", "HEAD", []),
        ("工厂长期停电，银行长远规划", "HEAD", []),
        ("总经理助理李四", "HEAD", []),
        ("厂长张三", "HEAD", ["厂长"]),
    ],
)
def test_a_word_that_merely_contains_another_is_not_it(text: str, label: str, wanted: list[str]) -> None:
    assert values(text, label) == wanted


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        (
            "本项目无知识产权争议、非医药类、非政府投资或企业研发机构开发",
            {"ip-dispute", "medicine", "government-investment", "research-institute"},
        ),
        ("本项目不涉及国家秘密，知识产权争议，药品", {"secret", "ip-dispute", "medicine"}),
        ("与药品无关", {"medicine"}),
        ("国家秘密均不涉及", {"secret"}),
    ],
)
def test_what_its_clause_denies_is_negated(text: str, subjects: set[str]) -> None:
    spans = [s for s in find_spans(text) if s.label == "EXCLUDED"]
    assert {s.value for s in spans} == subjects
    assert {s.detail for s in spans} == {"negated"}


@pytest.mark.parametrize(
    "text",
    ["采用不锈钢，用于药品生产", "无缝钢管厂的国家秘密", "非标设备涉及国家机密", "没有样机，但存在专利纠纷", "本项目不大，属政府投资"],
)
def test_a_word_that_only_looks_like_a_negation_denies_nothing(text: str) -> None:
    assert [s.detail for s in find_spans(text) if s.label == "EXCLUDED"] == [None]


@pytest.mark.parametrize("text", ["制药机械的密封条", "智能药品柜", "炸药库房改造", "农药喷洒机", "加药间阀门"])
def test_a_machine_of_the_pharmacy_is_no_drug(text: str) -> None:
    assert values(text, "EXCLUDED") == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("获江苏省职工创新成果一等奖", "provincial"),
        ("获国网江苏省电力有限公司职工创新一等奖", "firm"),
        ("获江苏省班组创新成果一等奖", "provincial"),
        ("获镇江市总工会“五小”二等奖", "municipal"),
        ("获丹阳市职工创新二等奖", "county"),
        ("获江苏省镇江市职工创新三等奖", "municipal"),
        ("获全国设备管理优秀成果一等奖", "national"),
        ("被中国设备管理协会评为优秀成果", "association"),
        ("公司QC成果评比中获一等奖", "firm"),
        ("未获市级及以上奖项", "negated"),
        ("正在申报江苏省科技进步奖", "negated"),
    ],
)
def test_an_award_tells_its_level(text: str, level: str) -> None:
    assert [detail for _, _, detail in seen(text, "AWARD")] == [level]


def test_a_prize_of_a_person_is_no_award_of_the_project() -> None:
    text = "2023年镇江市职工职业技能大赛钳工比赛个人第二名，江苏省五一劳动奖章获得者，在劳模创新工作室工作"
    assert seen(text, "AWARD") == []
    assert values(text, "HONOUR") == ["第二名", "五一劳动奖章"]


@pytest.mark.parametrize(
    ("text", "value", "detail"),
    [
        ("装置自2023年3月起投入使用", "2023-03", None),
        ("新工具自2022年10月投入春季养护以来", "2022-10", None),
        ("建议从2023年1月开始实行", "2023-01", None),
        ("2021年10月20日验收，当日即投入使用", "2021-10-20", None),
        ("计划于2024年6月投入使用", "2024-06", "planned"),
        ("该装置尚未投入使用", None, "negated"),
        ("投入使用以来运行稳定", None, None),
    ],
)
def test_being_put_to_use_has_its_date_and_its_doubt(text: str, value: str | None, detail: str | None) -> None:
    assert [(v, d) for _, v, d in seen(text, "APPLIED")] == [(value, detail)]


@pytest.mark.parametrize("text", ["2022年6月立项启动实施", "2021年3月完成研制方案", "职工们在使用中提出意见"])
def test_the_work_itself_is_no_use(text: str) -> None:
    assert seen(text, "APPLIED") == []


@pytest.mark.parametrize(
    ("text", "value", "detail"),
    [
        ("专利号ZL202120456789.7", "ZL202120456789.7", "ok"),
        ("专利号ZL202120456789.1", "ZL202120456789.1", "bad-check-digit"),
        ("专利号：ZL 2019 2 0876543.8", "ZL201920876543.8", "ok"),
        ("公开号CN114536925A", "CN114536925A", "unchecked"),
        ("发明专利申请号202210345678.8", "202210345678.8", "ok"),
    ],
)
def test_a_patent_number_is_held_against_its_check_digit(text: str, value: str, detail: str) -> None:
    assert [(v, d) for _, v, d in seen(text, "PATENT")] == [(value, detail)]


def test_a_long_number_without_a_word_of_patents_is_none() -> None:
    assert seen("证书编号202210345678.8", "PATENT") == []


@pytest.mark.parametrize(
    ("text", "front"),
    [("来自生产一线", [None]), ("不属于一线职工", ["negated"]), ("同一线路改造", []), ("统一线上报名", []), ("他是一线工人", [None])],
)
def test_the_front_line_is_told_from_a_line(text: str, front: list[str | None]) -> None:
    assert [detail for _, _, detail in seen(text, "FRONTLINE")] == front
