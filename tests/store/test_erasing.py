"""A person's data removed: nothing is left in the whole data folder, every container in it decoded; what others sent stays."""

import gzip
import io
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from errors import NotFound, StoreBusy
from intake.message import Taken
from pipeline import retention
from pipeline.jobs import settle_waiting
from pipeline.recheck import recheck
from pipeline.retention import erase, tidy
from store.connection import connect
from store.decisions import Act
from store.erasing import Erasing
from store.forgetting import Words
from tests.intake.build import compound, outlook, sevened, tarred
from tests.store.traces import traces
from wuxiao.intaking import make_shift, run_ingest
from wuxiao.opening import open_house
from wuxiao.settings import Settings

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo" / "01-句容.eml"
NAME, ID, PHONE = "司徒家宝", "321183198502122810", "18000062490"
PERSON = (NAME, ID, PHONE)
PROJECT, OTHER_PROJECT, OTHER = "高速公路收费亭票据打印机防卡纸导槽", "稻麦联合收割机秸秆切碎刀快换座", "许勇"
NOW = datetime(2024, 4, 1, tzinfo=UTC)
DAYS = 30
SETTINGS = Settings(workers=1)


def members() -> dict[str, bytes]:
    """The Word files of the demo's first mail."""
    mail = message_from_bytes(DEMO.read_bytes(), policy=policy.default)
    archive = next(part.get_payload(decode=True) for part in mail.iter_attachments())
    with zipfile.ZipFile(io.BytesIO(archive), metadata_encoding="gbk") as opened:
        return {info.filename: opened.read(info) for info in opened.infolist() if info.filename.endswith(".docx")}


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def mail(number: int, archive: bytes, body: str = "请查收。", name: str = "材料.zip") -> bytes:
    message = EmailMessage()
    message["From"] = "句容市总工会 <jrgh@union.example>"
    message["To"] = "office@example.com"
    message["Subject"] = "“五小”活动项目+句容市总工会"
    message["Date"] = f"Tue, {number:02} Mar 2024 09:00:00 +0800"
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content(body)
    message.add_attachment(archive, maintype="application", subtype="zip", filename=name)
    return message.as_bytes()


def alone() -> bytes:
    """One project: its papers in a zip in a zip, the person also in the mail's text and in names of files."""
    own = {name.rsplit("/", 1)[-1]: data for name, data in members().items() if name.startswith("2.")}
    inner = zipped({f"{NAME}/{name}": data for name, data in own.items()})
    outer = zipped({f"{NAME}材料.zip": inner, "读我.bin": NAME.encode(), **in_every_container(f"联系人{NAME}，电话{PHONE}。".encode())})
    return mail(5, outer, f"联系人{NAME}，电话{PHONE}。", f"{NAME}.zip")


def in_every_container(words: bytes) -> dict[str, bytes]:
    """The words once more in each kind of archive and file that can hold them."""
    content = zlib.compress(b"BT (" + words + b") Tj ET")
    pdf = b"%%PDF-1.4\n1 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\n%%%%EOF" % (len(content), content)
    return {
        "一.7z": sevened({"里.txt": words}),
        "二.tar.gz": tarred({"里.txt": words}),
        "三.txt.gz": gzip.compress(words),
        "四.msg": compound(outlook("题", ("人", "a@b.cn"), words.decode(), {})),
        "五.pdf": pdf,
        "六.eml": words,
    }


def shared() -> bytes:
    """Two projects and their 汇总表 in one zip."""
    return mail(6, zipped({name: data for name, data in members().items() if name[0] in "12" or "汇总表" in name}))


