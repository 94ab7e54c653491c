"""Results come out: rows of the views as values, for the command line, the letters and the exports."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from errors import NotFound
from extractors.submission import Reading
from store.rows import (
    FieldRow,
    FileRow,
    FindingRow,
    HistoryRow,
    JobRow,
    MessageRow,
    NoteRow,
    PartRow,
    ProjectRow,
    ProjectSheet,
    SightingRow,
    Status,
    ValueRow,
)
from texts import say

R = TypeVar("R")
_VIEWS: dict[type[Any], str] = {
    MessageRow: "message_list",
    FileRow: "file_list",
    NoteRow: "note_list",
    PartRow: "part_list",
    ProjectRow: "project_list",
    FieldRow: "field_list",
    ValueRow: "value_list",
    FindingRow: "finding_list",
    HistoryRow: "history_list",
    SightingRow: "sighting_list",
}
_SHORTEST_PREFIX = 4


def rows(database: sqlite3.Connection, kind: type[R], where: str = "", *values: object) -> tuple[R, ...]:
    """Every row of the view that `kind` stands for, or those that fit the SQL condition `where` with its `values`."""
    names = ", ".join(f'"{field.name}"' for field in dataclasses.fields(kind))  # type: ignore[arg-type]
    query = f"SELECT {names} FROM {_VIEWS[kind]}" + (f" WHERE {where}" if where else "")  # noqa: S608 - both are this room's own words
    return tuple(kind(*row) for row in database.execute(query, values))


def columns_of(view: str) -> tuple[str, ...]:
    """The columns of one of the contract's views. Raises KeyError for another name."""
    kind = {name: kind for kind, name in _VIEWS.items()}[view]
    return tuple(field.name for field in dataclasses.fields(kind))


def find_project(database: sqlite3.Connection, wanted: str) -> ProjectRow:
    """The project with this key, key's beginning, or part of its name (the current version first).

    Raises NotFound when none fits, or several do (their names are told).
    """
    exact = rows(database, ProjectRow, "project = ?", wanted)
    if exact:
        return exact[0]
    found: tuple[ProjectRow, ...] = ()
    if len(wanted) >= _SHORTEST_PREFIX:
        found = rows(database, ProjectRow, "substr(project, 1, ?) = ?", len(wanted), wanted)
    found = found or rows(database, ProjectRow, "instr(project_name, ?) > 0", wanted)
    current = tuple(row for row in found if row.superseded_by is None) or found
    if len(current) == 1:
        return current[0]
    if current:
        names = "、".join(f"{row.project_name}（{row.project}）" for row in current[:5])
        raise NotFound("error.not_single", key=wanted, names=names)
    raise NotFound(what=say("store.project"), key=wanted)


def show(database: sqlite3.Connection, wanted: str) -> ProjectSheet:
    """Everything about one project. Raises NotFound like `find_project`."""
    project = find_project(database, wanted)
    parts = rows(database, PartRow, "project = ?", project.project)
    messages = sorted({part.message for part in parts} | {project.message})
    return ProjectSheet(
        project=project,
        message=rows(database, MessageRow, "message = ?", project.message)[0],
        values=rows(database, ValueRow, "project = ?", project.project),
        fields=rows(database, FieldRow, "project = ?", project.project),
        findings=rows(database, FindingRow, "project = ?", project.project),
        message_findings=rows(database, FindingRow, "message = ? AND project IS NULL", project.message),
        parts=parts,
        files=tuple(row for message in messages for row in rows(database, FileRow, "message = ?", message)),
        notes=tuple(row for message in messages for row in rows(database, NoteRow, "message = ?", message)),
        versions=versions(database, project),
        history=history(database, project.project, None),
    )


def versions(database: sqlite3.Connection, project: ProjectRow) -> tuple[ProjectRow, ...]:
    """All versions of a project, oldest first."""
    keys = """WITH RECURSIVE earlier (project, depth) AS (
                  SELECT ?, 0 UNION SELECT project.project, depth + 1 FROM project JOIN earlier ON project.superseded_by = earlier.project),
              later (project, depth) AS (
                  SELECT ?, 0 UNION SELECT project.superseded_by, depth - 1 FROM project JOIN later USING (project)
                  WHERE superseded_by IS NOT NULL)
              SELECT project FROM (SELECT * FROM earlier UNION SELECT * FROM later) ORDER BY depth DESC"""
    found = [row["project"] for row in database.execute(keys, (project.project, project.project))]
    return tuple(rows(database, ProjectRow, "project = ?", key)[0] for key in found)


def history(database: sqlite3.Connection, project: str | None, message: str | None) -> tuple[HistoryRow, ...]:
    """Who did what, oldest first: all of it, or that of a project or message."""
    if project is not None:
        return rows(database, HistoryRow, "project = ?", project)
    if message is not None:
        return rows(database, HistoryRow, "message = ?", message)
    return rows(database, HistoryRow)


