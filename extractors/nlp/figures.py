"""Percentages, changes (由A降至B) and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from extractors.nlp.lexicon import one_of, words
from extractors.nlp.numbers import ANY, ARABIC, DASH, MORE, NUMBER, bare, plain, scaled, worth
from extractors.nlp.span import Span

_PERCENT: Final = re.compile(
    rf"(?P<low>{NUMBER}) ?[%‰]?{DASH}(?P<high>{ARABIC}) ?(?P<sign>[%‰]|个百分点)"
    rf"|(?P<number>{NUMBER}) ?{MORE}(?P<sign1>[%‰]|个百分点)"
    rf"|(?P<parts>[百千万])分之(?P<of>{ANY})"
    r"|(?<![完合达建])(?P<tenths>[一二两三四五六七八九])成(?P<half>半)?(?![员为本功果熟不新立型年品套交长])"
)
_WORTH_OF_ONE: Final = {
    "%": Decimal(1),
    "‰": Decimal("0.1"),
    "个百分点": Decimal(1),
    "百": Decimal(1),
    "千": Decimal("0.1"),
    "万": Decimal("0.01"),
}


def percentages(text: str) -> Iterator[Span]:
    """Every percentage: `6.8%`, `1.9‰` (0.19), `百分之七十六`, `万分之三`, `四成`, `五成半`, `3个百分点`, `30%～50%`."""
    for found in _PERCENT.finditer(text):
        value = _percent(found)
        if value is not None:
            points = "points" if found[0].endswith("百分点") else None
            yield Span("PERCENT", found.start(), found.end(), found[0], value, points)


def _percent(found: re.Match[str]) -> str | None:
    if found["low"]:
        factor = _WORTH_OF_ONE[found["sign"]]
        low, high = scaled(found["low"], factor), scaled(found["high"], factor)
        return f"{low}-{high}" if low and high else None
    if found["tenths"]:
        value = worth(found["tenths"])
        return None if value is None else plain(value * 10 + (5 if found["half"] else 0))
    return scaled(found["number"] or found["of"], _WORTH_OF_ONE[found["sign1"] or found["parts"]])


_MEASURE: Final = "(?:" + "|".join(map(re.escape, words()["measures"])) + ")"
_PER: Final = r"(?:/[A-Za-z]{1,3}[³²]?)?"
_QUANTITY: Final = (
    rf"(?:{ANY} ?(?:小时|分钟?|h|min)零?{ANY} ?(?:分钟?|秒|min|s)|(?:{ANY}|半) ?{MORE}[万亿千]?(?:{_MEASURE}{_PER})?(?:半|以上|左右)?)"
)
_VERB: Final = rf"{one_of('change_verbs')}了?"
_CHANGE: Final = re.compile(
    rf"[由从](?P<pre>[^\d，。；：！？、\n]{{0,12}}?)(?P<a>{_QUANTITY})(?P<mid>[^\d，。；：！？\n]{{0,8}}?)"
    rf"{_VERB}(?:到|至|为|成)?了?(?P<post>[^\d，。；：！？、\n]{{0,10}}?)(?P<b>{_QUANTITY}|零(?!部|件|散))"
    # without 由 only where both figures have their unit: 3.5%降至0.9%, 60炉提高到85炉
    rf"|(?P<c>{NUMBER} ?(?P<unit>{_MEASURE}|[\u4e00-\u9fa5])){_VERB}(?:到|至|为)了?(?P<d>{ANY} ?(?P=unit))"
)
_HAS_UNIT: Final = re.compile(_MEASURE + _PER)


def changes(text: str) -> Iterator[Span]:
    """Every change from one figure to another: `由8.5%降至1.2%` as `8.5%→1.2%`; a unit that stands once counts for both."""
    for found in _CHANGE.finditer(text):
        before, after = (re.sub(r"\s|以上|左右", "", part) for part in (found["a"] or found["c"], found["b"] or found["d"]))
        old, new = _unit(before), _unit(after)
        if found["c"] or old or new:
            yield Span("CHANGE", found.start(), found.end(), found[0], f"{before}{'' if old else new}→{after}{'' if new else old}")


def _unit(quantity: str) -> str:
    units: list[str] = _HAS_UNIT.findall(quantity)
    return units[-1] if units else ""


_NO_COUNT_BEHIND: Final = {
    "个": "百分点|多?月|小时|工作日|工日|年头|季度|班组长|工时",
    "人": "民币|工费",
    "项": "目经理",
    "处": "理|于|置",
    "次": "性|日|年|月",
    "起": "用|在|投|运|实|开|正|全|陆|推|应|重|逐|启",
    "条": "件|例",
    "本": "项|班|公|厂|人|次",
    "件": "费",
    "名": "称|义",
    "户": "外",
    "批": "准",
}
_COUNT: Final = re.compile(rf"(?P<number>{NUMBER}) ?(?P<scale>{MORE}[万千百]?{MORE}) ?(?P<unit>{one_of('counters')})")
_COUNT_SCALES: Final = {"": 1, "百": 100, "千": 1000, "万": 10000}


def counts(text: str) -> Iterator[Span]:
    """Every counted number of things (`320余人次`, `1.2万人次`, `十二台`); single Chinese numerals (`一个`) are no counts."""
    for found in _COUNT.finditer(text):
        behind = _NO_COUNT_BEHIND.get(found["unit"])
        if behind and re.match(behind, text[found.end() : found.end() + 3]):
            continue
        single = len(found["number"]) == 1 and not found["number"].isascii()
        value = worth(found["number"])
        if value is None or (single and not found["scale"]) or text[found.start() - 1 : found.start()] == "第":
            continue
        yield Span("COUNT", found.start(), found.end(), found[0], plain(value * _COUNT_SCALES[bare(found["scale"])]), found["unit"])
