"""Plain text, in whatever encoding a Chinese office writes it."""

from __future__ import annotations

import codecs
from typing import Final

from errors import FileOverLimit, FileUnsupported
from parsers.document import Line, Paragraph, Run
from parsers.limits import ReadLimits
from texts import say

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded_text(data: bytes, declared: str | None = None) -> str | None:
    """`data` as text: by its byte order mark, as UTF-8, as `declared`, as GB 18030; None when it is none of these.

    A file cut within its last character still counts.
    """
    mark = next(((bom, name) for bom, name in _MARKS if data.startswith(bom)), None)
    if mark is not None:
        return data[len(mark[0]) :].decode(mark[1] + ("-le" if mark[0][0] == 0xFF else "-be") if mark[1] != "utf-8" else "utf-8", "replace")
    for encoding in ("utf-8", declared, "gb18030"):
        text = _decoded(data, encoding) if encoding else None
        if text is not None:
            return text
    return None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data, final=False)
    except (UnicodeError, LookupError):
        return None


def text_blocks(data: bytes, limits: ReadLimits) -> tuple[Paragraph, ...]:
    """The paragraphs of a plain text: a line each, blank ones left out.

    Raises FileUnsupported when it is no text, FileOverLimit when there is too much of it.
    """
    text = decoded_text(data)
    if text is None:
        raise FileUnsupported(kind=say("parsers.kind_unknown"))
    if len(text) > limits.characters:
        raise FileOverLimit(limit=say("parsers.limit_characters"), most=f"{limits.characters // 10000} 万")
    return tuple(Paragraph((Line((Run(line.strip("\r")),)),)) for line in text.splitlines() if line.strip())
