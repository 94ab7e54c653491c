"""Jobs and their states: queued → running (a lease with an owner) → done, or quarantined with a reason."""

import contextlib
import errno
import shutil
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from errors import FileRefused, SchedulerLost, StoreError, WorkerLost
from pipeline.owner import is_alive
from pipeline.process import House, read_message, settle
from store.database import Job
from texts import say

LOOK_SECONDS = 1.0  # how often is looked whether more hands are free
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
TOGETHER_SECONDS = 0.25
"""How long units are settled before what they gave is written: each write waits for the disk, and all other writers wait meanwhile."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Shift:
    """How the jobs are worked: by `hands` threads, each lease good for `lease_seconds`, at most `attempts` tries, `clock` for the time.
    Once `stopped` says so no other job is begun."""

    hands: int
    lease_seconds: float
    attempts: int
    clock: Clock
    stopped: Callable[[], bool] = lambda: False


class Threads:
    """The hands of this process, `count` of them."""

    def __init__(self, count: int) -> None:
        """Starts nothing yet."""
        self._count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="message")

    def __enter__(self) -> "Threads":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def free(self, busy: int) -> bool:
        """Whether another job may be begun while `busy` are."""
        return busy < self._count

    def begin(self, house: House, job: Job, renew: Callable[[], bool]) -> Future[object]:
        """Begins the job."""
        return self._threads.submit(read_message, house, job)

    def close(self) -> None:
        """Waits for what was begun."""
        self._threads.shutdown()


def read_all(house: House, shift: Shift, told: Callable[[], None] = lambda: None, beside: Callable[[], None] = lambda: None) -> int:
    """Reads every waiting message; `told` is called when one is done or set aside. Returns how many were. One bad message stops no other.

    `beside` is called again and again while messages are being read, at least every `LOOK_SECONDS`; hands wait for it.
    """
    worked = 0
    running: dict[Future[object], Job] = {}
    take_over(house)
    with contextlib.ExitStack() as stack:
        hands = house.hands or stack.enter_context(Threads(shift.hands))
        while True:
            while not shift.stopped() and hands.free(len(running)):
                job = house.store.lease("read", house.owner.name, shift.clock(), shift.lease_seconds)
                if job is None:
                    break
                running[hands.begin(house, job, partial(_renew, house, shift, job))] = job
            if not running:
                return worked
            for future in wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
                if _conclude(house, shift, running.pop(future), future):
                    worked += 1
                    told()
            beside()


def _renew(house: House, shift: Shift, job: Job) -> bool:
    return house.store.renew(job, shift.clock(), shift.lease_seconds)


def _conclude(house: House, shift: Shift, job: Job, future: "Future[object]") -> bool:
    """Notes how a read job ended; a result was saved by the job itself. False when it waits again."""
    try:
        future.result()
    except FileRefused as refusal:
        house.store.quarantine(job, str(refusal))
    except WorkerLost as lost:
        if job.attempts >= shift.attempts:
            house.store.quarantine(job, str(lost))
        else:
            house.store.release(job)
            return False
    except (StoreError, SchedulerLost):
        house.store.release(job)
        raise
    except OSError as error:  # ours: what a document may raise stays in its own process
        if error.errno not in DISK_FULL:
            house.store.quarantine(job, say("error.internal", kind=type(error).__name__))
            return True
        house.store.release(job)
        raise StoreError(why=error.strerror) from error
    except Exception as error:  # noqa: BLE001 - the edge of the pipeline: one message must not stop the others; its words are not told
        house.store.quarantine(job, say("error.internal", kind=type(error).__name__))
    return True


def settle_waiting(house: House, shift: Shift, told: Callable[[], None] = lambda: None) -> int:
    """Settles every unit that got something new, and the units concerned by it. Returns how many jobs were worked."""
    worked = 0
    idle = False
    while not idle and not shift.stopped():
        begun = time.monotonic()
        with house.store.together():
            while not idle and not shift.stopped() and time.monotonic() - begun < TOGETHER_SECONDS:
                job = house.store.lease("settle", house.owner.name, shift.clock(), shift.lease_seconds)
                idle = job is None
                if job is not None:
                    _settle(house, job)
                    worked += 1
                    told()
    return worked


def _settle(house: House, job: Job) -> None:
    """Settles one unit; a fault of the program there sets it aside and stops no other unit."""
    try:
        settle(house.store, house.profile, job, house.store.unit_of(job.message), job.message)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - the edge of the pipeline, as above
        house.store.quarantine(job, say("error.internal", kind=type(error).__name__))


def take_over(house: House) -> None:
    """What a process that is gone had begun waits again, and its spool goes."""
    here = house.owner.folder
    for name in house.store.owners():
        if not is_alive(here, name):
            house.store.release_all(name)
    for spool in (house.store.data / "spool").glob("*"):
        if not is_alive(here, spool.name):
            shutil.rmtree(spool, ignore_errors=True)
