"""Many mails through `wuxiao watch` on a Dovecot of its own, with kill -9 every few seconds; then: is every message there exactly once?

Run: python -m benchmarks.soak [--mails 2000] [--every 8] [--keep]

A fifth of the lives are counted from their birth, so that some die while they start; the others from the first message they read, however
slow the machine. Mails come while it runs, half into INBOX, half into another folder, a tenth of them into both. Prints the count equality
and the memory of the watch and all it started, at its largest in each life.
"""

import argparse
import base64
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.intake.dovecot import PASSWORD, Dovecot, mail

ROOT = Path(__file__).resolve().parents[1]
OTHER = "&XfJlNlPW-"


def watch(server: Dovecot, home: Path, *more: str) -> subprocess.Popen[bytes]:
    """`wuxiao watch` on both folders."""
    folders = ("--imap", server.url(), "--imap", server.url("%E5%B7%B2%E6%94%B6%E5%8F%96"))
    command = [sys.executable, "-m", "wuxiao.cli", "watch", "--data", str(home / "data"), *folders, "--password-file", str(home / "pw"), *more]
    environment = {**os.environ, "SSL_CERT_FILE": str(server.authority), "WUXIAO_POLL_SECONDS": "10"}
    with (home / "said").open("ab") as said:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True)


def of_a_unit(number: int) -> bytes:
    """A mail of its own; five come from each unit, as in a real season."""
    subject = f"“五小”活动项目+镇江市第{number // 5}纺织厂工会".encode()
    return re.sub(rb"Subject: .*", b"Subject: =?utf-8?b?" + base64.b64encode(subject) + b"?=", mail(number))


def deliver(server: Dovecot, mails: int) -> None:
    """All of them, a few at a time."""
    for number in range(mails):
        server.deliver(of_a_unit(number), folder="INBOX" if number % 2 else OTHER)
        if number % 10 == 0:
            server.deliver(of_a_unit(number), folder="INBOX")


def memory(root: int) -> int:
    """MiB of the process and everything below it (shared pages counted in each)."""
    parents, sizes = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            sizes[int(entry.name)] = int((entry / "statm").read_text().split()[1]) * 4096
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(sizes.get(pid, 0) for pid in family) >> 20


def count(data: Path, query: str) -> int:
    """One number out of the database; 0 while there is none."""
    with suppress(sqlite3.OperationalError), sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True) as database:
        return int(database.execute(query).fetchone()[0])
    return 0


def read(home: Path) -> int:
    """How many messages are read."""
    return count(home / "data", "SELECT count(*) FROM job WHERE kind = 'read' AND state = 'done'")


def live(server: Dovecot, home: Path, seconds: float, from_birth: bool) -> int:
    """One life of the watch, so long after its birth or after the first message it read; its largest memory in MiB."""
    before, process, largest = read(home), watch(server, home), 0
    while not from_birth and process.poll() is None and read(home) == before:
        time.sleep(0.2)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        largest = max(largest, memory(process.pid))
        time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return largest


def main() -> None:
    """Prints the figures; exit code 1 when a message is missing or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--every", type=float, default=8)
    parser.add_argument("--keep", action="store_true")
    wanted = parser.parse_args()
    home, server, dice = Path(tempfile.mkdtemp(prefix="soak-")), Dovecot(), random.Random(1)
    (home / "pw").write_text(PASSWORD)
    (home / "pw").chmod(0o600)
    started, lives = time.monotonic(), []
    threading.Thread(target=deliver, args=(server, wanted.mails), daemon=True).start()
    data = home / "data"
    while read(home) < wanted.mails:
        lives.append(live(server, home, dice.uniform(wanted.every / 2, wanted.every * 1.5), from_birth=dice.random() < 0.2))
        print(f"{time.monotonic() - started:6.0f} s  life {len(lives):3}  {lives[-1]:5} MiB  {read(home)} read", flush=True)
    code = watch(server, home, "--once").wait()
    both = len(range(0, wanted.mails, 10))
    found = {
        "messages": count(data, "SELECT count(*) FROM message"),
        "processed": count(data, "SELECT count(*) FROM message WHERE status = 'processed'"),
        "sightings": count(data, "SELECT count(*) FROM sighting"),
        "jobs": count(data, "SELECT count(*) FROM job WHERE kind = 'read' AND state = 'done'"),
    }
    expected = {"messages": wanted.mails, "processed": wanted.mails, "sightings": wanted.mails + both, "jobs": wanted.mails}
    print(f"exit {code}, {len(lives)} kills in {time.monotonic() - started:.0f} s, largest memory {max(lives)} MiB, last life {lives[-1]} MiB")
    print("found   ", found)
    print("expected", expected)
    server.close()
    if not wanted.keep:
        shutil.rmtree(home)
    sys.exit(found != expected)


if __name__ == "__main__":
    main()
