"""What settling need not do again: from what the rows of a unit's messages were made, what the rules see of them, and what they found there.

Rows stand as long as what was read, the corrections, and the program that put them together are the same; so does what the rules see.
What was found holds as long as the rows stand, the rules look at the same things, and the neighbours in the register are the same; words and
severities are put to it anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import TypeAdapter

from checks.excerpt import Excerpt
from checks.finding import Finding
from checks.judge import Breach
from checks.register import Register
from store import caches, flatten, hands, jobs, looking, relations, standing
from store.connection import snapshot, transaction
from store.masking import Mask
from store.rows import Job


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the rows of a unit's `messages` (or of one message of no unit) are to be made from; `stand`: they are made from it already."""

    messages: tuple[str, ...]
    digest: str
    stand: bool


@dataclass(frozen=True, slots=True)
class Excerpts:
    """What the rules see of a unit's messages, and the sensitive values (`known`) that their texts may quote."""

    submissions: tuple[Excerpt, ...]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Breaches:
    """What the rules found in a unit's messages, and the sensitive values (`known`) that their texts may quote.

    `looks` is what each rule that judged looked at in the campaign, `facts` what that was then (`checks.looks`).
    """

    found: tuple[Breach, ...]
    known: frozenset[str]
    looks: dict[str, tuple[str, ...]]
    facts: dict[str, str]


_EXCERPTS: TypeAdapter[Excerpts] = TypeAdapter(Excerpts)
_BREACHES: TypeAdapter[Breaches] = TypeAdapter(Breaches)
Kept = TypeVar("Kept")
Table = Literal["breaches", "excerpts"]
_SETTLED = "SELECT settled FROM message WHERE message = ?"
_CORRECTED = """
    SELECT project, form, field, value, hash FROM correction
    WHERE project IN (SELECT project FROM project WHERE message = ?) ORDER BY project, form, field"""


@dataclass(frozen=True, slots=True)
class Settled:
    """The memory over both databases; `turn` is the store's lock."""

    intake: sqlite3.Connection
    private: sqlite3.Connection
    turn: threading.RLock
    mask: Mask

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self.turn, snapshot(self.intake):
            yield self.intake

    def inputs(self, unit: str | None, message: str, made_by: str) -> Inputs:
        """What the rows of the unit (of `message` alone where `unit` is None) are to be made from, `made_by` this program and campaign."""
        with self._reading() as database:
            read = {key: caches.reading_digest(self.private, key) for key in looking.messages_of(database, unit, message)}
            messages = tuple(key for key in read if read[key])  # one that could not be read has no rows
            digest = hashlib.sha256(made_by.encode())
            for key in messages:
                corrected = [tuple(row) for row in database.execute(_CORRECTED, (key,))]
                digest.update(repr((key, read[key], corrected, hands.assigned(database, [key]))).encode())
            made_from = digest.hexdigest()
            stand = all(database.execute(_SETTLED, (key,)).fetchone()["settled"] == made_from for key in messages)
        return Inputs(messages, made_from, bool(messages) and stand)

    def register(self, messages: Sequence[str]) -> Register:
        """What the saved projects that these messages brought have in common with others."""
        with self._reading() as database:
            return relations.kinship(database, messages)

    def breaches(self, messages: Sequence[str], made_from: str) -> Breaches | None:
        """What the rules found in these messages when it was kept as `made_from` the same; None when it was not."""
        return self._kept("breaches", messages, made_from, _BREACHES)

    def keep_breaches(self, messages: Sequence[str], made_from: str, breaches: Breaches) -> None:
        """Keeps what the rules found, for the next time that nothing but words has changed."""
        self._keep("breaches", messages, made_from, _BREACHES.dump_json(breaches))

    def excerpts(self, inputs: Inputs) -> Excerpts | None:
        """What the rules see of these messages when it was kept as made from the same; None when it was not."""
        return self._kept("excerpts", inputs.messages, inputs.digest, _EXCERPTS)

    def keep_excerpts(self, inputs: Inputs, excerpts: Excerpts) -> None:
        """Keeps what the rules see, for the next time that something else changes that they look at."""
        self._keep("excerpts", inputs.messages, inputs.digest, _EXCERPTS.dump_json(excerpts, exclude_defaults=True))

    def _kept(self, table: Table, messages: Sequence[str], made_from: str, adapter: TypeAdapter[Kept]) -> Kept | None:
        with self.turn, snapshot(self.private):
            row = self.private.execute(f"SELECT made_from, body FROM {table} WHERE message = ?", (messages[0],)).fetchone()  # noqa: S608
        return adapter.validate_json(zlib.decompress(row["body"])) if row and row["made_from"] == made_from else None

    def _keep(self, table: Table, messages: Sequence[str], made_from: str, body: bytes) -> None:
        row = (messages[0], made_from, zlib.compress(body, 1))
        with self.turn, transaction(self.private):
            self.private.execute(f"INSERT OR REPLACE INTO {table} VALUES (?,?,?)", row)  # noqa: S608

    def save_findings(self, job: Job | None, messages: Sequence[str], findings: Sequence[Finding], known: frozenset[str]) -> None:
        """The findings of these messages are exactly `findings`; what stays the same is not written. Ends the job.

        Nothing is saved when the job's lease was lost.
        """
        mask = Mask(self.mask.sensitive, self.mask.key, known)
        with self.turn, transaction(self.intake) as database:
            if job is not None and not jobs.held(database, job):
                return
            wanted = {row[:_KEY]: row for row in (flatten.finding_row(finding, mask) for finding in findings)}
            for message in messages:
                own = {key: row for key, row in wanted.items() if key[0] == message}
                _replace(database, message, own)
            if job is not None:
                jobs.end(database, job, "done")


_KEY = 5
_COLUMNS = "message, project, rule, form, field, severity, text, file, page"


def _replace(database: sqlite3.Connection, message: str, wanted: dict[flatten.Row, flatten.Row]) -> None:
    stored = {tuple(row)[:_KEY]: tuple(row) for row in database.execute(f"SELECT {_COLUMNS} FROM finding WHERE message = ?", (message,))}  # noqa: S608
    if stored == wanted:
        return
    changed = [key for key, row in stored.items() if wanted.get(key) != row]
    database.executemany("DELETE FROM finding WHERE message = ? AND project = ? AND rule = ? AND form = ? AND field = ?", changed)
    rows = [row for key, row in wanted.items() if stored.get(key) != row]
    database.executemany(f"INSERT INTO finding ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", rows)  # noqa: S608
    standing.restate(database, [message])
