"""What a file is, told from its bytes alone, never from its name or declared type."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from intake.ole import MAGIC as OLE
from intake.ole import Compound, compound
from intake.words import decode

HEAD = 64 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OUTLOOK = "application/vnd.ms-outlook"
LOCKED_OFFICE = "application/x-encrypted-office"
LOCKED_DOC = "application/x-encrypted-msword"
LOCKED_XLS = "application/x-encrypted-excel"
TNEF = "application/ms-tnef"
MAIL = "message/rfc822"
MAILBOX = "application/mbox"
FOXMAIL = b"\x10" * 7 + b"\x11" * 6 + b"S"  # before every message of a Foxmail .box
BINARY = "application/octet-stream"
EMPTY = "application/x-empty"

# (offset, bytes, media type): the first that fits.
MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\x78\x9f\x3e\x22", TNEF),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (2, b"-lh", "application/x-lzh"),
    (0, b"\x60\xea", "application/x-arj"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"AC10", "image/vnd.dwg"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"OggS", "application/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"HWP Document File", "application/x-hwp"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (0, b"%CAJ", "application/x-caj"),
    (0, b"HN\x00\x00", "application/x-caj"),
    (0, b"\x01\xfe", "application/vnd.ms-works"),
    (0, b"\xdb\xa5\x2d\x00", "application/msword"),
    (0, b"\x31\xbe\x00\x00", "application/x-mswrite"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
)  # fmt: skip
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
BRANDS = dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"), "image/heic") | {b"avif": "image/avif"}
OOXML = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX), ("visio/", "application/vnd.visio"))
OLE_STREAMS = (
    ("EncryptedPackage", LOCKED_OFFICE),
    ("__properties_version1.0", OUTLOOK),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("VisioDocument", "application/vnd.visio"),
    ("MatOST", "application/vnd.ms-works"),
    ("SPELLING", "application/vnd.ms-works"),
    ("CONTENTS", "application/vnd.ms-works"),
    ("HwpSummaryInformation", "application/x-hwp"),
    ("\x05HwpSummaryInformation", "application/x-hwp"),
    ("Catalog", "application/x-thumbs-db"),
)
_PDF = re.compile(rb"%PDF-\d")
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|table|div|p|span)\b", re.IGNORECASE | re.DOTALL)
_MAIL_HEADER = re.compile(
    rb"^(From|Received|Date|Subject|Message-ID|To|Return-Path|Delivered-To|MIME-Version|Reply-To|Cc|X-Mailer|Content-Type|Sender)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_ANY_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")


def sniff(path: Path) -> str:
    """The media type of the file at `path`; `application/octet-stream` for bytes that tell nothing. Raises OSError only."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return EMPTY
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")):
        return _zip_kind(path)
    if head.startswith(OLE):
        return _ole_kind(path)
    return _by_magic(head) or _text_kind(head)


def _by_magic(head: bytes) -> str | None:
    for offset, magic, kind in MAGIC:
        if head.startswith(magic, offset):
            return kind
    if head.startswith(b"RIFF"):
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(b"BM") and len(head) > 26 and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return "image/bmp"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3"):
        return "audio/mpeg"
    return "application/pdf" if _PDF.search(head[:1100]) else None


def looks_like_mail(head: bytes) -> bool:
    """Whether `head` begins like an RFC 5322 message: header lines from the first byte on, at least two of the usual ones
    (one after mbox's `From ` line)."""
    head = head.lstrip(b"\r\n \t\xef\xbb\xbf")
    enough = 2
    if re.match(rb">?From [^\r\n]*\d:\d\d", head):
        head, enough = head.partition(b"\n")[2], 1
    if not _ANY_HEADER.match(head):
        return False
    top = re.split(rb"\r?\n\r?\n|\r\r", head, maxsplit=1)[0]
    return len({name.lower() for name in _MAIL_HEADER.findall(top)}) >= enough


def _text_kind(head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not wide:
        return BINARY
    if not wide and sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head) > len(head) // 200:
        return BINARY
    if head.startswith(FOXMAIL) or (head.startswith(b"From ") and looks_like_mail(head)):
        return MAILBOX
    if looks_like_mail(head):
        return MAIL
    text = decode(head[: len(head) // 2 * 2] if wide else head)
    if text.count("\ufffd") > max(3, len(text) // 20):
        return BINARY
    if _HTML.match(text):
        return "text/html"
    if text.lstrip().startswith("<?xml"):
        return _xml_kind(text)
    return "text/plain"


def _xml_kind(text: str) -> str:
    if "schemas.microsoft.com/office/word" in text or "opendocument" in text or "xmlPackage" in text:
        return "application/vnd.ms-word.xml"
    return "text/html" if "<html" in text[:2000].lower() else "application/xml"


def _zip_kind(path: Path) -> str:
    from intake.trouble import TROUBLE  # here, since it loads every archive library: taking in looks at first bytes alone

    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip() or "application/zip"
    except TROUBLE:
        return "application/zip"
    if "OFD.xml" in names:
        return "application/ofd"
    if "[Content_Types].xml" in names:
        return next((kind for prefix, kind in OOXML if any(name.startswith(prefix) for name in names)), "application/zip")
    return "application/zip"


def _ole_kind(path: Path) -> str:
    from intake.trouble import TROUBLE  # as above

    try:
        with compound(path) as ole:
            streams = {name[0] for name in ole.names()}
            kind = next((kind for name, kind in OLE_STREAMS if name in streams), "application/x-ole-storage")
            if kind == "application/msword" and _word_is_locked(ole):
                return LOCKED_DOC
            if kind == "application/vnd.ms-excel" and _sheet_is_locked(ole, streams):
                return LOCKED_XLS
    except TROUBLE:
        return "application/x-ole-storage"
    return kind


def _word_is_locked(ole: Compound) -> bool:
    """[MS-DOC] 2.5.2 FibBase: bit fEncrypted (0x0100) of the flags at byte 10."""
    head = ole.read(("WordDocument",), 12)
    return len(head) == 12 and bool(int.from_bytes(head[10:12], "little") & 0x0100)


def _sheet_is_locked(ole: Compound, streams: set[str]) -> bool:
    """[MS-XLS] 2.4.117: a FilePass record (0x002F) among the first ones."""
    data = ole.read(("Workbook" if "Workbook" in streams else "Book",), 4096)
    at = 0
    for _ in range(12):
        record, size = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if record == 0x002F:
            return True
        at += 4 + size
    return False
