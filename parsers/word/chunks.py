"""Documents within a Word document (altChunk): HTML, text, RTF, or another Word file whose content is shown in place."""

from __future__ import annotations

import tempfile
from pathlib import Path

from errors import FileRefused
from parsers.limits import ReadLimits
from parsers.word.html import html_blocks, mhtml_blocks
from parsers.word.text import text_blocks
from parsers.word.walk import Block
from texts import say


def chunk_blocks(content_type: str, data: bytes, limits: ReadLimits, nested: int, notes: list[str]) -> tuple[Block, ...]:
    """What an altChunk of this declared type shows; what it is goes by its bytes first.

    A chunk that cannot be read is left out and said so in `notes`: the document around it is still good.
    """
    try:
        if data[:2] == b"PK":
            return _word(data, limits, nested, notes)
        if data.lstrip()[:5] == b"{\\rtf":
            return _word(_as_word(data, limits), limits, nested, notes)
        if "rfc822" in content_type or data.lstrip()[:13].lower() == b"mime-version:":
            return mhtml_blocks(data, limits)
        return text_blocks(data, limits) if "text/plain" in content_type else html_blocks(data, limits)
    except FileRefused as refusal:
        notes.append(say("parsers.chunk_lost", why=str(refusal)))
        return ()


def _as_word(data: bytes, limits: ReadLimits) -> bytes:
    """The .docx that LibreOffice makes of RTF. Raises ConverterFailed."""
    from parsers.word.office import convert

    with tempfile.TemporaryDirectory() as name:
        source = Path(name, "chunk.rtf")
        source.write_bytes(data)
        return convert(source, "rtf", Path(name), limits).read_bytes()


def _word(data: bytes, limits: ReadLimits, nested: int, notes: list[str]) -> tuple[Block, ...]:
    # The two rooms are one: a chunk is a document, and a document has chunks.
    from parsers.word.docx import read_body
    from parsers.word.package import open_package

    body = read_body(open_package(data, limits), limits, nested)
    notes.extend(body.notes)
    return body.blocks
