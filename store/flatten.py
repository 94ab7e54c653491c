"""Submissions → rows of the tables, masked on the way. Pure functions: values in, tuples out, in the order of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from checks.finding import Finding
from extractors.submission import Field, Form, Project, Submission
from parsers.document import Medium
from store.masking import Mask

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FieldRows:
    """One field twice: as intake.db may hold it (`open`), and in full for private.db (`full`, None when it is not sensitive)."""

    open: Row
    full: Row | None


def known_values(forms: Iterable[Form], sensitive: frozenset[tuple[str, str]]) -> frozenset[str]:
    """Every sensitive value that the forms hold, normalised and as written: so that texts are masked where they quote a misread one."""
    fields = (field for form in forms for field in form.fields if (field.form, field.field) in sensitive)
    return frozenset(text for field in fields for text in (field.value, field.raw) if text)


def all_forms(submission: Submission) -> Iterator[Form]:
    """Every form of a submission, used or not."""
    yield from submission.summaries
    for project in submission.projects:
        yield from project.forms
        yield from project.unused
    yield from submission.others


def distinct(submission: Submission) -> Submission:
    """The submission with every project once.

    Of two with the same key, which is made from content, the first stays and takes the forms of the other as unused copies.
    """
    found: dict[str, Project] = {}
    for project in submission.projects:
        first = found.get(project.key)
        found[project.key] = replace(first, unused=first.unused + project.forms + project.unused) if first else project
    return submission if len(found) == len(submission.projects) else replace(submission, projects=tuple(found.values()))


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601 with offset."""
    return None if moment is None else moment.isoformat()


def counting(forms: Iterable[Form]) -> Iterator[tuple[Form, bool]]:
    """Each form with whether it counts: the first of its kind from its source does."""
    seen: set[tuple[str, Medium]] = set()
    for form in forms:
        yield form, (form.form, form.source) not in seen
        seen.add((form.form, form.source))


def project_row(project: Project, mask: Mask) -> Row:
    """A row of `project` without its counts."""
    shown = (
        project.name or project.value("nomination", "project_name"),
        project.value("nomination", "category"),
        project.value("person", "name"),
        project.value("person", "employer"),
    )
    return (
        project.key,
        project.message,
        mask.maybe(project.unit),
        *(mask.maybe(text) for text in shown),
        stamp(project.received_at),
        stamp(project.first_received_at),
        project.superseded_by,
    )


def _part_row(owner: str, position: int, project: str | None, form: Form, used: bool, mask: Mask) -> Row:
    sealed, signed = (None if mark is None else int(mark) for mark in (form.sealed, form.signed))
    place = (form.message, mask.exact(form.file), project, form.form, form.source, form.first_page, form.last_page)
    return owner, position, *place, sealed, signed, int(used), form.tone, mask.running(form.text)


def part_rows(submission: Submission, mask: Mask) -> list[Row]:
    """Rows of `part`: 汇总表, then the projects' forms, then pages of no form."""
    listed: list[tuple[str | None, Form, bool]] = [(None, form, used) for form, used in counting(submission.summaries)]
    for project in submission.projects:
        listed += [(project.key, form, used) for form, used in counting(project.forms)]
        listed += [(project.key, form, False) for form in project.unused]
    listed += [(None, form, form.form == "other") for form in submission.others]
    return [_part_row(submission.message, position, *entry, mask) for position, entry in enumerate(listed)]


def _field_rows(owner: str, project: str, form: Form, field: Field, mask: Mask) -> FieldRows:
    box = field.box
    place = (field.page, *((box.x0, box.y0, box.x1, box.y1) if box else (None,) * 4))
    key, file = (owner, project, field.form, field.row, field.field, form.source), mask.exact(form.file)
    sensitive = (field.form, field.field) in mask.sensitive
    value, digest = mask.value(field.form, field.field, field.value), mask.hash(field.form, field.field, field.value)
    shown = (*key, form.message, value, digest, mask.value(field.form, field.field, field.raw), field.confidence, file, *place)
    full = (*key, form.message, field.value, field.raw, field.confidence, file, *place) if sensitive else None
    return FieldRows(shown, full)


def field_rows(submission: Submission, mask: Mask) -> list[FieldRows]:
    """Rows of `field` of the forms that count. One a (project, form, row, field, source): the first that was read."""
    found: dict[tuple[object, ...], FieldRows] = {}
    listed = [("", form) for form, used in counting(submission.summaries) if used]
    listed += [(project.key, form) for project in submission.projects for form, used in counting(project.forms) if used]
    for project, form in listed:
        for field in form.fields:
            rows = _field_rows(submission.message, project, form, field, mask)
            found.setdefault(rows.open[:6], rows)
    return list(found.values())


def choice_rows(project: Project, mask: Mask) -> list[Row]:
    """Rows of `choice`: the values that count. One a (form, field): the first."""
    found: dict[tuple[str, str], Row] = {}
    for choice in project.choices:
        place = (choice.form, choice.field)
        shown = (mask.value(*place, choice.value), mask.hash(*place, choice.value), choice.chosen_from, choice.agreement)
        found.setdefault(place, (project.key, *place, *shown))
    return list(found.values())


def finding_row(finding: Finding, mask: Mask) -> Row:
    """A row of `finding`."""
    key = (finding.message, finding.project or "", finding.rule, finding.form or "", finding.field or "")
    return *key, finding.severity, mask.running(finding.text), mask.maybe(finding.file), finding.page
