"""Help and usage errors in Chinese, drawn with rich's tables alone: typer's own rich help loads Markdown and syntax colours first, which
takes longer than all the rest of `wuxiao --help`. A command that works loads none of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from texts import say, table

if TYPE_CHECKING:
    from rich.console import Console

Row = tuple[str, str]
METAVARS: Mapping[str, str] = table("metavars")
"""What a parameter's value is called."""
PROBLEMS = (
    (r"Missing (?:argument|option) (\S+?)\.", "missing"),
    (r"No such option: (\S+)", "option"),
    (r"No such command '(.+?)'\.", "command"),
    (r"Missing command(\.)", "no_command"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", "extra"),
    (r"Option (\S+) requires an argument", "empty"),
    (r"Invalid value for (\S+): ", "value"),
)
"""typer's sentences, and what is said instead."""


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
            sys.stderr.write(say("cli.aborted") + "\n")
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
    from rich.console import Console

    console = Console(highlight=False)
    console.print(say("cli.usage", command=_usage(context)), style="bold", markup=False)
    console.print(f"\n{command.help or ''}\n", markup=False)
    arguments, options = _parameters(context)
    _show_rows(console, say("cli.arguments"), (_row(parameter) for parameter in arguments))
    _show_rows(console, say("cli.options"), (_row(parameter) for parameter in options))
    commands = command.commands if isinstance(command, TyperGroup) else {}
    _show_rows(console, say("cli.commands"), ((name, sub.help or "") for name, sub in commands.items() if not sub.hidden))
    if command.epilog:
        console.print(f"\n{command.epilog}")


def _parameters(context: Any) -> tuple[list[Any], list[Any]]:
    """The command's arguments and its options."""
    parameters = context.command.get_params(context)
    return [p for p in parameters if isinstance(p, TyperArgument)], [p for p in parameters if not isinstance(p, TyperArgument)]


def _usage(context: Any) -> str:
    """The command as it is written: `wuxiao ingest [选项] 路径…`."""
    words = [context.command_path, say("cli.usage_options"), *(_metavar(argument) for argument in _parameters(context)[0])]
    return " ".join([*words, say("cli.usage_command")] if isinstance(context.command, TyperGroup) else words)


def _metavar(parameter: Any) -> str:
    """What stands for the parameter's value; "" for a switch."""
    if _is_flag(parameter):
        return ""
    word = METAVARS.get(parameter.name, parameter.name) + ("…" if parameter.nargs == -1 else "")
    return word if parameter.required or not isinstance(parameter, TyperArgument) else f"[{word}]"


def _row(parameter: Any) -> Row:
    """What stands for the parameter on the command line, and what it means."""
    if parameter.name == "help":
        return "--help", say("cli.help_option")
    names = () if isinstance(parameter, TyperArgument) else (*parameter.opts, *parameter.secondary_opts)
    more = [say("cli.default", value=parameter.default)] if isinstance(parameter.default, str | int | Path) and not _is_flag(parameter) else []
    more += [say("cli.from_environment", name=parameter.envvar)] if parameter.envvar else []
    more += [say("cli.required")] if parameter.required else []
    meaning = f"{parameter.help or ''}{say('cli.more', more='；'.join(more)) if more else ''}"
    return f"{' / '.join(names)} {_metavar(parameter)}".strip(), meaning


def _is_flag(parameter: Any) -> bool:
    return bool(getattr(parameter, "is_flag", False))


def _show_rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    from rich.panel import Panel
    from rich.table import Table

    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="bold cyan")
    grid.add_column(overflow="fold")
    for name, meaning in rows:
        grid.add_row(name.replace("[", r"\["), meaning.replace("[", r"\["))
    if grid.row_count:
        console.print(Panel(grid, title=title, title_align="left", border_style="dim"))


def _show_problem(problem: typer.TyperException) -> None:
    """Prints usage and what is wrong; nothing where the help was shown instead."""
    if not problem.format_message():
        return
    from rich.console import Console
    from rich.panel import Panel

    console = Console(stderr=True, highlight=False)
    context = getattr(problem, "ctx", None)
    if context is not None:
        console.print(say("cli.usage", command=_usage(context)), markup=False)
        console.print(say("cli.try_help", command=f"{context.command_path} --help"), markup=False)
    said = _in_chinese(problem.format_message())
    console.print(Panel(said.replace("[", r"\["), title=say("cli.error"), title_align="left", border_style="red"))


def _in_chinese(message: str) -> str:
    """What typer says is wrong, in Chinese; as it is where it says something new."""
    for pattern, text in PROBLEMS:
        match = re.match(pattern, message)
        if match:
            what = match[1].strip("'")
            return say(f"cli.problem_{text}", what=METAVARS.get(what, what))
    return message
