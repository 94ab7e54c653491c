"""winmail.dat (TNEF, [MS-OXTNEF]): the attachments and the text that Outlook wraps up.

Read here and not by tnefparse, which loops on a 53-byte file, takes GBK names for UTF-8 and trims zeros off the end of attachments.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from errors import FileDamaged
from intake.spool import Entry, Spool
from intake.trouble import guarded
from intake.words import decode, file_name
from texts import say

_SIGNATURE = 0x223E9F78
_ATTACHMENT = 2  # level of an attribute that belongs to an attachment
_TITLE, _DATA, _RENDERING, _PROPERTIES, _BODY, _MESSAGE = 0x8010, 0x800F, 0x9002, 0x9005, 0x800C, 0x9003
_FIXED = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}  # MAPI type → bytes, padded to 4
_TEXT8, _TEXT16, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_LONG_NAME, _SHORT_NAME, _OBJECT_DATA, _PLAIN, _HTML = 0x3707, 0x3704, 0x3701, 0x1000, 0x1013


def tnef_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The files in the TNEF at `path`, and its text as `正文.txt` / `正文.html`. Raises FileDamaged, FileOverLimit."""
    data = path.read_bytes()
    with guarded(spool.budget.limits.seconds):
        found = list(_found(data))
    if not found:
        raise FileDamaged("intake.empty_archive")
    for name, content in found:
        spool.budget.one_more_file()
        yield Entry(name, spool.keep([content]))


def _found(data: bytes) -> Iterator[tuple[str, bytes]]:
    title, content, long_name = "", b"", ""
    inside = False
    for level, name, value in _attributes(data):
        if level != _ATTACHMENT:
            yield from _texts(name, value)
            continue
        if name == _RENDERING:
            if inside:
                yield _attachment(title, long_name, content)
            title, content, long_name, inside = "", b"", "", True
        elif name == _TITLE:
            title = decode(value.partition(b"\0")[0])
        elif name == _DATA:
            content = value
        elif name == _PROPERTIES:
            properties = dict(_properties(value))
            long_name = _text(properties.get(_LONG_NAME) or properties.get(_SHORT_NAME)) or long_name
            if not content and _OBJECT_DATA in properties:
                content = properties[_OBJECT_DATA][1][16:]
    if inside:
        yield _attachment(title, long_name, content)


def _attachment(title: str, long_name: str, content: bytes) -> tuple[str, bytes]:
    return file_name(long_name or title) or say("intake.unnamed"), content


def _texts(name: int, value: bytes) -> Iterator[tuple[str, bytes]]:
    if name == _BODY and value.strip(b"\0 \r\n"):
        yield "正文.txt", decode(value.rstrip(b"\0")).encode()
    if name == _MESSAGE:
        properties = dict(_properties(value))
        for tag, shown in ((_PLAIN, "正文.txt"), (_HTML, "正文.html")):
            text = _text(properties.get(tag))
            if text.strip():
                yield shown, text.encode("utf-8", "replace")


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, name, bytes) of each attribute; stops at the first that is cut short."""
    if len(data) < 6 or struct.unpack_from("<L", data)[0] != _SIGNATURE:
        raise FileDamaged
    at = 6
    while at + 9 <= len(data):
        level, name, _, size = struct.unpack_from("<BHHL", data, at)
        if at + 9 + size > len(data):
            return
        yield level, name, data[at + 9 : at + 9 + size]
        at += 9 + size + 2


def _text(value: tuple[int, bytes] | None) -> str:
    if value is None:
        return ""
    kind, data = value
    return data.decode("utf-16-le", "replace").rstrip("\0") if kind == _TEXT16 else decode(data.rstrip(b"\0"))


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """(tag, (type, bytes)) of each MAPI property; stops at the first that makes no sense. Each step reads on, so it always ends."""
    at = 4
    while at + 4 <= len(data):
        kind, tag = struct.unpack_from("<HH", data, at)
        at += 4
        if tag >= 0x8000:
            at = _skip_name(data, at)
        many, kind = bool(kind & 0x1000), kind & 0x0FFF
        if not many and kind in _FIXED:
            yield tag, (kind, data[at : at + _FIXED[kind]])
            at += _FIXED[kind]
            continue
        if at + 4 > len(data):
            return
        count = struct.unpack_from("<L", data, at)[0]
        at += 4
        if kind in _FIXED:
            at += count * max(_FIXED[kind], 2)
            continue
        if kind not in (_TEXT8, _TEXT16, _OBJECT, _BINARY):
            return
        for _ in range(min(count, (len(data) - at) // 4)):
            if at + 4 > len(data):
                return
            size = struct.unpack_from("<L", data, at)[0]
            yield tag, (kind, data[at + 4 : at + 4 + size])
            at += 4 + size + (-size % 4)


def _skip_name(data: bytes, at: int) -> int:
    """Past the name of a named property: a GUID, then a number or a text."""
    kind, size = struct.unpack_from("<LL", data, at + 16)
    return at + 24 + (size + (-size % 4) if kind else 0)
