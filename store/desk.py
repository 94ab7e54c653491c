"""The review desk's side of the store: acts of a person on a project, each in one transaction, and what a page shows of them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from errors import NotFound, Overtaken
from store import decisions, hands, letters, lists, looking
from store.connection import reported, snapshot, transaction
from store.decisions import CORRECTION, DECISION, FINDING, Act, Event, FindingKey
from store.hands import HAND, Handling, HandRecord, TakeBack
from store.letters import Addressee, LetterRow, Papers
from store.lists import MessageSheet, Queue, QueueAsk, Today
from store.masking import Mask
from store.rows import MessageRow, PartRow, SpanRow
from texts import say


@dataclass(frozen=True, slots=True)
class Decide:
    """Sets the decision (`passed`, `returned`, `rejected`); None takes it back."""

    decision: str | None


@dataclass(frozen=True, slots=True)
class Correct:
    """Sets the value of a field, "" for an empty one; None takes the correction back."""

    form: str
    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Judge:
    """Says of a finding that it is `accepted`, `dismissed`, or (`open`) nothing."""

    finding: FindingKey
    state: str


@dataclass(frozen=True, slots=True)
class Note:
    """Leaves a remark; its text is the act's reason."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """Asks to see the full sensitive values: changes nothing, leaves a line."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Puts back what stood before the act `event`."""

    event: int


Change = Decide | Correct | Judge | Note | Reveal | Undo


@dataclass(frozen=True, slots=True)
class Said:
    """What a person set: a value (masked) or a verdict on a finding, with who, when and why."""

    value: str
    actor: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """What people did with a project.

    `version` changes with every act. `corrections` by (form, field), `verdicts` by finding. `shared` are the 汇总表 of its
    message. `settling`: the rules have not yet run over the newest correction.
    """

    version: int
    events: tuple[Event, ...]
    corrections: dict[tuple[str, str], Said]
    verdicts: dict[FindingKey, Said]
    decided: Said | None
    spans: tuple[SpanRow, ...]
    shared: tuple[PartRow, ...]
    settling: bool


_VERSION = "SELECT coalesce(max(id), 0) FROM history WHERE project = :project OR project IS NULL AND message = :message"
_EVENTS = """
    SELECT id, at, actor, action, before, after, reason, subject IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM history AS later WHERE later.id > history.id AND later.subject = history.subject
            AND (later.project = history.project OR later.project IS NULL AND later.message = history.message)) AS undoable
    FROM history WHERE project = :project OR project IS NULL AND message = :message ORDER BY id DESC"""
_SETTLING = """
    SELECT 1 FROM job JOIN message AS his ON his.message = job.message JOIN message AS mine ON mine.message = :message
    WHERE job.kind = 'settle' AND job.state IN ('queued', 'running') AND (his.message = mine.message OR his.told_unit = mine.told_unit)"""


