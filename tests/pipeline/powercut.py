"""A disk that keeps only what was made durable, and what it would hold if the power went at each step of the way.

Run as `python -m tests.pipeline.powercut take FOLDER PORT MAILBOX` (takes a mailbox in) or `… work FOLDER` (works a message): at every step
(a file or folder made durable, a rename, a commit, a mail flagged) it lays down in `FOLDER/states` what a power cut would leave:

- `least`: only the names whose folder was synced, only the bytes of files that were synced;
- `most`: all names that were given, as a journal may have kept them, but the bytes that were not synced are zeros.

Of a database both keep what was committed, and only where SQLite syncs at a commit. Then it goes on from each state, and prints, as JSON, the
first thing that does not hold.
"""

import hashlib
import json
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from intake.durable import make_folder
from intake.imap import Account, Inbox
from pipeline.process import House
from pipeline.watch import Desk, MailSource
from store.database import INTAKE, PRIVATE
from tests.intake.dovecot import PASSWORD, USER, mail
from tests.store.make import NOW, open_store
from tests.store.test_jobs import flow, views
from wuxiao.opening import open_house

SYNCED_AT_COMMIT = 2  # PRAGMA synchronous: FULL or EXTRA
NUMBERS = (1, 2)
UNIT = "丹阳市总工会"


@dataclass
class Disk:
    """`contents` of files by inode, `names` in folders, `databases` as they were last committed: all that a power cut leaves of `data`.

    `flagged` are the hashes of the mails that the server was told are safe: what happened there cannot be undone."""

    data: Path
    states: Path
    contents: dict[int, bytes] = field(default_factory=dict)
    names: dict[Path, dict[str, int]] = field(default_factory=dict)
    databases: dict[str, bytes] = field(default_factory=dict)
    flagged: set[str] = field(default_factory=set)
    steps: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Lays down what is left before and after one step."""
        self.cut(f"before {name}")
        yield
        self.cut(f"after {name}")

    def cut(self, name: str) -> None:
        """The two states of this moment, beside what the server was told by then."""
        place = self.states / f"{len(self.steps):03}"
        self.steps.append(name)
        for kind, lay in (("least", self._least), ("most", self._most)):
            (place / kind).mkdir(parents=True)
            if self.data.is_dir():
                lay(place / kind / "data")
        (place / "flagged").write_text("\n".join(self.flagged))

    def synced(self, descriptor: int) -> None:
        """What `os.fsync` made durable: the bytes of a file, or the names in a folder."""
        path = _path_of(descriptor)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            self.names[path] = {entry.name: entry.inode() for entry in os.scandir(path)}
        else:
            self.contents[os.fstat(descriptor).st_ino] = path.read_bytes()

    def committed(self, database: sqlite3.Connection, path: Path) -> None:
        """What a commit made durable. SQLite syncs the log, and its folder when it made the log."""
        if database.execute("PRAGMA synchronous").fetchone()[0] >= SYNCED_AT_COMMIT:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, closing(sqlite3.connect(":memory:")) as copy:
                source.backup(copy)
                self.databases[path.name] = copy.serialize()
            self.names.setdefault(self.data, {})[path.name] = path.stat().st_ino

    def forget(self, path: Any) -> None:
        """`path` goes away: its inode's number may be given to another file."""
        if os.path.lexists(path):
            self.contents.pop(os.lstat(path).st_ino, None)

    def _least(self, target: Path) -> None:
        if self.data.name in self.names.get(self.data.parent, {}):
            self._lay(self.data, target)

    def _lay(self, folder: Path, target: Path) -> None:
        target.mkdir()
        for name, inode in self.names.get(folder, {}).items():
            if name in self.databases:
                (target / name).write_bytes(self.databases[name])
            elif folder / name in self.names or (folder / name).is_dir():
                self._lay(folder / name, target / name)
            elif not _passing(name):
                (target / name).write_bytes(self.contents.get(inode, b""))

    def _most(self, target: Path) -> None:
        for path in (self.data, *sorted(self.data.rglob("*"))):
            place = target / path.relative_to(self.data)
            if path.is_dir():
                place.mkdir()
            elif path.name in self.databases:
                place.write_bytes(self.databases[path.name])
            elif path.is_file() and not _passing(path.name):
                now = path.read_bytes()
                place.write_bytes(now if self.contents.get(path.stat().st_ino) == now else bytes(len(now)))


