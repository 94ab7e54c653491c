"""`wuxiao export`: plain rows → the consolidated 附件1 as .xlsx (with checklist, sheets by category and figures) or as .docx.

Pure: `Listed` values in, bytes out. `listed` makes them from rows of the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from profiles.profile import Profile
from review.figures import Standing, standing
from review.gather import opened_points
from review.telling import Point
from store.rows import FieldRow, FindingRow, MessageRow, ProjectRow, ValueRow

Status = Literal["complete", "incomplete", "ineligible", "review"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One current project as the exports show it.

    `cells` are the values of the 汇总表's fields by name (without 序号). `benefit` is 内部转化效益 and 技术转让收入 together in
    万元, None where neither can be read. `points` are its open findings, `message_points` those of the message that brought it.
    """

    project: str
    unit: str
    name: str
    category: str
    first_completer: str
    employer: str
    status: Status
    decision: str = ""
    standing: Standing = "undecided"
    senior: bool = False
    grade: str = ""
    title: str = ""
    benefit: float | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    message_points: tuple[Point, ...] = ()


_SAME: Final = re.compile(r"[\s“”\"'《》（）()、，,。.\-—_]+")
_FORMULA: Final = re.compile(r"[=+\-@\t\r＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-]?[\d\s\-]*\.?\d*")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# Which values of the forms say the same as a cell of the 汇总表, first that is there.
_FROM_FORMS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "project_name": (("nomination", "project_name"),),
    "implementing_unit": (("person", "unit_name"), ("person", "employer")),
    "main_completers": (("person", "name"),),
    "category": (("nomination", "category"),),
    "phone": (("person", "mobile"),),
}
_FORMS_FIRST: Final = ("project_name", "category")


def inert(text: str) -> str:
    """`text` for a cell of a sheet: no control characters, and nothing that a program could take for a formula (`'=…`).

    Numbers with a sign and a lone dash stay. Source: OWASP, CSV Injection.
    """
    flat = _CONTROL.sub(" ", text)[:32_000]
    return f"'{flat}" if len(flat) > 1 and _FORMULA.match(flat) and not _NUMBER.fullmatch(flat) else flat


def summary_columns(profile: Profile) -> tuple[tuple[str, str], ...]:
    """(field, label) of the 汇总表's columns in the notice's order, 序号 first."""
    rule = profile.form("summary")
    return tuple((column.name, column.label) for block in rule.blocks for column in block.fields)


def listed(
    projects: Iterable[ProjectRow],
    values: Iterable[ValueRow],
    summary_fields: Iterable[FieldRow],
    findings: Iterable[FindingRow],
    messages: Iterable[MessageRow],
    profile: Profile,
) -> tuple[Listed, ...]:
    """The current projects in order of unit, category and name. `summary_fields` are rows of `field_list` with form `summary`, in any order;
    `messages` say whose 汇总表 it is, and which is the newest."""
    by_project: dict[str, dict[tuple[str, str], ValueRow]] = {}
    for value in values:
        by_project.setdefault(value.project, {})[value.form, value.field] = value
    rows = _summary_rows(summary_fields, {message.message: message for message in messages})
    points = opened_points(findings)
    order = [category.name for category in profile.categories]
    current = [project for project in projects if project.superseded_by is None]
    made = (_listed(project, by_project.get(project.project, {}), rows, points, profile) for project in current)
    return tuple(sorted(made, key=lambda p: (p.unit, order.index(p.category) if p.category in order else len(order), p.name, p.project)))


def _summary_rows(fields: Iterable[FieldRow], messages: Mapping[str, MessageRow]) -> dict[tuple[str, str], dict[str, str]]:
    """The cells of every row of every 汇总表 by the unit and the project's name; Word goes before the scan, the newest before older ones."""
    rows: dict[tuple[str, str, int], dict[str, str]] = {}
    for row in fields:
        if row.form == "summary" and row.row > 0 and row.message in messages:
            rows.setdefault((row.source, row.message, row.row), {})[row.field] = row.value
    newest = sorted(rows.items(), key=lambda item: messages[item[0][1]].received_at or "", reverse=True)
    by_name: dict[tuple[str, str], dict[str, str]] = {}
    for (_, message, _), cells in sorted(newest, key=lambda item: item[0][0] != "word"):
        by_name.setdefault((messages[message].unit or "", _same(cells.get("project_name", ""))), cells)
    return by_name


def _same(name: str) -> str:
    return _SAME.sub("", name)


def _listed(
    project: ProjectRow,
    chosen: Mapping[tuple[str, str], ValueRow],
    rows: Mapping[tuple[str, str], Mapping[str, str]],
    points: Mapping[tuple[str, str | None], tuple[Point, ...]],
    profile: Profile,
) -> Listed:
    values = {place: value.value for place, value in chosen.items()}
    row = rows.get((project.unit or "", _same(project.project_name or "")), {})
    person = {name: values.get(("person", name), "") for name in ("skill_level", "title", "position")}
    who = standing(person["skill_level"], person["title"], person["position"], profile.words)
    return Listed(
        project=project.project,
        unit=project.unit or "",
        name=project.project_name or "",
        category=project.category or "",
        first_completer=project.first_completer or "",
        employer=project.employer or "",
        status=project.status,  # type: ignore[arg-type]
        decision=project.decision or "",
        standing=who.standing,
        senior=who.senior,
        grade=person["skill_level"],
        title=person["title"],
        benefit=_benefit(values),
        cells={name: _cell(name, row, chosen) for name, _ in summary_columns(profile)},
        points=tuple(point for (_, key), group in points.items() if key == project.project for point in group),
        message_points=points.get((project.message, None), ()),
    )


def _cell(name: str, row: Mapping[str, str], chosen: Mapping[tuple[str, str], ValueRow]) -> str:
    """A cell of 附件1: what a reviewer corrected, else the unit's own row, else the forms' value (name and category: the other way)."""
    own = [chosen[place] for place in _FROM_FORMS.get(name, ()) if place in chosen]
    corrected = [value.value for value in own if value.chosen_from == "review"]
    forms = [value.value for value in own]
    order = [*forms, row.get(name, "")] if name in _FORMS_FIRST else [row.get(name, ""), *forms]
    return next((text for text in (*corrected, *order) if text), "")


def _benefit(values: Mapping[tuple[str, str], str]) -> float | None:
    amounts = []
    for name in ("internal_benefit", "transfer_income"):
        try:
            amounts.append(float(values["nomination", name]))
        except (KeyError, ValueError):
            continue
    return rounded(sum(amounts)) if amounts else None


def rounded(amount: float) -> float:
    """`amount` in 万元 to the yuan: sums of decimals without the tail of binary fractions."""
    return round(amount, 4)


def by_category(projects: Sequence[Listed], profile: Profile) -> tuple[tuple[str, tuple[Listed, ...]], ...]:
    """The projects of each category of the campaign, in its order; those of none come last under ""."""
    names = [category.name for category in profile.categories]
    groups = [(name, tuple(p for p in projects if p.category == name)) for name in names]
    rest = tuple(p for p in projects if p.category not in names)
    return (*groups, ("", rest)) if rest else tuple(groups)
