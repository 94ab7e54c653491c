"""The export as a workbook: 汇总表, one sheet a category, the checklist with colours, the figures with charts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter

from profiles.profile import Profile
from review.export import Listed, by_category, inert, rounded, summary_columns
from review.figures import Who, selection
from review.letters import chinese_date
from review.telling import Point
from texts import say

# One column of the checklist a requirement: its heading and the rules that belong to it.
REQUIREMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "export.on_time": ("late",),
    "export.unit": ("unit-unknown", "subject-format", "quota"),
    "export.readable": ("file-unreadable",),
    "export.summary": ("missing-summary", "missing-summary-scan", "summary-without-project", "project-without-summary", "summary-mismatch"),
    "export.forms": ("missing-nomination", "missing-person", "missing-commitment", "missing-recommendation", "missing-certificate"),
    "export.word": ("missing-word",),
    "export.scan": ("missing-scan",),
    "export.seal": ("no-seal",),
    "export.signature": ("not-signed", "no-signed-date"),
    "export.filled": ("missing-field", "funding-missing"),
    "export.valid": ("invalid-field", "inconsistent-id"),
    "export.category": ("category-not-single",),
    "export.length": ("summary-text-too-long", "recommendation-too-long"),
    "export.sections": ("missing-section", "section-order"),
    "export.same_versions": ("word-scan-mismatch", "word-scan-unsure"),
    "export.commitment": ("commitment-mismatch", "commitment-altered"),
    "export.certificate": ("certificate-mismatch",),
    "export.in_use": ("not-applied-in-time", "period-unclear"),
    "export.awards": ("too-many-awards", "provincial-award", "municipal-award"),
    "export.subject": ("excluded-subject",),
    "export.frontline": ("not-frontline",),
    "export.in_city": ("outside-city",),
    "export.once": ("same-completer", "same-project", "same-grassroots-unit"),
}
# What a requirement is judged on: while one of these is missing, nothing was held against it, and "fine" would be untrue.
_JUDGED_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "export.seal": ("missing-nomination", "missing-scan"),
    "export.signature": ("missing-commitment", "missing-scan"),
    "export.filled": ("missing-nomination", "missing-person"),
    "export.valid": ("missing-nomination", "missing-person"),
    "export.category": ("missing-nomination",),
    "export.length": ("missing-nomination", "missing-recommendation"),
    "export.sections": ("missing-recommendation",),
    "export.same_versions": ("missing-word", "missing-scan"),
    "export.commitment": ("missing-commitment",),
    "export.certificate": ("missing-certificate",),
    "export.in_use": ("missing-nomination",),
    "export.awards": ("missing-nomination", "missing-person"),
    "export.frontline": ("missing-person",),
    "export.in_city": ("missing-person",),
}
_NAME_WIDTH, _WORDS_WIDTH = 28, 60
_WORST_FIRST: Final = ("ineligible", "error", "verify", "advice")
_STATES: Final = ("complete", "incomplete", "review", "ineligible")
# Fill and ink of a severity or state.
_COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "fine": ("#FFFFFF", "#6AA84F"),
    "absent": ("#F2F2F2", "#7F7F7F"),
    "complete": ("#E2F0D9", "#38761D"),
    "advice": ("#DDEBF7", "#1F4E79"),
    "verify": ("#FFF2CC", "#7F6000"),
    "review": ("#FFF2CC", "#7F6000"),
    "error": ("#FCE4D6", "#B23C00"),
    "incomplete": ("#FCE4D6", "#B23C00"),
    "ineligible": ("#F4CCCC", "#990000"),
}


def rules_without_column(profile: Profile) -> tuple[str, ...]:
    """The campaign's rules that no column of the checklist shows: they go into the last one, 其他."""
    shown = {rule for rules in REQUIREMENTS.values() for rule in rules}
    return tuple(rule for rule in profile.rules if rule not in shown)


