"""Finding words in free text, clause by clause, and telling whether a clause denies them.

Chinese negation reaches to the end of its clause and over an enumeration: `不涉及国家机密、药品` denies both. Words that only
look like a negation (不锈钢, 非标, 无线) deny nothing; the profile lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_END = re.compile(r"[，,。；;！!？?\n\r]")
_CONTRAST = re.compile(r"但|却|而是|而由|不过|然而")
_MOSTLY = 0.6
"""Share of a clause that a word must fill for the clause to be a mere continuation of the enumeration before it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A word that was found: `words` as written, `start` its character offset in the text, `clause` it stands in, whether it is `denied`."""

    words: str
    start: int
    clause: str
    denied: bool


def clauses(text: str) -> Iterator[tuple[int, str]]:
    """The clauses of `text` with their character offsets; an enumeration with 、 stays one clause."""
    start = 0
    for end in [*(m.start() for m in _END.finditer(text)), len(text)]:
        if text[start:end].strip():
            yield start, text[start:end]
        start = end + 1


def joined(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for any of `patterns`, or None without any."""
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None


def blanked(text: str, patterns: Sequence[str]) -> str:
    """`text` with whatever matches `patterns` replaced by as many spaces, so that offsets stay."""
    pattern = joined(patterns)
    return pattern.sub(lambda m: " " * len(m[0]), text) if pattern else text


def denies(before: str, negations: Sequence[str], harmless: Sequence[str]) -> bool:
    """True when `before`, the part of a clause in front of a word, denies it."""
    pattern = joined(negations)
    if pattern is None:
        return False
    found = list(pattern.finditer(blanked(before, harmless)))
    return bool(found) and not _CONTRAST.search(before[found[-1].end() :])


@dataclass(frozen=True, slots=True)
class Denial:
    """How a campaign's language denies: `before` a word (不, 非), what only looks so (`harmless`: 不锈钢), what denies it `after` (无关)."""

    before: Sequence[str]
    harmless: Sequence[str] = ()
    after: Sequence[str] = ()

    def of(self, front: str, back: str) -> bool:
        """True when a word between `front` and `back`, the two parts of its clause, is denied."""
        behind = joined(self.after)
        return denies(front, self.before, self.harmless) or bool(behind and behind.search(back))


def find_words(text: str, patterns: Sequence[str], ignored: Sequence[str], denial: Denial) -> Iterator[Found]:
    """Every match of `patterns` in `text`, told whether its clause denies it.

    `ignored` are words that hold a pattern and mean something else (制药机械). A clause that is little more than the word itself
    continues the enumeration before it and inherits its denial.
    """
    pattern = joined(patterns)
    if pattern is None:
        return
    clean = blanked(text, ignored)
    carried = False
    for start, clause in clauses(text):
        hidden = clean[start : start + len(clause)]
        continues = False
        for match in pattern.finditer(hidden):
            mere = carried and len(match[0]) >= _MOSTLY * len(clause.strip())
            continues = continues or mere
            denied = mere or denial.of(hidden[: match.start()], hidden[match.end() :])
            yield Found(match[0], start + match.start(), clause.strip(), denied)
        carried = continues or denies(hidden, denial.before, denial.harmless)
