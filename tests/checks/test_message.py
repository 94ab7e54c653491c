from datetime import datetime

import pytest

from extractors.submission import SourceFile
from tests.checks.builder import CHINA, CITY, Draft, Mail, broken, findings, told

LATE = datetime(2024, 4, 11, 0, 5, tzinfo=CHINA)
LAST = datetime(2024, 4, 10, 23, 59, tzinfo=CHINA)


def rules(mail, *others):
    return {f.rule: f for f in findings(mail, *others) if f.project is None}


@pytest.mark.parametrize("subject", ["报送材料", "“五小”活动项目", "润州区总工会材料"])
def test_subject_format_wants_activity_and_unit(subject):
    assert rules(Mail(subject=subject))["subject-format"].severity == "advice"


@pytest.mark.parametrize("subject", ["“五小”活动项目+润州区总工会", "转发：五小活动项目＋润州区", '"五小"活动项目-镇江市润州区总工会'])
def test_a_subject_that_names_both_in_its_own_way_is_fine(subject):
    assert "subject-format" not in rules(Mail(subject=subject))


def test_the_subject_may_leave_out_the_citys_name():
    mail = Mail(unit="镇江市交通运输工会", subject="“五小”活动项目+交通运输工会")
    assert "subject-format" not in rules(mail)


def test_late_counts_the_whole_last_day_in_the_citys_time():
    assert "late" not in rules(Mail(received_at=LAST))
    late = rules(Mail(received_at=LATE))["late"]
    assert (late.severity, late.project) == ("error", None)
    assert "2024年4月11日" in late.text


def test_a_later_version_of_what_came_in_time_is_not_late():
    draft = Draft(first_received_at=LAST)
    assert "late" not in rules(Mail([draft], received_at=LATE))


def test_a_message_without_a_project_or_without_a_time_is_never_late():
    assert "late" not in rules(Mail([], received_at=LATE))
    assert "late" not in rules(Mail(received_at=None))


def test_unit_unknown_when_none_can_be_told_or_it_is_no_union():
    assert rules(Mail(unit=None, known=False))["unit-unknown"].severity == "verify"
    assert "镇江某某公司" in rules(Mail(unit="镇江某某公司", known=False))["unit-unknown"].text


def test_unit_unknown_when_subject_and_summary_contradict_each_other():
    sources = (("subject", "润州区总工会"), ("summary", "京口区总工会"))
    assert "京口区总工会" in rules(Mail(unit_sources=sources))["unit-unknown"].text
    sources = (("subject", "润州区"), ("summary", "镇江市润州区总工会"))
    assert "unit-unknown" not in rules(Mail(unit_sources=sources))


def test_file_unreadable_names_every_file_and_its_reason():
    files = (
        SourceFile("a.rar", "", "", 1, "encrypted", "文件设有打开密码。"),
        SourceFile("b.docx", "", "", 1, "failed", "文件已损坏。"),
        SourceFile("c.docx", "", "", 1, "parsed"),
        SourceFile("d.png", "", "", 1, "ignored", "签名图片。"),
    )
    found = rules(Mail(files=files))["file-unreadable"]
    assert "a.rar" in found.text and "b.docx" in found.text
    assert "c.docx" not in found.text and "d.png" not in found.text


def test_missing_summary_and_missing_summary_scan():
    assert set(rules(Mail(sources=("scan",)))) == {"missing-summary", "quota"}
    assert set(rules(Mail(sources=("word",)))) == {"missing-summary-scan", "quota"}
    assert set(rules(Mail(sources=()))) == {"missing-summary", "missing-summary-scan", "quota"}


def test_a_later_message_owes_no_summary_for_projects_already_listed():
    first = Mail([Draft(superseded_by="p2")], sources=("word",))
    later = Mail([Draft(key="p2", row=None)], message="m2", sources=(), received_at=LAST)
    assert "missing-summary-scan" in rules(first, later)
    assert "missing-summary-scan" not in rules(later, first)
    assert told(findings(later, first)) == set()


def test_a_summary_scan_that_comes_later_settles_the_first_message():
    later = Mail([], message="m2", sources=("scan",), rows=[Draft().row], received_at=LAST)
    assert "missing-summary-scan" not in rules(Mail(sources=("word",)), later)


def test_summary_without_project_lists_the_names():
    row = {"seq": "2", "project_name": "钢包烘烤器点火改造", "implementing_unit": "镇江炉料有限公司", "main_completers": "高志远"}
    found = rules(Mail(rows=[row]))["summary-without-project"]
    assert "钢包烘烤器点火改造" in found.text and found.severity == "error"


def test_summary_without_project_is_settled_by_material_of_another_message():
    other = Draft(key="p2", row=None).renamed("钢包烘烤器点火改造")
    row = {"seq": "2", "project_name": "钢包烘烤器点火改造", "implementing_unit": "镇江北固特钢有限公司", "main_completers": "贺长林"}
    later = Mail([other], message="m2", sources=(), received_at=LAST)
    assert "summary-without-project" not in rules(Mail(rows=[row]), later)


def test_a_corrected_summary_replaces_the_one_before():
    stray = {"seq": "2", "project_name": "钢包烘烤器点火改造", "implementing_unit": "镇江炉料有限公司", "main_completers": "高志远"}
    corrected = Mail([], message="m2", rows=[Draft().row], received_at=LAST)
    assert "summary-without-project" not in rules(Mail(rows=[stray]), corrected)


def test_a_row_with_nothing_but_its_number_is_no_row():
    assert broken(Draft(), rows=[{"seq": "2"}, {"seq": "3"}]) == set()


NAMES = (
    "轧机导卫快速更换装置改进",
    "冷床齿条快速定位工装",
    "加热炉步进梁密封改造",
    "飞剪剪刃间隙检测尺",
    "打包机断丝报警器",
    "高线吐丝管拆装车",
)


def many(count, **mail):
    return Mail([Draft().copy(f"p{n}").renamed(NAMES[n]) for n in range(count)], **mail)


@pytest.mark.parametrize(("count", "word"), [(3, "少于"), (4, ""), (5, ""), (6, "超过")])
def test_quota_of_a_district_is_four_or_five(count, word):
    found = rules(many(count)).get("quota")
    assert (found is not None) == bool(word)
    assert not word or word in found.text


@pytest.mark.parametrize(("count", "broken_"), [(1, True), (2, False), (3, False), (4, True)])
def test_quota_of_an_industry_union_is_two_or_three(count, broken_):
    mail = many(count, unit="镇江市交通运输工会", subject="“五小”活动项目+镇江市交通运输工会")
    assert ("quota" in rules(mail)) == broken_


def test_quota_counts_all_that_the_unit_has_sent_once():
    second = Mail([Draft(key="p9", row=None)], message="m2", sources=(), received_at=LAST)
    first = many(4)
    first.projects[0].superseded_by = "p9"
    assert "quota" not in rules(first, second)
    assert "quota" not in rules(second, first)


def test_a_project_whose_later_version_lies_elsewhere_still_counts_and_still_has_its_material():
    mail = many(4)
    mail.projects[0].superseded_by = "unknown"
    assert told(findings(mail)) == set()
    assert "quota" not in rules(mail)


def test_findings_say_nothing_of_superseded_versions():
    draft = Draft(superseded_by="p2").write("person", email="")
    later = Mail([Draft(key="p2", row=None)], message="m2", sources=(), received_at=LAST)
    assert {f.project for f in findings(Mail([draft]), later)} <= {None}
    assert CITY.rules["quota"].severity == "advice"
