"""The queue and the day: which projects fit what is asked, and the figures of the dashboard."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from errors import NotFound
from store import looking
from store.rows import FileRow, FindingRow, HistoryRow, MessageRow, NoteRow, PartRow, ProjectRow, SightingRow
from store.search import phrase
from texts import say

PAGE = 50
NAMES = 300
"""How many units are offered to choose from; a province has thousands, which the search finds."""
SORTS = {
    "received": "received_at DESC, project DESC",
    "oldest": "received_at ASC NULLS LAST, project",
    "unit": "unit, project_name, project",
    "name": "project_name, project",
    "category": "category, received_at DESC, project",
    "completer": "first_completer, employer, project",
    "errors": "errors DESC, to_verify DESC, project",
    "status": "status, received_at, project",
    "decision": "decision, received_at DESC, project",
}
"""How the queue may be ordered; each has its index."""
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
class QueueRow(ProjectRow):
    """One current project in the queue: `reviewer` decided, `rules` are those of its open findings, `version` as in `Record`."""

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
    "unit": "unit = :unit",
    "category": "coalesce(category, '') = :category",
    "status": "status = :status",
    "rule": "instr(rules, ' ' || :rule || ' ') > 0",
    "reviewer": "reviewer = :reviewer",
    "decision": "decision = :decision",
    "q": "search IN (SELECT rowid FROM project_search WHERE project_search MATCH :q)",
}
_UNDECIDED = "decision IS NULL"


def queue(database: sqlite3.Connection, ask: QueueAsk) -> Queue:
    """The page of current projects that fit everything asked."""
    values: dict[str, object] = {name: getattr(ask, name) for name in _FITS} | {"q": phrase(ask.q)}
    values["category"] = "" if ask.category == UNDECIDED else ask.category
    fits = {name: sql for name, sql in _FITS.items() if getattr(ask, name).strip()}
    if ask.decision == UNDECIDED:
        fits["decision"] = _UNDECIDED
    if "q" in fits and not values["q"]:
        fits["q"] = "0"
    # What is filtered is looked at whole, in the index that holds all there is to ask; a unit's projects are few and have their own.
    source = "project INDEXED BY project_queue" if fits and "unit" not in fits else "project"
    where = f"FROM {source} WHERE {' AND '.join(('superseded_by IS NULL', *fits.values()))}"
    total = int(database.execute(f"SELECT count(*) {where}", values).fetchone()[0])
    order = SORTS.get(ask.sort, SORTS["received"])
    window = {"most": PAGE, "skipped": PAGE * (max(1, ask.page) - 1)}
    keys = database.execute(f"SELECT project {where} ORDER BY {order} LIMIT :most OFFSET :skipped", values | window).fetchall()
    rows = tuple(_row(database, key["project"]) for key in keys)
    units = _names(database, "unit", "project")
    if ask.unit and ask.unit not in units:
        units = (ask.unit, *units)
    return Queue(rows, total, units, _names(database, "actor", "decision"))


_ROW = """
    SELECT project_list.*, reviewer, rules,
        (SELECT coalesce(max(id), 0) FROM history
         WHERE history.project = project_list.project OR history.project IS NULL AND history.message = project_list.message) AS version
    FROM project_list JOIN project USING (project) WHERE project = ?"""


def _row(database: sqlite3.Connection, key: str) -> QueueRow:
    values = dict(database.execute(_ROW, (key,)).fetchone())
    return QueueRow(**values | {"rules": tuple(values["rules"].split())})


def _names(database: sqlite3.Connection, column: str, table: str) -> tuple[str, ...]:
    """The first `NAMES` different values of an indexed column, by skipping from one to the next."""
    skipping = f"""WITH RECURSIVE known (name) AS (SELECT min({column}) FROM {table} UNION ALL
        SELECT (SELECT min({column}) FROM {table} WHERE {column} > name) FROM known WHERE name IS NOT NULL LIMIT {NAMES + 1})
        SELECT name FROM known WHERE name IS NOT NULL LIMIT {NAMES}"""  # noqa: S608 - this module's own words
    return tuple(row["name"] for row in database.execute(skipping))


_CURRENT = "FROM project WHERE superseded_by IS NULL"
_FIGURES = f"SELECT status, category, decision, count(*) {_CURRENT} GROUP BY status, category, decision"
_SHARES = f"SELECT coalesce(unit, ''), status, count(*) {_CURRENT} GROUP BY unit, status"
_RULES = "SELECT rule, count(*) FROM finding WHERE severity != 'advice' GROUP BY rule"
_DISMISSED = """
    SELECT rule, count(*) FROM dismissal JOIN finding USING (message, project, rule, form, field)
    WHERE severity != 'advice' GROUP BY rule"""
_NEW = """
    SELECT count(DISTINCT message) FROM sighting
    WHERE seen_at > :before AND julianday(seen_at) >= julianday(:since)"""
_ARRIVALS = """
    SELECT message, subject, unit, received_at, status, (SELECT count(*) FROM project WHERE project.message = message.message) AS projects
    FROM message WHERE status != 'unrelated' ORDER BY received_at DESC LIMIT 8"""


def today(database: sqlite3.Connection, since: datetime) -> Today:
    """The dashboard's figures; `new` are messages first seen at `since` or later."""

    def one(query: str, **values: object) -> int:
        return int(database.execute(query, values).fetchone()[0])

    def counted(query: str) -> dict[str, int]:
        return {str(name): int(number) for name, number in database.execute(query)}

    figures = [tuple(row) for row in database.execute(_FIGURES)]
    rules = Counter(counted(_RULES)) - Counter(counted(_DISMISSED))
    decisions = _summed((decision, number) for *_, decision, number in figures if decision)
    before = (since - timedelta(days=2)).date().isoformat()
    return Today(
        statuses=_summed((status, number) for status, *_, number in figures),
        decisions=decisions,
        units=_shares(tuple(row) for row in database.execute(_SHARES)),
        categories=_shares((category or "", status, number) for status, category, _, number in figures),
        rules=tuple(sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))[:10]),
        arrivals=tuple(Arrival(*row) for row in database.execute(_ARRIVALS)),
        new=one(_NEW, since=since.isoformat(), before=before),
        late=one("SELECT count(DISTINCT message) FROM finding_list WHERE rule = 'late' AND state = 'open'"),
        returned=decisions.get("returned", 0),
        unusable=one("SELECT count(*) FROM file WHERE status IN ('failed', 'unsupported', 'encrypted')"),
        silent=looking.silent_units(database),
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
    """One message: its row, where it was seen, its files with what is to be known of them, what they were recognised as, its projects, its
    findings; `job` is the state of the reading (`queued`, `running`, `done`, `quarantined`, "" without one)."""

    message: MessageRow
    sightings: tuple[SightingRow, ...]
    files: tuple[FileRow, ...]
    notes: tuple[NoteRow, ...]
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
        notes=looking.rows(database, NoteRow, "message = ?", key),
        parts=looking.rows(database, PartRow, "message = ?", key),
        projects=looking.rows(database, ProjectRow, "message = ?", key),
        findings=looking.rows(database, FindingRow, "message = ?", key),
        history=looking.rows(database, HistoryRow, "message = ?", key),
        job=job["state"] if job else "",
    )


def messages(database: sqlite3.Connection, status: str, page: int, size: int) -> tuple[tuple[MessageRow, ...], dict[str, int]]:
    """A page of the messages (of one status, "" for all), the newest first; and how many there are of each status."""
    counts = {str(name): int(number) for name, number in database.execute("SELECT status, count(*) FROM message GROUP BY status")}
    of = "WHERE status = :status" if status else ""
    keys = f"SELECT message FROM message {of} ORDER BY received_at DESC, message DESC LIMIT :most OFFSET :skipped"  # noqa: S608
    found = database.execute(keys, {"status": status, "most": size, "skipped": size * (page - 1)}).fetchall()
    return tuple(looking.rows(database, MessageRow, "message = ?", row["message"])[0] for row in found), counts