def _path_of(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


def _passing(name: str) -> bool:
    """A database before its first commit, and its log."""
    return name.startswith((INTAKE, PRIVATE))


@contextmanager
def watched(disk: Disk) -> Iterator[None]:
    """Inside, every call that makes something durable, or tells the server that a mail is safe, is a step."""
    real = os.fsync, os.replace, os.unlink, sqlite3.connect, Inbox.taken

    def fsync(descriptor: int) -> None:
        with disk.step(f"fsync {_path_of(descriptor).name}"):
            real[0](descriptor)
            disk.synced(descriptor)

    def replace(source: Any, target: Any) -> None:
        with disk.step(f"rename to {Path(target).name}"):
            disk.forget(target)
            real[1](source, target)

    def unlink(path: Any, **named: Any) -> None:
        disk.forget(path)
        real[2](path, **named)

    def connect(path: Any, *arguments: Any, **named: Any) -> sqlite3.Connection:
        mine = Path(str(path)).parent == disk.data
        return real[3](path, *arguments, **({"factory": partial(Watched, disk)} if mine else {}), **named)

    def told(inbox: Inbox, arrived: Any, move_to: str | None = None) -> bool:
        with disk.step(f"flag {arrived.mark.uid}"):
            disk.flagged.add(hashlib.sha256(arrived.data).hexdigest())
            return real[4](inbox, arrived, move_to)

    os.fsync, os.replace, os.unlink, sqlite3.connect, Inbox.taken = fsync, replace, unlink, connect, told  # type: ignore
    try:
        yield
    finally:
        os.fsync, os.replace, os.unlink, sqlite3.connect, Inbox.taken = real  # type: ignore


class Watched(sqlite3.Connection):
    """Tells the disk of every commit that wrote something."""

    def __init__(self, disk: Disk, path: Path, *arguments: Any, **named: Any) -> None:
        super().__init__(path, *arguments, **named)
        self.disk, self.path, self.written = disk, Path(path), 0

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement != "COMMIT" or self.total_changes == self.written:
            return super().execute(statement, *values)
        with self.disk.step(f"commit {self.path.name}"):
            done = super().execute(statement, *values)
            self.written = self.total_changes
            self.disk.committed(self, self.path)
        return done


# ------------------------------------------------------------------------------------------------ taking a mailbox in


def take(data: Path, states: Path, port: int, folder: str) -> Disk:
    """Takes the mails `NUMBERS` in. Another watcher has the second one's bytes already, but has not come to sync their folder."""
    disk = Disk(data, states)
    with watched(disk), open_house(data) as house:
        early = house.originals.path(hashlib.sha256(mail(NUMBERS[1])).hexdigest())
        make_folder(early.parent)
        early.write_bytes(mail(NUMBERS[1]))
        disk.contents[early.stat().st_ino] = mail(NUMBERS[1])
        take_mails(house, port, folder)
    return disk


def take_mails(house: House, port: int, folder: str) -> None:
    """All that is new in the mailbox."""
    source = MailSource(Account(USER, "127.0.0.1", port, folder), lambda: PASSWORD, 5, 1 << 20)
    house.store.watch([source.name], house.owner.name, [], NOW)
    source.take(Desk(house, lambda: NOW, threading.Event(), lambda source: None, 0))
    source.close()


def wrong_when_taken(state: Path, flagged: set[str]) -> Iterator[str]:
    """What must never be so, whenever the power goes."""
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (state / "originals").glob("??/*")}
    if any(name != sha256 for name, sha256 in there.items()):
        yield "bytes under a name that is not theirs"
    known, whole, position = _noted(state / INTAKE)
    if known - set(there):
        yield "a message without its bytes"
    if known - whole:
        yield "a message without its job or sighting"
    if flagged - known:
        yield "a mail flagged as safe is lost"
    if {hashlib.sha256(mail(number)).hexdigest() for number in NUMBERS[:position]} - known:
        yield "the position is past a mail that is lost"


