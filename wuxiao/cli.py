"""The command line: thin. Every command opens what it needs, calls one room, and says what came of it."""

import os
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from errors import StoreError, UsageError, WuxiaoError
from texts import say
from wuxiao.accounts import user
from wuxiao.helping import App

app = App(help=say("cli.help"), no_args_is_help=True, epilog=say("cli.epilog"))

Data = Annotated[Path, typer.Option("--data", envvar="WUXIAO_DATA", help=say("cli.data"), show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help=say("cli.json"))]
Mailboxes = Annotated[list[str] | None, typer.Option("--imap", help=say("cli.watch_imap"), metavar="URL")]
PasswordFiles = Annotated[list[Path] | None, typer.Option("--password-file", help=say("cli.watch_password"))]
Scheduler = Annotated[str | None, typer.Option("--scheduler", help=say("cli.scheduler"), metavar="URL")]
DEFAULT_DATA = Path("wuxiao-data")


@app.command(help=say("cli.ingest"))
def ingest(
    paths: Annotated[list[Path], typer.Argument(help=say("cli.ingest_paths"), show_default=False)],
    data: Data = DEFAULT_DATA,
    received: Annotated[str | None, typer.Option("--received", help=say("cli.received"), metavar="DATE")] = None,
    as_json: AsJson = False,
    scheduler: Scheduler = None,
) -> None:
    """Takes in messages and hand-delivered files, reads and judges them."""
    from wuxiao.intaking import run_ingest
    from wuxiao.settings import load_settings
    from wuxiao.show import print_summary

    with _house(data, _meeting(data, scheduler)) as house:
        outcome = run_ingest(house, paths, _received(received, house.profile.dates.timezone), load_settings(data))
        print_summary(house.store.status(), outcome, as_json=as_json)
    raise typer.Exit(1 if outcome.unreadable else 0)


@app.command(help=say("cli.recheck"))
def recheck(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Runs the rules again over what is stored."""
    from pipeline.recheck import recheck as run
    from wuxiao.intaking import make_shift
    from wuxiao.progress import progress
    from wuxiao.settings import load_settings
    from wuxiao.show import print_summary

    with _house(data) as house:
        with progress(say("cli.rechecking"), len(house.store.units_settled())) as told:
            run(house, make_shift(load_settings(data)), told)
        print_summary(house.store.status(), None, as_json=as_json)


@app.command(help=say("cli.watch"))
def watch(
    folders: Annotated[list[Path] | None, typer.Option("--folder", help=say("cli.watch_folder"))] = None,
    mailboxes: Mailboxes = None,
    password_files: PasswordFiles = None,
    polling: Annotated[bool, typer.Option("--polling", help=say("cli.watch_polling"))] = False,
    keep_unread: Annotated[bool, typer.Option("--keep-unread", help=say("cli.watch_unread"))] = False,
    move_to: Annotated[str | None, typer.Option("--move-to", help=say("cli.watch_move"))] = None,
    once: Annotated[bool, typer.Option("--once", help=say("cli.watch_once"))] = False,
    scheduler: Scheduler = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Takes in what comes to mailboxes and folders, reads and judges it, until stopped."""
    from wuxiao.settings import load_settings
    from wuxiao.watching import Wanted, make_sources, run_watch

    settings = load_settings(data)
    wanted = Wanted(folders or (), mailboxes or (), password_files or (), polling, keep_unread, move_to, once)
    sources = make_sources(wanted, data, settings)
    with _house(data, scheduler or settings.scheduler) as house:
        code = run_watch(house, sources, settings, once=once)
    raise typer.Exit(code)


@app.command(help=say("cli.status"))
def status(
    data: Data = DEFAULT_DATA, as_json: AsJson = False, health: Annotated[bool, typer.Option("--health", help=say("cli.health"))] = False
) -> None:
    """Counts: messages, files, projects by status, units that have sent nothing; sources, backlog, disk. With --health only what is wrong."""
    from wuxiao.health import complaints, examine_health, print_health
    from wuxiao.intaking import now
    from wuxiao.settings import load_settings
    from wuxiao.show import print_summary

    with _house(data) as house:
        found = examine_health(house)
        if health:
            wrong = complaints(found, load_settings(data), now())
            typer.echo("\n".join(wrong) or say("cli.health_fine"))
            raise typer.Exit(1 if wrong else 0)
        print_summary(house.store.status(), None, as_json=as_json, more=found.as_json())
        if not as_json:
            print_health(house, found)


@app.command(help=say("cli.show"))
def show(project: Annotated[str, typer.Argument(help=say("cli.show_project"))], data: Data = DEFAULT_DATA) -> None:
    """One project: fields, findings, files."""
    from wuxiao.show import print_project

    with _house(data) as house:
        print_project(house.store.show(project), house.profile)


@app.command(help=say("cli.reply"))
def reply(
    out: Annotated[Path, typer.Option("--out", help=say("cli.reply_out"))],
    projects: Annotated[list[str] | None, typer.Argument(help=say("cli.reply_projects"), show_default=False)] = None,
    data: Data = DEFAULT_DATA,
    until: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help=say("cli.reply_until"))] = None,
    to_drafts: Annotated[bool, typer.Option("--to-drafts", help=say("cli.reply_drafts"))] = False,
    mailbox: Annotated[str | None, typer.Option("--imap", help=say("cli.reply_imap"), metavar="URL")] = None,
    password_file: Annotated[Path | None, typer.Option("--password-file", help=say("cli.watch_password"))] = None,
) -> None:
    """Drafts of the 补正通知 for every unit with something to correct."""
    from wuxiao.answering import run_reply
    from wuxiao.drafting import draft_box, put_drafts
    from wuxiao.intaking import now

    box = draft_box(mailbox, password_file) if to_drafts else None
    today = now().date()
    with _house(data) as house:
        last_day = until.date() if until else house.store.desk.answer_by(today)
        letters = run_reply(house, projects or [], out, last_day, today)
        too_late = not projects and last_day is None and today > house.profile.dates.deadline and bool(house.store.status().silent)
    for letter in letters:
        typer.echo(say("cli.reply_made", unit=letter.unit, to=letter.to or say("cli.reply_nobody"), file=out / f"{letter.stem}.eml"))
    typer.echo(say("cli.reply_done", count=len(letters)))
    if too_late:
        typer.echo(say("cli.reply_too_late"))
    if box is not None and letters:
        typer.echo(say("cli.reply_drafted", count=len(letters), folder=put_drafts(box, [letter.eml for letter in letters])))


