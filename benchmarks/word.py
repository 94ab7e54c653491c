"""How fast a Word form is read, and in how much memory, beside the libraries one would take otherwise.

    python benchmarks/word.py [FILE…] [--peers SITE_PACKAGES] [--rounds N] [--rows N]

Without FILEs it reads forms that it makes. docx2python and markitdown take part when they can be imported; `--peers` names
a site-packages folder that has them. One run, the same files, one thread; `isolated` forks a process a document from a
warm parent, under limits, and takes the answer as JSON. Times are medians over the rounds.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import docx  # noqa: E402
from lxml import etree  # noqa: E402
from pydantic import TypeAdapter  # noqa: E402

from parsers.document import Document  # noqa: E402
from parsers.limits import ReadLimits  # noqa: E402
from parsers.reading import read_document  # noqa: E402

ANSWER = TypeAdapter(Document)
Reader = Callable[[Path], object]


def ours(path: Path) -> Document:
    return read_document(path, path.name, path.parent, ReadLimits())


def bare_lxml(path: Path) -> object:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return "".join(etree.fromstring(archive.read("word/document.xml")).itertext())


def table_cell(path: Path) -> object:
    document = docx.Document(str(path))
    tables = [[t.cell(r, c).text for r in range(len(t.rows)) for c in range(len(t.columns))] for t in document.tables]
    return [p.text for p in document.paragraphs], tables


def peers() -> Iterator[tuple[str, Reader]]:
    for name, make in (("docx2python", _docx2python), ("markitdown", _markitdown), ("docling", _docling)):
        try:
            yield name, make(importlib.import_module(name))
        except ImportError:
            print(f"{name}: not importable here, left out")


def _docx2python(module: object) -> Reader:
    def read(path: Path) -> object:
        with module.docx2python(str(path)) as found:  # type: ignore[attr-defined]
            return found.body

    return read


def _markitdown(module: object) -> Reader:
    converter = module.MarkItDown()  # type: ignore[attr-defined]
    return lambda path: converter.convert(str(path)).text_content


def _docling(_module: object) -> Reader:
    converter = importlib.import_module("docling.document_converter").DocumentConverter()
    return lambda path: converter.convert(str(path)).document


# ---------------------------------------------------------------------------------------------------- measuring


def isolated(path: Path) -> Document:
    """One document in a process of its own, under limits; the answer comes as JSON."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        gc.disable()
        resource.setrlimit(resource.RLIMIT_AS, (1024**3, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(ANSWER.dump_json(ours(path)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    if status := os.waitpid(pid, 0)[1]:
        raise SystemExit(f"{path}: the process ended with {status}")
    return ANSWER.validate_json(data)


def measured(read: Reader, files: list[Path], rounds: int) -> tuple[float, float, float]:
    """Milliseconds of wall clock and of CPU a document (the median round), peak megabytes above the start.

    In a fork, so that what one reader leaves behind burdens no other.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(_measure(read, files, rounds), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        wall, cpu, megabytes = json.load(pipe)
    os.waitpid(pid, 0)
    return wall, cpu, megabytes


def _measure(read: Reader, files: list[Path], rounds: int) -> tuple[float, float, float]:
    before = resident()
    walls, cpus = [], []
    for number in range(rounds + 1):
        wall, cpu = time.perf_counter(), _cpu()
        for path in files:
            read(path)
        if number or rounds == 0:
            walls.append((time.perf_counter() - wall) / len(files) * 1e3)
            cpus.append((_cpu() - cpu) / len(files) * 1e3)
    highest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return statistics.median(walls), statistics.median(cpus), max(highest - before, 0)


def _cpu() -> float:
    """Seconds of CPU of this process and of those it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def resident() -> float:
    """What this process holds now, in megabytes."""
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[1]) * resource.getpagesize() / 1024**2


# ---------------------------------------------------------------------------------------------------- files


def form(rows: int = 14) -> bytes:
    """A form: a heading, a table of merged labels and values, a closing paragraph."""
    document = docx.Document()
    document.add_paragraph("镇江市职工“五小”活动项目提名书")
    table = document.add_table(rows, 6, style="Table Grid")
    for number, row in enumerate(table._tbl.tr_lst):
        cells = row.tc_lst
        for column, cell in enumerate(cells):
            cell.p_lst[0].add_r().text = ("项目名称" if column % 2 == 0 else "密集型母线槽接头防错快装结构设计") + str(number)
        if number % 3 == 0:
            cells[1].get_or_add_tcPr().get_or_add_gridSpan().val = 2
            row.remove(cells[2])
        cells[0].get_or_add_tcPr().vMerge_val = "restart" if number % 5 == 0 else "continue"
    document.add_paragraph("年　月　日")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def growth(folder: Path, most: int) -> None:
    """What one table costs as it grows."""
    print("\none table of     CPU s   µs a row   MB above   python-docx table.cell, CPU s")
    rows = max(most // 64, 1)
    while rows <= most:
        path = folder / f"{rows}.docx"
        path.write_bytes(form(rows))
        _, cpu, megabytes = measured(ours, [path], 0)
        other = f"{measured(table_cell, [path], 0)[1] / 1e3:.1f}" if rows <= 160 else "-"
        print(f"{rows:>7} rows {cpu / 1e3:>10.2f} {cpu / rows * 1e3:>10.0f} {megabytes:>10.0f} {other:>12}")
        rows *= 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    if options.peers:
        sys.path.append(str(options.peers))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = options.files
        if not files:
            for number in range(8):
                (folder / f"form{number}.docx").write_bytes(form())
            files = sorted(folder.glob("*.docx"))
        # The warm parent: everything loaded and used once, and out of the garbage collector's way, so that a fork copies little.
        ours(files[0])
        gc.freeze()
        machine = f"{platform.python_version()} on {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"
        print(f"{machine}; {len(files)} documents, {options.rounds} rounds")
        print(f"{'reader':<28}{'ms wall':>9}{'ms CPU':>9}{'docs/s of CPU':>15}{'MB above':>10}")
        own: list[tuple[str, Reader]] = [("ours, in process", ours), ("ours, isolated", isolated)]
        for title, read in [*own, ("bare lxml (text only)", bare_lxml), ("python-docx table.cell", table_cell), *peers()]:
            wall, cpu, megabytes = measured(read, files, options.rounds)
            print(f"{title:<28}{wall:>9.1f}{cpu:>9.1f}{1000 / cpu:>15.0f}{megabytes:>10.0f}")
        growth(folder, options.rows)


if __name__ == "__main__":
    main()
