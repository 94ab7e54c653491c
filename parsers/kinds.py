"""What a file is, told by its bytes: never by its name's ending or by what a mail declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import olefile

from errors import FileDamaged, FileEncrypted, FileUnsupported
from parsers.limits import ReadLimits
from parsers.word.package import open_package
from parsers.word.text import decoded_text
from texts import say


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` picks the reader (`docx`, `doc`, `pdf`, `image` …), `media_type` is what the content is."""

    name: str
    media_type: str


_OOXML: Final = "application/vnd.openxmlformats-officedocument"
DOCX: Final = Kind("docx", f"{_OOXML}.wordprocessingml.document")
XLSX: Final = Kind("xlsx", f"{_OOXML}.spreadsheetml.sheet")
DOC: Final = Kind("doc", "application/msword")
XLS: Final = Kind("xls", "application/vnd.ms-excel")
HTML: Final = Kind("html", "text/html")
TEXT: Final = Kind("text", "text/plain")
PDF: Final = Kind("pdf", "application/pdf")
FLAT: Final = Kind("flat", "application/xml")

# First bytes → what we read.
_MAGIC: Final = (
    (b"{\\rtf", Kind("rtf", "application/rtf")),
    (b"\xff\xd8\xff", Kind("image", "image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", Kind("image", "image/png")),
    (b"II*\x00", Kind("image", "image/tiff")),
    (b"MM\x00*", Kind("image", "image/tiff")),
    (b"II+\x00", Kind("image", "image/tiff")),
    (b"MM\x00+", Kind("image", "image/tiff")),
    (b"GIF8", Kind("image", "image/gif")),
)
# First bytes → what we know and do not read; the keys of their names in the texts.
_STRANGERS: Final = (
    (b"7z\xbc\xaf\x27\x1c", "kind_archive"),
    (b"Rar!\x1a\x07", "kind_archive"),
    (b"\x1f\x8b", "kind_archive"),
    (b"BZh", "kind_archive"),
    (b"\xfd7zXZ\x00", "kind_archive"),
    (b"MSCF", "kind_archive"),
    (b"MZ", "kind_program"),
    (b"\x7fELF", "kind_program"),
    (b"ID3", "kind_media"),
    (b"\x1aE\xdf\xa3", "kind_media"),
    (b"\x00\x00\x01\xba", "kind_media"),
    (b"AC10", "kind_drawing"),
    (b"8BPS", "kind_drawing"),
    (b"\xd7\xcd\xc6\x9a", "kind_drawing"),
    (b"%!PS", "kind_drawing"),
    (b"HWP Document File", "kind_hwp"),
    (b"\x01\xfe", "kind_works"),
    (b"CAJ", "kind_caj"),
    (b"KDH", "kind_caj"),
    (b"TAJ", "kind_caj"),
    (b"AT&TFORM", "kind_djvu"),
    (b"\x78\x9f\x3e\x22", "kind_tnef"),
)
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
# Streams of a compound file → what it is.
_OLE_STREAMS: Final = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", "kind_slides"),
    ("MatOST", "kind_works"),
    ("MM", "kind_works"),
    ("CONTENTS", "kind_works"),
    ("HwpSummaryInformation", "kind_hwp"),
    ("VisioDocument", "kind_drawing"),
    ("__properties_version1.0", "kind_mail"),
    ("Quill", "kind_publisher"),
)
# Main part of a zip package → what it is.
_PACKAGES: Final = (
    ("wordprocessingml", DOCX),
    ("ms-word", DOCX),
    ("sheet.binary", Kind("xlsb", "application/vnd.ms-excel.sheet.binary.macroEnabled.12")),
    ("spreadsheetml", XLSX),
    ("ms-excel", XLSX),
    ("presentationml", "kind_slides"),
    ("ms-powerpoint", "kind_slides"),
)
_OPEN_DOCUMENT: Final = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_HTML_SIGN: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p|span|br|font|o:p|style)[\s>/]", re.I)
_MHTML_SIGN: Final = re.compile(rb"^(?:mime-version|from|content-type|message-id|date|subject):", re.I)


