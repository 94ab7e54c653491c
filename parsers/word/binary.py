"""One repair of the Word binary format before LibreOffice sees it ([MS-DOC] 2.5, 2.8 and 2.9).

Word ends its main text with a paragraph mark. LibreOffice writes none behind a table that ends the document, and then does
not find the table when it reads its own file: all cells run into one paragraph (seen with 7.4). `close_text` adds the mark.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import olefile

_FIB_BASE: Final = 32
_FLAG_TABLE: Final = 0x0200
_CCP_TEXT: Final = 3
_CLX: Final = 33
_PAPX: Final = 13
_PARAGRAPH: Final = 0x0D
_COMPRESSED: Final = 0x4000_0000
_PAGE: Final = 512
_BX: Final = 13


@dataclass(slots=True)
class _Binary:
    """The two streams of a .doc while they are changed, and where their lengths and tables stand (byte offsets)."""

    word: bytearray
    table: bytearray
    table_name: str
    counts_at: int
    pairs_at: int

    def pair(self, index: int) -> tuple[int, int]:
        """Offset and length of a table of FibRgFcLcb97 within the table stream."""
        at, length = struct.unpack_from("<II", self.word, self.pairs_at + 8 * index)
        return int(at), int(length)

    def counts(self) -> tuple[int, ...]:
        """FibRgLw97's lengths: the main text's, then those of notes, headers, comments, text boxes, in characters."""
        return struct.unpack_from("<11i", self.word, self.counts_at)


def close_text(path: Path) -> bool:
    """End the main text of the .doc at `path` with a paragraph mark, in place; whether that was needed and done.

    Leaves alone what it does not know for sure: text in several pieces, notes or text boxes behind the main text, no room.
    """
    try:
        with olefile.OleFileIO(path, write_mode=True) as ole:
            document = _opened(ole)
            if not _closed(document):
                return False
            ole.write_stream("WordDocument", bytes(document.word))
            ole.write_stream(document.table_name, bytes(document.table))
    except (OSError, ValueError, IndexError, TypeError, AttributeError, struct.error, OverflowError):
        return False
    return True


def _opened(ole: Any) -> _Binary:
    word = bytearray(ole.openstream("WordDocument").read())
    name = "1Table" if struct.unpack_from("<H", word, 10)[0] & _FLAG_TABLE else "0Table"
    counts_at = _FIB_BASE + 2 + struct.unpack_from("<H", word, _FIB_BASE)[0] * 2 + 2
    pairs_at = counts_at + struct.unpack_from("<H", word, counts_at - 2)[0] * 4 + 2
    return _Binary(word, bytearray(ole.openstream(name).read()), name, counts_at, pairs_at)


def _closed(document: _Binary) -> bool:
    """Add the mark to text, piece table and paragraph properties; False, and nothing changed for good, where it does not fit."""
    counts, (clx_at, clx_length) = document.counts(), document.pair(_CLX)
    clx, length = bytes(document.table[clx_at : clx_at + clx_length]), counts[_CCP_TEXT]
    if not length or any(counts[_CCP_TEXT + 1 :]) or clx[:5] != b"\x02\x10\x00\x00\x00" or struct.unpack_from("<II", clx, 5) != (0, length):
        return False
    offset = struct.unpack_from("<I", clx, 15)[0]
    width = 1 if offset & _COMPRESSED else 2
    end = ((offset & ~_COMPRESSED) // 2 if width == 1 else offset) + length * width
    mark = _PARAGRAPH.to_bytes(width, "little")
    if document.word[end - width : end] == mark or end % _PAGE == 0 or any(document.word[end : end + width]):
        return False
    if not _add_plain_paragraph(document, end, end + width):
        return False
    document.word[end : end + width] = mark
    struct.pack_into("<i", document.word, document.counts_at + 4 * _CCP_TEXT, length + 1)
    struct.pack_into("<I", document.table, clx_at + 9, length + 1)
    return True


def _add_plain_paragraph(document: _Binary, start: int, end: int) -> bool:
    """Let the last page of paragraph properties say that the bytes from `start` to `end` are a paragraph of no properties."""
    at, length = document.pair(_PAPX)
    pages = (length - 4) // 8
    page_at = (struct.unpack_from("<I", document.table, at + 4 * (pages + 1) + 4 * (pages - 1))[0] & 0x3F_FFFF) * _PAGE
    page = document.word[page_at : page_at + _PAGE]
    runs = page[_PAGE - 1]
    if struct.unpack_from("<I", page, 4 * runs)[0] != start:
        return False
    entries_at = 4 * (runs + 1)
    if entries_at + 4 + _BX * (runs + 1) > _free_until(page, runs):
        _shorten(page, runs)
    if entries_at + 4 + _BX * (runs + 1) > _free_until(page, runs):
        return False
    entries = page[entries_at : entries_at + _BX * runs]
    page[entries_at : entries_at + 4 + _BX * (runs + 1)] = struct.pack("<I", end) + entries + bytes(_BX)
    page[_PAGE - 1] = runs + 1
    document.word[page_at : page_at + _PAGE] = page
    struct.pack_into("<I", document.table, at + 4 * pages, end)
    return True


def _free_until(page: bytearray, runs: int) -> int:
    """Where the properties begin on a page of them; the room between them and the entries is free."""
    offsets = (page[4 * (runs + 1) + _BX * run] * 2 for run in range(runs))
    return min((offset for offset in offsets if offset), default=_PAGE - 1)


def _shorten(page: bytearray, runs: int) -> None:
    """Make room on a full page: of all properties on it, keep only what makes a table (2.6.2 and 2.6.3)."""
    places = [4 * (runs + 1) + _BX * run for run in range(runs)]
    written = {offset: _only_table(page, offset) for offset in {page[place] * 2 for place in places} if offset}
    page[_free_until(page, runs) : _PAGE - 1] = bytes(_PAGE - 1 - _free_until(page, runs))
    end, moved = _PAGE - 2, {0: 0}
    for offset, properties in written.items():
        end -= len(properties)
        page[end : end + len(properties)] = properties
        moved[offset] = end
    for place in places:
        page[place] = moved[page[place] * 2] // 2


def _only_table(page: bytearray, at: int) -> bytes:
    """The properties at `at` (PapxInFkp, 2.9.175) without what makes no table, of even length."""
    head, size = (at + 2, page[at + 1] * 2) if page[at] == 0 else (at + 1, page[at] * 2 - 1)
    kept = bytes(page[head : head + 2]) + b"".join(_table_sprms(bytes(page[head + 2 : head + size])))
    return bytes([(len(kept) + 1) // 2] if len(kept) % 2 else [0, len(kept) // 2]) + kept


_TABLE_SPRMS: Final = frozenset({0x2416, 0x2417, 0x244B, 0x244C, 0x6646, 0x6649, 0x664A, 0xD608})
_SPRM_SIZES: Final = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of an operand by the three highest bits of its sprm; 0 where the operand says so itself."""


