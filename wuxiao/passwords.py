"""Where the password of a mailbox comes from: a file, the environment, the system's keyring. Never the command line, never a log."""

import contextlib
import functools
import importlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from errors import UsageError
from intake.imap import Account
from texts import say

VARIABLE = "WUXIAO_IMAP_PASSWORD"
KEYRING = "wuxiao"
Password = Callable[[], str]


def passwords_for(accounts: Sequence[Account], files: Sequence[Path]) -> tuple[Password, ...]:
    """For each account a function that gives its password, asked anew at every connection: a new one in the file counts at once.

    `files`: one for all, one for each in their order, or none: then the environment (taken out of it, so that no child sees it) or the
    keyring. Raises UsageError when there is none, or when others may read the file.
    """
    if files and len(files) not in (1, len(accounts)):
        raise UsageError(why=say("cli.watch_passwords"))
    given = os.environ.pop(VARIABLE, None)
    found: list[Password] = []
    for number, account in enumerate(accounts):
        if files:
            found.append(functools.partial(read_password, files[number % len(files)].resolve()))
        elif given:
            found.append(lambda: str(given))
        else:
            found.append(functools.partial(_from_keyring, account))
    for password in found:
        password()
    return tuple(found)


def read_password(file: Path) -> str:
    """The first line of `file`, which must be a regular file that nobody but its owner (and root) can read. Raises UsageError."""
    try:
        with file.open(encoding="utf-8") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode) or _open_to_others(status):
                raise UsageError(why=say("cli.password_mode", file=file))
            return opened.readline(4096).rstrip("\r\n")
    except OSError as error:
        raise UsageError(why=say("cli.password_file", file=file, why=error.strerror or type(error).__name__)) from error
    except UnicodeDecodeError as error:
        raise UsageError(why=say("cli.password_file", file=file, why="UTF-8")) from error


def _open_to_others(status: os.stat_result) -> bool:
    """Whether others than its owner may read a file. Root's own group is let through: systemd's credentials show their ACL that way."""
    return bool(status.st_mode & (0o007 if status.st_gid == 0 else 0o077))


def _from_keyring(account: Account) -> str:
    """What `keyring set wuxiao USER@HOST` stored, where that library is installed. Raises UsageError when it has none."""
    with contextlib.suppress(ImportError):
        keyring = importlib.import_module("keyring")
        with contextlib.suppress(keyring.errors.KeyringError):
            password = keyring.get_password(KEYRING, f"{account.user}@{account.host}")
            if password:
                return str(password)
    raise UsageError(why=say("cli.password_none", user=account.user))
