"""What the commands print: one summary on stdout (or JSON), one project in full."""

from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from profiles.profile import Profile
from review.words import field_label, local_time, said
from store.database import ProjectSheet, Status
from store.rows import FindingRow
from texts import say
from wuxiao.intaking import Outcome
from wuxiao.jsons import print_json

STATUS_STYLES = {"complete": "green", "incomplete": "yellow", "ineligible": "red", "review": "cyan"}
LABEL_WIDTH = 22
SEVERITY_STYLES = {"error": "yellow", "ineligible": "red", "verify": "cyan", "advice": "dim"}


def print_summary(status: Status, outcome: Outcome | None, *, as_json: bool, more: Mapping[str, object] | None = None) -> None:
    """Counts by status; what an ingest took in and skipped, where there was one. `more` goes into the JSON only."""
    if as_json:
        print_json({**_summary(status, outcome), **(more or {})})
        return
    console = Console()
    if outcome is not None:
        console.print(say("cli.summary_seen", seen=outcome.seen, new=outcome.new))
        for skipped in outcome.skipped:
            console.print(say("cli.summary_skipped", path=skipped.path, reason=skipped.reason_zh), markup=False)
    table = Table(title=say("cli.summary_title"), show_header=False, title_justify="left")
    table.add_column(justify="left")
    table.add_column(justify="left")
    table.add_column(justify="right")
    for what, counts in (("messages", status.messages), ("files", status.files), ("projects", status.projects)):
        for number, (name, count) in enumerate(counts.items()):
            table.add_row(say(f"cli.summary_{what}") if number == 0 else "", say(f"code_status.{name}"), str(count))
        table.add_section()
    console.print(table)
    if status.findings:
        console.print(_findings_table(status))
    if status.silent:
        console.print(say("cli.summary_silent_units", count=len(status.silent), units="、".join(status.silent)))
    for job in status.quarantined:
        console.print(say("cli.summary_quarantined", subject=job.subject, reason=job.reason or ""), markup=False)


def _findings_table(status: Status) -> Table:
    table = Table(title=say("cli.summary_findings"), show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for rule, count in sorted(status.findings.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(say(f"rules.{rule}"), str(count))
    return table


def _summary(status: Status, outcome: Outcome | None) -> dict[str, object]:
    taken = {} if outcome is None else {"seen": outcome.seen, "new": outcome.new, "skipped": [_skipped(s) for s in outcome.skipped]}
    return {**taken, **asdict(status)}


def _skipped(skipped: object) -> dict[str, str]:
    return {"path": str(getattr(skipped, "path", "")), "reason": str(getattr(skipped, "reason_zh", ""))}


def print_project(sheet: ProjectSheet, profile: Profile) -> None:
    """One project: what is wrong first, then the values form by form, then the files."""
    console, project = Console(), sheet.project
    style = STATUS_STYLES[project.status]
    console.print(Text.assemble((project.project_name or "", "bold"), "  ", (say(f"code_status.{project.status}"), style)))
    received = local_time(project.received_at or say("cli.unknown"), profile.dates.timezone)
    console.print(say("cli.show_head", key=project.project, unit=project.unit or say("cli.unknown"), received=received), markup=False)
    for finding in (*sheet.findings, *sheet.message_findings):
        _print_finding(console, finding)
    console.print(_values_table(sheet, profile))
    files = Table(title=say("cli.summary_files"), title_justify="left", show_header=False)
    files.add_column(overflow="fold")
    files.add_column(no_wrap=True)
    files.add_column(overflow="fold")
    for file in sheet.files:
        notes = (row.note for row in sheet.notes if (row.message, row.path) == (file.message, file.path))
        told = "\n".join((*([file.reason] if file.reason else ()), *notes))
        files.add_row(Text(file.path), say(f"code_status.{file.status}"), Text(told))
    console.print(files)


def _print_finding(console: Console, finding: FindingRow) -> None:
    mark = say("cli.severity", severity=say(f"code_severity.{finding.severity}"))
    state = say("cli.dismissed") if finding.state == "dismissed" else ""
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True, style=SEVERITY_STYLES[finding.severity])
    line.add_column(overflow="fold")
    line.add_row(Text(f"  {mark}"), Text(f"{finding.text}{state}"))
    console.print(line)


def _values_table(sheet: ProjectSheet, profile: Profile) -> Table:
    """Every value that counts, in the order of the forms, each form under its title."""
    table = Table(title=say("cli.show_values"), title_justify="left")
    table.add_column(say("cli.show_field"), max_width=LABEL_WIDTH, overflow="fold")
    table.add_column(say("cli.show_value"), overflow="fold")
    table.add_column(say("cli.show_agreement"), no_wrap=True)
    for form in profile.forms:
        order = form.names()
        values = [value for value in sheet.values if value.form == form.name]
        for number, value in enumerate(sorted(values, key=lambda v: order.index(v.field) if v.field in order else len(order))):
            if number == 0:
                table.add_section()
                table.add_row(Text(form.title, style="bold"))
            table.add_row(Text(field_label(profile, form.name, value.field)), Text(value.value), said("agreement", value.agreement))
    return table
