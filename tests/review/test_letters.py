"""What a nominating unit reads: complete, polite, nothing about others, and a draft that opens anywhere."""

import email
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from checks.labels import form_title, label
from profiles.load import load_profile
from review.draft import make_draft
from review.gather import silent_units, unit_cases
from review.letters import Case, Letter, ProjectCase, SilentUnit, correction_subject, draft_letters, something_to_say
from review.telling import Point
from store.rows import FindingRow, MessageRow, ProjectRow

PROFILE = load_profile("zhenjiang_2024")
TODAY = date(2024, 3, 28)
ID_NUMBER = "320111199001011234"
CASE = Case(
    unit="丹阳市总工会",
    address="dygh@example.com",
    subject="“五小”活动项目+丹阳市总工会",
    message_id="<660226a3.1f04@example.com>",
    received=date(2024, 3, 26),
    points=(Point("missing-summary-scan", "error", "没有收到附件1的盖章扫描件，请补发。"), Point("quota", "advice", "请确认报送数量。")),
    projects=(
        ProjectCase(
            "树脂镜片加硬液循环过滤",
            "蒋文娟",
            (
                Point("missing-field", "error", "附件3“电子邮箱”没有填写，请补填。"),
                Point("missing-field", "error", "附件3“电子邮箱”没有填写，请补填。"),
                Point("invalid-field", "error", f"附件3“身份证号”填写的“{ID_NUMBER}”不正确。"),
                Point("same-completer", "error", "第一完成人同时是另一个项目《秘密》（句容市总工会）的第一完成人。"),
                Point("same-project", "error", "句容市总工会报送的项目《秘密》与本项目相似。"),
                Point("excluded-subject", "verify", "请人工确认。"),
            ),
        ),
        ProjectCase("高压开关柜触头温度检测夹", "陈国庆"),
        ProjectCase("站台雨棚", "陈文娟", (Point("provincial-award", "ineligible", "项目曾获江苏省一等奖，不得被提名。"),)),
        ProjectCase("井盖垫圈", "王强", (Point("outside-city", "verify", "请人工确认。"),)),
    ),
)


def found(rule: str, form: str, field: str | None = None, variant: str = "", **slots: str) -> Point:
    """A finding as the checks write it."""
    words = PROFILE.rules[rule]
    said = words.variants[variant] if variant else words
    named = {"form": form_title(PROFILE, form), "label": label(PROFILE, form, field) if field else ""}
    return Point(rule, said.severity or words.severity, said.text.format(**{**named, **slots}), form, field)


def drafted(*cases: Case, silent: tuple[SilentUnit, ...] = (), templates: Path | None = None) -> tuple[Letter, ...]:
    return draft_letters(cases, silent, PROFILE, today=TODAY, templates=templates)


def opened(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes(letter.eml, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def printed(letter: Letter) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(letter.docx)).paragraphs)


def test_a_letter_numbers_what_is_wrong_for_each_project() -> None:
    (letter,) = drafted(CASE)
    for text in (letter.text, printed(letter)):
        headings = re.findall(r"^\s*([一二三四]、.*)$", text, re.M)
        assert headings == ["一、整体材料", "二、《树脂镜片加硬液循环过滤》（第一完成人：蒋文娟）", "三、《站台雨棚》（第一完成人：陈文娟）"]
        assert text.count("附件3“电子邮箱”没有填写") == 1
        assert "2024年4月10日" in text
        assert "材料齐全，无需补正：《高压开关柜触头温度检测夹》" in text
        assert "进一步核对，如需补充另行通知：《井盖垫圈》" in text
        assert "提示：请确认报送数量。" in text


def test_a_letter_says_nothing_of_other_units_and_shows_no_id_number() -> None:
    (letter,) = drafted(CASE)
    for text in (letter.text, printed(letter)):
        assert ID_NUMBER not in text
        assert "句容" not in text
        assert "秘密" not in text
        assert "每人只能被提名 1 次" in text


def test_a_letter_has_no_internal_words() -> None:
    (letter, reminder) = drafted(CASE, silent=(SilentUnit("句容市总工会", "district"),))
    for text in (letter.text, printed(letter), reminder.text, printed(reminder)):
        assert not [rule for rule in PROFILE.rules if rule in text]
        assert "人工" not in text
        assert "{" not in text


def test_a_unit_that_owes_nothing_gets_no_letter() -> None:
    assert drafted(Case("甲工会", "a@b.cn", "主题", None, None, (Point("quota", "advice", "提示。"),), (ProjectCase("项目"),))) == ()


