import pytest

from checks.awards import award_level, level_of
from checks.wording import Denial, find_words
from extractors.nlp.spans import find_spans
from extractors.submission import TextSpan
from tests.checks.builder import CITY, Draft, Mail, broken, findings

DENIAL = Denial(CITY.words["negations"], CITY.words["no_negations"], CITY.words["denied_after"])
NEVER_USED = {"section_results": "装置运行稳定，停机时间缩短到八分钟。"}


def late(end, **recommendation):
    draft = Draft().write("nomination", period_end=end)
    draft.word["recommendation"] |= recommendation
    return draft


def severities(draft, rule):
    return {f.severity for f in findings(Mail([draft])) if f.rule == rule}


def test_not_applied_in_time_rules_out():
    assert broken(late("2024-02", **NEVER_USED)) == {("not-applied-in-time", "period_end")}
    assert severities(late("2024-02", **NEVER_USED), "not-applied-in-time") == {"ineligible"}


@pytest.mark.parametrize("end", ["2023-12-31", "2023-12", "2023"])
def test_an_end_as_precise_as_written_is_late_only_when_all_of_it_is(end):
    assert broken(late(end, **NEVER_USED)) == set()


def test_period_unclear_where_the_text_says_it_was_used_in_time():
    assert broken(late("2024-02")) == {("period-unclear", "period_end")}


def test_a_use_after_the_last_day_clears_nothing():
    later = {"section_results": "装置自2024年1月投入使用以来运行稳定。"}
    assert broken(late("2024-02", **later)) == {("not-applied-in-time", "period_end")}


@pytest.mark.parametrize("end", ["至今", ""])
def test_period_unclear_where_no_end_can_be_read(end):
    found = broken(Draft().write("nomination", period_end=end))
    assert found == {("period-unclear", "period_end")}


@pytest.mark.parametrize(
    ("name", "grantor", "level"),
    [
        ("职工“五小”优秀成果三等奖", "江苏省总工会", "provincial"),
        ("江苏省职工“五小”优秀成果三等奖", "", "provincial"),
        ("省科技进步三等奖", "省政府", "provincial"),
        ("全国优秀质量管理小组", "中国质量协会", "provincial"),
        ("职工技术创新成果奖", "中华全国总工会", "provincial"),
        ("工业设计金奖", "上海市总工会", "provincial"),
        ("优秀成果二等奖", "江苏省机械行业协会", "provincial"),
        ("职工技术创新成果一等奖", "江苏丹能电气有限公司工会", ""),
        ("节省材料金点子奖", "镇江北固热电有限公司", ""),
        ("省力搬运工具改进二等奖", "镇江北固热电有限公司工会", ""),
        ("合理化建议一等奖", "国家电网有限公司", ""),
        ("创新大赛三等奖", "国网江苏省电力有限公司镇江供电分公司", ""),
        ("职工优秀创新成果二等奖", "镇江市总工会", "municipal"),
        ("镇江市职工“五小”活动优秀项目", "", "municipal"),
        ("市级优秀QC成果", "", "municipal"),
        ("优秀合理化建议", "市总工会", "municipal"),
        ("科技进步奖", "常州市人民政府", "municipal"),
        ("优秀成果", "丹阳市总工会", ""),
        ("优秀成果", "镇江市京口区总工会", ""),
        ("金点子奖", "扬中市人民政府", ""),
        ("技改奖", "镇江市公路养护有限公司工会委员会", ""),
        ("无", "无", ""),
    ],
)
def test_the_level_of_an_award_is_told_from_grantor_and_name(name, grantor, level):
    assert award_level(name, grantor, CITY.words) == level


def test_provincial_award_in_the_form_rules_out():
    draft = Draft().write("nomination", award_1_name="职工创新成果三等奖", award_1_grantor="江苏省总工会")
    assert broken(draft) == {("provincial-award", "award_1_name")}
    assert severities(draft, "provincial-award") == {"ineligible"}


def test_provincial_award_when_the_person_form_says_so():
    assert broken(Draft().write("person", prior_provincial_award="是")) == {("provincial-award", "prior_provincial_award")}


@pytest.mark.parametrize("text", ["荣获江苏省冶金行业职业技能竞赛创新项目二等奖。", "获公司一等奖，江苏省职工“五小”活动三等奖。"])
def test_provincial_award_of_a_project_in_a_contest_or_in_a_row_of_awards(text):
    assert {rule for rule, _field in broken(Draft().write("nomination", summary_other=text))} == {"provincial-award"}