def _table_sprms(grpprl: bytes) -> Iterator[bytes]:
    """The sprms of a list that put a paragraph into a table; what stands behind an unknown length is left out."""
    at = 0
    while at + 3 <= len(grpprl):
        sprm = struct.unpack_from("<H", grpprl, at)[0]
        size = _SPRM_SIZES[sprm >> 13]
        if size == 0:
            size = struct.unpack_from("<H", grpprl, at + 2)[0] + 1 if sprm == 0xD608 else grpprl[at + 2] + 1
        if sprm in _TABLE_SPRMS:
            yield grpprl[at : at + 2 + size]
        at += 2 + size


def has_table(path: Path) -> bool:
    """Whether the main text of the .doc at `path` holds cell marks. False for what cannot be told."""
    try:
        with olefile.OleFileIO(path) as ole:
            document = _opened(ole)
    except (OSError, ValueError, IndexError, TypeError, AttributeError, struct.error, OverflowError):
        return False
    at, length = document.pair(_CLX)
    clx = bytes(document.table[at : at + length])
    if clx[:5] != b"\x02\x10\x00\x00\x00" or len(clx) < 21:
        return False
    offset = struct.unpack_from("<I", clx, 15)[0]
    if offset & _COMPRESSED:
        return b"\x07" in document.word[(offset & ~_COMPRESSED) // 2 :][: document.counts()[_CCP_TEXT]]
    text = bytes(document.word[offset : offset + 2 * document.counts()[_CCP_TEXT]])
    return "\x07" in text.decode("utf-16-le", "replace")
