"""What the rules may know of the other projects: a `Register` of `Neighbour`s, gathered by the store and handed in as values.

How to fill it (store and pipeline):

1. `entries_of(submissions, hashed)` makes one `Entry` of every current project of the unit's submissions; keep the
   entries of all units (they hold no ID number, only its keyed hash).
2. `neighbours(mine, among)` holds each entry of `mine` against all of `among` (own unit included; an entry is never its
   own neighbour) and gives the mapping that `Register.neighbours` wants. For one unit: `neighbours(unit, everyone)`; for a
   recheck of everything: once `neighbours(everyone, everyone)`, and the same Register serves all units.
3. A project of another unit that turns up as a neighbour (or did before) must be judged again: its findings name the
   other project.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from checks.identifiers import id_problem
from checks.similarity import cosine
from checks.values import plain
from extractors.submission import Project, Submission

SamePerson = Literal["", "id", "name"]
SIMILAR = 0.60
"""Cosine from which two texts count as nearly the same.

Measured on eight invented 项目简介 (`tests/checks/test_similarity.py`): unrelated ones reach 0.07, copies reworded 0.67–0.78, a sentence
in six left out 0.76–0.93, reordered 0.90, with 3 % misread 0.89; halved ones, at 0.52, are missed.
"""
PROSE = ("summary_what", "summary_problem", "summary_innovation", "summary_benefit", "summary_quality", "summary_other")
SECTIONS = ("section_introduction", "section_practice", "section_results")


@dataclass(frozen=True, slots=True)
class Entry:
    """One current project as the store remembers it for comparing.

    `unit` is the nominating unit, `firm` the first completing unit (第一完成单位), `id_hash` the keyed hash of the first
    completer's ID number ("" where unread or not valid: a slip of the pen makes nobody another person), `text` what it says of itself:
    项目简介, or the 推荐材料 where there is none (its turns of phrase are alike in unrelated projects: cosines up to 0.40 against 0.06 for
    项目简介, measured on nine).
    """

    project: str
    unit: str | None
    name: str
    first_completer: str = ""
    employer: str = ""
    firm: str = ""
    id_hash: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another current project that has something in common with the one under judgement.

    `same_person`: the first completers are one person, told by `id` (number's hash) or by `name` (name and employer), else "".
    `same_firm`: the first completing unit is the same. `same_name`: the project's name is the same. `similarity` is the cosine
    of the texts (0–1), None below the threshold.
    """

    project: str
    unit: str | None
    name: str
    first_completer: str
    employer: str
    same_person: SamePerson = ""
    same_firm: bool = False
    same_name: bool = False
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """`neighbours`: key of a project under judgement → what it has in common with others. A key that is absent has none."""

    neighbours: Mapping[str, tuple[Neighbour, ...]] = field(default_factory=dict)

    def of(self, project: str) -> tuple[Neighbour, ...]:
        """The neighbours of the project with this key."""
        return self.neighbours.get(project, ())

    def digest(self) -> str:
        """The same for registers that say the same."""
        return hashlib.sha256(repr(sorted(self.neighbours.items())).encode()).hexdigest()


def entry_of(project: Project, hashed: Callable[[str], str]) -> Entry:
    """The entry of one project. `hashed` turns an ID number (upper-case X) into the store's keyed hash."""
    number = project.value("person", "id_number") or ""
    prose = [text for name in PROSE if (text := project.value("nomination", name))]
    essay = [text for name in SECTIONS if (text := project.value("recommendation", name))]
    return Entry(
        project=project.key,
        unit=project.unit,
        name=project.name,
        first_completer=project.value("person", "name") or "",
        employer=project.value("person", "employer") or "",
        firm=project.value("person", "unit_name") or project.value("person", "employer") or "",
        id_hash=hashed(number) if not id_problem(number, date.max) else "",
        text="\n".join(prose or essay),
    )


def entries_of(submissions: Iterable[Submission], hashed: Callable[[str], str]) -> tuple[Entry, ...]:
    """The entries of all current projects (nothing superseded) of `submissions`."""
    return tuple(entry_of(p, hashed) for s in submissions for p in s.projects if p.superseded_by is None)


def _same_person(a: Entry, b: Entry) -> SamePerson:
    """Two good ID numbers decide alone; otherwise the same name at the same employer."""
    if a.id_hash and b.id_hash:
        return "id" if a.id_hash == b.id_hash else ""
    same_name = plain(a.first_completer) and plain(a.first_completer) == plain(b.first_completer)
    same_employer = plain(a.employer) and plain(a.employer) == plain(b.employer)
    return "name" if same_name and same_employer else ""


def _neighbour(mine: Entry, other: Entry, similarity: float | None) -> Neighbour | None:
    """What `other` has in common with `mine`, or None when it is nothing."""
    found = Neighbour(
        project=other.project,
        unit=other.unit,
        name=other.name,
        first_completer=other.first_completer,
        employer=other.employer,
        same_person=_same_person(mine, other),
        same_firm=bool(plain(mine.firm)) and plain(mine.firm) == plain(other.firm),
        same_name=bool(plain(mine.name)) and plain(mine.name) == plain(other.name),
        similarity=similarity,
    )
    return found if found.same_person or found.same_firm or found.same_name or similarity is not None else None


def neighbours(mine: Sequence[Entry], among: Sequence[Entry], least: float = SIMILAR) -> dict[str, tuple[Neighbour, ...]]:
    """For every entry of `mine` (by project key) what it has in common with those of `among`, in their order.

    `least` is the cosine from which two texts count as nearly the same.
    """
    known = {entry.project: entry for entry in (*among, *mine)}
    found: dict[str, tuple[Neighbour, ...]] = {}
    for entry in mine:
        others = (other for other in known.values() if other.project != entry.project)
        hits = (_neighbour(entry, other, similarity(entry, other, least)) for other in others)
        found[entry.project] = tuple(hit for hit in hits if hit)
    return found


def similarity(mine: Entry, other: Entry, least: float = SIMILAR) -> float | None:
    """The cosine of their texts, the same from either side; None where it is below `least`."""
    value = cosine(*sorted((mine.text, other.text)))
    return value if value is not None and value >= least else None