@dataclass(frozen=True, slots=True)
class Desk:
    """The acts, over both databases; `turn` is the store's lock."""

    intake: sqlite3.Connection
    private: sqlite3.Connection
    turn: threading.RLock
    mask: Mask

    def act(self, project: str, version: int | None, changes: Sequence[Change], act: Act) -> None:
        """Does all of `changes` or nothing. `version` is the one the person saw (None: any).

        Raises Overtaken when another act came in between, NotFound for an unknown project, finding or event.
        """
        with self.turn:
            shown = {change: decisions.hidden(self.private, (project, change.form, change.field), change.value, self.mask)
                     for change in changes if isinstance(change, Correct)}  # fmt: skip
            with transaction(self.intake) as database:
                place = _place(database, project)
                if version is not None and database.execute(_VERSION, place).fetchone()[0] != version:
                    raise Overtaken
                for change in changes:
                    if isinstance(change, Correct):
                        decisions.correct_in(database, (project, change.form, change.field), shown[change], act, self.mask)
                    else:
                        _do(database, place, change, act, self.mask)

    def queue(self, ask: QueueAsk) -> Queue:
        """The page of the queue that fits what is asked."""
        with self._reading() as database:
            return lists.queue(database, ask)

    def today(self, since: datetime) -> Today:
        """The dashboard's figures; what was first seen at `since` or later is new."""
        with self._reading() as database:
            return lists.today(database, since)

    def message(self, key: str) -> MessageSheet:
        """One message with its files, what they were recognised as, its projects, findings and the state of its reading. Raises NotFound."""
        with self._reading() as database:
            return lists.message(database, key)

    def messages(self, status: str, page: int, size: int) -> tuple[tuple[MessageRow, ...], dict[str, int]]:
        """A page of the messages (of one status, "" for all), the newest first; and how many there are of each status."""
        with self._reading() as database:
            return lists.messages(database, status, page, size)

    def addressees(self, page: int, size: int, *, silent: bool) -> tuple[tuple[Addressee, ...], int]:
        """A page (from 1) of the units that a letter may go to, the `silent` ones last, if at all; and how many there are in all."""
        with self._reading() as database:
            return letters.addressees(database, page, size, silent=silent)

    def silent_units(self) -> tuple[str, ...]:
        """The units of the roster that have sent nothing."""
        with self._reading() as database:
            return looking.silent_units(database)

    def papers(self, unit: str) -> Papers:
        """What the letter to a unit is made from; empty where nothing came from it."""
        with self._reading() as database:
            return letters.papers(database, unit)

    def letter(self, unit: str) -> LetterRow | None:
        """The letter to the unit as a clerk left it."""
        with self._reading() as database:
            return letters.row(database, unit)

    def keep_letter(self, letter: LetterRow, sent: Act | None = None) -> None:
        """Keeps a clerk's wording of a unit's letter; with `sent`, also notes it with every project of the unit. Id numbers are masked."""
        with self.turn, transaction(self.intake) as database:
            letters.keep(database, letter, self.mask)
            if sent is not None:
                letters.note_done(database, letter.unit, "send", sent, self.mask)

    def answer_by(self, today: date) -> date | None:
        """The last day to answer that a clerk set for all letters, None where none is set or it is past."""
        with self._reading() as database:
            return letters.answer_by(database, today)

    def set_answer_by(self, day: date | None, act: Act) -> None:
        """Sets the last day to answer for all letters; None takes it back."""
        with self.turn, transaction(self.intake) as database:
            letters.set_answer_by(database, day, act, self.mask)

    def note_letter(self, unit: str, action: str, act: Act) -> None:
        """Notes what was done with the unit's letter (`draft`: laid into the folder of drafts) with every project of the unit."""
        with self.turn, transaction(self.intake) as database:
            letters.note_done(database, unit, action, act, self.mask)

    def hands(self, message: str) -> HandRecord:
        """What people did about a message's files."""
        with self._reading() as database:
            return hands.record(database, message)

    def handle(self, message: str, version: int | None, wanted: Handling, act: Act) -> None:
        """Does something about a message's files; it is read again. `version` is the one the person saw (None: any).

        Raises Overtaken when another act came in between, NotFound for an unknown message, file or event.
        """
        with self.turn, transaction(self.intake) as database:
            hands.handle(database, message, version, wanted, act, self.mask)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self.turn, snapshot(self.intake):
            yield self.intake

    def record(self, project: str) -> Record:
        """What people did with a project. Raises NotFound."""
        with self._reading():
            place = _place(self.intake, project)
            decided = self.intake.execute("SELECT decision, actor, at, reason FROM decision WHERE project = ?", (project,)).fetchone()
            return Record(
                self.intake.execute(_VERSION, place).fetchone()[0],
                tuple(decisions.event_of(row) for row in self.intake.execute(_EVENTS, place)),
                _corrections(self.intake, project),
                _verdicts(self.intake, place),
                Said(*decided) if decided else None,
                _spans(self.intake, project),
                looking.rows(self.intake, PartRow, "project IS NULL AND form = 'summary' AND message = ?", place["message"]),
                self.intake.execute(_SETTLING, place).fetchone() is not None,
            )

    def full_values(self, project: str) -> dict[tuple[str, str, str], str]:
        """The sensitive values of a project in full by (form, field, source); a reviewer's under source `review`."""
        with self.turn, reported():
            rows = self.private.execute("SELECT form, field, source, value FROM field WHERE project = ?", (project,))
            found = {(row["form"], row["field"], row["source"]): str(row["value"]) for row in rows}
            for row in self.intake.execute("SELECT form, field, hash FROM correction WHERE project = ? AND hash IS NOT NULL", (project,)):
                full = self.private.execute("SELECT value FROM corrected WHERE hash = ?", (row["hash"],)).fetchone()
                if full:
                    found[row["form"], row["field"], "review"] = str(full["value"])
            return found


