"""The walk over a Word body: what a person sees, in reading order, as paragraphs and tables.

Containers that only wrap (content controls, insertions, hyperlinks, smart tags) are looked through, deletions and the
losing branch of alternate content are left out. python-docx's own proxies miss all of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from errors import FileOverLimit
from parsers.document import Cell, Line, Paragraph, Run, Table
from parsers.limits import ReadLimits
from parsers.word.fields import Fields
from parsers.word.flat import TAG_ALTERNATE, branch, flat
from parsers.word.grid import place
from parsers.word.maths import linear
from parsers.word.names import Element, M, R, V, W, child_val, number, settings, val
from parsers.word.numbering import Numbering
from parsers.word.rows import written_rows
from parsers.word.styles import Look, Style, Styles, outline_level, properties
from parsers.word.symbols import decoded, symbol
from texts import say

Block = Paragraph | Table
Piece = tuple[str, tuple[bool, bool, bool]]

_PARAGRAPH, _TABLE, _CHUNK, _RUN, _TEXT = (W + name for name in ("p", "tbl", "altChunk", "r", "t"))
_PPR, _RPR, _PSTYLE, _NUMPR, _OUTLINE = (W + name for name in ("pPr", "rPr", "pStyle", "numPr", "outlineLvl"))
_FORMULAS: Final = frozenset({M + "oMath", M + "oMathPara"})


@dataclass(slots=True)
class Context:
    """What the stories of one document share. `chunk` gives the blocks of an altChunk by its relationship id.

    `note` gives the blocks of a footnote or endnote by the tag of the note and its id, `references` are those seen so far, in order;
    `unsaid` those among them whose note has not been given yet.
    """

    styles: Styles
    numbering: Numbering
    limits: ReadLimits
    chunk: Callable[[str], tuple[Block, ...]] = lambda _relation: ()
    note: Callable[[str, str], tuple[Block, ...]] = lambda _tag, _id: ()
    references: dict[tuple[str, str], None] = field(default_factory=dict)
    unsaid: list[tuple[str, str]] = field(default_factory=list)
    depth: int = 0
    cells: int = 0


class Story:
    """One run of text with fields of its own: the body, a text box, a footnote."""

    def __init__(self, context: Context) -> None:
        """Begin a story; no field is open."""
        self._context = context
        self._fields = Fields()
        self._pieces: list[Piece] = []
        self._boxes: list[Element] = []

    def blocks(self, container: Element) -> tuple[Block, ...]:
        """What `container` (body, cell, text box, note) shows, blank paragraphs left out. Raises FileOverLimit."""
        if self._context.depth > self._context.limits.depth:
            raise FileOverLimit(limit=say("parsers.limit_depth"), most=say("parsers.most_levels", count=self._context.limits.depth))
        self._context.depth += 1
        found: list[Block] = []
        for child in flat(container):
            if child.tag == _PARAGRAPH:
                found += self._paragraph(child)
            elif child.tag == _TABLE:
                found += self.table(child)
            elif child.tag == _CHUNK:
                found += self._context.chunk(child.get(R + "id") or "")
            if self._context.depth == 1:
                found += self._notes()
        found += self._settled()
        self._context.depth -= 1
        return tuple(found)

    def _notes(self) -> list[Block]:
        """The notes to what was just said: they stand behind the paragraph or table that refers to them."""
        unsaid, self._context.unsaid = self._context.unsaid, []
        blocks = [block for tag, number in unsaid for block in self._context.note(tag, number)]
        return [replace(block, note=True) if isinstance(block, Paragraph) else block for block in blocks]

    # ------------------------------------------------------------------------------------------------ paragraphs

    def _paragraph(self, paragraph: Element) -> list[Block]:
        """Take in what a paragraph shows, and give it and its text boxes; nothing yet when its mark was deleted: the next one goes on."""
        said = settings(paragraph.find(_PPR))
        style = self._context.styles.paragraph(val(said.get(_PSTYLE)))
        for child in flat(paragraph):
            if child.tag == _RUN:
                self._run(child, style)
            elif child.tag in _FORMULAS:
                self._add(linear(child), Look())
        mark = settings(said.get(_RPR))
        if W + "del" in mark or W + "moveFrom" in mark:
            return []
        automatic = self._automatic_number(said.get(_NUMPR), style)
        return self._settled(automatic, outline_level(said.get(_OUTLINE), style.outline), style.caption)

    def _settled(self, automatic: str = "", heading: int | None = None, caption: bool = False) -> list[Block]:
        """The paragraph of what was taken in (none when it is blank), and behind it its text boxes."""
        lines, self._pieces = lines_of(self._pieces), []
        boxes, self._boxes = self._boxes, []
        found: list[Block] = [Paragraph(lines or (Line(()),), heading, automatic, caption)] if lines or automatic else []
        for box in boxes:
            found += self._box(box)
        return found

    def _automatic_number(self, direct: Element | None, style: Style) -> str:
        list_id = child_val(direct, "numId") or style.list_id
        return self._context.numbering.next_number(list_id, number(child_val(direct, "ilvl"), style.list_level))

    def _box(self, box: Element) -> tuple[Block, ...]:
        if box.tag == V + "textpath":
            text = (box.get("string") or "").strip()
            return (Paragraph((Line((Run(text),)),)),) if text else ()
        return Story(self._context).blocks(box)

    # ------------------------------------------------------------------------------------------------ runs

    def _run(self, run: Element, style: Style) -> None:
        rpr = run.find(_RPR)
        look = self._context.styles.look(style, child_val(rpr, "rStyle"), properties(rpr))
        for child in flat(run):
            tag = child.tag
            if tag == _TEXT:
                self._add(decoded(child.text or "", look.ascii_font, look.high_font), look)
            elif tag in _SIGNS:
                self._add(_SIGNS[tag], look)
            elif tag in _RUN_PARTS:
                _RUN_PARTS[tag](self, child, look, style)

    def _add(self, text: str, look: Look) -> None:
        if not text or look.hidden or not self._fields.visible:
            return
        self._fields.show()
        self._pieces.append((text, (look.bold, look.underlined, look.struck)))

    def _symbol(self, element: Element, look: Look, _style: Style) -> None:
        self._add(symbol(_hexadecimal(element.get(W + "char")), element.get(W + "font")), look)

    def _field_mark(self, element: Element, look: Look, _style: Style) -> None:
        self._add(self._fields.mark(element), look)

    def _field_code(self, element: Element, _look: Look, _style: Style) -> None:
        self._fields.code(element.text or "")

    def _drawing(self, element: Element, look: Look, _style: Style) -> None:
        if self._fields.visible and not look.hidden:
            self._boxes += _text_boxes(element)

    def _ruby(self, element: Element, _look: Look, style: Style) -> None:
        for base in element.iterchildren(W + "rubyBase"):
            for run in flat(base):
                if run.tag == W + "r":
                    self._run(run, style)

    def _reference(self, element: Element, look: Look, _style: Style) -> None:
        if self._fields.visible and not look.hidden:
            seen = element.tag.replace("Reference", ""), element.get(W + "id") or ""
            if seen not in self._context.references:
                self._context.references[seen] = None
                self._context.unsaid.append(seen)

    # ------------------------------------------------------------------------------------------------ tables

    def table(self, element: Element) -> list[Block]:
        """The table on its grid, none when no row is left of it; what a mere frame around tables holds. Raises FileOverLimit."""
        written = written_rows(element)
        places = place(written)
        rows, columns = len(written), max((p.columns.stop for p in places), default=0)
        self._context.cells += rows * columns
        if self._context.cells > self._context.limits.cells:
            raise FileOverLimit(limit=say("parsers.limit_cells"), most=f"{self._context.limits.cells // 10000} 万")
        cells = tuple(Cell(p.row, p.column, p.row_span, p.column_span, self._cell(p.content)) for p in places)
        if columns == 1 and any(isinstance(block, Table) for cell in cells for block in cell.blocks):
            return [block for cell in cells for block in cell.blocks]
        return [Table(rows, columns, cells)] if cells else []

    def _cell(self, element: Element) -> tuple[Block, ...]:
        pieces, self._pieces = self._pieces, []
        boxes, self._boxes = self._boxes, []
        found = self.blocks(element)
        self._pieces, self._boxes = pieces, boxes
        return found


_SIGNS: Final = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_RUN_PARTS: Final[dict[str, Callable[[Story, Element, Look, Style], None]]] = {
    W + "sym": Story._symbol,
    W + "fldChar": Story._field_mark,
    W + "instrText": Story._field_code,
    W + "drawing": Story._drawing,
    W + "pict": Story._drawing,
    W + "object": Story._drawing,
    W + "ruby": Story._ruby,
    W + "footnoteReference": Story._reference,
    W + "endnoteReference": Story._reference,
}


def lines_of(pieces: list[Piece]) -> tuple[Line, ...]:
    """`pieces` as lines, split at line breaks, neighbours of one look joined; empty lines at either end are left out."""
    lines: list[list[Piece]] = [[]]
    for text, look in pieces:
        for position, part in enumerate(text.split("\n")):
            if position:
                lines.append([])
            if part:
                if lines[-1] and lines[-1][-1][1] == look:
                    lines[-1][-1] = (lines[-1][-1][0] + part, look)
                else:
                    lines[-1].append((part, look))
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return tuple(Line(tuple(Run(text, *look) for text, look in line)) for line in lines)


def _hexadecimal(text: str | None) -> int:
    try:
        return int(text or "", 16)
    except ValueError:
        return 0


def _text_boxes(element: Element) -> Iterator[Element]:
    """The text boxes and word art within a drawing, the outer ones only, each once."""
    stack = [element]
    while stack:
        current = stack.pop()
        if current.tag in (W + "txbxContent", V + "textpath"):
            yield current
        else:
            children = branch(current) if current.tag == TAG_ALTERNATE else current
            stack.extend(reversed(list(children)))
