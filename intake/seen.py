"""Files outside, their bytes put among the originals: one that has not changed since it was last read is not opened again.

A file is told from a changed one by its `Stamp`. The stamp alone is not enough while it is young: what is written within one tick of the file
system's clock (two seconds on FAT) leaves the same stamp (git calls such entries of its index racily clean). So a stamp counts only where the
bytes were read a good while after it was set: a day by the file's own times, which another machine's clock may have written, or `TICK_SECONDS`
after the same stamp was first seen here. Until then the bytes are read again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from errors import SourceError
from intake.originals import Originals, why_of
from intake.words import decode

Look = Literal["mail", "outlook", "mailbox", "other"]
TICK_SECONDS = 5.0
LONG_AGO_SECONDS = 86_400.0
BITS = (1 << 63) - 1  # of a number that SQLite holds; a share may count its files, or date them, beyond it


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the system says of a file without opening it, the lowest 63 bits of each number; times in nanoseconds since 1970. Whoever sets
    `modified` back cannot set `changed`."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Of the file at `path`, which is not followed where it is a link. Raises OSError."""
        status = path.lstat()
        numbers = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return cls(*(number & BITS for number in numbers))


@dataclass(frozen=True, slots=True)
class Known:
    """How a file looked and the hashes of what it holds (of its messages where it is a mailbox, else its own) when it had the `stamp`, which
    was first seen at `since` (seconds since 1970); `lasting`: as long as it has the stamp, it has not changed."""

    stamp: Stamp
    since: float
    lasting: bool
    look: Look
    hashes: tuple[str, ...] = ()


class Memory(Protocol):
    """What is kept of files from one run to the next. It may forget anything at any time: the file is then read."""

    def recall(self, path: Path) -> Known | None:
        """What was kept of the file at `path`."""

    def keep(self, path: Path, known: Known) -> None:
        """Keeps it."""


class Files:
    """Looks at files and reads them; used by one thread. `originals` is where their bytes go."""

    def __init__(self, originals: Originals, memory: Memory | None, clock: Callable[[], float]) -> None:
        """Without a `memory` every file is read. `clock` gives seconds since 1970."""
        self.originals = originals
        self._memory = memory
        self._clock = clock
        self._known: dict[Path, Known] = {}

    def look(self, path: Path, look_at: Callable[[Path], Look]) -> Look:
        """How the file at `path` looks: as it is remembered, else by `look_at`. Raises SourceError."""
        at, stamp = self._clock(), _stamp(path)
        before = self._memory.recall(path) if self._memory is not None else None
        if before and before.stamp != stamp:
            before = None
        if before and before.lasting:
            self._known[path] = before
            return before.look
        since = before.since if before else at
        lasting = since < at - TICK_SECONDS or max(stamp.modified, stamp.changed) / 1e9 < at - LONG_AGO_SECONDS
        self._known[path] = Known(stamp, since, lasting, look_at(path))
        return self._known[path].look

    def put(self, path: Path, read: Callable[[Path, Originals], Iterator[str]]) -> Iterator[str]:
        """Hashes of what the file at `path`, once looked at, holds; all of it is among the originals. `read` puts it there, if need be."""
        known = self._known.pop(path)
        size = None if known.look == "mailbox" else known.stamp.size
        if known.hashes and known.lasting and all(self.originals.holds(sha256, size) for sha256 in known.hashes):
            yield from known.hashes
            return
        hashes = []
        for sha256 in read(path, self.originals):
            hashes.append(sha256)
            yield sha256
        with contextlib.suppress(OSError):
            if self._memory is not None and hashes and Stamp.of(path) == known.stamp:
                self._memory.keep(path, replace(known, hashes=tuple(hashes)))


def _stamp(path: Path) -> Stamp:
    try:
        return Stamp.of(path)
    except OSError as error:
        raise SourceError(source=decode(os.fsencode(path)), why=why_of(error)) from error


def whole(path: Path, originals: Originals) -> Iterator[str]:
    """Puts the file as it is. Raises what `Originals.put_file` raises."""
    yield originals.put_file(path)
