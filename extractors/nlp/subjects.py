"""What the notice excludes, and who works in the front line."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from extractors.nlp.clauses import clause_end, clause_start, negated
from extractors.nlp.lexicon import Pairs
from extractors.nlp.span import Span

_DEVELOPED: Final = re.compile(r"开发|研发|研制|承担|立项|牵头|设计|合作|攻关|完成|联合|主导|负责|课题|项目")


@functools.lru_cache(maxsize=8)
def _by_subject(subjects: Pairs) -> tuple[tuple[re.Pattern[str], str], ...]:
    """One pattern a subject, longer alternatives first, so that no mention counts twice."""
    names = dict.fromkeys(subject for _, subject in subjects)
    return tuple(
        (re.compile("|".join(sorted((pattern for pattern, subject in subjects if subject == name), key=len, reverse=True))), name)
        for name in names
    )


def excluded(text: str, subjects: Pairs) -> Iterator[Span]:
    """Every mention of an excluded subject; `negated` where its clause denies it.

    A research institute counts only where its clause speaks of developing.
    """
    for pattern, subject in _by_subject(subjects):
        for found in pattern.finditer(text):
            denied = negated(text, found.start(), found.end())
            begin, end = clause_start(text, found.start()), clause_end(text, found.end())
            if subject == "research-institute" and not denied and not _DEVELOPED.search(text[begin : found.start()] + text[found.end() : end]):
                continue
            yield Span("EXCLUDED", found.start(), found.end(), found[0], subject, "negated" if denied else None)


_FRONTLINE: Final = re.compile(
    r"(?:生产科研|生产和?科研|生产|科研|施工|服务|基层|工作|车间|操作|检修|临床|教学|运维|作业|养护|建设|抢修|运行)第?一线(?:[\u4e00-\u9fa5]{0,4}?(?:职工|员工|工人|女工|岗位|人员|工作者|护士|教师|司机|师傅|工程师|工))?"
    r"|(?<![统同唯单第另每这那沿某])第?一线(?:[\u4e00-\u9fa5]{0,4}?(?:职工|员工|工人|女工|岗位|人员|工作者|护士|教师|司机|师傅|班组))"
)
_NOT_FRONT: Final = re.compile(r"(?:非|不是|不属于|脱离|离开|已不在|不在|并非)[^，。；]{0,3}$")


def frontline(text: str) -> Iterator[Span]:
    """Every statement of the front line (`生产一线岗位`, `一线职工`); `negated` where the words right before deny it."""
    for found in _FRONTLINE.finditer(text):
        denied = _NOT_FRONT.search(text[clause_start(text, found.start()) : found.start()])
        yield Span("FRONTLINE", found.start(), found.end(), found[0], None, "negated" if denied else None)
