"""What a piece of work costs: seconds on the clock, CPU seconds of all processes that it started, and their memory at its largest."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.1
LOOKS_A_MEMORY = 10
CORES = len(os.sched_getaffinity(0))
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """`wall` and `cpu` in seconds, `memory` in MiB (pages that several processes share count once).

    `ready`: the share of the cores that it had work for, moment by moment; unlike `cpu` by `wall` and cores it stays true when others use
    the machine.
    """

    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    ready: float = 0.0


@dataclass
class Stages:
    """CPU and wall seconds of named stages in this process and what it waited for; time within an inner stage counts there alone."""

    costs: dict[str, Cost] = field(default_factory=dict)
    _inner: list[Cost] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds what happens inside to the stage `name`."""
        self._inner.append(Cost())
        wall, cpu = time.perf_counter(), used()
        try:
            yield
        finally:
            spent = Cost(time.perf_counter() - wall, used() - cpu)
            within = self._inner.pop()
            own = self.costs.setdefault(name, Cost())
            own.wall += spent.wall - within.wall
            own.cpu += spent.cpu - within.cpu
            if self._inner:
                self._inner[-1].wall += spent.wall
                self._inner[-1].cpu += spent.cpu


def used() -> float:
    """CPU seconds of this process and of all that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[Cost, subprocess.CompletedProcess[str]]:
    """Runs `command` to its end, watched: what a sandbox used that is killed in the end, nobody waits for, so it would not be told."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        list(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **(environment or {})}
    )
    cost, over = Cost(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, cost, over))
    watcher.start()
    said, _ = process.communicate()
    cost.wall = time.perf_counter() - begun
    over.set()
    watcher.join()
    return cost, subprocess.CompletedProcess(list(command), process.returncode, said)


def _watch(root: int, cost: Cost, over: threading.Event) -> None:
    """Adds up what the processes below `root` use, dead ones as far as their parents waited for them, and keeps their largest memory."""
    before, looks, ready = 0.0, 0, 0.0
    while not over.wait(LOOK_SECONDS):
        looks += 1
        times = family(root)
        now = sum(times.values())
        cost.cpu += max(0.0, now - before)  # less than before: a worker was killed
        before = now
        ready += min(sum(map(_runnable, times)) / CORES, 1.0)
        cost.ready = ready / looks
        if looks % LOOKS_A_MEMORY == 0:
            cost.memory = max(cost.memory, sum(_share(pid) for pid in times) >> 10)


def family(root: int) -> dict[int, float]:
    """The process and everything below it, with the CPU seconds of each and of its children that it waited for."""
    parents, times = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            times[int(entry.name)] = sum(map(int, fields[11:15])) / TICKS
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid: times.get(pid, 0.0) for pid in found}


def _runnable(pid: int) -> int:
    """How many threads of the process run, or would if a core were free."""
    count = 0
    for task in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):
            count += task.read_text().rpartition(")")[2].split()[0] == "R"
    return count


def _share(pid: int) -> int:
    """KiB of memory, shared pages in equal parts (proportional set size)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
