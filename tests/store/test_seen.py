"""An unchanged file is not opened again, a changed one is never missed, and what is erased is forgotten."""

import os
import sqlite3
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from intake.originals import Originals
from intake.seen import LONG_AGO_SECONDS, TICK_SECONDS, Files, Stamp, whole
from intake.take import Skipped, take_in
from pipeline.retention import erase
from store.database import Store
from store.decisions import Act
from tests.store.make import NOW, PROFILE
from wuxiao.intaking import make_shift, run_ingest
from wuxiao.opening import open_house
from wuxiao.settings import Settings

OLD = time.time_ns() - int(3 * LONG_AGO_SECONDS * 1e9)
MAIL = b"Subject: one\r\nFrom: a@b.cn\r\nDate: Wed, 10 Apr 2024 09:00:00 +0800\r\n\r\nbody one\r\n"
OTHER = MAIL.replace(b"one", b"two")
IN_2400 = 13_569_465_600
_opened: list[str] = []
_listening: list[bool] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event == "open":
        _opened.append(os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes) else str(arguments[0]))


sys.addaudithook(_hear)


@contextmanager
def opened_in(folder: Path):
    """Every file in `folder` that this process opens meanwhile."""
    found: list[str] = []
    _opened.clear()
    _listening.append(True)
    try:
        yield found
    finally:
        _listening.clear()
    found += [name for name in _opened if name.startswith(str(folder))]


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "data", PROFILE)
    yield store
    store.close()


