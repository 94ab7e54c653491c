"""7z archives, through py7zr: every member is written to the spool, never under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from errors import FileEncrypted, FileRefused
from intake.spool import Blob, Entry, Spool, Writer, allowance
from intake.trouble import guarded
from intake.words import member_path
from texts import say


class _Member(Py7zIO):  # type: ignore[misc]
    """What py7zr takes for a file. It only ever writes to it, and closes it when the member is whole and its checksum right."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.blob: Blob | None = None

    def write(self, s: bytes | bytearray) -> int:
        return self.writer.write(bytes(s))

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return self.writer.size

    def close(self) -> None:
        self.blob = self.writer.finish()


class _Members(WriterFactory):  # type: ignore[misc]
    """Gives a spool writer for each member, in the order py7zr asks."""

    def __init__(self, spool: Spool, left: int) -> None:
        self.spool = spool
        self.left = left
        self.written: list[tuple[str, _Member]] = []

    def create(self, filename: str) -> Py7zIO:
        member = _Member(self.spool.writer(self.left - sum(known.writer.size for _, known in self.written)))
        self.written.append((filename, member))
        return member


def seven_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The files of the 7z at `path`.

    Raises FileEncrypted, FileDamaged, FileOverLimit for the archive as a whole: a solid archive is read in one go, so
    that members after a bad one cannot be had; those before it are yielded first.
    """
    members = _Members(spool, allowance(path.stat().st_size, spool))
    failure: FileRefused | None = None
    links: set[str] = set()
    try:
        # An open file, not a path: with a path py7zr would start threads and open it once for each.
        with guarded(spool.budget.limits.seconds), path.open("rb") as file, py7zr.SevenZipFile(file) as archive:
            if archive.needs_password():
                raise FileEncrypted
            links = {item.filename for item in archive.files if item.is_symlink or item.is_junction}
            for _ in (item for item in archive.files if not item.is_directory):
                spool.budget.one_more_file()
            archive.extractall(factory=members)
    except FileRefused as error:
        failure = error
    for number, (name, member) in enumerate(members.written, 1):
        if member.blob and name not in links:
            yield Entry(member_path(name) or f"{say('intake.unnamed')}-{number}", member.blob)
        member.writer.discard()
    if failure:
        raise failure
