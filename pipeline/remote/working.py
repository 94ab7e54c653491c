"""`wuxiao work`: a worker that waits for its scheduler, works, waits again, and leaves when told to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Worker
from distributed.core import Status

from errors import SchedulerLost, VersionRefused
from pipeline.remote.line import Line, use_line
from pipeline.remote.meeting import attend
from pipeline.remote.station import Station
from pipeline.remote.version import Version

AGAIN_SECONDS = 5.0
LOOK_SECONDS = 1.0
GOODBYE_SECONDS = 5.0


class Hand(Worker):
    """Dask's worker without its web pages."""

    def start_http_server(self, *_: object, **__: object) -> None:
        """None is started."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How one works: `hands` jobs at a time, at the end those in hand for `seconds` at most; `told` hears `working` and `waiting`."""

    hands: int
    seconds: float
    told: Callable[[str], None]


async def work(line: Line, station: Station, version: Version, room: Path, terms: Terms, stop: asyncio.Event) -> None:
    """Works for the scheduler until `stop`; waits for it while it is not there.

    Raises VersionRefused when the scheduler or a coordinator runs another version.
    """
    use_line(room)
    while not stop.is_set():
        try:
            await attend(line, version)
            await _serve(line, station, terms, stop)
        except (SchedulerLost, OSError):
            terms.told("waiting")
        if station.refused:
            raise VersionRefused("error.file_reason", reason=station.refused)
        await _wait(stop, AGAIN_SECONDS)


async def _serve(line: Line, station: Station, terms: Terms, stop: asyncio.Event) -> None:
    """Until the scheduler is gone, the station was refused, or `stop`. Raises OSError."""
    security: Any = line.security()
    worker = Hand(
        line.address,
        nthreads=terms.hands,
        security=security,
        host=line.own_host,
        protocol=f"{line.protocol}://",
        plugins=(station,),
        memory_limit=0,
    )
    async with worker:
        terms.told("working")
        while worker.status in (Status.running, Status.paused) and not stop.is_set() and not station.refused:
            await _wait(stop, LOOK_SECONDS)
        if worker.status == Status.running:
            worker.status = Status.paused  # no other job is begun
            await asyncio.to_thread(station.leave, terms.seconds)
            with contextlib.suppress(OSError, TimeoutError):  # what is not done goes to others at once, and counts as nobody's fault
                await asyncio.wait_for(
                    worker.scheduler.retire_workers(workers=[worker.address], remove=True, close_workers=False), GOODBYE_SECONDS
                )
            await worker.close(executor_wait=False, reason="leaves")


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