def status(database: sqlite3.Connection) -> Status:
    """The counts of `wuxiao status`."""

    def counted(query: str) -> dict[str, int]:
        return {str(name): number for name, number in database.execute(query)}

    current = "project_list WHERE superseded_by IS NULL"
    quarantined = database.execute(
        """SELECT kind, message, subject, state, attempts, job.reason FROM job JOIN message USING (message)
           WHERE state = 'quarantined' ORDER BY kind, message"""
    )
    return Status(
        messages=counted("SELECT status, count(*) FROM message_list GROUP BY status ORDER BY status"),
        files=counted("SELECT status, count(*) FROM file_list GROUP BY status ORDER BY status"),
        projects=counted(f"SELECT status, count(*) FROM {current} GROUP BY status ORDER BY status"),  # noqa: S608
        decisions=counted(f"SELECT decision, count(*) FROM {current} AND decision IS NOT NULL GROUP BY decision ORDER BY decision"),  # noqa: S608
        findings=counted(
            """SELECT rule, count(*) FROM finding_list AS f LEFT JOIN project USING (project)
               WHERE f.state = 'open' AND project.superseded_by IS NULL GROUP BY rule ORDER BY count(*) DESC, rule"""
        ),
        units=counted(f"SELECT unit, count(*) FROM {current} AND unit IS NOT NULL GROUP BY unit ORDER BY unit"),  # noqa: S608
        silent=silent_units(database),
        jobs=counted("SELECT state, count(*) FROM job WHERE state != 'done' GROUP BY state ORDER BY state"),
        quarantined=tuple(JobRow(*row) for row in quarantined),
    )


_SILENT = """
    SELECT unit FROM roster WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.unit = roster.unit AND status != 'unrelated')
    ORDER BY position"""


def silent_units(database: sqlite3.Connection) -> tuple[str, ...]:
    """The units of the roster that have sent nothing, in its order."""
    return tuple(row["unit"] for row in database.execute(_SILENT))


def sender_unit(database: sqlite3.Connection, address: str) -> str | None:
    """The known unit that every message of this address which names one names; None where there is none, or several."""
    query = """SELECT DISTINCT told_unit FROM message
        WHERE lower(sender_address) = lower(?) AND sender_address != '' AND unit_known AND NOT remembered AND told_unit IS NOT NULL LIMIT 2"""
    found = [str(row["told_unit"]) for row in database.execute(query, (address,))]
    return found[0] if len(found) == 1 else None


def of_unit(reading: Reading, unit: str | None) -> Reading:
    """The reading of a message of `unit`: one that names none says whom its sender's other mails name."""
    if reading.unit is not None or unit is None:
        return reading
    return dataclasses.replace(reading, unit=unit, unit_known=True, unit_sources=(*reading.unit_sources, ("remembered", unit)))


def in_order(readings: Iterable[Reading], timezone: ZoneInfo) -> tuple[Reading, ...]:
    """By (received_at, key), those of an unknown time last; a time without offset is local in `timezone`."""

    def received(reading: Reading) -> tuple[bool, float, str]:
        moment = reading.message.received_at
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone)
        return moment is None, moment.timestamp() if moment else 0.0, reading.message.key

    return tuple(sorted(readings, key=received))


def unit_of(database: sqlite3.Connection, message: str) -> str | None:
    """The unit that the message's reading named. Raises NotFound for an unknown message."""
    row = database.execute("SELECT told_unit FROM message WHERE message = ?", (message,)).fetchone()
    if row is None:
        raise NotFound(what=say("store.message"), key=message)
    unit: str | None = row["told_unit"]
    return unit


def messages_of(database: sqlite3.Connection, unit: str | None, message: str) -> list[str]:
    """Keys of the unit's submissions, or `message` alone where there is no unit; unrelated mail is left out."""
    where, value = ("told_unit = ?", unit) if unit is not None else ("message = ?", message)
    found = database.execute(f"SELECT message FROM message WHERE {where} AND status NOT IN ('unrelated', 'waiting') ORDER BY message", (value,))  # noqa: S608
    return [row["message"] for row in found]


def units_settled(database: sqlite3.Connection) -> tuple[tuple[str | None, str], ...]:
    """(unit, its first message) of everything that was read, then each message of no unit."""
    found = database.execute(
        """SELECT told_unit, min(message) AS message FROM message JOIN job USING (message)
           WHERE job.kind = 'read' AND job.state = 'done' AND status NOT IN ('unrelated', 'waiting')
           GROUP BY told_unit, iif(told_unit IS NULL, message, NULL) ORDER BY told_unit IS NULL, told_unit, message"""
    )
    return tuple((row["told_unit"], row["message"]) for row in found)
