"""A safe copy of a data folder in one file, and back again.

The file is a 7z archive without compression (what fills a data folder is compressed already), on request encrypted with AES-256, the names of
its files too (7z's own scheme, by py7zr). It holds both databases as they were at one moment, every original, the pictures of pages, settings
and templates, and `manifest.json` with the size and SHA-256 of each file and the rows of each table.

Restoring checks everything against the manifest, beside the place where it is to lie; only a copy that is whole takes that place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import lzma
import os
import shutil
import sqlite3
import struct
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import py7zr

from errors import StoreDamaged, StoreError, UsageError
from intake.durable import sync_folder
from store.connection import OWNER_ONLY, reported
from texts import say

MANIFEST = "manifest.json"
FORMAT = 1
DATABASES = ("intake.db", "private.db")
LEFT_OUT = frozenset({"spool", "owners", "log"})
"""Top-level names that are only of use to running processes."""
UNFINISHED = (".part", "-wal", "-shm")
_OPEN = {"filters": [{"id": py7zr.FILTER_COPY}]}
_SEALED = {"filters": [{"id": py7zr.FILTER_COPY}, {"id": py7zr.FILTER_CRYPTO_AES256_SHA256}], "header_encryption": True}
_BROKEN = (py7zr.exceptions.ArchiveError, lzma.LZMAError, struct.error, ArithmeticError, AttributeError, EOFError, LookupError, TypeError,
    ValueError, RuntimeError, AssertionError, MemoryError, OSError)  # fmt: skip
"""What py7zr raises for an archive that is damaged, or opened with a wrong password (its header is then noise)."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How many `files` of how many `bytes` were copied; `missing` are hashes of originals that the database names and the folder lacks."""

    files: int
    bytes: int
    missing: tuple[str, ...] = ()


def write_backup(data: Path, file: Path, password: str | None, scratch: Path, at: datetime) -> Copied:
    """Copies the data folder into the new `file` (0600), while others go on writing; `scratch` is an empty folder for the databases.

    Raises UsageError when `file` exists or lies within the data folder, StoreError when it cannot be written, StoreDamaged when a database is.
    """
    if file.exists() or data.resolve() in file.resolve().parents:
        raise UsageError(why=say("store.backup_place", file=file))
    found = _snapshots(data, scratch) | {name: path for name, path in _files(data) if name not in DATABASES}
    partial = file.with_name(file.name + ".part")
    try:
        manifest = _pack(found, partial, password, at)
        _check(partial, password)
        partial.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise StoreError(why=str(error.strerror or error)) from error
    finally:
        partial.unlink(missing_ok=True)
    sizes = [size for size, _ in manifest["files"].values()]
    return Copied(len(sizes), sum(sizes), tuple(manifest["missing"]))