@pytest.mark.parametrize("text", ["旧机组2015年投入运行，故障多。", "项目2023年3月立项实施。", "计划2023年10月投入使用。"])
def test_what_is_no_use_of_the_project_makes_no_late_end_unclear(text):
    draft = late("2024-02", **NEVER_USED).write("nomination", summary_other=text)
    assert broken(draft) == {("not-applied-in-time", "period_end")}


def test_provincial_award_that_only_the_text_tells_of():
    draft = Draft().write("nomination", summary_other="本项目2022年获江苏省职工十大科技创新成果奖。")
    assert broken(draft) == {("provincial-award", "summary_other")}


@pytest.mark.parametrize(
    "text", ["同类做法中，常州某厂的方案曾获江苏省职工“五小”一等奖，本项目尚未申报过任何奖项。", "兄弟工厂的类似装置荣获江苏省科技进步三等奖。"]
)
def test_a_provincial_award_of_somebody_else_rules_nothing_out_by_itself(text):
    assert severities(Draft().write("nomination", summary_other=text), "provincial-award") == {"verify"}


@pytest.mark.parametrize(
    "text",
    [
        "本项目未获省级及以上奖项。",
        "公司被评为江苏省高新技术企业。",
        "贺长林获江苏省五一劳动奖章。",
        "获得国家实用新型专利2项。",
        "班组在全省职工技能竞赛中获得二等奖。",
        "该结构节省工时，获得职工好评。",
        "由江苏省总工会授予贺长林创新能手称号。",
        "本项目获公司“五小”活动一等奖，省级奖项正在申报。",
    ],
)
def test_what_is_no_award_of_the_project_is_no_provincial_award(text):
    assert broken(Draft().write("nomination", summary_other=text)) == set()


def test_municipal_award_is_for_a_person_to_see():
    draft = Draft().write("nomination", award_1_name="职工优秀创新成果二等奖", award_1_grantor="镇江市总工会")
    assert broken(draft) == {("municipal-award", "award_1_name")}
    assert severities(draft, "municipal-award") == {"verify"}


def test_an_award_of_the_nominees_own_unit_is_no_municipal_award_though_its_name_begins_with_the_citys():
    unit = "镇江市长江物流服务中心"
    draft = Draft().write("nomination", award_1_name="群众性创新成果三等奖", award_1_grantor=unit + "工会")
    assert broken(draft) == {("municipal-award", "award_1_name")}
    own = draft.write("person", employer=unit, unit_name=unit, union_name=unit + "工会委员会").write("commitment", commitment_unit=unit)
    assert "municipal-award" not in {rule for rule, _ in broken(own)}


def test_a_persons_place_in_a_contest_is_no_municipal_award():
    assert broken(Draft().write("nomination", competition_results="2023年镇江市职工职业技能大赛钳工比赛个人第二名。")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "本项目涉及国家秘密，技术细节从略。",
        "该专利与某公司存在知识产权纠纷，尚未结案。",
        "用于片剂药品的包装。",
        "减少不合格药品的流出。",
        "没有增加人手就完成了药品装箱。",
        "防止药品受潮。",
        "项目由市财政资金投资建设。",
        "本项目由公司研发中心立项开发。",
        "项目列入企业技术中心年度计划。",
    ],
)
def test_excluded_subject_quotes_the_words(text):
    draft = Draft().write("nomination", summary_other=text)
    assert broken(draft) == {("excluded-subject", "summary_other")}
    (found,) = (f for f in findings(Mail([draft])) if f.rule == "excluded-subject")
    assert text.split("，")[0].rstrip("。") in found.text


@pytest.mark.parametrize(
    "text",
    [
        "本项目无知识产权争议、非医药类、非政府投资或企业研发机构开发、未获市级及以上奖项。",
        "不涉及国家机密，知识产权争议，药品类。",
        "对制药机械的密封进行改造。",
        "改进水处理药剂的投加方式。",
        "采用药芯焊丝，焊缝质量稳定。",
        "注意保守商业秘密。",
        "不存在任何形式的知识产权争议。",
        "做好标识，避免产生专利纠纷。",
        "经公司技术中心检测，各项指标合格。",
        "得到政府部门和群众好评。",
        "公司机密性能好的密封件。",
        "本项目不涉及国家秘密，也不存在知识产权纠纷，更与药品无关。",
    ],
)
def test_what_only_sounds_like_an_excluded_subject_is_none(text):
    assert broken(Draft().write("nomination", summary_other=text)) == set()


