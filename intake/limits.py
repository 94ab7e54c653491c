"""What opening one message may cost, and the running account of it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from errors import FileOverLimit
from texts import say

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """How far one message is opened. Sizes in bytes, `seconds` of CPU time for one container's library call.

    `parts` of one mail, `containers` (multiparts and messages) in one mail, `header_bytes` of one mail's head,
    `depth` of containers within containers, `files` found in all, `file_bytes` of one file, `total_bytes` of all
    files, `ratio` of an archive's unpacked to packed size (only above `ratio_from` bytes unpacked).
    """

    mail_bytes: int = 150 * MIB
    header_bytes: int = 2 * MIB
    parts: int = 1000
    containers: int = 150
    depth: int = 6
    files: int = 2000
    file_bytes: int = 200 * MIB
    total_bytes: int = 800 * MIB
    ratio: int = 200
    ratio_from: int = 50 * MIB
    seconds: float = 20.0


class Budget:
    """What is left of the limits of one message. Each method raises FileOverLimit when it is used up."""

    def __init__(self, limits: UnpackLimits) -> None:
        """Start with everything left."""
        self.limits = limits
        self.files = 0
        self.bytes = 0

    def one_more_file(self) -> None:
        """Count a file."""
        self.files += 1
        if self.files > self.limits.files:
            raise over("limit_files", self.limits.files)

    def more_bytes(self, count: int) -> None:
        """Count `count` unpacked bytes."""
        self.bytes += count
        if self.bytes > self.limits.total_bytes:
            raise over("limit_total", megabytes(self.limits.total_bytes))


def over(name: str, most: int | str) -> FileOverLimit:
    """The error that says which limit (`intake.<name>`) is passed and what is allowed (`most`; its unit stands in `intake.<name>_most`)."""
    return FileOverLimit(limit=say(f"intake.{name}"), most=say(f"intake.{name}_most", count=most))


def megabytes(count: int) -> str:
    """`count` bytes as a clerk reads it."""
    return f"{count / MIB:.0f} MB" if count >= MIB else f"{count / 1024:.0f} KB"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop the body after `seconds` of this process's CPU time with FileOverLimit: a busy machine is not the file's fault.

    For libraries known to loop on hostile bytes (tnefparse on 53 of them). Works in the main thread of a process only;
    elsewhere the body runs without this watch and the process's own limits hold. A watch that ran before goes on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise over("limit_seconds", f"{seconds:.0f}")

    handler = signal.signal(signal.SIGPROF, stop)
    before, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    started = time.process_time()
    try:
        yield
    finally:
        left = max(before - (time.process_time() - started), 0.001) if before else 0
        signal.signal(signal.SIGPROF, handler)
        signal.setitimer(signal.ITIMER_PROF, left)
