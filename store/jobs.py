"""Messages taken in, and the job table: queued → running (a lease with an owner) → done, or quarantined with a reason.

Every function takes a connection inside a transaction of its own. Times are aware datetimes handed in; leases are stored as
epoch seconds, so that time zones and clocks of other machines do not matter beyond their difference.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from intake.message import Hand, Taken
from store.masking import Mask
from store.rows import Job

CLOCK_SLACK = 300.0
"""Seconds by which a lease may lie in the future before it is thought to come from a clock that was set back."""


def message_key(sha256: str) -> str:
    """The key of a message before it is opened: the one that `intake.opening.key_of` gives it later, made from its bytes' hash."""
    return f"m{sha256[:12]}"


def record(database: sqlite3.Connection, taken: Taken, seen_at: datetime, mask: Mask) -> bool:
    """Message, sighting and job `read`; True if the message is new. The same source and bytes again change nothing;
    of a message that was erased not even the sighting is noted, since it may name the person."""
    row = database.execute("SELECT message, erased FROM message WHERE sha256 = ?", (taken.sha256,)).fetchone()
    if row and row["erased"]:
        return False
    key = row["message"] if row else message_key(taken.sha256)
    if not row:
        name, delivered = mask.exact(taken.name), taken.received_at.isoformat() if taken.received_at else None
        database.execute(
            "INSERT INTO message (message, sha256, source_kind, source, name, subject, delivered_at, received_at) VALUES (?,?,?,?,?,?,?,?)",
            (key, taken.sha256, taken.kind, mask.exact(taken.source), name, name, delivered, delivered),
        )
        database.execute("INSERT INTO job (kind, message) VALUES ('read', ?)", (key,))
    database.execute("INSERT OR IGNORE INTO sighting VALUES (?,?,?)", (key, mask.exact(taken.source), seen_at.isoformat()))
    return not row


def refuse(database: sqlite3.Connection, taken: Taken, seen_at: datetime, reason: str, mask: Mask) -> bool:
    """Message (`failed` with `reason`) and sighting, no job; True if the message is new."""
    new = record(database, taken, seen_at, mask)
    if new:
        row = database.execute("UPDATE message SET status = 'failed', reason = ? WHERE sha256 = ? RETURNING message", (reason, taken.sha256))
        database.execute("DELETE FROM job WHERE message = ?", (row.fetchone()["message"],))
    return new


_LOST = "(leased_until <= ? OR leased_at > ?)"
_SETTLING = f"SELECT 1 FROM job WHERE kind = 'settle' AND state = 'running' AND NOT {_LOST}"  # noqa: S608
_FREE = f"SELECT id FROM job WHERE kind = ? AND (state = 'queued' OR state = 'running' AND {_LOST}) ORDER BY id LIMIT 1"  # noqa: S608


def lease(database: sqlite3.Connection, kind: str, owner: str, now: datetime, seconds: float) -> Job | None:
    """The oldest job of `kind` that is queued, or whose lease ran out, now leased to `owner` for `seconds`; None when there is none.

    Settling is one at a time: while another owner's lease of a `settle` job is good, there is none. A leased settle job
    stands for its whole unit, so the unit's other queued ones are done with it.
    """
    moment = now.timestamp()
    clock = (moment, moment + CLOCK_SLACK)
    if kind == "settle" and database.execute(_SETTLING, clock).fetchone():
        return None
    found = database.execute(_FREE, (kind, *clock)).fetchone()
    if found is None:
        return None
    database.execute(
        "UPDATE job SET state = 'running', owner = ?, leased_at = ?, leased_until = ?, attempts = attempts + 1, reason = NULL WHERE id = ?",
        (owner, moment, moment + seconds, found["id"]),
    )
    if kind == "settle":
        _fold(database, found["id"])
    return _job(database, found["id"])


def _fold(database: sqlite3.Connection, job: int) -> None:
    """The other queued settle jobs of the same unit are done: the leased one settles the whole unit, and is taken again if it is lost."""
    database.execute(
        """UPDATE job SET state = 'done' WHERE kind = 'settle' AND state = 'queued' AND id != :job AND message IN (
               SELECT other.message FROM message AS other JOIN message AS mine ON other.told_unit = mine.told_unit
               WHERE mine.message = (SELECT message FROM job WHERE id = :job))""",
        {"job": job},
    )


