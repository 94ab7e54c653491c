"""The queue and the day: which projects fit what is asked, and the figures of the dashboard."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from errors import NotFound
from store import looking
from store.rows import FileRow, FindingRow, HistoryRow, MessageRow, PartRow, ProjectRow, SightingRow
from store.search import phrase
from texts import say

PAGE = 50
SORTS = {
    "received": "project.received_at DESC, project.project",
    "oldest": "project.received_at IS NULL, project.received_at, project.project",
    "unit": "project.unit IS NULL, project.unit, project.project_name, project.project",
    "name": "project.project_name, project.project",
    "errors": "project.errors DESC, project.to_verify DESC, project.project",
    "status": "project.status, project.received_at, project.project",
}
"""How the queue may be ordered."""
UNDECIDED = "none"


@dataclass(frozen=True, slots=True)
class QueueAsk:
    """What a clerk wants to see; "" asks for nothing. `decision` may be `none`: still to be decided. `q` are words to be found."""

    q: str = ""
    unit: str = ""
    category: str = ""
    status: str = ""
    rule: str = ""
    reviewer: str = ""
    decision: str = ""
    sort: str = "received"
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One current project in the queue; `rules` are those of its open findings, `version` as in `Record`, `reviewer` who decided."""

    project: str
    unit: str | None
    project_name: str | None
    category: str | None
    first_completer: str | None
    employer: str | None
    received_at: str | None
    status: str
    errors: int
    to_verify: int
    message_errors: int
    decision: str | None
    reviewer: str | None
    rules: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue: its rows, how many fit in all, and the units and reviewers there are."""

    rows: tuple[QueueRow, ...]
    total: int
    units: tuple[str, ...]
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many projects of a unit, a category … have which status."""

    name: str
    complete: int
    review: int
    incomplete: int
    ineligible: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.complete + self.review + self.incomplete + self.ineligible


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message lately received: key, subject, unit, when, its status, how many projects it brought."""

    message: str
    subject: str
    unit: str | None
    received_at: str | None
    status: str
    projects: int


@dataclass(frozen=True, slots=True)
class Today:
    """The figures of the dashboard; all of current versions. `returned` are sent back and not answered, `late` came too late."""

    statuses: dict[str, int]
    decisions: dict[str, int]
    units: tuple[Share, ...]
    categories: tuple[Share, ...]
    rules: tuple[tuple[str, int], ...]
    arrivals: tuple[Arrival, ...]
    new: int
    late: int
    returned: int
    unusable: int
    silent: tuple[str, ...]


_FITS: dict[str, str] = {
    "unit": "project.unit = :unit",
    "category": "coalesce(project.category, '') = :category",
    "status": "project.status = :status",
    "rule": """project.project IN (SELECT f.project_ref FROM finding AS f LEFT JOIN dismissal AS d USING (message, project, rule, form, field)
        WHERE f.rule = :rule AND d.rule IS NULL)""",
    "reviewer": "decision.actor = :reviewer",
}
_FROM = "FROM project LEFT JOIN decision ON decision.project = project.project"


def queue(database: sqlite3.Connection, ask: QueueAsk) -> Queue:
    """The page of current projects that fit everything asked."""
    wanted = phrase(ask.q)
    values: dict[str, object] = {name: getattr(ask, name) for name in _FITS} | {"decision": ask.decision, "wanted": wanted}
    values["category"] = "" if ask.category == UNDECIDED else ask.category
    fits = ["project.superseded_by IS NULL", *(sql for name, sql in _FITS.items() if getattr(ask, name))]
    if ask.decision:
        fits.append("decision.decision IS NULL" if ask.decision == UNDECIDED else "decision.decision = :decision")
    if ask.q.strip():
        found = "SELECT t.project FROM project_search JOIN project_text AS t ON t.id = project_search.rowid WHERE project_search MATCH :wanted"
        fits.append(f"project.project IN ({found})" if wanted else "0")
    where = f"{_FROM} WHERE {' AND '.join(fits)}"
    total = database.execute(f"SELECT count(*) {where}", values).fetchone()[0]
    window = {"most": PAGE, "skipped": PAGE * (max(1, ask.page) - 1)}
    order = SORTS.get(ask.sort, SORTS["received"])
    rows = database.execute(
        f"""SELECT project.*, decision.decision, decision.actor AS reviewer, message.message_errors,
                (SELECT coalesce(max(id), 0) FROM history
                 WHERE history.project = project.project OR history.project IS NULL AND history.message = project.message) AS version,
                (SELECT group_concat(DISTINCT f.rule) FROM finding_list AS f WHERE f.project = project.project AND f.state = 'open') AS rules
            {where.replace("FROM project ", "FROM project JOIN message ON message.message = project.message ", 1)}
            ORDER BY {order} LIMIT :most OFFSET :skipped""",  # noqa: S608
        values | window,
    )
    return Queue(tuple(_row(row) for row in rows), int(total), _names(database, "unit", "project"), _names(database, "actor", "decision"))


def _row(row: sqlite3.Row) -> QueueRow:
    names = ("project", "unit", "project_name", "category", "first_completer", "employer", "received_at", "status", "errors", "to_verify")
    plain = {name: row[name] for name in (*names, "message_errors", "decision", "reviewer", "version")}
    return QueueRow(**plain, rules=tuple(sorted((row["rules"] or "").split(","))) if row["rules"] else ())


def _names(database: sqlite3.Connection, column: str, table: str) -> tuple[str, ...]:
    """The different values of an indexed column, by skipping from one to the next."""
    skipping = f"""WITH RECURSIVE known (name) AS (SELECT min({column}) FROM {table} UNION ALL
        SELECT (SELECT min({column}) FROM {table} WHERE {column} > name) FROM known WHERE name IS NOT NULL)
        SELECT name FROM known WHERE name IS NOT NULL"""  # noqa: S608 - this module's own words
    return tuple(row["name"] for row in database.execute(skipping))


_SHARES = """
    SELECT coalesce({column}, '') AS name, sum(status = 'complete') AS complete, sum(status = 'review') AS review,
        sum(status = 'incomplete') AS incomplete, sum(status = 'ineligible') AS ineligible
    FROM project WHERE superseded_by IS NULL GROUP BY {column} ORDER BY count(*) DESC, name"""
_RULES = """
    SELECT f.rule, count(*) FROM finding AS f LEFT JOIN dismissal AS d USING (message, project, rule, form, field)
    WHERE d.rule IS NULL AND f.severity != 'advice' GROUP BY f.rule ORDER BY count(*) DESC, f.rule LIMIT 10"""
_ARRIVALS = """
    SELECT message, subject, unit, received_at, status, (SELECT count(*) FROM project WHERE project.message = message.message) AS projects
    FROM message WHERE status != 'unrelated' ORDER BY received_at DESC LIMIT 8"""
_SILENT = """
    SELECT unit FROM roster WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.unit = roster.unit AND status != 'unrelated')
    ORDER BY position"""


def today(database: sqlite3.Connection, since: datetime) -> Today:
    """The dashboard's figures; `new` are messages first seen at `since` or later."""

    def one(query: str, **values: object) -> int:
        return int(database.execute(query, values).fetchone()[0])

    def counted(query: str) -> dict[str, int]:
        return {str(name): int(number) for name, number in database.execute(query)}

    def shares(column: str) -> tuple[Share, ...]:
        return tuple(Share(*row) for row in database.execute(_SHARES.format(column=column)))

    decided = "FROM decision JOIN project USING (project) WHERE superseded_by IS NULL"
    seen = "SELECT count(DISTINCT message) FROM sighting WHERE julianday(seen_at) >= julianday(:since)"
    return Today(
        statuses=counted("SELECT status, count(*) FROM project WHERE superseded_by IS NULL GROUP BY status"),
        decisions=counted(f"SELECT decision, count(*) {decided} GROUP BY decision"),
        units=shares("unit"),
        categories=shares("category"),
        rules=tuple((str(rule), int(number)) for rule, number in database.execute(_RULES)),
        arrivals=tuple(Arrival(*row) for row in database.execute(_ARRIVALS)),
        new=one(seen, since=since.isoformat()),
        late=one("SELECT count(DISTINCT message) FROM finding_list WHERE rule = 'late' AND state = 'open'"),
        returned=one(f"SELECT count(*) {decided} AND decision = 'returned'"),
        unusable=one("SELECT count(*) FROM file WHERE status IN ('failed', 'unsupported', 'encrypted')"),
        silent=tuple(row["unit"] for row in database.execute(_SILENT)),
    )


