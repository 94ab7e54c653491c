"""The files of one message while they are found: each gets a row, containers are opened, whatever cannot be used says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from errors import FileDamaged, FileRefused
from intake.limits import Budget, UnpackLimits, over
from intake.mailbox import mailbox_entries
from intake.message import Attachment, FileStatus
from intake.sniff import BINARY, MAIL, MAILBOX, TNEF, sniff
from intake.spool import Blob, Entry, Spool
from intake.tars import squeezed_entries, tar_entries
from intake.tnef import tnef_entries
from intake.verdict import junk, refusal
from intake.zips import zip_entries
from texts import say

Opener = Callable[[Path, Spool], Iterator[Entry]]


def _seven_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    from intake.sevens import seven_entries  # py7zr takes longer to load than most mails to open

    return seven_entries(path, spool)


def _rar_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    from intake.rars import rar_entries

    return rar_entries(path, spool)


OPENERS: dict[str, Opener] = {
    "application/zip": zip_entries,
    "application/java-archive": zip_entries,
    "application/x-7z-compressed": _seven_entries,
    "application/vnd.rar": _rar_entries,
    "application/x-tar": tar_entries,
    "application/gzip": squeezed_entries,
    "application/x-bzip2": squeezed_entries,
    "application/x-xz": squeezed_entries,
    MAILBOX: mailbox_entries,
    TNEF: tnef_entries,
}
_VOLUME = re.compile(r"\.(?:(?:7z|zip|rar|tar|gz)\.(?P<a>\d{3})|part(?P<b>\d+)\.rar|z(?P<c>\d\d)|r(?P<d>\d\d))$", re.IGNORECASE)
MailOpener = Callable[["Tree", str, Blob, int], None]


class Tree:
    """Collects the rows of one message. `mail_openers` open what is itself a mail, by media type."""

    def __init__(self, out: Path, limits: UnpackLimits, mail_openers: dict[str, MailOpener] | None = None) -> None:
        """Write found bytes into `out`, within `limits`."""
        self.limits = limits
        self.spool = Spool(out, Budget(limits))
        self.rows: list[Attachment] = []
        self._mail_openers = mail_openers or {}
        self._taken: dict[str, int] = {}

    def add(self, path: str, blob: Blob, depth: int = 0) -> None:
        """A file was found: give it a row and, where it is a container, open it. Raises FileOverLimit when the message's limits are used up."""
        path = self.free(path)
        kind = sniff(blob.path)
        if path.lower().endswith(".eml") and kind.startswith("text/"):
            kind = MAIL
        why = junk(path, blob.size)
        if why:
            self.row(path, blob, kind, "ignored", why)
        elif kind in OPENERS or kind in self._mail_openers:
            self._open(path, blob, kind, depth)
        else:
            self._leaf(path, blob, kind)

    def free(self, path: str) -> str:
        """`path`, or the next name like it that no other file of the message bears."""
        if path not in self._taken:
            self._taken[path] = 1
            return path
        pure = PurePosixPath(path)
        while path in self._taken:
            self._taken[str(pure)] += 1
            path = str(pure.with_name(f"{pure.stem} ({self._taken[str(pure)]}){pure.suffix}"))
        self._taken[path] = 1
        return path

    def row(self, path: str, blob: Blob | None, kind: str, status: FileStatus, reason: str | None = None) -> None:
        """Add one row."""
        self.rows.append(Attachment(path, blob.sha256 if blob else "", blob.size if blob else 0, kind, status, reason))

    def refuse(self, path: str, blob: Blob | None, kind: str, error: FileRefused) -> None:
        """Add the row of a file that cannot be used."""
        self.row(path, blob, kind, status_of(error), str(error))

    def _leaf(self, path: str, blob: Blob, kind: str) -> None:
        error = refusal(kind, path)
        volume = _volume(path)
        if error and volume:
            error = FileDamaged("intake.split_volume", volume=volume)
        if error:
            self.refuse(path, blob, kind, error)
        else:
            self.row(path, blob, kind, "waiting")

    def _open(self, path: str, blob: Blob, kind: str, depth: int) -> None:
        """The container's own row first, then its members'."""
        place = len(self.rows)
        self.row(path, blob, kind, "parsed")
        try:
            if depth >= self.limits.depth:
                raise over("limit_depth", self.limits.depth)
            if kind in self._mail_openers:
                self._mail_openers[kind](self, path, blob, depth + 1)
            else:
                self._members(path, OPENERS[kind](blob.path, self.spool), depth + 1)
        except FileRefused as error:
            volume = _volume(path)
            told = FileDamaged("intake.split_volume", volume=volume) if volume and isinstance(error, FileDamaged) else error
            self.rows[place] = Attachment(path, blob.sha256, blob.size, kind, status_of(told), str(told))
            return
        members = self.rows[place + 1 :]
        if not members:
            self.rows[place] = Attachment(path, blob.sha256, blob.size, kind, "failed", say("intake.empty_archive"))
        elif all(row.status == "encrypted" for row in members):
            self.rows[place] = Attachment(path, blob.sha256, blob.size, kind, "encrypted", members[0].reason)

    def _members(self, path: str, entries: Iterator[Entry], depth: int) -> None:
        for entry in entries:
            if entry.blob:
                self.add(f"{path}/{entry.name or _unsqueezed(path)}", entry.blob, depth)
            elif entry.refusal:
                self.refuse(self.free(f"{path}/{entry.name}"), None, BINARY, entry.refusal)


def status_of(error: FileRefused) -> FileStatus:
    """What `file_list` shows for a file refused with `error`."""
    return {"encrypted": "encrypted", "unsupported": "unsupported"}.get(error.status, "failed")  # type: ignore[return-value]


def _unsqueezed(path: str) -> str:
    """The name of the one file within `path`, which does not say: its own without the last suffix."""
    return PurePosixPath(path).stem


def _volume(path: str) -> int:
    """Which volume of a split archive the name says it is; 0 for none."""
    found = _VOLUME.search(path)
    return int(next((number for number in found.groups() if number), "0")) or 1 if found else 0
