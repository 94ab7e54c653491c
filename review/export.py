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
from store.rows import FieldRow, FindingRow, ProjectRow, ValueRow

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
# Where a cell of the 汇总表 comes from when the 汇总表 itself does not list the project: the forms' own values, first that is there.
_FALLBACKS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "project_name": (("nomination", "project_name"),),
    "implementing_unit": (("person", "unit_name"), ("person", "employer")),
    "main_completers": (("person", "name"),),
    "category": (("nomination", "category"),),
    "phone": (("person", "mobile"),),
}


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
    profile: Profile,
) -> tuple[Listed, ...]:
    """The current projects in order of unit, category and name. `summary_fields` are rows of `field_list` with form `summary`, in any order."""
    by_project: dict[str, dict[tuple[str, str], str]] = {}
    for value in values:
        by_project.setdefault(value.project, {})[value.form, value.field] = value.value
    rows = _summary_rows(summary_fields)
    points = opened_points(findings)
    order = [category.name for category in profile.categories]
    current = [project for project in projects if project.superseded_by is None]
    made = (_listed(project, by_project.get(project.project, {}), rows, points, profile) for project in current)
    return tuple(sorted(made, key=lambda p: (p.unit, order.index(p.category) if p.category in order else len(order), p.name, p.project)))


def _summary_rows(fields: Iterable[FieldRow]) -> dict[str, dict[str, str]]:
    """The cells of every row of every 汇总表 by the project's name; Word goes before the scan."""
    rows: dict[tuple[str, str, int], dict[str, str]] = {}
    for row in fields:
        if row.form == "summary" and row.row > 0:
            rows.setdefault((row.source, row.message, row.row), {})[row.field] = row.value
    by_name: dict[str, dict[str, str]] = {}
    for _, cells in sorted(rows.items(), key=lambda item: item[0][0] != "word"):
        by_name.setdefault(_same(cells.get("project_name", "")), cells)
    return by_name


def _same(name: str) -> str:
    return _SAME.sub("", name)


def _listed(
    project: ProjectRow,
    values: Mapping[tuple[str, str], str],
    rows: Mapping[str, Mapping[str, str]],
    points: Mapping[tuple[str, str | None], tuple[Point, ...]],
    profile: Profile,
) -> Listed:
    row = rows.get(_same(project.project_name or ""), {})
    own = {name: next((values[place] for place in places if place in values), "") for name, places in _FALLBACKS.items()}
    cells = {name: row.get(name) or own.get(name, "") for name, _ in summary_columns(profile)}
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
        cells=cells,
        points=tuple(point for (_, key), group in points.items() if key == project.project for point in group),
        message_points=points.get((project.message, None), ()),
    )


def _benefit(values: Mapping[tuple[str, str], str]) -> float | None:
    amounts = []
    for name in ("internal_benefit", "transfer_income"):
        try:
            amounts.append(float(values["nomination", name]))
        except (KeyError, ValueError):
            continue
    return sum(amounts) if amounts else None


def by_category(projects: Sequence[Listed], profile: Profile) -> tuple[tuple[str, tuple[Listed, ...]], ...]:
    """The projects of each category of the campaign, in its order; those of none come last under ""."""
    names = [category.name for category in profile.categories]
    groups = [(name, tuple(p for p in projects if p.category == name)) for name in names]
    rest = tuple(p for p in projects if p.category not in names)
    return (*groups, ("", rest)) if rest else tuple(groups)
