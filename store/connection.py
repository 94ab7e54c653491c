"""Opens a database of the data folder: owner-only files, WAL, foreign keys, migrations, transactions that begin at once."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Literal

from errors import StoreBusy, StoreDamaged, StoreError
from intake.durable import make_folder

Which = Literal["intake", "private"]
BUSY_SECONDS = 30.0
OWNER_ONLY = 0o600
_STEP = re.compile(r"(\d{3})_(intake|private)_\w+\.sql")
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "cell_size_check=ON", "cache_size=-65536")


def connect(path: Path, which: Which, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection to the database at `path`, made or migrated to the newest schema, usable from any thread (one at a time).

    Commits are durable when they return (`synchronous=FULL`), deleted content is overwritten (`secure_delete`).
    Raises StoreError when the folder cannot be used or the database is newer than this program, StoreBusy, StoreDamaged.
    """
    try:
        _create(path)
        database = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(why=str(error)) from error
    with reported():
        database.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        migrate(database, which)
    return database


def _create(path: Path) -> None:
    """Makes the folder (0700, durably) and an empty file (0600) where they are missing; SQLite gives -wal and -shm the file's mode."""
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, OWNER_ONLY)
    try:
        os.fchmod(descriptor, OWNER_ONLY)
    finally:
        os.close(descriptor)


@contextmanager
def reported() -> Iterator[None]:
    """Turns SQLite's errors into ours: StoreBusy, StoreDamaged, StoreError (disk full, no rights …)."""
    try:
        yield
    except sqlite3.OperationalError as error:
        busy = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        raise (StoreBusy() if busy else StoreError(why=str(error))) from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(why=str(error)) from error


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One `BEGIN IMMEDIATE` … `COMMIT`; rolled back when anything is raised inside. Within another transaction it is a part of that one,
    which alone is rolled back. Raises StoreBusy, StoreDamaged, StoreError."""
    inner = database.in_transaction
    begin, commit, undo = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part") if inner else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
    with reported():
        database.execute(begin)
        try:
            yield database
            database.execute(commit)
        except BaseException:
            if database.in_transaction:
                database.execute(undo)
            if inner and database.in_transaction:
                database.execute(commit)
            raise


@contextmanager
def snapshot(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The database as it is at one moment; within a transaction, as that one has left it."""
    with reported():
        if database.in_transaction:
            yield database
            return
        database.execute("BEGIN")
        try:
            yield database
        finally:
            database.execute("COMMIT")


def steps(which: Which) -> tuple[tuple[int, str], ...]:
    """(number, SQL) of every migration of a database, in order. The numbers count from 1 without a gap."""
    found = []
    for file in files("store.migrations").iterdir():
        match = _STEP.fullmatch(file.name)
        if match and match[2] == which:
            found.append((int(match[1]), file.read_text(encoding="utf-8")))
    return tuple(sorted(found))


def migrate(database: sqlite3.Connection, which: Which, upto: int | None = None) -> None:
    """Brings the schema to step `upto` (the newest by default), each step in one transaction; another process may do the same.

    Raises StoreError when the database is of a newer version than this program knows.
    """
    known = steps(which)
    if _version(database) > known[-1][0]:
        raise StoreError("error.store_newer", version=_version(database))
    for number, script in known:
        if number <= _version(database) or number > (upto or number):
            continue
        with transaction(database):
            if number > _version(database):
                for statement in statements(script):
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {number}")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def statements(script: str) -> Iterator[str]:
    """The single statements of an SQL script (triggers whole), which `executescript` would commit one by one."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
