"""What comes in when much is stored already: the search for nearly the same texts beside the exact one, and the cost of one more project.

`python -m benchmarks.rules [STORED…]` (100 1,000 10,000 by default). Texts are put together from pieces of `fixtures/stories.toml`,
so that unrelated ones share the phrases that everybody uses; `PAIRS` copies of stored ones are changed in five ways. Exact: every stored text
compared (of more than 2,000 a part, and multiplied).
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.register import SIMILAR, Entry, similarity
from checks.similarity import cosine
from store import relations
from store.connection import connect, transaction

PIECE, LENGTH, PAIRS, BATCH = 10, 320, 250, 200
WORDS = {"解决了": "克服了", "本项目": "该项目", "节约": "节省", "推广": "应用", "采用": "使用", "提高": "提升", "由": "从", "年": "每年"}


def texts(chance: random.Random) -> Iterator[str]:
    """Texts without end, each of `LENGTH` characters."""
    while True:
        yield text(chance, LENGTH)


def text(chance: random.Random, length: int) -> str:
    """A text of so many characters."""
    learnt = _learnt()
    places = (chance.randrange(len(learnt) - PIECE) for _ in range(-(-length // PIECE)))
    return "".join([learnt[place : place + PIECE] for place in places])[:length]


@cache
def _learnt() -> str:
    stories = files("fixtures").joinpath("stories.toml").read_text(encoding="utf-8")
    return "".join(character for character in stories if character > "\x7f")


def reworded(text: str, chance: random.Random) -> str:
    for old, new in WORDS.items():
        text = text.replace(old, new)
    return "".join(chance.choice("的了在用和") if chance.random() < 0.04 else character for character in text)


def shortened(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) // 5)
    return text[start : start + len(text) * 4 // 5]


def reordered(text: str, _: random.Random) -> str:
    third = len(text) // 3
    return text[third:] + text[:third]


def misread(text: str, chance: random.Random) -> str:
    return "".join("口" if chance.random() < 0.06 else character for character in text)


def lengthened(text: str, chance: random.Random) -> str:
    return text + "".join(chance.sample(text, len(text) // 3))


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (reworded, shortened, reordered, misread, lengthened)


def entry(number: int, text: str) -> Entry:
    """A project that has nothing but its text in common with others."""
    return Entry(f"p{number:012d}", f"第{number}工会", f"项目{number}", f"人{number}", f"厂{number}", f"厂{number}", "", text)


def measure(database: sqlite3.Connection, known: list[Entry], source: Iterator[str]) -> list[Entry]:
    """Prints one line: what the search finds among the `known`, all of them stored, and what it costs; some more that are stored now."""
    stored, chance = len(known), random.Random(len(known))
    originals = chance.sample(known, min(PAIRS, stored))
    copies = [entry(-1 - n, CHANGES[n % len(CHANGES)](original.text, chance)) for n, original in enumerate(originals)]
    alike = [(copy, original) for copy, original in zip(copies, originals, strict=True) if (cosine(copy.text, original.text) or 0) >= SIMILAR]
    looked, found = 0, 0
    used = time.process_time()
    for copy, original in alike:
        others = relations.candidates(database, copy, frozenset())
        looked += len(others)
        found += any(other.project == original.project and similarity(copy, other) is not None for other in others)
    indexed = 1000 * (time.process_time() - used) / len(alike)
    used = time.process_time()
    against = known[:2_000]
    sum((cosine(copies[0].text, other.text) or 0) >= SIMILAR for other in against)
    exact = 1000 * (time.process_time() - used) * stored / len(against)
    more = [entry(stored + number, next(source)) for number in range(BATCH)]
    kept = 1000 * store(database, more, relations.keep) / BATCH
    share, seen = found / len(alike), looked / len(alike)
    print(f"{stored:8,} {share:8.1%} of {len(alike):3} {seen:8.1f} {indexed:10.2f} ms {exact:12.1f} ms {kept:10.2f} ms", flush=True)
    return more


def store(database: sqlite3.Connection, entries: Iterable[Entry], keep: Callable[[sqlite3.Connection, Entry], None]) -> float:
    """Stores the entries in one transaction; processor seconds."""
    used = time.process_time()
    with transaction(database):
        for one in entries:
            keep(database, one)
            database.execute("INSERT INTO project (project, message) VALUES (?, ?)", (one.project, one.project))
    return time.process_time() - used


def main() -> None:
    print(f"{'stored':>8} {'found':>15} {'looked at':>9} {'indexed':>12} {'exact':>15} {'one more':>13}   (processor time a project)")
    source, known = texts(random.Random(7)), list[Entry]()
    with TemporaryDirectory() as folder, closing(connect(Path(folder) / "rules.db", "intake")) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        for stored in sorted(int(word) for word in sys.argv[1:]) or [100, 1_000, 10_000]:
            more = [entry(number, next(source)) for number in range(len(known), stored)]
            store(database, more, relations.insert)
            known += more
            known += measure(database, known, source)


if __name__ == "__main__":
    main()
