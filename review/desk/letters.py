"""补正通知: the drafted letter of every unit, to be edited, downloaded and marked as sent. Nothing is sent from here."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from datasette import Response
from docx import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH

from errors import SourceError, UsageError
from review.desk.context import Asked, Desk, Route, download, missing
from review.draft import make_draft
from review.gather import silent_units, unit_cases
from review.letters import Case, Kind, Letter, chinese_date, correction_subject, draft_letters, reminder_subject, something_to_say
from review.telling import clean
from store.decisions import Act
from store.letters import Addressee, LetterRow
from texts import say

PAGE = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter as the list shows it: to which unit, of which kind, to whom, its subject; `kept` is a clerk's wording of it.

    `stale` says that the findings have changed since the clerk saved it.
    """

    unit: str
    kind: Kind
    to: str
    subject: str
    kept: LetterRow | None
    stale: bool

    @property
    def sent(self) -> str | None:
        """When it was sent."""
        return self.kept.sent_at if self.kept else None


@dataclass(frozen=True, slots=True)
class Draft(Listed):
    """The letter to a unit as it would go out: the program's own `letter`, or a clerk's wording of it.

    `base` is a hash of what the program would write.
    """

    text: str
    base: str
    letter: Letter


def _cases(desk: Desk, unit: str) -> tuple[Case, ...]:
    papers = desk.store.desk.papers(unit)
    return unit_cases(papers.messages, papers.projects, papers.findings, desk.profile)


def until(desk: Desk) -> date | None:
    """The last day to answer that a clerk set, None without one or where it is past."""
    return desk.store.desk.answer_by(desk.today().date())


def make_letter(desk: Desk, unit: str) -> Draft | None:
    """The letter to `unit`; None when there is nothing to say."""
    store, profile = desk.store, desk.profile
    silent = silent_units([name for name in store.desk.silent_units() if name == unit], profile)
    today, templates = desk.today().date(), store.data / "templates"
    made = draft_letters(_cases(desk, unit), silent, profile, today=today, until=until(desk), templates=templates)
    return _draft(made[0], store.desk.letter(unit)) if made else None


def _draft(letter: Letter, kept: LetterRow | None) -> Draft:
    base = hashlib.sha256(letter.text.rsplit("\n", 2)[0].encode()).hexdigest()[:16]
    if kept is None or not kept.body:
        return Draft(letter.unit, letter.kind, letter.to, letter.subject, kept, stale=False, text=letter.text, base=base, letter=letter)
    return Draft(letter.unit, letter.kind, kept.address, kept.subject, kept, kept.base != base, kept.body, base, letter)


def _listed(desk: Desk, found: Addressee) -> Listed | None:
    """The line of the list, None when there is nothing to say. Only where a clerk has reworded the letter is it drafted to see whether it
    is still true."""
    if found.kept and found.kept.body:
        return make_letter(desk, found.unit)
    if found.silent:
        return Listed(found.unit, "reminder", "", reminder_subject(desk.profile), found.kept, stale=False)
    for case in _cases(desk, found.unit):
        if something_to_say(case, desk.profile):
            return Listed(found.unit, "correction", case.address, correction_subject(case, desk.profile), found.kept, stale=False)
    return None


