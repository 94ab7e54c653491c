"""The 一线职工证明: whom it names, who issued it and when, from prose of many wordings or from a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.flow import Flow, flow_of, lines_in
from extractors.grid import Block, read_grid
from extractors.letter import last_date, whole
from extractors.normal import is_blank, plain
from extractors.submission import Field
from extractors.values import fields_of
from profiles.profile import FormRule

_PERSON = r"[\u4e00-\u9fff](?:[\u4e00-\u9fff]|·){1,5}?"
_GAP = r"(?:[（(][^（）()]*[）)])?"
_PEOPLE = rf"(?P<names>{_PERSON}{_GAP}(?:[、，,和及与]{_PERSON}{_GAP})*)"
_TITLE = r"(?:等\S{0,3})?(?:同志|先生|女士|师傅|职工|员工|\d+人|[一二三四五六七八九十两]+(?:名|位)?(?:同志|职工|员工|人)?)*"
_STAFF = r"(?:[（(]男[）)]|[（(]女[）)])?"
_ORG_WORD = r"(?:公司|集团|厂|局|院|所|中心|医院|学校|学院|大学|银行|支行|分行|部|站|队|社|场|处|馆|店|工会|委员会|研究院|合作社|事务所|工作室|门诊部|幼儿园|分公司|车间|码头|港|矿|行)"
# Wordings of certificates: whom they name. The first that fits a text counts; `names` may hold several people.
_WORDINGS = (
    rf"(?:兹|现|特|此)?证明[:：]?(?:我(?:单位|公司|厂|院|局|处|所|站|中心)|本(?:单位|公司|厂|院|局|处|所|站|中心))(?:在职|在岗|正式|一线|现任|生产)*(?:职工|员工|工人|人员)?{_PEOPLE}{_TITLE}(?=[，,：:；;（(系为是在从现于自已属工担任，。]|身份证)",
    rf"(?:兹|现|特|此)?证明[:：]?(?:姓名[:：]?)?{_PEOPLE}{_TITLE}(?=[，,：:；;（(系为是在从现于自已属均工担]|身份证)",
    rf"(?:兹|现)有(?:我|本)?(?:单位|公司|厂|院|局|处|所)?(?:在职|在岗|正式|一线)*(?:职工|员工|工人|人员)?{_PEOPLE}{_TITLE}(?=[，,：:；;（(系为是在从现于自已]|身份证)",
    rf"^(?:一线职工证明)?{_PEOPLE}{_TITLE}(?:[，,])?(?:性别)?[^。]{{0,60}}?(?:系|为|是)(?:我|本)(?:单位|公司|厂|院|局|处|所|站|中心)",
    rf"(?:我|本)(?:单位|公司|厂|院|局|处|所)(?:在职|在岗|正式|一线)*(?:职工|员工|工人){_PEOPLE}{_TITLE}(?=[，,：:；;（(系为是在从现于自已]|身份证)",
)
_NOT_PEOPLE = re.compile(r"单位|公司|证明|职工|员工|身份|项目|人员|部门|姓名|完成人|岗位|情况|以下|下列")
_DEPARTMENT = re.compile(
    r"(?:人力资源(?:和社会保障|管理)?|人事(?:教育|行政|劳资)?|组织人事|组织|劳动人事|劳资|综合管理|行政|政工|党群|干部|党委组织)(?:部|处|科|室|中心|办公室|股)(?:[（(].{0,6}[）)])?$|人力资源(?:部门)?$|办公室$"
)
_ISSUER_LABEL = re.compile(
    r"^(?:证明|出具|填报|申报|所在)?单位(?:名称)?(?:[（(](?:盖章|公章|签章|加盖公章)[）)])?[:：]?|^(?:盖章|公章)[:：]?|[（(](?:盖章|公章|签章|章|加盖公章)[）)]"
)


def read_certificate(blocks: Sequence[Block], form: FormRule, scan: bool) -> tuple[Field, ...]:
    """Names, employer and date of issue."""
    rules = {rule.name: rule for rule in form.head}
    from_table = {name: value for name, (_, value) in read_grid(blocks, form, scan).items() if not is_blank(plain(value.text))}
    flow = whole(blocks).compact()
    written = {"name": _names(flow) or from_table.get("name"), "employer": issuer(blocks) or _named_unit(flow) or from_table.get("employer")}
    written["issued_date"] = last_date(flow)
    found: list[Field] = []
    for name, value in written.items():
        if value is not None and name in rules:
            found += fields_of(form.name, rules[name], value, scan)
    return tuple(found)


def _names(flow: Flow) -> Flow | None:
    """The people it is about, their ID numbers in brackets left out."""
    for wording in _WORDINGS:
        for match in re.finditer(wording, flow.text):
            if not _NOT_PEOPLE.search(re.sub(r"[（(][^（）()]*[）)]", "", match["names"])):
                return _without_brackets(flow[match.start("names") : match.end("names")])
    return None


def _without_brackets(flow: Flow) -> Flow:
    depth, kept = 0, []
    for sign in flow.signs:
        depth += sign.char in "（("
        if depth == 0:
            kept.append(sign)
        depth -= sign.char in "）)" and depth > 0
    return Flow(tuple(kept), flow.lines)


def issuer(blocks: Sequence[Block]) -> Flow | None:
    """The unit that signs at the end: the last line that names an organisation, its personnel department left out."""
    lines = [flow_of([line]) for page, block in blocks for line in lines_in(block, page)]
    for flow in reversed(lines):
        unit = _unit_of(flow.compact())
        if unit is not None:
            return unit
    return None


def _unit_of(line: Flow) -> Flow | None:
    label = _ISSUER_LABEL.match(line.text)
    if label and label.end() < len(line):
        line = line[label.end() :]
    stamp = _ISSUER_LABEL.search(line.text)
    if stamp and stamp.start() > 0:
        line = line[: stamp.start()]
    date = re.search(r"(?:19|20)\d\d年.*$", line.text)
    if date:
        line = line[: date.start()]
    department = _DEPARTMENT.search(line.text)
    if department:
        line = line[: department.start()]
    text = line.text
    if len(text) < 4 or re.search(r"[。，；：:,]|证明|系我|一线", text) or not re.search(rf"{_ORG_WORD}(?:[（(].{{1,8}}[）)])?$", text):
        return None
    return line


def _named_unit(flow: Flow) -> Flow | None:
    """The unit named in the text: 系XX公司职工, 在XX公司工作."""
    match = re.search(
        rf"(?:系|是|为|在|于)(?P<unit>[\u4e00-\u9fff（）()\w]{{2,40}}?{_ORG_WORD})(?:[\u4e00-\u9fff]{{0,8}})?(?:的|一线|在职|正式|职工|员工|工作)",
        flow.text,
    )
    if not match or re.match(r"我|本(?:单位|公司)", match["unit"]):
        return None
    return flow[match.start("unit") : match.end("unit")]


def people(text: str) -> Iterator[str]:
    """The single names of a value of several."""
    yield from (name for name in text.split("、") if name)
