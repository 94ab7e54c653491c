"""What the commands print: one summary on stdout (or JSON), one project in full."""

from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from profiles.profile import Profile
from store.database import ProjectSheet, Status
from store.rows import FindingRow
from texts import say
from wuxiao.intaking import Outcome
from wuxiao.jsons import print_json

STATUS_STYLES = {"complete": "green", "incomplete": "yellow", "ineligible": "red", "review": "cyan"}
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
            table.add_row(say(f"cli.summary_{what}") if number == 0 else "", say(f"cli.{what}_{name}"), str(count))
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
    console.print(f"[bold]{project.project_name or ''}[/]  [{style}]{say(f'cli.projects_{project.status}')}[/]")
    console.print(
        say("cli.show_head", key=project.project, unit=project.unit or say("cli.unknown"), received=project.received_at or ""), markup=False
    )
    for finding in (*sheet.findings, *sheet.message_findings):
        _print_finding(console, finding)
    console.print(_values_table(sheet, profile))
    files = Table(title=say("cli.summary_files"), title_justify="left", show_header=False)
    for file in sheet.files:
        files.add_row(file.path, say(f"cli.files_{file.status}"), file.reason or "")
    console.print(files)


def _print_finding(console: Console, finding: FindingRow) -> None:
    mark = say(f"cli.severity_{finding.severity}")
    state = say("cli.dismissed") if finding.state == "dismissed" else ""
    console.print(f"  [{SEVERITY_STYLES[finding.severity]}]{mark}[/] ", end="")
    console.print(f"{finding.text}{state}", markup=False)


def _values_table(sheet: ProjectSheet, profile: Profile) -> Table:
    """Every value that counts, in the order of the forms."""
    labels = profile_labels(profile)
    table = Table(title=say("cli.show_values"), title_justify="left")
    for heading in ("cli.show_form", "cli.show_field", "cli.show_value", "cli.show_agreement"):
        table.add_column(say(heading))
    order = list(labels)
    values = sorted(sheet.values, key=lambda v: order.index((v.form, v.field)) if (v.form, v.field) in labels else len(order))
    shown = None
    for value in values:
        form, label = labels.get((value.form, value.field), (value.form, value.field))
        table.add_row("" if form == shown else form, label, value.value, say(f"cli.agreement_{value.agreement}"))
        shown = form
    return table


def profile_labels(profile: Profile) -> dict[tuple[str, str], tuple[str, str]]:
    """(form, field) → (title of the form, label of the field), in the order of the forms."""
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    for form in profile.forms:
        for field in form.fields():
            for name in field.yields or (field.name,):
                labels[form.name, name] = (form.title, field.label)
        for section in form.sections:
            labels[form.name, section.name] = (form.title, section.label)
    return labels
