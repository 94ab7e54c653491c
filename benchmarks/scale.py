"""What other machines bring, and what a job costs beside its own work: the figures of docs/scale.md.

Run alone on the machine: python -m benchmarks.scale [--word 40] [--bare 200] [--scanned 2] [--json FILE]

Every run works the same mails, each on a fresh data folder, after a warm-up: here (1 and 2 hands), then through scheduler and workers on
loopback with TLS (1 and 2 workers of one hand). A mail brings one project and a 汇总表 of the demo: `word` their Word files, `scanned` the
scans too (by 2 workers only), `bare` ones no file at all, so that nothing is left but the job's own cost.
"""

import argparse
import contextlib
import email
import email.message
import email.policy
import io
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from intake.take import take_in
from pipeline.jobs import Shift, read_all, settle_waiting
from pipeline.process import House
from pipeline.remote.desk import Desk
from tests.pipeline.machines import Host, free_port
from wuxiao.opening import open_house

DEMO = Path(__file__).resolve().parents[1] / "fixtures" / "demo" / "01-句容.eml"
ROUND_TRIP = 0.001  # seconds, in a building
LINE_BYTES = 100e6  # a second, of 1 Gbit/s
ASKED = ("order", "original", "known", "put_original", "put_document", "put_picture", "deliver")


@dataclass(frozen=True)
class Run:
    """One run: `seconds` of wall clock for reading `jobs` messages; CPU seconds a job of coordinator, scheduler and workers (of the local
    sandboxes where there are none); bytes a job that workers fetched and brought, questions a job; `settle`: CPU seconds a job for settling."""

    name: str
    jobs: int
    seconds: float
    coordinator: float
    scheduler: float
    workers: float
    fetched: int
    brought: int
    questions: float
    settle: float


def now() -> datetime:
    return datetime.now(UTC)


def project_mail(number: int, suffixes: tuple[str, ...]) -> bytes:
    """One project of a demo mail: its files of these suffixes, each with bytes of its own."""
    whole = email.message_from_bytes(DEMO.read_bytes(), policy=email.policy.default)
    assert isinstance(whole, email.message.EmailMessage)
    archive = next(whole.iter_attachments()).get_payload(decode=True)
    assert isinstance(archive, bytes)
    mail = bare_mail(number)
    with zipfile.ZipFile(io.BytesIO(archive), metadata_encoding="gbk") as material:
        for name in material.namelist():
            if name.endswith(suffixes) and (name.startswith("1.") or "/" not in name):
                mail.add_attachment(
                    unlike(material.read(name), number), maintype="application", subtype="octet-stream", filename=Path(name).name
                )
    return mail.as_bytes()


def unlike(data: bytes, number: int) -> bytes:
    """The same file in other bytes."""
    if not data.startswith(b"PK"):
        return data + f"\n% {number}\n".encode()
    changed = io.BytesIO(data)
    with zipfile.ZipFile(changed, "a") as package:
        package.comment = f"{number}".encode()
    return changed.getvalue()


def bare_mail(number: int) -> email.message.EmailMessage:
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["Subject"] = "union@example.com", "“五小”活动项目+句容市总工会"
    mail["Date"], mail["Message-ID"] = "Mon, 01 Apr 2024 09:00:00 +0800", f"<{number}@bench.example>"
    mail.set_content("现将材料报上。")
    return mail


class Weighing:
    """Counts what goes over the desk."""

    def __init__(self) -> None:
        self.fetched = self.brought = self.questions = 0
        for name in ASKED:
            self._weigh(name, getattr(Desk, name))

    def _weigh(self, name: str, ask: object) -> None:
        def weighed(desk: Desk, **values: object) -> object:
            answer = ask(desk, **values)  # type: ignore[operator]
            self.questions += 1
            self.brought += sum(len(value) for value in values.values() if isinstance(value, bytes))
            self.fetched += sum(len(value) for value in answer.values() if isinstance(value, bytes))
            return answer

        setattr(Desk, name, weighed)


def cpu(pid: int) -> float:
    """CPU seconds of a process and all it started."""
    total = 0.0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def own_cpu() -> float:
    return time.process_time()


def take(house: House, folder: Path) -> int:
    return sum(house.store.record(taken, now()) for taken in take_in([folder], house.originals))  # type: ignore[arg-type]


@contextlib.contextmanager
def meeting(folder: Path, workers: int) -> Iterator[tuple[str, int, list[int]]]:
    """Scheduler and workers on loopback, with keys: the address and the process numbers."""
    url = f"tls://127.0.0.1:{free_port()}"
    hosts = [Host("127.0.0.1", folder) for _ in range(1 + workers)]
    for number, host in enumerate(hosts):
        host.data = folder / f"host-{number}"
        if number:
            host.data.mkdir()
            (host.data / "cluster").symlink_to(hosts[0].data / "cluster")
        host.starts("等候" if not number else "已连接", *(("schedule", "--listen", url) if not number else ("work", "--scheduler", url)))
    try:
        yield url, hosts[0].running[0].pid, [host.running[0].pid for host in hosts[1:]]
    finally:
        for host in reversed(hosts):
            host.kill()


