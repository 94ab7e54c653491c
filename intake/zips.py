"""zip archives: members one after the other, names in whatever encoding, nothing believed that the archive says of itself."""

from __future__ import annotations

import contextlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from errors import FileDamaged, FileEncrypted, FileOverLimit, FileRefused
from intake.spool import Blob, Entry, Spool, allowance, is_final
from intake.trouble import guarded
from intake.words import archive_names, member_path
from texts import say

CHUNK = 256 * 1024
_UNICODE_PATH = 0x7075


def zip_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The files of the zip at `path` in its own order.

    Raises FileDamaged when it is no zip or cut short, FileOverLimit when the message's limits are used up. A single member that is encrypted,
    damaged or too large comes as an entry with its refusal.
    """
    with contextlib.ExitStack() as stack:
        archive, members = _open(path, stack, spool)
        left = allowance(path.stat().st_size, spool)
        spans: list[tuple[int, int]] = []
        for info, name in members:
            spool.budget.one_more_file()
            if _overlaps(info, spans):
                yield Entry(name, refusal=FileDamaged("intake.overlap"))
                continue
            entry = _member(archive, info, name, spool, left)
            left -= entry.blob.size if entry.blob else 0
            yield entry


def _open(path: Path, stack: contextlib.ExitStack, spool: Spool) -> tuple[zipfile.ZipFile, list[tuple[zipfile.ZipInfo, str]]]:
    with guarded(spool.budget.limits.seconds):
        archive = stack.enter_context(zipfile.ZipFile(path))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    return archive, list(zip(infos, _names(infos), strict=True))


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Display names: the UTF-8 flag, Info-ZIP's Unicode extra field, else one guess for the whole archive."""
    raw = [None if info.flag_bits & 0x800 else info.orig_filename.encode("cp437", "replace") for info in infos]
    guessed = iter(archive_names([name for name in raw if name is not None]))
    names = []
    for info, name in zip(infos, raw, strict=True):
        shown = info.orig_filename if name is None else next(guessed)
        names.append(member_path(_unicode_path(info, name) or shown.partition("\0")[0]))
    return [name or f"{say('intake.unnamed')}-{number}" for number, name in enumerate(names, 1)]


def _unicode_path(info: zipfile.ZipInfo, raw: bytes | None) -> str | None:
    """The UTF-8 name in extra field 0x7075 (APPNOTE 4.6.9), where its checksum is that of the plain name."""
    extra = info.extra
    while raw is not None and len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        if tag == _UNICODE_PATH and size > 5 and len(extra) >= 4 + size and struct.unpack_from("<L", extra, 5)[0] == zlib.crc32(raw):
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None


def _overlaps(info: zipfile.ZipInfo, spans: list[tuple[int, int]]) -> bool:
    """Whether the member's packed bytes are another's too (a bomb), judged by the places the directory names."""
    start, end = info.header_offset, info.header_offset + 30 + info.compress_size
    if any(start < other_end and other_start < end for other_start, other_end in spans):
        return True
    spans.append((start, end))
    return False


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, spool: Spool, left: int) -> Entry:
    if info.flag_bits & 0x1:
        return Entry(name, refusal=FileEncrypted())
    try:
        with guarded(spool.budget.limits.seconds):
            return Entry(name, _keep(archive, info, spool, left))
    except FileRefused as error:
        if isinstance(error, FileOverLimit) and is_final(spool):
            raise
        return Entry(name, refusal=error)


def _keep(archive: zipfile.ZipFile, info: zipfile.ZipInfo, spool: Spool, left: int) -> Blob:
    with archive.open(info) as file:
        return spool.keep(iter(lambda: file.read(CHUNK), b""), left)
