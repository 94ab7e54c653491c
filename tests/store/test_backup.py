"""A safe copy in one file, made while others write, and back again: whole, or refused with the reason."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import py7zr
import pytest

from errors import StoreDamaged, StoreError, UsageError
from intake.originals import Originals
from store.backup import restore_backup, write_backup
from tests.store.make import ID, NOW, open_store, reading, sha, taken, through
from tests.store.test_jobs import views
from tests.store.traces import traces

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(tmp_path):
    """A small data folder."""
    folder = tmp_path / "data"
    store = open_store(folder)
    through(store)
    store.close()
    originals = Originals(folder / "originals")
    for number in range(3):
        originals.put(b"original %d" % number)
    for name in ("settings.toml", "templates/letter.docx", "pages/ab/1.jpg", "spool/9-x/page.npy", "owners/9-x", "log/wuxiao.log",
                 "originals/tmp/half"):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}")
    return folder


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def listed(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".db"}


def shown(folder: Path):
    store = open_store(folder)
    found = views(store)
    store.close()
    return found


@pytest.mark.parametrize("password", [None, "口令 1"], ids=["open", "encrypted"])
def test_what_was_copied_comes_back_as_it_was(data, scratch, tmp_path, password):
    copied = write_backup(data, tmp_path / "b.7z", password, scratch, NOW)
    back = restore_backup(tmp_path / "b.7z", tmp_path / "new" / "data", password)
    assert back == copied and copied.files == 8
    assert shown(tmp_path / "new" / "data") == shown(data)
    running = ("spool", "owners", "log", "originals/tmp")
    assert listed(tmp_path / "new" / "data") == {name: held for name, held in listed(data).items() if not name.startswith(running)}
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "data").rglob("*")}
    assert modes == {0o600, 0o700} and (tmp_path / "b.7z").stat().st_mode & 0o777 == 0o600


def test_the_full_values_and_the_key_of_the_hashes_come_along(data, scratch, tmp_path):
    write_backup(data, tmp_path / "b.7z", None, scratch, NOW)
    restore_backup(tmp_path / "b.7z", tmp_path / "back", None)
    old, new = open_store(data), open_store(tmp_path / "back")
    assert new.mask.key == old.mask.key
    assert {row[0] for row in new.private.execute("SELECT value FROM field_list WHERE field = 'id_number'")} == {ID}


def test_an_encrypted_copy_shows_nothing_not_even_names(data, scratch, tmp_path):
    write_backup(data, tmp_path / "b.7z", None, scratch, NOW)
    (tmp_path / "box").mkdir()
    shutil.rmtree(scratch)
    scratch.mkdir()
    write_backup(data, tmp_path / "box" / "b.7z", "secret-1", scratch, NOW)
    assert traces(tmp_path / "box", (ID, "intake.db", "originals", "陈国庆")) == set()
    assert b"SQLite format" not in (tmp_path / "box" / "b.7z").read_bytes() and b"SQLite format" in (tmp_path / "b.7z").read_bytes()


@pytest.mark.parametrize("password", [None, "secret-2"], ids=["none", "wrong"])
def test_an_encrypted_copy_does_not_open_without_its_password(data, scratch, tmp_path, password):
    write_backup(data, tmp_path / "b.7z", "secret-1", scratch, NOW)
    with pytest.raises((StoreError, UsageError), match="密码"):
        restore_backup(tmp_path / "b.7z", tmp_path / "back", password)
    assert not (tmp_path / "back").exists() and not list(tmp_path.glob(".*"))


def test_copies_made_while_others_write_are_whole(data, tmp_path):
    stop = threading.Event()
    store = open_store(data)

    def write():
        number = 10
        while not stop.is_set():
            store.record(taken(number), NOW)
            store.finish_reading(store.lease("read", "t", NOW, 60), reading(number))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            (tmp_path / f"s{number}").mkdir()
            write_backup(data, tmp_path / f"{number}.7z", None, tmp_path / f"s{number}", NOW)
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        restore_backup(tmp_path / f"{number}.7z", tmp_path / f"back{number}", None)
        back = open_store(tmp_path / f"back{number}")
        read = {row[0] for row in back.intake.execute("SELECT message FROM message WHERE status != 'waiting'")}
        kept = {row[0] for row in back.private.execute("SELECT message FROM reading")}
        assert read <= kept, "what intake.db calls read is in private.db"
        back.close()


def test_a_folder_with_something_in_it_is_left_alone(data, scratch, tmp_path):
    write_backup(data, tmp_path / "b.7z", None, scratch, NOW)
    before = listed(data)
    with pytest.raises(UsageError, match="已有数据"):
        restore_backup(tmp_path / "b.7z", data, None)
    assert listed(data) == before


def test_a_copy_takes_no_ones_place_and_does_not_lie_in_what_it_copies(data, scratch, tmp_path):
    (tmp_path / "b.7z").write_text("an older copy")
    for file in (tmp_path / "b.7z", data / "b.7z", data / "originals" / "b.7z"):
        with pytest.raises(UsageError):
            write_backup(data, file, None, scratch, NOW)
    assert (tmp_path / "b.7z").read_text() == "an older copy"
    with pytest.raises(UsageError, match="没有找到"):
        restore_backup(tmp_path / "none.7z", tmp_path / "back", None)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("password", [None, "secret-1"], ids=["open", "encrypted"])
def test_a_damaged_or_shortened_copy_is_refused_and_nothing_is_left(data, scratch, tmp_path, share, password):
    write_backup(data, tmp_path / "b.7z", password, scratch, NOW)
    whole = (tmp_path / "b.7z").read_bytes()
    place = int(len(whole) * share)
    for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
        (tmp_path / "b.7z").write_bytes(damaged)
        with pytest.raises(StoreError):
            restore_backup(tmp_path / "b.7z", tmp_path / "back", password)
        assert not (tmp_path / "back").exists() and not list(tmp_path.glob(".*"))


def repacked(file: Path, change) -> None:
    """The copy with another content, all its checksums right."""
    folder = file.parent / "unpacked"
    with py7zr.SevenZipFile(file) as archive:
        archive.extractall(folder)
    change(folder)
    with py7zr.SevenZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))


CHANGES = {
    "a file less": lambda folder: (folder / "settings.toml").unlink(),
    "a file more": lambda folder: (folder / "more").write_text("x"),
    "an original with other bytes": lambda folder: next((folder / "originals").rglob("??/*")).write_bytes(b"forged"),
    "a database of other rows": lambda folder: sqlite3.connect(folder / "intake.db").executescript("DELETE FROM sighting"),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
}


@pytest.mark.parametrize("how", CHANGES)
def test_a_copy_that_is_not_what_it_says_is_refused(data, scratch, tmp_path, how):
    write_backup(data, tmp_path / "b.7z", None, scratch, NOW)
    repacked(tmp_path / "b.7z", CHANGES[how])
    with pytest.raises(StoreDamaged):
        restore_backup(tmp_path / "b.7z", tmp_path / "back", None)
    assert not (tmp_path / "back").exists()


def test_a_damaged_database_is_not_copied_as_if_it_were_well(data, scratch, tmp_path):
    overwrite_a_page(data / "intake.db")
    with pytest.raises(StoreDamaged):
        write_backup(data, tmp_path / "b.7z", None, scratch, NOW)
    assert not (tmp_path / "b.7z").exists() and not list(tmp_path.glob("*.part"))


def overwrite_a_page(path: Path, share: float = 0.3) -> None:
    """Noise over one page of a table, as a bad disk leaves it."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * share) // 4096 * 4096)
        file.write(os.urandom(4096))


def test_originals_that_are_not_there_are_told(data, scratch, tmp_path):
    assert write_backup(data, tmp_path / "b.7z", None, scratch, NOW).missing == tuple(sorted((sha(1), sha(100))))


def test_the_commands_copy_and_bring_back(data, tmp_path):
    (tmp_path / "password").write_text("口令 1\n")

    def run(*arguments):
        command = [sys.executable, "-m", "wuxiao.cli", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    (data / "settings.toml").unlink()
    made = run("backup", tmp_path / "b.7z", "--data", data, "--password-file", tmp_path / "password")
    assert made.returncode == 0 and "已备份" in made.stdout
    assert run("restore", tmp_path / "b.7z", "--data", tmp_path / "back").returncode == 2
    assert run("restore", tmp_path / "b.7z", "--data", data, "--password-file", tmp_path / "password").returncode == 2
    back = run("restore", tmp_path / "b.7z", "--data", tmp_path / "back", "--password-file", tmp_path / "password")
    assert back.returncode == 0 and "核对无误" in back.stdout
    assert shown(tmp_path / "back") == shown(data)
    assert run("backup", tmp_path / "c.7z", "--data", data, "--password-file", tmp_path / "none").returncode == 2
