"""The consolidated 附件1 汇总表 as a Word file in the notice's layout."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from profiles.profile import Profile
from review.export import Listed, summary_columns
from review.telling import clean
from texts import say

# Centimetres.
_WIDTHS: Final = {"seq": 1.4, "project_name": 6.6, "implementing_unit": 6.2, "main_completers": 5.2, "category": 2.4, "phone": 3.5}


def summary_docx(projects: Sequence[Listed], profile: Profile, today: date) -> bytes:
    """附件1 as .docx: title, head lines, one row a project, the notice's remark; the head row repeats on every page."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    form = profile.form("summary")
    _line(document, say("export.attachment", attachment=form.attachment), 14, "黑体")
    _line(document, say("export.summary_title", year=profile.dates.deadline.year, title=form.title), 18, "华文中宋", centred=True)
    _line(document, say("export.summary_head", unit=clean(profile.office.name), year=today.year, month=today.month, day=today.day), 12, "仿宋")
    _line(document, say("export.summary_contact", contact=clean(profile.office.contact), phone=clean(profile.office.phone)), 12, "仿宋")
    _table(document, projects, summary_columns(profile))
    _line(document, say("export.summary_remark", categories="、".join(category.name for category in profile.categories)), 11, "仿宋")
    states = _states(projects)
    if states:
        _line(document, say("export.summary_states", states="；".join(states)), 11, "仿宋")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _states(projects: Sequence[Listed]) -> list[str]:
    """Which rows are not complete, state by state: the table itself is the notice's and has no column for it."""
    numbers: dict[str, list[str]] = {"ineligible": [], "incomplete": [], "review": []}
    for number, project in enumerate(projects, 1):
        if project.status in numbers:
            numbers[project.status].append(str(number))
    return [say("export.summary_state", state=say(f"code_status.{state}"), numbers="、".join(rows)) for state, rows in numbers.items() if rows]


def _line(document: Any, text: str, size: float, face: str, *, centred: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(6)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, text, size, face)


def _write(paragraph: Any, text: str, size: float, face: str, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _table(document: Any, projects: Sequence[Listed], columns: Sequence[tuple[str, str]]) -> None:
    table = document.add_table(rows=1 + max(1, len(projects)), cols=len(columns))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, (key, _) in zip(table.columns, columns, strict=True):
        column.width = Cm(_WIDTHS.get(key, 4))
    rows = list(table.rows)
    for row in rows:
        _unsplit(row)
        row.height, row.height_rule = Cm(0.95), WD_ROW_HEIGHT_RULE.AT_LEAST
    _repeat(rows[0])
    _fill(rows[0], [label for _, label in columns], columns, bold=True)
    for number, (row, project) in enumerate(zip(rows[1:], projects, strict=False), 1):
        _fill(row, [str(number), *(clean(project.cells.get(key, "")) for key, _ in columns[1:])], columns)


def _fill(row: Any, texts: Sequence[str], columns: Sequence[tuple[str, str]], *, bold: bool = False) -> None:
    for cell, text, (key, _) in zip(row.cells, texts, columns, strict=True):
        cell.width, cell.vertical_alignment = Cm(_WIDTHS.get(key, 4)), WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
        _write(paragraph, text, 11, "仿宋", bold=bold)


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _unsplit(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