def test_stainless_steel_denies_nothing():
    (hit,) = find_words("采用不锈钢药品柜以外的药品储罐", ("药品(?=储)",), (), DENIAL)
    assert not hit.denied


def test_a_denial_ends_with_its_clause_and_at_a_but():
    args = (("药品",), (), DENIAL)
    assert [h.denied for h in find_words("本项目不涉及药品。用于药品车间", *args)] == [True, False]
    assert [h.denied for h in find_words("不是食品而是药品包装", *args)] == [False]


@pytest.mark.parametrize(
    "position", ["总经理", "副厂长", "董事长、党委书记", "院长", "公司法定代表人", "经理", "厂长兼党支部书记", "副总", "院长（法人）"]
)
def test_not_frontline_suggests_a_head(position):
    assert broken(Draft().write("person", position=position)) == {("not-frontline", "position")}


@pytest.mark.parametrize(
    "position",
    ["生产班组长", "车间主任", "项目经理", "总经理助理", "分厂副厂长", "部门经理", "设备科科长", "工段长", "运行值班员", "船长", "无"],
)
def test_whoever_leads_no_enterprise_is_frontline(position):
    assert broken(Draft().write("person", position=position)) == set()


def test_a_senior_technicians_grade_is_no_head():
    assert broken(Draft().write("person", skill_level="高级技师", title="高级工程师")) == set()


def elsewhere(unit, address, postcode="213001"):
    person = {"unit_name": unit, "employer": unit, "unit_address": address, "address": address, "unit_postcode": postcode, "postcode": postcode}
    draft = Draft().write("person", **person).write("commitment", commitment_unit=unit)
    draft.scan["certificate"]["employer"] = unit
    draft.row["implementing_unit"] = unit
    return draft


def test_outside_city_when_neither_name_nor_address_lies_in_it():
    assert broken(elsewhere("常州市延陵机械有限公司", "常州市武进区湖塘镇8号")) == {("outside-city", "unit_name")}


def test_a_local_address_or_a_local_name_is_enough():
    assert broken(elsewhere("江苏恒力机械有限公司", "丹阳市开发区8号")) == set()
    assert broken(elsewhere("句容延陵机械有限公司", "开发区8号")) == set()


def test_an_address_without_a_city_is_told_by_its_postcode():
    assert broken(elsewhere("江苏恒力机械有限公司", "学府路301号", "212003")) == set()
    assert broken(elsewhere("江苏恒力机械有限公司", "南京市学府路301号", "212003")) == {("outside-city", "unit_name")}


def test_levels_are_read_beside_a_firms_name_too():
    assert level_of("镇江北固热电有限公司获江苏省科技进步奖", CITY.words) == "provincial"


def annotated(text):
    """A draft whose 其他 holds `text`, with what the Chinese NLP finds in it."""
    draft = Draft().write("nomination", summary_other=text)
    draft.spans = {"nomination": tuple(TextSpan("summary_other", s.label, s.start, s.end, s.text, s.value, s.detail) for s in find_spans(text))}
    return draft


def test_the_nlps_spans_are_asked_too():
    text = "样机在当年十月就用上了。"
    draft = annotated(text).write("nomination", period_end="2024-02")
    draft.word["recommendation"] |= NEVER_USED
    assert broken(draft) == {("not-applied-in-time", "period_end")}
    spans = (TextSpan("summary_other", "APPLIED", 0, len(text), text, "2023-10"),)
    draft.spans = {"nomination": spans}
    assert broken(draft) == {("period-unclear", "period_end")}


def test_an_excluded_subject_that_only_the_nlp_knows_is_quoted():
    draft = Draft().write("nomination", summary_other="由中试基地承担开发。")
    draft.spans = {"nomination": (TextSpan("summary_other", "EXCLUDED", 1, 5, "中试基地", "research-institute"),)}
    assert broken(draft) == {("excluded-subject", "summary_other")}


@pytest.mark.parametrize("text", ["本项目不涉及国家秘密，也不是药品。", "获公司职工创新一等奖。", "自2023年3月起投入使用，年节约12万元。"])
def test_what_the_nlp_finds_in_a_flawless_text_is_no_finding(text):
    assert broken(annotated(text)) == set()