@dataclass(frozen=True, slots=True)
class MessageSheet:
    """One message: its row, where it was seen, its files, what they were recognised as, its projects, its findings; `job` is the state of
    the reading (`queued`, `running`, `done`, `quarantined`, "" without one)."""

    message: MessageRow
    sightings: tuple[SightingRow, ...]
    files: tuple[FileRow, ...]
    parts: tuple[PartRow, ...]
    projects: tuple[ProjectRow, ...]
    findings: tuple[FindingRow, ...]
    history: tuple[HistoryRow, ...]
    job: str


def message(database: sqlite3.Connection, key: str) -> MessageSheet:
    """Everything about one message. Raises NotFound."""
    found = looking.rows(database, MessageRow, "message = ?", key)
    if not found:
        raise NotFound(what=say("store.message"), key=key)
    job = database.execute("SELECT state FROM job WHERE message = ? ORDER BY kind LIMIT 1", (key,)).fetchone()
    return MessageSheet(
        message=found[0],
        sightings=looking.rows(database, SightingRow, "message = ?", key),
        files=looking.rows(database, FileRow, "message = ?", key),
        parts=looking.rows(database, PartRow, "message = ?", key),
        projects=looking.rows(database, ProjectRow, "message = ?", key),
        findings=looking.rows(database, FindingRow, "message = ?", key),
        history=looking.rows(database, HistoryRow, "message = ?", key),
        job=job["state"] if job else "",
    )
