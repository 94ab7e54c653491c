"""One message through the house, readable in one glance."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checks.excerpt import excerpt
from checks.judge import find_watched, worded
from checks.looks import Watched
from checks.register import Register
from errors import FileRefused
from extractors.annotate import annotate
from extractors.assemble import assemble
from extractors.by_hand import below, told_forms, unread, with_told
from extractors.extract import extract_as, extract_forms
from extractors.reading import make_reading
from extractors.submission import Form, FormName, Reading, SourceFile, Submission
from intake.message import Attachment, Message, Taken
from intake.originals import Originals
from parsers.document import Document
from parsers.version import ENGINE, OLD_TYPES, may_be_scan
from pipeline.bench import Bench, Hands
from pipeline.making import facts, rows_made_by, to_judge
from pipeline.owner import Owner
from pipeline.pages import PageImages
from pipeline.worker import Workers
from profiles.profile import Profile
from store.database import Job, SpanRow, Store
from store.settled import Breaches, Excerpts, Inputs
from texts import say

MOST_TOGETHER = 6
"""Files that one start of LibreOffice converts: more would run past the time that one process has."""
NOTHING_FOUND = Breaches((), frozenset(), {}, {})


@dataclass(frozen=True, slots=True)
class House:
    """What the flow needs and does not make itself. `hands` read the messages (None: threads of this process)."""

    store: Store
    originals: Originals
    images: PageImages
    workers: Workers
    profile: Profile
    owner: Owner
    hands: Hands | None = None


def read_message(house: House, job: Job) -> None:
    """What the job's message says, saved; ends the job."""
    house.store.finish_reading(job, read(house, job.taken))


def read(house: Bench, taken: Taken) -> Reading:
    """Everything that one message says: its files opened, its forms found. Nothing is put together or judged yet."""
    with house.workers.scratch() as scratch:
        message = _open(house, taken, scratch)
        _convert_together(house, message)
        found = _read_files(house, message, taken)
    files, forms = tuple(file for file, _ in found), tuple(form for _, its in found for form in its)
    return make_reading(message, files, forms, house.profile)


def _open(house: Bench, taken: Taken, scratch: Path) -> Message:
    """The message, its attachments' bytes safe among the originals."""
    message = house.workers.open_message(taken, house.profile.subject_words, scratch)
    for attachment in message.attachments:
        bytes_here = scratch / attachment.sha256
        if attachment.sha256 and bytes_here.is_file():
            house.originals.put_file(bytes_here)
    return message


def _convert_together(house: Bench, message: Message) -> None:
    """The old formats of a message read and kept, several in one start of LibreOffice; what fails here is read by itself later, with its
    reason."""
    waiting = {file.sha256: file for file in message.attachments if file.status == "waiting" and file.media_type in OLD_TYPES}
    fresh = {sha256: file for sha256, file in waiting.items() if house.store.document(sha256, ENGINE) is None}
    if len(fresh) < 2:
        return
    files = [(sha256, (house.originals.path(sha256), file.path)) for sha256, file in fresh.items()]
    starts = [dict(files[first : first + MOST_TOGETHER]) for first in range(0, len(files), MOST_TOGETHER)]
    for documents in house.workers.each(house.workers.read_old_documents, starts):
        for sha256, document in documents.items():
            house.store.keep_document(sha256, ENGINE, document)


def _read_files(house: Bench, message: Message, taken: Taken) -> list[tuple[SourceFile, tuple[Form, ...]]]:
    """What became of every file, in the message's order, read at the same time on all workers; the same bytes one after the other,
    so that they are read once."""
    told = told_forms(message, taken.hands)
    alike: dict[str, list[Attachment]] = {}
    for attachment in message.attachments:
        alike.setdefault(attachment.sha256, []).append(attachment)

    def read_alike(attachments: list[Attachment]) -> dict[str, tuple[SourceFile, tuple[Form, ...]]]:
        return {file.path: read_attachment(house, message, file, below(told, file.path)) for file in attachments}

    groups = house.workers.each(read_alike, alike.values(), lambda group: may_be_scan(group[0].media_type))
    found = {path: read for group in groups for path, read in group.items()}
    return [found[attachment.path] for attachment in message.attachments]


def read_attachment(
    house: Bench, message: Message, attachment: Attachment, told: FormName | None = None
) -> tuple[SourceFile, tuple[Form, ...]]:
    """What became of one file, and the forms in it; `told` is the form that a person says it is."""
    if attachment.status != "waiting":
        return _source_file(attachment, attachment.status, attachment.reason), unread(message, attachment, told)
    try:
        document = _read_once(house, attachment)
    except FileRefused as refusal:
        return _source_file(attachment, refusal.status, str(refusal)), unread(message, attachment, told)
    found = extract_forms(document, message=message.key, file=attachment.path, profile=house.profile)
    if told:
        by_hand = extract_as(document, told, message=message.key, file=attachment.path, profile=house.profile)
        found = with_told(found, by_hand)
    forms = tuple(annotate(form, house.profile) for form in found)
    pages = len(document.pages) if document.medium == "scan" else None
    came = _source_file(attachment, "parsed", None)
    return replace(came, media_type=document.media_type, pages=pages, notes=tuple(_notes(document))), forms


