"""HTML (a mail's body, a web page under a Word name, an altChunk) and MHTML → blocks. Nothing it links to is fetched."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Final

from lxml import etree
from lxml import html as lxml_html

from errors import FileDamaged, FileOverLimit
from parsers.document import Cell, Paragraph, Table
from parsers.limits import ReadLimits
from parsers.word.grid import MOST_SPAN
from parsers.word.names import Element, number
from parsers.word.text import decoded_text
from parsers.word.walk import Block, Piece, lines_of
from texts import say

_UNSEEN: Final = frozenset(
    {"head", "script", "style", "template", "noscript", "title", "meta", "link", "object", "iframe", "select", "textarea"}
)
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "ul",
        "caption",
        "figcaption",
    ]
)
_BOLD: Final = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})
_STRUCK: Final = frozenset({"s", "strike", "del"})
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w\-]+)", re.I)
MOST_DEPTH: Final = 256
"""Elements within each other, as libxml2 allows; beyond that it would leave text out without a word."""


def html_blocks(data: bytes | str, limits: ReadLimits) -> tuple[Block, ...]:
    """What the page shows: paragraphs and tables in order.

    Raises FileDamaged when no text encoding fits, FileOverLimit when there is too much of it.
    """
    text = data if isinstance(data, str) else _decoded(data)
    if len(text) > limits.characters:
        raise FileOverLimit(limit=say("parsers.limit_characters"), most=f"{limits.characters // 10000} 万")
    if not text.strip():
        return ()
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return ()
    except (etree.LxmlError, ValueError, AssertionError) as fault:
        raise FileDamaged from fault
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise FileOverLimit(limit=say("parsers.limit_depth"), most=say("parsers.most_levels", count=MOST_DEPTH))
    return _Page(limits).blocks(root)


def mhtml_blocks(data: bytes, limits: ReadLimits) -> tuple[Block, ...]:
    """What a web archive (Word's 单个文件网页) shows: its first HTML part. Raises FileDamaged when it has none."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                text = decoded_text(payload, part.get_content_charset())
                return html_blocks(payload if text is None else text, limits)
    raise FileDamaged


def _decoded(data: bytes) -> str:
    match = _CHARSET.search(data[:4096])
    declared = match[1].decode("ascii", "ignore").lower() if match else None
    text = decoded_text(data, "gb18030" if declared in ("gb2312", "gbk") else declared)
    if text is None:
        raise FileDamaged
    return text


class _Page:
    """One page while it is read: the pieces of the paragraph that is being gathered, the blocks before it."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._cells = 0
        self._found: list[Block] = []
        self._pieces: list[Piece] = []

    def blocks(self, root: Element) -> tuple[Block, ...]:
        outer, self._found = self._found, []
        pieces, self._pieces = self._pieces, []
        self._walk(root, (False, False, False))
        self._end(None)
        found, self._found, self._pieces = self._found, outer, pieces
        return tuple(found)

    def _walk(self, element: Element, look: tuple[bool, bool, bool]) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _UNSEEN or not tag or _hidden(element):
            return
        if tag == "table":
            self._end(None)
            self._found += self._table(element)
            return
        if tag == "br":
            self._pieces.append(("\n", look))
        if tag == "input":
            self._input(element, look)
        heading = int(tag[1]) if re.fullmatch("h[1-6]", tag) else None
        look = _looked(element, tag, look)
        if tag in _BLOCKS:
            self._end(None)
        self._text(element.text, look)
        for child in element:
            self._walk(child, look)
            self._text(child.tail, look)
        if tag in _BLOCKS:
            self._end(heading)

    def _text(self, text: str | None, look: tuple[bool, bool, bool]) -> None:
        written = re.sub(r"[ \t\r\n\f]+", " ", text or "")
        if written.startswith(" ") and (not self._pieces or self._pieces[-1][0][-1] in " \n"):
            written = written[1:]
        if written:
            self._pieces.append((written.replace("\xa0", " "), look))

    def _input(self, element: Element, look: tuple[bool, bool, bool]) -> None:
        kind = (element.get("type") or "text").lower()
        if kind in ("checkbox", "radio"):
            self._pieces.append(("☑" if element.get("checked") is not None else "☐", look))
        elif kind == "text" and element.get("value"):
            self._pieces.append((element.get("value"), look))

    def _end(self, heading: int | None) -> None:
        """Close the paragraph that is being gathered; blanks at its end and a paragraph of blanks are left out."""
        lines = lines_of(self._pieces)
        self._pieces = []
        if any(line.text.strip() for line in lines):
            self._found.append(Paragraph(lines, heading))

    def _table(self, table: Element) -> list[Block]:
        taken: set[tuple[int, int]] = set()
        cells: list[Cell] = []
        rows = list(_rows(table))
        for row, element in enumerate(rows):
            column = 0
            for cell in element.iterchildren("td", "th"):
                while (row, column) in taken:
                    column += 1
                spot = _spot(cell, row, column, len(rows), taken)
                self._count(len(spot))
                taken |= spot
                down, across = max(r for r, _ in spot) - row + 1, max(c for _, c in spot) - column + 1
                cells.append(Cell(row, column, down, across, self.blocks(cell)))
        caption = [block for c in table.iterchildren("caption") for block in self.blocks(c)]
        columns = max((c.column + c.column_span for c in cells), default=0)
        return [*caption, Table(len(rows), columns, tuple(cells))] if cells else caption

    def _count(self, positions: int) -> None:
        self._cells += positions
        if self._cells > self._limits.cells:
            raise FileOverLimit(limit=say("parsers.limit_cells"), most=f"{self._limits.cells // 10000} 万")


def _spot(cell: Element, row: int, column: int, rows: int, taken: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The grid positions of a cell: its spans as far as they are free and within the table."""
    across = min(max(number(cell.get("colspan"), 1), 1), MOST_SPAN)
    down = number(cell.get("rowspan"), 1)
    down = rows - row if down == 0 else min(max(down, 1), rows - row)
    while across > 1 and any((row, column + c) in taken for c in range(across)):
        across -= 1
    return {(row + r, column + c) for r in range(down) for c in range(across)}


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _hidden(element: Element) -> bool:
    style = (element.get("style") or "").lower().replace(" ", "")
    return element.get("hidden") is not None or "display:none" in style or "mso-hide:all" in style


def _looked(element: Element, tag: str, look: tuple[bool, bool, bool]) -> tuple[bool, bool, bool]:
    style = (element.get("style") or "").lower().replace(" ", "")
    return (
        look[0] or tag in _BOLD or "font-weight:bold" in style or "font-weight:700" in style,
        look[1] or tag in ("u", "ins") or "underline" in style,
        look[2] or tag in _STRUCK or "line-through" in style,
    )
