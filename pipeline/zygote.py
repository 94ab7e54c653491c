"""The warm parent: forks once for every document, lets nothing of it survive, and has loaded what documents before it needed.

Run as `python -m pipeline.zygote MODULE` inside the sandbox, where MODULE has `TASKS` (name → function) and `WARM` (names of modules): which
of these a child had to load it tells, and they are loaded here before the next fork, so that a mail without a PDF pays for no PDF reader.
Reads one JSON request a line (`{"task", "arguments", "out", "limits"}`), forks, and answers one JSON line:

- `{"outcome": "done"}`, the value in `out/result.json`;
- `{"outcome": "refused", "status", "reason"}` for a file that cannot be used;
- `{"outcome": "killed", "why"}` for a child that ran past its limits (`seconds`, `memory`, `file_size`, `crash`).
"""

import ctypes
import errno
import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from errors import FileRefused

RESULT = "result.json"
PR_SET_CHILD_SUBREAPER = 36
POLL_SECONDS = 0.002
KIB = 1024
MOST_TOLD = 4096


def main(module: str) -> None:
    """Answers requests for the tasks of `module` until stdin closes."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.umask(0o077)
    voice = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr, never into the conversation
    tasks = importlib.import_module(module)
    needed: set[str] = set()
    for line in sys.stdin:
        request = json.loads(line)
        _load((needed & set(tasks.WARM)) - sys.modules.keys())
        heard, tell = os.pipe()
        answer = _serve(tasks.TASKS[request["task"]], request, partial(_tell, tell, tasks.WARM))
        os.close(tell)
        needed = set(os.read(heard, MOST_TOLD).decode("ascii", "replace").split())
        os.close(heard)
        voice.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _load(names: set[str]) -> None:
    """Loads these modules, to be shared with every child from now on."""
    for name in sorted(names):
        importlib.import_module(name)
    if names:
        gc.collect()
        gc.freeze()


def _tell(tell: int, warm: Iterable[str]) -> None:
    """In the child: which of the modules `warm` are loaded by now."""
    os.write(tell, " ".join(name for name in warm if name in sys.modules).encode())


def _serve(task: Callable[..., bytes], request: dict[str, Any], told: Callable[[], None]) -> dict[str, Any]:
    out = Path(request["out"])
    child = os.fork()
    if child == 0:
        _work(task, request["arguments"], out, request["limits"], told)
    status, peak = _wait(child, request["limits"]["seconds"])
    _kill_all_children()
    code = None if status is None or os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    if code == 0:
        return {"outcome": "done"}
    if code == 3:
        return {"outcome": "refused", **json.loads((out / RESULT).read_text(encoding="utf-8"))}
    return {"outcome": "killed", "why": _why(status, peak, request["limits"]["memory"])}


def _work(task: Callable[..., bytes], arguments: dict[str, Any], out: Path, limits: dict[str, float], told: Callable[[], None]) -> None:
    """In the child: the task under its limits, then `told`. Never returns."""
    code = 5
    try:
        gc.disable()
        os.setsid()
        _limit(limits)
        value = task(out=out, **arguments)
        (out / RESULT).write_bytes(value)
        told()
        code = 0
    except FileRefused as refusal:
        (out / RESULT).write_text(json.dumps({"status": refusal.status, "reason": str(refusal)}, ensure_ascii=False), encoding="utf-8")
        code = 3
    except MemoryError:
        code = 4
    except OSError as error:
        code = 6 if error.errno == errno.EFBIG else 5
        _confess(error)
    except BaseException as error:  # noqa: BLE001 - the edge: a hostile file may raise anything; its text may be personal, so only the kind is told
        _confess(error)
    finally:
        os._exit(code)


def _confess(error: BaseException) -> None:
    sys.stderr.write(f"worker: {type(error).__name__} in {_place(error)}\n")


def _place(error: BaseException) -> str:
    """Where `error` was raised, as `file:line`, without a word of the document."""
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _limit(limits: dict[str, float]) -> None:
    """Address space: the soft limit for our own reading, the hard one for LibreOffice, which raises its own."""
    memory, converter = int(limits["memory"]), int(limits["converter_memory"])
    resource.setrlimit(resource.RLIMIT_AS, (memory, max(memory, converter)))
    seconds = int(limits["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    size = int(limits["file_size"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _wait(child: int, seconds: float) -> tuple[int | None, int]:
    """The child's wait status (None when it had to be killed after `seconds`), and how many bytes of memory it had at most."""
    end = time.monotonic() + seconds
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            return status, used.ru_maxrss * KIB
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None, 0
        time.sleep(POLL_SECONDS)


def _kill_all_children() -> None:
    """Ends whatever the child left behind: as subreaper we inherit its orphans (soffice.bin outlives its parent)."""
    me = os.getpid()
    while orphans := _children(me):
        for orphan in orphans:
            try:
                os.kill(orphan, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for orphan in orphans:
            try:
                os.waitpid(orphan, 0)
            except ChildProcessError:
                continue


def _children(parent: int) -> list[int]:
    """Process numbers whose parent is `parent`, dead ones included."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_bytes()
        except OSError:
            continue
        if int(stat.rpartition(b")")[2].split()[1]) == parent:
            found.append(int(entry.name))
    return found


def _why(status: int | None, peak: int, memory: float) -> str:
    """What ended a child. A native library that gets no more memory crashes: with over a third of `memory` in use (the address space of what
    is loaded takes another third), that is why."""
    if status is None:
        return "seconds"
    if os.WIFSIGNALED(status):
        known = {signal.SIGXCPU: "seconds", signal.SIGXFSZ: "file_size", signal.SIGKILL: "memory"}
        why = known.get(signal.Signals(os.WTERMSIG(status)), "crash")
    else:
        why = {4: "memory", 6: "file_size"}.get(os.WEXITSTATUS(status), "crash")
    return "memory" if why == "crash" and peak > memory / 3 else why


if __name__ == "__main__":
    main(sys.argv[1])
