"""Word files made in code: raw WordprocessingML, zipped, so that a test says exactly what Word or WPS would have stored."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from parsers.document import Document, Paragraph, Table
from parsers.limits import ReadLimits
from parsers.word.docx import read_docx

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
NAMES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/officeDocument" Target="word/document.xml"/>'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

Part = tuple[str, str, str | bytes]
"""Relationship kind, content type, content of a part beside the body."""


def zipped(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx(body: str, *parts: Part, main_type: str = f"{WORD}.document.main+xml", relations: str = "") -> bytes:
    """A .docx whose body is `body`; each of `parts` is related as `rId1`, `rId2` …; `relations` are further Relationship elements."""
    names = [f"word/{kind}{n}.xml" for n, (kind, _, _) in enumerate(parts, 1)]
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{part[1]}"/>' for name, part in zip(names, parts, strict=True))
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONSHIPS}/{part[0]}" Target="/{name}"/>'
        for n, (name, part) in enumerate(zip(names, parts, strict=True), 1)
    )
    types = f'<Override PartName="/word/document.xml" ContentType="{main_type}"/>{overrides}'
    listed = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return zipped(
        {
            "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{types}</Types>',
            "_rels/.rels": f"{HEAD}{listed}{MAIN}</Relationships>",
            "word/document.xml": f"{HEAD}<w:document {NAMES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": f"{HEAD}{listed}{related}{relations}</Relationships>",
            **{name: part[2] for name, part in zip(names, parts, strict=True)},
        }
    )


def styles(inner: str) -> Part:
    """A styles part."""
    return "styles", f"{WORD}.styles+xml", f"{HEAD}<w:styles {NAMES}>{inner}</w:styles>"


def numbering(inner: str) -> Part:
    """A numbering part."""
    return "numbering", f"{WORD}.numbering+xml", f"{HEAD}<w:numbering {NAMES}>{inner}</w:numbering>"


def footnotes(inner: str) -> Part:
    """A footnotes part."""
    return "footnotes", f"{WORD}.footnotes+xml", f"{HEAD}<w:footnotes {NAMES}>{inner}</w:footnotes>"


def run(text: str, look: str = "") -> str:
    """A run of `text`, its `w:rPr` holding `look`."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(inner: str, properties: str = "") -> str:
    """A paragraph: `inner` is XML when it starts with `<`, else text."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner if inner.startswith('<') else run(inner)}</w:p>"


def cell(inner: str, properties: str = "") -> str:
    """A table cell: `inner` is block XML when it starts with `<`, else text."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner if inner.startswith('<') else para(inner)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A table row."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def read(data: bytes, limits: ReadLimits | None = None) -> Document:
    """The document that the reader makes of a .docx's bytes."""
    return read_docx(data, "test", limits or ReadLimits())


def blocks(data: bytes) -> tuple[Paragraph | Table, ...]:
    """The blocks of its one page."""
    (page,) = read(data).pages
    return page.blocks


def texts(data: bytes) -> list[str]:
    """The texts of its blocks."""
    return [block.text for block in blocks(data)]


def grid(found: Paragraph | Table) -> dict[tuple[int, int, int, int], str]:
    """A table's cells: (row, column, rows, columns) → text."""
    assert isinstance(found, Table)
    return {(c.row, c.column, c.row_span, c.column_span): c.text for c in found.cells}


def saved(data: bytes, folder: Path, name: str = "文件") -> Path:
    """The bytes as a file whose name says nothing."""
    path = folder / name
    path.write_bytes(data)
    return path
