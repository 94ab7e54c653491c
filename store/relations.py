"""The register of earlier projects: which other current projects share a person, a firm, a name or a text with these.

Candidates come from indexed look-ups (`relation`); the verdict is `checks.register.neighbours`, asked for one pair at a time, so that what
two projects have in common depends on these two alone and not on whatever else had arrived when they were compared.

Nearly the same texts are preselected by a bottom-k sketch: of all 4-character shingles the `SKETCH` with the smallest hashes. The
share of common ones estimates how much the texts overlap (Broder 1997, "On the resemblance and containment of documents"). Of the projects
that share a shingle at most `MOST` are looked at, so that a phrase that everybody uses costs the same whether a hundred or a hundred
thousand use it; what a copy shares with its original is mostly rare (`benchmarks/rules.py` measures what is found).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, replace
from functools import cache, lru_cache

from checks.register import Entry, Neighbour, Register, neighbours
from checks.values import plain
from store.masking import Mask

SKETCH = 48
SHARED = 6
SHINGLE = 4
MOST = 24
ALIKE = 0.2
"""Share of the smaller sketch that two texts must have in common to be held against each other word by word: below it none of 1,776 pairs
with a cosine from 0.60 to 0.66 lay (the least had 0.27; `SHARED` is less, since of a common shingle only `MOST` projects are looked at)."""


@lru_cache(maxsize=4096)
def sketch(text: str) -> tuple[str, ...]:
    """The `SKETCH` smallest 48-bit hashes (12 hex digits) of the text's shingles, sorted; empty for a text too short to have one."""
    bare = plain(text)
    shingles = {bare[i : i + SHINGLE] for i in range(len(bare) - SHINGLE + 1)}
    return tuple(sorted(hashlib.blake2b(shingle.encode(), digest_size=6).hexdigest() for shingle in shingles)[:SKETCH])


def relations(entry: Entry) -> tuple[tuple[str, str], ...]:
    """(kind, value) of everything by which the entry can be found again."""
    person = f"{plain(entry.first_completer)}|{plain(entry.employer)}" if plain(entry.first_completer) and plain(entry.employer) else ""
    single = (("id", entry.id_hash), ("person", person), ("firm", plain(entry.firm)), ("name", plain(entry.name)))
    return tuple(pair for pair in single if pair[1]) + tuple(("text", value) for value in sketch(entry.text))


def masked(entry: Entry, mask: Mask) -> Entry:
    """The entry as intake.db may hold it."""
    texts = {name: mask.exact(getattr(entry, name)) for name in ("name", "first_completer", "employer", "firm")}
    return replace(entry, **texts, unit=mask.maybe(entry.unit), text=mask.running(entry.text))


def keep(database: sqlite3.Connection, entry: Entry) -> None:
    """Saves a current project's entry, what it can be found by, and what it has in common with those saved before."""
    others = candidates(database, entry, frozenset())
    insert(database, entry)
    for other in others:
        rows = [(mine.project, *_kin(found)) for mine, theirs in ((entry, other), (other, entry)) for found in _compared(mine, theirs)]
        database.executemany("INSERT INTO kin VALUES (?,?,?,?,?,?)", rows)


def insert(database: sqlite3.Connection, entry: Entry) -> None:
    """Saves a current project's entry and what it can be found by."""
    database.execute("INSERT INTO entry VALUES (?,?,?,?,?,?,?,?)", astuple(entry))
    database.executemany("INSERT INTO relation VALUES (?,?,?)", [(entry.project, *pair) for pair in relations(entry)])


def _kin(found: Neighbour) -> tuple[object, ...]:
    return found.project, found.same_person, found.same_firm, found.same_name, found.similarity


_KIN = """
    SELECT kin.project AS mine, entry.project, unit, name, first_completer, employer, same_person, same_firm, same_name, similarity
    FROM kin JOIN entry ON entry.project = kin.other WHERE kin.project IN (SELECT project FROM project WHERE message = ?)
    ORDER BY kin.project, kin.other"""


