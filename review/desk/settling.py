"""Runs the rules in the server's process as soon as a correction waits, and reads again what people put right, over a store of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from errors import StoreError
from pipeline.jobs import Shift, read_all
from pipeline.owner import Owner
from pipeline.process import House, settle
from profiles.profile import Profile
from store.database import Store

LEASE_SECONDS = 300.0
PAUSE_SECONDS = 1.0
READERS, ATTEMPTS = 1, 3
Opened = Callable[[], AbstractContextManager[House]]


class Settler:
    """A thread that works settle jobs, and read jobs where it was given a house.

    `poke` wakes it; between pokes it looks every second as long as something waits."""

    def __init__(self, data: Path, profile: Profile, now: Callable[[], datetime], house: Opened | None = None) -> None:
        """Nothing runs before the first `poke`. `house` opens what reading files needs; without it that is left to `wuxiao watch`."""
        self._data, self._profile, self._now, self._house = data, profile, now, house
        self._wake, self._idle, self._stopped = threading.Event(), threading.Event(), threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None

    def poke(self, patience: float = 0.0) -> bool:
        """Something waits to be settled: begins, and waits at most `patience` seconds. Returns whether it is done."""
        self._idle.clear()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="settling", daemon=True)
            self._thread.start()
        self._wake.set()
        return self._idle.wait(patience)

    def close(self) -> None:
        """Ends the thread after the job in hand."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        store = Store.open(self._data, self._profile)
        owner = Owner(self._data / "owners")
        try:
            while not self._stopped.is_set():
                self._wake.wait()
                self._wake.clear()
                self._work(store, owner)
        finally:
            owner.close()
            store.close()

    def _work(self, store: Store, owner: Owner) -> None:
        """Settles until nothing waits; what another process holds is waited for."""
        while not self._stopped.is_set():
            try:
                self._read(store)
                job = store.lease("settle", owner.name, self._now(), LEASE_SECONDS)
                if job is not None:
                    settle(store, self._profile, job, store.unit_of(job.message), job.message)
                elif not store.pending("settle"):
                    break
                else:
                    self._stopped.wait(PAUSE_SECONDS)
            except StoreError:
                self._stopped.wait(PAUSE_SECONDS)
        self._idle.set()

    def _read(self, store: Store) -> None:
        """Reads the messages that wait for it."""
        if self._house is None or not store.pending("read"):
            return
        with self._house() as house:
            read_all(house, Shift(READERS, LEASE_SECONDS, ATTEMPTS, self._now, self._stopped.is_set))
