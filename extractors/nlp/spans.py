"""Chinese free text → spans: what a reviewer sees highlighted and the rules ask."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from extractors.nlp.lexicon import PLAIN, Lexicon
from extractors.nlp.span import LABELS, Label, Span

__all__ = ["LABELS", "PLAIN", "Label", "Lexicon", "Span", "find_spans", "make_pipeline"]

_MOST: Final = 20_000


@functools.lru_cache(maxsize=4)
def make_pipeline(lexicon: Lexicon = PLAIN, *, with_names: bool = True) -> Any:
    """The spaCy pipeline (made once for each lexicon): `make_pipeline()(text).spans["AMOUNT"]`; offsets are those of `text`.

    `with_names` False leaves PERSON and ORG out. spaCy is imported here, not before.
    """
    from extractors.nlp.pipeline import build

    return build(lexicon, with_names=with_names)


def find_spans(text: str, lexicon: Lexicon = PLAIN, *, with_names: bool = True) -> tuple[Span, ...]:
    """Every span of `text`, in order of place; offsets are characters of `text`. Long texts are read in pieces of whole lines.

    A rule that found nothing clears nobody.
    """
    from extractors.nlp.pipeline import spans_of

    nlp = make_pipeline(lexicon, with_names=with_names)
    return tuple(
        replace(span, start=span.start + offset, end=span.end + offset)
        for offset, piece in _pieces(text)
        for span in spans_of(nlp(piece), piece)
    )


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """`text` cut behind a line or a sentence into pieces of at most `_MOST` characters, with their offsets."""
    at = 0
    while at < len(text):
        end = at + _MOST
        if end < len(text):
            end = text.rfind("\n", at, end) + 1 or text.rfind("。", at, end) + 1 or end
        yield at, text[at:end]
        at = end
