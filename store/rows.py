"""What the store gives out: one frozen type a view of the contract (fields named and ordered as its columns), and what the commands show."""

from __future__ import annotations

from dataclasses import dataclass, field

from intake.message import Taken


@dataclass(frozen=True, slots=True)
class Job:
    """A job under lease. `attempts` counts this one. `message` is the key the store gave the message when it was taken in."""

    id: int
    kind: str
    message: str
    taken: Taken
    attempts: int
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A reviewer's value for a field of a project, in full."""

    project: str
    form: str
    field: str
    value: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class SpanRow:
    """A span that the NLP found in a field's value: `start`, `end` in characters.

    `value` is normalised, `detail` tells more of it (`extractors.nlp.span`); None where there is none.
    """

    project: str
    form: str
    field: str
    start: int
    end: int
    label: str
    text: str
    value: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row of `message_list`."""

    message: str
    message_id: str | None
    subject: str
    sender: str
    received_at: str | None
    unit: str | None
    status: str
    reason: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class SightingRow:
    """A row of `sighting_list`."""

    message: str
    source: str
    seen_at: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of `file_list`."""

    message: str
    path: str
    sha256: str
    media_type: str
    bytes: int
    status: str
    reason: str | None
    pages: int | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A row of `note_list`."""

    message: str
    path: str
    note: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A row of `part_list`."""

    message: str
    file: str
    project: str | None
    form: str
    source: str
    first_page: int | None
    last_page: int | None
    sealed: int | None
    signed: int | None
    used: int


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A row of `project_list`."""

    project: str
    message: str
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
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A row of `field_list`."""

    project: str | None
    message: str
    form: str
    row: int
    field: str
    source: str
    value: str
    raw: str
    confidence: float
    file: str
    page: int | None
    x0: float | None
    y0: float | None
    x1: float | None
    y1: float | None


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A row of `value_list`."""

    project: str
    form: str
    field: str
    value: str
    chosen_from: str
    agreement: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A row of `finding_list`."""

    message: str
    project: str | None
    rule: str
    severity: str
    text: str
    form: str | None
    field: str | None
    file: str | None
    page: int | None
    state: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A row of `history_list`."""

    at: str
    actor: str
    action: str
    project: str | None
    message: str | None
    before: str | None
    after: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that is not done: for `status` and `quarantine list`."""

    kind: str
    message: str
    subject: str
    state: str
    attempts: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A watched mailbox folder or folder: the process that watches it since when, the last contact, and what is wrong there."""

    source: str
    owner: str
    since: str
    contact_at: str | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Counts for `wuxiao status`. Projects and findings count current versions only; `silent` are the roster's units that sent nothing."""

    messages: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    jobs: dict[str, int] = field(default_factory=dict)
    quarantined: tuple[JobRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectSheet:
    """One project as `wuxiao show` prints it; `versions` are all versions of it, oldest first; `message_findings` those of its message."""

    project: ProjectRow
    message: MessageRow
    values: tuple[ValueRow, ...]
    fields: tuple[FieldRow, ...]
    findings: tuple[FindingRow, ...]
    message_findings: tuple[FindingRow, ...]
    parts: tuple[PartRow, ...]
    files: tuple[FileRow, ...]
    notes: tuple[NoteRow, ...]
    versions: tuple[ProjectRow, ...]
    history: tuple[HistoryRow, ...] = ()
