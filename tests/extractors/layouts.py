"""A generator of filled forms: the profile's labels in any layout that people make of them, with the values that must come back."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from parsers.document import Cell, Paragraph, Run, Table
from profiles.profile import FieldRule, FormRule
from tests.extractors.build import paragraph

HAN = "镇江检修车间改进装置压力阀门温度控制操作班组长安全生产技术创新设备管路焊接钳工电气节约成本效率质量提升推广应用"
HAN_TEXT = st.text(st.sampled_from(HAN), min_size=2, max_size=14)
PROSE = st.lists(st.text(st.sampled_from(HAN), min_size=4, max_size=20), min_size=1, max_size=4).map(lambda parts: "，".join(parts) + "。")
NAME = st.sampled_from(["王建国", "李小红", "欧阳修远", "张伟", "赵一鸣", "钱学", "孙丽华"])
DIGITS = "0123456789"


def digits(count: int):
    return st.text(st.sampled_from(DIGITS), min_size=count, max_size=count)


MONTH = st.tuples(st.integers(2019, 2023), st.integers(1, 12))
VALUES = {
    "text": st.one_of(HAN_TEXT, st.sampled_from(["无", "其它", "本科", "高级技师（一级）", "/"])),
    "prose": st.one_of(PROSE, st.just("无")),
    "name": NAME,
    "organisation": st.builds("镇江{}有限公司".format, HAN_TEXT),
    "address": st.builds("镇江市{}路{}号".format, HAN_TEXT, st.integers(1, 999)),
    "year": st.integers(2015, 2023).map(str),
    "amount": st.decimals(0, 9999, places=1).map(lambda d: f"{d.normalize():f}"),
    "count": st.integers(0, 99).map(str),
    "id_number": st.builds("{}{}".format, digits(17), st.sampled_from(DIGITS + "X")),
    "mobile": st.builds("1{}".format, digits(10)),
    "phone": st.builds("1{}".format, digits(10)),
    "email": st.builds(
        "{}@{}.com".format,
        st.text(st.sampled_from("abcxyz019"), min_size=3, max_size=9),
        st.text(st.sampled_from("abcz"), min_size=2, max_size=6),
    ),
    "postcode": digits(6),
    "certificate_number": st.one_of(digits(14), st.builds("苏职字第{}号".format, digits(8))),
}
WRITTEN = {
    "year": (str, "{}年".format),
    "amount": (str, "{}万元".format, "约{}万元".format),
    "count": (str, "{}家".format),
    "mobile": (str, lambda v: f"{v[:3]} {v[3:7]} {v[7:]}", lambda v: f"{v[:3]}-{v[3:7]}-{v[7:]}"),
    "id_number": (str, str.lower),
}
PERIODS = ("{0}年{1}月至{2}年{3}月", "{0}.{1}-{2}.{3}", "{0}年{1}月—{2}年{3}月", "{0}/{1}～{2}/{3}", "{0}-{1:02d} 至 {2}-{3:02d}")


@dataclass
class Filled:
    """What was written into the form, and what must be read from it."""

    written: dict[str, str | tuple[Run, ...]] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)


@st.composite
def filled(draw, form: FormRule) -> Filled:
    """Values for every field of the form's blocks, some left blank."""
    made = Filled()
    for block in form.blocks:
        for rule in block.fields:
            if draw(st.integers(0, 9)) == 0:
                made.written[rule.name] = draw(st.sampled_from(["", "　", "____", *rule.hints[:1]]))
            else:
                _fill(draw, rule, made)
    return made


def _fill(draw, rule: FieldRule, made: Filled) -> None:
    if rule.kind == "period":
        (y1, m1), (y2, m2) = sorted([draw(MONTH), draw(MONTH)])
        made.written[rule.name] = draw(st.sampled_from(PERIODS)).format(y1, m1, y2, m2)
        made.expected |= {rule.yields[0]: f"{y1}-{m1:02d}", rule.yields[1]: f"{y2}-{m2:02d}"}
    elif rule.choices:
        chosen = draw(st.sampled_from(rule.choices))
        made.written[rule.name] = draw(ticks(rule.choices, chosen))
        made.expected[rule.name] = chosen
    else:
        value = draw(VALUES[rule.kind])
        written = draw(st.sampled_from(WRITTEN.get(rule.kind, (str,))))(value)
        if rule.hints and draw(st.booleans()):
            written = draw(st.sampled_from(["{0}{1}", "({0})\n{1}", "{1}\n（{0}）"])).format(rule.hints[0], written)
        if len(written) > 6 and rule.kind in {"prose", "organisation", "address"} and draw(st.booleans()):
            cut = draw(st.integers(2, len(written) - 2))
            written = written[:cut] + "\n" + written[cut:]
        made.written[rule.name], made.expected[rule.name] = written, value


