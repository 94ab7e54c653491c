"""Letters to nominating units: one 补正通知 for each unit that must send something, one reminder for each that has sent nothing.

Values in, values out: what to say comes as `Case`s, the wording from template files (Jinja2; Word by docxtpl), the result is a `Letter` with
its text, its printable Word file and its mail draft. Nothing is sent here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import cn2an
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from profiles.profile import FormRule, Profile
from review.draft import make_draft
from review.telling import Point, asked, clean, told
from texts import say

Kind = Literal["correction", "reminder"]
DAYS_TO_ANSWER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ProjectCase:
    """A unit's project and what is open about it; no points means that nothing has to be sent."""

    name: str
    first_completer: str = ""
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A unit that sent something. `address` is its bare mail address ("" unknown).

    `subject`, `message_id`, `received` are those of its mail that is answered, the last of `messages`; it came `by_hand` or as a mail.
    `points` concern the whole message.
    """

    unit: str
    address: str
    subject: str
    message_id: str | None
    received: date | None
    points: tuple[Point, ...] = ()
    projects: tuple[ProjectCase, ...] = ()
    messages: int = 1
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class SilentUnit:
    """A unit of the roster that has sent nothing; `kind` as in the profile's quota, `address` "" where none is known."""

    unit: str
    kind: Literal["district", "industry"]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be looked at: `text` as in the mail, `docx` to print, `eml` a draft (X-Unsent) any mail program opens.

    `to` is the bare address ("" where a person must fill it in). `stem` is a safe file name without suffix.
    """

    kind: Kind
    unit: str
    to: str
    subject: str
    text: str
    docx: bytes
    eml: bytes
    stem: str


def _numbered(texts: Iterable[str], first: int = 1) -> list[dict[str, object]]:
    return [{"number": number, "text": text} for number, text in enumerate(texts, first)]


def _block(heading: str, points: Sequence[Point], profile: Profile, own: Collection[str]) -> dict[str, Any]:
    barred, wrong = told(points, "ineligible", profile, own), told(points, "error", profile, own)
    return {
        "heading": heading,
        "barred": _numbered(barred),
        "points": _numbered(wrong, len(barred) + 1),
        "asked": _numbered(asked(points, profile), len(barred) + len(wrong) + 1),
        "advice": _numbered(told(points, "advice", profile, own)),
    }


def _says_something(block: Mapping[str, Any]) -> bool:
    return bool(block["barred"] or block["points"] or block["asked"])


def _heading(project: ProjectCase) -> str:
    name = say("letters.project", name=clean(project.name)) if clean(project.name) else say("letters.unnamed")
    who = clean(project.first_completer)
    return say("letters.project_by", project=name, who=who) if who else name


def _named(projects: Iterable[ProjectCase]) -> str:
    return "、".join(say("letters.project", name=clean(project.name)) for project in projects)


def _to_verify(project: ProjectCase) -> bool:
    return any(point.severity == "verify" for point in project.points)


def chinese_date(day: date | None) -> str:
    """`2024年4月10日`, "" for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _correction(case: Case, profile: Profile, until: date, today: date) -> dict[str, Any] | None:
    """What the templates of a 补正通知 are filled with; None where nothing has to be sent."""
    own = {project.name for project in case.projects}
    whole = _block(say("letters.whole"), case.points, profile, own)
    projects = [(project, _block(_heading(project), project.points, profile, own)) for project in case.projects]
    blocks = [block for block in (whole, *(block for _, block in projects)) if _says_something(block)]
    if not blocks:
        return None
    for number, block in enumerate(blocks, 1):
        block["number"] = cn2an.an2cn(number)
    quiet = [project for project, block in projects if not _says_something(block)]
    return {
        **_common(case.unit, profile, until, today),
        "received": chinese_date(case.received),
        "subject": clean(case.subject),
        "several": case.messages > 1,
        "by_hand": case.by_hand,
        "total": len(case.projects),
        "blocks": blocks,
        "asks": any(block["asked"] for block in blocks),
        "clean": _named(project for project in quiet if not _to_verify(project)),
        "pending": _named(project for project in quiet if _to_verify(project)),
    }


def _reminder(silent: SilentUnit, profile: Profile, until: date, today: date) -> dict[str, Any]:
    least, most = profile.roster.quota.get(silent.kind, (0, 0))
    return {
        **_common(silent.unit, profile, until, today),
        "closing": chinese_date(profile.dates.deadline),
        "over": today > profile.dates.deadline,
        "kind": say("letters.district" if silent.kind == "district" else "letters.industry"),
        "least": least,
        "most": most,
        "materials": _numbered(materials(profile)),
    }


def _common(unit: str, profile: Profile, until: date, today: date) -> dict[str, Any]:
    office = {name: clean(value) for name, value in profile.office.model_dump().items()}
    return {
        "unit": clean(unit),
        "title": profile.title,
        "notice": profile.notice,
        "office": office,
        "deadline": chinese_date(until),
        "today": chinese_date(today),
    }


