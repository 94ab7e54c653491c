"""Results go in: one transaction in intake.db each, after private.db was written in a way that doing it again changes nothing.

So a kill in between is mended by running again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from functools import partial

from checks.finding import Finding
from checks.register import entries_of
from extractors.submission import Reading, SourceFile, Submission
from intake.message import is_own_text
from store import caches, flatten, jobs, looking, relations, search, standing
from store.connection import reported, transaction
from store.masking import Mask, keyed_hash
from store.rows import Job, SpanRow
from texts import say

_UNUSABLE = frozenset({"failed", "unsupported", "encrypted"})
_NAMED = 3


def status_of(reading: Reading) -> tuple[str, str | None]:
    """The message's status as the contract defines it, with the reason in Chinese where something is amiss."""
    if reading.message.kind == "unrelated":
        return "unrelated", reading.message.why
    bad = [file for file in reading.files if file.status in _UNUSABLE]
    if not bad:
        return "processed", None
    used = any(file.status == "parsed" and not _is_wrapping(file, reading.files) for file in reading.files)
    names = "、".join(file.path for file in bad[:_NAMED])
    key = "store.files_partial" if used else "store.files_failed"
    return ("partial" if used else "failed"), say(key, count=len(bad), names=names + (" …" if len(bad) > _NAMED else ""))


def _is_wrapping(file: SourceFile, files: tuple[SourceFile, ...]) -> bool:
    """Whether the file is only what others came in: the mail's own text (reading it is not having used anything), an archive, a forwarded
    message."""
    return is_own_text(file.path) or any(other.path.startswith(f"{file.path}/") for other in files)


def save_reading(database: sqlite3.Connection, private: sqlite3.Connection, job: Job, reading: Reading, mask: Mask) -> bool:
    """Saves what was read of the job's message, ends the job, queues `settle`. False, and nothing saved, when the lease was lost.

    A message that was read before may belong to another unit now: both are settled again.
    """
    key = reading.message.key
    with reported():
        if not jobs.held(database, job):  # its message may be erased
            return False
    caches.keep_reading(private, key, reading)
    with transaction(database):
        if not jobs.held(database, job):
            return False
        before = database.execute("SELECT told_unit, message FROM message WHERE message = ?", (job.message,)).fetchone()
        save_message(database, job.message, reading, mask)
        save_files(database, key, reading.files, mask)
        jobs.end(database, job, "done")
        if before["told_unit"] not in (None, reading.unit):
            _requeue_rest(database, before["told_unit"])
        remember(database, mask.exact(reading.message.sender_address))
        if reading.message.kind == "unrelated":
            forget(database, key)
        else:
            jobs.queue(database, "settle", key)
    return True


def _requeue_rest(database: sqlite3.Connection, unit: str) -> None:
    """The unit that has lost a message is settled again, where it has another."""
    row = database.execute("SELECT min(message) AS message FROM message WHERE told_unit = ?", (unit,)).fetchone()
    if row["message"]:
        jobs.queue(database, "settle", row["message"])


def remember(database: sqlite3.Connection, address: str) -> None:
    """A message that names no unit is of the unit that all other mails of its sender name; it and that unit are settled again.

    `address` is the sender's as it is kept. What came is looked at whole, so the order in which messages are read does not matter.
    """
    unit = looking.sender_unit(database, address)
    for row in database.execute(_OF_NO_UNIT, (address,)).fetchall():
        if row["told_unit"] == unit:
            continue
        told = {"unit": unit, "known": int(unit is not None), "message": row["message"]}
        database.execute(
            "UPDATE message SET told_unit = :unit, unit = :unit, unit_known = :known, remembered = :known WHERE message = :message", told
        )
        jobs.queue(database, "settle", row["message"])
        if row["told_unit"]:
            _requeue_rest(database, row["told_unit"])


_OF_NO_UNIT = """
    SELECT message, told_unit FROM message
    WHERE lower(sender_address) = lower(?) AND sender_address != '' AND (told_unit IS NULL OR remembered)
        AND status NOT IN ('unrelated', 'waiting')"""


def save_message(database: sqlite3.Connection, known_as: str, reading: Reading, mask: Mask) -> None:
    """The row of the message that was known by the key `known_as` says what was read of it."""
    message = reading.message
    status, reason = status_of(reading)
    unit = None if message.kind == "unrelated" else mask.maybe(reading.unit)
    database.execute(
        """UPDATE message SET message = ?, message_id = ?, subject = ?, sender = ?, sender_address = ?, forwarded_by = ?, in_reply_to = ?,
               received_at = ?, told_unit = ?, unit = ?, unit_known = ?, remembered = 0, status = ?, reason = ? WHERE message = ?""",
        (
            message.key,
            *(mask.maybe(text) for text in (message.message_id, message.subject, message.sender, message.sender_address)),
            *(mask.maybe(text) for text in (message.forwarded_by, message.in_reply_to)),
            flatten.stamp(message.received_at),
            unit,
            unit,
            int(reading.unit_known),
            status,
            mask.maybe(reason),
            known_as,
        ),
    )


