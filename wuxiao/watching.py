"""What `wuxiao watch` does: sources from the command line, signals, the log."""

import contextlib
import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import StoreError, UsageError
from intake.folder import FolderWatch
from intake.imap import Account, account_of
from pipeline.process import House
from pipeline.retention import tidy
from pipeline.watch import FolderSource, MailSource, Source, Watch
from texts import say
from wuxiao.intaking import make_shift
from wuxiao.logs import start_log
from wuxiao.passwords import passwords_for
from wuxiao.settings import MIB, Settings

LOG = logging.getLogger("wuxiao.watch")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    folders: Sequence[Path] = ()
    mailboxes: Sequence[str] = ()
    password_files: Sequence[Path] = ()
    polling: bool = False
    keep_unread: bool = False
    move_to: str | None = None
    once: bool = False


def make_sources(wanted: Wanted, data: Path, settings: Settings) -> tuple[Source, ...]:
    """The sources to watch. Raises UsageError for none, for one that cannot be meant, and for a mailbox without a password."""
    folders = [_folder(folder, data.resolve()) for folder in wanted.folders]
    accounts = [_account(url, wanted.move_to) for url in wanted.mailboxes]
    if not folders and not accounts:
        raise UsageError(why=say("cli.watch_nothing"))
    watched: list[Source] = [
        FolderSource(FolderWatch(folder, settings.still_seconds), settings.poll_seconds, wanted.polling) for folder in folders
    ]
    for account, password in zip(accounts, passwords_for(accounts, wanted.password_files), strict=True):
        most = settings.unpack_limits().mail_bytes
        watched.append(MailSource(account, password, settings.poll_seconds, most, wanted.keep_unread, wanted.move_to))
    return tuple({source.name: source for source in watched}.values())


def _folder(folder: Path, data: Path) -> Path:
    there = folder.resolve()
    if not there.is_dir():
        raise UsageError(why=say("cli.watch_no_folder", folder=folder))
    if data == there or data.is_relative_to(there) or there.is_relative_to(data):
        raise UsageError(why=say("cli.watch_inside", folder=folder))
    return there


def _account(url: str, move_to: str | None) -> Account:
    account = account_of(url)
    if move_to == account.folder:
        raise UsageError(why=say("cli.watch_move_same", folder=move_to))
    return account


@dataclass(slots=True)
class Hourly:
    """Does `what` when called, at most once an hour."""

    what: Callable[[], None]
    due: float = 0.0

    def __call__(self) -> None:
        """Does it, or nothing."""
        if time.monotonic() >= self.due:
            self.what()
            self.due = time.monotonic() + 3600


def run_watch(house: House, sources: Sequence[Source], settings: Settings, *, once: bool) -> int:
    """Watches until SIGTERM or SIGINT (or, with `once`, until all is worked). Returns 1 when `once` could not reach a source, else 0."""
    start_log(house.store.data)
    stop = threading.Event()
    tidied = Hourly(lambda: tidy(house, make_shift(settings), settings.unrelated_days))
    watch = Watch(house, make_shift(settings), sources, stop, reserve=settings.disk_reserve * MIB, once=once, idle=tidied)
    _stop_on_signal(house, watch, stop, settings.stop_seconds)
    watch.run()
    return int(bool(watch.failed))


def _stop_on_signal(house: House, watch: Watch, stop: threading.Event, seconds: float) -> None:
    """SIGTERM or SIGINT ends the watch cleanly. What is not done after `seconds`, or at a second signal, waits again, and the process ends.

    The handler itself only puts into a queue made for that: an Event set within a signal handler may lock itself out.
    """
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()

    def listen() -> None:
        asked.get()
        LOG.info("stopping")
        stop.set()
        watch.wake()
        with contextlib.suppress(queue.Empty):
            asked.get(timeout=seconds)
        LOG.info("released")
        with contextlib.suppress(StoreError):  # the next start takes over what a dead process held
            house.store.release_all(house.owner.name)
        house.workers.close()
        house.owner.close()
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.put(number))
    threading.Thread(target=listen, name="stop", daemon=True).start()
