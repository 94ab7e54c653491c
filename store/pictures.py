"""Which parts of a page's picture must stay covered: every sensitive value that was read there, and what stands beside its label."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from errors import NotFound
from extractors.labels import bare_key
from parsers.document import Box, Cell, Document, Ink, Line, Page, Paragraph, Seal, Table
from profiles.profile import Profile
from store.masking import Mask
from texts import say

_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What is known of a page's picture: `covers` hide sensitive values; `seals` and `ink` were found on it. All in fractions."""

    covers: tuple[Box, ...]
    seals: tuple[Seal, ...]
    ink: tuple[Ink, ...]


def page_marks(intake: sqlite3.Connection, private: sqlite3.Connection, sha256: str, number: int, mask: Mask, profile: Profile) -> PageMarks:
    """The marks of page `number` (1-based) of the file with these bytes.

    Covered is what was read as a sensitive value, every line that holds one, and the cell beside a sensitive field's label.
    Raises NotFound when nothing is known of the page: then nobody may see its picture.
    """
    rows = private.execute("SELECT body FROM document WHERE sha256 = ?", (sha256,)).fetchall()
    documents = (_DOCUMENT.validate_json(zlib.decompress(row["body"])) for row in rows)
    pages = [page for document in documents for page in document.pages if page.number == number]
    if not pages:
        raise NotFound(what=say("store.page"), key=str(number))
    labels = frozenset(
        bare_key(word) for form in profile.forms for rule in form.fields() if rule.sensitive for word in (rule.label, *rule.aliases)
    )
    told = replace(mask, known=mask.known | _known(private, intake, sha256))
    covers = {*_read_boxes(intake, sha256, number, mask), *(box for page in pages for box in _hiding(page, told, labels))}
    newest = pages[-1]
    return PageMarks(tuple(sorted(covers, key=lambda box: (box.y0, box.x0))), newest.seals, newest.ink)


_OF_FILE = "field JOIN file ON file.message = field.message AND file.path = field.file WHERE file.sha256 = ?"


def _read_boxes(intake: sqlite3.Connection, sha256: str, number: int, mask: Mask) -> Iterator[Box]:
    """The boxes of sensitive values that were read on the page, whatever project they belong to."""
    for row in intake.execute(f"SELECT form, field.field, x0, y0, x1, y1 FROM {_OF_FILE} AND page = ? AND x0 IS NOT NULL", (sha256, number)):  # noqa: S608
        if (row["form"], row["field"]) in mask.sensitive:
            yield Box(row["x0"], row["y0"], row["x1"], row["y1"])


def _known(private: sqlite3.Connection, intake: sqlite3.Connection, sha256: str) -> frozenset[str]:
    """The sensitive values of every message that brought the file."""
    found: set[str] = set()
    for row in intake.execute("SELECT DISTINCT message FROM file WHERE sha256 = ?", (sha256,)):
        for field in private.execute("SELECT value, raw FROM field WHERE message = ?", (row["message"],)):
            found |= {text for text in field if text}
    return frozenset(found)


def _hiding(page: Page, mask: Mask, labels: frozenset[str]) -> Iterator[Box]:
    for block in page.blocks:
        yield from _in_block(block, mask, labels)


def _in_block(block: Paragraph | Table, mask: Mask, labels: frozenset[str]) -> Iterator[Box]:
    if isinstance(block, Paragraph):
        yield from (line.box for line in block.lines if line.box and _tells(line, mask))
        return
    for cell in block.cells:
        if cell.box and mask.running(cell.text) != cell.text:
            yield from ([line.box for line in _lines(cell) if line.box and _tells(line, mask)] or [cell.box])
        elif bare_key(cell.text) in labels:
            yield from (right.box for right in block.cells if right.box and _is_right_of(right, cell))
        yield from (box for inner in cell.blocks if isinstance(inner, Table) for box in _in_block(inner, mask, labels))


def _tells(line: Line, mask: Mask) -> bool:
    return any(mask.running(text) != text for text in (line.text, *line.seconds))


def _lines(cell: Cell) -> Iterable[Line]:
    return (line for block in cell.blocks if isinstance(block, Paragraph) for line in block.lines)


def _is_right_of(cell: Cell, label: Cell) -> bool:
    """Whether the cell is the one beside the label, in the same row."""
    return cell.column == label.column + label.column_span and cell.row <= label.row < cell.row + cell.row_span
