"""Help and usage errors in Chinese, drawn with rich's tables alone: typer's own rich help loads Markdown and syntax colours first, which
takes longer than all the rest of `wuxiao --help`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from typer.core import TyperArgument, TyperCommand, TyperGroup

from texts import say

Row = tuple[str, str]


class Command(TyperCommand):
    """A command whose help is `show_help`."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Prints the help."""
        show_help(self, ctx)


class Group(TyperGroup):
    """A group of commands whose help is `show_help`; wrong usage ends in a Chinese sentence and exit code 2."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Prints the help."""
        show_help(self, ctx)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Runs the program. Raises SystemExit with the exit code unless `standalone_mode` is False."""
        if not extra.get("standalone_mode", True):
            return super().main(*args, **extra)
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except typer.TyperException as problem:
            _show_problem(problem)
            code = problem.exit_code
        except typer.Abort:
            code = 1
        sys.exit(code or 0)


class App(typer.Typer):
    """A Typer whose groups and commands show their help this way."""

    def __init__(self, **options: Any) -> None:
        """As typer's own."""
        super().__init__(cls=Group, add_completion=False, **options)

    def command(self, name: str | None = None, **options: Any) -> Callable[..., Any]:
        """As typer's own."""
        return super().command(name, cls=Command, **options)


def show_help(command: TyperCommand | TyperGroup, context: Any) -> None:
    """Prints usage, what the command does, its arguments, options and commands."""
    console = Console(highlight=False)
    usage = " ".join(command.collect_usage_pieces(context))
    console.print(say("cli.usage", command=f"{context.command_path} {usage}"), style="bold", markup=False)
    console.print(f"\n{command.help or ''}\n", markup=False)
    parameters = command.get_params(context)
    arguments = [parameter for parameter in parameters if isinstance(parameter, TyperArgument)]
    _show_rows(console, say("cli.arguments"), (_row(parameter, context) for parameter in arguments))
    _show_rows(console, say("cli.options"), (_row(parameter, context) for parameter in parameters if parameter not in arguments))
    commands = command.commands if isinstance(command, TyperGroup) else {}
    _show_rows(console, say("cli.commands"), ((name, sub.help or "") for name, sub in commands.items() if not sub.hidden))
    if command.epilog:
        console.print(f"\n{command.epilog}")


def _row(parameter: Any, context: Any) -> Row:
    """What stands for the parameter on the command line, and what it means."""
    if parameter.name == "help":
        return "--help", say("cli.help_option")
    names, meaning = parameter.get_help_record(context) or ("", "")
    return names, meaning


def _show_rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold cyan")
    table.add_column(overflow="fold")
    for name, meaning in rows:
        table.add_row(name.replace("[", r"\["), meaning.replace("[", r"\["))
    if table.row_count:
        console.print(Panel(table, title=title, title_align="left", border_style="dim"))


def _show_problem(problem: typer.TyperException) -> None:
    """Prints usage and what is wrong; nothing where the help was shown instead."""
    if not problem.format_message():
        return
    console = Console(stderr=True, highlight=False)
    context = getattr(problem, "ctx", None)
    if context is not None:
        usage = " ".join(context.command.collect_usage_pieces(context))
        console.print(say("cli.usage", command=f"{context.command_path} {usage}"), markup=False)
    console.print(Panel(problem.format_message().replace("[", r"\["), title=say("cli.error"), title_align="left", border_style="red"))
