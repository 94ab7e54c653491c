"""What the parsers hand on: one `Document`, the same type for a Word file and for a scan.

Everything after this room is blind to the medium. Frozen values only, and all of it goes through JSON
(`to_json`/`from_json`), because a document is opened in a process of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Medium = Literal["word", "scan"]
Tone = Literal["colour", "grey", "one-bit"]
SealShape = Literal["round", "oval", "square"]
Alternatives = tuple[tuple[int, tuple[tuple[str, float], ...]], ...]
"""(position of a character, ((what may stand there instead, how likely 0–1), …)), …; only where there is any."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page as fractions (0–1) of its width and height; the origin is the upper left corner.

    Raises ValueError when a side lies outside the page or the corners are swapped.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0 <= self.x0 <= self.x1 <= 1 and 0 <= self.y0 <= self.y1 <= 1):
            raise ValueError(f"no box within a page: {self}")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of characters of one look. Ticks are already characters: `☑` ticked, `☐` not, whatever Word stored."""

    text: str
    bold: bool = False
    underlined: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands: `runs` in reading order; `box` on the page (None in Word).

    `confidence` is the reader's own (0–1; 1 for Word and born-digital PDF).
    `seconds` holds what other readers made of the same line, best first; empty where only one read it.
    `alternatives` is what else the reader saw in place of a character of `text`: "" (nothing is there), another one, or
    two (one more stands before or after it).
    """

    runs: tuple[Run, ...]
    box: Box | None = None
    confidence: float = 1.0
    seconds: tuple[str, ...] = ()
    alternatives: Alternatives = ()

    @property
    def text(self) -> str:
        """The characters of all runs."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together: a Word paragraph split at its soft breaks, or lines of a scan in reading order.

    `heading` is the outline level (1–9) that Word knows, else None. `automatic_number` is the list number that Word
    shows before the text (`一、`, `1.`) and keeps outside of it. `note` marks a footnote or endnote, which stands behind the block that
    refers to it.
    """

    lines: tuple[Line, ...]
    heading: int | None = None
    automatic_number: str = ""
    caption: bool = False
    note: bool = False

    @property
    def text(self) -> str:
        """The lines joined by line breaks, without the automatic number."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: grid position (0-based), spans (≥ 1), what it holds, where it lies on the page."""

    row: int
    column: int
    row_span: int
    column_span: int
    blocks: tuple[Paragraph | Table, ...]
    box: Box | None = None

    @property
    def text(self) -> str:
        """The text of its paragraphs and nested tables, joined by line breaks."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled grid of `rows` × `columns`; `cells` in reading order (row, column), each grid position covered at most once.

    `continued` says that the table goes on from the page before (same columns, no heading between).
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    box: Box | None = None
    continued: bool = False

    @property
    def text(self) -> str:
        """Its cells' texts, one a line."""
        return "\n".join(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Seal:
    """A stamp on the page. `reading` is what the ring text seems to say: never trusted, only held against known names.

    `colour` is `red`, `blue` or `grey` (a stamp copied in grey or one-bit). `confidence` 0–1 that it is a stamp at all.
    """

    box: Box
    colour: str
    shape: SealShape
    reading: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Ink:
    """Handwriting: what is dark and neither print, rule nor seal. `area` is the inked surface in mm² on A4.

    Not `sure`: it stands where one signs and looks a little unlike the print before it; another font does so too.
    """

    box: Box
    area: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `blocks` in reading order. A Word file is one page with `number` None.

    `width`, `height` in pixels of the upright page image (points for born-digital PDF, 0 for Word). `turned` is by how
    many degrees clockwise the original was turned to stand upright (0, 90, 180, 270). `image` is the file name of
    the upright page picture beside the document's JSON, `pixels` that of raw pixels that still wait to be read by OCR
    (then `blocks` is empty and `width`, `height` are those of the raw pixels). `rescan` names in plain Chinese why the
    page is too poor to trust, else "".
    """

    number: int | None
    blocks: tuple[Paragraph | Table, ...]
    width: float = 0
    height: float = 0
    turned: int = 0
    tone: Tone | None = None
    seals: tuple[Seal, ...] = ()
    ink: tuple[Ink, ...] = ()
    image: str | None = None
    pixels: str | None = None
    rescan: str = ""

    @property
    def text(self) -> str:
        """All its text, a block a line."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its pages in order, and what a clerk should know about it (`notes`, Chinese sentences).

    `media_type` is what the content is, whatever the name says. `engine` names the readers and their versions; a
    document read by another engine is read again.
    """

    medium: Medium
    media_type: str
    pages: tuple[Page, ...]
    engine: str
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All its text, a page after the other."""
        return "\n".join(page.text for page in self.pages)
