"""Originals: whole or not at all, under their own hash, safe with several processes."""

import hashlib
import multiprocessing
import os
import stat

import pytest

from errors import NotFound, SourceError
from intake.originals import Originals


def _put_many(root, seed):
    store = Originals(root)
    for number in range(40):
        store.put(b"%d" % (number % 20) * 1000)
    return seed


def test_bytes_come_back_under_their_hash(tmp_path):
    store = Originals(tmp_path / "o")
    sha256 = store.put(b"abc")
    assert sha256 == hashlib.sha256(b"abc").hexdigest()
    assert store.read(sha256) == b"abc"
    assert store.path(sha256) == tmp_path / "o" / sha256[:2] / sha256


def test_the_same_bytes_twice_are_one_file_that_is_not_written_again(tmp_path):
    store = Originals(tmp_path)
    before = store.path(store.put(b"abc")).stat()
    source = tmp_path / "source"
    source.write_bytes(b"abc")
    assert store.path(store.put_file(source)).stat().st_ino == before.st_ino
    assert store.path(store.put(b"abc")).stat().st_ino == before.st_ino


def test_files_and_folders_are_for_the_owner_only(tmp_path):
    old = os.umask(0)
    try:
        store = Originals(tmp_path / "o")
        path = store.path(store.put(b"abc"))
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, tmp_path / "o")} == {0o700}


def test_a_file_that_was_cut_short_is_written_again(tmp_path):
    store = Originals(tmp_path)
    path = store.path(store.put(b"abc" * 100))
    path.write_bytes(b"abc")
    store.put(b"abc" * 100)
    assert path.read_bytes() == b"abc" * 100


def test_a_large_file_is_copied_whole_and_nothing_is_left_beside_it(tmp_path):
    source = tmp_path / "large"
    source.write_bytes(os.urandom(3_000_001))
    store = Originals(tmp_path / "o")
    sha256 = store.put_file(source)
    assert store.read(sha256) == source.read_bytes()
    assert list((tmp_path / "o" / "tmp").iterdir()) == []


@pytest.mark.parametrize("kind", ["absent", "link", "fifo", "folder"])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "x"
    if kind == "link":
        (tmp_path / "real").write_bytes(b"abc")
        path.symlink_to(tmp_path / "real")
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(SourceError):
        Originals(tmp_path / "o").put_file(path)


def test_bytes_that_never_came_are_not_found(tmp_path):
    for name in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(NotFound):
            Originals(tmp_path).read(name)


def test_two_processes_at_once_keep_every_byte(tmp_path):
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        assert sorted(pool.starmap(_put_many, [(tmp_path / "o", seed) for seed in range(3)])) == [0, 1, 2]
    store = Originals(tmp_path / "o")
    kept = [path for path in (tmp_path / "o").rglob("*") if path.is_file()]
    assert len(kept) == 20
    assert all(hashlib.sha256(store.read(path.name)).hexdigest() == path.name for path in kept)


def test_each_file_and_its_folder_are_synced_before_put_returns(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)), real(fd)))
    store = Originals(tmp_path / "o")
    store.put(b"first")
    synced.clear()
    path = store.path(store.put(b"second"))
    assert synced[0] is False
    assert synced[-1] is True
    assert path.exists()
