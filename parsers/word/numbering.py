"""The numbers that Word shows before list paragraphs and keeps outside of the text (ECMA-376 part 1, 17.9 and 17.18.59)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parsers.word.names import Element, W, child_val, number, switch
from parsers.word.symbols import decoded

_DIGITS: Final = "〇一二三四五六七八九"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: first number, number format, pattern (`第%1章`), whether outer numbers are shown in digits (`w:isLgl`)."""

    start: int
    form: str
    pattern: str
    legal: bool


def shown(value: int, form: str) -> str:
    """`value` in Word's number format `form` (ST_NumberFormat); decimal digits for a format or a value this table does not reach."""
    written = _FORMS[form](value) if form in _FORMS and value >= 0 else None
    return str(value) if written is None else written


def _counting(value: int, digits: str, units: str, ten: str) -> str | None:
    """Chinese counting up to 9999: 二十三, 一百零五; `ten` is what stands for 10–19 instead of 一十 ("" keeps it)."""
    if not 0 < value < 10_000:
        return digits[0] if value == 0 else None
    if 10 <= value < 20 and ten:
        return ten + (digits[value % 10] if value % 10 else "")
    written, gap = "", False
    for unit, power in zip(reversed(units + " "), (1, 10, 100, 1000), strict=True):
        digit = value // power % 10
        if digit:
            written = digits[digit] + unit.strip() + ("零" if gap and written else "") + written
        gap = digit == 0 and bool(written)
    return written


