"""Text in pieces: what differs between two versions, and what the NLP found; pure, for templates to mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from store.rows import SpanRow


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `mark` is "" for plain text, `differs`, or the label of a span, whose meaning is `value`."""

    text: str
    mark: str = ""
    value: str = ""


def differing(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, what the other has not marked `differs`."""
    left: list[Piece] = []
    right: list[Piece] = []
    for step in Levenshtein.opcodes(one, other):
        mark = "" if step.tag == "equal" else "differs"
        if step.src_end > step.src_start:
            left.append(Piece(one[step.src_start : step.src_end], mark))
        if step.dest_end > step.dest_start:
            right.append(Piece(other[step.dest_start : step.dest_end], mark))
    return tuple(left), tuple(right)


def spanned(text: str, spans: Sequence[SpanRow]) -> tuple[Piece, ...]:
    """The text in pieces, every span marked with its label; of two that overlap the first (then the longer) stays."""
    pieces: list[Piece] = []
    at = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start < at or span.end > len(text):
            continue
        if span.start > at:
            pieces.append(Piece(text[at : span.start]))
        pieces.append(Piece(text[span.start : span.end], span.label, span.value or ""))
        at = span.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)
