"""What `wuxiao reply` and `wuxiao export` do: files for people, made from what the store holds. Nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from errors import UsageError
from pipeline.process import House
from review.export import listed
from review.gather import silent_units, unit_cases
from review.letters import Case, Letter, draft_letters
from review.summary_docx import summary_docx
from review.workbook import workbook
from texts import say


def run_reply(house: House, projects: Sequence[str], out: Path, until: date | None, today: date) -> tuple[Letter, ...]:
    """Writes a .eml and a .docx into `out` for every unit with something to correct (of `projects` alone, where some are named) and, when
    no project is named, a reminder for every unit of the roster that has sent nothing. Returns the letters.

    `until` is the last day to answer; without it nobody is reminded once the campaign's deadline is past (`draft_letters`).
    Raises NotFound for an unknown project, UsageError when no message came at all.
    """
    _something_came(house)
    store, profile = house.store, house.profile
    wanted = {store.show(project).project.project for project in projects}
    cases = unit_cases(store.messages(), store.projects(), store.findings(), profile)
    if wanted:
        names = {(row.unit, row.project_name or "") for row in store.projects() if row.project in wanted}
        cases = tuple(case for case in (_only(case, names) for case in cases) if case.projects)
    silent = () if wanted else silent_units(store.status().silent, profile)
    letters = draft_letters(cases, silent, profile, today=today, until=until, templates=store.data / "templates")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for letter in letters:
        (out / f"{letter.stem}.eml").write_bytes(letter.eml)
        (out / f"{letter.stem}.docx").write_bytes(letter.docx)
    return letters


def _only(case: Case, names: set[tuple[str | None, str]]) -> Case:
    """`case` without the projects that were not asked for."""
    return replace(case, points=(), projects=tuple(project for project in case.projects if (case.unit, project.name) in names))


def run_export(house: House, file: Path, today: date) -> int:
    """Writes the consolidated 附件1 and the checklist to `file` (.xlsx), or 附件1 alone (.docx). Returns how many projects it lists.

    Raises UsageError for another kind of file.
    """
    makers = {".xlsx": workbook, ".docx": summary_docx}
    make = makers.get(file.suffix.lower())
    if make is None:
        raise UsageError(why=say("cli.export_kind", name=file.name))
    _something_came(house)
    store = house.store
    rows = listed(store.projects(), store.values(), store.summary_fields(), store.findings(), store.messages(), house.profile)
    file.write_bytes(make(rows, house.profile, today))
    return len(rows)


def _something_came(house: House) -> None:
    """Raises UsageError on a data folder without messages: most likely the wrong folder, and letters from it would be false."""
    if not house.store.messages():
        raise UsageError(why=say("cli.nothing_came", data=house.store.data))
