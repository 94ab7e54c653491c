"""A clerk's own wording of the letters, and when they were sent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields, replace

from store.decisions import Act, note
from store.masking import Mask


@dataclass(frozen=True, slots=True)
class LetterRow:
    """The letter to `unit` as a clerk left it. `base` is a hash of the draft it was made from; `sent_at` None while it was not sent."""

    unit: str
    address: str
    subject: str
    body: str
    base: str
    at: str
    actor: str
    sent_at: str | None = None
    sent_by: str | None = None


_NAMES = ", ".join(field.name for field in fields(LetterRow))


def rows(database: sqlite3.Connection) -> dict[str, LetterRow]:
    """All of them by unit."""
    return {row["unit"]: LetterRow(*row) for row in database.execute(f"SELECT {_NAMES} FROM letter ORDER BY unit")}  # noqa: S608


def keep(database: sqlite3.Connection, letter: LetterRow, mask: Mask) -> None:
    """Keeps it in the place of the one before."""
    shown = replace(letter, body=mask.running(letter.body), subject=mask.running(letter.subject))
    values = [getattr(shown, field.name) for field in fields(shown)]
    database.execute(f"INSERT OR REPLACE INTO letter ({_NAMES}) VALUES ({','.join('?' * len(values))})", values)  # noqa: S608


def note_sent(database: sqlite3.Connection, unit: str, act: Act, mask: Mask) -> None:
    """A line in the history of every project of the unit that was told."""
    found = database.execute("SELECT project, message FROM project WHERE unit = ? AND superseded_by IS NULL", (unit,)).fetchall()
    for row in found:
        note(database, act, "send", mask, project=row["project"], message=row["message"], change=(None, None))