@pytest.mark.parametrize(
    "point",
    [
        Point("no-seal", "error", "没有盖章。"),
        Point("quota", "advice", "请确认报送数量。"),
        Point("same-project", "error", "与别的单位相同。"),
        Point("provincial-award", "ineligible", "已获省级奖。"),
        Point("no-signed-date", "verify", "请核对。"),
        found("outside-city", "person", "unit_address", unit="南京某公司", address="南京市 1 号"),
    ],
)
def test_the_list_of_letters_knows_which_are_written_without_writing_them(point: Point) -> None:
    for case in (replace(CASE, points=(point,), projects=()), replace(CASE, points=(), projects=(ProjectCase("项目", "", (point,)),))):
        letters = drafted(case)
        assert something_to_say(case, PROFILE) is bool(letters)
        assert [letter.subject for letter in letters] in ([], [correction_subject(case, PROFILE)])


def test_the_draft_answers_the_units_mail() -> None:
    (letter,) = drafted(CASE)
    message = opened(letter)
    assert message["X-Unsent"] == "1"
    assert message["To"].addresses[0].addr_spec == "dygh@example.com"
    assert message["To"].addresses[0].display_name == "丹阳市总工会"
    assert message["Subject"] == "Re: “五小”活动项目+丹阳市总工会"
    assert message["In-Reply-To"] == message["References"] == CASE.message_id
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == letter.text.strip()
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "补正通知（丹阳市总工会）.docx"
    assert attached.get_content() == letter.docx


@pytest.mark.parametrize(
    ("subject", "answer"),
    [("回复：材料", "回复：材料"), ("转发：Fwd: 材料", "Re: 材料"), ("RE: 材料", "RE: 材料"), ("", "关于补正"), ("转发：", "关于补正")],
)
def test_an_answer_has_the_subject_of_the_units_own_mail(subject: str, answer: str) -> None:
    (letter,) = drafted(Case("甲工会", "", subject, None, None, (Point("x", "error", "请补发。"),)))
    assert letter.subject.startswith(answer)
    assert opened(letter)["To"] is None


def test_a_silent_unit_is_reminded_of_all_it_has_to_send() -> None:
    (letter,) = drafted(silent=(SilentUnit("句容市总工会", "district", "jr@example.com"),))
    assert letter.kind == "reminder"
    for form in PROFILE.forms:
        assert form.title in letter.text
        assert form.title in printed(letter)
    assert "每个辖市区报送4—5个项目" in letter.text
    assert opened(letter)["In-Reply-To"] is None


def letter_about(*points: Point, **changed: Any) -> Letter:
    case = replace(CASE, points=(), projects=(ProjectCase("站台雨棚", "陈文娟", points),))
    (letter,) = drafted(replace(case, **changed))
    return letter


def numbered(letter: Letter) -> list[str]:
    return re.findall(r"^　　\d+\. (.*)$", letter.text, re.M)


def test_cells_that_are_empty_on_one_form_are_named_in_one_sentence() -> None:
    fields = ("email", "education", "union_email", "mobile")
    letter = letter_about(*(found("missing-field", "person", field) for field in fields), found("missing-field", "nomination", "domain"))
    assert numbered(letter) == [
        "附件2《职工“五小”活动项目提名书》“项目所属领域”没有填写，请补填后重新发来 Word 版和扫描件。",
        "附件3《项目第一完成人及单位基本情况》“学历”、“手机号码”、“电子邮箱”、“电子邮箱（所在单位工会）”没有填写，"
        "请补填后重新发来 Word 版和扫描件。",
    ]


def test_what_is_wrong_stands_in_the_order_of_the_forms() -> None:
    letter = letter_about(
        found("missing-certificate", "certificate"), found("not-signed", "commitment"), found("missing-commitment", "commitment"),
        found("missing-field", "person", "email"), found("missing-nomination", "nomination"),
    )  # fmt: skip
    assert [re.search("提名书|基本情况|承诺书|证明", text)[0] for text in numbered(letter)] == [
        "提名书",
        "基本情况",
        "承诺书",
        "承诺书",
        "证明",
    ]  # type: ignore[index]


def test_what_only_the_unit_can_know_is_asked_and_what_the_office_can_see_is_not() -> None:
    address = found("outside-city", "person", "unit_address", unit="南京某公司", address="南京市玄武区 1 号")
    grey = found("no-seal", "nomination", variant="unclear")
    letter = letter_about(address, grey)
    assert "请在回信中说明：" in letter.text
    assert numbered(letter) == [
        "附件3《项目第一完成人及单位基本情况》的单位名称“南京某公司”和地址“南京市玄武区 1 号”看不出在镇江市范围内，"
        "请说明单位是否在我市依法注册。"
    ]
    assert "更正或说明的情况如下" in letter.text
    assert "人工" not in letter.text
    assert drafted(replace(CASE, points=(), projects=(ProjectCase("站台雨棚", "", (grey,)),))) == ()


