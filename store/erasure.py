"""What an erasure takes, told from the rows of both databases before any of them goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from errors import NotFound
from store import looking
from store.forgetting import NOBODY, FormKey, Words, make_words


@dataclass(frozen=True, slots=True)
class Partial:
    """What goes of a message that stays: the files at the places `files`, the forms `forms`, rows of the 汇总表 in the files `listing`."""

    message: str
    files: frozenset[int]
    forms: frozenset[FormKey]
    listing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure takes.

    `target` is the key asked for, `projects` all versions that go, `whole` the messages that go with their bytes, `partial` what goes of
    others, `words` what tells the persons.
    `hashes` are the bytes that go, `manifests` those of them that list the files of a hand-delivered folder, `cached` those of which nothing
    that was made may stay, `pages` the page pictures (SHA-256, page) that go though their file stays. `stays` names the originals that still
    hold data of the projects since they also hold others. `unopened`: a message goes whose files are not known
    (it was never read to the end).
    """

    target: str
    projects: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    partial: tuple[Partial, ...] = ()
    words: Words = NOBODY
    hashes: frozenset[str] = frozenset()
    manifests: frozenset[str] = frozenset()
    cached: frozenset[str] = frozenset()
    pages: tuple[tuple[str, int], ...] = ()
    stays: tuple[str, ...] = ()
    unopened: bool = False


def make_plan(database: sqlite3.Connection, private: sqlite3.Connection, wanted: str) -> Plan:
    """What goes when `wanted` is erased. Nothing when it was erased before.

    Raises NotFound when no message or project fits, or several projects do.
    """
    if database.execute("SELECT 1 FROM message WHERE message = ?", (wanted,)).fetchone():
        target, whole = wanted, {wanted}
        projects = [row["project"] for row in database.execute("SELECT project FROM project WHERE message = ? ORDER BY project", (wanted,))]
        concerned = {wanted}
    else:
        try:
            found = looking.find_project(database, wanted)
        except NotFound:
            if database.execute("SELECT 1 FROM erasure WHERE target = ?", (wanted,)).fetchone():
                return Plan(target=wanted)
            raise
        target, whole = found.project, set()
        projects = [row.project for row in looking.versions(database, found)]
        concerned = {row["message"] for project in projects for row in database.execute(_MESSAGES, {"project": project})}
    words = _words(database, private, projects)
    if not whole:
        whole = {message for message in concerned if not _holds_others(database, message, projects, words)}
    partial = tuple(_partial(database, message, projects, words) for message in sorted(concerned - whole))
    return _counted(database, target, projects, whole, partial, words)


_MESSAGES = "SELECT message FROM project WHERE project = :project UNION SELECT message FROM part WHERE project = :project"


def _words(database: sqlite3.Connection, private: sqlite3.Connection, projects: list[str]) -> Words:
    values: list[tuple[str, str, str]] = []
    names: list[str] = []
    for project in projects:
        for table in ("field", "choice", "correction"):
            values += map(tuple, database.execute(f"SELECT form, field, value FROM {table} WHERE project = ?", (project,)))  # noqa: S608
        for column in ("value", "raw"):
            values += map(tuple, private.execute(f"SELECT form, field, {column} FROM field WHERE project = ?", (project,)))  # noqa: S608
        for row in database.execute("SELECT form, field, hash FROM correction WHERE project = ? AND hash IS NOT NULL", (project,)):
            full = private.execute("SELECT value FROM corrected WHERE hash = ?", (row["hash"],)).fetchone()
            values += [(row["form"], row["field"], full["value"])] if full else []
        names += [row["project_name"] for row in database.execute("SELECT project_name FROM project WHERE project = ?", (project,))]
    return make_words((value for value in values if "*" not in value[2]), names)


def _holds_others(database: sqlite3.Connection, message: str, projects: list[str], words: Words) -> bool:
    """Whether the message holds a project that stays: one that was read, or one that its 汇总表 lists."""
    found = database.execute("SELECT project FROM project WHERE message = :m UNION SELECT project FROM part WHERE message = :m", {"m": message})
    if {row["project"] for row in found} - {*projects, None}:
        return True
    listed = database.execute(
        "SELECT value FROM field WHERE message = ? AND form = 'summary' AND field = 'project_name' AND \"row\" > 0", (message,)
    )
    return any(not words.names_project(row["value"]) for row in listed)


