"""All readings of one unit, put together: one `Submission` a message, its projects in versions that follow each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from extractors.by_hand import HAND, Assigned, Hands, hands_of, with_assigned
from extractors.copies import choices, confirmed, confirmed_summaries, reread, sort_out, weighed_choices
from extractors.corrections import Corrected, with_corrections
from extractors.extract import BLANK
from extractors.grouping import Group, Row, best_row, group, rows_of
from extractors.identity import OTHER_PROJECT, SAME_PROJECT, Identity, bare_name, identity, likeness, same_people, union
from extractors.submission import Form, Project, Reading, Submission
from profiles.profile import Profile

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Standing:
    """The current version of a project while messages come in."""

    project: Project
    who: Identity
    row: Row | None


def assemble(
    readings: Sequence[Reading], profile: Profile, corrections: Iterable[Corrected] = (), assigned: Iterable[Assigned] = ()
) -> tuple[Submission, ...]:
    """One submission a message, in the order received; the readings are those of one nominating unit.

    A later message about the same project makes a new version, which takes over what it does not bring; the version
    before gets `superseded_by`. Keys come from content, so the result is the same however often it is made; `corrections` (those of
    other projects change nothing) go before what was read, `assigned` files to the projects that people name; neither changes a key.
    """
    ordered = sorted(readings, key=lambda r: (r.message.received_at or _NEVER, r.message.key))
    standing: list[_Standing] = []
    superseded: dict[str, str] = {}
    made: list[tuple[Reading, list[str]]] = []
    projects: dict[str, Project] = {}
    for reading in ordered:
        keys: list[str] = []
        for brought, old in _projects_of(reading, standing, profile):
            new = _unlike(brought, projects)
            projects[new.project.key] = new.project
            keys.append(new.project.key)
            if old is not None:
                superseded[old.project.key] = new.project.key
                standing.remove(old)
            standing.append(new)
        made.append((reading, keys))
    final = {key: replace(project, superseded_by=superseded.get(key)) for key, project in projects.items()}
    hands = hands_of(ordered, assigned)
    final = with_corrections(with_assigned(final, ordered, hands, profile), corrections)
    return tuple(_submission(reading, [final[key] for key in keys if key in final], profile, hands) for reading, keys in made)


def _unlike(version: _Standing, others: dict[str, Project]) -> _Standing:
    """The version under a key that no other has: the same name and person may come twice in one message."""
    key = version.project.key
    while key in others:
        key = "p" + hashlib.sha256(key.encode()).hexdigest()[:12]
    return replace(version, project=replace(version.project, key=key))


def _submission(reading: Reading, projects: Sequence[Project], profile: Profile, hands: Hands) -> Submission:
    message = reading.message
    return Submission(
        message=message.key,
        message_id=message.message_id,
        subject=message.subject,
        sender=message.sender,
        sender_address=message.sender_address,
        received_at=message.received_at,
        unit=reading.unit,
        unit_known=reading.unit_known,
        unit_sources=reading.unit_sources,
        files=reading.files,
        summaries=confirmed_summaries([form for form in reading.forms if form.form == "summary"], profile),
        projects=tuple(projects),
        others=tuple(form for form in reading.forms if _is_other(form) and not hands.moves(form)),
    )


def _is_other(form: Form) -> bool:
    return form.form == "other" or (form.form != "summary" and BLANK in form.notes)


def _projects_of(reading: Reading, standing: Sequence[_Standing], profile: Profile) -> list[tuple[_Standing, _Standing | None]]:
    """The versions this message brings, each with the one it follows."""
    forms = [form for form in reading.forms if form.form != "summary" and not _is_other(form) and HAND not in form.notes]
    rows = rows_of(form for form in reading.forms if form.form == "summary")
    followed: dict[int, list[Form]] = {}
    new: list[list[Form]] = []
    for found in group(forms, rows):
        old = _earlier(found, standing)
        if old is None:
            new.append(found.forms)
        else:
            followed.setdefault(standing.index(old), []).extend(found.forms)
    versions: list[tuple[_Standing, _Standing | None]] = []
    for index, brought in followed.items():
        versions.append((_version(reading, brought, rows, standing[index], profile), standing[index]))
    versions += [(_version(reading, brought, rows, None, profile), None) for brought in new]
    return sorted(versions, key=lambda pair: _place(pair[0], rows))


def _place(version: _Standing, rows: Sequence[Row]) -> tuple[int, str]:
    """In the order of the 汇总表, then by file."""
    place = rows.index(version.row) if version.row in rows else len(rows)
    return place, min((form.file for form in version.project.forms), default="")


def _earlier(found: Group, standing: Sequence[_Standing]) -> _Standing | None:
    """The project that this group is a later version of."""
    best: tuple[float, _Standing | None] = (0.0, None)
    for old in standing:
        rated = _continues(found, old)
        if rated > best[0]:
            best = rated, old
    return best[1]


def _continues(found: Group, old: _Standing) -> float:
    """How surely (above 0: it does) the group goes on with the project: the same name; a similar one with the same person and unit; or,
    where it names no project, the same person, or the same unit where nobody is named."""
    scan = any(form.source == "scan" for form in found.forms)
    alike = likeness(found.projects, old.who.projects)
    person = same_people(found.people, old.who.people, scan)
    unit = likeness(found.units, old.who.units)
    if alike is not None and alike >= SAME_PROJECT:
        return 3.0 + alike / 100
    nominated = any(form.form == "nomination" for form in found.forms)
    if alike is not None and nominated:
        return 1.0 if alike >= OTHER_PROJECT and person and (unit or 0) >= SAME_PROJECT else 0.0
    if person:
        return 2.0
    return 0.5 if person is None and alike is None and (unit or 0) >= SAME_PROJECT else 0.0


def _version(reading: Reading, brought: Sequence[Form], rows: Sequence[Row], old: _Standing | None, profile: Profile) -> _Standing:
    """The project as this message leaves it."""
    used, unused = sort_out(brought)
    slots = {(form.form, form.source) for form in used}
    taken_over = tuple(form for form in old.project.forms if (form.form, form.source) not in slots) if old else ()
    together = reread(used + taken_over, profile)
    picked = choices(together, profile)
    message = reading.message
    project = Project(
        key="",
        message=message.key,
        unit=reading.unit,
        name="",
        forms=confirmed(together, picked),
        unused=unused,
        choices=weighed_choices(picked),
        received_at=message.received_at,
        first_received_at=old.project.first_received_at if old else message.received_at,
    )
    who = union([identity(form) for form in together])
    row = best_row(who.projects, who.people, rows) or (old.row if old else None)
    name = _name(project, row)
    key = _key(message.key, name, project.value("person", "name") or "", together)
    return _Standing(replace(project, key=key, name=name), who, row)


def _name(project: Project, row: Row | None) -> str:
    """What the project is called: by its nomination, commitment, 推荐材料, or its row in the 汇总表."""
    if value := project.value("nomination", "project_name") or project.value("commitment", "commitment_project"):
        return value
    titles = [name for form in project.forms if form.form == "recommendation" for name in identity(form).projects]
    return next(iter(titles), row.project if row else "")


def _key(message: str, name: str, person: str, forms: Sequence[Form]) -> str:
    """From content only: the message, the project's name, its first completer (without a name, its first file)."""
    what = bare_name(name) or min((form.file for form in forms), default="")
    return "p" + hashlib.sha256("\n".join((message, what, bare_name(person))).encode()).hexdigest()[:12]
