"""The hands of other machines: jobs go out as tickets through dask, results come in at the desk."""

from __future__ import annotations

import contextlib
import errno
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import distributed
from distributed.client import ClosedClientError
from distributed.core import Server

from errors import DeskPortTaken, SchedulerLost, WorkerLost, WuxiaoError
from pipeline.process import House
from pipeline.remote.desk import Desk
from pipeline.remote.line import Line, use_line
from pipeline.remote.station import do_errand
from pipeline.remote.version import Version
from store.database import Job
from texts import say

LOG = logging.getLogger("wuxiao.remote")
CONNECT_SECONDS = 10
PORT_REFUSED = (errno.EADDRINUSE, errno.EACCES)


class RemoteHands:
    """As many as the workers have that are connected to the scheduler. It is reached when first needed, and again after it was lost."""

    def __init__(self, line: Line, version: Version, folder: Path, port: int) -> None:
        """`version` as workers must have it, `folder` for what dask writes, `port` of the desk (0: any free one)."""
        self._line = line
        self._version = version
        self._folder = folder
        self._port = port
        self._client: distributed.Client | None = None
        self._server: Server | None = None
        self._desk: Desk | None = None
        self._orders: dict[str, distributed.Future[Any]] = {}
        self._told = False

    def free(self, busy: int) -> bool:
        """Whether a worker has a hand that is free; without any worker, one job waits for the first. Raises SchedulerLost, VersionRefused."""
        with self._reaching():
            hands: int = sum(self._connected().nthreads().values())
        if not hands and not self._told:
            LOG.warning(say("remote.no_workers", address=self._line.address))
        self._told = not hands
        return busy < max(1, hands)

    def begin(self, house: House, job: Job, renew: Callable[[], bool]) -> Future[object]:
        """Sends the job out; what tells when its reading was saved, or why it was not (a worker that is gone: WorkerLost)."""
        try:
            with self._reaching():
                client, desk, address = self._connected(), *self._open(house)
                ticket, ended = desk.issue(job, renew)
                order = client.submit(do_errand, address, ticket, key=f"read-{ticket}", pure=False, retries=0)
        except WuxiaoError as error:
            failed: Future[object] = Future()
            failed.set_exception(error)
            return failed
        self._orders[ticket] = order
        order.add_done_callback(lambda order: self._over(desk, ticket, order.status))
        ended.add_done_callback(lambda _: self._orders.pop(ticket, None))
        return ended

    def _over(self, desk: Desk, ticket: str, status: str) -> None:
        """Dask has done with the order: whatever has not come to the desk by now does not come any more."""
        lost: WuxiaoError = WorkerLost(why=say("remote.no_answer" if status == "finished" else "remote.gone"))
        desk.withdraw(ticket, SchedulerLost(address=self._line.address) if status == "cancelled" else lost)

    def _connected(self) -> distributed.Client:
        """The client, on a line that stands."""
        if self._client is not None and self._client.status == "running":
            return self._client
        self.close()
        use_line(self._folder)
        self._client = client = distributed.Client(
            self._line.address, security=self._line.security(), timeout=CONNECT_SECONDS, set_as_default=False, direct_to_workers=False
        )
        self._version.expect(client.sync(client.scheduler.wuxiao_version))
        return client

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        """What dask raises when the scheduler is gone, as SchedulerLost."""
        try:
            yield
        except (OSError, ClosedClientError) as error:
            self.close()
            raise SchedulerLost(address=self._line.address) from error

    def _open(self, house: House) -> tuple[Desk, str]:
        """The desk and the address where it listens."""
        assert self._client is not None  # noqa: S101 - for mypy
        if self._desk is None or self._server is None:
            self._desk = Desk(house, self._version)
            try:
                self._server = self._client.sync(self._listen, self._desk)
            except OSError as error:
                if error.errno not in PORT_REFUSED:
                    raise
                raise DeskPortTaken(port=self._port, why=error.strerror) from error
        return self._desk, str(self._server.address)

    async def _listen(self, desk: Desk) -> Server:
        server = desk.server(self._folder)
        place = f"{self._line.protocol}://{self._line.own_host}:{self._port}"
        await server.listen(place, **self._line.security().get_listen_args("worker"))
        return server

    def close(self) -> None:
        """Lets go of the workers; what is out is not waited for."""
        client, self._client = self._client, None
        server, self._server, self._desk = self._server, None, None
        self._orders.clear()
        if client is None:
            return
        with contextlib.suppress(OSError, RuntimeError, ClosedClientError):  # its loop may have ended with the scheduler
            if server is not None:
                client.sync(server.close)
            client.close(timeout=CONNECT_SECONDS)
