"""Outlook's .msg ([MS-OXMSG]) → a `Letter`, messages within it included.

The container is olefile's work (as in python-oxmsg); the few properties needed are read here, because eight-bit texts
must be decoded by what they are (a Chinese Outlook writes GBK under any code page) and attached messages have no bytes of their own.
"""

from __future__ import annotations

import email.encoders
import email.header
import email.mime.application
import email.mime.base
import email.mime.multipart
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from errors import FileDamaged
from intake.letter import CHINA, Letter, Piece, read_head
from intake.limits import UnpackLimits, over
from intake.ole import Compound, compound
from intake.trouble import guarded
from intake.words import clean, decode, file_name

_SUBJECT, _BODY, _HTML, _HEADERS, _CLASS = 0x0037, 0x1000, 0x1013, 0x007D, 0x001A
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP, _SENDER_ONBEHALF = 0x0C1A, 0x0C1F, 0x5D01, 0x5D02
_MESSAGE_ID, _IN_REPLY_TO = 0x1035, 0x1042
_DELIVERED, _SUBMITTED = 0x0E06, 0x0039
_DATA, _LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _MIME, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x3001, 0x370E, 0x3712
_CODEPAGES = (0x3FFD, 0x3FDE)
_LONG_PATH, _PATH = 0x370D, 0x3708
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_KEPT = {"subject", "from", "message-id", "in-reply-to", "date", "received"}
Where = tuple[str, ...]


def read_outlook(data: bytes, limits: UnpackLimits) -> Letter:
    """`data` taken apart. Raises FileDamaged when it is no message, FileOverLimit."""
    with guarded(limits.seconds), compound(data) as ole:
        names = ole.names()
        if not any(name[0].startswith("__properties_version1.0") for name in names):
            raise FileDamaged
        return _letter(ole, names, (), limits, 0)


def _letter(ole: Compound, names: list[Where], at: Where, limits: UnpackLimits, depth: int) -> Letter:
    if depth > limits.depth:
        raise over("limit_depth", limits.depth)
    pieces = [*_bodies(ole, at), *_attachments(ole, names, at, limits, depth)]
    return Letter(_headers(ole, at, limits), tuple(pieces))


def _headers(ole: Compound, at: Where, limits: UnpackLimits) -> tuple[tuple[str, str], ...]:
    """The transport headers where Outlook kept them, and after them what its own properties say."""
    known = read_head(_text(ole, at, _HEADERS).encode("utf-8", "replace"), limits).headers
    address = next((a for tag in (_SENDER_SMTP, _SENDER_ONBEHALF, _SENDER_ADDRESS) if "@" in (a := _text(ole, at, tag))), "")
    name = clean(_text(ole, at, _SENDER_NAME))
    moment = _moment(ole, at)
    own = {
        "subject": clean(_text(ole, at, _SUBJECT)),
        "from": f"{name} <{address}>" if address else name,
        "message-id": clean(_text(ole, at, _MESSAGE_ID)),
        "in-reply-to": clean(_text(ole, at, _IN_REPLY_TO)),
        "date": moment.strftime("%d %b %Y %H:%M:%S %z") if moment else "",
        "x-message-class": _text(ole, at, _CLASS),
    }
    # A subject in the properties is Unicode already; the one in the headers may be spoilt.
    first = tuple((key, own[key]) for key in ("subject",) if own[key])
    return first + known + tuple((key, value) for key, value in own.items() if value and key != "subject")


