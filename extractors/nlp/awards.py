"""Awards of projects and honours of people, with the level of who gave them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from extractors.nlp.clauses import clause_end, clause_start, denies
from extractors.nlp.lexicon import Lexicon
from extractors.nlp.span import Span

_WON: Final = r"荣获|荣膺|获评为?|曾获得?|获得|喜获|斩获|摘得|夺得|捧回|获颁|获授|获(?!知|取|批|悉|益|准)|被?评选?为|评定为|认定为|命名为|表彰为|列为|入选|入围|授予|颁发|评上|拿下|拿到|取得"
_TRIGGER: Final = re.compile(_WON)
_PRIZE: Final = re.compile(
    r"特等奖|[一二三四]等奖|[金银铜]奖|优秀奖|优胜奖|鼓励奖|入围奖|提名奖|创新奖|进步奖|成果奖|贡献奖|专利奖|发明奖|"
    r"[\u4e00-\u9fa5]{1,4}(?<!等)奖(?!金|励|项|品|杯|惩|学|补|牌|状|章|罚|池|优)|第[一二三四五六七八九十]名|[冠亚季]军"
)
_DISTINCTION: Final = re.compile(
    r"(?:优秀|十佳|最佳|先进|示范|典型|优质|精品|金点子|十大|百佳|标杆)[\u4e00-\u9fa5“”\"]{0,16}(?:项目|成果|案例|工法|建议|创意|技术|发明|作品|操作法|“五小”|活动|QC|改|点子)?"
)
_DENIED: Final = re.compile(
    r"(?:未|没有|无|不曾|从未|尚未)[^，。；、]{0,6}(?:省|市|国家|县|区|集团)[^，。；]{0,8}奖项?|(?:未|没有|尚未|从未|不曾|均未)(?:曾)?(?:获|评)[^，。；]{0,16}(?:奖项?|表彰|荣誉|认定)"
)
_HOPED: Final = re.compile(r"申报|申请|推荐|参评|争创|争取|角逐|报送|冲刺|拟|竞逐|力争")
_FIRM: Final = r"公司|集团|总厂|分厂|[\u4e00-\u9fa5]厂(?!家|房|区|商)|厂级|厂里|企业内|车间|班组|本单位|单位内部|系统内|院级|医院|学院|校级|我院|全院|院内|局内|矿|支行|分行|总行|银行|段|全厂|本厂|本院"
_ASSOCIATION: Final = r"协会|学会|商会|联合会|促进会|研究会|联盟"
_LEVEL_WORDS: Final = {
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


@functools.lru_cache(maxsize=8)
def _levels(lexicon: Lexicon) -> re.Pattern[str]:
    places = {
        name: "|".join(map(re.escape, names)) or "(?!)"
        for name, names in (("p", lexicon.provinces), ("m", lexicon.cities), ("c", lexicon.counties))
    }
    return re.compile(
        "|".join(
            [
                rf"(?P<explicit>{'|'.join(map(re.escape, _LEVEL_WORDS))})",
                rf"(?P<association>(?:中国|全国|国家|[\u4e00-\u9fa5]{{2,3}}[省市])?[\u4e00-\u9fa5]{{2,12}}(?:{_ASSOCIATION}))",
                rf"(?P<firm>{_FIRM})",
                rf"(?P<county>(?:{places['c']})(?:[市县区])?|[\u4e00-\u9fa5]{{1,3}}(?:县(?!级)|(?<!地|园|厂|社|片|工|矿|库|站|校|院|病|小|山|辖|市)区(?!级|域|间|块))|[乡镇](?!江)街道?|街道|开发区|经开区|高新区|园区)",
                rf"(?P<municipal>(?:{places['m']})市?|[\u4e00-\u9fa5]{{2}}市|全市|(?<![省])市(?=总工会|科|五|职|工|人|质|住|政|局|优|第|一|二|三|“|级|交|卫|水|应|建|机|委))",
                rf"(?P<provincial>(?:{places['p']})省?|全省|(?<!全)省(?!级|去|下|力|时|电|工|了|内|料|钱|却|略|事|出)|自治区)",
                r"(?P<national>全国|国家|中国(?!移动|电信|联通|石化|石油|银行|铁路|电力|建筑|中)|中华|国务院|工信部|科技部|人社部|部委)",
            ]
        )
    )


def level_of(words: str, lexicon: Lexicon) -> str | None:
    """Who gave it: the last word of `words` that tells a level decides (国网江苏省电力有限公司 is a firm); None without one."""
    found = list(_levels(lexicon).finditer(words))
    if not found:
        return None
    last = found[-1]
    kind = last.lastgroup or ""
    return _LEVEL_WORDS[last[0]] if kind == "explicit" else kind


def awards(text: str, lexicon: Lexicon) -> Iterator[Span]:
    """Every award: after a word of winning the phrase up to a prize or distinction, else a prize with the words before it."""
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
    begin = clause_start(text, prize.start())
    before = text[begin : prize.start()]
    triggers = [found for found in _TRIGGER.finditer(before) if prize.start() - begin - found.end() <= 40]
    level_inside = level_of(before[triggers[-1].end() :] if triggers else before[-40:], lexicon)
    if must_be_won and not triggers:
        return None
    if not triggers and not level_inside and not re.search(r"等奖|[金银铜]奖", prize[0]):
        return None
    start = begin + (triggers[-1].end() if triggers else max(0, len(before) - 40))
    end = min(prize.end(), clause_end(text, prize.start()))
    level = level_inside or level_of(before, lexicon) or level_of(text[prize.end() : clause_end(text, prize.end())], lexicon) or "unknown"
    lead = before[: triggers[-1].start()] if triggers else before
    if denies(lead) or (_HOPED.search(lead) and not triggers) or re.search(r"(?:申报|争创|力争|拟)[^，。；]{0,8}$", lead):
        level = "negated"
    return Span("AWARD", start, end, text[start:end], _prize_name(prize[0]), level)


def _prize_name(words: str) -> str | None:
    found = re.search(
        r"特等奖|[一二三四]等奖|[金银铜]奖|优秀奖|优胜奖|鼓励奖|入围奖|提名奖|创新奖|进步奖|成果奖|贡献奖|专利奖|发明奖|第[一二三四五六七八九十]名|[冠亚季]军",
        words,
    )
    return found[0] if found else None


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
    return re.compile("(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")(?!精神|工作室|学院|杯)")
