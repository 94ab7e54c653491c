"""The walk over a Word body: what a person sees, in reading order, as paragraphs and tables.

Containers that only wrap (content controls, insertions, hyperlinks, smart tags) are looked through, deletions and the
losing branch of alternate content are left out. python-docx's own proxies miss all of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from errors import FileOverLimit
from parsers.document import Cell, Line, Paragraph, Run, Table
from parsers.limits import ReadLimits
from parsers.word.fields import TICKED, UNTICKED, Fields
from parsers.word.grid import MOST_SPAN, Merge, WrittenCell, WrittenRow, place
from parsers.word.maths import linear
from parsers.word.names import MC, OFF, W14, Element, M, R, V, W, child_val, number, switch
from parsers.word.numbering import Numbering
from parsers.word.styles import Look, Properties, Style, Styles, outline_level, properties
from parsers.word.symbols import decoded, symbol
from texts import say

Block = Paragraph | Table
Piece = tuple[str, tuple[bool, bool, bool]]

WRAPPERS: Final = frozenset(
    {W + name for name in ("sdtContent", "customXml", "ins", "moveTo", "smartTag", "hyperlink", "fldSimple", "dir", "bdo")}
    | {MC + "Choice", MC + "Fallback"}
)
_SEEN: Final = (W + "txbxContent", W + "t", W + "sym", M + "t", V + "textpath")


def flat(parent: Element) -> Iterator[Element]:
    """The children of `parent` with all wrappers taken off, at any depth, in order."""
    stack = [iter(parent)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in WRAPPERS:
            stack.append(iter(child))
        elif child.tag == W + "sdt":
            stack.append(child.iterchildren(W + "sdtContent"))
        elif child.tag == MC + "AlternateContent":
            stack.append(iter(_branch(child)))
        else:
            yield child


def _branch(alternate: Element) -> tuple[Element, ...]:
    """The branch of alternate content to look at: the first that shows any text, never two of them."""
    branches = [b for b in alternate if b.tag in (MC + "Choice", MC + "Fallback")]
    return tuple(next(([b] for b in branches if next(b.iter(*_SEEN), None) is not None), branches[:1]))


def settle_controls(root: Element) -> None:
    """Make content controls say what is seen: a checkbox its tick, a control that shows its prompt nothing."""
    for box in list(root.iter(W14 + "checkbox")):
        state = box.find(W14 + "checked")
        ticked = state is not None and state.get(W14 + "val", "1").lower() not in OFF
        control = next(box.iterancestors(W + "sdt"), None)
        content = None if control is None else control.find(W + "sdtContent")
        signs = [] if content is None else list(content.iter(W + "t", W + "sym"))
        for position, sign in enumerate(signs):
            sign.tag = W + "t"
            sign.text = "" if position else TICKED if ticked else UNTICKED
            fonts = sign.getparent().find(f"{W}rPr/{W}rFonts")
            if fonts is not None:
                fonts.getparent().remove(fonts)
    for prompt in list(root.iter(W + "showingPlcHdr")):
        control = next(prompt.iterancestors(W + "sdt"), None)
        if control is not None and switch(prompt.getparent(), "showingPlcHdr"):
            for text in control.iter(W + "t"):
                text.text = ""


@dataclass(slots=True)
class Context:
    """What the stories of one document share. `chunk` gives the blocks of an altChunk by its relationship id.

    `references` are the footnotes and endnotes seen so far, as (tag of the note, id), in order.
    """

    styles: Styles
    numbering: Numbering
    limits: ReadLimits
    chunk: Callable[[str], tuple[Block, ...]] = lambda _relation: ()
    references: dict[tuple[str, str], None] = field(default_factory=dict)
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
        last: Element | None = None
        for child in flat(container):
            if child.tag == W + "p":
                last = child
                if not self._gather(child):
                    found += self._paragraph(child)
            elif child.tag == W + "tbl":
                found += self.table(child)
            elif child.tag == W + "altChunk":
                found += self._context.chunk(child.get(R + "id") or "")
        if last is not None and (self._pieces or self._boxes):
            found += self._paragraph(last)
        self._context.depth -= 1
        return tuple(found)

    # ------------------------------------------------------------------------------------------------ paragraphs

    def _gather(self, paragraph: Element) -> bool:
        """Take in what a paragraph shows; True when its mark was deleted, so that the next one goes on in the same paragraph."""
        ppr = paragraph.find(W + "pPr")
        style = self._context.styles.paragraph(child_val(ppr, "pStyle"))
        for child in flat(paragraph):
            if child.tag == W + "r":
                self._run(child, style)
            elif child.tag in (M + "oMath", M + "oMathPara"):
                self._add(linear(child), Look())
        mark = None if ppr is None else ppr.find(W + "rPr")
        return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)

    def _paragraph(self, paragraph: Element) -> list[Block]:
        """The paragraph of what was gathered (none when it is blank), and behind it its text boxes."""
        ppr = paragraph.find(W + "pPr")
        style = self._context.styles.paragraph(child_val(ppr, "pStyle"))
        pieces, self._pieces = self._pieces, []
        boxes, self._boxes = self._boxes, []
        automatic = self._automatic_number(ppr, style)
        lines = lines_of(pieces)
        found: list[Block] = []
        if lines or automatic:
            found.append(Paragraph(lines or (Line(()),), outline_level(ppr, style.outline), automatic, style.caption))
        for box in boxes:
            found += self._box(box)
        return found

    def _automatic_number(self, ppr: Element | None, style: Style) -> str:
        direct = None if ppr is None else ppr.find(W + "numPr")
        list_id = child_val(direct, "numId") or style.list_id
        return self._context.numbering.next_number(list_id, number(child_val(direct, "ilvl"), style.list_level))

    def _box(self, box: Element) -> tuple[Block, ...]:
        if box.tag == V + "textpath":
            text = (box.get("string") or "").strip()
            return (Paragraph((Line((Run(text),)),)),) if text else ()
        return Story(self._context).blocks(box)

    # ------------------------------------------------------------------------------------------------ runs

    def _run(self, run: Element, style: Style) -> None:
        rpr = run.find(W + "rPr")
        direct = properties(rpr)
        look = self._context.styles.look(style, child_val(rpr, "rStyle"), direct)
        for child in flat(run):
            tag = child.tag
            if tag == W + "t":
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
            self._context.references[element.tag.replace("Reference", ""), element.get(W + "id") or ""] = None

    # ------------------------------------------------------------------------------------------------ tables

    def table(self, element: Element) -> list[Block]:
        """The table on its grid, none when no row is left of it. Raises FileOverLimit."""
        written = [_written_row(row) for row in flat(element) if row.tag == W + "tr" and not _deleted(row)]
        places = place(written)
        rows, columns = len(written), max((p.columns.stop for p in places), default=0)
        self._context.cells += rows * columns
        if self._context.cells > self._context.limits.cells:
            raise FileOverLimit(limit=say("parsers.limit_cells"), most=f"{self._context.limits.cells // 10000} 万")
        cells = tuple(Cell(p.row, p.column, p.row_span, p.column_span, self._cell(p.content)) for p in places)
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
            children = _branch(current) if current.tag == MC + "AlternateContent" else current
            stack.extend(reversed(list(children)))


def _deleted(row: Element) -> bool:
    trpr = row.find(W + "trPr")
    return trpr is not None and trpr.find(W + "del") is not None


def _written_row(row: Element) -> WrittenRow:
    trpr = row.find(W + "trPr")
    before = min(max(number(child_val(trpr, "gridBefore")), 0), MOST_SPAN)
    after = min(max(number(child_val(trpr, "gridAfter")), 0), MOST_SPAN)
    cells: list[WrittenCell] = []
    for element in flat(row):
        if element.tag != W + "tc":
            continue
        tcpr = element.find(W + "tcPr")
        if tcpr is not None and tcpr.find(W + "cellDel") is not None:
            continue
        cell = _written_cell(element, tcpr)
        if cells and _says_continue(tcpr, "hMerge"):
            left = cells.pop()
            cell = WrittenCell(min(left.span + cell.span, MOST_SPAN), left.merge, left.width + cell.width, left.content)
        cells.append(cell)
    return WrittenRow(before, after, _width(trpr, "wBefore"), tuple(cells))


def _written_cell(element: Element, tcpr: Element | None) -> WrittenCell:
    span = min(max(number(child_val(tcpr, "gridSpan"), 1), 1), MOST_SPAN)
    return WrittenCell(span, _vertical_merge(tcpr), _width(tcpr, "tcW"), element)


def _vertical_merge(tcpr: Element | None) -> Merge:
    tracked = None if tcpr is None else tcpr.find(W + "cellMerge")
    if _says_continue(tcpr, "vMerge") or (tracked is not None and tracked.get(W + "vMerge") == "cont"):
        return "continue"
    return "restart" if child_val(tcpr, "vMerge") or tracked is not None else "none"


def _says_continue(tcpr: Element | None, name: str) -> bool:
    """Whether a merge element is there and does not say `restart`."""
    return tcpr is not None and tcpr.find(W + name) is not None and child_val(tcpr, name) != "restart"


def _width(parent: Element | None, name: str) -> int:
    """A width in twips, 0 when it is not given in twips."""
    element = None if parent is None else parent.find(W + name)
    return number(element.get(W + "w")) if element is not None and element.get(W + "type", "dxa") == "dxa" else 0


__all__ = ["Block", "Context", "Properties", "Story", "flat", "lines_of", "settle_controls"]
