"""What the extractors hand on: `Form`s with their `Field`s, and `Submission`s of `Project`s put together from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from intake.message import Message
from parsers.document import Alternatives, Box, Medium, Seal, Tone

FormName = Literal["summary", "nomination", "person", "commitment", "recommendation", "certificate", "other"]


@dataclass(frozen=True, slots=True)
class Field:
    """One value that was read. `value` is normalised as the contract says, `raw` is as written.

    `row` is 0 except for rows of the 汇总表, which count from 1. `page` is 1-based, None in Word; `box` in fractions of
    the upright page. `confidence` 0–1: how likely `value` is what stands there. `alternatives`: what else the reader saw
    at the signs of `value` (see `parsers.document.Line`).
    """

    form: FormName
    field: str
    value: str
    raw: str
    row: int = 0
    confidence: float = 1.0
    page: int | None = None
    box: Box | None = None
    alternatives: Alternatives = ()


@dataclass(frozen=True, slots=True)
class TextSpan:
    """What the Chinese NLP found in the value of `field`: `value[start:end]` is `text`, which means `label` (see `nlp/span.py`)."""

    field: str
    label: str
    start: int
    end: int
    text: str
    value: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form found in a file: which, on which pages, what it says.

    `message` and `file` (its path) say where it lies. `sealed`/`signed`: True, False, or None where it does not apply
    or cannot be told. `tone` is the poorest page's (None in Word). `text` is all that is printed and written on it.
    `ticks` are the categories that are ticked. `notes` are rule-relevant observations by name (`section-order` …).
    `spans` are what the NLP found in its prose.
    """

    message: str
    file: str
    form: FormName
    source: Medium
    fields: tuple[Field, ...]
    text: str = ""
    first_page: int | None = None
    last_page: int | None = None
    sealed: bool | None = None
    signed: bool | None = None
    tone: Tone | None = None
    seals: tuple[Seal, ...] = ()
    ticks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    spans: tuple[TextSpan, ...] = ()

    def value(self, field: str) -> str | None:
        """The value of `field` (row 0), or None when nothing was read."""
        return next((f.value for f in self.fields if f.field == field and f.row == 0), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """The value that counts of one field: the reviewer's, else Word's, else the scan's.

    `agreement`: `same`, `differs` (beyond misreading), `unsure` (may be a misreading), `one-sided`, `corrected`.
    """

    form: FormName
    field: str
    value: str
    chosen_from: Literal["review", "word", "scan"]
    agreement: Literal["same", "differs", "unsure", "one-sided", "corrected"]
    word: Field | None = None
    scan: Field | None = None


@dataclass(frozen=True)
class Project:
    """One version of one nominated project: its forms, used ones first, and the values that count.

    `key` comes from content. `message` is the message that brought this version; forms taken over from the version
    before keep their own `message`. `unused` are copies of a form that counts elsewhere. `superseded_by` is the key of
    the next version, None for the current one. `received_at` is that of `message`, `first_received_at` that of the first version.
    """

    key: str
    message: str
    unit: str | None
    name: str
    forms: tuple[Form, ...]
    unused: tuple[Form, ...] = ()
    choices: tuple[Choice, ...] = ()
    received_at: datetime | None = None
    first_received_at: datetime | None = None
    superseded_by: str | None = None

    @cached_property
    def _chosen(self) -> Mapping[tuple[str, str], Choice]:
        return {(choice.form, choice.field): choice for choice in reversed(self.choices)}

    def choice(self, form: str, field: str) -> Choice | None:
        """The value that counts with where it comes from, or None."""
        return self._chosen.get((form, field))

    def value(self, form: FormName, field: str) -> str | None:
        """The value that counts, or None."""
        chosen = self.choice(form, field)
        return chosen.value if chosen else None

    def form(self, form: FormName, source: Medium) -> Form | None:
        """The copy of `form` from `source` that counts, or None."""
        return next((f for f in self.forms if f.form == form and f.source == source), None)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What became of one file: as `file_list` shows it. `reason` is Chinese, None when all is well. `pages` None where it has none.

    `notes` are Chinese sentences that a clerk should know although the file was read.
    """

    path: str
    sha256: str
    media_type: str
    size: int
    status: str
    reason: str | None = None
    pages: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read of one message before anything is put together: it needs no file to be judged again.

    `unit` is the nominating unit as told from this message alone (see `Submission`).
    """

    message: Message
    files: tuple[SourceFile, ...]
    forms: tuple[Form, ...]
    unit: str | None = None
    unit_known: bool = False
    unit_sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One message as the rules see it: whose it is, its files, its 汇总表 (both sources), its projects, pages of no form.

    `unit` is the roster's name where one matches, else as written, None if it cannot be told; `unit_known` whether it
    is of the roster or named like an 行产业 union. `unit_sources` says what each witness named (`subject`, `summary`, `sender`, `seal`).
    """

    message: str
    message_id: str | None
    subject: str
    sender: str
    sender_address: str
    received_at: datetime | None
    unit: str | None
    unit_known: bool
    unit_sources: tuple[tuple[str, str], ...]
    files: tuple[SourceFile, ...]
    summaries: tuple[Form, ...]
    projects: tuple[Project, ...]
    others: tuple[Form, ...] = ()