def measure(name: str, mails: Path, warm: Path, hands: int, workers: int, weighing: Weighing) -> Run:
    """One run over the folder `mails`, after one over `warm`."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scale-")))
        url, scheduler, helpers = stack.enter_context(meeting(home, workers)) if workers else ("", 0, [])
        os.environ["WUXIAO_WORKERS"] = str(hands)
        data = home / "data"
        data.mkdir()
        if workers:
            (data / "cluster").symlink_to(home / "host-0" / "cluster")
        house = stack.enter_context(open_house(data, url))
        shift = Shift(hands, 1800, 3, now)
        take(house, warm)
        read_all(house, shift)
        jobs = take(house, mails)
        before = counts(weighing)
        begun = time.perf_counter(), own_cpu(), cpu(scheduler) if scheduler else 0.0, everywhere(helpers)
        assert read_all(house, shift) == jobs
        ended = time.perf_counter(), own_cpu(), cpu(scheduler) if scheduler else 0.0, everywhere(helpers)
        wall, mine, placing, work = (after - first for after, first in zip(ended, begun, strict=True))
        own = own_cpu()
        settle_waiting(house, shift)
        fetched, brought, questions = (now_ - then for now_, then in zip(counts(weighing), before, strict=True))
        return Run(
            name,
            jobs,
            wall,
            mine / jobs,
            placing / jobs,
            work / jobs,
            fetched // jobs,
            brought // jobs,
            questions / jobs,
            (own_cpu() - own) / jobs,
        )


def counts(weighing: Weighing) -> tuple[int, int, int]:
    return weighing.fetched, weighing.brought, weighing.questions


def everywhere(helpers: list[int]) -> float:
    """CPU seconds of the workers; without any, of this process's own sandboxes."""
    return sum(map(cpu, helpers)) if helpers else cpu(os.getpid()) - own_cpu()


def print_runs(runs: list[Run]) -> None:
    print("| run | jobs | wall s | jobs/s | CPU ms a job: coordinator | scheduler | workers | settling | fetched | brought | questions |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for run in runs:
        times = " | ".join(f"{1000 * seconds:.1f}" for seconds in (run.coordinator, run.scheduler, run.workers, run.settle))
        size = f"{run.fetched / 1024:.0f} KiB | {run.brought / 1024:.0f} KiB | {run.questions:.1f}"
        print(f"| {run.name} | {run.jobs} | {run.seconds:.1f} | {run.jobs / run.seconds:.2f} | {times} | {size} |")


def print_model(run: Run, projects: int = 100_000) -> None:
    """What more cores would bring, from one run. Assumes: cores as fast as this one, a project a message, round trips of 1 ms and 1 Gbit/s to
    the coordinator, whose one process and whose line all share; settling by one core after reading; nobody is killed."""
    moved = (run.fetched + run.brought) / LINE_BYTES
    hand = run.workers + run.questions * ROUND_TRIP + moved
    whole = projects * (run.coordinator + run.scheduler + run.workers + run.settle) / 3600
    print(f"\n{run.name}: {whole:,.0f} CPU hours for {projects:,} projects\n")
    print("| cores | projects/h | of the ideal | hours to read | hours to settle | bound by |")
    print("|--:|--:|--:|--:|--:|---|")
    for cores in (1, 2, 4, 8, 16, 32, 64):
        bounds = {"workers": cores / hand, "the coordinator": 1 / run.coordinator, "its line": 1 / moved}
        bound = min(bounds, key=bounds.__getitem__)
        rate = bounds[bound]
        share = rate * run.workers / cores
        hours = f"{projects / rate / 3600:.1f} | {projects * run.settle / 3600:.2f}"
        print(f"| {cores} | {3600 * rate:,.0f} | {share:.0%} | {hours} | {bound} |")


def write(folder: Path, mails: list[bytes]) -> Path:
    folder.mkdir()
    for number, mail in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(mail)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--word", type=int, default=40)
    parser.add_argument("--bare", type=int, default=200)
    parser.add_argument("--scanned", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.umask(0o077)
    weighing = Weighing()
    runs = []
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        word, scans = (".docx",), (".docx", ".pdf")
        warm = write(Path(name) / "warm", [project_mail(1_000_000 + number, word) for number in range(3)])
        sets = {
            "word": write(Path(name) / "word", [project_mail(number, word) for number in range(options.word)]),
            "bare": write(Path(name) / "bare", [bare_mail(number).as_bytes() for number in range(options.bare)]),
        }
        for kind, mails in sets.items():
            for where, hands, workers in (("here, 1 hand", 1, 0), ("here, 2 hands", 2, 0), ("1 worker", 1, 1), ("2 workers", 1, 2)):
                runs.append(measure(f"{kind}, {where}", mails, warm, hands, workers, weighing))
        if options.scanned:
            scanned = write(Path(name) / "scanned", [project_mail(number, scans) for number in range(options.scanned)])
            runs.append(measure("scanned, 2 workers", scanned, warm, 1, 2, weighing))
    print_runs(runs)
    for run in runs:
        if "2 workers" in run.name and not run.name.startswith("bare"):
            print_model(run)
    if options.json:
        options.json.write_text(json.dumps([asdict(run) for run in runs], indent=1))


if __name__ == "__main__":
    main()