@st.composite
def ticks(draw, choices: tuple[str, ...], chosen: str):
    """The choices with one of them marked in any of the usual ways."""
    style = draw(
        st.sampled_from(["box", "box after", "check", "check before", "bracket", "bracket before", "struck", "alone", "underlined", "bold"])
    )
    blank = draw(st.sampled_from([" ", "　　", "  "]))
    mark = draw(st.sampled_from("☑■√☒"))
    if style == "alone":
        return (Run(chosen),)
    runs: list[Run] = []
    for choice in choices:
        hit = choice == chosen
        text = {
            "box": f"{mark if hit else '☐'}{choice}{blank}",
            "box after": f"{choice}{mark if hit else '☐'}{blank}",
            "check": f"{choice}{'√' if hit else ''}{blank}",
            "check before": f"{'√' if hit else ''}{choice}{blank}",
            "bracket": f"{choice}（{'√' if hit else '　'}）{blank}",
            "bracket before": f"（{'√' if hit else ' '}）{choice}{blank}",
        }.get(style)
        if text is not None:
            runs.append(Run(text))
        else:
            runs += [
                Run(choice, struck=style == "struck" and not hit, underlined=style == "underlined" and hit, bold=style == "bold" and hit),
                Run(blank),
            ]
    return tuple(runs)


@st.composite
def label_text(draw, rule: FieldRule, words: tuple[str, ...] = ()) -> str:
    """The label as somebody may have typed it."""
    word = draw(st.sampled_from(words or (rule.label,)))
    style = draw(st.integers(0, 5))
    if style == 1 and len(word) > 3:
        cut = draw(st.integers(1, len(word) - 1))
        return word[:cut] + "\n" + word[cut:]
    if style == 2 and len(word) <= 4:
        return "　".join(word)
    if style == 3:
        return " ".join(word)
    if style == 4:
        return word + draw(st.sampled_from(["(万元)", "（个）", "（限填）", "：", ":"]))
    return word


def _cell(row: int, column: int, content, rows: int = 1, columns: int = 1) -> Cell:
    return Cell(row, column, rows, columns, (paragraph(content),))


@st.composite
def grid_table(draw, form: FormRule, made: Filled) -> tuple[Table, ...]:
    """The form as one ruled table, or as two where a page ends."""
    cells: list[Cell] = []
    row, width = 0, 13
    for block in form.blocks:
        group = next((a for a in block.anchors if a not in {f.label for f in block.fields}), None)
        first, left = row, 1 if group else 0
        for rules in draw(_lines(block.fields)):
            row += draw(_row(cells, row, left, width, rules, made))
        if group:
            cells.append(_cell(first, 0, draw(st.sampled_from([group, group + "(限2个)", group[:2] + "\n" + group[2:]])), rows=row - first))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return (Table(row, width, tuple(cells)),)


@st.composite
def _lines(draw, fields: tuple[FieldRule, ...]):
    """The fields in order, one to three a row; prose has a row of its own."""
    rows: list[list[FieldRule]] = []
    most = draw(st.integers(1, 3))
    for rule in fields:
        if rule.kind == "prose" or not rows or len(rows[-1]) >= most or rows[-1][0].kind == "prose":
            rows.append([rule])
        else:
            rows[-1].append(rule)
    return rows


@st.composite
def _row(draw, cells: list[Cell], row: int, left: int, width: int, rules: list[FieldRule], made: Filled) -> int:
    """Puts the pairs of a row; gives how many rows they took."""
    style = draw(st.sampled_from(["right", "right", "right", "below", "inside"]))
    if len(rules) == 1 and style == "below":
        style = "right"
    step = (width - left) // len(rules)
    for number, rule in enumerate(rules):
        column, end = left + number * step, left + (number + 1) * step if number + 1 < len(rules) else width
        written = made.written[rule.name]
        label = draw(label_text(rule))
        if style == "inside" and isinstance(written, str) and written.strip(" 　_"):
            cells.append(_cell(row, column, f"{label.rstrip('：:')}：{written}", columns=end - column))
        elif style == "below":
            cells.append(_cell(row, column, label, columns=end - column))
            cells.append(_cell(row + 1, column, written, columns=end - column))
        else:
            middle = column + max(1, (end - column) // 3)
            cells.append(_cell(row, column, label, columns=middle - column))
            cells.append(_cell(row, middle, written, columns=end - middle))
    return 2 if style == "below" else 1


@st.composite
def heading(draw, form: FormRule) -> list[Paragraph]:
    """The form's printed heading, perhaps with its number above, perhaps none."""
    lines = draw(st.sampled_from([[form.attachment, form.title], [form.title], [f"{form.attachment}：{form.title}"], ["二、" + form.title]]))
    return [paragraph(line) for line in lines if line]
