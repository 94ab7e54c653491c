"""What comes in when much is stored already: the search for nearly the same texts beside the exact one, and the cost of one more project.

`python -m benchmarks.rules [STORED…]` (100 1,000 10,000 by default). Texts come from a chain of characters learnt from `fixtures/stories.toml`,
so that unrelated ones share the phrases that everybody uses; `PAIRS` copies of stored ones are changed in five ways. Exact: every stored text
compared (of more than 2,000 a part, and multiplied).
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.register import SIMILAR, Entry, similarity
from checks.similarity import cosine
from store import relations
from store.connection import connect

ORDER, LENGTH, PAIRS, BATCH = 3, 320, 250, 200
WORDS = {"解决了": "克服了", "本项目": "该项目", "节约": "节省", "推广": "应用", "采用": "使用", "提高": "提升", "由": "从", "年": "每年"}


def texts(chance: random.Random) -> Iterator[str]:
    """Texts without end, each of about `LENGTH` characters."""
    learnt = "".join(character for character in files("fixtures").joinpath("stories.toml").read_text(encoding="utf-8") if character > "\x7f")
    follows: dict[str, list[str]] = defaultdict(list)
    for start in range(len(learnt) - ORDER):
        follows[learnt[start : start + ORDER]].append(learnt[start + ORDER])
    while True:
        place = chance.randrange(len(learnt) - ORDER)
        made = learnt[place : place + ORDER]
        while len(made) < LENGTH:
            if len(made) % 9 == 0:  # another word, so that texts do not follow the stories for long
                place = chance.randrange(len(learnt) - ORDER)
                made += learnt[place : place + ORDER]
            made += chance.choice(follows.get(made[-ORDER:]) or ["，"])
        yield made


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
    return Entry(f"p{number:012x}", f"第{number}工会", f"项目{number}", f"人{number}", f"厂{number}", f"厂{number}", "", text)


def measure(stored: int, folder: Path) -> None:
    chance = random.Random(stored)
    database = connect(folder / f"{stored}.db", "intake")
    database.execute("PRAGMA foreign_keys=OFF")
    source = texts(chance)
    known = []
    database.execute("BEGIN")
    for number in range(stored):
        known.append(entry(number, next(source)))
        relations.keep(database, known[-1])
        _project(database, known[-1].project)
    database.execute("COMMIT")
    originals = chance.sample(known, min(PAIRS, stored))
    copies = [entry(stored + n, CHANGES[n % len(CHANGES)](original.text, chance)) for n, original in enumerate(originals)]
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
    used = time.process_time()
    database.execute("BEGIN")
    for number in range(BATCH):
        one = entry(2 * stored + PAIRS + number, next(source))
        relations.keep(database, one)
        _project(database, one.project)
    database.execute("COMMIT")
    kept = 1000 * (time.process_time() - used) / BATCH
    share, seen = found / len(alike), looked / len(alike)
    print(f"{stored:8,} {share:8.1%} of {len(alike):3} {seen:8.1f} {indexed:10.2f} ms {exact:12.1f} ms {kept:10.2f} ms", flush=True)
    database.close()


def _project(database: object, key: str) -> None:
    database.execute("INSERT INTO project (project, message) VALUES (?, ?)", (key, key))  # type: ignore[attr-defined]


def main() -> None:
    print(f"{'stored':>8} {'found':>15} {'looked at':>9} {'indexed':>12} {'exact':>15} {'one more':>13}   (processor time a project)")
    with TemporaryDirectory() as folder:
        for stored in [int(word) for word in sys.argv[1:]] or [100, 1_000, 10_000]:
            measure(stored, Path(folder))


if __name__ == "__main__":
    main()