def save_files(database: sqlite3.Connection, key: str, files: tuple[SourceFile, ...], mask: Mask) -> None:
    """The files of a message are exactly these."""
    database.execute("DELETE FROM file WHERE message = ?", (key,))
    database.executemany(
        "INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,?)",
        [
            (key, position, mask.exact(f.path), f.sha256, f.media_type, f.size, f.status, mask.maybe(f.reason), f.pages, _notes(f, mask))
            for position, f in enumerate(files)
        ],
    )


def _notes(file: SourceFile, mask: Mask) -> str:
    return json.dumps([mask.running(note) for note in file.notes], ensure_ascii=False)


def forget(database: sqlite3.Connection, message: str) -> None:
    """Takes out what settling put in for a message; what people decided stays."""
    database.execute("DELETE FROM finding WHERE message = ?", (message,))
    database.execute("DELETE FROM field WHERE owner = ?", (message,))
    database.execute("DELETE FROM part WHERE owner = ?", (message,))
    database.execute("DELETE FROM project WHERE message = ?", (message,))
    database.execute("UPDATE message SET settled = NULL WHERE message = ?", (message,))


def save_settled(
    database: sqlite3.Connection,
    private: sqlite3.Connection,
    job: Job | None,
    submissions: tuple[Submission, ...],
    findings: tuple[Finding, ...],
    spans: tuple[SpanRow, ...],
    mask: Mask,
    made_from: str | None,
) -> frozenset[str]:
    """What these messages say is now exactly this; ends the job. See `Store.save_settled`."""
    submissions = tuple(flatten.distinct(submission) for submission in submissions)
    owners = [submission.message for submission in submissions]
    fields = [rows for submission in submissions for rows in flatten.field_rows(submission, mask)]
    entries = frozenset(relations.masked(entry, mask) for entry in entries_of(submissions, partial(keyed_hash, mask.key)))
    caches.keep_fields(private, owners, [rows.full for rows in fields if rows.full])
    with transaction(database):
        if job is not None and not jobs.held(database, job):
            return frozenset()
        own = frozenset(owners)
        before = relations.entries(database, owners)
        concerned = relations.concerned(database, before - entries, own)
        for owner in owners:
            forget(database, owner)
        for submission in submissions:
            _save_submission(database, submission, mask)
        database.executemany("INSERT INTO field VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", [rows.open for rows in fields])
        database.executemany("INSERT OR IGNORE INTO finding VALUES (?,?,?,?,?,?,?,?,?)", [flatten.finding_row(f, mask) for f in findings])
        for entry in sorted(entries, key=lambda entry: entry.project):
            relations.keep(database, entry)
        save_spans(database, spans, mask)
        standing.restate(database, owners)
        database.executemany("UPDATE message SET settled = ? WHERE message = ?", [(made_from, owner) for owner in owners])
        concerned |= relations.concerned(database, entries - before, own)
        return _conclude(database, job, concerned)


def _save_submission(database: sqlite3.Connection, submission: Submission, mask: Mask) -> None:
    database.execute(
        "UPDATE message SET unit = ?, unit_known = ? WHERE message = ?",
        (mask.maybe(submission.unit), int(submission.unit_known), submission.message),
    )
    for project in submission.projects:
        columns = "project, message, unit, project_name, category, first_completer, employer, received_at, first_received_at, superseded_by"
        database.execute(f"INSERT INTO project ({columns}) VALUES ({','.join('?' * 10)})", flatten.project_row(project, mask))  # noqa: S608
        database.executemany("INSERT INTO choice VALUES (?,?,?,?,?,?,?)", flatten.choice_rows(project, mask))
        words = (project.key, *search.text_of(project, mask))
        row = database.execute("INSERT INTO project_text (project, name, body) VALUES (?,?,?)", words).lastrowid
        database.execute("UPDATE project SET search = ? WHERE project = ?", (row, project.key))
    database.executemany("INSERT INTO part VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", flatten.part_rows(submission, mask))


def save_spans(database: sqlite3.Connection, spans: Iterable[SpanRow], mask: Mask) -> None:
    """Adds spans of saved projects."""
    rows = [
        (s.project, s.form, s.field, s.start, s.end, s.label, mask.running(s.text), *(mask.maybe(t) for t in (s.value, s.detail)))
        for s in spans
    ]
    database.executemany("INSERT OR REPLACE INTO span VALUES (?,?,?,?,?,?,?,?,?)", rows)


def _conclude(database: sqlite3.Connection, job: Job | None, concerned: frozenset[tuple[str | None, str]]) -> frozenset[str]:
    """Ends the job and queues a settle job for every unit concerned; without a job, names the units instead."""
    if job is None:
        return frozenset(unit for unit, _ in concerned if unit is not None)
    for unit, message in sorted(concerned, key=lambda pair: (pair[0] or "", pair[1])):
        jobs.queue_settling(database, unit, message)
    jobs.end(database, job, "done")
    return frozenset()