def kinship(database: sqlite3.Connection, messages: Iterable[str]) -> Register:
    """The register of the saved projects that these messages brought: what `register` would say of them."""
    found: dict[str, tuple[Neighbour, ...]] = {}
    for message in messages:
        for mine, *values in database.execute(_KIN, (message,)):
            other = Neighbour(*values)
            other = replace(other, same_firm=bool(other.same_firm), same_name=bool(other.same_name))
            found[mine] = (*found.get(mine, ()), other)
    return Register(found)


def entries(database: sqlite3.Connection, messages: Iterable[str]) -> frozenset[Entry]:
    """The saved entries of the projects that these messages brought."""
    found = (
        database.execute("SELECT entry.* FROM entry JOIN project USING (project) WHERE project.message = ?", (message,)) for message in messages
    )
    return frozenset(Entry(*row) for rows in found for row in rows)


def candidates(database: sqlite3.Connection, entry: Entry, without: frozenset[str]) -> tuple[Entry, ...]:
    """Saved entries that may have something in common with `entry`, by key, but for those of the messages `without`."""
    shared = [pair for pair in relations(entry) if pair[0] != "text"]
    likely = {row["project"] for pair in shared for row in database.execute(_SHARED, pair)}
    if shingles := sketch(entry.text):
        likely.update(row["project"] for row in database.execute(_overlapping(len(shingles)), shingles))
    likely.discard(entry.project)
    rows = (_entry(database, project) for project in sorted(likely))
    return tuple(found for message, found in rows if message not in without)


_SHARED = "SELECT project FROM relation WHERE kind = ? AND value = ?"


@cache
def _overlapping(size: int) -> str:
    """The projects whose sketches share enough with one of `size` shingles."""
    one = f"SELECT project FROM (SELECT project FROM relation WHERE kind = 'text' AND value = ? LIMIT {MOST})"  # noqa: S608
    return f"SELECT project FROM ({' UNION ALL '.join([one] * size)}) GROUP BY project HAVING count(*) >= {min(SHARED, size)}"  # noqa: S608


def _entry(database: sqlite3.Connection, project: str) -> tuple[str, Entry]:
    row = database.execute("SELECT project.message, entry.* FROM entry JOIN project USING (project) WHERE project = ?", (project,)).fetchone()
    return row["message"], Entry(*tuple(row)[1:])


def register(database: sqlite3.Connection, mine: tuple[Entry, ...], messages: frozenset[str]) -> Register:
    """What each entry of `mine` has in common with the others of `mine` and with the saved ones that other messages brought."""
    found: dict[str, tuple[Neighbour, ...]] = {}
    for entry in mine:
        others = {other.project: other for other in (*candidates(database, entry, messages), *mine) if other.project != entry.project}
        pairs = (_compared(entry, others[project]) for project in sorted(others))
        found[entry.project] = tuple(neighbour for pair in pairs for neighbour in pair)
    return Register({project: others for project, others in found.items() if others})


def _compared(entry: Entry, other: Entry) -> tuple[Neighbour, ...]:
    """What two projects have in common, the texts held against each other only where their sketches overlap enough."""
    first, second = sorted((entry, other), key=lambda one: one.project)
    return dict(_both(first, second))[entry.project]


@lru_cache(maxsize=4096)
def _both(first: Entry, second: Entry) -> tuple[tuple[str, tuple[Neighbour, ...]], ...]:
    """The same seen from either side; remembered, since a pair is asked for again when the other unit is judged."""
    a, b = sketch(first.text), sketch(second.text)
    alike = len(set(a) & set(b)) >= ALIKE * min(len(a), len(b)) > 0
    pair = (first, second) if alike else (replace(first, text=""), replace(second, text=""))
    return tuple(neighbours(pair, pair).items())


_CONCERNED = """
    SELECT told_unit, message FROM kin JOIN project ON project.project = kin.other JOIN message USING (message) WHERE kin.project = ?"""


def concerned(database: sqlite3.Connection, changed: Iterable[Entry], messages: frozenset[str]) -> frozenset[tuple[str | None, str]]:
    """(unit, message) of the projects that other messages brought and that have something in common with the `changed` entries as saved now."""
    rows = (row for entry in changed for row in database.execute(_CONCERNED, (entry.project,)))
    return frozenset((row["told_unit"], row["message"]) for row in rows if row["message"] not in messages)
