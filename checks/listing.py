"""The unit's 汇总表 held against its projects: which row speaks of which project.

A row belongs to the project whose name it gives; a name that was written differently is forgiven where the first
completer or the unit says that it is meant. Each row has at most one project, each project one row a message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rapidfuzz import fuzz

from checks.values import first_name, plain
from extractors.submission import Field, Form, Project, Submission
from parsers.document import Medium

SURE_NAME, LIKELY_NAME, FAINT_NAME = 0.85, 0.5, 0.25
"""Likeness of names (0–1) that is enough alone, with the completer or the unit, with both."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a 汇总表: in which message and file, what it says. A cell empty in Word is filled from the scan."""

    message: str
    file: str
    number: int
    source: Medium
    cells: Mapping[str, Field]

    def value(self, name: str) -> str:
        """The cell's value, "" when it is empty."""
        found = self.cells.get(name)
        return found.value if found else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """`rows`: project key → the row that counts (the latest). `spare`: message key → rows without material. `listed`: message key →
    keys of the projects its 汇总表 lists. `came`: whether any 汇总表 came at all."""

    rows: Mapping[str, Row]
    spare: Mapping[str, tuple[Row, ...]]
    listed: Mapping[str, frozenset[str]]
    came: bool


def when(submission: Submission) -> datetime:
    """When it was received, for ordering; what has no time comes last."""
    return submission.received_at or datetime.max.replace(tzinfo=UTC)


def _rows_of_form(form: Form) -> list[Row]:
    """Its rows that say more than a number."""
    by_number: dict[int, dict[str, Field]] = {}
    for cell in form.fields:
        if cell.row > 0 and cell.value.strip():
            by_number.setdefault(cell.row, {})[cell.field] = cell
    rows = [Row(form.message, form.file, number, form.source, cells) for number, cells in sorted(by_number.items())]
    return [row for row in rows if set(row.cells) - {"seq"}]


def rows_of(submission: Submission) -> tuple[Row, ...]:
    """The rows of its 汇总表: Word's where Word came, their empty cells filled from the same row of the scan; else the scan's."""
    word = [row for form in submission.summaries if form.source == "word" for row in _rows_of_form(form)]
    scan = [row for form in submission.summaries if form.source == "scan" for row in _rows_of_form(form)]
    if not word:
        return tuple(scan)
    return tuple(_filled(row, scan) for row in word)


def _filled(row: Row, scan: Sequence[Row]) -> Row:
    """`row` with its empty cells taken from the scan's row of the same project name."""
    name = plain(row.value("project_name"))
    twin = next((other for other in scan if name and fuzz.ratio(name, plain(other.value("project_name"))) >= 100 * SURE_NAME), None)
    return Row(row.message, row.file, row.number, row.source, {**twin.cells, **row.cells}) if twin else row


def last_versions(projects: Sequence[Project]) -> dict[str, str]:
    """Key of each version → key of the last known version of the same project."""
    later = {project.key: project.superseded_by for project in projects}
    found = {}
    for key in later:
        last, seen = key, {key}
        while (follower := later.get(last)) in later and follower not in seen:
            last = follower or last
            seen.add(last)
        found[key] = last
    return found


def _current(projects: Sequence[Project]) -> dict[str, tuple[Project, tuple[str, ...]]]:
    """Key of the last known version of each project → that version and the names that any version had."""
    last, by_key = last_versions(projects), {project.key: project for project in projects}
    names: dict[str, list[str]] = {}
    for project in projects:
        names.setdefault(last[project.key], []).append(project.name)
    return {key: (by_key[key], tuple(known)) for key, known in names.items()}


def _likeness(row: Row, project: Project, names: Sequence[str]) -> float:
    """How well the row fits the project (0 = not at all); above 1 with completer and unit."""
    name = plain(row.value("project_name"))
    alike = max((fuzz.ratio(name, plain(other)) / 100 for other in names), default=0.0) if name else 0.0
    person = bool(row.value("main_completers")) and plain(first_name(row.value("main_completers"))) == plain(project.value("person", "name"))
    units = {plain(project.value("person", "employer")), plain(project.value("person", "unit_name"))} - {""}
    unit = plain(row.value("implementing_unit")) in units
    witnesses = person + unit
    least = FAINT_NAME if witnesses == 2 else LIKELY_NAME if witnesses else SURE_NAME
    if alike < least and not (not name and witnesses == 2):
        return 0.0
    return alike + 0.3 * person + 0.2 * unit + 0.01


def _matched(rows: Sequence[Row], current: Mapping[str, tuple[Project, tuple[str, ...]]]) -> dict[str, Row]:
    """Project key → its row, best fit first, each row and project once."""
    fits = [
        (score, index, key)
        for index, row in enumerate(rows)
        for key, (project, names) in current.items()
        if (score := _likeness(row, project, names))
    ]
    taken: dict[str, Row] = {}
    used: set[int] = set()
    for _score, index, key in sorted(fits, key=lambda fit: (-fit[0], fit[1], fit[2])):
        if index not in used and key not in taken:
            used.add(index)
            taken[key] = rows[index]
    return taken


def make_listing(submissions: Sequence[Submission]) -> Listing:
    """The listing of all that one unit has sent.

    A 汇总表 whose listed projects all stand in a later one is replaced by it: its other rows are no longer asked for.
    """
    ordered = sorted(submissions, key=when)
    current = _current([project for submission in ordered for project in submission.projects])
    rows: dict[str, Row] = {}
    spare: dict[str, tuple[Row, ...]] = {}
    listed: dict[str, frozenset[str]] = {}
    for submission in ordered:
        mine = rows_of(submission)
        matched = _matched(mine, current)
        rows |= matched
        taken = {(row.file, row.number) for row in matched.values()}
        spare[submission.message] = tuple(row for row in mine if (row.file, row.number) not in taken)
        listed[submission.message] = frozenset(matched)
    for position, submission in enumerate(ordered):
        own = listed[submission.message]
        if own and any(own <= listed[later.message] for later in ordered[position + 1 :]):
            spare[submission.message] = ()
    return Listing(rows, spare, listed, any(s.summaries for s in ordered))
