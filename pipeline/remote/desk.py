"""The coordinator's desk: workers come with a ticket, are told the job, fetch bytes, and lay down what they found.

Every handler runs its work in a thread, because disk and database may take their time. A ticket is good while its job's lease is held:
what comes later is refused, and of a message that was erased in the meantime nothing comes back.
"""

import asyncio
import hashlib
import logging
import secrets
import shutil
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from distributed.core import Server

from errors import WorkerLost, WuxiaoError
from parsers.version import ENGINE
from pipeline.process import House
from pipeline.remote.errand import CHUNK, DOCUMENT, OUTCOME, TAKEN, Outcome, packed, unpacked
from pipeline.remote.version import Version
from pipeline.worker import RefusedAs
from store.database import Job
from texts import say

LOG = logging.getLogger("wuxiao.remote")
GONE = {"gone": True}
MOST_PICTURE = 64 << 20
MOST_PAGES = 100_000
JPEG = b"\xff\xd8"

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Errand:
    """A job out on a worker: `ended` gets its result or error, `begun` says (again) that a worker has it, `spool` holds half-sent originals."""

    job: Job
    begun: Callable[[], bool]
    spool: Path
    ended: "Future[object]" = field(default_factory=Future)


class Desk:
    """Safe to call from several threads."""

    def __init__(self, house: House, version: Version) -> None:
        """`version` is what a worker must have, too."""
        self._house = house
        self._version = version
        self._errands: dict[str, Errand] = {}
        self._lock = threading.Lock()

    def server(self, folder: Path) -> Server:
        """The dask server to listen with; made within its event loop."""
        handlers = {
            name: _in_thread(getattr(self, name))
            for name in ("order", "original", "known", "put_original", "put_document", "put_picture", "deliver")
        }
        return Server(handlers, needs_workdir=False, local_directory=str(folder))

    def issue(self, job: Job, begun: Callable[[], bool]) -> tuple[str, "Future[object]"]:
        """A ticket for the job, and what will tell how it ended. `begun` renews the lease; False when it is lost."""
        ticket = secrets.token_hex(16)
        errand = Errand(job, begun, self._house.store.data / "spool" / self._house.owner.name / f"desk-{ticket}")
        with self._lock:
            self._errands[ticket] = errand
        return ticket, errand.ended

    def withdraw(self, ticket: str, error: WuxiaoError) -> None:
        """The job of this ticket ends with `error`, unless its result is here."""
        errand = self._take(ticket)
        if errand is not None:
            errand.ended.set_exception(error)

    def _take(self, ticket: str) -> Errand | None:
        with self._lock:
            errand = self._errands.pop(ticket, None)
        if errand is not None:
            shutil.rmtree(errand.spool, ignore_errors=True)
        return errand

    def _held(self, ticket: str) -> Errand | None:
        """The errand, while its lease is held."""
        with self._lock:
            errand = self._errands.get(ticket)
        return errand if errand is not None and self._house.store.holds(errand.job) else None

    # ------------------------------------------------------------------------------------------------ what workers ask

    def order(self, ticket: str, version: object) -> Answer:
        """What the job is. Its lease counts from now."""
        errand = self._held(ticket)
        if errand is None or not errand.begun():
            return GONE
        try:
            self._version.expect(version)
        except WuxiaoError as refusal:
            return {"refused": str(refusal)}
        return {"taken": TAKEN.dump_json(errand.job.taken)}

    def original(self, ticket: str, sha256: str, offset: int) -> Answer:
        """The next bytes of an original from `offset` on; none when there are no more."""
        if self._held(ticket) is None:
            return GONE
        with self._house.originals.path(sha256).open("rb") as file:
            file.seek(offset)
            return {"data": file.read(CHUNK)}

    def known(self, ticket: str, sha256: str) -> Answer:
        """What was read of these bytes before, if anything."""
        if self._held(ticket) is None:
            return GONE
        document = self._house.store.document(sha256, ENGINE)
        return {"document": None if document is None else packed(DOCUMENT, document)}

    def put_original(self, ticket: str, sha256: str, size: int, offset: int, data: bytes) -> Answer:
        """Lays down bytes of a file that was found: `next` is the offset wanted next, `size` when it is here as a whole; `wrong` when the whole
        has another hash, and nothing was kept."""
        errand = self._held(ticket)
        if errand is None:
            return GONE
        path = self._house.originals.path(sha256)
        if path.is_file() and path.stat().st_size == size:
            return {"next": size}
        errand.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = errand.spool / sha256
        with part.open("r+b" if part.exists() else "w+b") as file:
            file.seek(offset)
            file.write(data)
        if offset + len(data) < size:
            return {"next": offset + len(data)}
        right = _hash(part) == sha256
        if right:
            self._house.originals.put_file(part)
        part.unlink()
        return {"next": size} if right else {"wrong": True}

    def put_document(self, ticket: str, sha256: str, body: bytes) -> Answer:
        """Keeps what was read of these bytes."""
        if self._held(ticket) is None:
            return GONE
        self._house.store.keep_document(sha256, ENGINE, unpacked(DOCUMENT, body))
        return {}

    def put_picture(self, ticket: str, sha256: str, page: int, data: bytes) -> Answer:
        """Keeps a page's picture (JPEG)."""
        if self._held(ticket) is None:
            return GONE
        self._house.originals.path(sha256)  # a hash, or NotFound
        if 0 < page <= MOST_PAGES and data.startswith(JPEG) and len(data) <= MOST_PICTURE:
            self._house.images.put(sha256, page, data)
        return {}

    def deliver(self, ticket: str, body: bytes) -> Answer:
        """The job's end. A reading is saved in one transaction with `done`, if the lease still holds; else nothing is."""
        errand = self._take(ticket)
        if errand is None:
            return GONE
        try:
            self._conclude(errand.job, unpacked(OUTCOME, body))
        except (ValueError, zlib.error):
            errand.ended.set_exception(WorkerLost(why=say("remote.wrong_answer")))
        except Exception as error:  # noqa: BLE001 - the edge: it is the loop over the jobs that tells what to do about it
            errand.ended.set_exception(error)
        else:
            errand.ended.set_result(None)
        return {}

    def _conclude(self, job: Job, outcome: Outcome) -> None:
        """Saves the reading, or raises what stands for it."""
        if outcome.kind == "refused":
            raise RefusedAs("failed", outcome.why)
        if outcome.kind == "fault":
            raise RefusedAs("failed", say("error.internal", kind=outcome.why))
        if outcome.kind == "lost" or outcome.reading is None:
            raise WorkerLost(why=outcome.why)
        if outcome.reading.message.sha256 != job.taken.sha256:
            raise WorkerLost(why=say("remote.wrong_answer"))
        if not self._house.store.finish_reading(job, outcome.reading):
            LOG.info("late")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _in_thread(work: Callable[..., Answer]) -> Callable[..., Any]:
    async def handle(**values: Any) -> Answer:
        return await asyncio.to_thread(work, **values)

    return handle
