"""Spoils real files for as long as it is told, and looks at what comes of them: each must be read, or be refused with a reason in Chinese.

Run: python -m benchmarks.fuzz [--seconds 600] [--seed 1] [--real ../shared/real] [--keep DIR]

Each case runs in a fork of its own, under the limits of a disposable process: opened as a mail, or read as a document and looked through for
forms. Every `ISOLATED`-th goes through the real workers instead. A fault is an error that is none of ours, a death, or a case over its time;
alike ones (same error, same place) are told once. Old Word formats cost a start of LibreOffice each and come seldom.
"""

import argparse
import gc
import importlib
import io
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from errors import FileRefused, WuxiaoError
from extractors.annotate import annotate
from extractors.extract import extract_forms
from intake.limits import UnpackLimits
from intake.message import Message, Taken
from intake.opening import open_message
from intake.originals import Originals
from parsers.document import Document
from parsers.limits import ReadLimits
from parsers.reading import read_document
from pipeline.sandbox import Sandbox
from pipeline.tasks import WARM
from pipeline.worker import Workers, WorkLimits
from profiles.load import load_profile
from profiles.profile import Profile
from tests.intake.build import mail, part
from tests.intake.test_hostile import SEEDS
from texts import say

ROOT = Path(__file__).resolve().parents[1]
MEMORY, CPU_SECONDS, WALL_SECONDS, MOST_BYTES = 1 << 30, 25, 180, 1 << 20
ISOLATED, FEWEST = 25, 40
MAILS, ARCHIVES = {"eml", "mail", "mbox", "box", "list"}, {"zip", "7z", "rar", "gz", "tgz", "tar", "dat", "tnef"}
SELDOM, SELDOM_SHARE = {"doc", "wps", "rtf", "odt", "xls"}, 0.03
NUMBERS = (b"-1", b"0", b"1", b"65536", b"2147483647", b"4294967296", b"99999999999999999999")
TOKENS = (b"\x00", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"<" * 40, b"(" * 200, b"[" * 200, b"endobj", b"stream\r\n", b"--b--",
          b"=?gbk?b?", b"&#x0;", b"]]>", b"\r\n\r\n", b"%s%n", "，".encode("gb18030"), b"\xed\xa0\x80", b"\x1b$)A")  # fmt: skip


@dataclass
class Count:
    """What came of the cases; `faults` by what tells them apart, each with the file that made it."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")


# ------------------------------------------------------------------------------------------------ what is spoilt, and how


def seeds(real: Path | None) -> dict[str, bytes]:
    """Files of every kind by name: the tests' own, the bundled ones, and those of `real`."""
    found = {f"seed.{name}": data for name, data in SEEDS.items()}
    for folder in (ROOT / "fixtures", *([real] if real and real.is_dir() else [])):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in {".py", ".json", ".toml", ".md", ".tsv"}:
                found[str(path.relative_to(folder))] = path.read_bytes()
    for name, data in [(name, data) for name, data in found.items() if name.endswith(".eml")]:
        found |= {f"{name}/{path}": inner for path, inner in _inside(data).items()}
    return {name: data for name, data in found.items() if 0 < len(data) < MOST_BYTES}


