"""`wuxiao user`: who may log in at the review desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from errors import UsageError
from texts import say, table
from wuxiao.helping import App

if TYPE_CHECKING:
    from store.accounts import Role

user = App(help=say("cli.user"), no_args_is_help=True)
Data = Annotated[Path, typer.Option("--data", envvar="WUXIAO_DATA", help=say("cli.data"), show_default=True)]
DEFAULT_DATA = Path("wuxiao-data")


@user.command("add", help=say("cli.user_add"))
def add(
    name: Annotated[str, typer.Argument(help=say("cli.user_name"))],
    role: Annotated[str, typer.Option("--role", help=say("cli.user_role", roles="、".join(table("roles"))))] = "reviewer",
    data: Data = DEFAULT_DATA,
) -> None:
    """Makes an account, or gives one another password and role; the password is asked for, never an argument."""
    password = typer.prompt(say("cli.user_password"), hide_input=True)
    if typer.prompt(say("cli.user_again"), hide_input=True) != password:
        raise UsageError(why=say("cli.user_differs"))
    with _store(data) as store:
        store.accounts.add(name, password, _role(role))
    typer.echo(say("cli.user_added", name=name, role=table("roles").get(_role(role), role)))


@user.command("list", help=say("cli.user_list"))
def list_all(data: Data = DEFAULT_DATA) -> None:
    """All accounts with their roles."""
    with _store(data) as store:
        for account in store.accounts.all():
            typer.echo(f"{account.name}  {table('roles')[account.role]}")


@user.command("remove", help=say("cli.user_remove"))
def remove(name: Annotated[str, typer.Argument(help=say("cli.user_name"))], data: Data = DEFAULT_DATA) -> None:
    """Takes an account away; who is logged in with it is out."""
    with _store(data) as store:
        store.accounts.remove(name)
    typer.echo(say("cli.user_removed", name=name))


def _role(text: str) -> Role:
    """The role by its name or its Chinese name; an unknown one is left to the store to refuse."""
    words = {word: code for code, word in table("roles").items()}
    return words.get(text, text)  # type: ignore[return-value]


def _store(data: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a context manager that gives the store
    from contextlib import closing

    from store.database import Store
    from wuxiao.opening import load_campaign

    return closing(Store.open(data, load_campaign(data)))
