"""What a clerk does on the desk, through its whole application: corrections, verdicts, decisions, undo, two clerks at once, several at once."""

import asyncio
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import quote

import pytest
from docx import Document

from errors import SourceError
from review.desk.project import wanted
from review.serve import make_desk
from review.sessions import COOKIE, Sessions
from store.desk import Correct
from tests.review.filled import EVIL, ID, UNIT, fill
from tests.store.make import PROFILE


class Clerk:
    """Someone logged in, with the page in front of them."""

    def __init__(self, desk, store, name="王审核"):
        self.desk, self.cookies = desk, {COOKIE: Sessions(store.accounts).cookie(store.accounts.get(name))}

    def see(self, path: str):
        answer = asyncio.run(self.desk.client.get(path, cookies=self.cookies))
        self.token = (re.findall(r'name="csrftoken" value="([^"]+)"', answer.text) or [""])[0]
        self.version = (re.findall(r'name="version" value="(\d+)"', answer.text) or ["0"])[0]
        return answer

    def act(self, path: str, **form):
        data = {"csrftoken": self.token, "version": self.version, **form}
        return asyncio.run(self.desk.client.post(path, cookies=self.cookies, data=data))


@pytest.fixture
def store(tmp_path):
    opened = fill(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def desk(store):
    return make_desk(store, PROFILE, Sessions(store.accounts))


@pytest.fixture
def project(store) -> str:
    return next(row.project for row in store.projects() if row.project_name != EVIL)


def rules(store, project: str) -> set[str]:
    return {row.rule for row in store.findings() if row.project == project and row.state == "open"}


def test_a_correction_makes_the_rules_run_and_undo_makes_them_run_again(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    answer = clerk.act(f"{page}/act", do="correct", form="person", field="mobile", value=" 138-0000-0321 ", at="f-person-mobile")
    assert answer.headers["location"] == f"{page}#f-person-mobile"
    assert rules(store, project) == {"no-seal"}
    assert ("person", "mobile", "13800000321", "review", "corrected") in {
        (row.form, row.field, row.value, row.chosen_from, row.agreement) for row in store.values() if row.project == project
    }
    clerk.see(page)
    clerk.act(f"{page}/act", do="undo", event=str(store.desk.record(project).events[0].id))
    assert rules(store, project) == {"no-seal", "word-scan-unsure"}
    assert [line.action for line in store.history(project)] == ["correct", "correct"]


def test_a_number_that_is_only_about_right_is_shown_as_it_was_written(desk, store, project):
    assert "约数，原文：十二万多元" in Clerk(desk, store).see(f"/-/project/{project}").text


def test_a_corrected_name_is_shown_everywhere_and_changes_no_key(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    clerk.act(f"{page}/act", do="correct", form="nomination", field="project_name", value="另一个名称")
    assert store.show(project).project.project_name == "另一个名称"
    assert "另一个名称" in clerk.see("/-/queue?q=另").text


def test_a_value_emptied_by_the_reviewer_is_missing(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    clerk.act(f"{page}/act", do="correct", form="person", field="email", value="")
    assert "missing-field" in rules(store, project)
    assert "审核人改为：（空）" in clerk.see(page).text


def test_of_two_clerks_the_second_does_not_overwrite_the_first(desk, store, project):
    first, second, page = Clerk(desk, store), Clerk(desk, store, "赵管理"), f"/-/project/{project}"
    first.see(page)
    second.see(page)
    assert first.act(f"{page}/act", do="decide", decision="passed").status_code == 302
    refused = second.act(f"{page}/act", do="decide", decision="rejected", reason="不符合")
    assert refused.status_code == 409 and "刚刚被别人改过" in refused.text
    assert store.show(project).project.decision == "passed"
    second.version = store.desk.record(project).version
    assert second.act(f"{page}/act", do="decide", decision="returned").status_code == 302


def test_a_finding_is_accepted_dismissed_and_taken_up_again_with_its_reason(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    row = next(row for row in store.findings() if row.rule == "no-seal")
    key = json.dumps([row.message, row.project, row.rule, row.form, row.field])
    clerk.see(page)
    assert clerk.act(f"{page}/act", do="dismiss", finding=key).status_code == 400
    clerk.act(f"{page}/act", do="dismiss", finding=key, reason="原件已看，有章")
    assert "no-seal" not in rules(store, project) and "原件已看，有章" in clerk.see(page).text
    clerk.act(f"{page}/act", do="reopen", finding=key)
    assert "no-seal" in rules(store, project)
    clerk.see(page)
    clerk.act(f"{page}/act", do="accept", finding=key, reason="确实没有")
    assert "no-seal" in rules(store, project) and "采纳：确实没有" in clerk.see(page).text


def test_everything_to_be_verified_is_confirmed_at_once_and_survives_a_correction(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    clerk.act(f"{page}/act", do="confirm_all")
    assert rules(store, project) == {"no-seal"} and store.show(project).project.to_verify == 0
    clerk.see(page)
    clerk.act(f"{page}/act", do="correct", form="person", field="address", value="丹阳市云阳路2号")
    assert rules(store, project) == {"no-seal"}


def test_a_decision_is_undone_to_the_one_before(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    for decision in ("returned", "passed"):
        clerk.see(page)
        clerk.act(f"{page}/act", do="decide", decision=decision, reason=f"因为{decision}")
    clerk.see(page)
    events = store.desk.record(project).events
    assert [event.undoable for event in events] == [True, False]
    clerk.act(f"{page}/act", do="undo", event=str(events[0].id))
    said = store.desk.record(project).decided
    assert (said.value, said.reason) == ("returned", "因为returned")


def test_nonsense_does_nothing_and_says_so(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    for form in (
        {"do": "decide", "decision": "king"},
        {"do": "correct", "form": "person", "field": "no-such", "value": "x"},
        {"do": "correct", "form": "summary", "field": "seq", "value": "x"},
        {"do": "dismiss", "finding": "{", "reason": "x"},
        {"do": "dismiss", "finding": '["a","b","c",null,null]', "reason": "x"},
        {"do": "undo", "event": "x"},
        {"do": "drop table"},
        {},
    ):
        assert clerk.act(f"{page}/act", **form).status_code == 400, form
    assert clerk.act(f"{page}/act", do="undo", event="999").status_code == 404
    assert store.history() == ()


def test_several_projects_are_decided_at_once_but_not_one_that_changed_meanwhile(desk, store, project):
    clerk = Clerk(desk, store)
    page = clerk.see("/-/queue")
    ticked = re.findall(r'name="project" value="([^"]+)"', page.text)
    assert len(ticked) == 2
    other = Clerk(desk, store, "赵管理")
    other.see(f"/-/project/{project}")
    other.act(f"/-/project/{project}/act", do="note", reason="等电话")
    answer = clerk.act("/-/queue/decide?", decision="passed", project=ticked)
    assert "已处理 1 个项目" in answer.text and project in answer.text
    assert {row.decision for row in store.projects()} == {"passed", None}


def test_filters_combine_and_words_of_one_character_are_found(desk, store):
    clerk = Clerk(desk, store)
    asked = {
        "": 2,
        "?q=床": 1,
        "?q=冲": 2,
        "?status=incomplete&rule=no-seal": 1,
        "?status=complete": 0,
        f"?unit={quote(UNIT)}&category=小革新": 2,
        "?decision=none": 2,
        "?decision=passed": 0,
        "?reviewer=王审核": 0,
        "?q=%22%27*": 0,
        "?sort=drop": 2,
        "?page=99999999": 2,
    }
    for query, count in asked.items():
        assert clerk.see(f"/-/queue{query}").text.count('aria-label="选 ') == count, query


def test_a_letter_is_reworded_kept_downloaded_and_marked_as_sent(desk, store, project):
    clerk, address = Clerk(desk, store), f"/-/letter?unit={quote(UNIT)}"
    clerk.see(address)
    clerk.act("/-/letter/save", do="save", unit=UNIT, address="a@b.example", subject="请补章\r\nBcc: x@y.example", body="各位：\n　　请补章。")
    mail = message_from_bytes(clerk.see(f"/-/letter.eml?unit={quote(UNIT)}").content, policy=policy.default)
    assert mail["To"].addresses[0].addr_spec == "a@b.example" and mail["Bcc"] is None and "请补章。" in mail.get_body().get_content()
    word = Document(io.BytesIO(clerk.see(f"/-/letter.docx?unit={quote(UNIT)}").content))
    assert "请补章。" in "".join(paragraph.text for paragraph in word.paragraphs)
    clerk.see(address)
    clerk.act("/-/letter/save", do="sent", unit=UNIT)
    assert "已发出" in clerk.see("/-/letters").text and store.history(project)[-1].action == "send"
    row = next(row for row in store.findings() if row.rule == "no-seal")
    clerk.see(f"/-/project/{project}")
    key = json.dumps([row.message, row.project, row.rule, row.form, row.field])
    clerk.act(f"/-/project/{project}/act", do="dismiss", finding=key, reason="有章")
    assert "审核意见有了变化" in clerk.see(address).text
    clerk.act("/-/letter/save", do="reset", unit=UNIT)
    assert "请补章。" not in clerk.see(address).text


def test_what_a_clerk_writes_is_masked_and_harmless(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    clerk.act(f"{page}/act", do="note", reason=f"身份证 32118119850910487X {EVIL}")
    shown = clerk.see(page).text
    assert "32118119850910487X" not in shown and "<script>alert" not in shown and "3211**********487X" in shown


def test_a_letter_is_laid_into_the_drafts_as_it_was_left_and_only_where_a_mailbox_is_set_up(store, project):
    laid: list[bytes] = []

    def drafts(mails):
        if "拒收" in message_from_bytes(mails[0], policy=policy.default)["Subject"]:
            raise SourceError(source="imaps://here", why="草稿箱满了")
        laid.extend(mails)
        return "草稿箱"

    address = f"/-/letter?unit={quote(UNIT)}"
    without = Clerk(make_desk(store, PROFILE, Sessions(store.accounts)), store)
    assert "wuxiao serve --imap" in without.see(address).text
    assert without.act("/-/letter/drafts", unit=UNIT).status_code == 400 and store.history() == ()
    clerk = Clerk(make_desk(store, PROFILE, Sessions(store.accounts), drafts=drafts), store)
    clerk.see(address)
    assert laid == [], "only a click does it"
    clerk.act("/-/letter/save", do="save", unit=UNIT, address="a@b.example", subject="请补章", body="各位：请补章。")
    assert "已放进邮箱的“草稿箱”" in clerk.act("/-/letter/drafts", unit=UNIT).text
    (mail,) = [message_from_bytes(data, policy=policy.default) for data in laid]
    assert (mail["Subject"], mail["X-Unsent"]) == ("请补章", "1") and "请补章。" in mail.get_body().get_content()
    assert store.history(project)[-1].action == "draft"
    clerk.act("/-/letter/save", do="save", unit=UNIT, address="a@b.example", subject="拒收", body="x")
    assert "草稿箱满了" in clerk.act("/-/letter/drafts", unit=UNIT).text and len(laid) == 1


def test_after_the_deadline_the_pages_say_why_nobody_is_reminded(store):
    said, last = "报送截止日（2024年4月10日）已过，不再给未报送的单位起草报送提醒", datetime(2024, 4, 10, 15, 59, tzinfo=UTC)
    for after, at in ((False, last), (True, last + timedelta(minutes=1))):
        clerk = Clerk(make_desk(store, PROFILE, Sessions(store.accounts), clock=lambda at=at: at), store)
        first, letters = clerk.see("/").text, clerk.see("/-/letters").text
        assert (said in letters, said in first) == (after, after)
        assert ("<td>报送提醒</td>" in letters, "看提醒函" in first) == (not after, not after)


def test_the_last_day_to_answer_is_set_on_the_page_for_every_letter_and_taken_back(store):
    at = datetime(2024, 4, 12, 2, tzinfo=UTC)
    clerk = Clerk(make_desk(store, PROFILE, Sessions(store.accounts), clock=lambda: at), store)
    silent = "句容市总工会"
    assert clerk.see(f"/-/letter?unit={quote(silent)}").status_code == 404, "nobody is reminded after the deadline"
    clerk.see("/-/letters")
    assert clerk.act("/-/letters/answer-by", day="2024-04-11").status_code == clerk.act("/-/letters/answer-by", day="周五").status_code == 400
    assert clerk.act("/-/letters/answer-by", day="2024-04-20").status_code == 302
    assert "<td>报送提醒</td>" in clerk.see("/-/letters").text and "看提醒函" in clerk.see("/").text
    for unit in (silent, UNIT):
        assert "2024年4月20日前" in clerk.see(f"/-/letter?unit={quote(unit)}").text
    clerk.act("/-/letters/answer-by", day="")
    told = [(row.actor, row.before, row.after) for row in store.history() if row.action == "answer-by"]
    assert told == [("王审核", None, "2024-04-20"), ("王审核", "2024-04-20", None)]
    assert "<td>报送提醒</td>" not in clerk.see("/-/letters").text
    assert "2024年4月19日前" in clerk.see(f"/-/letter?unit={quote(UNIT)}").text


def test_after_returning_a_project_the_page_leads_to_the_letter(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    clerk.act(f"{page}/act", do="decide", decision="returned")
    assert f'href="/-/letter?unit={quote(UNIT)}">下一步' in clerk.see(page).text


def test_lists_speak_of_forms_fields_and_acts_in_chinese(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    clerk.see(page)
    clerk.act(f"{page}/act", do="correct", form="person", field="mobile", value="13800000321")
    for address in (
        "/intake/field_list",
        "/intake/value_list",
        "/intake/part_list",
        "/intake/history_list",
        f"{desk.urls.query('intake', '把握不大的字段')}?below=1.1",
    ):
        shown = re.sub(r"<[^>]*>", " ", clerk.see(address).text.partition("<tbody>")[2])
        assert shown and not re.search(r"\b(nomination|person|id_number|mobile|correct)\b", shown), address
    assert "手机号码" in clerk.see("/intake/history_list").text


def test_what_was_to_be_verified_and_was_found_true_is_settled(desk, store, project):
    clerk, page = Clerk(desk, store), f"/-/project/{project}"
    row = next(row for row in store.findings() if row.rule == "word-scan-unsure" and row.project == project)
    clerk.see(page)
    clerk.act(f"{page}/act", do="accept", finding=json.dumps([row.message, row.project, row.rule, row.form, row.field]), reason="确实不同")
    assert store.show(project).project.to_verify == 0 and "word-scan-unsure" in rules(store, project)
    shown = clerk.see(page).text
    assert "处待核对全部核对无误" not in shown and "确实不同" in shown
    clerk.act(f"{page}/act", do="undo", event=str(store.desk.record(project).events[0].id))
    assert store.show(project).project.to_verify == 1


def test_a_correction_that_came_from_the_version_before_can_be_taken_back(desk, store, project):
    sheet, record = store.show(project), store.desk.record(project)
    form = {"do": "uncorrect", "form": "person", "field": "id_number"}
    assert wanted(form, sheet, record, PROFILE, store.desk.full_values(project)) == (Correct("person", "id_number", ID),)
    own = replace(record, corrections={("person", "id_number"): None})
    assert wanted(form, sheet, own, PROFILE, {}) == (Correct("person", "id_number", None),)


def test_all_projects_are_exported_from_the_pages_by_whom_the_role_allows(desk, store, project):
    clerk = Clerk(desk, store)
    for kind, sheets in (("xlsx", ["xl/workbook.xml"]), ("docx", ["word/document.xml"])):
        answer = clerk.see(f"/-/export.{kind}")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert set(sheets) <= set(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
        assert f"/-/export.{kind}" in clerk.see("/").text and f"/-/export.{kind}" in clerk.see("/-/queue").text
    assert Clerk(desk, store, "李查看").see("/-/export.xlsx").status_code == 403
