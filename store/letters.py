"""A clerk's own wording of the letters, and when they were sent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields, replace
from datetime import date

from store import looking
from store.decisions import Act, note
from store.masking import Mask
from store.rows import FindingRow, MessageRow, ProjectRow


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


@dataclass(frozen=True, slots=True)
class Addressee:
    """A unit that may have something to correct or to answer, or a `silent` one of the roster; `kept` is a clerk's wording of its letter."""

    unit: str
    silent: bool
    kept: LetterRow | None


@dataclass(frozen=True, slots=True)
class Papers:
    """What the letter to one unit is made from: its messages, its current projects, and all findings of these messages."""

    messages: tuple[MessageRow, ...]
    projects: tuple[ProjectRow, ...]
    findings: tuple[FindingRow, ...]


_CONCERNED = """
    SELECT unit FROM project WHERE superseded_by IS NULL AND unit IS NOT NULL AND status != 'complete' AND decision IS NOT 'passed'
    UNION SELECT unit FROM finding JOIN message USING (message)
        WHERE project_ref IS NULL AND severity != 'advice' AND unit IS NOT NULL
    ORDER BY unit"""


def addressees(database: sqlite3.Connection, page: int, size: int, *, silent: bool) -> tuple[tuple[Addressee, ...], int]:
    """A page (from 1) of the units that a letter may go to, the `silent` ones last, if at all; and how many there are in all."""
    units = [(row["unit"], False) for row in database.execute(_CONCERNED)]
    units += [(unit, True) for unit in looking.silent_units(database) if silent]
    window = units[size * (page - 1) : size * page]
    return tuple(Addressee(unit, quiet, row(database, unit)) for unit, quiet in window), len(units)


def papers(database: sqlite3.Connection, unit: str) -> Papers:
    """What is known of one unit; empty where nothing came from it."""
    return Papers(
        looking.rows(database, MessageRow, "unit = ?", unit),
        looking.rows(database, ProjectRow, "unit = ? AND superseded_by IS NULL", unit),
        looking.rows(database, FindingRow, "message IN (SELECT message FROM message WHERE unit = ?)", unit),
    )


_NAMES = ", ".join(field.name for field in fields(LetterRow))


def row(database: sqlite3.Connection, unit: str) -> LetterRow | None:
    """The letter that a clerk reworded or sent to the unit."""
    found = database.execute(f"SELECT {_NAMES} FROM letter WHERE unit = ?", (unit,)).fetchone()  # noqa: S608
    return LetterRow(*found) if found else None


def keep(database: sqlite3.Connection, letter: LetterRow, mask: Mask) -> None:
    """Keeps it in the place of the one before."""
    shown = replace(letter, body=mask.running(letter.body), subject=mask.running(letter.subject))
    values = [getattr(shown, field.name) for field in fields(shown)]
    database.execute(f"INSERT OR REPLACE INTO letter ({_NAMES}) VALUES ({','.join('?' * len(values))})", values)  # noqa: S608


def answer_by(database: sqlite3.Connection, today: date) -> date | None:
    """The last day to answer that a clerk set for all letters, None where none is set or it is past."""
    told = _answer_by(database)
    day = date.fromisoformat(told) if told else None
    return day if day and day >= today else None


def set_answer_by(database: sqlite3.Connection, day: date | None, act: Act, mask: Mask) -> None:
    """Sets it; None takes it back. A line of the history says so."""
    before, after = _answer_by(database), day.isoformat() if day else ""
    database.execute("INSERT INTO answer_by (day, at, actor) VALUES (?,?,?)", (after, act.at.isoformat(), mask.exact(act.actor)))
    note(database, act, "answer-by", mask, project=None, message=None, change=(before or None, after or None))


def _answer_by(database: sqlite3.Connection) -> str:
    found = database.execute("SELECT day FROM answer_by ORDER BY id DESC LIMIT 1").fetchone()
    return str(found["day"]) if found else ""


def note_done(database: sqlite3.Connection, unit: str, action: str, act: Act, mask: Mask) -> None:
    """A line in the history of every current project of the unit that the letter is about."""
    found = database.execute("SELECT project, message FROM project WHERE unit = ? AND superseded_by IS NULL", (unit,)).fetchall()
    for row in found:
        note(database, act, action, mask, project=row["project"], message=row["message"], change=(None, None))
