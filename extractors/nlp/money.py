"""Amounts of money, in 万元."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from extractors.nlp.clauses import clause_start
from extractors.nlp.lexicon import one_of
from extractors.nlp.numbers import ANY, DASH, MORE, NUMBER, bare, plain, scaled, worth
from extractors.nlp.span import Span

# What one of the unit is in 万元; "" is 元 itself.
_SCALES: Final = dict(
    zip(
        ("", "百", "千", "万", "w", "W", "十万", "百万", "千万", "亿"),
        map(Decimal, ("0.0001", "0.01", "0.1", "1", "1", "1", "10", "100", "1000", "10000")),
        strict=True,
    )
)
_SCALE: Final = "(?:十万|百万|千万|万|亿|千|百|[wW])"
_SCALED: Final = rf"{MORE}{_SCALE}{MORE}"
_YUAN: Final = "(?:元|块钱|人民币)"
_SINGLE: Final = re.compile(rf"(?P<number>{NUMBER}) ?(?P<scale>{_SCALED}|{MORE}) ?(?P<yuan>{_YUAN})?")
_RANGE: Final = re.compile(rf"(?P<low>{NUMBER}) ?(?P<scale0>{_SCALE})?{_YUAN}?{DASH}(?P<high>{ANY}) ?(?P<scale>{_SCALED})?(?P<yuan>{_YUAN})?")
_COMPOUND: Final = re.compile(rf"(?P<high>{NUMBER})(?P<scale>万|亿)零?(?P<low>{ANY})(?P<scale0>[千百万])?(?P<yuan>{_YUAN})")
_VAGUE: Final = re.compile(
    rf"(?:数|几|好几|上)(?:十|百|千)?{_SCALE}{MORE}{_YUAN}|(?<![零一二两三四五六七八九十百千\d])(?:百|千){_SCALE}{_YUAN}"
)
_CUE: Final = re.compile(one_of("money_cues"))
_BENEFIT: Final = re.compile(one_of("benefit_cues"))
_COST: Final = re.compile(one_of("cost_cues"))
_EACH: Final = re.compile(r"每(?!年|月|季|天|日)[\u4e00-\u9fa5]{1,2}|单[台件价套次吨]|一[支只台件套个]")
_SUMS_UP: Final = re.compile(r"^(?:可|约)?(?:折合|折算|合计|共计|约合|价值|达|累计|共)")
_ENDS: Final = re.compile(r"(?:左右|上下|以上|以下|以内|之多)?(?:[，,。；;、！？!?）)\s]|$|[/／每的])")


def _factor(scale: str | None) -> Decimal:
    return _SCALES[bare(scale or "")]


def _is_money(text: str, found: re.Match[str]) -> bool:
    """元 says it; 万 or w without 元 only where the clause speaks of money and nothing but its end follows."""
    if found["yuan"]:
        return True
    if not re.search("[万亿wW]", found["scale"] or ""):
        return False
    before = text[clause_start(text, found.start()) : found.start()]
    return bool(_CUE.search(before)) and bool(_ENDS.match(text, found.end()))


def _kind(text: str, start: int) -> str | None:
    begin = clause_start(text, start)
    before = text[begin:start]
    if _EACH.search(before[-16:]):
        return "unit"
    if _SUMS_UP.match(before) and begin:
        before = text[clause_start(text, begin - 1) : start]
    return "benefit" if _BENEFIT.search(before) else "cost" if _COST.search(before) else None


def _range(text: str, found: re.Match[str]) -> str | None:
    joined_by_to = "到" in text[found.end("low") : found.start("high")]
    if joined_by_to and re.search("[由从]", text[max(0, found.start() - 6) : found.start()]):
        return None
    low = scaled(found["low"], _factor(found["scale0"] or found["scale"]))
    high = scaled(found["high"], _factor(found["scale"]))
    return f"{low}-{high}" if low and high else None


def _compound(text: str, found: re.Match[str]) -> str | None:
    high, low = worth(found["high"]), worth(found["low"])
    if high is None or low is None:
        return None
    return plain(high * _factor(found["scale"]) + low * _factor(found["scale0"]))


def _single(text: str, found: re.Match[str]) -> str | None:
    return scaled(found["number"], _factor(found["scale"]))


def amounts(text: str) -> Iterator[Span]:
    """Every amount of money: `45.6万元`, `680多万元`, `1,200余万元`, `6.3w元`, `3100元`, `3万8千元`, `8—10万元`, `一百万元`.

    万 without 元 counts after a word of money in its clause. Detail: `unit` (of one piece), `benefit`, `cost` or None.
    """
    taken: list[tuple[int, int]] = []
    for pattern, read in ((_RANGE, _range), (_COMPOUND, _compound), (_SINGLE, _single)):
        for found in pattern.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken) or not _is_money(text, found):
                continue
            value = read(text, found)
            if value is not None:
                taken.append(found.span())
                yield Span("AMOUNT", found.start(), found.end(), found[0], value, _kind(text, found.start()))
    for found in _VAGUE.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in taken):
            value = {"百万元": "100", "千万元": "1000"}.get(found[0])
            yield Span("AMOUNT", found.start(), found.end(), found[0], value, _kind(text, found.start()))
