"""Every stage of the job by itself, in one process and one thread: `python -m benchmarks.whole.stages MAILS OUT.json`.

What is worked is what the program works (`pipeline.process.read` and `settle`); only the walls are missing, so that each second can be
put down to its stage, and to a line of a flame graph.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.whole.meter import Stages
from intake.limits import UnpackLimits
from intake.message import Taken
from intake.opening import open_message
from intake.originals import Originals
from intake.take import take_in
from parsers.limits import ReadLimits
from parsers.reading import read_document, read_old_documents
from parsers.scan.continued import with_continued
from parsers.scan.engine import load_engine
from parsers.scan.page import read_page
from pipeline.owner import Owner
from pipeline.pages import PageImages
from pipeline.process import House, read, settle
from profiles.load import load_profile
from store.database import Store

NETWORKS = ("_detect", "_recognise", "_orient")
LEASE_SECONDS = 3600.0


class Timed:
    """Stands for `thing`; each of its methods counts as the stage `name`."""

    def __init__(self, thing: Any, name: str, stages: Stages) -> None:
        self._thing, self._name, self._stages = thing, name, stages

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._thing, attribute)
        return _timed(found, self._name, self._stages) if callable(found) else found


def _timed(work: Callable[..., Any], name: str, stages: Stages) -> Callable[..., Any]:
    def timed(*arguments: Any, **options: Any) -> Any:
        with stages.stage(name):
            return work(*arguments, **options)

    return timed


class Workers:
    """What `pipeline.worker.Workers` does, done here and now."""

    def __init__(self, originals: Originals, stages: Stages) -> None:
        self._originals, self._stages, self.pages = originals, stages, 0
        self._engine = load_engine()
        self.engine = self._engine.name
        for network in NETWORKS:
            setattr(self._engine, network, _timed(getattr(self._engine, network), "inference", stages))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="whole-") as name:
            yield Path(name)

    def each(self, work: Callable[[Any], Any], items: Any, scan: Any = None) -> Iterator[Any]:
        return map(work, items)

    def open_message(self, taken: Taken, words: tuple[str, ...], out: Path) -> Any:
        with self._stages.stage("messages"):
            return open_message(taken, self._originals.root, out, UnpackLimits(), words)

    def read_old_documents(self, files: Any) -> Any:
        with self._stages.stage("Word"), self.scratch() as out:
            return read_old_documents(files, out, ReadLimits())

    def read_document(self, path: Path, name: str, out: Path) -> Any:
        with self._stages.stage("rendering" if Path(name).suffix.lower() in (".pdf", ".jpg", ".png", ".tif", ".tiff") else "Word"):
            document = read_document(path, name, out, ReadLimits())
        with self._stages.stage("OCR"):
            pages = tuple(self._read(page, out) for page in document.pages)
        return replace(document, pages=with_continued(pages))

    def _read(self, page: Any, out: Path) -> Any:
        if page.pixels is None:
            return page
        self.pages += 1
        return read_page(np.load(out / page.pixels), page.number, self._engine, out)


def work(mails: Path, data: Path) -> dict[str, Any]:
    """All mails of a folder worked; what each stage cost, and how much there was of it."""
    stages, profile, now = Stages(), load_profile("zhenjiang_2024"), datetime.now(UTC)
    originals, store = Originals(data / "originals"), Store.open(data, profile)
    workers, timed = Workers(originals, stages), Timed(store, "store", stages)
    house = House(timed, originals, PageImages(data / "pages"), workers, profile, Owner(data / "owners"))  # type: ignore[arg-type]
    for taken in take_in([mails], originals):
        if isinstance(taken, Taken):
            timed.record(taken, now)
    while job := timed.lease("read", house.owner.name, now, LEASE_SECONDS):
        with stages.stage("extraction"):
            reading = read(house, job.taken)
        timed.finish_reading(job, reading)
    while job := timed.lease("settle", house.owner.name, now, LEASE_SECONDS):
        with stages.stage("checks"):
            settle(timed, profile, job, store.unit_of(job.message), job.message)  # type: ignore[arg-type]
    counts = {"messages": len(store.messages()), "files": len(store.files()), "pages": workers.pages, "projects": len(store.projects())}
    store.close()
    return {
        "stages": {name: asdict(cost) for name, cost in stages.costs.items()},
        "counts": counts,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "engine": workers.engine,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="whole-data-") as data:
        Path(sys.argv[2]).write_text(json.dumps(work(Path(sys.argv[1]), Path(data)), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
