"""Bytes found inside a message, kept as files named by their own SHA-256 in the folder of the disposable process."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from errors import FileRefused
from intake.limits import Budget, megabytes, over


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes on disk: their SHA-256 (hex), size in bytes, and where they lie."""

    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of a container: its display name (relative, harmless) and its bytes, or why they cannot be had."""

    name: str
    blob: Blob | None = None
    refusal: FileRefused | None = None


class Spool:
    """Where members are written to, within one message's limits. Names of members never become names of files."""

    def __init__(self, out: Path, budget: Budget) -> None:
        """Write into the existing folder `out`."""
        self.out = out
        self.budget = budget

    def keep(self, chunks: Iterable[bytes], allowance: int | None = None) -> Blob:
        """Write `chunks`; what they are together.

        Raises FileOverLimit when the member is larger than one file may be (or than `allowance` bytes, by the ratio
        limit of its archive) or the message's total is used up; whatever `chunks` raises passes through. Then nothing is left behind.
        """
        writer = self.writer(allowance)
        try:
            for chunk in chunks:
                writer.write(chunk)
            return writer.finish()
        finally:
            writer.discard()

    def writer(self, allowance: int | None = None) -> Writer:
        """A member to be written bit by bit."""
        return Writer(self, allowance)


class Writer:
    """One member while it is written: `write` as often as needed, then `finish`, or `discard`."""

    def __init__(self, spool: Spool, allowance: int | None = None) -> None:
        """Open a temporary file in the spool."""
        self._spool = spool
        self._most = spool.budget.limits.file_bytes
        self._allowance = allowance
        self._path = spool.out / f"tmp-{secrets.token_hex(8)}"
        self._file = os.fdopen(_private(self._path), "wb")
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> int:
        """Add `chunk`; its length. Raises FileOverLimit."""
        self.size += len(chunk)
        if self.size > self._most:
            raise over("limit_file", megabytes(self._most))
        if self._allowance is not None and self.size > self._allowance:
            raise over("limit_ratio", self._spool.budget.limits.ratio)
        self._spool.budget.more_bytes(len(chunk))
        self._digest.update(chunk)
        self._file.write(chunk)
        return len(chunk)

    def finish(self) -> Blob:
        """Close it under its own hash."""
        self._file.close()
        sha256 = self._digest.hexdigest()
        target = self._spool.out / sha256
        self._path.replace(target)
        return Blob(sha256, self.size, target)

    def discard(self) -> None:
        """Drop what was written unless it was finished."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def allowance(packed: int, spool: Spool) -> int:
    """How many bytes may come out of an archive of `packed` bytes."""
    limits = spool.budget.limits
    return max(limits.ratio_from, packed * limits.ratio)


def is_final(spool: Spool) -> bool:
    """Whether the whole message's limits are used up, so that going on is of no use."""
    budget = spool.budget
    return budget.bytes > budget.limits.total_bytes or budget.files > budget.limits.files
