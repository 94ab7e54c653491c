"""Takes one person's project out of what was read of a message that stays for its other projects. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from checks.values import plain
from extractors.submission import Form, Reading, SourceFile
from intake.message import Attachment
from store.masking import Mask
from texts import say

SHORTEST_NUMBER = 6
SHORTEST_NAME = 2
ALIKE = 0.8
"""From this likeness on two names of projects are one, misread in one place (`difflib`'s ratio)."""
NAMES = (("person", "name"), ("certificate", "name"))
NUMBERS = tuple(("person", name) for name in ("id_number", "mobile", "email", "skill_cert_no", "title_cert_no"))
BLOT = "＊"

FormKey = tuple[str, str, str, int | None]
"""(file as intake.db names it, form, source, first page) of a form within its message."""


@dataclass(frozen=True, slots=True)
class Words:
    """By what a person is known: `names`, `numbers` (id number, mobile, e-mail address, certificates) and the names of the `projects`."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    projects: frozenset[str] = frozenset()

    def told_in(self, text: str) -> bool:
        """Whether `text` holds a name or a number of the person."""
        return _holds(text, self.names | self.numbers)

    def scrubbed(self, text: str) -> str:
        """`text` with every name and number of the person blotted out."""
        for word in sorted(self.names | self.numbers, key=len, reverse=True):
            text = text.replace(word, BLOT * len(word))
        return text

    def names_project(self, name: str) -> bool:
        """Whether `name` is that of one of the projects, a misreading allowed for."""
        bare = plain(name)
        return any(SequenceMatcher(None, bare, plain(one), autojunk=False).ratio() >= ALIKE for one in self.projects)


NOBODY = Words()


def make_words(values: Iterable[tuple[str, str, str]], projects: Iterable[str]) -> Words:
    """From (form, field, value) of the projects; what is too short to tell a person by is left out."""
    names: set[str] = set()
    numbers: set[str] = set()
    for form, field, value in values:
        if (form, field) in NAMES:
            names.update(part for part in value.replace(" ", "").split("、") if len(part) >= SHORTEST_NAME)
        elif (form, field) in NUMBERS and len(value) >= SHORTEST_NUMBER:
            numbers.update((value, "".join(value.split())))
    return Words(frozenset(names), frozenset(numbers), frozenset(filter(None, projects)))


def _holds(text: str, words: Iterable[str]) -> bool:
    bare = "".join(text.split())
    return any(word in text or word in bare for word in words)


def prune(reading: Reading, own: frozenset[int], taken: frozenset[FormKey], words: Words, mask: Mask) -> Reading:
    """`reading` without the files at the places `own`, without the forms `taken`, and without the person's traces in what stays.

    A file that goes keeps its place in the list, without its name. Doing it again changes nothing.
    """
    renamed = {reading.files[place].path: f"{say('store.erased')}/{place + 1}" for place in own if place < len(reading.files)}
    files = tuple(_blank(file, renamed[file.path]) if file.path in renamed else _cleaned(file, words) for file in reading.files)
    forms = tuple(
        _clean_form(form, words)
        for form in reading.forms
        if form.file not in renamed and (mask.exact(form.file), form.form, form.source, form.first_page) not in taken
    )
    message = replace(
        reading.message,
        attachments=tuple(_blank_attachment(one, renamed.get(one.path)) for one in reading.message.attachments),
        subject=words.scrubbed(reading.message.subject),
        sender=words.scrubbed(reading.message.sender),
        sender_address=words.scrubbed(reading.message.sender_address),
        forwarded_by=words.scrubbed(reading.message.forwarded_by) if reading.message.forwarded_by else None,
    )
    return replace(reading, message=message, files=files, forms=forms)


def _blank(file: SourceFile, path: str) -> SourceFile:
    return SourceFile(path, "", "application/octet-stream", 0, "ignored", say("store.erased_reason"))


def _cleaned(file: SourceFile, words: Words) -> SourceFile:
    reason = words.scrubbed(file.reason) if file.reason else None
    return replace(file, reason=reason, notes=tuple(map(words.scrubbed, file.notes)))


def _blank_attachment(attachment: Attachment, path: str | None) -> Attachment:
    if path is None:
        return attachment
    return Attachment(path, "", 0, "application/octet-stream", "ignored", say("store.erased_reason"))


def _clean_form(form: Form, words: Words) -> Form:
    """A form that stays: without the rows of the 汇总表 that list the projects, without values that hold a number of the person's, and
    without the lines of its text that do. A name is kept where it stands in another project's own values."""
    rows = {field.row for field in form.fields if form.form == "summary" and field.field == "project_name" and words.names_project(field.value)}
    fields = tuple(
        field
        for field in form.fields
        if not (field.row > 0 and field.row in rows) and not _holds(field.value, words.numbers) and not _holds(field.raw, words.numbers)
    )
    unwanted = words.numbers | (words.names | words.projects if rows else frozenset())
    lines = (line for line in form.text.splitlines() if not _holds(line, unwanted))
    kept = {field.field for field in fields}
    return replace(form, fields=fields, text="\n".join(lines), spans=tuple(span for span in form.spans if span.field in kept))