def _inside(mail: bytes) -> dict[str, bytes]:
    """The files of a mail, those in its archives too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken = Taken(Originals(folder / "originals").put(mail), "mail", "/fuzz", "x.eml")
        (folder / "out").mkdir()
        rows = open_message(taken, folder / "originals", folder / "out", UnpackLimits()).attachments
        return {row.path: (folder / "out" / row.sha256).read_bytes() for row in rows if row.status == "waiting" and row.sha256}


def spoil(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """`data` changed in a few places, as bytes or, where it is a package, inside one of its parts."""
    if data.startswith(b"PK\x03\x04") and dice.random() < 0.7:
        return _spoil_member(data, others, dice)
    spoilt = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        _spoil_once(spoilt, others, dice)
    return bytes(spoilt)


def _spoil_once(spoilt: bytearray, others: list[bytes], dice: random.Random) -> None:
    at = dice.randrange(len(spoilt) + 1)
    length = dice.choice((1, 2, 8, 60, 600, 6000))
    other = dice.choice(others)
    start = dice.randrange(len(other) + 1)
    changes: tuple[Callable[[], object], ...] = (
        lambda: spoilt.__setitem__(slice(at, at + 1), bytes([dice.randrange(256)])),
        lambda: spoilt.__delitem__(slice(at, at + length)),
        lambda: spoilt.__setitem__(slice(at, at), spoilt[at : at + length] * dice.choice((1, 1, 20))),
        lambda: spoilt.__setitem__(slice(at, at), dice.choice(TOKENS)),
        lambda: spoilt.__setitem__(slice(at, at + length), other[start : start + length]),
        lambda: spoilt.__delitem__(slice(at, None)),
        lambda: _spoil_number(spoilt, at, dice),
        lambda: _spoil_number(spoilt, at, dice),
    )
    dice.choice(changes)()


def _spoil_number(spoilt: bytearray, at: int, dice: random.Random) -> None:
    found = re.compile(rb"\d+").search(spoilt, at)
    if found:
        spoilt[found.start() : found.end()] = dice.choice(NUMBERS)


def _spoil_member(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """A package whose checksums are right and whose one part is not; at times a part is left out or there twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as opened, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        chosen = dice.choice(opened.infolist()).filename
        for info in opened.infolist():
            part = opened.read(info)
            if info.filename == chosen:
                part = spoil(part, others, dice)
                if dice.random() < 0.05:
                    continue
            written.writestr(info.filename, part)
    return made.getvalue()


# ------------------------------------------------------------------------------------------------ one case


def as_mail(data: bytes, kind: Literal["mail", "outlook"], folder: Path) -> None:
    """Opens it as a message. Raises errors of ours."""
    taken = Taken(Originals(folder / "originals").put(data), kind, "/fuzz", "x.eml")
    (folder / "out").mkdir()
    TypeAdapter(Message).dump_json(open_message(taken, folder / "originals", folder / "out", UnpackLimits()))


def as_document(data: bytes, name: str, folder: Path, profile: Profile) -> None:
    """Reads it and looks for forms. Raises errors of ours."""
    (folder / "x").write_bytes(data)
    (folder / "out").mkdir()
    document = read_document(folder / "x", name, folder / "out", ReadLimits())
    TypeAdapter(Document).dump_json(document)
    look_through(document, name, profile)


def look_through(document: Document, name: str, profile: Profile) -> None:
    """What the program does with a document outside of the disposable process."""
    for form in extract_forms(document, message="m", file=name, profile=profile):
        annotate(form, profile)


def case_of(name: str, data: bytes, profile: Profile, dice: random.Random) -> tuple[str, Callable[[Path], None]]:
    """What is done with it: opened as a message, as an attachment of one, or read as a document."""
    ending = name.rpartition(".")[2].lower()
    if ending == "msg":
        return "outlook", lambda folder: as_mail(data, "outlook", folder)
    if ending in MAILS:
        return "mail", lambda folder: as_mail(data, "mail", folder)
    if ending in ARCHIVES or dice.random() < 0.2:
        return "attachment", lambda folder: as_mail(mail(part(data, Path(name).name)), "mail", folder)
    return "document", lambda folder: as_document(data, name, folder, profile)


def forked(work: Callable[[], None], report: Path) -> str:
    """How `work` ended in a process of its own; what it died of, or was refused for, in `report`."""
    child = os.fork()
    if child == 0:
        _work(work, report)
    status = _ended(child, time.monotonic() + WALL_SECONDS)
    if status is None:
        return "over its time"
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return {0: "read", 3: "refused", 4: "out of memory"}.get(os.WEXITSTATUS(status), "error")


def _work(work: Callable[[], None], report: Path) -> None:
    code = 5
    try:
        os.setsid()
        most = MEMORY + int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (most, most + 4 * MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        work()
        code = 0
    except WuxiaoError as error:
        report.write_text(str(error), encoding="utf-8")
        code = 3
    except MemoryError:
        code = 4
    except BaseException:  # noqa: BLE001 - that is what is looked for
        report.write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(code)


def _ended(child: int, end: float) -> int | None:
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.001)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def isolated(workers: Workers, data: bytes, name: str, profile: Profile, report: Path) -> str:
    """How the real workers end with it as a document."""
    with workers.scratch() as out:
        (out / "x").write_bytes(data)
        arguments = {"path": str(out / "x"), "name": name, "limits": asdict(ReadLimits())}
        try:
            read = workers.disposable("read_document", arguments, out)
        except FileRefused as refusal:
            report.write_text(str(refusal), encoding="utf-8")
            return "crashed" if str(refusal) == say("error.file_crashed") else "refused"
    return forked(lambda: look_through(TypeAdapter(Document).validate_json(read), name, profile), report)


