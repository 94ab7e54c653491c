"""What a disposable process can be asked to do. Every task loads what it needs itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

WARM = (
    "pipeline.answers",
    "intake.opening",
    "intake.sevens",
    "intake.rars",
    "parsers.reading",
    "parsers.word.docx",
    "parsers.word.html",
    "parsers.word.sheet",
    "parsers.word.office",
    "parsers.scan.opening",
    "PIL.Image",
    "openpyxl",
    "pdfplumber",
)
"""What is dear to load: whatever of it one document needed is at hand for the next."""


def open_message(*, taken: dict[str, object], originals: str, words: list[str], limits: dict[str, Any], out: Path) -> bytes:
    """The `Message` as JSON; the bytes of its attachments lie in `out` under their hashes. Raises FileRefused."""
    from intake.limits import UnpackLimits
    from intake.opening import open_message as open_it
    from pipeline.answers import MESSAGE, TAKEN

    value = TAKEN.validate_python(taken)
    return MESSAGE.dump_json(open_it(value, Path(originals), out, UnpackLimits(**limits), words))


def read_document(*, path: str, name: str, limits: dict[str, Any], out: Path) -> bytes:
    """The `Document` as JSON; scanned pages lie in `out` as raw pixels. Raises FileRefused."""
    from parsers.limits import ReadLimits
    from parsers.reading import read_document as read_it
    from pipeline.answers import DOCUMENT

    return DOCUMENT.dump_json(read_it(Path(path), name, out, ReadLimits(**limits)))


def read_old_documents(*, files: dict[str, list[str]], limits: dict[str, Any], out: Path) -> bytes:
    """`Document`s as JSON, by the keys of `files` (key → path and name), of those that one start of LibreOffice converted."""
    from parsers.limits import ReadLimits
    from parsers.reading import read_old_documents as read_them
    from pipeline.answers import DOCUMENTS

    asked = {key: (Path(path), name) for key, (path, name) in files.items()}
    return DOCUMENTS.dump_json(read_them(asked, out, ReadLimits(**limits)))


TASKS: dict[str, Callable[..., bytes]] = {
    "open_message": open_message,
    "read_document": read_document,
    "read_old_documents": read_old_documents,
}
