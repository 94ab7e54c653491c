"""Watching: a thread a source takes in what comes, the caller's thread reads and settles it, until told to stop.

A source is a folder or a folder of a mailbox. Each step of it can be repeated: bytes → originals → `Store.record` (commit) → only
then the mail is flagged or moved → only then the position is kept. So a kill between any two of them costs a fetch, never a message.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from errors import SchedulerLost, StoreDamaged, StoreError, WuxiaoError
from intake.folder import FolderWatch, Ready, wait
from intake.imap import Account, Arrived, Inbox, LoginRefused, Mark, NotFetched, pause
from intake.message import Taken
from intake.take import Skipped, shown, take_in
from pipeline.jobs import Clock, Shift, read_all, settle_waiting
from pipeline.making import program
from pipeline.owner import is_alive
from pipeline.process import House
from store.jobs import message_key
from texts import say

LOG = logging.getLogger("wuxiao.watch")
CONTACT_SECONDS = 60.0  # how often a contact that goes on is written down
ROUND_SECONDS = 60.0  # how long what was read waits to be settled while there is more to read
SLICE_SECONDS = 0.25  # how long it is settled before those are seen to who have read
LOOK_SECONDS = 10.0  # how often jobs are looked for that another process left
AGAIN_SECONDS = 300.0  # when a file that could not be read is tried again
MOST_FETCHES = 5  # how often one mail is tried that the server will not give
REFUSED_SECONDS = 60.0  # the least pause after a refused login: servers lock accounts that try too often

Stop = threading.Event
Take = Callable[[Taken], None]


class Source(Protocol):
    """Where messages come from, used by one thread. `name` as in `sighting_list`. `trouble` is what is wrong though it can be reached."""

    name: str
    trouble: str | None

    def take(self, desk: Desk) -> None:
        """Hands all that is there and new to the desk. Raises SourceError when the source cannot be reached; StoreError, OSError of ours."""

    def settled(self) -> bool:
        """Whether nothing was seen that is still to be taken."""

    def wait(self, stop: Stop) -> None:
        """Returns when there may be something new, or soon after `stop` is set. Raises SourceError."""

    def close(self) -> None:
        """Lets go of it; `take` may be called again."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the sources lay down what they took: durable when `record` returns. `taken` is told of each new one."""

    house: House
    clock: Clock
    stop: Stop
    taken: Callable[[str], None]
    reserve: int

    def record(self, source: str, message: Taken, reason: str | None = None) -> None:
        """Notes a message; with a `reason` one that could not be fetched whole. Raises StoreError."""
        self.room()
        store = self.house.store
        new = store.refuse(message, self.clock(), reason) if reason else store.record(message, self.clock())
        if new:
            LOG.info("taken", extra={"source": source, "key": message_key(message.sha256)})
        self.taken(source)

    def has_room(self) -> bool:
        """Whether at least `reserve` bytes are left on the disk: otherwise nothing is begun that could not be ended."""
        return shutil.disk_usage(self.house.store.data).free >= self.reserve

    def room(self) -> None:
        """Raises StoreError when there is none."""
        if not self.has_room():
            raise StoreError("error.disk_low", mib=self.reserve >> 20)


@dataclass(slots=True)
class FolderSource:
    """A watched folder: scanned when something stirs, and every `poll_seconds` anyway (shares tell of nothing)."""

    watch: FolderWatch
    poll_seconds: float
    polling: bool = False
    name: str = ""
    trouble: str | None = None
    _unreadable: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = shown(self.watch.folder)

    def take(self, desk: Desk) -> None:
        """Every entry that has stopped changing. What cannot be read is told in `trouble` and tried again later."""
        for ready in self.watch.ready(time.monotonic()):
            if desk.stop.is_set():
                return
            self._take_one(ready, desk)
        there = {path for path in self._unreadable if path.exists()}
        self._unreadable = {path: why for path, why in self._unreadable.items() if path in there}
        self.trouble = "；".join(self._unreadable.values()) or None

    def _take_one(self, ready: Ready, desk: Desk) -> None:
        refused = []
        with desk.house.store.seen_files(program()) as memory:
            for taken in take_in([ready.path], desk.house.originals, memory=memory):
                if isinstance(taken, Taken):
                    desk.record(self.name, taken)
                elif taken.unreadable:
                    refused.append(taken)
        if not refused:
            self._unreadable.pop(ready.path, None)
            self.watch.done(ready)
            return
        if ready.path not in self._unreadable:  # no name in the log: it may be a person's
            LOG.warning("unreadable", extra={"source": self.name, "count": len(refused)})
        self._unreadable[ready.path] = _told(refused[0], len(refused))
        self.watch.again(ready, time.monotonic() + AGAIN_SECONDS)

    def settled(self) -> bool:
        """Whether every entry was taken in or cannot be read."""
        return not self.watch.waiting(self._unreadable.keys())

    def wait(self, stop: Stop) -> None:
        """Until something stirs in the folder, or what stirred has been still for long enough."""
        if not self.settled():
            stop.wait(max(self.watch.still_seconds / 2, 0.1))
            return
        try:
            wait([self.watch.folder], stop, self.poll_seconds, self.polling)
        except (OSError, RuntimeError):  # no events to be had here (too many watches, a strange file system): the scan is enough
            stop.wait(self.poll_seconds)

    def close(self) -> None:
        """Nothing is held."""


