"""Where coordinator and workers meet: dask's scheduler, and the check that all of them run the same program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from distributed import Scheduler
from distributed.core import rpc

from errors import SchedulerLost
from pipeline.remote.line import Line, use_line
from pipeline.remote.version import Version

CONNECT_SECONDS = 10


class Meeting(Scheduler):
    """Dask's scheduler without its web pages. A job that a worker's death took is not placed again: the job table decides."""

    def __init__(self, line: Line, version: Version) -> None:
        """Listens on the line's own address."""
        super().__init__(
            host=line.host, port=line.port, protocol=f"{line.protocol}://", security=line.security(), allowed_failures=0, dashboard=False
        )
        self.handlers["wuxiao_version"] = lambda: asdict(version)

    def start_http_server(self, *_: object, **__: object) -> None:
        """None is started."""


async def hold_meeting(line: Line, version: Version, folder: Path, stop: asyncio.Event, told: Callable[[], None]) -> None:
    """Runs the scheduler until `stop`; `told` is called when it listens. Raises OSError when the address cannot be had."""
    use_line(folder)
    async with Meeting(line, version):
        told()
        await stop.wait()


async def attend(line: Line, version: Version) -> None:
    """Asks the scheduler who it is. Raises SchedulerLost when it cannot be reached, VersionRefused when it is another version's, or a plain
    dask scheduler."""
    scheduler: Any = rpc(line.address, timeout=CONNECT_SECONDS, connection_args=line.security().get_connection_args("worker"))
    try:
        theirs = await scheduler.wuxiao_version()
    except OSError as error:
        raise SchedulerLost(address=line.address) from error
    finally:
        await scheduler.close_rpc()
    version.expect(theirs)