@app.command(help=say("cli.export"))
def export(file: Annotated[Path, typer.Argument(help=say("cli.export_file"))], data: Data = DEFAULT_DATA) -> None:
    """The consolidated 附件1 汇总表 and the checklist."""
    from wuxiao.answering import run_export
    from wuxiao.intaking import now

    with _house(data) as house:
        typer.echo(say("cli.export_done", count=run_export(house, file, now().date()), file=file))


@app.command(help=say("cli.retry"))
def retry(message: Annotated[str | None, typer.Argument(help=say("cli.retry_message"))] = None, data: Data = DEFAULT_DATA) -> None:
    """Quarantined jobs again."""
    from wuxiao.intaking import work as work_all
    from wuxiao.settings import load_settings

    with _house(data, _meeting(data, None)) as house:
        count = house.store.retry(message)
        work_all(house, load_settings(data))
    typer.echo(say("cli.retry_done", count=count))


quarantine = App(help=say("cli.quarantine"), invoke_without_command=True)
app.add_typer(quarantine, name="quarantine")


@quarantine.callback()
def quarantine_plain(context: typer.Context, data: Data = DEFAULT_DATA) -> None:
    """What was set aside, and why, when nothing else is said."""
    context.default_map = {name: {"data": data} for name in ("list", "show")}
    if context.invoked_subcommand is None:
        quarantine_list(data)


@quarantine.command("list", help=say("cli.quarantine_list"))
def quarantine_list(data: Data = DEFAULT_DATA) -> None:
    """What was set aside, and why."""
    with _house(data) as house:
        jobs = house.store.status().quarantined
    for job in jobs:
        typer.echo(say("cli.quarantine_line", message=job.message, subject=job.subject, reason=job.reason or ""))
    if not jobs:
        typer.echo(say("cli.quarantine_none"))


@quarantine.command("show", help=say("cli.quarantine_show"))
def quarantine_show(message: Annotated[str, typer.Argument(help=say("cli.quarantine_message"))], data: Data = DEFAULT_DATA) -> None:
    """One message that was set aside."""
    from wuxiao.keeping import describe

    with _house(data) as house:
        typer.echo(describe(house, message))


@app.command(help=say("cli.erase"))
def erase(
    target: Annotated[str, typer.Argument(help=say("cli.erase_target"), metavar="PROJECT|MESSAGE")],
    reason: Annotated[str, typer.Option("--reason", help=say("cli.erase_reason"))],
    data: Data = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help=say("cli.erase_yes"))] = False,
) -> None:
    """A person's data removed."""
    from wuxiao.keeping import run_erase, told
    from wuxiao.settings import load_settings

    with _house(data) as house:
        typer.echo(told(house.store.erasing.plan(target)))
        if not yes:
            typer.confirm(say("cli.erase_sure"), abort=True)
        run_erase(house, target, reason, load_settings(data))
    typer.echo(say("cli.erase_done"))


