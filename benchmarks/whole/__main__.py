"""The whole job and each stage of it, beside what a user would take instead.

    python -m benchmarks.whole [--projects 60] [--mailbox DIR] [--flame out.svg] [--ALTERNATIVE PYTHON …]

Prints a table and writes benchmarks/history/DATE-COMMIT.json. `busy`: CPU seconds by (wall × cores);
`ready`: the share of the cores that there was work for, which others on the machine do not change. `× inference`: the CPU seconds of the
whole job by those that the three networks alone take for its pages. `found`: values of the truth that stand in the text at all, the only
measure that a program without fields can be held to.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.whole.box import Box, box_of, loose_files, opened
from benchmarks.whole.meter import CORES, Cost, run
from pipeline.channel import ONE_THREAD

HISTORY = Path(__file__).resolve().parent.parent / "history"
OTHERS = Path(__file__).with_name("others.py")
ALTERNATIVES = ("plain", "rapidocr", "markitdown", "docling")


def main() -> None:
    options = arguments()
    work = Path(options.work)
    box = opened(Path(options.mailbox)) if options.mailbox else box_of(options.projects, work)
    with tempfile.TemporaryDirectory(prefix="whole-") as name:
        room = Path(name)
        stages = staged(box, room, options.flame)
        program = [sys.executable, "-m", "wuxiao.cli", "ingest", str(box.mails), "--data", str(room / "data"), "--json"]
        whole, _ = run(program)
        again, _ = run(program)
        files = loose_files(box, room / "files")
        others = {kind: other(kind, getattr(options, kind), files, box) for kind in ALTERNATIVES}
    result = {
        "date": date.today().isoformat(), "commit": commit(), "cores": CORES, "projects": box.projects, **stages,
        "whole": asdict(whole), "again": asdict(again), "others": others,
    }  # fmt: skip
    show(result)
    HISTORY.mkdir(exist_ok=True)
    kept = HISTORY / f"{result['date']}-{result['commit']}-{box.projects}.json"
    kept.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"kept as benchmarks/history/{kept.name}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=60)
    parser.add_argument("--mailbox", help="a folder of fixtures.mailbox instead of a new one")
    parser.add_argument("--flame", help="write a flame graph of all stages there (needs py-spy)")
    parser.add_argument("--work", default=str(Path(tempfile.gettempdir()) / "wuxiao-bench-whole"), help="folder that keeps the mails made")
    for kind in ALTERNATIVES:
        parser.add_argument(f"--{kind}", metavar="PYTHON", help=f"a Python that has what `{kind}` needs")
    return parser.parse_args()


def staged(box: Box, room: Path, flame: str | None) -> dict[str, Any]:
    """The stages one by one, under the profiler where a flame graph is wanted."""
    command = [sys.executable, "-m", "benchmarks.whole.stages", str(box.mails), str(room / "stages.json")]
    spy = shutil.which("py-spy") or str(Path(sys.executable).with_name("py-spy"))
    if flame:
        command = [spy, "record", "--rate", "25", "--function", "--output", flame, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **dict(ONE_THREAD)})
    if flame:
        title = f"benchmarks.whole, {commit()}, {box.projects} projects: every stage in one process and one thread"
        drawn = Path(flame).read_text(encoding="utf-8")  # under py-spy's own title, the command with its paths
        Path(flame).write_text(re.sub(r'(<text id="title"[^>]*>)[^<]*', rf"\g<1>{title}", drawn), encoding="utf-8")
    stages: dict[str, Any] = json.loads((room / "stages.json").read_text(encoding="utf-8"))
    return stages


def other(kind: str, python: str | None, files: list[Path], box: Box) -> dict[str, Any] | None:
    """What an alternative costs on the same files and how many values stand in its text; None where it is not installed."""
    if python is None:
        return None
    cost, done = run([python, str(OTHERS), kind, *map(str, files)])
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    text = even("".join(answer["text"] for answer in answers))
    values = [value for message in box.truth["messages"] for project in message["projects"] for value in project["fields"]["scan"].values()]
    return {
        **asdict(cost), "files": len(answers), "failed": sum("failed" in answer for answer in answers),
        "found": sum(even(value) in text for value in values) / max(len(values), 1),
    }  # fmt: skip


def even(text: str) -> str:
    """NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def commit() -> str:
    """The commit that is measured, with a + where files differ from it."""
    said = subprocess.run(["git", "describe", "--always", "--dirty=+"], capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


def show(result: dict[str, Any]) -> None:
    """The table."""
    counts, stages = result["counts"], result["stages"]
    pages, projects = max(counts["pages"], 1), max(result["projects"], 1)
    print(f"{result['commit']}: {counts['messages']} messages, {counts['files']} files, {counts['pages']} scanned pages, {projects} projects")
    print(f"{'':22} {'wall s':>8} {'CPU s':>8} {'CPU s/page':>11} {'CPU s/project':>14} {'MiB':>6} {'busy':>6} {'ready':>6}")

    def row(name: str, cost: Cost, more: str = "") -> None:
        line = f"{name:22} {cost.wall:8.1f} {cost.cpu:8.1f} {cost.cpu / pages:11.3f} {cost.cpu / projects:14.3f}"
        print(f"{line} {cost.memory or '':>6} {more:>6}")

    for name, cost in stages.items():
        row(f"  {name}", Cost(**cost))
    row("all stages", Cost(sum(c["wall"] for c in stages.values()), sum(c["cpu"] for c in stages.values()), result["memory"]))
    whole, again = Cost(**result["whole"]), Cost(**result["again"])
    row("wuxiao ingest", whole, f"{whole.cpu / (whole.wall * result['cores']):.0%} {whole.ready:6.0%}")
    row("  the same again", again)
    for name, cost in result["others"].items():
        if cost is None:
            print(f"{name:22} not installed")
            continue
        row(name, Cost(cost["wall"], cost["cpu"], cost["memory"]), f"found {cost['found']:.1%}, {cost['failed']} of {cost['files']} failed")
    print(f"whole job = {whole.cpu / stages['inference']['cpu']:.2f} × inference of its pages")
    if result["others"]["rapidocr"]:
        print(f"          = {whole.cpu / result['others']['rapidocr']['cpu']:.2f} × plain RapidOCR, the same networks")


if __name__ == "__main__":
    main()
