"""Many mails through `wuxiao watch` on a Dovecot of its own, with kill -9 every few seconds; then: is every message there exactly once?

Run: python -m benchmarks.soak [--mails 2000] [--every 8] [--keep]

A fifth of the lives are counted from their birth, so that some die while they start; the others from the first message they read, however
slow the machine. With `--every 0` nothing is killed: one long life. Mails come while it runs, half into INBOX, half into another folder, a
tenth of them into both, every twentieth with a Word form of its own. Prints the count equality, and the memory at each tenth of the way:
of the watch itself, and of it and all it started (pages shared between them counted once), now and at its largest since the line before.
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
import zipfile
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

from tests.intake.dovecot import PASSWORD, Dovecot, mail

ROOT = Path(__file__).resolve().parents[1]
FORM = ROOT / "fixtures" / "blank" / "附件2 镇江市职工“五小”活动项目提名书.docx"
OTHER = "&XfJlNlPW-"
Memory = tuple[int, int]
"""MiB: of the watch itself, of it and all below it."""


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
    letter = re.sub(rb"Subject: .*", b"Subject: =?utf-8?b?" + base64.b64encode(subject) + b"?=", mail(number))
    return with_a_form(letter, number) if number % 20 == 7 else letter


def with_a_form(letter: bytes, number: int) -> bytes:
    """The mail with a Word form whose bytes no other mail has."""
    form = BytesIO(FORM.read_bytes())
    with zipfile.ZipFile(form, "a") as package:
        package.comment = str(number).encode()
    whole = message_from_bytes(letter, EmailMessage, policy=policy.SMTP)
    whole.add_attachment(form.getvalue(), maintype="application", subtype="octet-stream", filename=f"{number}.docx")
    return whole.as_bytes()


def deliver(server: Dovecot, mails: int) -> None:
    """All of them, one at a time."""
    for number in range(mails):
        server.deliver(of_a_unit(number), folder="INBOX" if number % 2 else OTHER)
        if number % 10 == 0:
            server.deliver(of_a_unit(number), folder="INBOX")


def memory(root: int) -> Memory:
    """Resident memory of the process, and the proportional set sizes of it and everything below it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return size(root, "Rss") >> 10, sum(size(pid, "Pss") for pid in family) >> 10


def size(pid: int, kind: str) -> int:
    """KiB of a process; 0 when it is gone."""
    with suppress(OSError):
        return int(re.search(rf"^{kind}: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])
    return 0


def count(data: Path, query: str) -> int:
    """One number out of the database; 0 while there is none."""
    with suppress(sqlite3.OperationalError), sqlite3.connect(f"file:{data / 'intake.db'}?mode=ro", uri=True) as database:
        return int(database.execute(query).fetchone()[0])
    return 0


class Soak:
    """The run: `read` tells how many messages are read, `kills` how many lives were ended."""

    def __init__(self, mails: int, every: float) -> None:
        self.home, self.server, self.mails, self.every, self.kills = Path(tempfile.mkdtemp(prefix="soak-")), Dovecot(), mails, every, 0
        self._dice, self._began, self._largest, self._next = random.Random(1), time.monotonic(), (0, 0), mails // 10
        (self.home / "pw").write_text(PASSWORD)
        (self.home / "pw").chmod(0o600)

    def read(self) -> int:
        return count(self.home / "data", "SELECT count(*) FROM job WHERE kind = 'read' AND state = 'done'")

    def run(self) -> None:
        """Lives one after the other until all is read."""
        threading.Thread(target=deliver, args=(self.server, self.mails), daemon=True).start()
        while self.read() < self.mails:
            self._live()

    def _live(self) -> None:
        """One life of the watch, so long after its birth or after the first message it read; a long one until all is read."""
        before, process = self.read(), watch(self.server, self.home)
        seconds = self._dice.uniform(self.every / 2, self.every * 1.5) if self.every else float("inf")
        counted = self.every and self._dice.random() < 0.2
        end = time.monotonic() + seconds
        while time.monotonic() < end and (self.every or self.read() < self.mails) and process.poll() is None:
            if not counted and self.read() == before:
                end = time.monotonic() + seconds
            counted = counted or self.read() > before
            self._tell(memory(process.pid))
            time.sleep(0.5)
        os.killpg(process.pid, signal.SIGKILL if self.every else signal.SIGTERM)
        self.kills += bool(self.every)
        process.wait()

    def _tell(self, now: Memory) -> None:
        """A line at each tenth of the way."""
        self._largest = max(self._largest[0], now[0]), max(self._largest[1], now[1])
        if (read := self.read()) >= self._next:
            stored = count(self.home / "data", "SELECT page_count * page_size >> 20 FROM pragma_page_count, pragma_page_size")
            print(
                f"{time.monotonic() - self._began:6.0f} s  {self.kills:3} kills  {read:5} read"
                f"  watch {now[0]:4} MiB (largest {self._largest[0]:4})"
                f"  with all below it {now[1]:4} MiB (largest {self._largest[1]:4})"
                f"  intake.db {stored:3} MiB",
                flush=True,
            )
            self._next, self._largest = self._next + self.mails // 10, (0, 0)

    def agrees(self) -> bool:
        """Whether the last, quiet run ends well and everything is there exactly once; prints the counts."""
        code, data = watch(self.server, self.home, "--once").wait(), self.home / "data"
        found = {
            "messages": count(data, "SELECT count(*) FROM message"),
            "processed": count(data, "SELECT count(*) FROM message WHERE status = 'processed'"),
            "sightings": count(data, "SELECT count(*) FROM sighting"),
            "jobs": count(data, "SELECT count(*) FROM job WHERE kind = 'read' AND state = 'done'"),
            "files": count(data, "SELECT count(*) FROM file_list WHERE path LIKE '%.docx'"),
        }
        everything = dict.fromkeys(("messages", "processed", "jobs"), self.mails)
        twice, forms = len(range(0, self.mails, 10)), len(range(7, self.mails, 20))
        expected = {**everything, "sightings": self.mails + twice, "files": forms}
        print(f"exit {code}, {self.kills} kills in {time.monotonic() - self._began:.0f} s\nfound    {found}\nexpected {expected}")
        return code == 0 and found == expected

    def close(self, keep: bool) -> None:
        self.server.close()
        if not keep:
            shutil.rmtree(self.home)


def main() -> None:
    """Prints the figures; exit code 1 when a message is missing or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--every", type=float, default=8, help="seconds between kills, 0 for none")
    parser.add_argument("--keep", action="store_true")
    wanted = parser.parse_args()
    soak = Soak(wanted.mails, wanted.every)
    try:
        soak.run()
        agrees = soak.agrees()
    finally:
        soak.close(wanted.keep)
    sys.exit(not agrees)


if __name__ == "__main__":
    main()
