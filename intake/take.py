"""Taking in: what a clerk points at becomes `Taken` messages whose bytes are safe. Nothing is parsed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import olefile

from errors import SourceError
from intake.message import Taken
from intake.originals import Originals, open_regular
from intake.sniff import looks_like_mail
from texts import say

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not taken in, and why (Chinese). `unreadable`: it may hold material but could not be read."""

    path: Path
    reason_zh: str
    unreadable: bool


def take_in(paths: Iterable[Path], originals: Originals, *, received_at: datetime | None = None) -> Iterator[Taken | Skipped]:
    """Every message under `paths`, its bytes kept in `originals` before it is yielded, and everything that was left out.

    `received_at` (aware) is when hand-delivered folders and files came. Raises OSError when `originals` cannot be written.
    """
    for path in paths:
        yield from _one(Path(os.path.abspath(path)), originals, received_at)


def _one(path: Path, originals: Originals, received_at: datetime | None) -> Iterator[Taken | Skipped]:
    try:
        if path.is_dir():
            yield from _folder(path, originals, received_at)
        elif _is_message(path):
            yield from _message(path, originals)
        else:
            yield _delivery(path.name, [(path.name, originals.put_file(path))], path, originals, received_at)
    except SourceError as error:
        yield Skipped(path, str(error), unreadable=True)


def _folder(path: Path, originals: Originals, received_at: datetime | None) -> Iterator[Taken | Skipped]:
    files = sorted(found for found in path.rglob("*") if found.is_file())
    messages = [file for file in files if _is_message(file)]
    if not messages:
        yield _delivery(path.name, [(str(file.relative_to(path)), originals.put_file(file)) for file in files], path, originals, received_at)
        return
    for file in files:
        if file in messages:
            yield from _message(file, originals)
        else:
            yield Skipped(file, say("intake.loose_file"), unreadable=False)


def _is_message(path: Path) -> bool:
    if path.suffix.lower() in (".eml", ".msg"):
        return True
    descriptor = open_regular(path)
    try:
        return looks_like_mail(os.read(descriptor, HEAD))
    finally:
        os.close(descriptor)


def _message(path: Path, originals: Originals) -> Iterator[Taken]:
    descriptor = open_regular(path)
    try:
        outlook = os.read(descriptor, 8).startswith(olefile.MAGIC)
    finally:
        os.close(descriptor)
    yield Taken(originals.put_file(path), "outlook" if outlook else "mail", str(path), path.name)


def _delivery(name: str, files: list[tuple[str, str]], path: Path, originals: Originals, received_at: datetime | None) -> Taken:
    manifest = {"name": name, "files": [{"path": file, "sha256": sha256} for file, sha256 in sorted(files)]}
    data = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Taken(originals.put(data), "delivery", str(path), name, received_at)