def _source_file(attachment: Attachment, status: str, reason: str | None) -> SourceFile:
    return SourceFile(attachment.path, attachment.sha256, attachment.media_type, attachment.size, status, reason)


def _notes(document: Document) -> Iterator[str]:
    """What a clerk should know about a file that was read, the pages that are too poor to trust among it."""
    yield from document.notes
    for page in document.pages:
        if page.rescan:
            yield say("parsers.page_note", page=page.number, note=page.rescan)


def _read_once(house: Bench, attachment: Attachment) -> Document:
    """The document, from the store when the same bytes were read before by the same readers. Raises FileRefused."""
    known = house.store.document(attachment.sha256, ENGINE)
    if known is not None:
        return known
    with house.workers.scratch() as scratch:
        document = house.workers.read_document(house.originals.path(attachment.sha256), attachment.path, scratch)
        house.images.keep(attachment.sha256, document, scratch)
    house.store.keep_document(attachment.sha256, ENGINE, document)
    return document


def settle(store: Store, profile: Profile, job: Job | None, unit: str | None, message: str) -> frozenset[str]:
    """Puts together and judges all that one unit sent; returns the other units that must be judged again because of it.

    Rows that stand are not written again, and what the rules found is not sought again while nothing they look at has changed.
    """
    inputs = store.settled.inputs(unit, message, rows_made_by(profile))
    if inputs.stand:
        _judge_again(store, profile, job, unit, inputs)
        return frozenset()
    submissions = _put_together(store, profile, unit, message)
    register = store.register(submissions)
    seen = _seen(store, profile, submissions)
    breaches = _judged(NOTHING_FOUND, tuple(profile.rules), seen, register, profile)
    if inputs.messages:
        store.settled.keep_excerpts(inputs, seen)
        store.settled.keep_breaches(inputs.messages, _found_from(inputs, register), breaches)
    findings = tuple(worded(breach, profile) for breach in breaches.found)
    return store.save_settled(job, submissions, findings, tuple(_spans(submissions)), inputs.digest)


def _put_together(store: Store, profile: Profile, unit: str | None, message: str) -> tuple[Submission, ...]:
    readings, assigned = store.readings(unit, message), store.assigned(unit, message)
    submissions = assemble(readings, profile, assigned=assigned)
    corrections = store.corrections(project.key for submission in submissions for project in submission.projects)
    return assemble(readings, profile, corrections, assigned) if corrections else submissions


def _seen(store: Store, profile: Profile, submissions: tuple[Submission, ...]) -> Excerpts:
    return Excerpts(tuple(excerpt(submission, profile) for submission in submissions), store.known_values(submissions))


def _found_from(inputs: Inputs, register: Register) -> str:
    """What the breaches of a unit depend on besides what the rules look at in the campaign."""
    return f"{inputs.digest} {register.digest()}"


def _judge_again(store: Store, profile: Profile, job: Job | None, unit: str | None, inputs: Inputs) -> None:
    """The rules again over rows that stand, as far as something that they look at is not what it was."""
    register = store.settled.register(inputs.messages)
    made_from = _found_from(inputs, register)
    breaches = store.settled.breaches(inputs.messages, made_from) or NOTHING_FOUND
    rules = to_judge(profile, breaches.looks, breaches.facts)
    if rules or not set(breaches.looks) <= set(profile.rules):
        seen = store.settled.excerpts(inputs)
        if seen is None:
            seen = _seen(store, profile, _put_together(store, profile, unit, inputs.messages[0]))
            store.settled.keep_excerpts(inputs, seen)
        breaches = _judged(breaches, rules, seen, register, profile)
        store.settled.keep_breaches(inputs.messages, made_from, breaches)
    findings = tuple(worded(breach, profile) for breach in breaches.found)
    store.settled.save_findings(job, inputs.messages, findings, breaches.known)


def _judged(before: Breaches, rules: tuple[str, ...], seen: Excerpts, register: Register, profile: Profile) -> Breaches:
    """What these rules find now, and the campaign's others found before."""
    watched = Watched(profile)
    found = [breach for one in seen.submissions for breach in find_watched(one, seen.submissions, register, watched, rules)]
    kept = [breach for breach in before.found if breach.rule in profile.rules and breach.rule not in rules]
    looks = {rule: tuple(sorted(watched.looks.get(rule, ()))) if rule in rules else before.looks[rule] for rule in profile.rules}
    return Breaches((*kept, *found), seen.known, looks, facts(profile, {name for names in looks.values() for name in names}))


def _spans(submissions: tuple[Submission, ...]) -> Iterator[SpanRow]:
    """The spans of every value that counts, from the copy it was chosen from."""
    for project in (project for submission in submissions for project in submission.projects):
        chosen = {(choice.form, choice.chosen_from, choice.field) for choice in project.choices}
        for form in project.forms:
            for span in form.spans:
                if (form.form, form.source, span.field) in chosen:
                    yield SpanRow(project.key, form.form, span.field, span.start, span.end, span.label, span.text, span.value, span.detail)
