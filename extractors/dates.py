"""Dates and periods as people write them: 2023.6, 2023/06/30, 二〇二三年六月, 2022年6-12月, open ends."""

from __future__ import annotations

import re
import unicodedata

Day = tuple[int, int | None, int | None]

_NUMERALS = {**{c: str(i) for i, c in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0", "Ｏ": "0", "O": "0"}
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_WITH_YEAR = re.compile(
    _YEAR
    + r"(?:\s*年\s*(?:(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?)?)?"
    + r"|\s*(?P<sep>[./\-])\s*(?P<m2>\d{1,2})(?:\s*(?P=sep)\s*(?P<d2>\d{1,2}))?\s*[月日号]?(?!\d)"
    + r"|(?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12]\d|3[01])?(?!\d)"
    + r"|(?![\d]))"
)
_MONTH_ONLY = re.compile(r"^\s*(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})\s*[日号]?)?")
_BETWEEN = re.compile(r"至今|至|到|—+|－+|–|~+|～+|∼|-{1,2}|―|起|始")
_PARTS = (
    ("上半年", (1, 6)),
    ("下半年", (7, 12)),
    ("第?[一1]季度", (1, 3)),
    ("第?[二2]季度", (4, 6)),
    ("第?[三3]季度", (7, 9)),
    ("第?[四4]季度", (10, 12)),
    ("年?初", (1, 1)),
    ("年?[底末]", (12, 12)),
)
"""Parts of a year, and their first and last month."""
_PART_OF_YEAR = re.compile(f"({'|'.join(word for word, _ in _PARTS)})")
_OPEN = re.compile(r"至今|迄今|目前|现在|今$")


def arabic(text: str) -> str:
    """NFKC, with the Chinese numerals of dates as figures: 二〇二三年十一月 → 2023年11月."""
    text = unicodedata.normalize("NFKC", text).replace("_", " ")
    text = re.sub(r"[〇零○O一二三四五六七八九]{4}(?=年)", lambda m: "".join(_NUMERALS[c] for c in m[0]), text)
    return re.sub(r"([一二三四五六七八九十]{1,3})(?=[月日号])", lambda m: str(_small(m[1])), text)


def _small(numeral: str) -> int:
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return int("".join(_NUMERALS[c] for c in tens))
    return (int(_NUMERALS[tens]) if tens else 1) * 10 + (int(_NUMERALS[ones]) if ones else 0)


def dates_in(text: str) -> list[Day]:
    """Every date in the text in order, as (year, month, day), None for what is not written."""
    return [day for _, _, day in found_dates(arabic(text))]


def found_dates(text: str) -> list[tuple[int, int, Day]]:
    """(start, end, date) in text that is already `arabic`; impossible months and days are dropped."""
    found = []
    for match in _WITH_YEAR.finditer(text):
        month = match["m"] or match["m2"] or match["m3"]
        day = match["d"] or match["d2"] or match["d3"]
        value = _checked(int(match["y"]), month, day)
        if value and not (match.start() and text[match.start() - 1].isdigit()) and not _blank_month(value, text[match.end() :]):
            found.append((match.start(), match.end(), value))
    return found


def _blank_month(day: Day, after: str) -> bool:
    """Whether only the year of a printed date is there: 2024年　月　日."""
    return day[1] is None and bool(re.match(r"\s*月", after))


def _checked(year: int, month: str | None, day: str | None) -> Day | None:
    if month is None:
        return year, None, None
    if not 1 <= int(month) <= 12:
        return None
    if day is None:
        return year, int(month), None
    return (year, int(month), int(day)) if 1 <= int(day) <= 31 else None


def date_text(day: tuple[int | None, ...]) -> str:
    """`2023-06-30`, `2023-06`, `2023`."""
    return "-".join(f"{part:04d}" if i == 0 else f"{part:02d}" for i, part in enumerate(day) if part is not None)


def period(raw: str) -> tuple[str | None, str | None]:
    """Start and end of a period; a half or a quarter of a year is one by itself (2023年下半年).

    The end takes the start's year where it has none of its own (2022年6-12月, 2022.6-12). An open end (至今) and an end
    that is not written are None; a single date after 至 or 截至 is an end, any other single date a start.
    """
    text = re.sub(r"\s+", "", arabic(re.sub(r"\s+", "", raw)))
    short = re.search(r"((?:19|20)\d{2})[年./](\d{1,2})月?(?:-|—+|~|～|至|到|－|–)(\d{1,2})月(?!\d)", text) or re.fullmatch(
        r"((?:19|20)\d{2})[./](\d{1,2})(?:—+|~|～|至|到|-)(\d{1,2})", text
    )
    if short and _checked(int(short[1]), short[2], None) and _checked(int(short[1]), short[3], None):
        return date_text((int(short[1]), int(short[2]))), date_text((int(short[1]), int(short[3])))
    found = found_dates(text)
    if not found:
        return None, None
    if len(found) == 1:
        return _one_date(text, found[0])
    return date_text(_months(text, found[0])[0]), date_text(_months(text, found[-1])[1])


def _months(text: str, found: tuple[int, int, Day]) -> tuple[Day, Day]:
    """The first and the last month that a date means: a half, a quarter, the beginning or the end of its year; itself otherwise."""
    _, end, day = found
    part = _PART_OF_YEAR.match(text[end:]) if day[1] is None else None
    if part is None:
        return day, day
    first, last = next(months for word, months in _PARTS if re.fullmatch(word, part[1]))
    return (day[0], first, None), (day[0], last, None)


def _one_date(text: str, found: tuple[int, int, Day]) -> tuple[str | None, str | None]:
    start, end, day = found
    before, after = text[:start], text[end:]
    first, last = _months(text, found)
    if first != last:
        return date_text(first), date_text(last)
    day = first
    link = _BETWEEN.match(after)
    if link and not _OPEN.match(after):
        month = _MONTH_ONLY.match(after[link.end() :])
        other = _checked(day[0], month["m"], month["d"]) if month else None
        if re.match(r"年?[底末]", after[link.end() :]):
            other = day[0], 12, None
        if other:
            return date_text(day), date_text(other)
    if re.search(r"(?:至|到|截至|截止|止于?)$", before) or re.match(r"(?:止|完成|结束)", after):
        return None, date_text(day)
    return date_text(day), None
