"""The 一线职工证明: whom it names, who issued it and when, from prose of many wordings or from a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.flow import Flow, Sign, flow_of, lines_in
from extractors.grid import Block, column_below, place_cells, read_grid
from extractors.labels import lexicon
from extractors.letter import last_date, whole
from extractors.normal import is_blank, plain
from extractors.submission import Field
from extractors.values import fields_of
from parsers.document import Line
from profiles.profile import FormRule

_HAN = r"[\u4e00-\u9fff]"
_OURS = r"(?:我|本)(?:单位|公司|集团|厂|院|局|处|所|站|中心|部门|企业|校)"
_STAFF = r"(?:的?(?:在职|在岗|在编|正式|一线|现任|生产|全职|合同制|主要完成人|第一完成人|项目|(?:职工|员工|工人|人员|技术人员)(?:同志)?)[:：]?)"
_ORGANISATION = (
    r"(?:公司|集团|厂|局|院|所|中心|学校|学院|大学|银行|支行|分行|部|站|队|社|场|处|馆|店|工会|委员会|合作社|事务所|工作室|门诊部|幼儿园"
    r"|车间|码头|港|矿|行|(?:Ltd|Inc|Limited|GmbH|Corp)\.?)"
)
_NAMED_UNIT = rf"(?:[\u4e00-\u9fff（）()]{{2,40}}?{_ORGANISATION}{_STAFF}+)"
_PERSON = rf"(?:{_HAN}{{2,8}}?|{_HAN}{{1,8}}(?:[·•・．]{_HAN}{{1,8}}?){{1,3}})"
_GAP = r"(?:[（(][^（）()]*[）)])?"
# Behind a comma the sentence may go on about the one who was named.
_PEOPLE = rf"(?P<names>{_PERSON}{_GAP}(?:(?:[、和及与]|[，,](?!系|为|是|在|现|自|男|女|身份|性别)){_PERSON}{_GAP})*)"
_AFTER = r"(?:等\S{0,3}?)?(?:[同司冋回]志|先生|女士|师傅|职工|员工|\d+人|[二三四五六七八九十两]+(?:名|位)?(?:同志|职工|员工|人)?)*"
# What may follow the names, in the order in which it is believed: 为 and 在 may be part of a name.
_ENDS = (r"(?=[，,：:；;（(。]|身份证|性别|系|同志|为(?:我|本)|是(?:我|本)|在(?:我|本))", r"(?=[为是在从现于自已属均担男女])")
# What leads to the names, the surest first.
_OPENINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"证明[:：,，]?{_OURS}{_STAFF}*",
        rf"(?:兹|现)有[:：]?{_OURS}{_STAFF}*",
        rf"(?:证明|兹有|现有)[:：,，]?{_STAFF}+",
        r"证明[:：,，]?(?:姓名[:：]?)?",
        rf"(?:证明|兹有|现有)[:：,，]?{_NAMED_UNIT}",
        rf"{_OURS}{_STAFF}+",
        r"(?:兹|现)有[:：]?",
        r"^(?:一线(?:职工|员工)证明)?",
    )
)
_NAMING = tuple(re.compile(f"{_PEOPLE}{_AFTER}{ending}") for ending in _ENDS)
_NO_NAME = re.compile(r"单位|公司|证明|职工|员工|身份|项目|人员|部门|姓名|完成人|岗位|情况|以下|下列|一线|工作|企业")
_LISTED = re.compile(rf"(?:^|[：:；;。，,])\d{{1,2}}[.、．]({_HAN}{{2,4}})(?=[，,：:；;（(。、]|系|同志|身份证)")
_DEPARTMENT = re.compile(
    r"(?:人力资源(?:和社会保障|管理|行政)?|人事(?:教育|行政|劳资)?|组织人事|组织|劳动人事|劳资|综合管理|行政(?:人事)?|政工|党群|干部|党委组织)"
    r"(?:部门|部|处|科|室|中心|办公室|股)(?:[（(].{0,6}[）)])?$|人力资源(?:部门)?$|办公室$"
)
# A part of the unit in the line above it, its name perhaps half lost below the stamp.
_PART = re.compile(r"\S{1,5}[部处科室股]")
_STAMP = r"[（(](?:盖章|公章|签章|章|加盖公章)[）)]"
_ISSUER_LABEL = re.compile(rf"^(?:证明|出具|填报|申报|所在)?单位(?:名称)?(?:{_STAMP})?[:：]?|^(?:盖章|公章)[:：]?|{_STAMP}[:：]?")
_STAFF_OF = re.compile(
    rf"(?:系|是|为|在|于)(?P<unit>[\u4e00-\u9fff（）()\w]{{2,40}}?{_ORGANISATION})"
    rf"(?:{_HAN}{{0,8}})?(?:的|一线|在职|正式|职工|员工|工作)"
)


def read_certificate(blocks: Sequence[Block], form: FormRule, scan: bool) -> tuple[Field, ...]:
    """Names, employer and date of issue; the employer is the unit that signs, without its personnel department."""
    rules = {rule.name: rule for rule in form.head}
    in_table = {name: value for name, (_, value) in read_grid(blocks, form, scan).items() if not is_blank(plain(value.text))}
    flow = whole(blocks).compact()
    written = {
        "name": _named_in_column(blocks, form, scan) or named_people(flow) or in_table.get("name"),
        "employer": issuer(blocks) or _named_unit(flow) or in_table.get("employer"),
        "issued_date": last_date(flow) or in_table.get("issued_date"),
    }
    found: list[Field] = []
    for name, value in written.items():
        if value is not None and name in rules:
            found += fields_of(form.name, rules[name], value, scan)
    return tuple(found)


def named_people(flow: Flow) -> Flow | None:
    """The people a certificate's prose (without white space) is about, joined by `、`, their ID numbers in brackets left out."""
    listed = list(_LISTED.finditer(flow.text))
    if len(listed) > 1:
        return _joined([flow[match.start(1) : match.end(1)] for match in listed])
    for opening in _OPENINGS:
        for start in opening.finditer(flow.text):
            for naming in _NAMING:
                match = naming.match(flow.text, start.end())
                people = list(_single(flow[match.start("names") : match.end("names")])) if match else []
                if people and all(len(person) > 1 and not _NO_NAME.search(person.text) for person in people):
                    return _joined(people)
    return None


