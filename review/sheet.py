"""What the page of one project shows, as plain values for its template."""

from __future__ import annotations

from dataclasses import dataclass

from profiles.profile import FormRule, Profile
from review.words import CODES, RULES
from store.rows import FieldRow, FindingRow, ProjectSheet, ValueRow

SURE, DOUBTED = 0.95, 0.8
_EXTRA = {
    "period_start": "项目起始时间",
    "period_end": "项目结束时间",
    "word_count": "字数（Word 计法）",
    "character_count": "字符数（不含空白）",
    "commitment_project": "项目名称（前一处）",
    "commitment_project_2": "项目名称（后一处）",
}
SEVERITIES = ("ineligible", "error", "verify", "advice")


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its label, Word's value, the scan's with its place and confidence (`sure`, `fair`, `doubted`).

    `counts` is the reviewer's value, "" without one; `finding` whether an open finding names the field.
    """

    label: str
    word: str
    scan: str
    where: str
    confidence: str
    sure: str
    counts: str
    agreement: str
    differs: bool
    finding: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One form: its title, which copies came (`Word 附件2.docx`, `扫描件 … 第1–2页 有章`), its lines."""

    title: str
    copies: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: Chinese names of its severity and rule, its text, where to look, whether a reviewer dismissed it."""

    severity: str
    severity_name: str
    rule: str
    text: str
    where: str
    dismissed: bool


def blocks(sheet: ProjectSheet, profile: Profile) -> tuple[Block, ...]:
    """The forms of a project in the campaign's order, those that did not come left out."""
    made = (_block(sheet, form) for form in profile.forms if form.name != "summary")
    return tuple(block for block in made if block.copies or block.lines)


def _block(sheet: ProjectSheet, form: FormRule) -> Block:
    parts = [part for part in sheet.parts if part.form == form.name and part.used]
    read = {(row.field, row.source): row for row in sheet.fields if row.form == form.name and row.row == 0}
    chosen = {row.field: row for row in sheet.values if row.form == form.name}
    broken = {row.field for row in sheet.findings if row.form == form.name and row.state == "open" and row.field}
    labels = _labels(form)
    present = {field for field, _ in read} | set(chosen) | broken
    ordered = [name for name in labels if name in present] + sorted(present - set(labels))
    copies = tuple(_copy(part.source, part.file, part.first_page, part.last_page, part.sealed, part.signed) for part in parts)
    lines = (
        _line(labels.get(name, name), read.get((name, "word")), read.get((name, "scan")), chosen.get(name), finding=name in broken)
        for name in ordered
    )
    return Block(form.title, copies, tuple(lines))


def _labels(form: FormRule) -> dict[str, str]:
    """Label by field, in the order of the form."""
    found: dict[str, str] = {}
    for rule in form.fields():
        for name in rule.yields or (rule.name,):
            found[name] = _EXTRA.get(name, rule.label)
    found.update({section.name: section.label for section in form.sections})
    if form.kind == "essay":
        found.update({name: _EXTRA[name] for name in ("word_count", "character_count")})
    return found


def _copy(source: str, file: str, first: int | None, last: int | None, sealed: int | None, signed: int | None) -> str:
    pages = "" if first is None else (f" 第{first}页" if first == last else f" 第{first}–{last}页")
    marks = "".join(
        (("", " 有章")[bool(sealed)], " 无章" if sealed == 0 else "", (("", " 已签字")[bool(signed)]), " 未签字" if signed == 0 else "")
    )
    return f"{CODES['source'][source]}：{file}{pages}{marks}"


def _line(label: str, word: FieldRow | None, scan: FieldRow | None, chosen: ValueRow | None, *, finding: bool) -> Line:
    confidence = scan.confidence if scan else None
    sure = "" if confidence is None else "sure" if confidence >= SURE else "fair" if confidence >= DOUBTED else "doubted"
    return Line(
        label=label,
        word=word.value if word else "",
        scan=scan.value if scan else "",
        where=f"第{scan.page}页" if scan and scan.page else "",
        confidence="" if confidence is None else f"{confidence:.0%}",
        sure=sure,
        counts=chosen.value if chosen and chosen.chosen_from == "review" else "",
        agreement=CODES["agreement"].get(chosen.agreement, "") if chosen else "",
        differs=bool(chosen and chosen.agreement == "differs"),
        finding=finding,
    )


def remarks(findings: tuple[FindingRow, ...]) -> tuple[Remark, ...]:
    """The findings, the gravest first, dismissed ones last."""
    ordered = sorted(findings, key=lambda row: (row.state != "open", SEVERITIES.index(row.severity), row.rule, row.field or ""))
    return tuple(
        Remark(
            row.severity,
            CODES["severity"][row.severity],
            RULES.get(row.rule, row.rule),
            row.text,
            " ".join(part for part in (row.file or "", f"第{row.page}页" if row.page else "") if part),
            row.state != "open",
        )
        for row in ordered
    )