def _noted(database: Path) -> tuple[set[str], set[str], int]:
    """Hashes of all messages, of those with a job and a sighting, and how many mails of the folder are behind us."""
    if not database.exists() or not database.stat().st_size:
        return set(), set(), 0
    with closing(sqlite3.connect(database)) as opened:
        if not opened.execute("SELECT 1 FROM sqlite_schema WHERE name = 'watched'").fetchone():
            return set(), set(), 0
        known = {row[0] for row in opened.execute("SELECT sha256 FROM message")}
        both = "SELECT sha256 FROM message JOIN job USING (message) JOIN sighting USING (message) WHERE kind = 'read'"
        whole = {row[0] for row in opened.execute(both)}
        return known, whole, opened.execute("SELECT coalesce(max(uid), 0) FROM watched").fetchone()[0]


def taken_again(state: Path, port: int, folder: str) -> Iterator[str]:
    """Goes on from a state; what is wrong when it ends."""
    with open_house(state) as house:
        take_mails(house, port, folder)
        kept = sorted(house.originals.read(row.sha256) for row in house.store.messages())
        if kept != sorted(mail(number) for number in NUMBERS) or house.store.pending("read") != len(NUMBERS):
            yield "started again, it does not have each mail once"


# ------------------------------------------------------------------------------------------------ working a message


def work(data: Path, states: Path) -> Disk:
    """One message of the store's, taken in, read and settled."""
    disk = Disk(data, states)
    with watched(disk):
        store = open_store(data)
        flow(store)
        store.close()
    return disk


def worked_again(state: Path) -> Iterator[str]:
    """Goes on from a state; what is wrong when it ends."""
    undisturbed = open_store(state.with_name("undisturbed"))
    flow(undisturbed)
    again = open_store(state)
    again.release_all("t")
    flow(again)
    same = views(again) == views(undisturbed) and again.readings(UNIT, "") == undisturbed.readings(UNIT, "")
    if not same or again.pending("read") or again.pending("settle"):
        yield "started again, it does not end like an undisturbed run"
    for store in (undisturbed, again):
        store.close()


def first_wrong(what: str, states: Path, disk: Disk, seen: set[str], port: int, mailbox: str) -> Iterator[tuple[str, str, str]]:
    """(step, which state, what is wrong there). States that are alike are tried once; `seen` tells them."""
    for number, step in enumerate(disk.steps):
        flagged = set((states / f"{number:03}" / "flagged").read_text().split())
        for kind in ("least", "most"):
            state = states / f"{number:03}" / kind / "data"
            if (told := _print(state, flagged)) in seen:
                continue
            seen.add(told)
            found = chain(wrong_when_taken(state, flagged), taken_again(state, port, mailbox)) if what == "take" else worked_again(state)
            yield from ((step, kind, said) for said in found)


def main(what: str, folder: Path, port: int = 0, mailbox: str = "") -> None:
    """Prints the steps, how many states were tried, and the first thing that is wrong."""
    data, states, seen = folder / "data", folder / "states", set[str]()
    disk = take(data, states, port, mailbox) if what == "take" else work(data, states)
    wrong = next(first_wrong(what, states, disk, seen, port, mailbox), None)
    json.dump({"steps": disk.steps, "states": len(seen), "wrong": wrong}, sys.stdout)


def _print(state: Path, flagged: set[str]) -> str:
    """By what a state is told from others."""
    digest = hashlib.sha256(" ".join(sorted(flagged)).encode())
    for path in sorted(state.rglob("*")):
        digest.update(str(path.relative_to(state)).encode() + (path.read_bytes() if path.is_file() else b"/"))
    return digest.hexdigest()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *(kind(word) for kind, word in zip((int, str), sys.argv[3:], strict=False)))
