"""Patent numbers and their check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from extractors.nlp.span import Span

# Application number of a Chinese patent: year 4, kind 1, serial 7, point, check digit (before 2003: year 2, kind 1, serial 5).
_APPLICATION: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<head>ZL|CN|zl|cn)?[ :：]?"
    r"(?P<year>(?:19|20)\d\d) ?(?P<kind>[12389]) ?(?P<serial>\d{7}) ?[.·。]? ?(?P<check>[\dXx])(?![\dA-Za-z])"
)
_OLD: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<head>ZL|zl) ?(?P<year>\d\d) ?(?P<kind>[1238]) ?(?P<serial>\d{5}) ?[.·]? ?(?P<check>[\dXx])(?![\dA-Za-z])"
)
_PUBLICATION: Final = re.compile(r"(?<![A-Za-z0-9])(?P<head>CN|cn) ?(?P<number>\d{7,9}) ?(?P<kind>[ABCSUYabcsuy]\d?)(?![\dA-Za-z])")
_CUE: Final = re.compile(r"专利|申请号|授权号|发明|实用新型|外观设计")


def check_digit(digits: str) -> str:
    """The check digit of a patent application number without it (8 or 12 digits), `X` for ten. Source: ZC 0006-2003 §4.4."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9)
    total = sum(int(digit) * weights[i % 8] for i, digit in enumerate(digits)) % 11
    return "X" if total == 10 else str(total)


def patents(text: str) -> Iterator[Span]:
    """Every patent number. Without ZL or CN before it, a word of patents must stand within the 24 characters before."""
    for pattern in (_APPLICATION, _OLD):
        for found in pattern.finditer(text):
            if not found["head"] and not _CUE.search(text[max(0, found.start() - 24) : found.start()]):
                continue
            digits = found["year"] + found["kind"] + found["serial"]
            check = found["check"].upper()
            value = f"{(found['head'] or '').upper()}{digits}.{check}"
            yield Span("PATENT", found.start(), found.end(), found[0], value, "ok" if check_digit(digits) == check else "bad-check-digit")
    for found in _PUBLICATION.finditer(text):
        yield Span("PATENT", found.start(), found.end(), found[0], f"CN{found['number']}{found['kind'].upper()}", "unchecked")
