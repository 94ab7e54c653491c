"""A conversation with one worker process: a JSON line out, a JSON line back, and an end to it when time runs out."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from errors import WorkerLost
from pipeline.sandbox import ROOT

# One thread a process: all cores are used by processes, and a second thread would not survive a fork.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")

# The C library asks for pages of 2 MiB where there are any: a picture decoded by a process that is gone afterwards costs a fault for each page.
# Not for readers: they take the same memory again and again, and a large page is cleared as a whole.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}

# A worker under bubblewrap dies with the thread that started it: this one lives as long as the program.
STARTER = ThreadPoolExecutor(1, thread_name_prefix="starter")


class Channel:
    """Starts `command` when first asked and again after it died. One caller at a time."""

    def __init__(self, command: Sequence[str], home: Path, environment: Mapping[str, str]) -> None:
        """`command` speaks a JSON line for a JSON line; `home` is the only folder it may use as its own; `environment` is added to ours."""
        self._command = list(command)
        self._environment = dict(environment)
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes] = queue.Queue()

    def ask(self, request: Mapping[str, object], seconds: float) -> dict[str, Any]:
        """The worker's answer to `request`.

        Raises WorkerLost when it dies or says nothing for `seconds`; the next `ask` finds a fresh one.
        """
        process = self._running()
        assert process.stdin is not None  # noqa: S101 - for mypy: the pipes are ours
        try:
            process.stdin.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
            process.stdin.flush()
            line = self._lines.get(timeout=seconds)
        except (BrokenPipeError, queue.Empty) as error:
            self.close()
            raise WorkerLost(why="没有在时限内回答" if isinstance(error, queue.Empty) else "意外退出") from error
        if not line:
            self.close()
            raise WorkerLost(why="意外退出")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the worker and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = {
            **os.environ,
            **ONE_THREAD,
            **self._environment,
            "HOME": str(self._home),
            "TMPDIR": str(self._home),
            "PYTHONPATH": str(ROOT),
            "PYTHONSAFEPATH": "1",
        }
        self._process = STARTER.submit(self._start, environment).result()
        self._lines = queue.Queue()
        threading.Thread(target=_listen, args=(self._process, self._lines), daemon=True).start()
        return self._process

    def _start(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True, cwd=self._home
        )


def _listen(process: subprocess.Popen[bytes], lines: "queue.Queue[bytes]") -> None:
    """Puts every line the worker says into `lines`, and an empty one when it has gone."""
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(ValueError):  # the pipe was closed by `close`
        for line in process.stdout:
            lines.put(line)
    lines.put(b"")