def test_every_question_is_filled_from_the_finding_it_is_about() -> None:
    for rule in PROFILE.rules.values():
        for said in (rule, *rule.variants.values()):
            if said.ask:
                assert set(re.findall(r"{(\w+)}", said.ask)) <= {*re.findall(r"{(\w+)}", said.text), "form", "label"}
                assert (said.severity or rule.severity) == "verify"
                assert "人工" not in said.ask


def test_two_projects_of_one_unit_with_one_first_completer_are_named_and_those_of_others_are_not() -> None:
    slots = {"person": "陈文娟", "others": "《井盖垫圈》"}
    twice = found("same-completer", "person", "name", **slots)
    assert "《井盖垫圈》" not in letter_about(twice).text
    letter = letter_about(projects=(ProjectCase("站台雨棚", "陈文娟", (twice,)), ProjectCase("井盖垫圈", "陈文娟")))
    assert "同时是另一个项目《井盖垫圈》的第一完成人" in letter.text


def test_a_unit_that_came_by_hand_is_not_asked_to_answer_a_mail() -> None:
    letter = letter_about(found("missing-nomination", "nomination"), by_hand=True, address="", subject="材料（二）", message_id=None)
    for text in (letter.text, printed(letter)):
        assert "送来的" in text
        assert "邮件主题" not in text
        assert "回复本邮件" not in text
        assert PROFILE.office.email in text
    assert not letter.subject.startswith("Re")
    assert opened(letter)["To"] is None


def test_several_mails_of_a_unit_are_answered_in_one_letter_to_the_latest() -> None:
    rows = (
        MessageRow("m2", "<b@x>", "补充", "乙 <b@x.cn>", "2024-03-25T09:00:00+08:00", "丹阳市总工会", "processed", None, "h2"),
        MessageRow("m1", "<a@x>", "材料", "甲 <a@x.cn>", "2024-03-20T09:00:00+08:00", "丹阳市总工会", "processed", None, "h1"),
    )
    findings = (FindingRow("m1", None, "missing-summary", "error", "没有收到附件1，请补发。", "summary", None, None, None, "open"),)
    (letter,) = drafted(*unit_cases(rows, (), findings, PROFILE))
    assert (letter.to, opened(letter)["In-Reply-To"]) == ("b@x.cn", "<b@x>")
    assert "2024年3月25日发来的" in letter.text
    assert "及此前报送的材料均已收到" in letter.text


@pytest.mark.parametrize(("decision", "said"), [(None, ["A", "B"]), ("returned", ["A", "B"]), ("rejected", ["A"]), ("passed", [])])
def test_what_the_office_decided_of_a_project_is_not_asked_for_again(decision: str | None, said: list[str]) -> None:
    row = MessageRow("m", "<a@x>", "材料", "a@x.cn", "2024-03-20T09:00:00+08:00", "丹阳市总工会", "processed", None, "h")
    project = ProjectRow("p", "m", "丹阳市总工会", "井盖", "小发明", "王强", "某厂", "2024-03-20", "ineligible", 1, 0, 0, decision, None)
    findings = tuple(
        FindingRow("m", "p", rule, severity, text, None, None, None, None, "open")
        for rule, severity, text in (("provincial-award", "ineligible", "A"), ("missing-word", "error", "B"))
    )
    assert [text for letter in drafted(*unit_cases((row,), (project,), findings, PROFILE)) for text in numbered(letter)] == said


def test_nobody_is_reminded_after_the_deadline_unless_it_is_put_off() -> None:
    late, silent = date(2024, 4, 11), (SilentUnit("句容市总工会", "district"),)
    assert draft_letters((), silent, PROFILE, today=late) == ()
    (letter,) = draft_letters((), silent, PROFILE, today=late, until=date(2024, 4, 20))
    for text in (letter.text, printed(letter)):
        assert "报送截止日期（2024年4月10日）已过" in text
        assert "请于2024年4月20日前" in text
        assert "正在进行" not in text
    (on_the_last_day,) = draft_letters((), silent, PROFILE, today=PROFILE.dates.deadline)
    assert "请于2024年4月10日前" in on_the_last_day.text


