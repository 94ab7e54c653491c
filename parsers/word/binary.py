"""One repair of the Word binary format before LibreOffice sees it ([MS-DOC] 2.5, 2.8 and 2.9).

Word ends its main text with a paragraph mark. LibreOffice writes none behind a table that ends the document, and then does
not find the table when it reads its own file: all cells run into one paragraph (seen with 7.4). `close_text` adds the mark.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import olefile  # type: ignore[import-untyped]

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
    entries_at = 4 * (runs + 1)
    entries = page[entries_at : entries_at + _BX * runs]
    taken = [page[entries_at + _BX * run] * 2 for run in range(runs)]
    free_until = min([offset for offset in taken if offset], default=_PAGE - 1)
    if struct.unpack_from("<I", page, 4 * runs)[0] != start or entries_at + 4 + _BX * (runs + 1) > free_until:
        return False
    page[entries_at : entries_at + 4 + _BX * (runs + 1)] = struct.pack("<I", end) + entries + bytes(_BX)
    page[_PAGE - 1] = runs + 1
    document.word[page_at : page_at + _PAGE] = page
    struct.pack_into("<I", document.table, at + 4 * pages, end)
    return True
