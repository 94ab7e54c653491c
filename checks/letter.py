"""Is the printed text of a letter the notice's: clause by clause, whatever stands in its blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from checks.values import plain

_BLANK = re.compile(r"\{\w+\}")
_HINT = re.compile(r"（[^（）]*）|\([^()]*\)")
_STOPS = re.compile(r"[，。；：、！？,;:]")
SHORTEST = 4
"""Characters of the shortest clause that is looked for: shorter ones stand in any text."""
MISREAD = 70
"""Likeness (0–100) from which a clause of a scan is taken to be the printed one, misread: one character of four, three of ten."""
LONGEST_BLANK = 90
"""Characters that a blank may hold."""


def _clauses(printed: Sequence[str]) -> Iterator[str]:
    """The notice's clauses: cut at its stops and blanks; hints in brackets (单位名称) may be written over."""
    for paragraph in printed:
        for piece in _BLANK.split(_HINT.sub("\0", paragraph)):
            for part in piece.split("\0"):
                yield from (clause for clause in _STOPS.split(part) if len(plain(clause)) >= SHORTEST)


def altered_clauses(text: str, printed: Sequence[str], *, exact: bool) -> tuple[str, ...]:
    """The notice's clauses (as printed) that `text` does not hold, and words put between them, in order.

    `exact`: for Word, where only punctuation, width and spacing may differ; else a clause may be misread by some characters.
    An empty `text` says nothing and has no altered clause.
    """
    read = plain(text)
    if not read:
        return ()
    lost = tuple(clause for clause in _clauses(printed) if not _holds(read, plain(clause), exact))
    return lost or (_inserted(read, printed) if exact else ())


def _holds(text: str, clause: str, exact: bool) -> bool:
    return clause in text or (not exact and fuzz.partial_ratio(clause, text) >= MISREAD)


def _inserted(text: str, printed: Sequence[str]) -> tuple[str, ...]:
    """Paragraphs of the notice that `text` does not hold in one piece although it has all their clauses: something was put in between."""
    return tuple(_BLANK.sub("____", paragraph) for paragraph in printed if not _pattern(paragraph).search(text))


def _pattern(paragraph: str) -> re.Pattern[str]:
    """The paragraph with anything in its blanks and its hints optional, over `plain` text."""
    pieces = []
    for piece in re.split(r"(\{\w+\}|（[^（）]*）)", paragraph):
        if _BLANK.fullmatch(piece):
            pieces.append(f".{{0,{LONGEST_BLANK}}}?")
        elif _HINT.fullmatch(piece):
            pieces.append(f"(?:{re.escape(plain(piece))})?")
        else:
            pieces.append(re.escape(plain(piece)))
    return re.compile("".join(pieces), re.DOTALL)
