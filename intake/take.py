"""Taking in: what a clerk points at becomes `Taken` messages whose bytes are safe. Nothing is parsed.

Messages are told by how their first bytes look, mailboxes are cut into their messages, everything else under one path is
one hand-delivered submission.
"""

from __future__ import annotations

import json
import os
import stat
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from errors import SourceError
from intake.mailbox import split_open_file
from intake.message import SourceKind, Taken
from intake.ole import MAGIC as OLE
from intake.originals import Originals, open_regular, why_of
from intake.seen import Files, Look, Memory, whole
from intake.sniff import FOXMAIL, looks_like_mail
from intake.verdict import junk
from intake.words import decode
from texts import say

HEAD = 64 * 1024
MOST_FILES = 5000  # of one hand-delivered folder
_OUTLOOK_STREAM = "__properties_version1.0".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not taken in, and why (Chinese). `unreadable`: it may hold material but could not be read."""

    path: Path
    reason_zh: str
    unreadable: bool


@dataclass(slots=True)
class _Survey:
    """What lies in a folder: regular files by how they look, and what cannot be looked at. Nothing of it is followed or read whole."""

    looks: dict[Path, Look] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


def take_in(
    paths: Iterable[Path],
    originals: Originals,
    *,
    received_at: datetime | None = None,
    memory: Memory | None = None,
    clock: Callable[[], float] = time.time,
) -> Iterator[Taken | Skipped]:
    """Every message under `paths`, its bytes kept in `originals` before it is yielded, and everything that was left out.

    A path is a message (.eml, .msg), a mailbox (mbox, Foxmail .box, Maildir), a folder of these, or one hand-delivered
    submission: any other file or folder. `received_at` (aware) is when hand-delivered ones came. What cannot be read is yielded as
    `Skipped`, and the others go on. A file that has not changed since the `memory` kept it is not opened
    (`clock` gives seconds since 1970).
    Raises OSError when `originals` cannot be written.
    """
    files = Files(originals, memory, clock)
    for path in paths:
        try:
            where = _resolved(path)  # a link that the clerk named is followed; those inside a folder are not
            if is_folder(where):
                yield from _folder(where, files, received_at)
            else:
                yield from _file(where, files, received_at)
        except SourceError as error:
            yield Skipped(path, str(error), unreadable=True)


def shown(path: Path | str) -> str:
    """A path as text, also where the system's own name for it is no UTF-8 (GBK names on an old share)."""
    return unicodedata.normalize("NFC", decode(os.fsencode(path)))


def look_at(path: Path) -> Look:
    """What the file at `path` looks like from its first bytes; by its name only where the bytes say nothing. Raises SourceError."""
    descriptor = open_regular(path)
    try:
        head = os.read(descriptor, HEAD)
    except OSError as error:
        raise SourceError(source=shown(path), why=why_of(error)) from error
    finally:
        os.close(descriptor)
    suffix = path.suffix.lower()
    if head.startswith(OLE):
        return "outlook" if suffix == ".msg" or _OUTLOOK_STREAM in head else "other"
    if head.startswith(FOXMAIL):
        return "mailbox"
    if looks_like_mail(head):
        return "mailbox" if head.startswith(b"From ") and suffix != ".eml" else "mail"
    return "mail" if suffix in (".eml", ".msg") else "other"


def _file(path: Path, files: Files, received_at: datetime | None) -> Iterator[Taken | Skipped]:
    look = files.look(path, look_at)
    if look != "other":
        yield from _messages(path, look, files)
    else:
        name = shown(path.name)
        yield _delivery(name, [(name, sha256) for sha256 in files.put(path, whole)], path, files.originals, received_at)


def _folder(path: Path, files: Files, received_at: datetime | None) -> Iterator[Taken | Skipped]:
    survey = _survey(path, files)
    yield from survey.skipped
    if survey.looks:
        yield from _sort_out(path, survey.looks, files, received_at)
    elif not survey.skipped:
        yield Skipped(path, say("intake.empty_folder"), unreadable=False)


def _sort_out(path: Path, looks: dict[Path, Look], files: Files, received_at: datetime | None) -> Iterator[Taken | Skipped]:
    """What the folder `path` is, its files given: one submission by hand where no message lies anywhere in it; else each message, while
    loose files beside them are left out and each folder below is looked at in the same way."""
    if all(look == "other" for look in looks.values()):
        yield from _delivered_folder(path, list(looks), files, received_at)
        return
    below: dict[str, dict[Path, Look]] = {}
    for file, look in looks.items():
        first, *rest = file.relative_to(path).parts
        if rest:
            below.setdefault(first, {})[file] = look
        elif look == "other":
            yield Skipped(file, say("intake.loose_file"), unreadable=False)
        else:
            yield from _messages(file, look, files)
    for name, inside in below.items():
        if is_maildir(path) and all(look == "other" for look in inside.values()):
            yield from (Skipped(file, say("intake.loose_file"), unreadable=False) for file in inside)
        else:
            yield from _sort_out(path / name, inside, files, received_at)