def _single(flow: Flow) -> Iterator[Flow]:
    """The names apart, without what stands in brackets."""
    start, depth = 0, 0
    kept: list[int] = []
    for place, sign in enumerate(flow.signs):
        depth += sign.char in "（("
        if depth == 0:
            kept.append(place)
        depth -= sign.char in "）)" and depth > 0
    bare = Flow(tuple(flow.signs[place] for place in kept), flow.lines)
    for match in re.finditer(r"[、，,和及与]|$", bare.text):
        if match.start() > start:
            yield bare[start : match.start()]
        start = match.end()


def _joined(people: Sequence[Flow]) -> Flow:
    """Several names as one flow with `、` between them, whatever lines they stand in."""
    signs: list[Sign] = []
    lines: list[tuple[int | None, Line]] = []
    for person in people:
        if signs:
            signs.append(replace(signs[-1], char="、"))
        signs += [replace(sign, line=sign.line + len(lines)) for sign in person.signs]
        lines += person.lines
    return Flow(tuple(signs), tuple(lines))


def _named_in_column(blocks: Sequence[Block], form: FormRule, scan: bool) -> Flow | None:
    """The names below 姓名 where a table lists several people."""
    cells = place_cells(blocks, lexicon(form), scan)
    for cell in cells:
        if cell.label and any(rule.name == "name" for _, rule in cell.label.rules):
            below = [c.flow.compact() for c in column_below(cell, cells) if not c.empty]
            if below:
                return _joined(below)
    return None


def issuer(blocks: Sequence[Block]) -> Flow | None:
    """The unit that signs at the end: the last line that names an organisation, its personnel department left out."""
    lines = [flow_of([line]) for page, block in blocks for line in lines_in(block, page)]
    units = [None, *(_unit_of(flow.compact()) for flow in lines)]
    for above, unit in reversed(list(pairwise(units))):
        if unit is not None:
            return above if above is not None and _PART.fullmatch(unit.text) and len(above) > len(unit) else unit
    return None


def _unit_of(line: Flow) -> Flow | None:
    label = _ISSUER_LABEL.match(line.text)
    if label and label.end() < len(line):
        line = line[label.end() :]
    for cut in (_ISSUER_LABEL, re.compile(r"(?:19|20|二[〇零○])\S{2}年.*$"), _DEPARTMENT):
        found = cut.search(line.text)
        if found and found.start() > 0:
            line = line[: found.start()]
    text = line.text
    if not 4 <= len(text) <= 60 or re.search(r"[。，；：:]|,(?!(?:Ltd|Inc))|证明|系我|一线|项目", text):
        return None
    return line if re.search(rf"{_ORGANISATION}(?:[（(].{{1,8}}[）)])?$", text) and not _DEPARTMENT.match(text) else None


def _named_unit(flow: Flow) -> Flow | None:
    """The unit named in the text: 系XX公司职工, 在XX公司工作."""
    match = _STAFF_OF.search(flow.text)
    if not match or re.match(r"(?:我|本)(?:单位|公司)", match["unit"]):
        return None
    return flow[match.start("unit") : match.end("unit")]
