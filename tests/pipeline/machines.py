"""The machines of an office: hosts of their own in network namespaces where these can be made, else processes of this one."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120


def until(true: Callable[[], bool], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.02)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass
class Host:
    """A machine: its address, a data folder, and what runs on it. `space` is its network namespace ("" where it has none), `plug` the end of
    its cable at the switch: the switch's namespace and the device."""

    address: str
    data: Path
    space: str = ""
    plug: tuple[str, str] = ("", "")
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, code: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
        """`wuxiao arguments` on this machine, with one hand."""
        self.data.mkdir(parents=True, exist_ok=True)
        into = ["ip", "netns", "exec", self.space] if self.space else []
        command = [*into, sys.executable, "-m", "wuxiao.cli", *arguments, "--data", str(self.data)]
        settings = {**os.environ, "PYTHONPATH": str(code), "PYTHONSAFEPATH": "1", "WUXIAO_WORKERS": "1", **environment}
        said = (self.data / f"said-{len(self.running)}").open("w+")
        process = subprocess.Popen(
            command, cwd=self.data, env=settings, stdout=subprocess.DEVNULL, stderr=said, text=True, start_new_session=True
        )
        self.running.append(process)
        return process

    def said(self, number: int = -1) -> str:
        """What the program wrote to its standard error."""
        return (self.data / f"said-{number % len(self.running)}").read_text()

    def starts(self, word: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The same, and waits until it says `word`."""
        process = self.start(*arguments, **environment)
        until(lambda: word in self.said() or process.poll() is not None)
        assert word in self.said(), self.said()
        return process

    def cable(self, state: str) -> None:
        """Pulls the cable at the switch (`down`: this machine itself notices nothing), or plugs it in (`up`)."""
        switch, device = self.plug
        ip("-n", switch, "link", "set", device, state)

    def kill(self) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def left_behind(host: Host) -> list[Path]:
    """Files of others that lie on a machine; what dask keeps for itself is none."""
    found = [path for folder in ("errands", "spool") for path in (host.data / folder).rglob("*")]
    return [path for path in found if "dask-scratch-space" not in path.parts and path.is_file()]


def leased(host: Host) -> bool:
    """Whether the office has a job in hand."""
    with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(f"file:{host.data / 'intake.db'}?mode=ro", uri=True) as database:
        return bool(database.execute("SELECT 1 FROM job WHERE state = 'running'").fetchone())
    return False


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def machines(folder: Path, names: list[str]) -> Iterator[dict[str, Host]]:
    """A host for each name, on one network; everything on them ends with the context."""
    with contextlib.ExitStack() as stack:
        try:
            hosts = _hosts(folder, names, stack)
        except (OSError, subprocess.CalledProcessError):  # no root, no iproute2, or a container that forbids it
            hosts = {name: Host("127.0.0.1", folder / name) for name in names}
        try:
            yield hosts
        finally:
            for host in hosts.values():
                host.kill()


def _hosts(folder: Path, names: list[str], stack: contextlib.ExitStack) -> dict[str, Host]:
    mark, hosts = f"wx{os.getpid() % 100_000}", {}
    switch = f"{mark}-s"
    _space(switch, stack)
    ip("-n", switch, "link", "add", "br0", "type", "bridge")
    ip("-n", switch, "link", "set", "br0", "up")
    for number, name in enumerate(names, 1):
        space, plug, address = f"{mark}-{number}", f"p{number}", f"10.77.0.{number}"
        _space(space, stack)
        ip("-n", space, "link", "add", "eth0", "type", "veth", "peer", "name", plug, "netns", switch)
        ip("-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
        ip("-n", switch, "link", "set", plug, "master", "br0", "up")
        for device in ("lo", "eth0"):
            ip("-n", space, "link", "set", device, "up")
        hosts[name] = Host(address, folder / name, space, (switch, plug))
    return hosts


def _space(name: str, stack: contextlib.ExitStack) -> None:
    ip("netns", "add", name)
    stack.callback(subprocess.run, ["ip", "netns", "del", name], check=False, capture_output=True)
