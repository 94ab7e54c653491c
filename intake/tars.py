"""tar, and what is squeezed by gzip, bzip2 or xz, with a tar inside or not: read as a stream, members one after the other."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from errors import FileOverLimit, FileRefused
from intake.limits import over
from intake.spool import Entry, Spool, allowance, is_final
from intake.trouble import guarded
from intake.words import decode, member_path
from texts import say

CHUNK = 256 * 1024


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Stream:
    """Bytes that may be read once, no more than `most` of them; the first 512 can be looked at beforehand."""

    def __init__(self, source: _Readable, most: int, ratio: int) -> None:
        """Read from `source`."""
        self._source = source
        self._left = most
        self._ratio = ratio
        self._ahead = b""

    def peek(self) -> bytes:
        """The first 512 bytes, which stay to be read."""
        while len(self._ahead) < 512 and (more := self._source.read(512 - len(self._ahead))):
            self._ahead += more
        return self._ahead

    def read(self, size: int = CHUNK) -> bytes:
        """At most `size` bytes. Raises FileOverLimit once more than `most` have come out."""
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        if len(data) < size:
            data += self._source.read(size - len(data))
        self._left -= len(data)
        if self._left < 0:
            raise over("limit_ratio", self._ratio)
        return data


def tar_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The files of the tar at `path`. Raises FileDamaged, FileOverLimit."""
    with path.open("rb") as file:
        yield from members(_stream(file, path, spool), spool)


def squeezed_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The files of a tar.gz, tar.bz2 or tar.xz, or the one file that was squeezed. Raises FileDamaged, FileOverLimit."""
    with path.open("rb") as raw:
        head = raw.read(4096)
    with contextlib.ExitStack() as stack:
        with guarded(spool.budget.limits.seconds):
            source = stack.enter_context(_unsqueezed(path, head[:2]))
        stream = _stream(source, path, spool)
        with guarded(spool.budget.limits.seconds):
            start = stream.peek()
        if start[257:262] == b"ustar":
            yield from members(stream, spool)
            return
        spool.budget.one_more_file()
        with guarded(spool.budget.limits.seconds):
            blob = spool.keep(iter(stream.read, b""))
        yield Entry(member_path(_gzip_name(head)), blob)


def _unsqueezed(path: Path, magic: bytes) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile:
    if magic == b"\x1f\x8b":
        return gzip.GzipFile(path, "rb")
    return bz2.BZ2File(path, "rb") if magic == b"BZ" else lzma.LZMAFile(path, "rb")


def _stream(source: _Readable, path: Path, spool: Spool) -> Stream:
    return Stream(source, allowance(path.stat().st_size, spool), spool.budget.limits.ratio)


def _gzip_name(head: bytes) -> str:
    """The name that gzip noted (RFC 1952, FNAME), "" without one."""
    if len(head) < 11 or head[:2] != b"\x1f\x8b" or not head[3] & 8:
        return ""
    at = 10 + (2 + int.from_bytes(head[10:12], "little") if head[3] & 4 else 0)
    return decode(head[at:].partition(b"\0")[0])


def members(stream: _Readable, spool: Spool) -> Iterator[Entry]:
    """The regular files of a tar that comes as a stream; links and devices are left out. Raises FileDamaged, FileOverLimit."""
    seconds = spool.budget.limits.seconds
    with guarded(seconds):
        tar = tarfile.open(fileobj=stream, mode="r|", encoding="utf-8", errors="surrogateescape")  # type: ignore[call-overload]  # noqa: SIM115
    while True:
        with guarded(seconds):
            info = tar.next()
        if info is None:
            return
        if not info.isfile():
            continue
        spool.budget.one_more_file()
        yield _member(tar, info, spool)


def _member(tar: tarfile.TarFile, info: tarfile.TarInfo, spool: Spool) -> Entry:
    name = member_path(decode(info.name.encode("utf-8", "surrogateescape"))) or f"{say('intake.unnamed')}-{info.offset}"
    try:
        with guarded(spool.budget.limits.seconds):
            file = tar.extractfile(info)
            return Entry(name, spool.keep(iter(lambda: file.read(CHUNK) if file else b"", b"")))
    except FileRefused as error:
        if isinstance(error, FileOverLimit) and is_final(spool):
            raise
        return Entry(name, refusal=error)
