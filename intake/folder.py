"""Watched folders: what lies there is handed on once it has stopped changing.

The scan is what makes it right (network shares tell of no changes); `wait` only makes it prompt. An entry is ready when
every file in it had the same size, time and place in two scans that lie `still_seconds` apart. Nothing is moved or deleted.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import watchfiles

from errors import SourceError
from intake.originals import why_of
from intake.take import is_folder, is_maildir, shown
from intake.verdict import junk

_UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", ".temp", ".download", ".filepart", ".!ut", ".opdownload")
Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """An entry of a watched folder that has stopped changing: give `path` to `take_in`, then call `done` with this."""

    path: Path
    signature: Signature


@dataclass(slots=True)
class FolderWatch:
    """One watched folder. `still_seconds`: how long an entry must not have changed. A Maildir counts as one entry."""

    folder: Path
    still_seconds: float = 5.0
    _since: dict[Path, tuple[Signature, float]] = field(default_factory=dict)
    _done: dict[Path, Signature] = field(default_factory=dict)

    def ready(self, now: float) -> tuple[Ready, ...]:
        """The entries that may be taken in, by name. `now` in seconds of a clock that only goes forward (`time.monotonic`).

        An entry that changes after it was taken in becomes ready again. Raises SourceError when the folder cannot be listed (a share
        that is gone): what is known of it stays.
        """
        entries = dict(self._entries())
        for path in [path for path in self._since if path not in entries]:
            self._since.pop(path)
            self._done.pop(path, None)
        found = []
        for path, signature in sorted(entries.items()):
            known = self._since.get(path)
            if known is None or known[0] != signature:
                self._since[path] = (signature, now)
            elif now - known[1] >= self.still_seconds and self._done.get(path) != signature:
                found.append(Ready(path, signature))
        return tuple(found)

    def done(self, ready: Ready) -> bool:
        """Note that `ready` was durably taken in. False when it changed meanwhile: then it becomes ready again by itself."""
        if signature_of(ready.path) != ready.signature:
            return False
        self._done[ready.path] = ready.signature
        return True

    def again(self, ready: Ready, at: float) -> None:
        """Note that `ready` could not be read (no permission, a share that is gone): unchanged, it becomes ready again at `at`."""
        if ready.path in self._since:
            self._since[ready.path] = (ready.signature, at - self.still_seconds)

    def waiting(self, unreadable: Collection[Path] = ()) -> bool:
        """Whether something was seen that is not taken in yet, apart from what is known to be `unreadable`."""
        return any(self._done.get(path) != known[0] and path not in unreadable for path, known in self._since.items())

    def _entries(self) -> Iterator[tuple[Path, Signature]]:
        if is_maildir(self.folder):
            yield self.folder, signature_of(self.folder)
            return
        try:
            paths = list(self.folder.iterdir())
        except OSError as error:
            raise SourceError(source=shown(self.folder), why=why_of(error)) from error
        for path in paths:
            signature = () if _unfinished(path.name) else signature_of(path)
            if signature:
                yield path, signature


def signature_of(path: Path) -> Signature:
    """Name, size, time of change and inode of every file at or under `path`; () while there is none or one is still being written
    under a name that says so. Files that go away meanwhile are left out."""
    files = [path] if not is_folder(path) else sorted(Path(folder) / name for folder, _, names in os.walk(path) for name in names)
    found = []
    for file in files:
        if _unfinished(file.name):
            return ()
        try:
            status = file.lstat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and not junk(file.name, 0):
            found.append((os.fsdecode(file), status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(found)


def _unfinished(name: str) -> bool:
    return name.lower().endswith(_UNFINISHED) or name.startswith((".~", "~$"))


def wait(folders: Iterable[Path], stop: threading.Event, seconds: float, polling: bool = False) -> None:
    """Return when something changes in `folders`, after `seconds`, or when `stop` is set. `polling` for shares that tell of no changes."""
    there = [folder for folder in folders if is_folder(folder)]
    if not there:
        stop.wait(seconds)
        return
    changes = watchfiles.watch(
        *there, stop_event=stop, rust_timeout=int(seconds * 1000), yield_on_timeout=True, force_polling=polling, raise_interrupt=False
    )
    next(iter(changes), None)
