"""The queue and the day: which projects fit what is asked, and the figures of the dashboard."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
            FROM (SELECT project.project AS key {where} ORDER BY {order} LIMIT :most OFFSET :skipped) AS fitting
            JOIN project ON project.project = fitting.key JOIN message ON message.message = project.message
            LEFT JOIN decision ON decision.project = project.project
            ORDER BY {order}""",  # noqa: S608
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


_COUNTS = "SELECT status, category, unit, count(*) FROM project WHERE superseded_by IS NULL GROUP BY status, category, unit"
_RULES = "SELECT rule, count(*) FROM finding WHERE severity != 'advice' GROUP BY rule"
_DISMISSED = """
    SELECT rule, count(*) FROM dismissal JOIN finding USING (message, project, rule, form, field)
    WHERE severity != 'advice' GROUP BY rule"""
_DECIDED = "SELECT decision, count(*) FROM decision GROUP BY decision"
_PAST = "SELECT decision, count(*) FROM project JOIN decision USING (project) WHERE superseded_by IS NOT NULL GROUP BY decision"
_NEW = """
    SELECT count(DISTINCT message) FROM sighting
    WHERE seen_at > :before AND julianday(seen_at) >= julianday(:since)"""
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

    groups = [tuple(row) for row in database.execute(_COUNTS)]
    rules = Counter(counted(_RULES)) - Counter(counted(_DISMISSED))
    decisions = Counter(counted(_DECIDED)) - Counter(counted(_PAST))
    before = (since - timedelta(days=2)).date().isoformat()
    return Today(
        statuses=_summed((status, number) for status, _, _, number in groups),
        decisions=dict(decisions),
        units=_shares((unit or "", status, number) for status, _, unit, number in groups),
        categories=_shares((category or "", status, number) for status, category, _, number in groups),
        rules=tuple(sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))[:10]),
        arrivals=tuple(Arrival(*row) for row in database.execute(_ARRIVALS)),
        new=one(_NEW, since=since.isoformat(), before=before),
        late=one("SELECT count(DISTINCT message) FROM finding_list WHERE rule = 'late' AND state = 'open'"),
        returned=decisions["returned"],
        unusable=one("SELECT count(*) FROM file WHERE status IN ('failed', 'unsupported', 'encrypted')"),
        silent=tuple(row["unit"] for row in database.execute(_SILENT)),
    )


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, number in pairs:
        found[name] += number
    return dict(found)


def _shares(groups: Iterable[tuple[str, str, int]]) -> tuple[Share, ...]:
    """A share for each name, the largest first."""
    found: dict[str, Counter[str]] = {}
    for name, status, number in groups:
        found.setdefault(name, Counter())[status] += number
    made = (Share(name, *(of[status] for status in ("complete", "review", "incomplete", "ineligible"))) for name, of in found.items())
    return tuple(sorted(made, key=lambda share: (-share.total, share.name)))


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


def messages(database: sqlite3.Connection, status: str, page: int, size: int) -> tuple[tuple[MessageRow, ...], dict[str, int]]:
    """A page of the messages (of one status, "" for all), the newest first; and how many there are of each status."""
    counts = {str(name): int(number) for name, number in database.execute("SELECT status, count(*) FROM message GROUP BY status")}
    where = "message IN (SELECT message FROM message WHERE ? IN ('', status) ORDER BY received_at DESC, message LIMIT ? OFFSET ?)"
    found = looking.rows(database, MessageRow, where, status, size, size * (page - 1))
    return tuple(sorted(found, key=lambda row: row.received_at or "", reverse=True)), counts