def _told(skipped: Skipped, count: int) -> str:
    return skipped.reason_zh if count == 1 else say("intake.unreadable_more", reason=skipped.reason_zh, more=count - 1)


@dataclass(slots=True)
class MailSource:
    """A folder of a mailbox. `password` is asked at every connection. A mail that is safe is marked as read unless `keep_unread`, and moved
    to the folder `move_to` where one is given."""

    account: Account
    password: Callable[[], str]
    poll_seconds: float
    most_bytes: int
    keep_unread: bool = False
    move_to: str | None = None
    name: str = ""
    trouble: str | None = None
    _inbox: Inbox | None = None
    _vain: tuple[Mark | None, int] = (None, 0)

    def __post_init__(self) -> None:
        self.name = self.account.source()

    def take(self, desk: Desk) -> None:
        """All mails after the position that the store keeps."""
        if self._inbox is None:
            self._inbox = Inbox(self.account, self.password(), most_bytes=self.most_bytes)
        known = desk.house.store.position(self.name)
        try:
            for arrived in self._inbox.new(self.account.folder, Mark(*known) if known else None):
                self._take_one(arrived, self._inbox, desk)
                if desk.stop.is_set():
                    return
        except NotFetched as error:
            self._give_up(error, desk)
            raise

    def _take_one(self, arrived: Arrived, inbox: Inbox, desk: Desk) -> None:
        if arrived.data is not None:
            data = arrived.data or self._placeholder(arrived.mark)
            self._record(data, arrived.mark, arrived.reason, desk)
            if arrived.reason is None and not (self.keep_unread and self.move_to is None):
                moved = inbox.taken(arrived, self.move_to)
                self.trouble = None if moved else say("intake.imap_not_moved", folder=self.move_to)
        desk.house.store.keep_position(self.name, arrived.mark.validity, arrived.mark.uid)

    def _give_up(self, error: NotFetched, desk: Desk) -> None:
        """Counts how often one mail was in vain. In the end it is listed as failed, so that those behind it can come."""
        self._vain = (error.mark, self._vain[1] + 1 if self._vain[0] == error.mark else 1)
        if self._vain[1] >= MOST_FETCHES:
            self._record(self._placeholder(error.mark), error.mark, say("intake.imap_gone"), desk)
            desk.house.store.keep_position(self.name, error.mark.validity, error.mark.uid)

    def _record(self, data: bytes, mark: Mark, reason: str | None, desk: Desk) -> None:
        taken = Taken(desk.house.originals.put(data), "mail", self.name, say("intake.imap_name", uid=mark.uid))
        desk.record(self.name, taken, reason)

    def _placeholder(self, mark: Mark) -> bytes:
        """What stands for a mail of which the server gave nothing."""
        return f"{self.name} {mark.validity} {mark.uid}\n".encode()

    def settled(self) -> bool:
        """A look at the mailbox takes all of it."""
        return True

    def wait(self, stop: Stop) -> None:
        """Until the server tells of news, and for `poll_seconds` at most: not every server tells."""
        if self._inbox is not None:
            self._inbox.wait(self.poll_seconds, stop)

    def close(self) -> None:
        """Logs out."""
        inbox, self._inbox = self._inbox, None
        if inbox is not None:
            inbox.close()


