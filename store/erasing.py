"""A person's data removed: the one exception to "nothing is lost" (contract, "Erasing").

What is asked for is a message, or a project with all its versions. A message all of whose projects go is taken whole, bytes included. A
message that stays for its other projects keeps its bytes, and the files in it that hold another project; whatever else was made of the
person's files goes. Every step can be done again, so that a kill at any point is mended by running again:

1. `begin` notes the request and leaves the line in the history;
2. `erase` takes the rows out of private.db, then, in one transaction, out of intake.db, notes the hashes of all bytes that must go, and queues
   settling for whoever had something in common with the projects;
3. `dropping` hands out those hashes, as far as no other message needs the same bytes: whoever owns the bytes takes them away;
4. `finish` writes both databases and the search index anew, empties the write-ahead logs, and notes that nothing is left.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from errors import StoreBusy
from store import caches, jobs, relations, saving
from store.connection import reported, transaction
from store.decisions import Act, note
from store.erasure import Plan, make_plan
from store.forgetting import Words, prune
from store.masking import Mask
from store.seen import forget as forget_seen
from texts import say

KEPT_IN_HISTORY = frozenset({"id", "at", "actor", "action", "project", "message"})
ERASED = "erase"
"""The `action` of the line that stays in the history."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erasing over both databases; `turn` is the store's lock."""

    intake: sqlite3.Connection
    private: sqlite3.Connection
    turn: threading.RLock
    mask: Mask

    def plan(self, wanted: str) -> Plan:
        """What goes when `wanted` is erased: a message by its key, or a project by key, beginning of a key, or part of its name.

        Raises NotFound when nothing fits, or several projects do.
        """
        with self.turn, reported():
            return make_plan(self.intake, self.private, wanted)

    def begin(self, plan: Plan, act: Act) -> None:
        """Notes that it was asked for, by whom, and why, without a word of the person's."""
        message = plan.target in plan.whole
        quiet = Act(act.actor, act.at, plan.words.scrubbed(act.reason))
        with self.turn, transaction(self.intake) as database:
            sql = "INSERT OR IGNORE INTO erasure (target, at, actor) VALUES (?,?,?)"
            if database.execute(sql, (plan.target, act.at.isoformat(), self.mask.exact(act.actor))).rowcount:
                project, of_message = (None, plan.target) if message else (plan.target, None)
                note(database, quiet, ERASED, self.mask, project=project, message=of_message, change=(None, None))

    def erase(self, plan: Plan, also: Iterable[str] = ()) -> None:
        """Takes the rows out of both databases; `also` are hashes of more bytes that must go (the files of a hand-delivered folder).

        Raises StoreBusy while a message concerned is being read.
        """
        more = frozenset(also)
        with self.turn:
            _let_readers_finish(self.intake, plan)
            _forget_private(self.private, self.intake, plan, more, self.mask)
            with transaction(self.intake) as database:
                _let_readers_finish(database, plan)
                _forget(database, self.private, plan, more, self.mask)

    @contextmanager
    def dropping(self, before: datetime, also_live: Iterable[str] = ()) -> Iterator[frozenset[str]]:
        """The hashes of all bytes that must go, while nothing can be taken in: what was erased, and unrelated mail seen before `before`.

        `also_live` are hashes that must stay. What was made of the bytes goes from private.db when the caller has done its part.
        """
        with self.turn, transaction(self.intake) as database:
            old = [row["message"] for row in database.execute(_OVERDUE, (before.timestamp(),))]
            hashes = _unwanted(database, old) - frozenset(also_live)
            yield hashes
            with transaction(self.private):
                gone = [*old, *(row["message"] for row in database.execute("SELECT message FROM message WHERE erased"))]
                self.private.executemany("DELETE FROM document WHERE sha256 = ?", [(sha256,) for sha256 in hashes])
                forget_seen(self.private, hashes)
                self.private.executemany("DELETE FROM reading WHERE message = ?", [(message,) for message in gone])

    def unopened_deliveries(self) -> tuple[str, ...]:
        """Hashes of the file lists of hand-delivered submissions whose files the store does not know (yet)."""
        with self.turn, reported():
            return tuple(row["sha256"] for row in self.intake.execute(_UNOPENED))

    def known(self) -> frozenset[str]:
        """Every hash that some row names."""
        with self.turn, reported():
            found = self.intake.execute(
                """SELECT sha256 FROM message UNION SELECT sha256 FROM file UNION SELECT sha256 FROM gone
                   UNION SELECT given FROM hand UNION SELECT bytes FROM hand"""
            )
            return frozenset(row["sha256"] for row in found)

    def unfinished(self) -> tuple[str, ...]:
        """The targets of erasures that a kill cut short."""
        with self.turn, reported():
            return tuple(row["target"] for row in self.intake.execute("SELECT target FROM erasure WHERE NOT finished ORDER BY at"))

    def finish(self, targets: Iterable[str]) -> None:
        """Nothing of what was deleted is left in the files of the databases; the erasures of `targets` are done.

        Raises StoreBusy when another program reads all the while.
        """
        with self.turn:
            with transaction(self.intake) as database:
                database.execute("INSERT INTO project_search (project_search) VALUES ('rebuild')")
            for database in (self.private, self.intake):
                _compact(database)
            with transaction(self.intake) as database:
                database.executemany("UPDATE erasure SET finished = 1 WHERE target = ?", [(target,) for target in targets])
            _compact(self.intake, vacuum=False)


