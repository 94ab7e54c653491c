"""The one entry for every file: bytes → `Document`, whatever the file is called. Runs in a disposable process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from errors import FileDamaged, FileOverLimit
from parsers.document import Document, Page
from parsers.kinds import Kind, sniff
from parsers.limits import ReadLimits
from parsers.word.docx import read_docx
from parsers.word.html import html_blocks, mhtml_blocks
from parsers.word.pictures import as_scan
from parsers.word.text import text_blocks
from parsers.word.walk import Block
from texts import say

ENGINE: Final = "readers-3"
"""Version of all readers, Word's and the scan's; raise it with any of them: a document read by another version is read again."""


def read_document(path: Path, name: str, out: Path, limits: ReadLimits) -> Document:
    """What the file at `path` says; `name` is what a clerk calls it and decides nothing. Files made on the way go to `out`.

    An empty form is a document like any other. Raises a subclass of `FileRefused` with the true reason otherwise.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise FileDamaged("parsers.empty_file")
    if path.stat().st_size > limits.file_bytes:
        raise FileOverLimit(limit=say("parsers.limit_file"), most=f"{limits.file_bytes // 1024**2} MB")
    kind = sniff(path, limits)
    return _READERS[kind.name](path, kind, out, limits)


def _docx(path: Path, _kind: Kind, out: Path, limits: ReadLimits) -> Document:
    return as_scan(read_docx(path, ENGINE, limits), path, out, limits)


def _converted(path: Path, kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.word.office import convert

    made = convert(path, kind.name, out, limits)
    if made.suffix == ".xlsx":
        return _sheet(made, kind, out, limits)
    return replace(_docx(made, kind, out, limits), media_type=kind.media_type)


def _sheet(path: Path, kind: Kind, _out: Path, limits: ReadLimits) -> Document:
    from parsers.word.sheet import read_sheet

    return read_sheet(path, kind.media_type, ENGINE, limits)


def _blocks(reader: Callable[[bytes, ReadLimits], tuple[Block, ...]]) -> Callable[[Path, Kind, Path, ReadLimits], Document]:
    def read(path: Path, kind: Kind, _out: Path, limits: ReadLimits) -> Document:
        return Document("word", kind.media_type, (Page(None, reader(path.read_bytes(), limits)),), ENGINE)

    return read


def _pdf(path: Path, _kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.scan.opening import open_pdf

    return replace(open_pdf(path, out, limits), engine=ENGINE)


def _image(path: Path, _kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.scan.opening import open_image

    return replace(open_image(path, out, limits), engine=ENGINE)


_READERS: Final[dict[str, Callable[[Path, Kind, Path, ReadLimits], Document]]] = {
    "docx": _docx,
    "xlsx": _sheet,
    "html": _blocks(html_blocks),
    "mhtml": _blocks(mhtml_blocks),
    "text": _blocks(text_blocks),
    "pdf": _pdf,
    "image": _image,
    **dict.fromkeys(("doc", "rtf", "odt", "flat", "xls", "xlsb", "ods"), _converted),
}
