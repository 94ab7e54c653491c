"""Finding words in free text, clause by clause, and telling whether a clause denies them.

Chinese negation reaches to the end of its clause and over an enumeration: `不涉及国家机密、药品` denies both. Words that only
look like a negation (不锈钢, 非标, 无线) deny nothing; the profile lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_END = re.compile(r"[，,。；;！!？?\n\r]")
_CONTRAST = re.compile(r"但|却|而是|而由|不过|然而|就|便|完成|实现")
_LIST = re.compile(r"[、和及或与]")
NEAR = 7
"""Characters that may stand between a negation and what it denies (不存在任何形式的知识产权争议)."""
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


def clause_at(text: str, place: int) -> str:
    """The clause of `text` that holds the character at `place`."""
    return next((clause.strip() for start, clause in clauses(text) if start <= place < start + len(clause)), "")


@lru_cache(maxsize=256)
def joined(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for any of `patterns`, or None without any."""
    return re.compile("|".join(f"(?:{p})" for p in patterns)) if patterns else None


def blanked(text: str, patterns: tuple[str, ...]) -> str:
    """`text` with whatever matches `patterns` replaced by as many spaces, so that offsets stay."""
    pattern = joined(patterns)
    return pattern.sub(lambda m: " " * len(m[0]), text) if pattern else text


def denies(before: str, negations: tuple[str, ...], harmless: tuple[str, ...], near: int = NEAR) -> bool:
    """True when `before`, the part of a clause in front of a word, denies it.

    Between the negation and the word stand at most `near` characters, those of an enumeration before it not counted.
    """
    pattern = joined(negations)
    found = list(pattern.finditer(blanked(before, harmless))) if pattern else []
    if not found:
        return False
    between = before[found[-1].end() :]
    return not _CONTRAST.search(between) and len(_LIST.split(between)[-1]) <= near


@dataclass(frozen=True, slots=True)
class Denial:
    """How a campaign's language denies: `before` a word (不, 非), what only looks so (`harmless`: 不锈钢), what denies it `after` (无关)."""

    before: tuple[str, ...]
    harmless: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def of(self, front: str, back: str) -> bool:
        """True when a word between `front` and `back`, the two parts of its clause, is denied."""
        behind = joined(self.after)
        return denies(front, self.before, self.harmless) or bool(behind and behind.search(back))


def find_words(text: str, patterns: tuple[str, ...], ignored: tuple[str, ...], denial: Denial) -> Iterator[Found]:
    """Every match of `patterns` in `text`, told whether its clause denies it.

    `ignored` are words that hold a pattern and mean something else (制药机械). A clause that is little more than the word itself
    continues the enumeration before it and inherits its denial.
    """
    pattern = joined(patterns)
    if pattern is None:
        return
    clean = blanked(text, ignored)
    if not pattern.search(clean):
        return
    carried = False
    for start, clause in clauses(text):
        hidden = clean[start : start + len(clause)]
        continues = False
        for match in pattern.finditer(hidden):
            mere = carried and len(match[0]) >= _MOSTLY * len(clause.strip())
            continues = continues or mere
            denied = mere or denial.of(hidden[: match.start()], hidden[match.end() :])
            yield Found(match[0], start + match.start(), clause.strip(), denied)
        carried = continues or denies(hidden, denial.before, denial.harmless, near=len(hidden))