def aged(path: Path, data: bytes) -> Path:
    """A file written long ago. When its stamp was set cannot be set back, so the clock of `take` goes forward."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=(OLD, OLD))
    return path


def take(store: Store, path: Path, later: float = 2 * LONG_AGO_SECONDS, program: str = "this") -> list[tuple[str, str, bytes]]:
    originals = Originals(store.data / "originals")
    with store.seen_files(program) as memory:
        taken_in = take_in([path], originals, memory=memory, clock=lambda: time.time() + later)
        found = [taken for taken in taken_in if not isinstance(taken, Skipped)]
    return [(taken.kind, taken.name, originals.read(taken.sha256)) for taken in found]


def test_an_unchanged_mailbox_is_taken_in_again_without_opening_a_file(store, tmp_path):
    box = tmp_path / "box"
    aged(box / "a.eml", MAIL)
    aged(box / "b" / "mails.mbox", b"From x Wed Apr 10 09:00:00 2024\n" + MAIL + b"\nFrom x Wed Apr 10 09:00:00 2024\n" + OTHER)
    aged(box / "c" / "by hand.pdf", b"%PDF-1.4")
    with opened_in(box) as opened:
        first = take(store, box)
    assert len(first) == 4
    assert len(opened) >= 3
    with opened_in(box) as opened:
        assert take(store, box) == first
    assert opened == []


def test_another_program_looks_for_itself(store, tmp_path):
    path = aged(tmp_path / "box" / "a.eml", MAIL)
    take(store, path)
    for program, opens in (("this", False), ("the next", True), ("the next", False)):
        with opened_in(tmp_path / "box") as opened:
            take(store, path, program=program)
        assert bool(opened) == opens


def test_a_file_dated_beyond_what_the_store_can_count_is_remembered_too(store, tmp_path):
    path = aged(tmp_path / "box" / "a.eml", MAIL)
    os.utime(path, (IN_2400, IN_2400))
    for seconds in (0, 2 * TICK_SECONDS):
        take(store, path, seconds)
    with opened_in(tmp_path / "box") as opened:
        assert [data for _, _, data in take(store, path, 3 * TICK_SECONDS)] == [MAIL]
    assert opened == []


def test_a_young_file_is_read_until_its_stamp_has_stood_for_a_while(store, tmp_path):
    box = tmp_path / "box"
    (box / "new").mkdir(parents=True)
    (box / "new" / "a.eml").write_bytes(MAIL)
    opens = []
    for seconds in (0, 1, TICK_SECONDS + 1, TICK_SECONDS + 2):
        with opened_in(box) as opened:
            assert [data for _, _, data in take(store, box, seconds)] == [MAIL]
        opens.append(bool(opened))
    assert opens == [True, True, True, False]


def test_a_file_written_again_within_one_tick_of_the_clock_is_not_missed(store, tmp_path):
    path = aged(tmp_path / "a.eml", MAIL)
    assert [data for _, _, data in take(store, path, later=0)] == [MAIL]
    path.write_bytes(OTHER)
    with store.seen_files("this") as memory:  # the same stamp, as a coarse clock leaves it
        memory.keep(path, replace(memory.recall(path), stamp=Stamp.of(path)))
    assert [data for _, _, data in take(store, path, later=1)] == [OTHER]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(OTHER),
        lambda path: (path.write_bytes(OTHER), os.utime(path, ns=(OLD, OLD))),
        lambda path: (path.with_name("x").write_bytes(OTHER), os.utime(path.with_name("x"), ns=(OLD, OLD)), path.with_name("x").replace(path)),
        lambda path: path.write_bytes(MAIL + b"more"),
    ],
    ids=["written", "written, its time set back", "another put in its place", "longer"],
)
def test_a_changed_file_is_never_missed(store, tmp_path, change):
    path = aged(tmp_path / "a.eml", MAIL)
    take(store, path)
    time.sleep(0.01)  # the file system's own clock goes on
    change(path)
    assert [data for _, _, data in take(store, path)] == [path.read_bytes()]


def test_a_file_that_changes_while_it_is_read_is_not_remembered(tmp_path):
    class Diary(dict):
        recall, keep = dict.get, dict.__setitem__

    path, diary = aged(tmp_path / "a.eml", MAIL), Diary()
    files = Files(Originals(tmp_path / "o"), diary, lambda: time.time() + 2 * LONG_AGO_SECONDS)
    files.look(path, lambda _: "mail")

    def read(path, originals):
        yield from whole(path, originals)
        path.write_bytes(OTHER + b"!")

    list(files.put(path, read))
    assert diary == {}


def test_lost_originals_are_put_back_from_an_unchanged_file(store, tmp_path):
    path = aged(tmp_path / "a.eml", MAIL)
    take(store, path)
    for original in (store.data / "originals").glob("??/*"):
        original.unlink()
    assert [data for _, _, data in take(store, path)] == [MAIL]


def test_a_shortened_original_is_put_right_from_an_unchanged_file(store, tmp_path):
    file = aged(tmp_path / "mails" / "1.eml", MAIL)
    take(store, file)
    (original,) = (path for path in (store.data / "originals").rglob("*") if path.is_file())
    original.chmod(0o600)
    original.write_bytes(MAIL[:20])
    assert [data for *_, data in take(store, file)] == [MAIL]


def test_no_path_stands_in_the_store(store, tmp_path):
    take(store, aged(tmp_path / "王小明.eml", MAIL))
    store.private.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with sqlite3.connect(store.data / "private.db") as database:
        assert database.execute("SELECT count(*) FROM seen").fetchone() == (1,)
    assert not any("王小明".encode() in file.read_bytes() for file in store.data.glob("private.db*"))


def test_a_file_whose_message_was_erased_is_forgotten_also_when_it_is_taken_in_again(tmp_path):
    path, stays = aged(tmp_path / "a.eml", MAIL), aged(tmp_path / "b.eml", OTHER)
    settings = Settings(workers=1)

    def remembered():
        return [row["sha256"] for row in house.store.private.execute("SELECT sha256 FROM seen")]

    with open_house(tmp_path / "data") as house:
        run_ingest(house, [path, stays], None, settings)
        gone, kept = (row for row in sorted(house.store.messages(), key=lambda row: row.subject))
        assert sorted(remembered()) == sorted([gone.sha256, kept.sha256])
        erase(house, make_shift(settings), gone.message, Act("clerk", NOW, "asked for"), days=30)
        assert remembered() == [kept.sha256]
        run_ingest(house, [path], None, settings)
        assert remembered() == [kept.sha256]