def materials(profile: Profile) -> tuple[str, ...]:
    """What a unit has to send, one sentence a form, from the profile."""
    return tuple(
        say(
            "letters.material",
            form=f"{form.attachment}《{form.title}》",
            versions=_versions(form),
        )
        for form in profile.forms
        if form.need_word or form.need_scan
    )


def _versions(form: FormRule) -> str:
    scan = "letters.signed" if form.need_signature else "letters.sealed" if form.need_seal else "letters.scan"
    return say("letters.and").join(say(key) for key, needed in (("letters.word", form.need_word), (scan, form.need_scan)) if needed)


def draft_letters(
    cases: Iterable[Case],
    silent: Iterable[SilentUnit],
    profile: Profile,
    *,
    today: date,
    until: date | None = None,
    templates: Path | None = None,
) -> tuple[Letter, ...]:
    """One 补正通知 for each case in which something must be sent or said, then one reminder for each silent unit.

    `until` is the last day to answer, by default the campaign's deadline, or for a correction a week from `today` where that is later.
    Once the deadline is past, nobody is reminded without an `until`. `templates` is a folder whose `letter.txt`, `letter.docx`,
    `reminder.txt`, `reminder.docx` go before the bundled ones. Findings to `verify` are the office's own business and stay out, but for
    what only the unit can know: that is asked. Nothing is said of other units. Raises jinja2.TemplateError where an edited template is broken.
    """
    wording = _Wording(templates)
    closing = profile.dates.deadline
    letters = []
    for case in cases:
        filled = _correction(case, profile, until or max(closing, today + DAYS_TO_ANSWER), today)
        if filled:
            subject = correction_subject(case, profile)
            letters.append(_letter(wording, "correction", case.unit, case.address, subject, filled, case.message_id))
    for unit in silent if until or today <= closing else ():
        subject = reminder_subject(profile)
        letters.append(_letter(wording, "reminder", unit.unit, unit.address, subject, _reminder(unit, profile, until or closing, today), None))
    return tuple(letters)


_FORWARDED: Final = re.compile(r"^(?:(?:转发|fwd?|forward)\s*[:：]\s*)+", re.I)
_ANSWERED: Final = re.compile(r"(?:re|回复|答复)\s*[:：]", re.I)


def correction_subject(case: Case, profile: Profile) -> str:
    """The subject of a 补正通知."""
    return _answer_to(case) or say("letters.correction_subject", title=profile.title)


def reminder_subject(profile: Profile) -> str:
    """The subject of a reminder."""
    return say("letters.reminder_subject", title=profile.title)


def something_to_say(case: Case, profile: Profile) -> bool:
    """Whether `draft_letters` writes a letter for the case."""
    own = {project.name for project in case.projects}
    told_of = (case.points, *(project.points for project in case.projects))
    return any(_says_something(_block("", points, profile, own)) for points in told_of if points)


def _answer_to(case: Case) -> str:
    """`Re: ` and the mail's subject without 转发, or the subject alone where it is an answer already; "" without one, or by hand."""
    flat = "" if case.by_hand else _FORWARDED.sub("", clean(case.subject))
    return flat if not flat or _ANSWERED.match(flat) else f"Re: {flat}"


_FILES: Final[Mapping[Kind, str]] = {"correction": "letter", "reminder": "reminder"}


def _letter(wording: _Wording, kind: Kind, unit: str, to: str, subject: str, filled: Mapping[str, Any], answers: str | None) -> Letter:
    text, docx = wording.text(_FILES[kind], filled), wording.word(_FILES[kind], filled)
    stem = say(f"letters.{kind}_file", unit=re.sub(r'[\\/:*?"<>|\s]+', "_", clean(unit))[:60])
    office = filled["office"]
    eml = make_draft(
        sender=(office["name"] + office["department"], office["email"]),
        to=(clean(unit), to),
        subject=subject,
        text=text,
        attachment=(f"{stem}.docx", docx),
        in_reply_to=answers,
    )
    return Letter(kind, unit, to, subject, text, docx, eml, stem)


class _Wording:
    """The template files: the clerk's own where there are any, else the bundled ones."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.environment = SandboxedEnvironment(
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=StrictUndefined,
            autoescape=select_autoescape(("html", "xml")),
        )

    def _bytes(self, name: str) -> bytes:
        own = self.folder / name if self.folder else None
        return own.read_bytes() if own and own.is_file() else files("review.templates").joinpath(name).read_bytes()

    def text(self, name: str, filled: Mapping[str, Any]) -> str:
        """The letter as plain text, lines ended by `\\n`."""
        source = self._bytes(f"{name}.txt").decode("utf-8-sig")
        return self.environment.from_string(source).render(filled)

    def word(self, name: str, filled: Mapping[str, Any]) -> bytes:
        """The letter as a .docx."""
        template = DocxTemplate(io.BytesIO(self._bytes(f"{name}.docx")))
        template.render(dict(filled), jinja_env=SandboxedEnvironment(undefined=StrictUndefined, autoescape=True), autoescape=True)
        written = io.BytesIO()
        template.save(written)
        return written.getvalue()
