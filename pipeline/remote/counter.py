"""A worker's way to the coordinator's desk, and what stands there for the store, the originals and the pictures."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from distributed.utils import sync

from errors import StoreError, WorkerLost
from intake.message import Taken
from intake.opening import deliveries, manifest
from intake.originals import Originals
from parsers.document import Document
from pipeline.remote.errand import CHUNK, DOCUMENT, packed, unpacked
from texts import say

ANSWER_SECONDS = 300


class Gone(Exception):
    """The desk does not know the ticket any more: whatever the job finds is not wanted."""


class Refused(Exception):
    """The desk does not want this machine; says why in Chinese."""


class Rpc(Protocol):
    """What is used of `distributed.Worker`."""

    loop: Any
    rpc: Any


@dataclass(frozen=True, slots=True)
class Counter:
    """One job's conversation with the desk at `address`, from a thread of the worker. Raises OSError when the desk cannot be reached."""

    worker: Rpc
    address: str
    ticket: str

    def ask(self, what: str, **values: object) -> dict[str, Any]:
        """The desk's answer. Raises Gone, Refused."""
        answer: dict[str, Any] = sync(self.worker.loop, self._ask, what, values, callback_timeout=ANSWER_SECONDS)
        if answer.get("gone"):
            raise Gone
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer

    async def _ask(self, what: str, values: dict[str, object]) -> Any:
        return await getattr(self.worker.rpc(self.address), what)(ticket=self.ticket, **values)


class Shelf:
    """The original bytes that running jobs need, in a folder of this machine: each gone when the last job that needs it is done."""

    def __init__(self, root: Path, reserve: int) -> None:
        """`reserve` bytes of the disk are left free."""
        self.originals = Originals(root)
        self._reserve = reserve
        self._needed: Tally[str] = Tally()
        self._lock = threading.Lock()

    @contextmanager
    def job(self, counter: Counter) -> Iterator[RemoteBytes]:
        """The bytes as one job sees them."""
        bytes_ = RemoteBytes(counter, self)
        try:
            yield bytes_
        finally:
            for sha256 in bytes_.needed:
                self._give_up(sha256)

    def need(self, sha256: str) -> None:
        """A job needs these bytes from now on."""
        with self._lock:
            self._needed[sha256] += 1

    def _give_up(self, sha256: str) -> None:
        with self._lock:
            self._needed[sha256] -= 1
            if not self._needed[sha256]:
                del self._needed[sha256]
                self.originals.path(sha256).unlink(missing_ok=True)

    def room(self) -> None:
        """Raises StoreError when the disk is nearly full."""
        if shutil.disk_usage(self.originals.root).free < self._reserve:
            raise StoreError("error.disk_low", mib=self._reserve >> 20)


class RemoteBytes:
    """Original bytes, fetched from the desk and held against their hash when first asked for; those found here are brought there."""

    def __init__(self, counter: Counter, shelf: Shelf) -> None:
        """Fetches nothing yet."""
        self._counter = counter
        self._shelf = shelf
        self.needed: set[str] = set()

    def fetch(self, taken: Taken) -> None:
        """All that opening the message needs. Raises WorkerLost for wrong bytes, SourceError for a delivery without its list."""
        self.path(taken.sha256)
        for delivered in deliveries(taken):
            self.path(delivered.sha256)
            for _, sha256 in manifest(delivered, self._shelf.originals)[1]:
                self.path(sha256)

    def path(self, sha256: str) -> Path:
        """Where the bytes lie on this machine. Raises WorkerLost when the desk's are not those of the hash."""
        path = self._shelf.originals.path(sha256)
        self._need(sha256)
        if not path.is_file():
            self._shelf.room()
            self._fetch(sha256)
        return path

    def put_file(self, path: Path) -> str:
        """Keeps the bytes of a file here and at the desk; their SHA-256. Raises WorkerLost when they do not arrive whole."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._need(sha256)
        self._shelf.room()
        self._shelf.originals.put_file(path)
        self._bring(path, sha256)
        return sha256

    def _need(self, sha256: str) -> None:
        if sha256 not in self.needed:
            self.needed.add(sha256)
            self._shelf.need(sha256)

    def _fetch(self, sha256: str) -> None:
        part = self._shelf.originals.root / f"{self._counter.ticket}-{sha256}"
        digest = hashlib.sha256()
        try:
            with part.open("wb") as file:
                while data := self._counter.ask("original", sha256=sha256, offset=file.tell())["data"]:
                    digest.update(data)
                    file.write(data)
            if digest.hexdigest() != sha256:
                raise WorkerLost(why=say("remote.wrong_bytes"))
            self._shelf.originals.put_file(part)
        finally:
            part.unlink(missing_ok=True)

    def _bring(self, path: Path, sha256: str) -> None:
        """Asks with no bytes first: they may be there already."""
        size, data, offset = path.stat().st_size, b"", 0
        with path.open("rb") as file:
            while True:
                answer = self._counter.ask("put_original", sha256=sha256, size=size, offset=offset, data=data)
                if "wrong" in answer:
                    raise WorkerLost(why=say("remote.wrong_bytes"))
                offset = answer["next"]
                if offset >= size:
                    return
                file.seek(offset)
                data = file.read(CHUNK)


@dataclass(frozen=True, slots=True)
class RemoteDocuments:
    """What was read before, asked at the desk. The readers' version is the desk's own, or this machine would have been refused."""

    counter: Counter

    def document(self, sha256: str, engine: str) -> Document | None:
        """What was made of the bytes, or None."""
        body = self.counter.ask("known", sha256=sha256)["document"]
        return None if body is None else unpacked(DOCUMENT, body)

    def keep_document(self, sha256: str, engine: str, document: Document) -> None:
        """Brings it to the desk."""
        self.counter.ask("put_document", sha256=sha256, body=packed(DOCUMENT, document))


@dataclass(frozen=True, slots=True)
class RemotePictures:
    """Pictures of pages, brought to the desk."""

    counter: Counter

    def keep(self, sha256: str, document: Document, made: Path) -> None:
        """Brings those that lie in `made`."""
        for page in document.pages:
            if page.image is not None and page.number is not None and (made / page.image).is_file():
                self.counter.ask("put_picture", sha256=sha256, page=page.number, data=(made / page.image).read_bytes())