# ------------------------------------------------------------------------------------------------ all of it


def what_it_was(outcome: str, told: str) -> str:
    """What tells a fault from others: the error and the innermost place in our own code, else the outcome."""
    ours = [line for line in re.findall(r'File "([^"]+)", line (\d+)', told) if str(ROOT) in line[0] and ".venv" not in line[0]]
    kind = told.strip().rpartition("\n")[2].partition(":")[0]
    return f"{kind} at {Path(ours[-1][0]).relative_to(ROOT)}:{ours[-1][1]}" if ours else outcome


def fuzz(files: dict[str, bytes], seconds: float, seed: int, keep: Path, workers: Workers | None = None) -> Count:
    """Cases for `seconds`, and `FEWEST` at least; the files that made a fault lie in `keep`, each beside what it died of."""
    count, dice, profile = Count(), random.Random(seed), load_profile("zhenjiang_2024")
    names, others = list(files), list(files.values())
    _warm(files, profile)
    keep.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end or sum(count.outcomes.values()) < FEWEST:
        name = dice.choice(names)
        if name.rpartition(".")[2].lower() in SELDOM and dice.random() > SELDOM_SHARE:
            continue
        data = spoil(files[name], others, dice)
        with tempfile.TemporaryDirectory() as place:
            report, started = Path(place) / "report", time.monotonic()
            if workers is not None and sum(count.outcomes.values()) % ISOLATED == 0:
                kind, outcome = "isolated", isolated(workers, data, name, profile, report)
            else:
                kind, work = case_of(name, data, profile, dice)
                outcome = forked(lambda: work(Path(place)), report)  # noqa: B023 - it is called at once
            told = report.read_text(encoding="utf-8") if report.exists() else ""
            _note(count, kind, outcome, told, keep, name, data, time.monotonic() - started)
    return count


def _warm(files: dict[str, bytes], profile: Profile) -> None:
    """Loads all that a case needs, the language model too, so that its fork need not."""
    for name in WARM:
        importlib.import_module(name)
    for name in [name for name in files if name.endswith("材料.docx")][:2]:
        with tempfile.TemporaryDirectory() as place:
            as_document(files[name], name, Path(place), profile)
    gc.collect()
    gc.freeze()


def _note(count: Count, kind: str, outcome: str, told: str, keep: Path, name: str, data: bytes, seconds: float) -> None:
    count.outcomes[f"{kind}: {outcome}"] += 1
    count.slowest = max(count.slowest, (round(seconds, 1), name))
    if outcome == "refused" and not re.search("[一-龥]", told):
        outcome = "refused without a reason"
    if outcome == "refused":
        count.reasons[re.sub(r"[\d.]+|（.*?）", "…", told)] += 1
    if outcome in ("read", "refused"):
        return
    fault = what_it_was(outcome, told)
    if fault not in count.faults:
        place = keep / f"{len(count.faults):03}-{Path(name).name}"
        place.write_bytes(data)
        place.with_name(place.name + ".why").write_text(f"{kind} {name}\n{outcome}\n{told}", encoding="utf-8")
        count.faults[fault] = place.name
        print(f"FAULT {kind} {outcome}: {fault} in {place.name}", flush=True)


def main() -> None:
    """Prints the figures; exit code 1 when there was a fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz")
    wanted = parser.parse_args()
    files = seeds(wanted.real)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as data:
        (Path(data) / "originals").mkdir()
        workers = Workers(Sandbox(Path(data), "fuzz"), 1, WorkLimits())
        try:
            count = fuzz(files, wanted.seconds, wanted.seed, wanted.keep, workers)
        finally:
            workers.close()
    print(f"{sum(count.outcomes.values())} cases of {len(files)} files in {wanted.seconds:.0f} s, slowest {count.slowest}")
    for title, counter in (("outcomes", count.outcomes), ("reasons", count.reasons)):
        print(title, *(f"{number:7} {what}" for what, number in counter.most_common()), sep="\n")
    print("faults", *(f"{place} {fault}" for fault, place in count.faults.items()), sep="\n")
    sys.exit(bool(count.faults))


if __name__ == "__main__":
    main()
