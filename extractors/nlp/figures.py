"""Amounts of money, percentages, changes (由A降至B) and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from extractors.nlp.clauses import clause_start
from extractors.nlp.numbers import ARABIC, DASH, HAN, MORE, NUMBER, plain, scaled, worth
from extractors.nlp.span import Span

_SCALES: Final = {
    "": "0.0001",
    "百": "0.01",
    "千": "0.1",
    "万": "1",
    "w": "1",
    "W": "1",
    "十万": "10",
    "百万": "100",
    "千万": "1000",
    "亿": "10000",
}
_SCALE: Final = "(?:十万|百万|千万|万|亿|千|百|[wW])"
_YUAN: Final = "(?:元|块钱|人民币)"
_SINGLE: Final = re.compile(rf"(?P<number>{NUMBER}) ?(?P<scale1>{MORE}{_SCALE}{MORE}|{MORE}) ?(?P<yuan>{_YUAN})?")
_RANGE: Final = re.compile(
    rf"(?P<low>{NUMBER}) ?(?P<scale0>{_SCALE})?{_YUAN}?{DASH}(?P<high>(?:{ARABIC}|{HAN})) ?(?P<scale>{MORE}{_SCALE}{MORE})?(?P<yuan>{_YUAN})?"
)
_VAGUE: Final = re.compile(rf"(?:数|几|好几|上)(?:十|百|千)?{_SCALE}{MORE}{_YUAN}|(?<![零一二两三四五六七八九十百千])(?:百|千){_SCALE}{_YUAN}")
_MONEY_CUE: Final = re.compile(
    r"节约|节省|节支|降本|省|增收|增效|创效|创收|效益|成本|费|产值|利润|利税|税|收入|投入|投资|资金|损失|折合|耗资|价值|预算|支出|开支|营收|销售额|金额|造价|经费|采购|报价|合计|减亏|价格|收益|奖金"
)
_BENEFIT: Final = re.compile(
    r"节约|节省|节支|降本|省下|省电|可省|增收|增效|创效|创收|效益|产值|利润|利税|税|收入|减少损失|避免[^，。]{0,8}损失|挽回|减亏|降低[^，。]{0,6}成本|收益|营收|销售|少支出|减少[^，。]{0,8}费"
)
_COST: Final = re.compile(r"投入|投资|花费|花了|耗资|经费|预算|支出|列支|奖金|造价|购买|费用|原需|外购|共花|成本")
_ENDS_AMOUNT: Final = re.compile(r"(?:左右|上下|以上|以下|以内|之多)?(?:[，,。；;、！？!?）)\s]|$|[/／每的])")


def _factor(scale: str | None) -> Decimal:
    return Decimal(_SCALES[re.sub(r"[余多几来]", "", scale or "")])


def _is_money(text: str, found: re.Match[str], scale: str | None) -> bool:
    """元 says it; 万 or w without 元 only where the clause speaks of money and nothing but its end follows."""
    if found["yuan"]:
        return True
    if not scale or not re.search("[万亿wW]", scale):
        return False
    before = text[clause_start(text, found.start()) : found.start()]
    return bool(_MONEY_CUE.search(before)) and bool(_ENDS_AMOUNT.match(text, found.end()))


def _kind(text: str, start: int) -> str | None:
    before = text[clause_start(text, start) : start]
    if _BENEFIT.search(before):
        return "benefit"
    return "cost" if _COST.search(before) else None


def amounts(text: str) -> Iterator[Span]:
    """Every amount of money in 万元: `45.6万元`, `680多万元`, `1,200余万元`, `6.3w元`, `3100元`, `8—10万元`, 万 without 元 after a word of money."""
    taken: list[tuple[int, int]] = []
    for found in _RANGE.finditer(text):
        span = _range(text, found)
        if span:
            taken.append((span.start, span.end))
            yield span
    for found in _SINGLE.finditer(text):
        if any(start < found.end() and found.start() < end for start, end in taken):
            continue
        if _is_money(text, found, found["scale1"]):
            value = scaled(found["number"], _factor(found["scale1"]))
            yield Span("AMOUNT", found.start(), found.end(), found[0], value, _kind(text, found.start()))
            taken.append(found.span())
    for found in _VAGUE.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in taken):
            value = {"百": "100", "千": "1000"}.get(found[0][0]) if found[0][1] == "万" else None
            yield Span("AMOUNT", found.start(), found.end(), found[0], value, _kind(text, found.start()))


def _range(text: str, found: re.Match[str]) -> Span | None:
    joined_by_to = "到" in text[found.end("low") : found.start("high")]
    if joined_by_to and re.search("[由从]", text[max(0, found.start() - 6) : found.start()]):
        return None
    if not _is_money(text, found, found["scale"]):
        return None
    low = scaled(found["low"], _factor(found["scale0"] or found["scale"]))
    high = scaled(found["high"], _factor(found["scale"]))
    if low is None or high is None:
        return None
    return Span("AMOUNT", found.start(), found.end(), found[0], f"{low}-{high}", _kind(text, found.start()))


_PERCENT: Final = re.compile(
    rf"(?P<low>{NUMBER}) ?[%‰]?{DASH}(?P<high>{ARABIC}) ?(?P<sign>[%‰]|个百分点)"
    rf"|(?P<number>{NUMBER}) ?{MORE}(?P<sign1>[%‰]|个百分点)"
    rf"|百分之(?P<of>{HAN}|{ARABIC})|千分之(?P<permille>{HAN}|{ARABIC})"
    r"|(?<![完合达建])(?P<tenths>[一二两三四五六七八九])成(?P<half>半)?(?![员为本功果熟不新立型年品套交长])"
)


def percentages(text: str) -> Iterator[Span]:
    """Every percentage: `6.8%`, `1.9‰` (0.19), `百分之七十六`, `四成`, `五成半`, `3个百分点`, `30%～50%`."""
    for found in _PERCENT.finditer(text):
        value = _percent(found)
        if value is not None:
            points = "points" if found[0].endswith("百分点") else None
            yield Span("PERCENT", found.start(), found.end(), found[0], value, points)


def _percent(found: re.Match[str]) -> str | None:
    tenth = Decimal("0.1")
    if found["low"]:
        factor = tenth if found["sign"] == "‰" else Decimal(1)
        low, high = scaled(found["low"], factor), scaled(found["high"], factor)
        return f"{low}-{high}" if low is not None and high is not None else None
    if found["number"]:
        return scaled(found["number"], tenth if found["sign1"] == "‰" else Decimal(1))
    if found["tenths"]:
        value = worth(found["tenths"])
        return None if value is None else plain(value * 10 + (5 if found["half"] else 0))
    return scaled(found["of"], Decimal(1)) if found["of"] else scaled(found["permille"], tenth)


_MEASURES: Final = (
    "分钟|小时|工时|工日|个月|个工作日|个百分点|万元|百元|千元|亿元|元|厘米|毫米|微米|公里|千米|平方米|立方米|千瓦时|千瓦|千克|公斤|毫克|毫升|标准煤|摄氏度|"
    "人次|台次|批次|班次|台套|件次|车次|工序|道工序|道|天|周|年|月|日|时|分|秒|班|次|人|名|台|套|件|个|根|条|只|间|米|吨|克|升|度|倍|级|项|起|例|处|支|块|片|张|包|箱|袋|桶|瓶|圈|层|步|页|份|趟|辆|艘|座|分贝|兆帕|"
    "dB|MPa|kPa|kWh|kW|mm|cm|km|μm|um|mg|kg|ml|min|ms|ppm|℃|°C|m³|m²|m|g|h|s|t|L|%|‰"
)
_QUANTITY: Final = rf"(?:(?:{ARABIC}|{HAN}|半) ?{MORE}(?:万|亿|千)?(?:{_MEASURES})?(?:半|以上|左右)?){{1,2}}"
_CHANGE: Final = re.compile(
    rf"(?:由|从)(?P<pre>[^\d，。；：！？、\n]{{0,12}}?)(?P<a>{_QUANTITY})(?P<mid>[^\d，。；：！？\n]{{0,8}}?)"
    r"(?P<verb>下降|降低|降|减少|减|缩短|缩减|缩|压缩|压降|压减|压|提升|提高|提|增加|增长|增至|增|延长|延|扩大|扩|涨|升|上升|改善|改进|改|变|下调|上调|优化|攀升|回落|精简|控制|跃升|跌)"
    r"了?(?:到了|到|至|为|成)?了?"
    rf"(?P<post>[^\d，。；：！？、\n]{{0,10}}?)(?P<b>{_QUANTITY}|零(?!部|件|散))"
)
_HAS_UNIT: Final = re.compile(rf"(?:{_MEASURES})")


def changes(text: str) -> Iterator[Span]:
    """Every change from one figure to another: `由8.5%降至1.2%` as `8.5%→1.2%`; a unit that stands once counts for both."""
    for found in _CHANGE.finditer(text):
        before, after = (re.sub(r"\s|以上|左右", "", found[part]) for part in "ab")
        unit = _unit(after)
        if not _unit(before) and unit:
            before += unit
        elif not unit and (other := _unit(before)):
            after += other
        if _unit(before) or unit:
            yield Span("CHANGE", found.start(), found.end(), found[0], f"{before}→{after}")


def _unit(quantity: str) -> str:
    units: list[str] = _HAS_UNIT.findall(quantity)
    return units[-1] if units else ""


_COUNTERS: Final = "人次|台次|批次|班次|台套|件次|车次|场次|项|件|套|台|个|家|次|人|名|条|起|例|篇|辆|艘|户|座|处|本|批"
_NO_COUNT_BEHIND: Final = {
    "个": "百分点|月|小时|工作日|工日|年头|季度|班组长|工时",
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
_COUNT: Final = re.compile(rf"(?P<number>{NUMBER}) ?(?P<scale>{MORE}[万千百]?{MORE}) ?(?P<unit>{_COUNTERS})")
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
        factor = _COUNT_SCALES[re.sub(r"[余多几来]", "", found["scale"])]
        yield Span("COUNT", found.start(), found.end(), found[0], plain(value * factor), found["unit"])
