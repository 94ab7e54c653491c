"""Awards of projects and honours of people, with the level of who gave them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from extractors.nlp.clauses import clause_end, clause_start, denies, sentence_start
from extractors.nlp.lexicon import Lexicon, one_of
from extractors.nlp.span import Span

_TRIGGER: Final = re.compile(one_of("won"))
_NAMED_PRIZE: Final = re.compile(one_of("prizes"))
_PRIZE: Final = re.compile(rf"{one_of('prizes')}|(?:(?![获得为被评予等])[\u4e00-\u9fa5]){{1,4}}奖(?![金励项品杯惩学补牌状章罚池优])")
_DISTINCTION: Final = re.compile(rf"{one_of('distinctions')}[\u4e00-\u9fa5“”\"]{{0,16}}{one_of('distinguished')}?")
_DENIED: Final = re.compile(
    r"(?:未|没有|无|不曾|从未|尚未)[^，。；、]{0,6}(?:省|市|国家|县|区|集团)[^，。；]{0,8}奖项?"
    r"|(?:未|没有|尚未|从未|不曾|均未)曾?[获评][^，。；]{0,16}(?:奖项?|表彰|荣誉|认定)"
)
_HOPED: Final = re.compile(r"申报|申请|推荐|参评|争创|争取|角逐|报送|冲刺|拟|竞逐|力争")
_HOPED_NOW: Final = re.compile(r"(?:申报|争创|力争|拟|争取)[^，。；]{0,8}$")
_CONTEST: Final = re.compile(r"大赛|竞赛|比武|比赛|练兵")
_OF_A_PROJECT: Final = re.compile(r"项目|成果|创新|课题|五小|建议|QC|革新|发明|创意|作品|案例")
_EXPLICIT: Final = {
    "国家级": "national",
    "部级": "national",
    "省级": "provincial",
    "省部级": "provincial",
    "市级": "municipal",
    "区级": "county",
    "县级": "county",
    "厂级": "firm",
    "公司级": "firm",
    "局级": "firm",
}
_SERIES: Final = "总工会|科|五|职|工|人|质|住|政|局|优|第|一|二|三|“|级|交|卫|水|应|建|机|委"


@functools.lru_cache(maxsize=8)
def _levels(lexicon: Lexicon) -> re.Pattern[str]:
    """One named group a level; places are those of the lexicon and what ends like a place."""
    provinces, cities, counties = ("|".join(map(re.escape, names)) or "(?!)" for names in (lexicon.provinces, lexicon.cities, lexicon.counties))
    groups = (
        rf"(?P<explicit>{'|'.join(map(re.escape, _EXPLICIT))})",
        rf"(?P<association>(?:中国|全国|国家)?[\u4e00-\u9fa5]{{2,12}}{one_of('associations')})",
        rf"(?P<firm>{one_of('firms')})",
        rf"(?P<county>(?:{counties})[市县区]?|[\u4e00-\u9fa5]{{1,3}}县(?!级)"
        r"|[\u4e00-\u9fa5]{1,3}(?<![地园厂社片工矿库站校院病小山辖市])区(?![级域间块])|[乡镇](?!江)街道?|街道|开发区|经开区|高新区|园区)",
        rf"(?P<municipal>(?:{cities})市?|[\u4e00-\u9fa5]{{2}}市|全市|市(?={_SERIES}))",
        rf"(?P<provincial>(?:{provinces})省?|全省|省(?=公司|厅|{_SERIES})|自治区)",
        r"(?P<national>全国|国家|中国(?!移动|电信|联通|石化|石油|银行|铁路|电力|建筑|中)|中华|国务院|工信部|科技部|人社部|部委)",
    )
    return re.compile("|".join(groups))


_WITHIN: Final = re.compile("车间|班组|本单位|单位内部|系统内|企业内")


def level_of(words: str, lexicon: Lexicon) -> str | None:
    """Who gave it: the last word of `words` that tells a level decides (国网江苏省电力有限公司 is a firm); None without one.

    车间, 班组 and the like decide only where nothing else does (江苏省班组创新成果 is provincial).
    """
    found = list(_levels(lexicon).finditer(words))
    if not found:
        return None
    last = next((match for match in reversed(found) if not _WITHIN.fullmatch(match[0])), found[-1])
    kind = last.lastgroup or ""
    return _EXPLICIT[last[0]] if kind == "explicit" else kind


def awards(text: str, lexicon: Lexicon) -> Iterator[Span]:
    """Every award: after a word of winning the phrase up to a prize or distinction, else a prize with the words before it.

    A prize that a person won in a contest of skill is a `HONOUR`, no award of the project.
    """
    taken: list[tuple[int, int]] = []
    for found in _DENIED.finditer(text):
        taken.append(found.span())
        yield Span("AWARD", found.start(), found.end(), found[0], None, "negated")
    for pattern in (_PRIZE, _DISTINCTION):
        for found in pattern.finditer(text):
            if any(start < found.end() and found.start() < end for start, end in taken):
                continue
            span = _award(text, found, lexicon, must_be_won=pattern is _DISTINCTION)
            if span:
                taken.append((span.start, span.end))
                yield span


def _award(text: str, prize: re.Match[str], lexicon: Lexicon, *, must_be_won: bool) -> Span | None:
    begin, stop = clause_start(text, prize.start()), clause_end(text, prize.start())
    before = text[begin : prize.start()]
    won = next((found for found in reversed(list(_TRIGGER.finditer(before))) if len(before) - found.end() <= 40), None)
    inside = level_of(before[won.end() :] if won else before[-40:], lexicon)
    named = _NAMED_PRIZE.search(prize[0])
    if not won and (must_be_won or not (inside or named)):
        return None
    start, end = begin + (won.end() if won else max(0, len(before) - 40)), min(prize.end(), stop)
    level = (
        inside or level_of(before, lexicon) or level_of(text[end:stop], lexicon) or level_of(text[sentence_start(text, begin) : begin], lexicon)
    )
    lead = before[: won.start()] if won else before
    if denies(lead) or (_HOPED.search(lead) and not won) or _HOPED_NOW.search(lead):
        level = "negated"
    of_a_person = _CONTEST.search(before) and not _OF_A_PROJECT.search(before)
    return Span("HONOUR" if of_a_person else "AWARD", start, end, text[start:end], named[0] if named else None, level or "unknown")


def honours(text: str, lexicon: Lexicon) -> Iterator[Span]:
    """Every honour of a person or team (`江苏省五一劳动奖章`): no award of the project."""
    last = -1
    for found in _honour_words(lexicon.honours).finditer(text):
        if found.start() < last:
            continue
        last = found.end()
        before = text[max(clause_start(text, found.start()), found.start() - 24) : found.start()]
        level = "negated" if denies(before) else level_of(before, lexicon) or "unknown"
        yield Span("HONOUR", found.start(), found.end(), found[0], found[0], level)


@functools.lru_cache(maxsize=8)
def _honour_words(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")(?!精神|学院|杯|[\u4e00-\u9fa5“”]{0,8}工作室)")
