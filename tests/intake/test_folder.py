"""Watched folders: only what has stopped changing is taken, once, and again when it changes."""

import threading
import time
from pathlib import Path

import pytest

from errors import SourceError
from intake.folder import FolderWatch, wait


def names(watch: FolderWatch, now: float) -> list[str]:
    return [ready.path.name for ready in watch.ready(now)]


def test_a_file_is_ready_when_two_scans_agree(tmp_path):
    (tmp_path / "a.eml").write_bytes(b"x")
    watch = FolderWatch(tmp_path, 5)
    assert [names(watch, now) for now in (0, 4, 5)] == [[], [], ["a.eml"]]


def test_a_file_that_grows_waits(tmp_path):
    watch = FolderWatch(tmp_path, 5)
    for now in range(0, 20, 4):
        with (tmp_path / "a.eml").open("ab") as file:
            file.write(b"more")
        assert names(watch, now) == []
    assert [names(watch, now) for now in (20, 25)] == [[], ["a.eml"]]


def test_what_was_taken_is_not_offered_again_until_it_is_replaced(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(b"x")
    watch = FolderWatch(tmp_path, 1)
    watch.ready(0)
    (ready,) = watch.ready(1)
    assert watch.done(ready)
    assert names(watch, 2) == []
    (tmp_path / "new").write_bytes(b"yy")
    (tmp_path / "new").replace(path)
    assert [names(watch, now) for now in (3, 4)] == [[], ["a.eml"]]


def test_a_change_while_it_was_taken_makes_it_ready_again(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(b"x")
    watch = FolderWatch(tmp_path, 1)
    watch.ready(0)
    (ready,) = watch.ready(1)
    path.write_bytes(b"longer")
    assert not watch.done(ready)
    assert [names(watch, now) for now in (2, 3)] == [[], ["a.eml"]]


def test_a_renamed_file_waits_under_its_new_name(tmp_path):
    (tmp_path / "a.eml").write_bytes(b"x")
    watch = FolderWatch(tmp_path, 1)
    watch.ready(0)
    (tmp_path / "a.eml").rename(tmp_path / "b.eml")
    assert [names(watch, now) for now in (1, 2)] == [[], ["b.eml"]]


def test_a_folder_waits_for_its_last_file_and_unfinished_names_never_count(tmp_path):
    (tmp_path / "丹徒").mkdir()
    (tmp_path / "丹徒" / "a.pdf").write_bytes(b"x")
    (tmp_path / "丹徒" / "b.pdf.crdownload").write_bytes(b"x")
    (tmp_path / "c.zip.part").write_bytes(b"x")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    watch = FolderWatch(tmp_path, 1)
    assert [names(watch, now) for now in (0, 2)] == [[], []]
    (tmp_path / "丹徒" / "b.pdf.crdownload").rename(tmp_path / "丹徒" / "b.pdf")
    assert [names(watch, now) for now in (3, 4)] == [[], ["丹徒"]]


def test_a_maildir_is_one_entry(tmp_path):
    for part in ("cur", "new", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1").write_bytes(b"x")
    watch = FolderWatch(tmp_path / "box", 1)
    watch.ready(0)
    assert names(watch, 1) == ["box"]


def test_a_share_that_is_gone_says_so_and_what_is_known_stays(tmp_path):
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "a.eml").write_bytes(b"x")
    watch = FolderWatch(folder, 1)
    watch.ready(0)
    watch.done(watch.ready(1)[0])
    folder.rename(tmp_path / "away")
    with pytest.raises(SourceError):
        watch.ready(2)
    (tmp_path / "away").rename(folder)
    assert names(watch, 3) == []


@pytest.mark.parametrize("polling", [False, True])
def test_waiting_ends_with_a_change_and_with_stop(tmp_path, polling):
    stop = threading.Event()
    threading.Timer(0.3, lambda: Path(tmp_path / "a").write_bytes(b"x")).start()
    started = time.monotonic()
    wait([tmp_path, tmp_path / "absent"], stop, 20, polling)
    assert time.monotonic() - started < 15
    threading.Timer(0.3, stop.set).start()
    wait([tmp_path / "absent"], stop, 20)
    assert time.monotonic() - started < 19