def sniff(path: Path, limits: ReadLimits) -> Kind:
    """What the file at `path` is.

    Raises FileUnsupported with the name of a kind that is not read, FileEncrypted for a locked Office file, FileDamaged for
    an empty file or a broken container.
    """
    with path.open("rb") as stream:
        head = stream.read(64 * 1024)
    if not head.strip(b"\x00 \r\n\t"):
        raise FileDamaged("parsers.empty_file")
    if head[:2] == b"PK":
        return _zip_kind(path, limits)
    if head[:8] == olefile.MAGIC:
        return _ole_kind(path)
    if b"%PDF-" in head[:1024]:
        return PDF
    return _kind_of_bytes(head)


def _kind_of_bytes(head: bytes) -> Kind:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _MAGIC:
        if head.startswith(magic) or start.startswith(magic):
            return kind
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return Kind("image", "image/bmp")
    if head[:4] == b"RIFF":
        return Kind("image", "image/webp") if head[8:12] == b"WEBP" else _refuse("kind_media")
    if head[4:8] == b"ftyp":
        return Kind("image", "image/heic") if head[8:12] in _HEIF_BRANDS else _refuse("kind_media")
    stranger = next((key for magic, key in _STRANGERS if head.startswith(magic)), None)
    return _refuse(stranger) if stranger else _textual(head, start)


def _textual(head: bytes, start: bytes) -> Kind:
    """Text of some sort: flat Word XML, a web archive, HTML, plain."""
    text = decoded_text(head)
    if text is None or "\x00" in text or sum(c < " " and c not in "\t\r\n\f" for c in text) > len(text) // 100:
        return _refuse("kind_unknown")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = text.encode("utf-8")
    if b"http://schemas.microsoft.com/office/word/2003/wordml" in start or b"http://schemas.microsoft.com/office/2006/xmlPackage" in start:
        return FLAT
    if _MHTML_SIGN.match(start) and re.search(rb"^content-type:\s*(?:multipart/related|text/html)", start, re.I | re.M):
        return Kind("mhtml", "multipart/related")
    if start[:5] == b"<?xml" and not re.search(rb"<html[\s>]", start, re.I):
        return _refuse("kind_xml")
    return HTML if start[:1] == b"<" and _HTML_SIGN.search(start[:4096]) else TEXT


def _zip_kind(path: Path, limits: ReadLimits) -> Kind:
    package = open_package(path, limits)
    if package.has("mimetype"):
        declared = package.read("mimetype").decode("ascii", "replace").strip()
        if declared in _OPEN_DOCUMENT:
            return Kind(_OPEN_DOCUMENT[declared], declared)
    if package.has("OFD.xml"):
        return _refuse("kind_ofd")
    main = package.main()
    declared = package.media_type(main)
    kind = next((kind for sign, kind in _PACKAGES if sign in declared), None)
    if kind is None and package.has("word/document.xml"):
        kind = DOCX
    if kind is None:
        kind = "kind_slides" if main.startswith("ppt/") else "kind_archive"
    return _refuse(kind) if isinstance(kind, str) else kind


def _ole_kind(path: Path) -> Kind:
    try:
        with olefile.OleFileIO(path) as ole:
            names = {entry[0].strip("\x00-\x1f\x05").lower() for entry in ole.listdir(storages=True)}
            kind = next((kind for name, kind in _OLE_STREAMS if name.lower() in names), "kind_unknown")
            if kind is DOC and _word_is_locked(ole):
                raise FileEncrypted
    except (OSError, ValueError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as fault:
        raise FileDamaged from fault
    if kind == "encrypted":
        raise FileEncrypted
    return _refuse(kind) if isinstance(kind, str) else kind


def _word_is_locked(ole: olefile.OleFileIO) -> bool:
    """fEncrypted of the file information block, [MS-DOC] 2.5.1: bit 8 of the flags at offset 10."""
    head = ole.openstream("WordDocument").read(12)
    return len(head) == 12 and bool(head[11] & 0x01)


def _refuse(key: str) -> Kind:
    raise FileUnsupported(kind=say(f"parsers.{key}"))
