"""Hand-built documents: the shortest way to say what stands where."""

from collections.abc import Iterable, Sequence

from parsers.document import Box, Cell, Document, Line, Page, Paragraph, Run, Table


def line(text: str | Sequence[Run], box: Box | None = None) -> Line:
    return Line((Run(text),) if isinstance(text, str) else tuple(text), box)


def paragraph(text: str | Sequence[Run], **look) -> Paragraph:
    if isinstance(text, str):
        return Paragraph(tuple(line(part) for part in text.split("\n")), **look)
    return Paragraph((line(text),), **look)


def cell(row: int, column: int, text: str | Sequence[Run] = "", rows: int = 1, columns: int = 1) -> Cell:
    return Cell(row, column, rows, columns, (paragraph(text),))


def table(rows: Iterable[Sequence[str]], **look) -> Table:
    """A plain grid: one string a cell."""
    listed = [list(row) for row in rows]
    width = max(len(row) for row in listed)
    cells = tuple(cell(r, c, text) for r, row in enumerate(listed) for c, text in enumerate(row))
    return Table(len(listed), width, cells, **look)


def document(*blocks: Paragraph | Table | str, medium="word") -> Document:
    made = tuple(paragraph(block) if isinstance(block, str) else block for block in blocks)
    return Document(medium, "x", (Page(None if medium == "word" else 1, made),), "test")


def pages(*each: Sequence[Paragraph | Table | str]) -> Document:
    """A scan of several pages."""
    made = [
        Page(n, tuple(paragraph(b) if isinstance(b, str) else b for b in blocks), 1000, 1400, tone="colour") for n, blocks in enumerate(each, 1)
    ]
    return Document("scan", "application/pdf", tuple(made), "test")