_OVERDUE = """
    SELECT message FROM message WHERE status = 'unrelated' AND NOT erased
        AND (SELECT min(unixepoch(seen_at)) FROM sighting WHERE sighting.message = message.message) < ? ORDER BY message"""
_UNOPENED = """
    SELECT sha256 FROM message WHERE source_kind = 'delivery' AND NOT erased
        AND NOT EXISTS (SELECT 1 FROM file WHERE file.message = message.message)"""


def _let_readers_finish(database: sqlite3.Connection, plan: Plan) -> None:
    """Raises StoreBusy while a message concerned is being read; while any is, where it is not known which bytes belong to one that goes."""
    concerned = {*plan.whole, *(part.message for part in plan.partial)}
    with reported():
        running = {row["message"] for row in database.execute("SELECT message FROM job WHERE kind = 'read' AND state = 'running'")}
    if running & concerned or (plan.unopened and running):
        raise StoreBusy("store.erase_working")


def _forget_private(private: sqlite3.Connection, intake: sqlite3.Connection, plan: Plan, also: frozenset[str], mask: Mask) -> None:
    pruned = [
        (part.message, prune(reading, part.files, part.forms, plan.words, mask))
        for part in plan.partial
        for reading in caches.readings(private, [part.message])
    ]
    with reported():
        mine = "SELECT hash FROM correction WHERE hash IS NOT NULL AND project"
        going = {row["hash"] for project in plan.projects for row in intake.execute(f"{mine} = ?", (project,))}
        staying = {row["hash"] for row in intake.execute(f"{mine} NOT IN ({','.join('?' * len(plan.projects))})", plan.projects)}
    with transaction(private):
        private.execute("DELETE FROM breaches")  # they quote people; whatever is still true is made again
        private.execute("DELETE FROM excerpts")
        for message in plan.whole:
            private.execute("DELETE FROM reading WHERE message = ?", (message,))
            private.execute("DELETE FROM field WHERE owner = ? OR message = ?", (message, message))
        private.executemany("DELETE FROM field WHERE project = ?", [(project,) for project in plan.projects])
        private.executemany("DELETE FROM document WHERE sha256 = ?", [(sha256,) for sha256 in plan.cached])
        forget_seen(private, plan.hashes | also)
        private.executemany("DELETE FROM corrected WHERE hash = ?", [(digest,) for digest in going - staying])
    for message, reading in pruned:
        caches.keep_reading(private, message, reading)


def _forget(database: sqlite3.Connection, private: sqlite3.Connection, plan: Plan, also: frozenset[str], mask: Mask) -> None:
    messages = [*plan.whole, *(part.message for part in plan.partial)]
    entries = relations.entries(database, messages)
    concerned = set(relations.concerned(database, entries, frozenset(messages)))
    concerned |= {(row["told_unit"], row["message"]) for message in messages for row in database.execute(_UNIT, (message,))}
    database.executemany("INSERT OR IGNORE INTO gone VALUES (?)", [(sha256,) for sha256 in plan.hashes | also])
    for kind in ("given", "bytes"):
        gone = f"SELECT {kind} FROM hand WHERE message IN ({','.join('?' * len(plan.whole))}) OR bytes IN (SELECT sha256 FROM gone)"  # noqa: S608
        database.execute(f"INSERT OR IGNORE INTO gone {gone}", plan.whole)
    database.execute("DELETE FROM hand WHERE bytes IN (SELECT sha256 FROM gone)")
    senders = _senders(database, messages)
    for project in plan.projects:
        _forget_project(database, project)
    for message in plan.whole:
        _blank_message(database, message)
    for part in plan.partial:
        for reading in caches.readings(private, [part.message]):
            saving.save_message(database, part.message, reading, mask)
            saving.save_files(database, part.message, reading.files, mask)
        _scrub_message(database, part.message, plan.words)
        database.execute("UPDATE message SET settled = NULL WHERE message = ?", (part.message,))
    for address in sorted(senders | _senders(database, messages)):
        saving.remember(database, address)
    _queue(database, concerned, frozenset(plan.whole))


def _senders(database: sqlite3.Connection, messages: Iterable[str]) -> set[str]:
    query = "SELECT sender_address FROM message WHERE message = ? AND sender_address != ''"
    return {row["sender_address"] for message in messages for row in database.execute(query, (message,))}