def _letters(value: int, first: str) -> str | None:
    """A … Z, AA, BB … as Word counts on."""
    return None if not 0 < value <= 780 else chr(ord(first) + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _roman(value: int) -> str | None:
    if not 0 < value < 4000:
        return None
    table = (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    written = ""
    for worth, sign in table:
        written += sign * (value // worth)
        value %= worth
    return written


def _enclosed(first: int, most: int) -> Callable[[int], str | None]:
    return lambda value: chr(first + value - 1) if 1 <= value <= most else None


def _cycle(signs: str) -> Callable[[int], str | None]:
    return lambda value: signs[(value - 1) % len(signs)] if value >= 1 else None


def _lower(written: str | None) -> str | None:
    return None if written is None else written.lower()


_CHINESE: Final[Callable[[int], str | None]] = lambda value: _counting(value, _DIGITS, "千百十", "十")  # noqa: E731
_LEGAL: Final[Callable[[int], str | None]] = lambda value: _counting(value, "零壹贰叁肆伍陆柒捌玖", "仟佰拾", "")  # noqa: E731
_TRADITIONAL: Final[Callable[[int], str | None]] = lambda value: _counting(value, "零壹貳參肆伍陸柒捌玖", "仟佰拾", "")  # noqa: E731
_DIGITAL: Final[Callable[[int], str | None]] = lambda value: "".join(_DIGITS[int(d)] for d in str(value))  # noqa: E731

_FORMS: Final[dict[str, Callable[[int], str | None]]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02d}",
    "decimalFullWidth": lambda value: "".join(chr(0xFF10 + int(d)) for d in str(value)),
    "decimalFullWidth2": lambda value: "".join(chr(0xFF10 + int(d)) for d in str(value)),
    "decimalEnclosedCircle": _enclosed(0x2460, 20),
    "decimalEnclosedCircleChinese": _enclosed(0x2460, 20),
    "decimalEnclosedFullstop": _enclosed(0x2488, 20),
    "decimalEnclosedParen": _enclosed(0x2474, 20),
    "numberInDash": lambda value: f"- {value} -",
    "ordinal": lambda value: f"{value}{'th' if value % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}",
    "upperLetter": lambda value: _letters(value, "A"),
    "lowerLetter": lambda value: _letters(value, "a"),
    "upperRoman": _roman,
    "lowerRoman": lambda value: _lower(_roman(value)),
    "chineseCounting": _CHINESE,
    "chineseCountingThousand": _CHINESE,
    "japaneseCounting": _CHINESE,
    "taiwaneseCounting": _CHINESE,
    "taiwaneseCountingThousand": _CHINESE,
    "chineseLegalSimplified": _LEGAL,
    "ideographLegalTraditional": _TRADITIONAL,
    "japaneseLegal": _TRADITIONAL,
    "ideographDigital": _DIGITAL,
    "japaneseDigitalTenThousand": _DIGITAL,
    "taiwaneseDigital": _DIGITAL,
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographEnclosedCircle": _enclosed(0x3280, 10),
    "none": lambda _value: "",
}


class Numbering:
    """The lists of one document and how far each has counted. `root` is `w:numbering`, None when there is none."""

    def __init__(self, root: Element | None) -> None:
        """Index the lists; nothing is counted yet."""
        self._abstract = {} if root is None else {e.get(W + "abstractNumId"): e for e in root.iterchildren(W + "abstractNum")}
        self._lists = {} if root is None else {e.get(W + "numId"): e for e in root.iterchildren(W + "num")}
        self._levels: dict[tuple[str, int], Level | None] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()

    def next_number(self, list_id: str | None, level: int) -> str:
        """The number of the next paragraph of list `list_id` at `level` (0–8), "" when that is no list. Counts on."""
        if list_id is None or list_id not in self._lists or not 0 <= level <= 8 or self.level(list_id, level) is None:
            return ""
        counts = self._counts.setdefault(child_val(self._lists[list_id], "abstractNumId") or list_id, [None] * 9)
        self._restart(list_id, counts, level)
        for outer in range(level):
            if counts[outer] is None:
                counts[outer] = self._start(list_id, outer)
        current = counts[level]
        counts[level] = self._start(list_id, level) if current is None else current + 1
        counts[level + 1 :] = [None] * (8 - level)
        return self._written(list_id, counts, level)

    def level(self, list_id: str, level: int) -> Level | None:
        """What the list says of one of its levels, None when it does not have it."""
        key = (list_id, level)
        if key not in self._levels:
            self._levels[key] = self._read_level(list_id, level)
        return self._levels[key]

    def _read_level(self, list_id: str, level: int) -> Level | None:
        override = self._override(list_id, level)
        element = None if override is None else override.find(W + "lvl")
        if element is None:
            abstract = self._abstract_of(list_id)
            found = () if abstract is None else abstract.iterchildren(W + "lvl")
            element = next((e for e in found if number(e.get(W + "ilvl")) == level), None)
        if element is None:
            return None
        form = child_val(element, "numFmt") or _alternate_format(element) or "decimal"
        pattern = child_val(element, "lvlText") or ""
        if form == "bullet":
            fonts = element.find(f"{W}rPr/{W}rFonts")
            pattern = pattern if fonts is None else decoded(pattern, fonts.get(W + "ascii"), fonts.get(W + "hAnsi"))
        return Level(number(child_val(element, "start"), 1), form, decoded(pattern, None, None), bool(switch(element, "isLgl")))

    def _abstract_of(self, list_id: str) -> Element | None:
        """The definition of a list, through one link to a numbering style's list."""
        abstract = self._abstract.get(child_val(self._lists[list_id], "abstractNumId"))
        link = child_val(abstract, "numStyleLink")
        if link is None:
            return abstract
        return next((a for a in self._abstract.values() if child_val(a, "styleLink") == link), abstract)

    def _override(self, list_id: str, level: int) -> Element | None:
        overrides = self._lists[list_id].iterchildren(W + "lvlOverride")
        return next((o for o in overrides if number(o.get(W + "ilvl")) == level), None)

    def _start(self, list_id: str, level: int) -> int:
        found = self.level(list_id, level)
        start = child_val(self._override(list_id, level), "startOverride")
        return number(start, 1) if start is not None else 1 if found is None else found.start

    def _restart(self, list_id: str, counts: list[int | None], level: int) -> None:
        """A list with a start of its own begins there when it is first used, though it shares its definition with others."""
        for step in range(level + 1):
            if (list_id, step) not in self._started and child_val(self._override(list_id, step), "startOverride") is not None:
                counts[step] = None
            self._started.add((list_id, step))

    def _written(self, list_id: str, counts: list[int | None], level: int) -> str:
        this = self.level(list_id, level)
        if this is None or this.form == "bullet":
            return "" if this is None else this.pattern

        def one(match: re.Match[str]) -> str:
            outer = int(match[1]) - 1
            found, count = self.level(list_id, outer), counts[outer]
            form = "decimal" if this.legal or found is None else found.form
            return "" if count is None else shown(count, form)

        return re.sub(r"%([1-9])", one, this.pattern).strip()


def _alternate_format(level: Element) -> str | None:
    """The number format within `mc:AlternateContent`, as newer Word writes custom ones: its fallback."""
    element = next(level.iter(W + "numFmt"), None)
    return None if element is None else element.get(W + "val")
