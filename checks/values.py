"""Values held against each other: what counts as the same name, unit or phone number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

_NOISE = re.compile(r"[\s\u3000“”‘’\"'「」『』《》〈〉()\[\]【】·,，.。、:：;；\-—–_]+")
MISREAD = 0.1
"""Share of characters that a reader of scans may have wrong in one value."""
LOCAL_DIGITS = 7
"""Digits of the shortest local phone number: numbers that end alike for so long are one number with and without its area code."""


@lru_cache(maxsize=8192)
def plain(text: str | None) -> str:
    """`text` for comparing: NFKC, lower case, without white space, quotes, brackets and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text or "")).lower()


def digits(text: str | None) -> str:
    """The ASCII digits of `text` after NFKC."""
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text or ""))


def misread(a: str, b: str) -> bool:
    """True when reading a scan may explain the difference between `a` and `b`: few characters, neither a short value's half."""
    a, b = plain(a), plain(b)
    longest = max(len(a), len(b))
    return longest >= 4 and Levenshtein.distance(a, b) <= max(1, int(longest * MISREAD))


def same_text(a: str | None, b: str | None, *, from_scan: bool = False) -> bool:
    """True when both say the same; `from_scan` forgives what misreading explains."""
    if plain(a) == plain(b):
        return True
    return from_scan and misread(a or "", b or "")


def same_unit(a: str | None, b: str | None, endings: Sequence[str], *, from_scan: bool = False) -> bool:
    """True when both name one organisation.

    A department behind the full name (`…有限公司检修车间`) is the same one, a branch (`…有限公司南方分公司`) is another: what follows
    must hold none of `endings` (how names of organisations end).
    """
    if same_text(a, b, from_scan=from_scan):
        return True
    short, long = sorted((plain(a), plain(b)), key=len)
    if not short or not long.startswith(short) or not short.endswith(tuple(endings)):
        return False
    return not any(ending in long[len(short) :] for ending in endings)


def same_phone(a: str | None, b: str | None) -> bool:
    """True when both are one number, with or without country or area code."""
    a, b = digits(a), digits(b)
    short, long = sorted((a, b), key=len)
    return len(short) >= LOCAL_DIGITS and long.endswith(short)


def phones(text: str | None) -> tuple[str, ...]:
    """The numbers written in one cell, split where people split them (`/ 、 ， ； ` and line breaks), digits only."""
    parts = re.split(r"[/、,，;；\n]|\s{2,}|或", unicodedata.normalize("NFKC", text or ""))
    return tuple(found for part in parts if (found := digits(part)))


def first_name(text: str | None) -> str:
    """The first of several names separated by `、`, `，`, `;`, `/` or white space."""
    parts = re.split(r"[、,，;；/\s]+", (text or "").strip())
    return parts[0] if parts else ""