_UNIT = "SELECT told_unit, message FROM message WHERE message = ?"
_BY_PROJECT = """
    SELECT m.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND c.name = 'project' AND m.name NOT IN ('history', 'project')"""


def _forget_project(database: sqlite3.Connection, project: str) -> None:
    """Every row of a project, in whatever table; what people wrote about it too. Of the history the lines stay, without their words."""
    for row in database.execute(_BY_PROJECT).fetchall():
        database.execute(f"DELETE FROM {row['name']} WHERE project = ?", (project,))  # noqa: S608 - names of the schema
    # A clerk's wording of the unit's letter may name the person; the draft is made anew without it.
    database.execute("DELETE FROM letter WHERE unit = (SELECT unit FROM project WHERE project = ?)", (project,))
    database.execute("UPDATE project SET superseded_by = NULL WHERE superseded_by = ?", (project,))
    database.execute("DELETE FROM project WHERE project = ?", (project,))
    _silence(database, "project", project)


def _silence(database: sqlite3.Connection, column: str, key: str) -> None:
    names = [row["name"] for row in database.execute("SELECT name FROM pragma_table_info('history')") if row["name"] not in KEPT_IN_HISTORY]
    blank = ", ".join(f"{name} = NULL" for name in names)
    database.execute(f"UPDATE history SET {blank} WHERE {column} = ? AND action != ?", (key, ERASED))  # noqa: S608 - names of the schema


def _blank_message(database: sqlite3.Connection, message: str) -> None:
    """Of a message the key, the hash, when it came and that it was erased stay."""
    saving.forget(database, message)
    for table in ("file", "job", "dismissal", "acceptance", "hand"):
        database.execute(f"DELETE FROM {table} WHERE message = ?", (message,))  # noqa: S608
    _silence(database, "message", message)
    seen = database.execute("DELETE FROM sighting WHERE message = ? RETURNING seen_at", (message,)).fetchall()
    if seen:
        database.execute("INSERT INTO sighting VALUES (?,?,?)", (message, say("store.erased"), min(row["seen_at"] for row in seen)))
    database.execute(
        """UPDATE message SET source = '', name = '', message_id = NULL, subject = '', sender = '', sender_address = '',
               forwarded_by = NULL, in_reply_to = NULL, told_unit = NULL, unit = NULL, unit_known = 0, message_errors = 0,
               status = 'unrelated', erased = 1, reason = ?
           WHERE message = ?""",
        (say("store.erased_reason"), message),
    )


def _scrub_message(database: sqlite3.Connection, message: str, words: Words) -> None:
    """A message that stays, and where it was seen, without the person's name in names of files and folders."""
    row = database.execute("SELECT source, name FROM message WHERE message = ?", (message,)).fetchone()
    shown = tuple(words.scrubbed(text) for text in row)
    database.execute("UPDATE message SET source = ?, name = ? WHERE message = ?", (*shown, message))
    for seen in database.execute("SELECT source FROM sighting WHERE message = ?", (message,)).fetchall():
        scrubbed = words.scrubbed(seen["source"])
        if scrubbed != seen["source"]:
            database.execute("UPDATE OR REPLACE sighting SET source = ? WHERE message = ? AND source = ?", (scrubbed, message, seen["source"]))


def _queue(database: sqlite3.Connection, concerned: set[tuple[str | None, str]], whole: frozenset[str]) -> None:
    """Settling for every unit concerned that has something left."""
    for unit, message in sorted(concerned, key=lambda pair: (pair[0] or "", pair[1])):
        if message not in whole or database.execute("SELECT 1 FROM message WHERE told_unit = ?", (unit,)).fetchone():
            jobs.queue_settling(database, unit, message)


def _unwanted(database: sqlite3.Connection, old: list[str]) -> frozenset[str]:
    """Hashes that must go: those noted as gone and those of the messages `old`, but for those that another message needs."""
    own = {row["sha256"] for message in old for row in database.execute(_HASHES + " AND message.message = ?", (message,))}
    aside = frozenset(old)
    live = {row["sha256"] for row in database.execute(_HASHES) if row["message"] not in aside}
    return frozenset({row["sha256"] for row in database.execute("SELECT sha256 FROM gone")} | own) - live - {""}


_HASHES = """
    SELECT hashes.sha256, message.message FROM message
    JOIN (SELECT message, sha256 FROM message UNION ALL SELECT message, sha256 FROM file UNION ALL SELECT message, given FROM hand
          UNION ALL SELECT message, bytes FROM hand) AS hashes USING (message) WHERE NOT message.erased"""


def _compact(database: sqlite3.Connection, *, vacuum: bool = True) -> None:
    """Writes the database anew (deleted content and free pages do not come along) and empties its write-ahead log."""
    with reported():
        if vacuum:
            database.execute("VACUUM")
        busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]  # it waits for `busy_timeout` itself
    if busy:
        raise StoreBusy
