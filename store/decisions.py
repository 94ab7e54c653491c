"""What people decide: kept apart from what the rules say, so that a recheck leaves it alone; each act leaves a line in the history."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from errors import NotFound
from store import jobs, saving
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


def note(
    database: sqlite3.Connection,
    act: Act,
    action: str,
    mask: Mask,
    *,
    project: str | None,
    message: str | None,
    change: tuple[str | None, str | None],
) -> None:
    """Adds a line to the history; `change` is (before, after)."""
    before, after = (None if text is None else mask.running(text) for text in change)
    database.execute(
        "INSERT INTO history (at, actor, action, project, message, before, after, reason) VALUES (?,?,?,?,?,?,?,?)",
        (act.at.isoformat(), mask.exact(act.actor), action, project, message, before, after, mask.running(act.reason) or None),
    )


def _message_of(database: sqlite3.Connection, project: str) -> str:
    row = database.execute("SELECT message FROM project WHERE project = ?", (project,)).fetchone()
    if row is None:
        raise NotFound(what=say("store.project"), key=project)
    return str(row["message"])


def decide(database: sqlite3.Connection, project: str, decision: str | None, act: Act, mask: Mask) -> None:
    """Sets or takes back the decision on a project."""
    message = _message_of(database, project)
    row = database.execute("SELECT decision FROM decision WHERE project = ?", (project,)).fetchone()
    if decision is None:
        database.execute("DELETE FROM decision WHERE project = ?", (project,))
    else:
        database.execute(
            "INSERT OR REPLACE INTO decision VALUES (?,?,?,?,?)",
            (project, decision, act.at.isoformat(), mask.exact(act.actor), mask.running(act.reason)),
        )
    note(database, act, "decide", mask, project=project, message=message, change=(row["decision"] if row else None, decision))


def _stored(key: FindingKey) -> tuple[str, ...]:
    return tuple(part or "" for part in key)


_KEY = "message = ? AND project = ? AND rule = ? AND form = ? AND field = ?"


def dismiss(database: sqlite3.Connection, key: FindingKey, act: Act, mask: Mask) -> None:
    """Dismisses a finding and counts anew."""
    stored = _stored(key)
    if database.execute(f"SELECT 1 FROM finding WHERE {_KEY}", stored).fetchone() is None:  # noqa: S608
        raise NotFound(what=say("store.finding"), key=key[2])
    database.execute(
        "INSERT OR REPLACE INTO dismissal VALUES (?,?,?,?,?,?,?,?)",
        (*stored, act.at.isoformat(), mask.exact(act.actor), mask.running(act.reason)),
    )
    _changed(database, key, act, "dismiss", mask, ("open", "dismissed"))


def reopen(database: sqlite3.Connection, key: FindingKey, act: Act, mask: Mask) -> None:
    """Takes a dismissal back and counts anew."""
    if database.execute(f"DELETE FROM dismissal WHERE {_KEY}", _stored(key)).rowcount == 0:  # noqa: S608
        raise NotFound(what=say("store.finding"), key=key[2])
    _changed(database, key, act, "reopen", mask, ("dismissed", "open"))


def _changed(database: sqlite3.Connection, key: FindingKey, act: Act, action: str, mask: Mask, change: tuple[str, str]) -> None:
    message, project, *named = key
    label = " ".join(part for part in named if part)
    before, after = (f"{label} {state}" for state in change)
    note(database, act, action, mask, project=project, message=message, change=(before, after))
    saving.count(database, [message])


def correct(
    database: sqlite3.Connection, private: sqlite3.Connection, place: tuple[str, str, str], value: str | None, act: Act, mask: Mask
) -> None:
    """Sets or takes back the value of a field. A sensitive one goes to private.db under its keyed hash, first and idempotently."""
    project, form, field = place
    digest = None if value is None else mask.hash(form, field, value)
    if digest is not None:
        with transaction(private):
            private.execute("INSERT OR REPLACE INTO corrected VALUES (?,?)", (digest, value))
    with transaction(database):
        message = _message_of(database, project)
        row = database.execute("SELECT value FROM choice WHERE project = ? AND form = ? AND field = ?", place).fetchone()
        shown = None if value is None else mask.value(form, field, value)
        if value is None:
            database.execute("DELETE FROM correction WHERE project = ? AND form = ? AND field = ?", place)
        else:
            database.execute(
                "INSERT OR REPLACE INTO correction VALUES (?,?,?,?,?,?,?,?)",
                (*place, shown, digest, act.at.isoformat(), mask.exact(act.actor), mask.running(act.reason)),
            )
        change = (f"{form}.{field} {row['value']}" if row else None, None if shown is None else f"{form}.{field} {shown}")
        note(database, act, "correct", mask, project=project, message=message, change=change)
        jobs.queue(database, "settle", message)


def corrections(database: sqlite3.Connection, private: sqlite3.Connection) -> tuple[Correction, ...]:
    """All corrections in full."""
    found = []
    for row in database.execute("SELECT * FROM correction ORDER BY project, form, field"):
        full = private.execute("SELECT value FROM corrected WHERE hash = ?", (row["hash"],)).fetchone() if row["hash"] else None
        value = full["value"] if full else row["value"]
        found.append(Correction(row["project"], row["form"], row["field"], value, row["actor"], row["at"]))
    return tuple(found)
