"""Where a clause begins and ends, and whether something in it is denied.

Negation holds within its clause: `，；。` end it, `、` does not (附件4: “无知识产权争议、非医药类”).
"""

from __future__ import annotations

import re
from typing import Final

_ENDS: Final = "，,；;。！!？?\n：:"
_SENTENCE_ENDS: Final = "。！!？?\n；;"
_NEGATOR: Final = re.compile(
    r"(?:不涉及|不属于|不存在|不是|不含|不曾|不再|不担任|不具有|没有|并非|从未|尚未|均未|未|无|非|莫|勿|不(?=泄|涉|得|任|兼|为|接触|用于|作为|生产|包含|使用|构成))"
)
# 不锈钢 negates nothing: words that merely begin with such a character.
_DECOY: Final = re.compile(
    r"不锈|不仅|不但|不断|不少|不同|不良|不足|不得不|不光|不只|不论|未来|未必|无(?=缝|纺|人机|损|线|尘|菌|刷|源|锡|极|铅|油|轨|级|氧|机|水|论|数|忧|障碍|碳|纸化)"
    r"|非(?=标|公|常|晶|金属|遗|洲|机动|接触|开挖|凡|线性|计划|计量|织造|电量|圆|正常|停|煤|道路|药物)|除非|莫非|无非|是非|南非"
)
_TURN: Final = re.compile(r"但|而是|却|其中|只|仅")
_ITEMS: Final = 8
_DENIED_AFTER: Final = re.compile(r"^[^，,；;。！？\n]{0,6}(?:不涉及|不存在|均无|无关|没有|未发生|未出现)")


def clause_start(text: str, at: int, ends: str = _ENDS) -> int:
    """The offset of the first character of the clause that `at` lies in (at most 200 characters back)."""
    low = max(0, at - 200)
    return max((text.rfind(end, low, at) for end in ends), default=-1) + 1 or low


def clause_end(text: str, at: int, ends: str = _ENDS) -> int:
    """The offset just behind the clause that `at` lies in (at most 200 characters on)."""
    high = min(len(text), at + 200)
    return min((found for end in ends if (found := text.find(end, at, high)) >= 0), default=high)


def sentence_start(text: str, at: int) -> int:
    """The offset of the first character of the sentence that `at` lies in (at most 200 characters back)."""
    return clause_start(text, at, _SENTENCE_ENDS)


def denies(words: str) -> bool:
    """Whether `words`, which stand before something in its clause, deny it."""
    decoys = {found.start() for found in _DECOY.finditer(words)}
    denials = [found.end() for found in _NEGATOR.finditer(words) if found.start() not in decoys]
    return bool(denials) and not _TURN.search(words, denials[-1])


def negated(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is denied in its clause, before it or right behind it.

    A bare item of an enumeration by commas (“不涉及国家秘密，知识产权争议，药品”) shares the fate of the clause before.
    """
    if _DENIED_AFTER.match(text[end : end + 16]):
        return True
    begin = clause_start(text, start)
    bare = start - begin <= 1 and clause_end(text, end) - end <= 2
    for _ in range(_ITEMS):
        if denies(text[begin:start]):
            return True
        if not bare or begin < 2 or text[begin - 1] not in "，,":
            return False
        start = begin - 1
        begin = clause_start(text, start)
    return False
