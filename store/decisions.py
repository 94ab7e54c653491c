"""What people decide: kept apart from what the rules say, so that a recheck leaves it alone; each act leaves a line in the history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from errors import NotFound
from store import jobs, standing
from store.connection import transaction
from store.masking import Mask
from store.rows import Correction
from texts import say

FindingKey = tuple[str, str | None, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when (aware), and why (Chinese, as the person wrote it)."""

    actor: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history: who did what when; `undoable` while nothing later touched the same thing."""

    id: int
    at: str
    actor: str
    action: str
    before: str | None
    after: str | None
    reason: str | None
    undoable: bool


def event_of(row: sqlite3.Row) -> Event:
    """A line of the history as it was looked up."""
    said = {name: row[name] for name in ("id", "at", "actor", "action", "before", "after", "reason")}
    return Event(**said, undoable=bool(row["undoable"]))


def note(
    database: sqlite3.Connection,
    act: Act,
    action: str,
    mask: Mask,
    *,
    project: str | None,
    message: str | None,
    change: tuple[str | None, str | None],
    subject: Sequence[str] = (),
    prior: Sequence[str | None] | None = None,
) -> None:
    """Adds a line to the history; `change` is (before, after).

    `subject` names what was changed, `prior` is what stood there (as `store.undo` puts it back), masked already.
    """
    before, after = (None if text is None else mask.running(text) for text in change)
    database.execute(
        "INSERT INTO history (at, actor, action, project, message, before, after, reason, subject, prior) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            act.at.isoformat(),
            mask.exact(act.actor),
            action,
            project,
            message,
            before,
            after,
            mask.running(act.reason) or None,
            json.dumps(subject, ensure_ascii=False) if subject else None,
            json.dumps(prior, ensure_ascii=False) if subject else None,
        ),
    )


def _message_of(database: sqlite3.Connection, project: str) -> str:
    row = database.execute("SELECT message FROM project WHERE project = ?", (project,)).fetchone()
    if row is None:
        raise NotFound(what=say("store.project"), key=project)
    return str(row["message"])


def decide(database: sqlite3.Connection, project: str, decision: str | None, act: Act, mask: Mask) -> None:
    """Sets or takes back the decision on a project."""
    message = _message_of(database, project)
    row = database.execute("SELECT decision, reason FROM decision WHERE project = ?", (project,)).fetchone()
    if decision is None:
        database.execute("DELETE FROM decision WHERE project = ?", (project,))
    else:
        database.execute(
            "INSERT OR REPLACE INTO decision VALUES (?,?,?,?,?)",
            (project, decision, act.at.isoformat(), mask.exact(act.actor), mask.running(act.reason)),
        )
    note(
        database,
        act,
        "decide",
        mask,
        project=project,
        message=message,
        change=(row["decision"] if row else None, decision),
        subject=(DECISION,),
        prior=tuple(row) if row else None,
    )
    standing.restate(database, [message])


def _stored(key: FindingKey) -> tuple[str, ...]:
    return tuple(part or "" for part in key)


DECISION, FINDING, CORRECTION = "decision", "finding", "correction"
"""What an act may concern: the first word of a history line's `subject`."""
_TABLES = {"dismissed": "dismissal", "accepted": "acceptance"}
_KEY = "message = ? AND project = ? AND rule = ? AND form = ? AND field = ?"


def dismiss(database: sqlite3.Connection, key: FindingKey, act: Act, mask: Mask) -> None:
    """A finding no longer counts."""
    judge(database, key, "dismissed", act, mask)


def reopen(database: sqlite3.Connection, key: FindingKey, act: Act, mask: Mask) -> None:
    """Takes a dismissal back. Raises NotFound when the finding was not dismissed."""
    if verdict(database, key)[0] != "dismissed":
        raise NotFound(what=say("store.finding"), key=key[2])
    judge(database, key, "open", act, mask)


def verdict(database: sqlite3.Connection, key: FindingKey) -> tuple[str, str | None]:
    """What people said of a finding: `open`, `accepted` or `dismissed`, and why."""
    for state, table in _TABLES.items():
        row = database.execute(f"SELECT reason FROM {table} WHERE {_KEY}", _stored(key)).fetchone()  # noqa: S608
        if row is not None:
            return state, row["reason"]
    return "open", None