async def letters(desk: Desk, asked: Asked) -> Response:
    """A page of the letters of all units that may have to send something, then of those that have sent nothing."""
    number, last_day, today = asked.page_number(), until(desk), desk.today().date()
    reminding = bool(last_day) or today <= desk.profile.dates.deadline
    found, total = await asyncio.to_thread(desk.store.desk.addressees, number, PAGE, silent=reminding)
    listed = await asyncio.to_thread(lambda: [_listed(desk, one) for one in found])
    shown = {"drafts": [one for one in listed if one], "number": number, "pages": max(1, -(-total // PAGE))}
    shown |= {"until": last_day.isoformat() if last_day else "", "today": today.isoformat()}
    shown["past"] = None if reminding or not desk.store.desk.silent_units() else chinese_date(desk.profile.dates.deadline)
    return await asked.page("letters.html", shown)


async def answer_by(desk: Desk, asked: Asked) -> Response:
    """Sets the last day to answer for all letters that are not reworded; an empty one takes it back. Raises UsageError for none to come."""
    written = asked.form.get("day", "").strip()
    try:
        day = date.fromisoformat(written) if written else None
    except ValueError as error:
        raise UsageError(why=say("desk.bad_value")) from error
    if day and day < desk.today().date():
        raise UsageError(why=say("letter.day_past"))
    desk.store.desk.set_answer_by(day, Act(asked.who.name, desk.now()))
    return Response.redirect("/-/letters")


async def letter(desk: Desk, asked: Asked) -> Response:
    """One letter, to be read and edited."""
    return await _letter_page(desk, asked, asked.request.args.get("unit") or "")


async def _letter_page(desk: Desk, asked: Asked, unit: str, told: str = "", wrong: str = "") -> Response:
    """The letter, with what was just done or what went wrong."""
    shown = {"draft": await _one(desk, unit), "told": told, "wrong": wrong, "mailbox": desk.drafts is not None}
    return await asked.page("letter.html", shown, 502 if wrong else 200)


async def _one(desk: Desk, unit: str) -> Draft:
    found = await asyncio.to_thread(make_letter, desk, unit) if unit else None
    if found is None:
        raise missing("no_letter", unit)
    return found


async def save(desk: Desk, asked: Asked) -> Response:
    """Keeps the clerk's wording; `do` may be `reset` (the program's draft again) or `sent` (it went out, or, again, it did not)."""
    draft = await _one(desk, asked.form.get("unit", ""))
    at, who = desk.now().isoformat(), asked.who.name
    row = replace(draft.kept or LetterRow(draft.unit, "", "", "", draft.base, at, who), at=at, actor=who)
    sent = None
    match asked.form.get("do"):
        case "save":
            words = {name: asked.form.get(name, "")[:50_000] for name in ("address", "subject", "body")}
            row = replace(row, address=words["address"].strip(), subject=clean(words["subject"]), body=words["body"], base=draft.base)
        case "reset":
            row = replace(row, address="", subject="", body="")
        case "sent":
            row = replace(row, sent_at=at, sent_by=who)
            sent = Act(who, desk.now())
        case "unsent":
            row = replace(row, sent_at=None, sent_by=None)
    desk.store.desk.keep_letter(row, sent)
    return Response.redirect(f"/-/letter?unit={quote(draft.unit, safe='')}")


async def mail(desk: Desk, asked: Asked) -> Response:
    """The draft for a mail program (.eml)."""
    draft = await _one(desk, asked.request.args.get("unit") or "")
    return download(mail_of(desk, draft), f"{draft.letter.stem}.eml")


async def to_drafts(desk: Desk, asked: Asked) -> Response:
    """Lays the letter into the mailbox's folder of drafts, because a person clicked; nothing is sent."""
    draft = await _one(desk, asked.form.get("unit", ""))
    if desk.drafts is None:
        raise UsageError(why=say("letter.no_mailbox"))
    try:
        folder = await asyncio.to_thread(desk.drafts, [mail_of(desk, draft)])
    except SourceError as error:
        return await _letter_page(desk, asked, draft.unit, wrong=str(error))
    desk.store.desk.note_letter(draft.unit, "draft", Act(asked.who.name, desk.now()))
    return await _letter_page(desk, asked, draft.unit, told=say("letter.drafted", folder=folder))


def mail_of(desk: Desk, draft: Draft) -> bytes:
    """The draft as a mail (RFC 5322)."""
    if draft.kept is None or not draft.kept.body:
        return draft.letter.eml
    office = desk.profile.office
    newest = sorted(desk.store.desk.papers(draft.unit).messages, key=lambda row: row.received_at or "")
    return make_draft(
        sender=(office.name + office.department, office.email),
        to=(draft.unit, draft.to),
        subject=draft.subject,
        text=draft.text,
        attachment=(f"{draft.letter.stem}.docx", as_word(draft.text.splitlines(), draft.letter.stem)),
        in_reply_to=newest[-1].message_id if newest and draft.kind == "correction" else None,
    )


async def word(desk: Desk, asked: Asked) -> Response:
    """The letter to be printed (.docx)."""
    draft = await _one(desk, asked.request.args.get("unit") or "")
    own = draft.kept is not None and bool(draft.kept.body)
    data = as_word(draft.text.splitlines(), draft.letter.stem) if own else draft.letter.docx
    return download(data, f"{draft.letter.stem}.docx")


def as_word(lines: Iterable[str], title: str) -> bytes:
    """Plain lines as a Word file under a centred title."""
    document = WordDocument()
    document.add_heading(clean(title), level=1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in lines:
        document.add_paragraph(clean(line) if not line.startswith("\u3000") else "\u3000\u3000" + clean(line))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


ROUTES = (
    Route(r"^/-/letters$", letters),
    Route(r"^/-/letters/answer-by$", answer_by, role="reviewer", post=True),
    Route(r"^/-/letter$", letter),
    Route(r"^/-/letter/save$", save, role="reviewer", post=True),
    Route(r"^/-/letter/drafts$", to_drafts, role="reviewer", post=True),
    Route(r"^/-/letter\.eml$", mail, role="reviewer"),
    Route(r"^/-/letter\.docx$", word, role="reviewer"),
)
