"""What becomes of a file that is no container, by what it is: tables, and the few rules that read them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from errors import FileDamaged, FileEncrypted, FileRefused, FileUnsupported
from intake import sniff
from texts import say

# Kinds a parser opens; the parser has the last word.
READABLE = {
    "application/pdf", sniff.DOCX, sniff.XLSX, "application/msword", "application/vnd.ms-excel", "application/rtf",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.ms-word.xml",
    "image/jpeg", "image/png", "image/tiff", "image/bmp", "image/gif", "image/heic", "image/webp", "image/avif", "text/plain", "text/html",
}  # fmt: skip
LOCKED = {sniff.LOCKED_OFFICE, sniff.LOCKED_DOC, sniff.LOCKED_XLS}
# Names that promise a kind: bytes of another kind under them were spoilt on the way.
_PICTURE = ("image/", "application/pdf")
_OFFICE = ("application/", "text/html")
PROMISES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif", "heic", "webp", "pdf"), _PICTURE),
    **dict.fromkeys(("docx", "xlsx"), _OFFICE),
    **dict.fromkeys(("zip", "rar", "7z", "gz", "tgz", "tar"), ("application/", "image/")),
    **dict.fromkeys(("doc", "wps", "rtf", "xls", "et"), ("application/", "text/", "image/")),
}
_JUNK: tuple[tuple[re.Pattern[str], int, str], ...] = (
    (re.compile(r"(^|/)__MACOSX(/|$)"), 1 << 40, "junk_mac"),
    (re.compile(r"(^|/)(\.DS_Store|\._[^/]*|\.localized)$"), 1 << 20, "junk_mac"),
    (re.compile(r"(^|/)(thumbs\.db|ehthumbs\.db|desktop\.ini)$", re.IGNORECASE), 1 << 40, "junk_windows"),
    (re.compile(r"(^|/)(~\$|\.~)[^/]+$"), 4096, "junk_lock"),
    (re.compile(r"(^|/)(smime\.p7s|[^/]*\.p7s|signature\.asc)$", re.IGNORECASE), 1 << 20, "junk_signature"),
)


def junk(path: str, size: int) -> str | None:
    """Why the file called `path` (of `size` bytes) is of no use to anyone, in Chinese; None for a real file."""
    return next((say(f"intake.{key}") for pattern, most, key in _JUNK if size <= most and pattern.search(path)), None)


def refusal(kind: str, path: str) -> FileRefused | None:
    """Why no parser should open a file of `kind` called `path`; None where one should."""
    suffix = PurePosixPath(path).suffix.lower().lstrip(".")
    if kind == sniff.EMPTY:
        return FileDamaged("intake.empty")
    if kind in LOCKED:
        return FileEncrypted()
    if suffix in PROMISES and (kind == sniff.BINARY or not kind.startswith(PROMISES[suffix])):
        return FileDamaged("intake.not_what_it_says", suffix=f".{suffix}", kind=name_of(kind, path))
    if kind in READABLE:
        return None
    return FileUnsupported(kind=name_of(kind, path))


def name_of(kind: str, path: str) -> str:
    """What a clerk calls a file of `kind` (the table `[kinds]` of the texts); one that has no name there, by the end of its path."""
    suffix = PurePosixPath(path).suffix
    told = suffix.lower().lstrip(".") in PROMISES
    if suffix and not told and kind == sniff.BINARY:
        return say("intake.kind_by_suffix", suffix=suffix)
    for key in (kind, kind.partition("/")[0]):
        try:
            return say(f"kinds.{key}")
        except KeyError:
            continue
    return say("intake.kind_by_suffix", suffix=suffix or kind)