@contextmanager
def house_at(folder: Path):
    with open_house(folder) as house:
        yield house


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A data folder for each of the two mails, made once."""
    made = {}
    for make in (alone, shared):
        top = tmp_path_factory.mktemp(make.__name__)
        (top / f"{NAME}的来件").mkdir()
        (top / f"{NAME}的来件" / "1.eml").write_bytes(make())
        with house_at(top / "data") as house:
            run_ingest(house, [top / f"{NAME}的来件"], None, SETTINGS)
        made[make.__name__] = top
    return made


@pytest.fixture
def copy(filled, tmp_path):
    def make(which: str) -> Path:
        shutil.copytree(filled[which], tmp_path / which)
        return tmp_path / which / "data"

    return make


def act(reason: str = "本人要求") -> Act:
    return Act("王管理", NOW, reason)


def shift():
    return make_shift(SETTINGS)


def project_of(house, name: str) -> str:
    return house.store.show(name).project.project


def add_what_people_wrote(house) -> None:
    """A correction, a decision and a picture of a page, each with the person in it."""
    project = project_of(house, PROJECT)
    house.store.correct(project, "person", "id_number", ID, "王审核", NOW, f"与{NAME}电话核对")
    house.store.correct(project, "person", "mobile", PHONE, "王审核", NOW)
    house.store.decide(project, "passed", "王审核", NOW, f"{NAME}符合条件")
    settle_waiting(house, shift())
    file = next(row for row in reversed(house.store.files()) if row.path.endswith("推荐材料.docx"))
    picture = house.images.path(file.sha256, 1)
    picture.parent.mkdir(parents=True)
    picture.write_bytes(f"picture of {NAME}".encode())


def test_the_search_finds_the_person_in_every_kind_of_container(copy):
    data = copy("alone")
    with house_at(data) as house:
        add_what_people_wrote(house)
    found = " ".join(traces(data, PERSON))
    kinds = (
        "一.7z > 里.txt",
        "gzip > 里.txt",
        "gzip",
        "四.msg > __substg1.0_1000001F",
        "五.pdf > stream 0",
        "zlib",
        "word/document.xml",
        "text/plain",
    )
    tables = ("private.db reading", "private.db field", "private.db corrected", "intake.db choice", "intake.db file", "intake.db sighting")
    for place in (*kinds, *tables, "word/document.xml", "originals", "pages", "intake.db history", "> name of part"):
        assert place in found, place


def test_a_project_that_was_alone_leaves_no_trace_in_any_container(copy):
    data = copy("alone")
    with house_at(data) as house:
        add_what_people_wrote(house)
        plan = erase(house, shift(), PROJECT[:6], act(f"{NAME}本人要求"), DAYS)
        assert plan.stays == () and len(plan.whole) == 1
        assert house.store.projects() == () and house.store.erasing.unfinished() == ()
        message = house.store.messages()[0]
        assert (message.status, message.reason, message.subject) == ("unrelated", "已按要求删除，不再保留。", "")
        assert [(line.action, line.reason) for line in house.store.history() if line.action == "erase"] == [("erase", "＊＊＊＊本人要求")]
        assert len(house.store.history()) == 4
        assert traces(data, PERSON) == set()
    assert traces(data, PERSON) == set()
    assert [path for path in (data / "originals").rglob("*") if path.is_file()] == []


def test_a_message_is_erased_by_its_key(copy):
    data = copy("alone")
    with house_at(data) as house:
        erase(house, shift(), house.store.messages()[0].message, act(), DAYS)
    assert traces(data, PERSON) == set()


def test_erasing_again_changes_nothing(copy):
    data = copy("alone")
    with house_at(data) as house:
        key = project_of(house, PROJECT)
        for _ in range(2):
            erase(house, shift(), key, act(), DAYS)
        assert [line.action for line in house.store.history()] == ["erase"]
        with pytest.raises(NotFound):
            erase(house, shift(), "没有这个项目", act(), DAYS)


def test_the_same_bytes_again_do_not_come_back(copy):
    data = copy("alone")
    with house_at(data) as house:
        erase(house, shift(), PROJECT, act(), DAYS)
        before = house.store.messages(), house.store.sightings()
        outcome = run_ingest(house, [data.parent / f"{NAME}的来件"], None, SETTINGS)
        assert (outcome.seen, outcome.new) == (1, 0)
        assert (house.store.messages(), house.store.sightings()) == before
    assert traces(data, PERSON) == set()


def test_a_project_among_others_goes_and_the_others_stay(copy):
    data = copy("shared")
    with house_at(data) as house:
        add_what_people_wrote(house)
        before = house.store.show(OTHER_PROJECT)
        plan = erase(house, shift(), PROJECT, act(), DAYS)
        assert plan.whole == () and set(plan.stays) == {
            "1.eml",
            "材料.zip",
            "材料.zip/附件1 “五小”活动项目汇总表.docx",
        }
        after = house.store.show(OTHER_PROJECT)
        assert (after.project, after.values, after.fields, after.parts) == (before.project, before.values, before.fields, before.parts)
        assert [row.project_name for row in house.store.projects()] == [OTHER_PROJECT]
        assert OTHER in {row.value for row in house.store.summary_fields()} and NAME not in {row.value for row in house.store.summary_fields()}
        assert len(house.store.files()) == len([*before.files])
    kept = {place.split(" ")[0] for place in traces(data, PERSON)}
    assert kept == {str(path.relative_to(data)) for path in originals_that_stay(data)}


def originals_that_stay(data: Path) -> list[Path]:
    """The mail, the zip and the 汇总表, which hold another project."""
    return [path for path in (data / "originals").rglob("*") if path.is_file() and NAME.encode() not in path.name.encode() and _told(path)]


def _told(path: Path) -> bool:
    return bool(traces(path.parent, (NAME,)))


def test_no_recheck_brings_an_erased_project_back(copy):
    data = copy("shared")
    with house_at(data) as house:
        erase(house, shift(), PROJECT, act(), DAYS)
        before = house.store.projects(), house.store.findings()
        recheck(house, shift())
        assert (house.store.projects(), house.store.findings()) == before


STEPS = [(Erasing, "erase"), (retention, "_drop"), (retention, "settle_waiting"), (Erasing, "finish")]


class Killed(BaseException):
    """Ends a run where it stands, as kill -9 would: nothing is caught or cleaned up."""


@pytest.mark.parametrize(("where", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_an_erasure_that_was_killed_is_finished_by_the_next_run(copy, monkeypatch, where, name, done):
    data = copy("alone")
    real = getattr(where, name)

    def killed(*args, **named):
        if done:
            real(*args, **named)
        raise Killed

    with house_at(data) as house:
        monkeypatch.setattr(where, name, killed)
        with pytest.raises(Killed):
            erase(house, shift(), PROJECT, act(), DAYS)
        monkeypatch.undo()
    with house_at(data) as house:
        tidy(house, shift(), DAYS)
        assert house.store.erasing.unfinished() == () and house.store.projects() == ()
    assert traces(data, PERSON) == set()


def test_an_erasure_killed_between_the_databases_is_finished_too(copy, monkeypatch):
    data = copy("alone")
    with house_at(data) as house:
        monkeypatch.setattr("store.erasing._forget", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            erase(house, shift(), PROJECT, act(), DAYS)
        monkeypatch.undo()
        tidy(house, shift(), DAYS)
    assert traces(data, PERSON) == set()


def test_a_message_that_is_being_read_waits(copy):
    data = copy("alone")
    with house_at(data) as house:
        key = house.store.messages()[0].message
        house.store.intake.execute("UPDATE job SET state = 'queued' WHERE kind = 'read'")
        house.store.lease("read", house.owner.name, NOW, 60)
        with pytest.raises(StoreBusy, match="正在处理"):
            erase(house, shift(), key, act(), DAYS)
        assert house.store.erasing.unfinished() == (key,)


def test_a_reader_that_holds_an_old_view_is_waited_for_and_then_said(copy):
    data = copy("alone")
    with house_at(data) as house:
        for database in (house.store.intake, house.store.private):
            database.execute("PRAGMA busy_timeout = 300")
        other = connect(data / "intake.db", "intake")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM message").fetchone()
        with pytest.raises(StoreBusy):
            erase(house, shift(), PROJECT, act(), DAYS)
        other.execute("COMMIT")
        other.close()
        tidy(house, shift(), DAYS)
        assert house.store.erasing.unfinished() == ()
    assert traces(data, PERSON) == set()


def test_a_hand_delivered_folder_goes_with_its_files_even_when_it_was_never_read(tmp_path):
    folder = tmp_path / f"{NAME}送来"
    folder.mkdir()
    (folder / "一.txt").write_text(f"{NAME} {PHONE}")
    (folder / "二.txt").write_text("另一份")
    with house_at(tmp_path / "data") as house:
        (taken,) = retention_take(house, folder)
        house.store.record(taken, NOW)
        kept = house.originals.put("另一份".encode())
        house.store.record(Taken(kept, "mail", "/mail", "x.eml"), NOW)
        erase(house, shift(), next(row.message for row in house.store.messages() if row.sha256 == taken.sha256), act(), DAYS)
        assert house.originals.path(kept).exists(), "another message needs the same bytes"
        (again,) = retention_take(house, folder)
        assert house.store.record(again, NOW) is False
        tidy(house, shift(), DAYS)
        assert house.originals.path(kept).exists()
    assert traces(tmp_path / "data", PERSON) == set()


def retention_take(house, folder: Path) -> list[Taken]:
    from intake.take import take_in

    return [taken for taken in take_in([folder], house.originals) if isinstance(taken, Taken)]


def test_unrelated_mail_loses_its_bytes_after_the_grace_period_and_keeps_its_head(tmp_path):
    with house_at(tmp_path / "data") as house:
        run_ingest(house, [DEMO.with_name("05-广告.eml")], None, SETTINGS)
        message = house.store.messages()[0]
        assert message.status == "unrelated"
        assert house.originals.path(message.sha256).exists()
        shown = house.store.messages(), house.store.files()
        house.store.intake.execute("UPDATE sighting SET seen_at = ?", ((datetime.now(UTC) - timedelta(days=DAYS, minutes=1)).isoformat(),))
        tidy(house, shift(), DAYS)
        assert [path for path in (tmp_path / "data" / "originals").rglob("*") if path.is_file()] == []
        assert (house.store.messages(), house.store.files()) == shown
        assert house.store.private.execute("SELECT count(*) FROM reading").fetchone()[0] == 0


def test_bytes_that_another_message_needs_stay(copy):
    data = copy("alone")
    with house_at(data) as house:
        file = next(row for row in house.store.files() if row.path.endswith("推荐材料.docx"))
        other = house.originals.put(b"another mail with the same paper")
        house.store.record(Taken(other, "mail", "/mail", "x.eml"), NOW)
        house.store.intake.execute(
            """INSERT INTO file SELECT (SELECT message FROM message WHERE sha256 = ?), 0, 'x.docx', sha256, media_type, bytes, status, reason,
                   pages, notes FROM file WHERE path = ?""",
            (other, file.path),
        )
        house.store.intake.execute("UPDATE job SET state = 'done'")
        erase(house, shift(), PROJECT, act(), DAYS)
        assert house.originals.path(file.sha256).exists() and house.originals.path(other).exists()


def test_what_a_person_is_known_by_leaves_out_what_is_too_short():
    words = Words(frozenset({NAME}), frozenset({PHONE}), frozenset({PROJECT}))
    assert words.scrubbed(f"致{NAME}：{PHONE}") == f"致{'＊' * 4}：{'＊' * 11}"
    assert words.told_in("1800 0062 490") and not words.told_in("别人")
    assert words.names_project("高速公路收费亭票据打印机防卡纸导植") and not words.names_project(OTHER_PROJECT)


def test_deleted_rows_leave_no_bytes_in_the_file_of_the_database(copy):
    data = copy("alone")
    with house_at(data) as house:
        erase(house, shift(), PROJECT, act(), DAYS)
    for name in ("intake.db", "private.db"):
        with sqlite3.connect(data / name) as database:
            assert database.execute("PRAGMA freelist_count").fetchone()[0] == 0
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