class _Book:
    """A workbook in memory with its formats; every text is written as a text."""

    def __init__(self, profile: Profile, today: date) -> None:
        self.profile, self.today = profile, today
        self.bytes = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.bytes, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        plain = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#A6A6A6"}
        self.cell = self.book.add_format({**plain, "text_wrap": True})
        self.middle = self.book.add_format({**plain, "align": "center", "text_wrap": True})
        self.money = self.book.add_format({**plain, "num_format": "#,##0.0#"})
        self.share = {
            ok: self.book.add_format({**plain, "num_format": "0.0%", "align": "center", "font_color": ink})
            for ok, ink in ((True, "#38761D"), (False, "#B23C00"))
        }
        self.head = self.book.add_format({**plain, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#D9E1F2"})
        self.title = self.book.add_format({"font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter"})
        self.note = self.book.add_format({"font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "top"})
        self.state = {
            name: self.book.add_format({**plain, "align": "center", "text_wrap": True, "bg_color": fill, "font_color": ink})
            for name, (fill, ink) in _COLOURS.items()
        }

    def sheet(self, name: str, *, landscape: bool, widths: Sequence[float], head_row: int) -> Any:
        """A new sheet set up for print: A4, as wide as a page, its head repeated and frozen, page numbers below."""
        sheet = self.book.add_worksheet("".join(" " if c in "[]:*?/\\'" else c for c in name)[:31] or "-")
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.repeat_rows(head_row)
        sheet.freeze_panes(head_row + 1, 0)
        sheet.set_footer(say("export.footer"))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def close(self) -> bytes:
        """The finished file."""
        self.book.close()
        return self.bytes.getvalue()


def workbook(projects: Sequence[Listed], profile: Profile, today: date) -> bytes:
    """The export as .xlsx: the consolidated 附件1, one sheet a category, the checklist, the figures."""
    book = _Book(profile, today)
    _summary_sheet(book, say("export.sheet_summary"), profile.form("summary").title, projects)
    for name, group in by_category(projects, profile):
        _summary_sheet(book, name or say("export.no_category"), name or say("export.no_category"), group)
    _checklist(book, projects)
    _figures(book, projects)
    return book.close()


_STATE_COLUMN: Final = "state"
_WIDTHS: Final = {_STATE_COLUMN: 11, "seq": 6, "project_name": 34, "implementing_unit": 30, "main_completers": 24, "category": 10, "phone": 15}


def _height(texts: Iterable[str], widths: Iterable[float]) -> float:
    """Points a row needs for its wrapped texts in columns of these widths (in characters; a Chinese one takes two)."""
    lines = (
        sum(1 + int(sum(1 if c.isascii() else 2.05 for c in line) / width) for line in (text.splitlines() or [""]))
        for text, width in zip(texts, widths, strict=True)
    )
    return min(409.0, 14.0 * max(lines) + 6)


def _summary_sheet(book: _Book, name: str, title: str, projects: Sequence[Listed]) -> None:
    """附件1 with the nominating unit and the project's state as two columns more."""
    columns = (*summary_columns(book.profile), ("", say("export.nominating_unit")), (_STATE_COLUMN, say("export.state")))
    widths = [_WIDTHS.get(key, 22) for key, _ in columns]
    sheet = book.sheet(name, landscape=True, widths=widths, head_row=2)
    last = len(columns) - 1
    sheet.merge_range(0, 0, 0, last, title, book.title)
    sheet.set_row(0, 32)
    sheet.merge_range(
        1, 0, 1, last, say("export.made", office=book.profile.office.name, day=chinese_date(book.today), count=len(projects)), book.note
    )
    for column, (_, label) in enumerate(columns):
        sheet.write_string(2, column, label, book.head)
    sheet.set_row(2, 24)
    for row, project in enumerate(projects, 3):
        texts = [inert(project.cells.get(key, "") if key else project.unit) for key, _ in columns[1:-1]]
        sheet.write_number(row, 0, row - 2, book.middle)
        for column, text in enumerate(texts, 1):
            sheet.write_string(row, column, text, book.cell)
        sheet.write_string(row, last, say(f"code_status.{project.status}"), book.state[project.status])
        sheet.set_row(row, _height(texts, widths[1:-1]))
    if projects:
        sheet.autofilter(2, 0, len(projects) + 2, last)


def _checklist(book: _Book, projects: Sequence[Listed]) -> None:
    """One row a project, one column a requirement, what is open in words at the end."""
    fixed = [say(f"export.{key}") for key in ("number", "nominating_unit", "project", "kind", "completer", "state", "decision")]
    rest = rules_without_column(book.profile)
    requirements = [*REQUIREMENTS.items(), *([("export.others", rest)] if rest else [])]
    heads = [*fixed, *(say(key) for key, _ in requirements), say("export.words")]
    widths = [5, 18, _NAME_WIDTH, 8, 9, 9, 9, *([6.5] * len(requirements)), _WORDS_WIDTH]
    sheet = book.sheet(say("export.sheet_checklist"), landscape=True, widths=widths, head_row=0)
    sheet.set_paper(8)  # A3
    sheet.freeze_panes(1, 3)
    sheet.repeat_columns(0, 2)
    for column, text in enumerate(heads):
        sheet.write_string(0, column, text, book.head)
    sheet.set_row(0, 44)
    for row, project in enumerate(projects, 1):
        _checklist_row(book, sheet, row, project, requirements)
    if projects:
        sheet.autofilter(0, 0, len(projects), len(heads) - 1)


def _checklist_row(book: _Book, sheet: Any, row: int, project: Listed, requirements: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    sheet.write_number(row, 0, row, book.middle)
    for column, text in enumerate((project.unit, project.name, project.category, project.first_completer), 1):
        sheet.write_string(row, column, inert(text), book.cell)
    sheet.write_string(row, 5, say(f"code_status.{project.status}"), book.state[project.status])
    decided = say(f"code_decision.{project.decision}") if project.decision else say("export.undecided")
    sheet.write_string(row, 6, decided, book.middle if project.decision else book.state["advice"])
    points = (*project.points, *project.message_points)
    column = 7
    for key, rules in requirements:
        worst = _worst(points, rules)
        if worst == "fine" and _worst(points, _JUDGED_ON.get(key, ())) != "fine":
            worst = "absent"
        sheet.write_string(row, column, say(f"export.mark_{worst}"), book.state[worst])
        column += 1
    words = "\n".join(f"{number}. {point.text}" for number, point in enumerate(sorted(points, key=_rank), 1))
    sheet.write_string(row, column, inert(words), book.cell)
    sheet.set_row(row, _height((project.name, words), (_NAME_WIDTH, _WORDS_WIDTH)))


def _rank(point: Point) -> int:
    return _WORST_FIRST.index(point.severity)


def _worst(points: Iterable[Point], rules: tuple[str, ...]) -> str:
    """The worst severity of the points of these rules, `fine` without one."""
    return min((point.severity for point in points if point.rule in rules), key=_WORST_FIRST.index, default="fine")


def _figures(book: _Book, projects: Sequence[Listed]) -> None:
    """Counts by category and by unit, the selection's shares, and their charts."""
    sheet = book.sheet(say("export.sheet_figures"), landscape=True, widths=[26, 11, 11, 11, 11, 11, 11, 13, 3, 3], head_row=0)
    sheet.freeze_panes(0, 0)
    name = sheet.get_name()
    states = [say(f"code_status.{state}") for state in _STATES]
    heads = [say("export.count"), *states, say("code_decision.passed"), say("export.benefit")]
    categories = [(label or say("export.no_category"), group) for label, group in by_category(projects, book.profile)]
    after = _count_table(book, sheet, 0, say("export.by_category", most=book.profile.limits.per_category), heads, categories)
    tallest = max((len(group) for _, group in categories), default=0)
    _stacked(book, sheet, name, (1, len(categories)), say("export.by_category_chart"), "J1", tallest)
    units = {unit: tuple(p for p in projects if p.unit == unit) for unit in dict.fromkeys(p.unit for p in projects)}
    labelled = [(unit or say("export.no_unit"), group) for unit, group in units.items()]
    begin = after + 2
    after = _count_table(book, sheet, begin, say("export.by_unit"), heads, labelled)
    if labelled:
        _stacked(
            book, sheet, name, (begin + 1, begin + len(labelled)), say("export.by_unit_chart"), "J17", max(len(group) for _, group in labelled)
        )
    _selection(book, sheet, after + 2, projects)


def _count_table(book: _Book, sheet: Any, row: int, title: str, heads: Sequence[str], groups: Sequence[tuple[str, Sequence[Listed]]]) -> int:
    """Writes one row a group and one of all; returns the row of the last."""
    for column, text in enumerate((title, *heads)):
        sheet.write_string(row, column, text, book.head)
    everyone = tuple(project for _, group in groups for project in group)
    for label, group in (*groups, (say("export.all"), everyone)):
        row += 1
        sheet.write_string(row, 0, inert(label), book.cell)
        sheet.write_number(row, 1, len(group), book.middle)
        for column, state in enumerate(_STATES, 2):
            sheet.write_number(row, column, sum(p.status == state for p in group), book.middle)
        sheet.write_number(row, 6, sum(p.decision == "passed" for p in group), book.middle)
        sheet.write_number(row, 7, rounded(sum(p.benefit or 0 for p in group)), book.money)
    return row


def _stacked(book: _Book, sheet: Any, name: str, rows: tuple[int, int], title: str, at: str, tallest: int) -> None:
    """A stacked column chart of the four states over `rows` of the sheet called `name`."""
    chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
    for column, state in enumerate(_STATES, 2):
        chart.add_series(
            {
                "name": say(f"code_status.{state}"),
                "categories": [name, rows[0], 0, rows[1], 0],
                "values": [name, rows[0], column, rows[1], column],
                "fill": {"color": {"complete": "#70AD47", "incomplete": "#ED7D31", "review": "#FFC000", "ineligible": "#C00000"}[state]},
                "gap": 60,
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "min": 0, "major_unit": max(1, -(-tallest // 8))})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 560, "height": 300})
    sheet.insert_chart(at, chart)


def _selection(book: _Book, sheet: Any, row: int, projects: Sequence[Listed]) -> None:
    """Workers and technicians of all projects and of the passed ones, against the notice's shares."""
    limits = book.profile.limits
    rows = (("export.of_all", projects), ("export.of_passed", [p for p in projects if p.decision == "passed"]))
    heads = [say(f"export.{key}") for key in ("count", "workers", "technicians", "untold", "worker_share", "seniors", "senior_share")]
    for column, text in enumerate((say("export.selection"), *heads)):
        sheet.write_string(row, column, text, book.head)
    for key, group in rows:
        row += 1
        figures = selection([Who(p.standing, p.senior) for p in group], book.profile)
        sheet.write_string(row, 0, say(key), book.cell)
        for column, number in (
            (1, figures.projects),
            (2, figures.workers),
            (3, figures.technicians),
            (4, figures.undecided),
            (6, figures.seniors),
        ):
            sheet.write_number(row, column, number, book.middle)
        for column, share, ok in ((5, figures.worker_share, figures.workers_ok), (7, figures.senior_share, figures.seniors_ok)):
            if share is None:
                sheet.write_string(row, column, "—", book.middle)
            else:
                sheet.write_number(row, column, share, book.share[bool(ok)])
    note = say("export.limits", workers=f"{limits.worker_share:.0%}", seniors=f"{limits.senior_share:.0%}")
    sheet.merge_range(row + 1, 0, row + 1, 7, note, book.note)
    sheet.set_row(row + 1, 30)
