"""What files outside were when they were last read, so that an unchanged one is not read again: `intake.seen.Memory` over private.db.

Paths stand there as keyed hashes only: a path may name a person.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path

from intake.seen import Known, Stamp
from store.connection import reported, transaction

_COLUMNS = "device, inode, size, modified, changed, since, lasting, look, sha256"
_FILES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SeenFiles:
    """The memory; `turn` is the store's lock, `key` that of its hashes. What is kept is written some at a time: a kill costs a reading.
    What another program than `made_by` kept is not recalled."""

    private: sqlite3.Connection
    turn: threading.RLock
    key: bytes
    made_by: str
    _waiting: dict[bytes, Known] = field(default_factory=dict)

    def recall(self, path: Path) -> Known | None:
        """What was kept of the file at `path`, or None."""
        with self.turn, reported():
            query = f"SELECT {_COLUMNS} FROM seen WHERE place = ? AND made_by = ? ORDER BY number"  # noqa: S608
            rows = self.private.execute(query, (self._place(path), self.made_by)).fetchall()
        if not rows:
            return None
        *stamp, since, lasting, look, _ = rows[0]
        return Known(Stamp(*stamp), since, bool(lasting), look, tuple(row["sha256"] for row in rows))

    def keep(self, path: Path, known: Known) -> None:
        """Keeps it, at the latest when this is flushed."""
        self._waiting[self._place(path)] = known
        if len(self._waiting) >= _FILES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        rows = [
            (place, number, sha256, *astuple(known.stamp), known.since, int(known.lasting), known.look, self.made_by)
            for place, known in self._waiting.items()
            for number, sha256 in enumerate(known.hashes)
        ]
        if rows:
            with self.turn, transaction(self.private) as database:
                database.executemany("DELETE FROM seen WHERE place = ?", [(place,) for place in self._waiting])
                database.executemany("INSERT INTO seen VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", rows)
        self._waiting.clear()

    def _place(self, path: Path) -> bytes:
        return hashlib.blake2b(os.fsencode(path), key=self.key, digest_size=16).digest()


@contextmanager
def remembering(private: sqlite3.Connection, turn: threading.RLock, key: bytes, made_by: str) -> Iterator[SeenFiles]:
    """The memory; what waits is written when the block ends."""
    memory = SeenFiles(private, turn, key, made_by)
    yield memory
    memory.flush()


def forget(private: sqlite3.Connection, hashes: Iterable[str]) -> None:
    """No file that held any of these bytes is remembered."""
    private.executemany("DELETE FROM seen WHERE place IN (SELECT place FROM seen WHERE sha256 = ?)", [(sha256,) for sha256 in hashes])