def _snapshots(data: Path, scratch: Path) -> dict[str, Path]:
    """Copies of both databases of one moment: nobody can write to intake.db, and so finish anything, while they are made."""
    with reported(), contextlib.closing(sqlite3.connect(data / DATABASES[0], timeout=30, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        for name in DATABASES:
            target = scratch / name
            descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
            os.close(descriptor)
            with contextlib.closing(sqlite3.connect(data / name, timeout=30)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            _examine(target)
    return {name: scratch / name for name in DATABASES}


def _files(data: Path) -> Iterator[tuple[str, Path]]:
    """(name in the archive, path) of every regular file that belongs into it, by name."""
    for path in sorted(data.rglob("*")):
        place = path.relative_to(data)
        running = place.parts[0] in LEFT_OUT or place.parts[:2] == ("originals", "tmp") or place.name.endswith(UNFINISHED)
        if not running and path.is_file() and not path.is_symlink():
            yield place.as_posix(), path


def _pack(found: dict[str, Path], target: Path, password: str | None, at: datetime) -> dict[str, Any]:
    """Writes the archive durably; its manifest."""
    listed: dict[str, tuple[int, str]] = {}
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    options: dict[str, Any] = {**_SEALED, "password": password} if password else _OPEN
    with os.fdopen(descriptor, "w+b") as stream:
        with py7zr.SevenZipFile(stream, "w", **options) as archive:
            for name, path in found.items():
                with contextlib.suppress(FileNotFoundError):  # erased just now
                    listed[name] = (path.stat().st_size, _hash(path))
                    archive.write(path, name)
            manifest = {
                "format": FORMAT,
                "at": at.isoformat(),
                "files": listed,
                "counts": _counts(found),
                "missing": _missing(found[DATABASES[0]], listed),
            }
            archive.writestr(json.dumps(manifest, ensure_ascii=False), MANIFEST)
        stream.flush()
        os.fsync(stream.fileno())
    return manifest


def _check(file: Path, password: str | None) -> None:
    """Reads the archive from end to end. Raises StoreError when it does not hold."""
    with _opened(file, password) as archive:
        if archive.testzip() is not None:
            raise StoreDamaged(why=say("store.backup_damaged", name=file.name))


@contextlib.contextmanager
def _opened(file: Path, password: str | None) -> Iterator[py7zr.SevenZipFile]:
    try:
        with py7zr.SevenZipFile(file, "r", password=password) as archive:
            yield archive
    except py7zr.exceptions.PasswordRequired as error:
        raise UsageError(why=say("store.backup_password")) from error
    except _BROKEN as error:
        why = say("store.backup_unreadable" if password else "store.backup_damaged", name=file.name)
        raise StoreError(why=why) from error


def restore_backup(file: Path, data: Path, password: str | None) -> Copied:
    """Makes the data folder `data`, which must be empty or absent, from the backup `file`, all of it checked.

    Raises UsageError when there is something in `data` or a password is needed, StoreError when the backup cannot be read, is
    damaged or not whole.
    """
    if not file.is_file():
        raise UsageError(why=say("store.backup_absent", file=file))
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise UsageError(why=say("store.restore_place", data=data))
    beside = data.with_name(f".{data.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    try:
        manifest = _unpack(file, beside, password)
        _verify(beside, manifest)
        os.sync()
        if data.exists():
            data.rmdir()
        beside.rename(data)
        sync_folder(data.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    sizes = [size for size, _ in manifest["files"].values()]
    return Copied(len(sizes), sum(sizes), tuple(manifest["missing"]))


def _unpack(file: Path, folder: Path, password: str | None) -> dict[str, Any]:
    """Unpacks everything, owner-only; the manifest."""
    with _opened(file, password) as archive:
        names = archive.getnames()
        if MANIFEST not in names or any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names):
            raise StoreDamaged(why=say("store.backup_damaged", name=file.name))
        archive.extractall(folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise StoreError(why=say("store.backup_newer"))
    (folder / MANIFEST).unlink()
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else OWNER_ONLY, follow_symlinks=True)
    return manifest


def _verify(folder: Path, manifest: dict[str, Any]) -> None:
    """Every file there with its hash and no other, every original under its own hash, both databases whole, every row counted."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    wrong = sorted(set(there) ^ set(manifest["files"]))
    for name, (size, sha256) in manifest["files"].items():
        path = there.get(name)
        whole = path is not None and not path.is_symlink() and (path.stat().st_size, _hash(path)) == (size, sha256)
        if not whole or (name.startswith("originals/") and PurePosixPath(name).name != sha256):
            wrong.append(name)
    if wrong:
        raise StoreDamaged(why=say("store.backup_damaged", name=wrong[0]))
    for name in DATABASES:
        _examine(there[name])
    if _counts(there) != manifest["counts"] or _missing(there[DATABASES[0]], there) != manifest["missing"]:
        raise StoreDamaged(why=say("store.backup_damaged", name=DATABASES[0]))


def _examine(path: Path) -> None:
    """Raises StoreDamaged when the database fails its integrity check or a foreign key leads nowhere."""
    with reported(), contextlib.closing(sqlite3.connect(path)) as database:
        said = database.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok" or database.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreDamaged(why=said)


def _counts(found: dict[str, Path]) -> dict[str, dict[str, int]]:
    """The rows of every table of both databases."""
    counted: dict[str, dict[str, int]] = {}
    for name in DATABASES:
        with reported(), contextlib.closing(sqlite3.connect(found[name])) as database:
            tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
            counted[name] = {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for (table,) in tables}  # noqa: S608
    return counted


def _missing(intake: Path, found: Container[str]) -> list[str]:
    """Hashes of originals that the database names and that are not among `found` (dropped after the grace period, or lost)."""
    with reported(), contextlib.closing(sqlite3.connect(intake)) as database:
        named = {row[0] for row in database.execute("SELECT sha256 FROM message UNION SELECT sha256 FROM file") if row[0]}
    return sorted(sha256 for sha256 in named if f"originals/{sha256[:2]}/{sha256}" not in found)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