def test_a_correction_can_always_be_sent_in_time() -> None:
    (letter,) = draft_letters((CASE,), (), PROFILE, today=date(2024, 4, 8))
    assert "请于2024年4月15日前" in letter.text
    (letter,) = draft_letters((CASE,), (), PROFILE, today=date(2024, 4, 8), until=date(2024, 4, 12))
    assert "请于2024年4月12日前" in letter.text


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_mail_says_smuggles_in_no_header_and_breaks_no_file(unit: str, subject: str, name: str, said: str) -> None:
    evil = "\r\nBcc: x@example.com\r\n\r\n"
    case = Case(
        unit + evil,
        "a@b.cn" + evil,
        subject + evil,
        "<a@b>" + evil,
        None,
        (),
        (ProjectCase(name, "", (Point("r", "error", said + "{{ 7*7 }}<w:p/>" + evil),)),),
    )
    (letter,) = drafted(case)
    message = opened(letter)
    assert set(message.keys()) <= {"X-Unsent", "From", "To", "Subject", "In-Reply-To", "References", "MIME-Version", "Content-Type"}
    assert len(message.get_all("Subject") or ()) == 1
    assert message["Bcc"] is None
    assert "{{ 7*7 }}<w:p/>" in printed(letter)
    assert zipfile.ZipFile(io.BytesIO(letter.docx)).testzip() is None
    assert not set('/\\:*?"<>|\r\n') & set(letter.stem)


@pytest.mark.parametrize("address", ["", "无", "a@b@c", "a b@c.cn", "a@b.cn, x@y.cn", "<a@b.cn>", "a@b.cn\r\nBcc: x@y.cn"])
def test_an_address_that_is_none_is_left_to_a_person(address: str) -> None:
    raw = make_draft(sender=("甲", "a@b.cn"), to=("乙", address), subject="s", text="t", attachment=("a.docx", b"x"), in_reply_to="none")
    message = email.message_from_bytes(raw, policy=default)
    assert message["To"] is None
    assert message["In-Reply-To"] is None


def test_a_clerks_own_wording_goes_first(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("你好，{{ unit }}！{{ deadline }}", encoding="utf-8")
    (letter,) = drafted(CASE, templates=tmp_path)
    assert letter.text == "你好，丹阳市总工会！2024年4月10日"
    assert "材料补正通知" in printed(letter)


@pytest.mark.parametrize("wording", ["{{ secret }}", "{% for %}", "{{ ''.__class__.__mro__ }}"])
def test_a_broken_wording_is_refused(tmp_path: Path, wording: str) -> None:
    (tmp_path / "letter.txt").write_text(wording, encoding="utf-8")
    with pytest.raises(TemplateError):
        drafted(CASE, templates=tmp_path)


def message_row(key: str, unit: str | None, received: str | None, sender: str = "丹阳 <dygh@example.com>") -> MessageRow:
    return MessageRow(key, f"<{key}@x>", f"主题{key}", sender, received, unit, "processed", None, "")


def project_row(key: str, message: str, unit: str, superseded_by: str | None = None) -> ProjectRow:
    return ProjectRow(key, message, unit, f"项目{key}", "小发明", "张三", "甲公司", None, "incomplete", 1, 0, 0, None, superseded_by)


def finding_row(message: str, project: str | None, rule: str, text: str, state: str = "open") -> FindingRow:
    return FindingRow(message, project, rule, "error", text, None, None, None, None, state)


def test_rows_of_the_store_become_one_case_a_unit() -> None:
    messages = (
        message_row("2", "丹阳市总工会", "2024-04-08T17:30:00+00:00"),
        message_row("1", "丹阳市总工会", "2024-03-26T09:00:00+08:00"),
        message_row("3", None, None),
    )
    projects = (project_row("a", "1", "丹阳市总工会", "b"), project_row("b", "2", "丹阳市总工会"), project_row("c", "1", "丹阳市总工会"))
    findings = (
        finding_row("1", None, "missing-summary-scan", "缺扫描件"),
        finding_row("1", None, "late", "旧信迟到"),
        finding_row("2", "b", "missing-field", "缺邮箱"),
        finding_row("2", "b", "missing-scan", "缺扫描", "dismissed"),
        finding_row("1", "a", "missing-field", "旧版"),
    )
    (case,) = unit_cases(messages, projects, findings, PROFILE)
    assert (case.message_id, case.address, case.received) == ("<2@x>", "dygh@example.com", date(2024, 4, 9))
    assert [point.text for point in case.points] == ["缺扫描件"]
    assert [(project.name, [point.text for point in project.points]) for project in case.projects] == [("项目b", ["缺邮箱"]), ("项目c", [])]
    (known,) = unit_cases(messages, projects, findings, PROFILE, {"丹阳市总工会": "other@example.com"})
    assert known.address == "other@example.com"


def test_silent_units_have_the_kind_of_the_roster() -> None:
    units = silent_units(("丹阳市总工会", "某某产业工会"), PROFILE, {"丹阳市总工会": "a@b.cn"})
    assert [(unit.kind, unit.address) for unit in units] == [("district", "a@b.cn"), ("industry", "")]