def _partial(database: sqlite3.Connection, message: str, projects: list[str], words: Words) -> Partial:
    holds: dict[str, set[bool]] = {}
    listing: set[str] = set()
    forms: set[FormKey] = set()
    for row in database.execute("SELECT * FROM part WHERE message = ?", (message,)):
        own = row["project"] in projects if row["project"] or row["form"] == "summary" else words.told_in(row["text"])
        holds.setdefault(row["file"], set()).add(own)
        if row["form"] == "summary":
            listing.add(row["file"])
        if own:
            forms.add((row["file"], row["form"], row["source"], row["first_page"]))
    paths = [row["path"] for row in database.execute("SELECT path FROM file WHERE message = ? ORDER BY position", (message,))]
    own_files = {path for path in paths if _goes(path, paths, holds, words)}
    return Partial(message, frozenset(place for place, path in enumerate(paths) if path in own_files), frozenset(forms), frozenset(listing))


def _goes(path: str, paths: list[str], holds: dict[str, set[bool]], words: Words) -> bool:
    """Whether a file holds nothing but the projects: it alone, or all that is in it; one of which nothing was read goes with its folder,
    or where its name names the person."""
    if path in holds:
        return holds[path] == {True}
    inside = [other for other in paths if other.startswith(f"{path}/")]
    if inside:
        return all(_goes(other, paths, holds, words) for other in inside)
    folder = path.rpartition("/")[0]
    beside = [holds[other] for other in paths if folder and other.startswith(f"{folder}/") and other in holds]
    return words.told_in(path) or (bool(beside) and all(held == {True} for held in beside))


def _counted(
    database: sqlite3.Connection, target: str, projects: list[str], whole: set[str], partial: tuple[Partial, ...], words: Words
) -> Plan:
    """The plan with every hash that is concerned."""
    hashes: set[str] = set()
    manifests: set[str] = set()
    unopened = False
    for message in whole:
        own = database.execute("SELECT sha256, source_kind, erased FROM message WHERE message = ?", (message,)).fetchone()
        files = {row["sha256"] for row in database.execute("SELECT sha256 FROM file WHERE message = ?", (message,))}
        hashes |= files | {own["sha256"]}
        manifests |= {own["sha256"]} if own["source_kind"] == "delivery" else set()
        unopened |= not files and not own["erased"]
    cached = set(hashes)
    pages: list[tuple[str, int]] = []
    stays: list[str] = []
    for part in partial:
        rows = database.execute("SELECT position, path, sha256 FROM file WHERE message = ? ORDER BY position", (part.message,)).fetchall()
        own = [row["path"] for row in rows if row["position"] in part.files]
        stays += [row["name"] for row in database.execute("SELECT name FROM message WHERE message = ?", (part.message,))]
        cached |= {row["sha256"] for row in rows}
        for row in rows:
            taken = [form for form in part.forms if form[0] == row["path"]]
            if row["path"] in own:
                hashes.add(row["sha256"])
            elif taken or row["path"] in part.listing or any(path.startswith(f"{row['path']}/") for path in own):
                stays.append(row["path"])
                pages += _pages(database, part.message, row["path"], row["sha256"], taken)
    nothing = {""}
    return Plan(
        target,
        tuple(projects),
        tuple(sorted(whole)),
        partial,
        words,
        frozenset(hashes - nothing),
        frozenset(manifests),
        frozenset(cached - nothing),
        tuple(pages),
        tuple(stays),
        unopened,
    )


def _pages(database: sqlite3.Connection, message: str, path: str, sha256: str, taken: list[FormKey]) -> Iterator[tuple[str, int]]:
    for row in database.execute("SELECT * FROM part WHERE message = ? AND file = ? AND first_page IS NOT NULL", (message, path)):
        if (row["file"], row["form"], row["source"], row["first_page"]) in taken:
            yield from ((sha256, page) for page in range(row["first_page"], (row["last_page"] or row["first_page"]) + 1))
