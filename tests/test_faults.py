"""The table of faults (docs/faults.md) is held against the tests it names; the faults that belong to no single room are made here."""

import json
import mimetypes
import os
import re
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from errors import FileRefused, StoreDamaged
from pipeline.sandbox import Sandbox
from pipeline.worker import Workers, WorkLimits
from tests.intake.dovecot import mail
from tests.intake.test_hostile import SEEDS
from tests.pipeline.test_exactly_once import contents
from tests.real import EXPECTED, outcomes, wrong
from tests.store.make import NOW, key, open_store, reading, taken
from wuxiao.intaking import run_ingest
from wuxiao.opening import open_house
from wuxiao.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "real"
ROWS = re.findall(r"^\| (\w+) \| (.+?) \| (.+?) \| `(tests/.+?)` \|$", (ROOT / "docs" / "faults.md").read_text(encoding="utf-8"), re.MULTILINE)
CLAUSES = re.findall(r"^\| (.+?) \| `(tests/.+?)` \|$", (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8"), re.MULTILINE)
AREAS = {"archive", "Word", "PDF", "picture", "mail", "folder", "IMAP", "process", "database", "output", "person"}
ENDED = {"parsed", "failed", "ignored", "unsupported", "encrypted"}


def test_the_table_of_faults_has_at_least_eighty_rows_of_every_area_and_none_twice():
    assert len(ROWS) >= 80
    assert {area for area, *_ in ROWS} == AREAS
    assert len({fault for _, fault, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("named", sorted({test for *_, test in (*ROWS, *CLAUSES)}))
def test_every_fault_and_every_clause_has_its_test(named):
    file, _, name = named.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("document", "rows"), [("faults.md", ROWS), ("clauses.md", CLAUSES)])
def test_no_row_of_a_table_is_overlooked(document, rows):
    lines = [line for line in (ROOT / "docs" / document).read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(lines) == len(rows) + 1


# ------------------------------------------------------------------------------------------------ real files, all of them


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """`../shared/real` where it is, else files of our own, whole and cut."""
    folder = tmp_path_factory.mktemp("hostile") / "real"
    if REAL.is_dir():
        shutil.copytree(REAL, folder)
        return folder
    for kind, data in SEEDS.items():
        (folder / kind).mkdir(parents=True)
        (folder / kind / f"whole.{kind}").write_bytes(data)
        (folder / kind / f"cut.{kind}").write_bytes(data[: len(data) // 2])
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, open_house(data) as opened:
        patch.setattr(Workers, "_read_page", lambda _, page, out: replace(page, pixels=None))  # opening is tried here, not OCR
        yield opened


def as_attachments(files: list[Path]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "gh@example.com", "office@example.com", "“五小”活动项目+句容市总工会"
    message["Message-ID"], message["Date"] = "<real@example.com>", "Mon, 01 Apr 2024 09:00:00 +0800"
    message.set_content("现将材料报上。")
    for number, file in enumerate(files):
        kind = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").split("/")
        maintype, subtype = kind if kind[0] not in ("message", "text", "multipart") else ("application", "octet-stream")
        message.add_attachment(file.read_bytes(), maintype=maintype, subtype=subtype, filename=f"{number:02}-{file.name}")
    return message.as_bytes()


def ended(rows) -> None:
    """Every file is used, or has a reason that a clerk can read."""
    for row in rows:
        assert row.status in ENDED
        assert row.status == "parsed" or re.search("[一-龥]", row.reason or ""), row


def test_every_real_file_delivered_by_hand_is_listed_once_or_told_to_be_left_out(hostile, house):
    files = sorted(path for path in hostile.rglob("*") if path.is_file())
    outcome = run_ingest(house, [hostile], None, Settings(workers=2))
    messages = {row.source: row.message for row in house.store.sightings()}
    listed = [Path(source) / row.path for source, of in messages.items() for row in house.store.files() if row.message == of]
    as_messages = [Path(source) for source in messages]
    left_out = [skipped.path for skipped in outcome.skipped]
    told = {path for path in (*listed, *as_messages, *left_out) if path.is_file()}
    assert told == set(files), "none is lost, none is made up"
    ended(house.store.files())
    assert house.store.pending("read") == 0 and not house.store.status().quarantined
    if REAL.is_dir():
        found = {path: list(wrong(came, EXPECTED.get(path, {}), ocr=False)) for path, came in outcomes(house, hostile, outcome.skipped)}
        assert {path: said for path, said in found.items() if said} == {}
    assert all(row.status != "waiting" for row in house.store.messages())


def test_every_real_file_sent_as_an_attachment_is_listed_once(hostile, house, tmp_path):
    files = sorted(path for path in hostile.rglob("*") if path.is_file())
    (tmp_path / "real.eml").write_bytes(as_attachments(files))
    run_ingest(house, [tmp_path / "real.eml"], None, Settings(workers=2))
    message = next(row.message for row in house.store.messages() if row.message_id == "<real@example.com>")
    rows = [row for row in house.store.files() if row.message == message]
    at_the_top = [row.path for row in rows if re.match(r"\d\d-[^/]+$", row.path)]
    assert len(at_the_top) == len(files) and len(set(at_the_top)) == len(files)
    ended(rows)
    assert next(row.status for row in house.store.messages() if row.message == message) == "partial"


# ------------------------------------------------------------------------------------------------ process, disk, clock, database


def test_a_worker_killed_for_memory_among_good_jobs_costs_only_its_own_file(tmp_path):
    (tmp_path / "originals").mkdir()
    workers = Workers(Sandbox(tmp_path, "me"), 2, WorkLimits(seconds=20, memory=1 << 30), tasks="tests.pipeline.hostile_tasks")

    def ask(number: int) -> str:
        with workers.scratch() as out:
            try:
                bad = number % 4 == 1
                return workers.disposable("eat_memory" if bad else "fine", {} if bad else {"word": str(number)}, out).decode()
            except FileRefused:
                return "refused"

    try:
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(ask, range(12))) == ["refused" if number % 4 == 1 else str(number) for number in range(12)]
    finally:
        workers.close()


def wuxiao(*arguments: object, largest: int | None = None) -> "subprocess.CompletedProcess[str]":
    """The program, able to write files of at most `largest` bytes."""

    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    command = [sys.executable, "-m", "wuxiao.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, preexec_fn=limit)


def ingest(*arguments: object, largest: int | None = None) -> "subprocess.CompletedProcess[str]":
    return wuxiao("ingest", *arguments, largest=largest)


def test_a_full_disk_is_said_and_the_same_command_ends_well_once_there_is_room(tmp_path):
    (tmp_path / "mail").mkdir()
    for name, size in (("1.eml", 100), ("2.eml", 1_600_000)):
        (tmp_path / "mail" / name).write_bytes(b"From: a@b.cn\nSubject: " + name.encode() + b"\n\n" + (b"x" * 999 + b"\n") * (size // 1000))
    full = ingest(tmp_path / "mail", "--data", tmp_path / "data", largest=1_200_000)
    assert full.returncode == 3 and "数据目录无法使用" in full.stderr and "Traceback" not in full.stderr
    assert ingest(tmp_path / "mail", "--data", tmp_path / "data").returncode == 0
    with open_house(tmp_path / "data") as house:
        assert sorted(row.subject for row in house.store.messages()) == ["1.eml", "2.eml"]
        assert {row.status for row in house.store.messages()} <= {"processed", "unrelated"}
        assert list((tmp_path / "data" / "originals" / "tmp").iterdir()) == []


def may_mount() -> bool:
    return subprocess.run([*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False).returncode == 0


OWN_MOUNTS = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--user", "--map-root-user"]


@pytest.fixture(scope="module")
def plain_mails(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    for number in range(6):
        (folder / f"{number}.eml").write_bytes(mail(number, "材料" * 50_000))
    return folder


@pytest.fixture(scope="module")
def undisturbed(plain_mails, tmp_path_factory):
    data = tmp_path_factory.mktemp("undisturbed")
    assert ingest(plain_mails, "--data", data).returncode == 0
    return json.loads(json.dumps(contents(data)))


@pytest.mark.skipif(shutil.which("unshare") is None or not may_mount(), reason="a small disk cannot be mounted here")
@pytest.mark.parametrize("free_kib", [0, 1000, 2500])
def test_a_disk_that_is_really_full_at_any_point_costs_nothing_once_there_is_room(free_kib, plain_mails, undisturbed, tmp_path):
    command = [*OWN_MOUNTS, sys.executable, "-m", "tests.pipeline.fulldisk", str(plain_mails), str(tmp_path), str(free_kib)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["full"] == 3, told["said"]
    assert "Traceback" not in told["said"]
    assert re.search("[一-龥]", told["said"])
    assert (told["again"], told["held"], told["left"]) == (0, undisturbed, [])


def test_a_clock_that_jumps_doubles_nothing_and_loses_nothing(tmp_path):
    store = open_store(tmp_path)
    for number in range(1, 7):
        store.record(taken(number), NOW)
    jumps = (timedelta(), timedelta(days=-365), timedelta(days=365), timedelta(days=-1), timedelta(days=3650), timedelta())
    done: list[str] = []
    for jump in (*jumps, *jumps):
        job = store.lease("read", "t", NOW + jump, 60)
        if job is None:
            break
        number = next(n for n in range(1, 7) if key(n) == job.message)
        store.finish_reading(job, reading(number))
        done.append(job.message)
    assert sorted(done) == sorted(key(number) for number in range(1, 7))
    assert store.pending("read") == 0


def test_a_database_with_an_overwritten_page_is_said_to_be_damaged_and_what_to_do(tmp_path):
    store = open_store(tmp_path / "data")
    for number in range(300):
        store.record(taken(number), NOW)
    store.close()
    path = tmp_path / "data" / "intake.db"
    with path.open("r+b") as file:
        for place in range(4096, path.stat().st_size, 4096):
            file.seek(place)
            file.write(os.urandom(4096))
    with pytest.raises(StoreDamaged, match="wuxiao restore"):
        open_store(tmp_path / "data").status()
    (tmp_path / "in").mkdir()
    for command in (("status",), ("watch", "--once", "--folder", tmp_path / "in"), ("ingest", tmp_path / "in")):
        said = wuxiao(*command, "--data", tmp_path / "data")
        assert said.returncode == 3
        assert "wuxiao restore" in said.stderr
        assert "Traceback" not in said.stderr
