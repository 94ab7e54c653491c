"""补正通知: the drafted letter of every unit, to be edited, downloaded and marked as sent. Nothing is sent from here."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from datasette import Response
from docx import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH

from review.desk.context import Asked, Desk, Route, download, missing
from review.draft import make_draft
from review.gather import silent_units, unit_cases
from review.letters import Letter, draft_letters
from review.telling import clean
from store.decisions import Act
from store.letters import LetterRow


@dataclass(frozen=True, slots=True)
class Draft:
    """The letter to a unit as it would go out: the program's draft, or a clerk's wording of it (`kept`).

    `stale` says that the findings have changed since the clerk saved it.
    """

    unit: str
    kind: str
    to: str
    subject: str
    text: str
    base: str
    kept: LetterRow | None
    stale: bool
    letter: Letter | None

    @property
    def sent(self) -> str | None:
        """When it was sent."""
        return self.kept.sent_at if self.kept else None


def drafts(desk: Desk, only: str = "") -> tuple[Draft, ...]:
    """The letters of all units that must send something or have sent nothing (or of unit `only`), those to be corrected first."""
    store, profile = desk.store, desk.profile
    today = desk.today().date()
    cases = unit_cases(store.messages(), store.projects(), store.findings(), profile)
    silent = silent_units(store.status().silent, profile)
    made = draft_letters(
        [case for case in cases if only in ("", case.unit)],
        [unit for unit in silent if only in ("", unit.unit)],
        profile,
        today=today,
        templates=store.data / "templates",
    )
    kept = store.desk.letters()
    return tuple(_draft(letter, kept.get(letter.unit)) for letter in made)


def _draft(letter: Letter, kept: LetterRow | None) -> Draft:
    base = hashlib.sha256(letter.text.rsplit("\n", 2)[0].encode()).hexdigest()[:16]
    own = kept is not None and bool(kept.body)
    if kept is None or not own:
        return Draft(letter.unit, letter.kind, letter.to, letter.subject, letter.text, base, kept, stale=False, letter=letter)
    return Draft(letter.unit, letter.kind, kept.address, kept.subject, kept.body, base, kept, kept.base != base, letter)


async def letters(desk: Desk, asked: Asked) -> Response:
    """All letters."""
    return await asked.page("letters.html", {"drafts": await asyncio.to_thread(drafts, desk)})


async def letter(desk: Desk, asked: Asked) -> Response:
    """One letter, to be read and edited."""
    return await asked.page("letter.html", {"draft": await _one(desk, asked.request.args.get("unit") or "")})


async def _one(desk: Desk, unit: str) -> Draft:
    found = await asyncio.to_thread(drafts, desk, unit) if unit else ()
    if not found:
        raise missing("no_letter", unit)
    return found[0]


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
    assert draft.letter is not None  # noqa: S101 - `_one` gives no other
    if draft.kept is None or not draft.kept.body:
        return download(draft.letter.eml, f"{draft.letter.stem}.eml")
    office = desk.profile.office
    newest = [row for row in desk.store.messages() if row.unit == draft.unit]
    data = make_draft(
        sender=(office.name + office.department, office.email),
        to=(draft.unit, draft.to),
        subject=draft.subject,
        text=draft.text,
        attachment=(f"{draft.letter.stem}.docx", as_word(draft.text.splitlines(), draft.letter.stem)),
        in_reply_to=newest[-1].message_id if newest and draft.kind == "correction" else None,
    )
    return download(data, f"{draft.letter.stem}.eml")


async def word(desk: Desk, asked: Asked) -> Response:
    """The letter to be printed (.docx)."""
    draft = await _one(desk, asked.request.args.get("unit") or "")
    assert draft.letter is not None  # noqa: S101 - `_one` gives no other
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
    Route(r"^/-/letter$", letter),
    Route(r"^/-/letter/save$", save, role="reviewer", post=True),
    Route(r"^/-/letter\.eml$", mail, role="reviewer"),
    Route(r"^/-/letter\.docx$", word, role="reviewer"),
)
