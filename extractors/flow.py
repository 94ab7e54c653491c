"""Text that remembers where each of its signs was read, so that a value cut out of it keeps its page, box and look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from parsers.document import Alternatives, Box, Line, Paragraph, Table


@dataclass(frozen=True, slots=True)
class Sign:
    """One character: `line` is its index in the flow's lines, `place` its position in that line's text (0-based)."""

    char: str
    line: int
    place: int
    bold: bool = False
    underlined: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A stretch of text as signs, with the lines (and their page, None in Word) that they stand in. `text`: the characters, line breaks
    included."""

    signs: tuple[Sign, ...]
    lines: tuple[tuple[int | None, Line], ...]
    text: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", "".join([sign.char for sign in self.signs]))

    def __len__(self) -> int:
        return len(self.signs)

    def __getitem__(self, part: slice) -> Flow:
        return Flow(self.signs[part], self.lines)

    def keep(self, wanted: Callable[[Sign], bool]) -> Flow:
        """Only the signs that are wanted."""
        return Flow(tuple(sign for sign in self.signs if wanted(sign)), self.lines)

    def compact(self) -> Flow:
        """Without white space."""
        return self.keep(lambda sign: not sign.char.isspace())

    def strip(self, chars: str = "") -> Flow:
        """Without white space and `chars` at both ends."""
        start, end = 0, len(self.signs)
        while start < end and (self.signs[start].char.isspace() or self.signs[start].char in chars):
            start += 1
        while end > start and (self.signs[end - 1].char.isspace() or self.signs[end - 1].char in chars):
            end -= 1
        return self[start:end]

    def touched(self) -> list[int]:
        """Indices of the lines that its signs other than white space stand in."""
        return sorted({sign.line for sign in self.signs if not sign.char.isspace()})

    @property
    def page(self) -> int | None:
        """The page (1-based) of its first sign; None in Word or when it is empty."""
        touched = self.touched()
        return self.lines[touched[0]][0] if touched else None

    @property
    def box(self) -> Box | None:
        """What encloses its signs on its first page: a part of a line takes its share of the line's box by position."""
        page, boxes = self.page, []
        for index in self.touched():
            where, line = self.lines[index]
            if line.box is not None and where == page:
                places = [s.place for s in self.signs if s.line == index and not s.char.isspace()]
                boxes.append(_share(line.box, min(places), max(places) + 1, len(line.text)))
        if not boxes:
            return None
        return Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))

    @property
    def confidence(self) -> float:
        """The poorest reading (0–1) among the lines it touches."""
        return min((self.lines[i][1].confidence for i in self.touched()), default=1.0)

    @property
    def corrected(self) -> bool:
        """Whether words are struck out in a line it touches."""
        return any(run.struck for index in self.touched() for run in self.lines[index][1].runs)

    @property
    def seconds(self) -> tuple[str, ...]:
        """What other readers made of the lines it touches, where every line was read by others; best first."""
        readings = [self.lines[i][1].seconds for i in self.touched()]
        if not readings or not all(readings):
            return ()
        return tuple("".join(parts) for parts in zip(*readings, strict=False))

    def alternatives_of(self, value: str) -> Alternatives:
        """What else the reader saw at the signs of a `value` cut out of this flow; positions are the value's."""
        seen = {index: dict(self.lines[index][1].alternatives) for index in self.touched()}
        if not any(seen.values()):
            return ()
        found = []
        for op in Levenshtein.opcodes(self.text, value):
            for step in range(op.src_end - op.src_start) if op.tag == "equal" else ():
                sign = self.signs[op.src_start + step]
                if others := seen.get(sign.line, {}).get(sign.place):
                    found.append((op.dest_start + step, others))
        return tuple(found)


def _share(box: Box, start: int, end: int, length: int) -> Box:
    width = (box.x1 - box.x0) / max(length, 1)
    return Box(min(box.x0 + start * width, box.x1), box.y0, min(box.x0 + end * width, box.x1), box.y1)


def flow_of(lines: Iterable[tuple[int | None, Line]], struck: bool = False) -> Flow:
    """The lines as one flow, a line break between two of them; what is struck out was taken back and is left out unless `struck`."""
    listed = tuple(lines)
    signs: list[Sign] = []
    for index, (_, line) in enumerate(listed):
        if index:
            signs.append(Sign("\n", index - 1, len(listed[index - 1][1].text)))
        place = 0
        for run in line.runs:
            for char in run.text:
                signs.append(Sign(char, index, place, run.bold, run.underlined, run.struck))
                place += 1
    return Flow(tuple(signs if struck else _left(signs)), listed)


def _left(signs: Sequence[Sign]) -> Iterator[Sign]:
    """The signs that are not struck out; one number is not parted by what was struck out in its midst, nor by the gaps beside it."""
    taken_back, gap = False, list[Sign]()
    figure = False
    for sign in signs:
        if sign.struck:
            taken_back = True
        elif sign.char.isspace():
            gap.append(sign)
        else:
            if not (taken_back and figure and sign.char.isdecimal()):
                yield from gap
            gap, taken_back, figure = [], False, sign.char.isdecimal()
            yield sign
    yield from gap


def lines_in(block: Paragraph | Table, page: int | None) -> Iterator[tuple[int | None, Line]]:
    """Every line of a paragraph or table in reading order, with its page."""
    if isinstance(block, Paragraph):
        for line in block.lines:
            yield page, line
        return
    for cell in block.cells:
        for inner in cell.blocks:
            yield from lines_in(inner, page)
