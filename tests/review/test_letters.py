"""What a nominating unit reads: complete, polite, nothing about others, and a draft that opens anywhere."""

import email
import io
import re
import zipfile
from datetime import date
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from profiles.load import load_profile
from review.draft import make_draft
from review.gather import silent_units, unit_cases
from review.letters import Case, Letter, Point, ProjectCase, SilentUnit, draft_letters
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


def drafted(*cases: Case, silent: tuple[SilentUnit, ...] = (), templates: Path | None = None) -> tuple[Letter, ...]:
    return draft_letters(cases, silent, PROFILE, deadline="2024年4月10日", today=TODAY, templates=templates)


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
