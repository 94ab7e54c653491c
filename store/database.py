"""The door of the store: one object that owns both databases of a data folder.

`intake.db` holds what may be queried (sensitive values masked), `private.db` what may not. Every write is one
`BEGIN IMMEDIATE` transaction; what goes into both is written to private.db first, in a way that doing it again changes nothing,
so that a kill at any point is mended by running again. A store may be used from several threads: they take turns.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.finding import Finding
from checks.register import Register, entries_of
from extractors.submission import Reading, Submission
from intake.message import Taken
from parsers.document import Document
from profiles.profile import Profile
from store import caches, decisions, flatten, hands, jobs, looking, relations, saving, sources
from store.accounts import Accounts
from store.campaign import keep_campaign
from store.connection import connect, reported, snapshot, transaction
from store.desk import Desk
from store.erasing import Erasing
from store.hands import HandRow
from store.masking import Mask, keyed_hash
from store.pictures import PageMarks, page_marks
from store.rows import (
    Correction,
    FieldRow,
    FileRow,
    FindingRow,
    HistoryRow,
    Job,
    MessageRow,
    ProjectRow,
    ProjectSheet,
    SightingRow,
    SourceRow,
    SpanRow,
    Status,
    ValueRow,
)
from store.seen import SeenFiles, remembering
from store.settled import Settled

INTAKE, PRIVATE = "intake.db", "private.db"

__all__ = ["INTAKE", "PRIVATE", "Correction", "Job", "ProjectSheet", "SpanRow", "Status", "Store"]


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """A data folder opened. Make one with `Store.open`.

    Every method raises StoreBusy when another process holds the database for too long, StoreDamaged when it is no
    database any more, StoreError when the disk is full or refuses.
    """

    data: Path
    profile: Profile
    intake: sqlite3.Connection
    private: sqlite3.Connection
    mask: Mask
    _turn: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def open(cls, data: Path, profile: Profile) -> Store:
        """The store in folder `data`, made (0700, files 0600) or migrated where needed."""
        private = connect(data / PRIVATE, "private")
        intake = connect(data / INTAKE, "intake")
        keep_campaign(intake, profile)
        return cls(data, profile, intake, private, Mask(profile.sensitive(), caches.secret(private, "hash")))

    def close(self) -> None:
        """Closes both databases."""
        with self._turn:
            self.intake.close()
            self.private.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._turn, transaction(self.intake) as database:
            yield database

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """intake.db as it is at one moment."""
        with self._turn, snapshot(self.intake):
            yield self.intake

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is written at once: durable when the block ends, all undone when it raises. Keep it short: others wait."""
        with self._turn, transaction(self.intake), transaction(self.private):
            yield

    # ------------------------------------------------------------------------------------------------ taking in

    def record(self, taken: Taken, seen_at: datetime) -> bool:
        """Durably notes a message whose bytes are safe: message (`waiting`), sighting, job `read`. True if the message is new.

        The same bytes again only add a sighting, one a source: the first time it was seen there stays.
        """
        with self._writing() as database:
            return jobs.record(database, taken, seen_at, self.mask)

    def refuse(self, taken: Taken, seen_at: datetime, reason: str) -> bool:
        """Notes a message that could not be fetched whole: it is `failed` with its reason (Chinese), and no job waits. True if it is new."""
        with self._writing() as database:
            return jobs.refuse(database, taken, seen_at, self.mask.running(reason), self.mask)

    def seen_files(self, made_by: str) -> AbstractContextManager[SeenFiles]:
        """What files outside were when the program `made_by` last read them; all that is kept of them is written when the block ends."""
        return remembering(self.private, self._turn, self.mask.key, made_by)

    def watch(self, names: Iterable[str], owner: str, gone: Iterable[str], at: datetime) -> None:
        """`owner` watches the sources `names` from `at` on; what the dead owners `gone` watched is watched by nobody any more."""
        with self._writing() as database:
            sources.claim(database, names, owner, gone, at)

    def note_contact(self, source: str, at: datetime, trouble: str | None = None, *, reached: bool = True) -> None:
        """A watched source was `reached` at `at`, or was not; `trouble` (Chinese) is what went wrong there, None for nothing."""
        with self._writing() as database:
            sources.note(database, source, at, trouble, reached=reached)

    def position(self, source: str) -> tuple[int, int] | None:
        """(UIDVALIDITY, last UID) up to which a mailbox folder was taken in, or None."""
        with self._reading() as database:
            return sources.position(database, source)

    def keep_position(self, source: str, validity: int, uid: int) -> None:
        """Everything up to `uid` was durably taken in; call it only then."""
        with self._writing() as database:
            sources.keep_position(database, source, validity, uid)

    def sources(self) -> tuple[SourceRow, ...]:
        """Every source that was ever watched, by name."""
        with self._reading() as database:
            return sources.rows(database)

    # ------------------------------------------------------------------------------------------------ jobs

    def lease(self, kind: str, owner: str, now: datetime, seconds: float) -> Job | None:
        """The oldest free job of `kind` (`read`, `settle`), leased to `owner` for `seconds` from `now`; None when there is none.

        A lease that ran out is free again. Settling is one at a time: there is none while another one's lease is good.
        """
        with self._writing() as database:
            return jobs.lease(database, kind, owner, now, seconds)

    def renew(self, job: Job, now: datetime, seconds: float) -> bool:
        """Lengthens the lease; False when another has taken the job, whose results are then not wanted any more."""
        with self._writing() as database:
            return jobs.renew(database, job, now, seconds)

    def holds(self, job: Job) -> bool:
        """Whether the job's lease, good or run out, has been taken by nobody else."""
        with self._reading() as database:
            return jobs.held(database, job)

    def release(self, job: Job) -> None:
        """The job waits again; nothing happens when the lease was lost."""
        with self._writing() as database:
            if jobs.held(database, job):
                jobs.end(database, job, "queued")

    def quarantine(self, job: Job, reason: str) -> None:
        """The job is set aside with its reason (Chinese); a message that could not be read is `failed` with it.

        Nothing happens when the lease was lost.
        """
        with self._writing() as database:
            jobs.quarantine(database, job, self.mask.running(reason))

    def retry(self, message: str | None = None) -> int:
        """Quarantined jobs (of one message, or all) wait again, from their first attempt; how many."""
        with self._writing() as database:
            return jobs.retry(database, message)

    def owners(self) -> frozenset[str]:
        """Who holds a lease, good or run out."""
        with self._reading() as database:
            return jobs.owners(database)

    def release_all(self, owner: str) -> int:
        """Every job of an owner that is known to be gone waits again; how many."""
        with self._writing() as database:
            return jobs.release_all(database, owner)

    def pending(self, kind: str) -> int:
        """How many jobs of `kind` are queued or running."""
        with self._reading() as database:
            return jobs.pending(database, kind)

    # ------------------------------------------------------------------------------------------------ reading

    def document(self, sha256: str, engine: str) -> Document | None:
        """What the readers `engine` made of these bytes before, or None."""
        with self._turn, reported():
            return caches.document(self.private, sha256, engine)

    def keep_document(self, sha256: str, engine: str, document: Document) -> None:
        """Keeps it for the next time these bytes turn up; durable when it returns, idempotent."""
        with self._turn:
            caches.keep_document(self.private, sha256, engine, document)

    def finish_reading(self, job: Job, reading: Reading) -> bool:
        """Saves what was read of the job's message: message row with its status, files, job done, job `settle` queued, all at once.

        The reading itself goes to private.db first. False, and nothing saved in intake.db, when the lease was lost to another.
        """
        mask = self._knowing(flatten.known_values(reading.forms, self.mask.sensitive))
        with self._turn:
            return saving.save_reading(self.intake, self.private, job, reading, mask)

    # ------------------------------------------------------------------------------------------------ settling

    def unit_of(self, message: str) -> str | None:
        """The unit that the message's reading named, None when it named none. Raises NotFound for an unknown message."""
        with self._reading() as database:
            return looking.unit_of(database, message)

    def readings(self, unit: str | None, message: str) -> tuple[Reading, ...]:
        """All readings of the unit's submissions (of `message` alone where `unit` is None), by (received_at, key).

        One whose time is unknown comes after those whose time is known; a time without offset is the campaign's local time. One that names
        no unit is of that which its sender's other mails name.
        """
        with self._reading() as database:
            keys = looking.messages_of(database, unit, message)
        with self._turn, reported():
            found = [looking.of_unit(reading, unit) for reading in caches.readings(self.private, keys)]
        return looking.in_order(found, ZoneInfo(self.profile.dates.timezone))

    def assigned(self, unit: str | None, message: str) -> tuple[HandRow, ...]:
        """Every file of the unit's messages (of `message` alone where `unit` is None) that a person assigned to a project."""
        with self._reading() as database:
            return hands.assigned(database, looking.messages_of(database, unit, message))

    def register(self, submissions: tuple[Submission, ...]) -> Register:
        """What the current projects of these submissions have in common with each other and with all others in the store."""
        mask = self._knowing(self.known_values(submissions))
        mine = tuple(relations.masked(entry, mask) for entry in entries_of(submissions, partial(keyed_hash, mask.key)))
        with self._reading() as database:
            return relations.register(database, mine, frozenset(submission.message for submission in submissions))

    def save_settled(
        self,
        job: Job | None,
        submissions: tuple[Submission, ...],
        findings: tuple[Finding, ...],
        spans: tuple[SpanRow, ...] = (),
        made_from: str | None = None,
    ) -> frozenset[str]:
        """Replaces parts, projects, fields, choices, findings and spans of these messages; what people decided stays. Ends the job.

        Other units whose projects now share, or no longer share, a person, a firm, a name or a text with these must be judged again. With a
        job, a settle job is queued for each in the same transaction (so a kill cannot lose it) and the answer is empty; without one
        their names are returned. Nothing is saved when the job's lease was lost. `made_from` is the digest of the `settled.Inputs`.
        """
        mask = self._knowing(self.known_values(submissions))
        with self._turn:
            return saving.save_settled(self.intake, self.private, job, submissions, findings, spans, mask, made_from)

    @property
    def settled(self) -> Settled:
        """What settling need not do again."""
        return Settled(self.intake, self.private, self._turn, self.mask)

    def units_settled(self) -> tuple[tuple[str | None, str], ...]:
        """(unit, a message of it) of everything that was read; every message of no unit by itself."""
        with self._reading() as database:
            return looking.units_settled(database)

    def queue_recheck(self) -> int:
        """Queues a settle job for every unit and every message of no unit: a recheck that survives a kill. Returns how many."""
        with self._writing() as database:
            units = looking.units_settled(database)
            for unit, message in units:
                jobs.queue_settling(database, unit, message)
            return len(units)

    # ------------------------------------------------------------------------------------------------ people's decisions

    def decide(self, project: str, decision: str | None, actor: str, at: datetime, reason: str = "") -> None:
        """Sets (None: takes back) the reviewer's decision `passed`, `returned` or `rejected`. Raises NotFound for an unknown project."""
        with self._writing() as database:
            decisions.decide(database, project, decision, decisions.Act(actor, at, reason), self.mask)

    def dismiss(self, finding: tuple[str, str | None, str, str | None, str | None], actor: str, at: datetime, reason: str) -> None:
        """A finding (by `Finding.key`) no longer counts, also after a recheck. Raises NotFound when there is no such finding."""
        with self._writing() as database:
            decisions.dismiss(database, finding, decisions.Act(actor, at, reason), self.mask)

    def reopen(self, finding: tuple[str, str | None, str, str | None, str | None], actor: str, at: datetime, reason: str = "") -> None:
        """A dismissed finding counts again. Raises NotFound when it was not dismissed."""
        with self._writing() as database:
            decisions.reopen(database, finding, decisions.Act(actor, at, reason), self.mask)

    def correct(self, project: str, form: str, field: str, value: str | None, actor: str, at: datetime, reason: str = "") -> None:
        """Sets (None: takes back) the reviewer's value of a field, and queues settling. Raises NotFound for an unknown project."""
        with self._turn:
            decisions.correct(self.intake, self.private, (project, form, field), value, decisions.Act(actor, at, reason), self.mask)

    def corrections(self, projects: Iterable[str]) -> tuple[Correction, ...]:
        """The reviewers' values of these projects, in full."""
        with self._turn, reported():
            return decisions.corrections(self.intake, self.private, projects)

    @property
    def accounts(self) -> Accounts:
        """Who may log in."""
        return Accounts(self.private, self._turn)

    @property
    def desk(self) -> Desk:
        """What people do at the review desk."""
        return Desk(self.intake, self.private, self._turn, self.mask)

    @property
    def erasing(self) -> Erasing:
        """A person's data removed, and the bytes that need not be kept any more."""
        return Erasing(self.intake, self.private, self._turn, self.mask)

    def page_marks(self, sha256: str, number: int) -> PageMarks:
        """What must be covered on page `number` (1-based) of the file with these bytes, and what was found on it. Raises NotFound."""
        with self._turn, reported():
            return page_marks(self.intake, self.private, sha256, number, self.mask, self.profile)

    # ------------------------------------------------------------------------------------------------ looking

    def status(self) -> Status:
        """Counts for `wuxiao status`."""
        with self._reading() as database:
            return looking.status(database)

    def show(self, project: str) -> ProjectSheet:
        """One project, by key, beginning of a key, or part of its name. Raises NotFound when none or several fit."""
        with self._reading() as database:
            return looking.show(database, project)

    def history(self, project: str | None = None, message: str | None = None) -> tuple[HistoryRow, ...]:
        """Who did what when, oldest first."""
        with self._reading() as database:
            return looking.history(database, project, message)

    def messages(self) -> tuple[MessageRow, ...]:
        """Every row of `message_list`."""
        with self._reading() as database:
            return looking.rows(database, MessageRow)

    def sightings(self) -> tuple[SightingRow, ...]:
        """Every row of `sighting_list`."""
        with self._reading() as database:
            return looking.rows(database, SightingRow)

    def files(self) -> tuple[FileRow, ...]:
        """Every row of `file_list`."""
        with self._reading() as database:
            return looking.rows(database, FileRow)

    def projects(self) -> tuple[ProjectRow, ...]:
        """Every row of `project_list`."""
        with self._reading() as database:
            return looking.rows(database, ProjectRow)

    def findings(self) -> tuple[FindingRow, ...]:
        """Every row of `finding_list`."""
        with self._reading() as database:
            return looking.rows(database, FindingRow)

    def values(self) -> tuple[ValueRow, ...]:
        """Every row of `value_list`."""
        with self._reading() as database:
            return looking.rows(database, ValueRow)

    def summary_fields(self) -> tuple[FieldRow, ...]:
        """The rows of `field_list` that were read from 汇总表, heads and rows."""
        with self._reading() as database:
            return looking.rows(database, FieldRow, "form = 'summary'")

    def known_values(self, submissions: Iterable[Submission]) -> frozenset[str]:
        """Every sensitive value that these submissions hold: texts that quote one are masked by it."""
        return flatten.known_values((form for submission in submissions for form in flatten.all_forms(submission)), self.mask.sensitive)

    def _knowing(self, known: frozenset[str]) -> Mask:
        return replace(self.mask, known=known)
