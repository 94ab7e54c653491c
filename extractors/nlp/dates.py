"""Dates, and statements that something was put to use."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from extractors.nlp.clauses import clause_end, clause_start, denies, sentence_start
from extractors.nlp.span import Span

_HAN_DIGITS: Final = str.maketrans("零一二三四五六七八九", "0123456789")
_MONTHS: Final = {"十": 10, "十一": 11, "十二": 12} | {c: i for i, c in enumerate("一二三四五六七八九", 1)}
_WRITTEN: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d) ?年度?"
    r"(?: ?(?P<month>1[0-2]|0?[1-9]) ?月份?(?: ?(?P<day>3[01]|[12]\d|0?[1-9]) ?日)?(?:上旬|中旬|下旬|[底初末中](?!间|期|小))?"
    r"|(?P<edge>[底末]|年末|初)(?!始|步|期|级|中)|(?P<part>上半年|下半年|第?[一二三四1-4]季度))?"
)
_DOTTED: Final = re.compile(
    r"(?<![\d.A-Za-z-])(?P<year>(?:19|20)\d\d)(?P<sep>[./-])(?P<month>1[0-2]|0?[1-9])(?:(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9]))?(?![\d.%‰万亿元吨米年])"
)
_FIRST_OF_TWO: Final = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?= ?[-—–~～至到]{1,2} ?(?:19|20)\d\d ?年)")
_CHINESE: Final = re.compile(r"(?P<year>二零[零一二三][零一二三四五六七八九])年(?:(?P<month>十[一二]?|[一二三四五六七八九])月)?")
_EDGES: Final = {"底": 12, "末": 12, "年末": 12, "初": 1}


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    if month is None:
        return f"{year:04}"
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return f"{year:04}-{month:02}" + (f"-{day:02}" if day else "")


def dates(text: str) -> Iterator[Span]:
    """Every date with a year, as precise as written: `2023年3月15日`, `2023.6`, `二〇二三年三月`; `2023年底` is 2023-12, a quarter its year."""
    for found in _WRITTEN.finditer(text):
        month = int(found["month"]) if found["month"] else _EDGES.get(found["edge"] or "")
        yield from _date(found, int(found["year"]), month, int(found["day"]) if found["day"] else None)
    for found in _DOTTED.finditer(text):
        yield from _date(found, int(found["year"]), int(found["month"]), int(found["day"]) if found["day"] else None)
    for found in _FIRST_OF_TWO.finditer(text):
        yield from _date(found, int(found["year"]), None, None)
    for found in _CHINESE.finditer(text):
        month = _MONTHS[found["month"]] if found["month"] else None
        yield from _date(found, int(found["year"].translate(_HAN_DIGITS)), month, None)


def _date(found: re.Match[str], year: int, month: int | None, day: int | None) -> Iterator[Span]:
    value = _iso(year, month, day)
    if value:
        yield Span("DATE", found.start(), found.end(), found[0], value)


_WEAK: Final = re.compile(
    r"投入(?=[^，。；\d]{0,8}(?:以来|后|至今|养护|作业|生产|运营))"
    r"|实施|使用|应用|运行|推行|推广|执行|采用|投产|应用实践|上岗|配备|安装使用|实行|供货|批量生产|上车|装车|挂网|上岗应用"
)
_WORK_ONLY: Final = re.compile(r"立项|启动|着手|攻关|研制|试制|组织实施|方案|调研|设计|申请|授权|获|招标|采购|验收|检查|培训|颁布")
_SINCE: Final = re.compile(r"起|自|从|开始|投入|批量|以来|至今|已|全面|正式|陆续|在|于|后")
_PLANNED: Final = re.compile(r"计划|预计|拟|将(?=于|在|会|全|继|进|逐|陆|推|投|要|正)|准备|有望|争取|下一步|打算|力争|即将|待")
_SAME_DAY: Final = re.compile(r"^(?:当日|当月|当天|同月|同年|同日|并|随即|随后|后|即|且)")
_OPENERS: Final = "自从于在至今已"


@functools.lru_cache(maxsize=8)
def _in_use(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def applied(text: str, in_use: tuple[str, ...]) -> Iterator[Span]:
    """Every statement that something was put to use, with its date (`自2023年3月起投入使用` → 2023-03).

    `planned` (计划于…) and `negated` (尚未…) are no such statement and say so in `detail`. Weak verbs (实施, 使用) count only
    with a date and a word of beginning between (自…起, 已在…). A date counts when it stands in the same clause, or in the one before
    where the clause merely goes on (当日…, 并…).
    """
    found_dates = sorted(dates(text), key=lambda span: span.start)
    strong = _in_use(in_use)
    seen: set[int] = set()
    for found in strong.finditer(text):
        begin = clause_start(text, found.start())
        yield _statement(text, begin, found, found_dates)
        seen.add(begin)
    for found in _WEAK.finditer(text):
        begin = clause_start(text, found.start())
        before = [d for d in found_dates if begin <= d.start and d.end <= found.start()]
        if begin in seen or not before:
            continue
        between = text[before[-1].end : found.start()]
        around = text[max(begin, before[-1].start - 1) : before[-1].start] + between + text[found.end() : found.end() + 4]
        if len(between) <= 24 and _SINCE.search(around) and not _WORK_ONLY.search(between):
            yield _statement(text, begin, found, found_dates)
            seen.add(begin)


def _statement(text: str, begin: int, verb: re.Match[str], found_dates: list[Span]) -> Span:
    stop = clause_end(text, verb.end())
    when = _when(text, begin, verb.start(), stop, found_dates)
    before = text[begin : verb.start()]
    start = min(when.start, verb.start()) if when else verb.start()
    plan = _PLANNED.search(before)
    detail = "planned" if plan else "negated" if denies(before[-10:]) else None
    if plan:
        start = min(start, begin + plan.start())
    while start > begin and text[start - 1] in _OPENERS:
        start -= 1
    end = max(verb.end(), when.end if when else 0)
    return Span("APPLIED", start, end, text[start:end], when.value if when else None, detail)


def _when(text: str, begin: int, verb: int, stop: int, found_dates: list[Span]) -> Span | None:
    inside = [d for d in found_dates if begin <= d.start and d.end <= verb]
    if inside:
        return inside[-1]
    if _SAME_DAY.match(text[begin:verb]):
        earlier = [d for d in found_dates if max(sentence_start(text, begin), begin - 40) <= d.start and d.end <= begin]
        if earlier:
            return earlier[-1]
    behind = [d for d in found_dates if verb <= d.start < min(stop, verb + 20)]
    return behind[0] if behind and re.search("时间|日期|于|自|从", text[verb : behind[0].start]) else None
