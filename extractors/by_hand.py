"""What people say of files that the program could not tell by itself: which form a file is, and which project it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, get_args

from extractors.copies import choices, confirmed, reread, sort_out, weighed_choices
from extractors.submission import Form, FormName, Project, Reading
from intake.message import Attachment, Hand, Message
from parsers.document import Medium
from profiles.profile import Profile

HAND = "by-hand"
"""A note on a form that a person named: it is grouped with no other, and counts for the project it is assigned to."""
_FORMS: dict[str, FormName] = {name: name for name in get_args(FormName)}
_Place = tuple[str, str]


class Assigned(Protocol):
    """A person's word that a file of a message belongs to a project."""

    @property
    def message(self) -> str:
        """The key of the message."""

    @property
    def position(self) -> int:
        """Which of its files, from 0."""

    @property
    def project(self) -> str:
        """The key of the project's version that was on the page."""


def told_forms(message: Message, hands: Iterable[Hand]) -> dict[str, FormName]:
    """The form that a person named, by the path of the file."""
    files = dict(enumerate(message.attachments))
    named = ((files.get(hand.position), hand) for hand in hands if hand.form in _FORMS)
    return {file.path: _FORMS[hand.form] for file, hand in named if file and file.sha256 == hand.sha256}


def below(told: Mapping[str, FormName], path: str) -> FormName | None:
    """What was said of the file at `path`, or of what it came in."""
    return next((form for known, form in told.items() if _within(path, known)), None)


def _within(path: str, known: str) -> bool:
    return path == known or path.startswith(f"{known}/")


def unread(message: Message, attachment: Attachment, told: FormName | None) -> tuple[Form, ...]:
    """The form of which nothing could be read but that a person saw; () where nobody named it."""
    if told is None or attachment.status in ("ignored", "parsed"):
        return ()
    paper = attachment.media_type == "application/pdf" or attachment.media_type.startswith("image/")
    medium: Medium = "scan" if paper else "word"
    return (Form(message.key, attachment.path, told, medium, (), notes=(HAND,)),)


def with_told(found: Sequence[Form], by_hand: Form) -> tuple[Form, ...]:
    """The forms that were recognised, and the one a person named. A 汇总表 is of no project: it takes the place of what was recognised."""
    if by_hand.form == "summary":
        return (by_hand,)
    return (*found, replace(by_hand, notes=(*by_hand.notes, HAND)))


@dataclass(frozen=True, slots=True)
class Hands:
    """Where people put files: project by (message, path)."""

    targets: Mapping[_Place, str]

    def target(self, form: Form) -> str | None:
        """The project that the form's file was assigned to."""
        return next((to for (message, path), to in self.targets.items() if form.message == message and _within(form.file, path)), None)

    def moves(self, form: Form) -> bool:
        """Whether its file was assigned."""
        return self.target(form) is not None


def hands_of(readings: Sequence[Reading], assigned: Iterable[Assigned]) -> Hands:
    """What was assigned of the files of these readings."""
    files = {reading.message.key: reading.files for reading in readings}
    return Hands(
        {
            (word.message, files[word.message][word.position].path): word.project
            for word in assigned
            if word.project and word.position < len(files.get(word.message, ()))
        }
    )


def with_assigned(projects: Mapping[str, Project], readings: Sequence[Reading], hands: Hands, profile: Profile) -> dict[str, Project]:
    """The projects (by key, a version before the one that follows it), every assigned file's forms where people say they belong.

    An assigned form goes before other copies of it; later versions take it over as they do any other. A project that is left without a
    form is left out. One that is assigned to a project of another unit stays where it is.
    """
    known = Hands({place: to for place, to in hands.targets.items() if to in projects})
    if not known.targets:
        return dict(projects)
    forms = [form for reading in readings for form in reading.forms]
    moved = [form for form in forms if known.moves(form) and form.form not in ("summary", "other")]
    named = {(form.message, form.file) for form in moved if HAND in form.notes}
    moved = [form for form in moved if HAND in form.notes or (form.message, form.file) not in named]
    plain = {_mark(form): form for form in forms}
    made = {key: _rebuilt(project, known, [f for f in moved if key in _line(known.target(f), projects)], plain, profile)
            for key, project in projects.items()}  # fmt: skip
    kept = {key: project for key, project in made.items() if project.forms}
    return {key: replace(project, superseded_by=_next(project, made, kept)) for key, project in kept.items()}


def _mark(form: Form) -> tuple[object, ...]:
    return form.message, form.file, form.form, form.source, form.first_page, form.text


def _line(key: str | None, projects: Mapping[str, Project]) -> Iterator[str]:
    """The project and the versions that follow it."""
    while key is not None and key in projects:
        yield key
        key = projects[key].superseded_by


def _rebuilt(project: Project, hands: Hands, given: Sequence[Form], plain: Mapping[tuple[object, ...], Form], profile: Profile) -> Project:
    """The project without the forms that went, and with those that came."""
    before = [plain.get(_mark(form), form) for form in (*project.forms, *project.unused)]
    stay = [form for form in before if not hands.moves(form)]
    if not given and len(stay) == len(before):
        return project
    own = [form for form in stay if form.message == project.message]
    given = [form for form in given if hands.target(form) == project.key or (form.form, form.source) not in _slots(own)]
    pushed = [form for form in own if (form.form, form.source) in _slots(given)]
    used, unused = sort_out([*given, *(form for form in own if form not in pushed)])
    earlier = tuple(form for form in stay if form.message != project.message and (form.form, form.source) not in _slots(used))
    together = reread(used + earlier, profile)
    picked = choices(together, profile)
    again = replace(project, forms=confirmed(together, picked), unused=(*unused, *pushed), choices=weighed_choices(picked))
    return replace(again, name=again.value("nomination", "project_name") or project.name)


def _slots(forms: Iterable[Form]) -> set[tuple[str, str]]:
    return {(form.form, form.source) for form in forms}


def _next(project: Project, made: Mapping[str, Project], kept: Mapping[str, Project]) -> str | None:
    """The next version that still has forms."""
    return next((key for key in _line(project.superseded_by, made) if key in kept), None)
