"""Holds what came of the files of `../shared/real` against what must come of them (tests/real.toml), each file by itself."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.take import Skipped
from parsers.document import Document
from parsers.version import ENGINE
from pipeline.process import House
from store.rows import FileRow, MessageRow

EXPECTED: dict[str, dict[str, object]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ENDED = {"parsed", "failed", "ignored", "unsupported", "encrypted"}


@dataclass(frozen=True)
class Outcome:
    """What came of one file: its own row (None for a message), the rows below it, the messages it is or holds, what was read."""

    own: FileRow | None
    rows: tuple[FileRow, ...]
    messages: tuple[MessageRow, ...]
    documents: tuple[Document, ...]
    skipped: bool

    def told(self, what: str) -> str:
        """The words that the pattern `what` of the table is about."""
        own = self.own
        words = {
            "status": [own.status] if own else [],
            "kind": [own.media_type] if own else [row.media_type for row in self.rows],
            "says": [own.reason or ""] if own else [message.reason or "" for message in self.messages],
            "message": [message.status for message in self.messages],
            "sender": [message.sender or "" for message in self.messages],
            "subject": [message.subject or "" for message in self.messages],
            "listed": [row.path for row in self.rows],
            "text": [" ".join(document.text.split()) for document in self.documents],
            "noted": [note for document in self.documents for note in document.notes],
            "pages": [str(len(document.pages)) for document in self.documents],
            "messages": [str(len(self.messages))],
        }
        return "\n".join(words[what])


def outcomes(house: House, folder: Path, skipped: tuple[Skipped, ...]) -> Iterator[tuple[str, Outcome]]:
    """What came of every file of `folder`, which was ingested as it lies there, by its path."""
    left_out = {one.path for one in skipped}
    messages = {row.message: row for row in house.store.messages()}
    sources: dict[str, set[str]] = {}
    for sighting in house.store.sightings():
        sources.setdefault(sighting.source, set()).add(sighting.message)
    files = house.store.files()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        mine = sources.get(str(path), set())
        own, below = _delivered(path, sources, files) if not mine else (None, [row for row in files if row.message in mine])
        rows = (*([own] if own else []), *below)
        documents = (house.store.document(row.sha256, ENGINE) for row in rows if row.status == "parsed")
        yield (
            path.relative_to(folder).as_posix(),
            Outcome(own, rows, tuple(messages[key] for key in mine), tuple(filter(None, documents)), path in left_out),
        )


def _delivered(path: Path, sources: dict[str, set[str]], files: tuple[FileRow, ...]) -> tuple[FileRow | None, list[FileRow]]:
    """The row of a file in a hand-delivered folder, and the rows below it."""
    for folder in path.parents:
        if str(folder) in sources:
            name = path.relative_to(folder).as_posix()
            rows = [row for row in files if row.message in sources[str(folder)]]
            own = next((row for row in rows if row.path == name), None)
            return own, [row for row in rows if row.path.startswith(f"{name}/")]
    return None, []


def wrong(outcome: Outcome, expected: dict[str, object], *, ocr: bool) -> Iterator[str]:
    """What is not as expected; without `ocr` what only OCR could tell is not asked."""
    if outcome.skipped or not (outcome.rows or outcome.messages):
        if not (outcome.skipped and expected.get("skipped")):
            yield "it was left out" if outcome.skipped else "it is nowhere"
        return
    for row in outcome.rows:
        if row.status not in ENDED or (row.status != "parsed" and not re.search("[一-龥]", row.reason or "")):
            yield f"{row.path}: {row.status} {row.reason}"
    by_ocr = {"text"} if expected.get("ocr") and not ocr else set()
    for name in expected.keys() - {"ocr", "skipped"} - by_ocr:
        if not re.search(str(expected[name]), outcome.told(name), re.MULTILINE):
            yield f"{name}: not {expected[name]!r} but {outcome.told(name)[:80]!r}"
