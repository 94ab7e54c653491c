"""Tasks that do what hostile files make parsers do."""

import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from errors import FileEncrypted

WARM = ("fractions",)


def fine(*, out: Path, word: str) -> bytes:
    print("a library that prints must not disturb the conversation")
    return word.encode()


def learn(*, out: Path, word: str) -> bytes:
    known = word in sys.modules
    importlib.import_module(word)
    return b"known" if known else b"new"


def refuse(*, out: Path) -> bytes:
    raise FileEncrypted


def hang(*, out: Path) -> bytes:
    time.sleep(600)
    return b""


def burn(*, out: Path) -> bytes:
    while True:
        pass


def eat_memory(*, out: Path) -> bytes:
    return b"x" * (8 << 30)


def crash(*, out: Path) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def raise_secret(*, out: Path) -> bytes:
    raise ValueError("321102199001011234")


def write_much(*, out: Path) -> bytes:
    with (out / "big").open("wb") as file:
        for _ in range(2000):
            file.write(b"x" * (1 << 20))
    return b""


def leave_a_fork(*, out: Path, marker: str) -> bytes:
    subprocess.Popen([sys.executable, "-c", f"import time; open({marker!r}, 'w').close(); time.sleep(600)"], start_new_session=True)
    while not Path(marker).exists():
        time.sleep(0.01)
    return b"left"


def call_out(*, out: Path, port: int) -> bytes:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return b"no way out"
    return b"out"


def peek(*, out: Path, secret: str) -> bytes:
    try:
        return Path(secret).read_bytes()
    except OSError:
        return b"hidden"


TASKS = {f.__name__: f for f in (fine, learn, refuse, hang, burn, eat_memory, crash, raise_secret, write_much, leave_a_fork, call_out, peek)}