def _job(database: sqlite3.Connection, number: int) -> Job:
    row = database.execute("SELECT * FROM job JOIN message USING (message) WHERE id = ?", (number,)).fetchone()
    delivered = datetime.fromisoformat(row["delivered_at"]) if row["delivered_at"] else None
    taken = Taken(row["sha256"], row["source_kind"], row["source"], row["name"], delivered, _hands(database, row["message"]))
    return Job(row["id"], row["kind"], row["message"], taken, row["attempts"], row["owner"])


def _hands(database: sqlite3.Connection, message: str) -> tuple[Hand, ...]:
    """What people put right about the message's files, as its readers must know it."""
    rows = database.execute("SELECT position, sha256, given, form FROM hand WHERE message = ? ORDER BY position", (message,))
    return tuple(Hand(*row) for row in rows)


def held(database: sqlite3.Connection, job: Job) -> bool:
    """Whether the job's lease still belongs to whom it was given to (run out or not, nobody else has taken it)."""
    row = database.execute("SELECT owner, attempts, state FROM job WHERE id = ?", (job.id,)).fetchone()
    return bool(row) and (row["state"], row["owner"], row["attempts"]) == ("running", job.owner, job.attempts)


def end(database: sqlite3.Connection, job: Job, state: str, reason: str | None = None) -> None:
    """The job leaves its lease for `state` (`done`, `queued`, `quarantined`)."""
    database.execute(
        "UPDATE job SET state = ?, reason = ?, owner = NULL, leased_at = NULL, leased_until = NULL WHERE id = ?", (state, reason, job.id)
    )


def quarantine(database: sqlite3.Connection, job: Job, reason: str) -> None:
    """The job is set aside with its reason; a message that could not be read is `failed` with it. Nothing when the lease was lost."""
    if held(database, job):
        end(database, job, "quarantined", reason)
        if job.kind == "read":
            database.execute("UPDATE message SET status = 'failed', reason = ? WHERE message = ?", (reason, job.message))


def renew(database: sqlite3.Connection, job: Job, now: datetime, seconds: float) -> bool:
    """Lengthens the lease to `seconds` from `now`; False when it has been taken by another."""
    if not held(database, job):
        return False
    database.execute("UPDATE job SET leased_at = ?, leased_until = ? WHERE id = ?", (now.timestamp(), now.timestamp() + seconds, job.id))
    return True


def queue(database: sqlite3.Connection, kind: str, message: str) -> None:
    """A job of `kind` for `message` waits, whether there was one before or not; its attempts count from 0.

    One that did not wait goes behind all others: who was settled and is concerned by what comes in is judged again once, after all of it.
    """
    database.execute(
        """INSERT INTO job (kind, message) VALUES (?, ?)
           ON CONFLICT (kind, message) DO UPDATE SET
               id = iif(state = 'queued', id, (SELECT max(id) + 1 FROM job)),
               state = 'queued', owner = NULL, leased_at = NULL, leased_until = NULL, attempts = 0, reason = NULL""",
        (kind, message),
    )


def queue_settling(database: sqlite3.Connection, unit: str | None, message: str) -> None:
    """A settle job waits for `unit`: one of its first message (of `message` itself where the unit is unknown), whatever waits already."""
    row = database.execute("SELECT min(message) AS message FROM message WHERE told_unit = ?", (unit,)).fetchone()
    queue(database, "settle", row["message"] or message)


def release_all(database: sqlite3.Connection, owner: str) -> int:
    """Every running job of `owner` is queued again (its process is known to be gone); how many."""
    return database.execute(
        "UPDATE job SET state = 'queued', owner = NULL, leased_at = NULL, leased_until = NULL WHERE state = 'running' AND owner = ?", (owner,)
    ).rowcount


def owners(database: sqlite3.Connection) -> frozenset[str]:
    """Who holds a lease, good or run out."""
    return frozenset(row["owner"] for row in database.execute("SELECT DISTINCT owner FROM job WHERE state = 'running'"))


def pending(database: sqlite3.Connection, kind: str) -> int:
    """How many jobs of `kind` are queued or running."""
    return int(database.execute("SELECT count(*) FROM job WHERE kind = ? AND state IN ('queued', 'running')", (kind,)).fetchone()[0])


def retry(database: sqlite3.Connection, message: str | None) -> int:
    """Quarantined jobs (of one message, or all) are queued again from attempt 0, their messages `waiting`; how many."""
    found = database.execute(
        "SELECT kind, message FROM job WHERE state = 'quarantined' AND message = coalesce(?, message)", (message,)
    ).fetchall()
    for row in found:
        queue(database, row["kind"], row["message"])
        if row["kind"] == "read":
            database.execute("UPDATE message SET status = 'waiting', reason = NULL WHERE message = ?", (row["message"],))
    return len(found)
