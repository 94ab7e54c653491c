"""来件: a file that cannot be used is looked at, replaced, said what it is, by hand; read by the house's own workers; nothing is lost."""

import asyncio
import email
import io
import re
import zipfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from email import policy
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from intake.originals import Originals
from intake.take import take_in
from pipeline.jobs import read_all, settle_waiting
from pipeline.retention import erase
from review.desk.settling import Settler
from review.serve import make_desk, now
from review.sessions import COOKIE, Sessions
from store.decisions import Act
from tests.store.make import PROFILE
from wuxiao.intaking import make_shift
from wuxiao.opening import open_house
from wuxiao.settings import load_settings
from wuxiao.show import print_project

DEMO = Path(__file__).parents[2] / "fixtures" / "demo" / "01-句容.eml"
RECEIVED = datetime(2024, 4, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
UNIT = "句容市总工会"


def papers() -> dict[str, bytes]:
    """The Word papers of one project of the demo's first mail, by their form."""
    mail = email.message_from_bytes(DEMO.read_bytes(), policy=policy.default)
    with zipfile.ZipFile(io.BytesIO(next(mail.iter_attachments()).get_payload(decode=True)), metadata_encoding="gbk") as parts:
        words = [info for info in parts.infolist() if info.filename.endswith(".docx")]
        folder = words[0].filename.rsplit("/", 1)[0]
        return {info.filename.rsplit("/", 1)[1]: parts.read(info) for info in words if info.filename.startswith(f"{folder}/")}


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    return papers()


@pytest.fixture
def data(tmp_path, good) -> Path:
    """A delivery with a good paper, a broken one and one that says nothing a program could know, read and judged."""
    folder = tmp_path / f"“五小”活动项目+{UNIT}"
    folder.mkdir()
    (folder / "附件2-4 申报材料.docx").write_bytes(good["附件2-4 申报材料.docx"])
    (folder / "推荐材料.docx").write_bytes(good["推荐材料.docx"][:20_000])
    (folder / "说明.txt").write_text("他在车间上班。", encoding="utf-8")
    with open_house(tmp_path / "data") as house:
        for taken in take_in([folder], house.originals, received_at=RECEIVED):
            house.store.record(taken, now())
        shift = make_shift(load_settings(house.store.data))
        read_all(house, shift)
        settle_waiting(house, shift)
        for name, role in (("王审核", "reviewer"), ("李查看", "viewer")):
            house.store.accounts.add(name, "correct horse", role)
    return tmp_path / "data"


@pytest.fixture
def clerk(data):
    with ExitStack() as closing:
        house = closing.enter_context(open_house(data))
        settler = Settler(data, PROFILE, now, partial(open_house, data))
        closing.callback(settler.close)
        yield Clerk(house.store, settler)


class Clerk:
    """Someone before the pages of the one message."""

    def __init__(self, store, settler):
        self.store, self.settler = store, settler
        self.sessions = Sessions(store.accounts)
        self.desk = make_desk(store, PROFILE, self.sessions, settler)
        self.message = store.messages()[0].message
        self.project = store.projects()[0].project
        self.cookies = {}
        self.enter("王审核")

    def enter(self, name):
        self.cookies = {COOKIE: self.sessions.cookie(self.store.accounts.get(name))}

    def address(self, path: str) -> str:
        position = next(n for n, file in enumerate(self.store.files()) if file.path == path)
        return f"/-/message/{self.message}/file/{position}"

    def see(self, path: str):
        answer = asyncio.run(self.desk.client.get(self.address(path), cookies=self.cookies))
        self.form = dict(re.findall(r'name="(csrftoken|version)" value="([^"]+)"', answer.text))
        return answer

    def act(self, path: str, file=None, **form):
        """Posts the form, and waits until all that it set going is done."""
        data, files = {**self.form, **form}, {"file": file} if file else {}
        address = self.address(path)
        answer = asyncio.run(self.desk.client.post(f"{address}/act", cookies=self.cookies, data=data, files=files))
        assert self.settler.poke(120)
        return answer

    def rules(self) -> set[str]:
        return {row.rule for row in self.store.findings() if row.state == "open"}

    def files(self) -> dict[str, str]:
        return {row.path: row.status for row in self.store.files()}


def test_a_file_that_cannot_be_opened_is_replaced_read_and_given_back(clerk, good):
    before = clerk.files(), clerk.rules()
    assert before[0]["推荐材料.docx"] == "failed" and {"file-unreadable", "missing-recommendation"} <= before[1]
    assert "补入一份能用的文件" in clerk.see("推荐材料.docx").text
    answer = clerk.act("推荐材料.docx", ("新的推荐材料.docx", good["推荐材料.docx"]), do="give", reason="单位微信补发")
    assert answer.status_code == 302
    assert clerk.files()["推荐材料.docx"] == "ignored" and clerk.files()["推荐材料.docx/人工补入/新的推荐材料.docx"] == "parsed"
    assert not {"file-unreadable", "missing-recommendation"} & clerk.rules()
    assert [row.project for row in clerk.store.projects()] == [clerk.project]
    page = clerk.see("推荐材料.docx").text
    assert "王审核" in page and "单位微信补发" in page and "原来的文件仍保留" in page
    originals = Originals(clerk.store.data / "originals")
    assert {good["推荐材料.docx"], good["推荐材料.docx"][:20_000]} <= {path.read_bytes() for path in originals.root.glob("??/*")}
    clerk.act("推荐材料.docx", do="undo", event=re.search(r'name="event" value="(\d+)"', page)[1])
    assert (clerk.files(), clerk.rules()) == before
    assert [line.action for line in clerk.store.history()] == ["give", "give"]


def test_what_is_to_be_known_of_a_file_stands_wherever_the_file_is_shown(clerk, good, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # of a terminal: where a note breaks is not asked here
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    sheet = io.BytesIO()
    book.save(sheet)
    clerk.see("说明.txt")
    clerk.act("说明.txt", ("数.xlsx", sheet.getvalue()), do="give")
    path, told = "说明.txt/人工补入/数.xlsx", "1 个单元格是公式，文件里没有存下计算结果，读不到值：Sheet!A1。"
    for page in (f"/-/message/{clerk.message}", f"/-/project/{clerk.project}", "/intake/note_list", clerk.address(path)):
        assert told in asyncio.run(clerk.desk.client.get(page, cookies=clerk.cookies)).text, page
    print_project(clerk.store.show(clerk.project), PROFILE)
    assert "Excel 或 WPS 打开、保存后重新发送" in capsys.readouterr().out


def test_a_name_in_brackets_is_shown_as_it_is(clerk, capsys):
    sheet = clerk.store.show(clerk.project)
    files = (replace(sheet.files[0], path="[/b]甲.pdf"), replace(sheet.files[0], path="[scan]乙.pdf"))
    print_project(replace(sheet, project=replace(sheet.project, project_name="[/b]改进"), files=files), PROFILE)
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("[/b]改进", "[/b]甲.pdf", "[scan]乙.pdf"))


def test_an_archive_that_is_given_is_unpacked_by_the_same_door(clerk, good):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/推荐材料.docx", good["推荐材料.docx"])
    clerk.see("推荐材料.docx")
    clerk.act("推荐材料.docx", ("补.zip", packed.getvalue()), do="give")
    assert clerk.files()["推荐材料.docx/人工补入/补.zip/a/推荐材料.docx"] == "parsed"
    assert "missing-recommendation" not in clerk.rules()


def test_a_file_is_said_to_be_a_form_of_a_project_and_taken_back(clerk):
    assert "missing-certificate" in clerk.rules()
    clerk.see("说明.txt")
    clerk.act("说明.txt", do="assign", form="certificate", project=clerk.project, reason="这是证明")
    assert "missing-certificate" not in clerk.rules()
    part = next(part for part in clerk.store.show(clerk.project).parts if part.file == "说明.txt")
    assert (part.project, part.form, part.source, part.used) == (clerk.project, "certificate", "word", 1)
    page = clerk.see("说明.txt").text
    assert "这是证明" in page
    clerk.act("说明.txt", do="undo", event=re.search(r'name="event" value="(\d+)"', page)[1])
    assert "missing-certificate" in clerk.rules() and clerk.store.assigned(UNIT, clerk.message) == ()


def test_of_two_clerks_the_second_sees_what_the_first_did_and_nonsense_is_refused(clerk, good):
    clerk.see("说明.txt")
    seen = clerk.form
    clerk.act("说明.txt", do="reread")
    clerk.form = seen
    assert clerk.act("说明.txt", do="assign", form="certificate", project=clerk.project).status_code == 409
    clerk.see("说明.txt")
    for form in (
        {"do": "assign", "form": "certificate", "project": ""},
        {"do": "assign", "form": "certificate", "project": "p0"},
        {"do": "assign", "form": "king", "project": clerk.project},
        {"do": "give"},
        {"do": "undo", "event": "x"},
        {"do": "drop"},
    ):
        assert clerk.act("说明.txt", **form).status_code == 400, form
    assert clerk.act("说明.txt", ("x.docx", b""), do="give").status_code == 400
    assert [line.action for line in clerk.store.history()] == ["retry"]


def test_who_may_only_look_gives_nothing(clerk, good):
    clerk.enter("李查看")
    assert "补入" not in clerk.see("推荐材料.docx").text
    page = asyncio.run(clerk.desk.client.get("/-/queue", cookies=clerk.cookies))
    clerk.form = dict(re.findall(r'name="(csrftoken|version)" value="([^"]+)"', page.text))
    assert clerk.act("推荐材料.docx", ("x.docx", good["推荐材料.docx"]), do="give").status_code == 403
    assert clerk.store.history() == ()


def test_erasing_a_message_takes_away_what_was_given_too(clerk, good, data):
    clerk.see("推荐材料.docx")
    clerk.act("推荐材料.docx", ("新的推荐材料.docx", good["推荐材料.docx"]), do="give")
    with open_house(data) as house:
        erase(house, make_shift(load_settings(data)), clerk.message, Act("王审核", now(), "本人要求"), 30)
    assert list((data / "originals").glob("??/*")) == []
    assert clerk.store.intake.execute("SELECT count(*) FROM hand").fetchone()[0] == 0