class Watch:
    """Some sources, and the work they make, in one process."""

    def __init__(self, house: House, shift: Shift, sources: Sequence[Source], stop: Stop, *, reserve: int, once: bool = False,
                 idle: Callable[[], None] = lambda: None) -> None:  # fmt: skip
        """`reserve` bytes of the disk are left free. `once`: ends by itself when all that is there has been worked. `idle` is called
        whenever nothing waits."""
        self._house = house
        self._stop = stop
        self._woken = threading.Event()
        self._sources = sources
        self._once = once
        self._idle = idle
        self._desk = Desk(house, shift.clock, stop, self._taken, reserve)
        self._shift = shift
        self._contacts: dict[str, tuple[float, str | None]] = {}
        self._fatal: StoreDamaged | None = None
        self._settling = 0.0
        self.failed: set[str] = set()

    def wake(self) -> None:
        """Makes the working thread look up, to see that it shall stop."""
        self._woken.set()

    def run(self) -> None:
        """Watches and works until stopped. Raises StoreError when the store cannot be used to begin with, StoreDamaged at any time."""
        store, owner = self._house.store, self._house.owner
        gone = [row.owner for row in store.sources() if row.owner and not is_alive(owner.folder, row.owner)]
        store.watch([source.name for source in self._sources], owner.name, gone, self._shift.clock())
        LOG.info("started", extra={"count": len(self._sources)})
        threads = [threading.Thread(target=self._follow, args=(source,), daemon=True) for source in self._sources]
        for thread in threads:
            thread.start()
        self._work(threads)
        for thread in threads:
            thread.join()
        if self._fatal is not None:
            raise self._fatal
        LOG.info("stopped")

    # ------------------------------------------------------------------------------------------------ a source's thread

    def _follow(self, source: Source) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                self._desk.room()
                source.take(self._desk)
                attempt = 0
                self._note(source, source.trouble, reached=True)
                if self._once and source.settled():
                    break
                source.wait(self._stop)
            except StoreDamaged as error:
                self._fatal = error
                self._stop.set()
            except Exception as error:  # noqa: BLE001 - the edge: one source's trouble stops no other; only its kind is told
                attempt += 1
                if self._trouble(source, error, attempt):
                    break
        source.close()
        self._woken.set()

    def _trouble(self, source: Source, error: Exception, attempt: int) -> bool:
        """Notes why the source is out of reach and waits before the next try; True when there shall be none."""
        source.close()
        self._note(source, _sentence(error), reached=False)
        if self._once:
            self.failed.add(source.name)
            return True
        self._stop.wait(max(pause(attempt), REFUSED_SECONDS if isinstance(error, LoginRefused) else 0.0))
        return False

    def _taken(self, source: str) -> None:
        self._woken.set()
        known = self._contacts.get(source)
        if known is None or time.monotonic() - known[0] >= CONTACT_SECONDS:
            self._contacts[source] = (time.monotonic(), known[1] if known else None)
            self._house.store.note_contact(source, self._shift.clock(), known[1] if known else None)

    def _note(self, source: Source, trouble: str | None, *, reached: bool) -> None:
        """Writes the contact down when something changed, or when the last note has grown old."""
        known = self._contacts.get(source.name)
        if known is not None and known[1] == trouble and time.monotonic() - known[0] < CONTACT_SECONDS:
            return
        if reached and (known is None or known[1] != trouble):
            LOG.info("reached", extra={"source": source.name})
        if not reached:  # its own words name the source and the reason, never a message
            LOG.warning("unreached", extra={"source": source.name, "why": trouble})
        with contextlib.suppress(StoreError):  # it is written at the next contact
            self._house.store.note_contact(source.name, self._shift.clock(), trouble, reached=reached)
            self._contacts[source.name] = (time.monotonic(), trouble)

    # ------------------------------------------------------------------------------------------------ the working thread

    def _work(self, threads: Sequence[threading.Thread]) -> None:
        attempt = 0
        while not self._stop.is_set():
            over = self._once and not any(thread.is_alive() for thread in threads)
            self._woken.clear()
            try:
                self._work_round()
                attempt = 0
            except StoreDamaged as error:
                self._fatal = error
                self._stop.set()
            except (StoreError, SchedulerLost) as error:
                attempt += 1
                LOG.error("store" if isinstance(error, StoreError) else "scheduler", extra={"why": str(error)})
                if self._once:
                    raise
                with contextlib.suppress(StoreError):  # their leases run out
                    self._house.store.release_all(self._house.owner.name)
                self._stop.wait(pause(attempt))
                continue
            if over:
                return
            self._woken.wait(LOOK_SECONDS)

    def _work_round(self) -> None:
        """Reads what waits and settles what was read, until nothing waits. Raises StoreError."""
        while not self._stop.is_set():
            self._desk.room()
            self._settling = time.monotonic() + ROUND_SECONDS
            read = read_all(self._house, replace(self._shift, stopped=self._resting), beside=self._settle_beside)
            settled = settle_waiting(self._house, replace(self._shift, stopped=self._stop.is_set))
            if read or settled:
                LOG.info("worked", extra={"read": read, "settled": settled})
            else:
                self._idle()
                return

    def _resting(self) -> bool:
        """Whether nothing more is to be begun: told to stop, or no room left on the disk."""
        return self._stop.is_set() or not self._desk.has_room()

    def _settle_beside(self) -> None:
        """Now and then settles what was read meanwhile, a slice at a time, so that hands that have ended are not kept waiting."""
        begun = time.monotonic()
        if begun < self._settling:
            return
        shift = replace(self._shift, stopped=lambda: self._stop.is_set() or time.monotonic() > begun + SLICE_SECONDS)
        if not settle_waiting(self._house, shift):
            self._settling = time.monotonic() + ROUND_SECONDS


def _sentence(error: Exception) -> str:
    """What a clerk is told: our own sentence, or only the kind of a fault that none was meant for."""
    if isinstance(error, WuxiaoError):
        return str(error)
    if isinstance(error, OSError):  # our own disk: sources turn theirs into SourceError
        return str(StoreError(why=error.strerror or type(error).__name__))
    return say("error.internal_source", kind=type(error).__name__)
