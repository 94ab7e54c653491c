"""Keeps full id numbers out of every text that goes into intake.db.

A number is looked for in the *skeleton* of a text: its digits (of any script) and X's alone, with `#` wherever something other than a
separator (white space, hyphen, rule of a cell) stands between two of them. What is found is starred at its own places,
so that a masked text keeps its length and the offsets of spans stay true.

What counts as an id number: GB 11643's structure (province, area, birth date, serial, check digit) with 18 places, anywhere,
even glued to other digits, and its predecessor's with 15 where no other digit touches it. The check digit is not asked for,
since a misread number is still someone's number. In running text (`loose`) also what only resembles it: a digit too
many or too few around a birth date, an impossible birth date, letters misread for digits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

KEPT = 4
STAR = "*"
_SEPARATORS = "－‐‑‒–—_·|│\u200b\u200c\u200d\ufeff-"
_BETWEEN = re.compile(rf"[\s{_SEPARATORS}]{{,4}}")
_LIKE_DIGITS = {"O": "0", "o": "0", "〇": "0", "l": "1", "I": "1"}
_X = "XxＸｘ×Хх"
_LIKE = _LIKE_DIGITS | dict.fromkeys(_X, "X") | {digit: digit for digit in "0123456789"}
_MARK = re.compile(rf"[\d{_X}]")
_LOOSE_MARK = re.compile(rf"[\d{_X}{''.join(_LIKE_DIGITS)}]")

_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_YEAR = r"(?:18|19|20)\d\d"
_STRICT = (
    rf"(?=({_PROVINCE}\d{{4}}{_YEAR}{_MONTH_DAY}\d{{3}}[\dX]))",
    rf"(?<![\dX])(?=({_PROVINCE}\d{{6}}{_MONTH_DAY}\d{{3}})(?![\dX]))",
)
_LOOSE = (
    *_STRICT,
    rf"(?<![\dX])(?=({_PROVINCE}\d{{3,5}}{_YEAR}{_MONTH_DAY}\d{{2,4}}X?)(?![\dX]))",
    rf"(?<![\dX])(?=({_PROVINCE}\d{{15}}[\dX])(?![\dX]))",
    r"(?<![\dX])(?=([1-9]\d{15,16}X)(?![\dX]))",
)
_STRICT_PATTERNS = tuple(re.compile(pattern) for pattern in _STRICT)
_LOOSE_PATTERNS = tuple(re.compile(pattern) for pattern in _LOOSE)
_SHORTEST_KNOWN = 8


def mask_value(value: str) -> str:
    """A sensitive value with all but its first and last four characters starred; all of them when it has fewer than 12."""
    shown = KEPT if len(value) >= 3 * KEPT else 0
    middle = len(value) - 2 * shown
    return value[:shown] + STAR * middle + value[len(value) - shown :]


def mask_text(text: str, known: Iterable[str] = (), *, loose: bool = False) -> str:
    """`text` with every id-like number starred but for its first and last four digits, and every value of `known` likewise.

    `known` are sensitive values that were read (as written or normalised): misread ones that resemble nothing are found by
    them. Same length as `text`. `loose` casts a wider net: for running text, not for values that must stay exact.
    """
    places, skeleton = _skeleton(text, loose)
    hidden: set[int] = set()
    for start, length in _matches(skeleton, loose):
        hidden.update(places[start + KEPT : start + length - KEPT])
    hidden.update(_known_places(text, places, skeleton, frozenset(known), loose))
    if not hidden:
        return text
    return "".join(STAR if index in hidden else character for index, character in enumerate(text))


def _skeleton(text: str, loose: bool) -> tuple[list[int], str]:
    """(index in `text` of each place, the places as ASCII): digits, X, and `#` for a break. Nothing where they are too few for any number."""
    pattern = _LOOSE_MARK if loose else _MARK
    if len(pattern.findall(text)) < _SHORTEST_KNOWN:
        return [], ""
    places: list[int] = []
    marks: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        start, character = match.start(), match.group()
        if marks and start > end and not _BETWEEN.fullmatch(text, end, start):
            places.append(-1)
            marks.append("#")
        places.append(start)
        marks.append(_LIKE.get(character) or str(unicodedata.decimal(character)))
        end = start + 1
    return places, "".join(marks)


def _matches(skeleton: str, loose: bool) -> Iterable[tuple[int, int]]:
    if len(skeleton) < 15:
        return
    for pattern in _LOOSE_PATTERNS if loose else _STRICT_PATTERNS:
        for match in pattern.finditer(skeleton):
            yield match.start(1), len(match.group(1))


def _known_places(text: str, places: list[int], skeleton: str, known: frozenset[str], loose: bool) -> Iterator[int]:
    """Where values of `known` stand in `text`, their first and last four places left out. A value of few digits is sought as it is written."""
    for value in _wordy(known, loose):
        yield from (place for span in _spans(text, value) for place in range(*span))
    for value in _numbers(known, loose) if skeleton else ():
        yield from (places[place] for span in _spans(skeleton, value) for place in range(*span))


def _spans(text: str, value: str) -> Iterator[tuple[int, int]]:
    """From where to where each `value` in `text` is to be hidden."""
    shown = KEPT if len(value) >= 3 * KEPT else 0
    start = text.find(value)
    while start >= 0:
        yield start + shown, start + len(value) - shown
        start = text.find(value, start + 1)


@lru_cache(maxsize=64)
def _wordy(known: frozenset[str], loose: bool) -> tuple[str, ...]:
    return tuple(value for value in known if len(value) >= _SHORTEST_KNOWN and not _skeleton(value, loose)[1])


@lru_cache(maxsize=64)
def _numbers(known: frozenset[str], loose: bool) -> tuple[str, ...]:
    return tuple(skeleton for value in known if (skeleton := _skeleton(value, loose)[1]))


@dataclass(frozen=True, slots=True)
class Mask:
    """How a save masks: which (form, field) are `sensitive`, the sensitive values `known` to occur, the `key` of the hashes."""

    sensitive: frozenset[tuple[str, str]]
    key: bytes
    known: frozenset[str] = frozenset()

    def running(self, text: str) -> str:
        """Running text: page text, findings, reasons, search."""
        return mask_text(text, self.known, loose=True)

    def exact(self, text: str) -> str:
        """A value that must stay exact where it is no id number: field values, names, paths, subjects."""
        return mask_text(text, self.known)

    def maybe(self, text: str | None) -> str | None:
        """`exact`, None for None."""
        return None if text is None else self.exact(text)

    def value(self, form: str, field: str, text: str) -> str:
        """The value of a field as intake.db may hold it."""
        return mask_value(text) if (form, field) in self.sensitive else self.exact(text)

    def hash(self, form: str, field: str, text: str) -> str | None:
        """The keyed hash of a sensitive value, None for any other field."""
        return keyed_hash(self.key, text) if (form, field) in self.sensitive else None


def keyed_hash(key: bytes, value: str) -> str:
    """HMAC-SHA256 of the value in capitals without white space, 32 hex digits: equal values give equal hashes, the value stays unknown."""
    plain = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:32]
