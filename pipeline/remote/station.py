"""A worker's station: what it has ready for jobs, and how one is done."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from distributed import Reschedule, get_worker
from distributed.comm import CommClosedError
from distributed.diagnostics.plugin import WorkerPlugin

from errors import FileRefused, StoreError, WorkerLost
from pipeline.process import read
from pipeline.remote.counter import Counter, Gone, Refused, RemoteBytes, RemoteDocuments, RemotePictures, Shelf
from pipeline.remote.errand import OUTCOME, TAKEN, Outcome, packed
from pipeline.remote.version import Version
from pipeline.worker import Workers
from profiles.profile import Profile
from texts import say

NAME = "wuxiao"


@dataclass(frozen=True, slots=True)
class RemoteBench:
    """What reading a message needs, on a machine that has no store."""

    store: RemoteDocuments
    originals: RemoteBytes
    images: RemotePictures
    workers: Workers
    profile: Profile


class Station(WorkerPlugin):
    """Shared by the worker's threads. `refused` holds why the desk sent this machine away, once it did."""

    name = NAME

    def __init__(self, workers: Workers, profile: Profile, version: Version, folder: Path, reserve: int) -> None:
        """`folder`: where original bytes lie while they are needed; `reserve` bytes of the disk are left free."""
        self.refused: str | None = None
        self._workers = workers
        self._profile = profile
        self._version = version
        self._shelf = Shelf(folder, reserve)
        self._busy = 0
        self._leaving = False
        self._changed = threading.Condition()

    def leave(self, seconds: float) -> bool:
        """Waits for the jobs in hand, `seconds` at most; what ends later is not handed in any more. Whether all were done."""
        with self._changed:
            done = self._changed.wait_for(lambda: not self._busy, seconds)
            self._leaving = True
        return done

    @contextmanager
    def _in_hand(self) -> Iterator[None]:
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def run(self, counter: Counter) -> None:
        """One job from its order to its delivery.

        Raises OSError when the desk is out of reach, Reschedule when this machine leaves before the job is done.
        """
        with self._in_hand():
            try:
                order = counter.ask("order", version=asdict(self._version))
                outcome = self._read(counter, order["taken"])
                if self._leaving:
                    raise Reschedule  # whoever gets it next is told the order anew
                counter.ask("deliver", body=packed(OUTCOME, outcome))
            except Gone:
                return
            except Refused as refusal:
                self.refused = str(refusal)

    def _read(self, counter: Counter, order: bytes) -> Outcome:
        """What reading comes to. What the message says stays out of every word of it."""
        taken = TAKEN.validate_json(order)
        try:
            with self._shelf.job(counter) as originals:
                originals.fetch(taken)
                bench = RemoteBench(RemoteDocuments(counter), originals, RemotePictures(counter), self._workers, self._profile)
                return Outcome("read", reading=read(bench, taken))
        except (Gone, Refused):
            raise
        except FileRefused as refusal:
            return Outcome("refused", str(refusal))
        except (WorkerLost, StoreError) as lost:
            return Outcome("lost", str(lost.values.get("why", lost)))
        except (CommClosedError, TimeoutError):
            return Outcome("lost", say("remote.desk_lost"))
        except Exception as error:  # noqa: BLE001 - the edge of the pipeline, as in pipeline.jobs
            full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
            return Outcome("lost" if full else "fault", type(error).__name__)


def do_errand(address: str, ticket: str) -> None:
    """The one function that dask calls on a worker: does the job of the ticket from the desk at `address`."""
    worker: Any = get_worker()
    worker.plugins[NAME].run(Counter(worker, address, ticket))
