"""The one entry for every file: bytes → `Document`, whatever the file is called. Runs in a disposable process, which loads no reader but
the one that the file needs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from errors import FileDamaged, FileOverLimit, FileRefused
from parsers.document import Document, Page
from parsers.kinds import Kind, sniff
from parsers.limits import ReadLimits
from parsers.version import ENGINE
from texts import say

if TYPE_CHECKING:
    from parsers.word.walk import Block


def read_document(path: Path, name: str, out: Path, limits: ReadLimits) -> Document:
    """What the file at `path` says; `name` is what a clerk calls it and decides nothing. Files made on the way go to `out`.

    An empty form is a document like any other. Raises a subclass of `FileRefused` with the true reason otherwise.
    """
    kind = _kind_of(path, limits)
    return _READERS[kind.name](path, kind, out, limits)


def read_old_documents(files: Mapping[str, tuple[Path, str]], out: Path, limits: ReadLimits) -> dict[str, Document]:
    """What the files (a key → path and name) say that LibreOffice could convert, all of them in one start.

    Missing in the answer is whatever is of another format, cannot be used, or is a scan in a Word file: `read_document` tells why.
    """
    from parsers.word.office import convert_many

    kinds: dict[str, Kind] = {}
    for key, (path, _) in files.items():
        with contextlib.suppress(FileRefused):
            kinds[key] = _kind_of(path, limits)
    old = {key: kind for key, kind in kinds.items() if _READERS[kind.name] is _converted}
    made = convert_many([(files[key][0], kind.name) for key, kind in old.items()], out, limits)
    documents: dict[str, Document] = {}
    for (key, kind), file in zip(old.items(), made, strict=True):
        if isinstance(file, Path):
            with contextlib.suppress(FileRefused):
                documents[key] = _read_converted(file, kind, out, limits)
    return {key: document for key, document in documents.items() if document.medium == "word"}


def _kind_of(path: Path, limits: ReadLimits) -> Kind:
    if not path.is_file() or path.stat().st_size == 0:
        raise FileDamaged("parsers.empty_file")
    if path.stat().st_size > limits.file_bytes:
        raise FileOverLimit(limit=say("parsers.limit_file"), most=f"{limits.file_bytes // 1024**2} MB")
    return sniff(path, limits)


def _docx(path: Path, _kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.word.docx import read_docx
    from parsers.word.pictures import as_scan

    return as_scan(read_docx(path, ENGINE, limits), path, out, limits)


def _converted(path: Path, kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.word.office import convert

    return _read_converted(convert(path, kind.name, out, limits), kind, out, limits)


def _read_converted(made: Path, kind: Kind, out: Path, limits: ReadLimits) -> Document:
    if made.suffix == ".xlsx":
        return _sheet(made, kind, out, limits)
    return replace(_docx(made, kind, out, limits), media_type=kind.media_type)


def _sheet(path: Path, kind: Kind, _out: Path, limits: ReadLimits) -> Document:
    from parsers.word.sheet import read_sheet

    return read_sheet(path, kind.media_type, ENGINE, limits)


def _html(path: Path, kind: Kind, _out: Path, limits: ReadLimits) -> Document:
    from parsers.word.html import html_blocks, mhtml_blocks

    return _flowing(kind, (mhtml_blocks if kind.name == "mhtml" else html_blocks)(path.read_bytes(), limits))


def _text(path: Path, kind: Kind, _out: Path, limits: ReadLimits) -> Document:
    from parsers.word.text import text_blocks

    return _flowing(kind, text_blocks(path.read_bytes(), limits))


def _flowing(kind: Kind, blocks: tuple[Block, ...]) -> Document:
    return Document("word", kind.media_type, (Page(None, blocks),), ENGINE)


def _pdf(path: Path, _kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.scan.opening import open_pdf

    return replace(open_pdf(path, out, limits), engine=ENGINE)


def _image(path: Path, _kind: Kind, out: Path, limits: ReadLimits) -> Document:
    from parsers.scan.opening import open_image

    return replace(open_image(path, out, limits), engine=ENGINE)


_READERS: Final[dict[str, Callable[[Path, Kind, Path, ReadLimits], Document]]] = {
    "docx": _docx,
    "xlsx": _sheet,
    "html": _html,
    "mhtml": _html,
    "text": _text,
    "pdf": _pdf,
    "image": _image,
    **dict.fromkeys(("doc", "rtf", "odt", "flat", "xls", "xlsb", "ods"), _converted),
}