def _place(database: sqlite3.Connection, project: str) -> dict[str, str]:
    row = database.execute("SELECT message FROM project WHERE project = ?", (project,)).fetchone()
    if row is None:
        raise NotFound(what=say("store.project"), key=project)
    return {"project": project, "message": row["message"]}


def _do(database: sqlite3.Connection, place: dict[str, str], change: Change, act: Act, mask: Mask) -> None:
    project, message = place["project"], place["message"]
    match change:
        case Decide(decision):
            decisions.decide(database, project, decision, act, mask)
        case Judge(finding, state):
            decisions.judge(database, finding, state, act, mask)
        case Note() | Reveal():
            action = "note" if isinstance(change, Note) else "reveal"
            decisions.note(database, act, action, mask, project=project, message=message, change=(None, None))
        case Undo(event):
            _undo(database, place, event, act, mask)


def _undo(database: sqlite3.Connection, place: dict[str, str], event: int, act: Act, mask: Mask) -> None:
    """Puts back what stood before `event`, as another act. Raises NotFound when it is none of this project's that can be undone."""
    events = {row["id"]: bool(row["undoable"]) for row in database.execute(_EVENTS, place)}
    if not events.get(event):
        raise NotFound(what=say("store.event"), key=str(event))
    row = database.execute("SELECT action, subject, prior FROM history WHERE id = ?", (event,)).fetchone()
    subject, prior = json.loads(row["subject"]), json.loads(row["prior"])
    why = prior[-1] if prior and subject[0] != HAND else ""
    again = replace(act, reason=why or act.reason)
    match subject:
        case [kind] if kind == DECISION:
            decisions.decide(database, place["project"], prior[0] if prior else None, again, mask)
        case [kind, form, field] if kind == CORRECTION:
            decisions.correct_in(database, (place["project"], form, field), (prior[0], prior[1]) if prior else None, again, mask)
        case [kind, message, project, rule, form, field] if kind == FINDING:
            decisions.judge(database, (message, project or None, rule, form or None, field or None), prior[0], again, mask)
        case [kind, message, _] if kind == HAND:
            hands.handle(database, message, None, TakeBack(event), act, mask)


def _corrections(database: sqlite3.Connection, project: str) -> dict[tuple[str, str], Said]:
    rows = database.execute("SELECT form, field, value, actor, at, reason FROM correction WHERE project = ?", (project,))
    return {(row["form"], row["field"]): Said(row["value"], row["actor"], row["at"], row["reason"]) for row in rows}


def _verdicts(database: sqlite3.Connection, place: dict[str, str]) -> dict[FindingKey, Said]:
    found: dict[FindingKey, Said] = {}
    for state, table in (("dismissed", "dismissal"), ("accepted", "acceptance")):
        for row in database.execute(f"SELECT * FROM {table} WHERE message = :message AND project IN ('', :project)", place):  # noqa: S608
            key = (row["message"], row["project"] or None, row["rule"], row["form"] or None, row["field"] or None)
            found[key] = Said(state, row["actor"], row["at"], row["reason"])
    return found


def _spans(database: sqlite3.Connection, project: str) -> tuple[SpanRow, ...]:
    names = 'project, form, field, start, "end", label, text, value'
    return tuple(SpanRow(*row) for row in database.execute(f"SELECT {names} FROM span WHERE project = ? ORDER BY start", (project,)))  # noqa: S608