def judge(database: sqlite3.Connection, key: FindingKey, state: str, act: Act, mask: Mask) -> None:
    """Sets what a person says of a finding (`open`: nothing), and counts anew. Raises NotFound when there is no such finding to be judged."""
    stored = _stored(key)
    if state != "open" and database.execute(f"SELECT 1 FROM finding WHERE {_KEY}", stored).fetchone() is None:  # noqa: S608
        raise NotFound(what=say("store.finding"), key=key[2])
    prior = verdict(database, key)
    for table in _TABLES.values():
        database.execute(f"DELETE FROM {table} WHERE {_KEY}", stored)  # noqa: S608
    if state != "open":
        row = (*stored, act.at.isoformat(), mask.exact(act.actor), mask.running(act.reason))
        database.execute(f"INSERT INTO {_TABLES[state]} VALUES (?,?,?,?,?,?,?,?)", row)  # noqa: S608
    message, project, *named = key
    label = " ".join(part for part in named if part)
    change = f"{label} {prior[0]}", f"{label} {state}"
    action = {"dismissed": "dismiss", "accepted": "accept"}.get(state, "reopen")
    note(database, act, action, mask, project=project, message=message, change=change, subject=(FINDING, *stored), prior=prior)
    standing.restate(database, [message])


def correct(
    database: sqlite3.Connection, private: sqlite3.Connection, place: tuple[str, str, str], value: str | None, act: Act, mask: Mask
) -> None:
    """Sets or takes back the value of a field."""
    shown = hidden(private, place, value, mask)
    with transaction(database):
        correct_in(database, place, shown, act, mask)


Shown = tuple[str, str | None]


def hidden(private: sqlite3.Connection, place: tuple[str, str, str], value: str | None, mask: Mask) -> Shown | None:
    """(the value as intake.db may hold it, its keyed hash); a sensitive one goes to private.db under that hash, idempotently."""
    _, form, field = place
    if value is None:
        return None
    digest = mask.hash(form, field, value)
    if digest is not None:
        with transaction(private):
            private.execute("INSERT OR REPLACE INTO corrected VALUES (?,?)", (digest, value))
    return mask.value(form, field, value), digest


def correct_in(database: sqlite3.Connection, place: tuple[str, str, str], shown: Shown | None, act: Act, mask: Mask) -> None:
    """Sets or takes back the value of a field (as `hidden` made it), and queues settling."""
    project, form, field = place
    message = _message_of(database, project)
    fits = "project = ? AND form = ? AND field = ?"
    row = database.execute(f"SELECT value FROM choice WHERE {fits}", place).fetchone()  # noqa: S608
    prior = database.execute(f"SELECT value, hash, reason FROM correction WHERE {fits}", place).fetchone()  # noqa: S608
    if shown is None:
        database.execute(f"DELETE FROM correction WHERE {fits}", place)  # noqa: S608
    else:
        database.execute(
            "INSERT OR REPLACE INTO correction VALUES (?,?,?,?,?,?,?,?)",
            (*place, *shown, act.at.isoformat(), mask.exact(act.actor), mask.running(act.reason)),
        )
    change = (f"{form}.{field} {row['value']}" if row else None, None if shown is None else f"{form}.{field} {shown[0]}")
    subject = (CORRECTION, form, field)
    note(
        database,
        act,
        "correct",
        mask,
        project=project,
        message=message,
        change=change,
        subject=subject,
        prior=tuple(prior) if prior else None,
    )
    jobs.queue(database, "settle", message)


def corrections(database: sqlite3.Connection, private: sqlite3.Connection, projects: Iterable[str]) -> tuple[Correction, ...]:
    """The corrections of these projects in full."""
    found = []
    for project in projects:
        for row in database.execute("SELECT * FROM correction WHERE project = ? ORDER BY form, field", (project,)):
            full = private.execute("SELECT value FROM corrected WHERE hash = ?", (row["hash"],)).fetchone() if row["hash"] else None
            value = full["value"] if full else row["value"]
            found.append(Correction(row["project"], row["form"], row["field"], value, row["actor"], row["at"]))
    return tuple(found)