@app.command(help=say("cli.backup"))
def backup(
    file: Annotated[Path, typer.Argument(help=say("cli.backup_file"))],
    data: Data = DEFAULT_DATA,
    password_file: Annotated[Path | None, typer.Option("--password-file", help=say("cli.backup_password_file"))] = None,
) -> None:
    """A safe copy in one file."""
    from wuxiao.keeping import run_backup

    with _house(data) as house:
        copied = run_backup(house, file, password_file)
    typer.echo(say("cli.backup_done", files=copied.files, mib=copied.bytes >> 20, file=file))
    if copied.missing:
        typer.echo(say("cli.backup_missing", count=len(copied.missing)))


@app.command(help=say("cli.restore"))
def restore(
    file: Annotated[Path, typer.Argument(help=say("cli.restore_file"))],
    data: Data = DEFAULT_DATA,
    password_file: Annotated[Path | None, typer.Option("--password-file", help=say("cli.backup_password_file"))] = None,
) -> None:
    """A data folder from a backup."""
    from wuxiao.keeping import run_restore

    copied = run_restore(file, data, password_file)
    typer.echo(say("cli.restore_done", files=copied.files, mib=copied.bytes >> 20, data=data))


@app.command(help=say("cli.serve"))
def serve(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option("--port", help=say("cli.port"))] = 8001,
    host: Annotated[str, typer.Option("--host", help=say("cli.host"))] = "127.0.0.1",
    cert: Annotated[Path | None, typer.Option("--cert", help=say("cli.cert"))] = None,
    key: Annotated[Path | None, typer.Option("--key", help=say("cli.key"))] = None,
    mailbox: Annotated[str | None, typer.Option("--imap", help=say("cli.serve_imap"), metavar="URL")] = None,
    password_file: Annotated[Path | None, typer.Option("--password-file", help=say("cli.watch_password"))] = None,
) -> None:
    """Opens the review pages in datasette."""
    from review.desk.context import Helpers
    from review.serve import serve as run
    from wuxiao.drafting import draft_box, put_drafts
    from wuxiao.opening import load_campaign, open_house

    drafts = partial(put_drafts, draft_box(mailbox, password_file)) if mailbox else None
    helpers = Helpers(partial(open_house, data), drafts)
    run(data, load_campaign(data), host=host, port=port, cert=cert, key=key, helpers=helpers)


@app.command(help=say("cli.schedule"))
def schedule(
    listen: Annotated[str | None, typer.Option("--listen", help=say("cli.schedule_listen"), metavar="URL")] = None, data: Data = DEFAULT_DATA
) -> None:
    """Where the machines of an office meet."""
    from wuxiao.working import run_schedule

    run_schedule(data, listen)


@app.command(help=say("cli.work"))
def work(scheduler: Scheduler = None, data: Data = DEFAULT_DATA) -> None:
    """Reads messages for another machine."""
    from wuxiao.working import run_work

    run_work(data, scheduler)


app.add_typer(user, name="user")


@app.command(help=say("cli.doctor"))
def doctor(data: Data = DEFAULT_DATA) -> None:
    """Says what this machine lacks and the command that mends it."""
    from wuxiao.doctor import examine, print_report

    raise typer.Exit(print_report(examine(data)))


@app.command(help=say("cli.demo"))
def demo(
    data: Annotated[Path | None, typer.Option("--data", help=say("cli.demo_data"))] = None,
    serve_pages: Annotated[bool, typer.Option("--serve/--no-serve", help=say("cli.no_serve"))] = True,
    port: Annotated[int, typer.Option("--port", help=say("cli.port"))] = 8001,
) -> None:
    """Does all of it on the bundled mailbox."""
    from wuxiao.demo import run_demo

    run_demo(data, serve_pages=serve_pages, port=port)


def _house(data: Path, scheduler: str = ""):  # type: ignore[no-untyped-def]  # noqa: ANN202 - typed in wuxiao.opening; imported late so that --help is quick
    from wuxiao.opening import open_house

    return open_house(data, scheduler)


def _meeting(data: Path, scheduler: str | None) -> str:
    """Where the machines meet that shall read: as the command line says, else the setting; "" for none."""
    from wuxiao.settings import load_settings

    return scheduler or load_settings(data).scheduler


def _received(text: str | None, zone: str) -> datetime | None:
    """`--received` as an aware time in the campaign's zone (a bare date is its noon). Raises UsageError."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(why=say("cli.bad_date", text=text)) from error
    if len(text) <= len("2024-04-10"):
        when = when.replace(hour=12)
    return when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))


def main() -> None:
    """The program `wuxiao`. Every error of the tree ends in its sentence and its exit code."""
    os.umask(0o077)
    try:
        app()
    except WuxiaoError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk, a folder without rights: what was done so far stays
        sys.stderr.write(f"{StoreError(why=error.strerror or error)}\n")
        sys.exit(StoreError.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write(say("cli.interrupted") + "\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
