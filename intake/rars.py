"""rar archives: rarfile says what is in them, libarchive's bsdtar turns them into a tar stream that we read.

Nothing is unpacked by a tool: tools that write have been seen to write outside their folder (design.md, "Known").
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import rarfile

from errors import FileDamaged, FileEncrypted, FileOverLimit, FileRefused, FileUnsupported
from intake.spool import Entry, Spool, allowance, is_final
from intake.tars import Stream, members
from intake.trouble import guarded
from intake.words import decode, member_path
from texts import say

CHUNK = 256 * 1024


_SPLIT3 = rarfile.RAR_FILE_SPLIT_BEFORE | rarfile.RAR_FILE_SPLIT_AFTER
_SPLIT5 = 0x08 | 0x10  # header flags: data goes on from the volume before, into the next


def rar_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The files of the rar (any version) at `path`.

    Raises FileEncrypted, FileDamaged (also for a volume of a split archive), FileOverLimit, FileUnsupported where this
    machine has no program that opens it.
    """
    with guarded(spool.budget.limits.seconds), rarfile.RarFile(path) as archive:
        infos = [info for info in archive.infolist() if info.is_file()]
        if archive.needs_password() and not infos:
            raise FileEncrypted
        if any(_is_split(info) for info in infos):
            raise FileDamaged("intake.split_volume", volume=1)
    for _ in infos:
        spool.budget.one_more_file()
    locked = [info for info in infos if info.needs_password()]
    for info in locked:
        yield Entry(_shown(info), refusal=FileEncrypted())
    if len(locked) < len(infos):
        yield from _read(path, [info for info in infos if not info.needs_password()], spool, bool(locked))


def _is_split(info: rarfile.RarInfo) -> bool:
    return bool(getattr(info, "block_flags", 0) & _SPLIT5 if hasattr(info, "block_flags") else info.flags & _SPLIT3)


def _shown(info: rarfile.RarInfo) -> str:
    """The member's name; in archives of old, which do not say how it is encoded, as what it is."""
    raw = getattr(info, "orig_filename", None)
    plain = isinstance(raw, bytes) and isinstance(info, rarfile.Rar3Info) and not info.flags & rarfile.RAR_FILE_UNICODE
    return member_path(decode(raw) if plain and raw else info.filename) or say("intake.unnamed")


def _read(path: Path, infos: list[rarfile.RarInfo], spool: Spool, mixed: bool) -> Iterator[Entry]:
    """All members by bsdtar in one go; those it did not give, by whatever program rarfile knows, one at a time.

    bsdtar stops at the first member that is encrypted, so it is no use where some are (`mixed`).
    """
    program = None if mixed else shutil.which("bsdtar")
    done = 0
    failure: FileRefused = FileUnsupported("intake.tool_missing")
    if program:
        try:
            for info, entry in zip(infos, through_bsdtar(program, path, spool), strict=False):
                done += 1
                yield Entry(_shown(info), entry.blob, entry.refusal)
        except FileOverLimit:
            raise
        except FileRefused as error:
            failure = error
    for info in infos[done:]:
        yield _single(path, info, spool, failure)


def _single(path: Path, info: rarfile.RarInfo, spool: Spool, failure: FileRefused) -> Entry:
    try:
        with guarded(spool.budget.limits.seconds), rarfile.RarFile(path) as archive, archive.open(info.filename) as file:
            return Entry(_shown(info), spool.keep(iter(lambda: file.read(CHUNK), b""), allowance(path.stat().st_size, spool)))
    except FileOverLimit as error:
        if is_final(spool):
            raise
        return Entry(_shown(info), refusal=error)
    except FileRefused:
        return Entry(_shown(info), refusal=failure)


def through_bsdtar(program: str, path: Path, spool: Spool) -> Iterator[Entry]:
    """The files of any archive that libarchive reads, as it streams them. Raises FileDamaged when it gives up, after what came before.

    It reads from a pipe: in a file where it can seek, libarchive takes a rar whose last member is a stored .docx for a zip.
    """
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryFile() as complaints, path.open("rb") as packed:
        feeder = subprocess.Popen(["cat"], stdin=packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        command = [program, "--format=pax", "-cf", "-", "@-"]
        reader = subprocess.Popen(command, stdin=feeder.stdout, stdout=subprocess.PIPE, stderr=complaints, env=environment)
        try:
            stream = Stream(reader.stdout, allowance(path.stat().st_size, spool), spool.budget.limits.ratio)  # type: ignore[arg-type]
            yield from members(stream, spool)
            with guarded(spool.budget.limits.seconds):
                while stream.read():
                    pass
                failed = reader.wait() != 0
        finally:
            for process in (reader, feeder):
                process.kill()
                process.communicate()
        complaints.seek(0)
        if failed:
            raise FileDamaged("intake.method") if b"unavailable" in complaints.read(4096) else FileDamaged()
