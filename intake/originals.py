"""The folder of originals: every byte that came in, kept under its own SHA-256.

`root/ab/abcdef…` holds the bytes whose hash begins with `ab`. A file is either there as a whole or not at all: it is
written beside, made durable, renamed, and only then is its folder made durable (design.md, "Taking in").
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from errors import NotFound, SourceError
from intake.durable import make_folder, sync_folder
from intake.words import decode
from texts import say

CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def open_regular(path: Path) -> int:
    """A file descriptor for reading `path`, which must be a regular file and no link.

    Never waits (a FIFO without a writer, a device). Raises SourceError when the file cannot be opened or is of another kind.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SourceError(source=decode(os.fsencode(path)), why=why_of(error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceError(source=decode(os.fsencode(path)), why=say("intake.why_special"))
    return descriptor


def why_of(error: OSError) -> str:
    """A Chinese word on why the system refused, for a clerk."""
    known = {
        "PermissionError": "why_permission",
        "FileNotFoundError": "why_absent",
        "NotADirectoryError": "why_absent",
        "IsADirectoryError": "why_special",
    }
    name = known.get(type(error).__name__)
    if name is None and error.errno == errno.ELOOP:  # O_NOFOLLOW met a link
        name = "why_link"
    return say(f"intake.{name}") if name else (error.strerror or type(error).__name__)


def chunks_of(descriptor: int) -> Iterator[bytes]:
    """The bytes of an open file from where it stands, at most 1 MiB at a time. Raises SourceError on a read error."""
    while True:
        try:
            chunk = os.read(descriptor, CHUNK)
        except OSError as error:
            raise SourceError(source=say("intake.original"), why=why_of(error)) from error
        if not chunk:
            return
        yield chunk


class Originals:
    """A content-addressed store of bytes under `root`; safe with several processes at once.

    Files are 0600, folders 0700. The same bytes twice are one file.
    """

    def __init__(self, root: Path) -> None:
        """Use the folder `root`; it is made when the first bytes come, or by `make`."""
        self.root = root

    def make(self) -> None:
        """Make the folder, durably. Raises OSError."""
        make_folder(self.root)

    def put(self, data: bytes) -> str:
        """Keep `data`; its SHA-256 (hex). When this returns, the bytes survive a power cut. Raises OSError (disk full)."""
        sha256 = hashlib.sha256(data).hexdigest()
        return sha256 if self._has_durably(sha256, len(data)) else self._put((data,))

    def put_file(self, path: Path) -> str:
        """Keep the bytes of the regular file at `path`; their SHA-256 (hex). A file that is here already is only read (a watched folder is
        looked through again at every start); a new one is hashed again while it is copied.

        Raises SourceError when `path` cannot be read, is a link or no regular file; OSError when the store cannot be written.
        """
        descriptor = open_regular(path)
        try:
            sha256, size = _measured(chunks_of(descriptor))
            if self._has_durably(sha256, size):
                return sha256
            os.lseek(descriptor, 0, os.SEEK_SET)
            return self._put(chunks_of(descriptor))
        finally:
            os.close(descriptor)

    def path(self, sha256: str) -> Path:
        """Where the bytes of `sha256` (64 hex digits) lie or would lie. Raises NotFound for what is no such hash."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound(what=say("intake.original"), key=sha256[:64])
        return self.root / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes of `sha256`. Raises NotFound when they are not in the store."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(what=say("intake.original"), key=sha256) from error

    def holds(self, sha256: str, size: int | None = None) -> bool:
        """Whether bytes lie there under this name, `size` of them where it is known."""
        with contextlib.suppress(OSError):
            there = self.path(sha256).stat().st_size
            return size is None or there == size
        return False

    def _has_durably(self, sha256: str, size: int) -> bool:
        """Whether the bytes are here; then their name is durable too, even where another process has only just given it."""
        if not self.holds(sha256, size):
            return False
        sync_folder(self.path(sha256).parent)
        return True

    def _put(self, chunks: Iterable[bytes]) -> str:
        make_folder(self.root)
        scratch = self.root / "tmp"
        make_folder(scratch)
        temporary = scratch / secrets.token_hex(16)
        try:
            sha256, size = _write_durably(temporary, chunks)
            if not self.holds(sha256, size):
                target = self.path(sha256)
                make_folder(target.parent)
                temporary.replace(target)
                sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256


def _measured(chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _write_durably(path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size