def is_maildir(path: Path) -> bool:
    """Whether the folder at `path` is a Maildir: mails one a file, in `cur` and `new`."""
    return is_folder(path / "cur") and is_folder(path / "new")


def is_folder(path: Path) -> bool:
    """Whether a folder is there that may be looked at."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL in the name
        raise SourceError(source=shown(path), why=say("intake.why_absent")) from error


def _survey(top: Path, outside: Files) -> _Survey:
    """Look at every file under `top`, in the order of their names."""
    survey = _Survey()

    def refused(error: OSError) -> None:
        path = Path(error.filename or top)
        survey.skipped.append(Skipped(path, str(SourceError(source=shown(path), why=why_of(error))), unreadable=True))

    for folder, folders, files in os.walk(top, onerror=refused):
        folders.sort()
        at = Path(folder)
        maildir = at.name in ("cur", "new") and is_maildir(at.parent)
        if is_maildir(at) and "tmp" in folders:
            folders.remove("tmp")  # what lies there is not delivered yet
        for name in [name for name in folders if _left_out(at / name)]:
            folders.remove(name)
            survey.skipped.append(Skipped(at / name, say(f"intake.{_left_out(at / name)}"), unreadable=False))
        for name in sorted(files):
            _survey_file(at / name, maildir, survey, outside)
    return survey


def _left_out(folder: Path) -> str:
    """Why a folder is not looked into: a link, or one that programs keep to themselves (`.git`, `__MACOSX`, no Maildir). "" else."""
    if folder.is_symlink():
        return "why_link"
    return "junk_file" if folder.name.startswith(("__", ".")) and not is_maildir(folder) else ""


def _survey_file(path: Path, maildir: bool, survey: _Survey, outside: Files) -> None:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or junk(path.name, 0):
            why = "intake.why_link" if stat.S_ISLNK(mode) else "intake.junk_file"
            survey.skipped.append(Skipped(path, say(why), unreadable=False))
            return
        look = outside.look(path, look_at)
        survey.looks[path] = "mail" if maildir and look == "other" else look
    except OSError as error:
        survey.skipped.append(Skipped(path, str(SourceError(source=shown(path), why=why_of(error))), unreadable=True))
    except SourceError as error:
        survey.skipped.append(Skipped(path, str(error), unreadable=True))


def _messages(path: Path, look: Look, files: Files) -> Iterator[Taken | Skipped]:
    try:
        if look == "mailbox":
            yield from _mailbox(path, files)
        else:
            kind: SourceKind = "outlook" if look == "outlook" else "mail"
            yield from (Taken(sha256, kind, shown(path), shown(path.name)) for sha256 in files.put(path, whole))
    except SourceError as error:
        yield Skipped(path, str(error), unreadable=True)


def _mailbox(path: Path, files: Files) -> Iterator[Taken | Skipped]:
    number = 0
    for number, sha256 in enumerate(files.put(path, _put_mailbox), 1):
        yield Taken(sha256, "mail", shown(path), f"{shown(path.name)}#{number}")
    if not number:
        yield Skipped(path, say("intake.mailbox"), unreadable=True)


def _put_mailbox(path: Path, originals: Originals) -> Iterator[str]:
    descriptor = open_regular(path)
    try:
        yield from map(originals.put, split_open_file(descriptor))
    finally:
        os.close(descriptor)


def _delivered_folder(path: Path, inside: list[Path], files: Files, received_at: datetime | None) -> Iterator[Taken | Skipped]:
    if len(inside) > MOST_FILES:
        yield Skipped(path, say("intake.too_many_files", most=MOST_FILES), unreadable=True)
        return
    delivered: list[tuple[str, str]] = []
    for file in inside:
        try:
            delivered += [(shown(file.relative_to(path)), sha256) for sha256 in files.put(file, whole)]
        except SourceError as error:
            yield Skipped(file, str(error), unreadable=True)
    if delivered:
        yield _delivery(shown(path.name), delivered, path, files.originals, received_at)


def _delivery(name: str, files: list[tuple[str, str]], path: Path, originals: Originals, received_at: datetime | None) -> Taken:
    """One submission by hand: its original is the list of its files, written the same way every time."""
    manifest = {"name": name, "files": [{"path": file, "sha256": sha256} for file, sha256 in sorted(files)]}
    data = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Taken(originals.put(data), "delivery", shown(path), name, received_at)