def _moment(ole: Compound, at: Where) -> datetime | None:
    """When it was delivered, else submitted, in China's time."""
    times = _times(ole.read((*at, "__properties_version1.0")), 24 if at else 32)
    ticks = times.get(_DELIVERED) or times.get(_SUBMITTED)
    try:
        return (_EPOCH + timedelta(microseconds=ticks // 10)).astimezone(CHINA) if ticks else None
    except OverflowError:
        return None


def _times(stream: bytes, start: int) -> dict[int, int]:
    """FILETIME properties by tag: 16 bytes each, type 0x0040."""
    found = {}
    for at in range(start, len(stream) - 15, 16):
        kind, tag = struct.unpack_from("<HH", stream, at)
        if kind == 0x0040:
            found[tag] = struct.unpack_from("<Q", stream, at + 8)[0]
    return found


def _bodies(ole: Compound, at: Where) -> Iterator[Piece]:
    text = _text(ole, at, _BODY)
    if text.strip():
        yield Piece("", "text/plain", text.encode("utf-8", "replace"), "utf-8", alternative=1)
    html = ole.read((*at, f"__substg1.0_{_HTML:04X}0102")) or _text(ole, at, _HTML).encode("utf-8", "replace")
    if html.strip():
        yield Piece("", "text/html", html, "", alternative=1)


def _attachments(ole: Compound, names: list[Where], at: Where, limits: UnpackLimits, depth: int) -> Iterator[Piece]:
    inside = [name for name in names if len(name) > len(at) and name[: len(at)] == at]
    folders = sorted({name[: len(at) + 1] for name in inside if name[len(at)].startswith("__attach_version1.0_#")})
    if len(folders) > limits.parts:
        raise over("limit_parts", limits.parts)
    for folder in folders:
        name = next((n for tag in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME) if (n := file_name(_text(ole, folder, tag)))), "")
        inner = (*folder, f"__substg1.0_{_DATA:04X}000D")
        if inner in names:
            yield _embedded(ole, names, inner, name, limits, depth)
            continue
        data = ole.read((*folder, f"__substg1.0_{_DATA:04X}0102"))
        link = "" if data else clean(_text(ole, folder, _LONG_PATH) or _text(ole, folder, _PATH))
        cid = clean(_text(ole, folder, _CONTENT_ID)).strip("<>")
        yield Piece(name, _text(ole, folder, _MIME) or "application/octet-stream", data, attached=True, cid=cid, link=link)


def _embedded(ole: Compound, names: list[Where], inner: Where, name: str, limits: UnpackLimits, depth: int) -> Piece:
    """A message within the message, written out as RFC 5322 bytes, so that it is a file like any other."""
    letter = _letter(ole, names, inner, limits, depth + 1)
    return Piece(f"{name.removesuffix('.msg') or clean(letter.get('subject'))[:80]}.eml", "message/rfc822", _written(letter), attached=True)


def _text(ole: Compound, at: Where, tag: int) -> str:
    """A text property: UTF-16 where it is stored so, else eight-bit in whatever it is."""
    wide = ole.read((*at, f"__substg1.0_{tag:04X}001F"))
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return decode(ole.read((*at, f"__substg1.0_{tag:04X}001E")).rstrip(b"\0"), _codepage(ole, at))


def _codepage(ole: Compound, at: Where) -> str:
    """What the message says its eight-bit texts are in: believed as far as the bytes agree."""
    top = next((at[: n + 1] for n in range(len(at) - 1, -1, -1) if at[n].endswith("000D")), ())
    stream = ole.read((*top, "__properties_version1.0"))
    for start in range(24 if top else 32, len(stream) - 15, 16):
        kind, tag = struct.unpack_from("<HH", stream, start)
        if kind == 0x0003 and tag in _CODEPAGES:
            return f"cp{struct.unpack_from('<L', stream, start + 8)[0]}"
    return ""


def _written(letter: Letter) -> bytes:
    """`letter` as RFC 5322 bytes, the same every time."""
    message = email.mime.multipart.MIMEMultipart("mixed", boundary="----=_attached_message")
    for name, value in letter.headers:
        if name in _KEPT and value:
            message[name] = email.header.Header(value, "utf-8").encode()
    for piece in letter.pieces:
        part: email.mime.base.MIMEBase
        if piece.name:
            part = email.mime.application.MIMEApplication(piece.data)
            part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", piece.name))
        else:
            part = email.mime.base.MIMEBase("text", piece.kind.partition("/")[2], charset=piece.charset or "utf-8")
            part.set_payload(piece.data)
            email.encoders.encode_base64(part)
        message.attach(part)
    return message.as_bytes()
