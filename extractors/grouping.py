"""Which forms of one message belong to one project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from extractors.identity import (
    OTHER_PROJECT,
    SAME_PROJECT,
    Identity,
    bare_name,
    identity,
    in_path,
    leading_number,
    likeness,
    natural,
    same_people,
    union,
)
from extractors.submission import Form

# The forms that name their project best come first.
ORDER = ("nomination", "commitment", "recommendation", "person", "certificate")

# What speaks for and against a form's belonging to a group. Names outweigh places, several places outweigh a wrong name.
PROJECT_SAME, PROJECT_OTHER = 6.0, -3.5
PERSON_SAME, PERSON_OTHER = 5.0, -4.0
UNIT_SAME, UNIT_OTHER = 3.0, -2.0
SAME_FILE, SAME_FOLDER, IN_PATH, OTHER_IN_PATH = 4.5, 4.0, 4.0, -4.0
SAME_NUMBER, OTHER_NUMBER = 3.0, -2.0
# What a text of its own says: names of the group in it, and the share of the group's prose (in runs of `GRAM` signs) that it repeats.
MENTIONED, REPEATED, MOST_REPEATED, GRAM = 3.0, 20.0, 5.0, 4
NEXT_PHOTO = 3.0
TAKEN = -2.5
JOIN = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the 汇总表 as a bridge between names."""

    project: str
    people: frozenset[str]
    units: frozenset[str]


@dataclass
class Group:
    """Forms of one project, and all they say about it; `row` is the row of the 汇总表 that fits."""

    forms: list[Form] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    row: Row | None = None

    def add(self, form: Form, who: Identity, rows: Sequence[Row]) -> None:
        """Takes the form in."""
        self.forms.append(form)
        self.identities.append(who)
        self.row = self.row or best_row(self.projects, self.people, rows)

    @property
    def projects(self) -> set[str]:
        """The project's names, those of the nomination where there is one."""
        own = {n for f, i in zip(self.forms, self.identities, strict=True) if f.form == "nomination" for n in i.projects}
        return own or {name for i in self.identities for name in i.projects}

    @property
    def people(self) -> set[str]:
        """Its people, with those of its row."""
        return {name for i in self.identities for name in i.people} | (set(self.row.people) if self.row else set())

    @property
    def units(self) -> set[str]:
        """Its units, with that of its row."""
        return {name for i in self.identities for name in i.units} | (set(self.row.units) if self.row else set())


def rows_of(summaries: Iterable[Form]) -> list[Row]:
    """The rows of all 汇总表 of a message, each once."""
    found: dict[str, Row] = {}
    for form in sorted(summaries, key=lambda form: form.source == "scan"):
        for number in sorted({f.row for f in form.fields if f.row}):
            values = {f.field: f.value for f in form.fields if f.row == number}
            project = bare_name(values.get("project_name", ""))
            people = frozenset(map(bare_name, values.get("main_completers", "").split("、"))) - {""}
            units = frozenset({bare_name(values.get("implementing_unit", ""))} - {""})
            if project and not any((likeness([project], [name]) or 0) >= SAME_PROJECT for name in found):
                found[project] = Row(project, people, units)
    return list(found.values())


def best_row(projects: Iterable[str], people: Iterable[str], rows: Sequence[Row]) -> Row | None:
    """The row that names this project; without a project name, the only row that names one of the people."""
    names = list(projects)
    if names:
        best = max(rows, key=lambda row: likeness(names, [row.project]) or 0, default=None)
        return best if best and (likeness(names, [best.project]) or 0) >= SAME_PROJECT else None
    fitting = [row for row in rows if set(people) & row.people]
    return fitting[0] if len(fitting) == 1 else None


def group(forms: Sequence[Form], rows: Sequence[Row]) -> list[Group]:
    """The forms of a message as one group a project, in the order their files stand."""
    listed = sorted(forms, key=lambda form: natural(form.file))
    known = _known(listed)
    everyone = {name for _, who in known for name in who.people | who.projects} | {n for row in rows for n in row.people | {row.project}}
    groups: list[Group] = []
    for kind in ORDER:
        for source in ("word", "scan"):
            for form, who in known:
                if form.form == kind and form.source == source:
                    _place(form, who, groups, rows, everyone)
    _gather(groups, rows, everyone)
    return groups


def _known(forms: Sequence[Form]) -> list[tuple[Form, Identity]]:
    """Each form with its identity; one that names nothing borrows that of the named forms in its file, where the file is one project's."""
    by_file: dict[str, list[tuple[Form, Identity]]] = {}
    for form in forms:
        by_file.setdefault(form.file, []).append((form, identity(form)))
    known = []
    for pairs in by_file.values():
        one_project = len({form.form for form, _ in pairs}) == len(pairs)
        whole = union([who for _, who in pairs])
        known += [(form, replace(whole, folder=who.folder, file=who.file) if one_project and who.nameless else who) for form, who in pairs]
    return known


def _place(form: Form, who: Identity, groups: list[Group], rows: Sequence[Row], everyone: set[str]) -> None:
    best = max(groups, key=lambda g: score(form, who, g, groups, everyone), default=None)
    if best is None or score(form, who, best, groups, everyone) < JOIN:
        best = Group()
        groups.append(best)
    best.add(form, who, rows)


def score(form: Form, who: Identity, group: Group, groups: Sequence[Group], everyone: set[str]) -> float:
    """How much speaks for the form's belonging to this group (above `JOIN`: it does)."""
    scan = form.source == "scan" or any(f.source == "scan" for f in group.forms)
    total = _names_score(form, who, group, scan) + _place_score(form, who, group, groups, everyone)
    if form.form == "recommendation":
        total += _text_score(form, group)
    if any(f.form == form.form and f.source == form.source and f.file != form.file for f in group.forms):
        total += TAKEN
    if any(f.form == form.form and f.source == form.source and f.file == form.file for f in group.forms):
        total += 3 * TAKEN
    return total


def _names_score(form: Form, who: Identity, group: Group, scan: bool) -> float:
    total = 0.0
    alike = likeness(who.projects, group.projects)
    if alike is not None:
        total += (
            PROJECT_SAME
            if alike >= SAME_PROJECT
            else PROJECT_OTHER * (2 if form.form == "nomination" else 1)
            if alike < OTHER_PROJECT
            else -0.5
        )
    people = same_people(who.people, group.people, scan)
    if people is not None:
        total += PERSON_SAME if people else PERSON_OTHER
    units = likeness(who.units, group.units)
    if units is not None:
        total += UNIT_SAME if units >= SAME_PROJECT else UNIT_OTHER if units < OTHER_PROJECT + 10 else 0
    return total


def _text_score(form: Form, group: Group) -> float:
    """What the text itself says: the group's people, units and project named in it, and phrases of its 项目简介 repeated in it."""
    text = bare_name(form.text)
    total = MENTIONED * any(len(name) >= 2 and name in text for name in group.people | group.projects | group.units)
    said = frozenset[str]().union(*(_grams(bare_name(field.value)) for f in group.forms if f.form == "nomination" for field in f.fields))
    if said:
        total += min(MOST_REPEATED, REPEATED * len(said & _grams(text)) / len(said))
    return total


@lru_cache(maxsize=1024)
def _grams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + GRAM] for i in range(len(text) - GRAM + 1))


def _place_score(form: Form, who: Identity, group: Group, groups: Sequence[Group], everyone: set[str]) -> float:
    """Same file, same folder, names in the path; a folder that holds several projects says nothing."""
    total = 0.0
    sharing = [g for g in groups if any(i.file == who.file for i in g.identities)]
    if group in sharing:
        total += SAME_FILE if len(sharing) == 1 else 0.5
    beside = [g for g in groups if any(i.folder == who.folder for i in g.identities)]
    if group in beside:
        total += SAME_FOLDER * (1.0 if who.folder else 0.6) if len(beside) == 1 else 0.25
    total += _number_score(who, group)
    named = in_path(who.file, everyone)
    ours = group.people | group.projects
    if group in beside and form.source == "scan" and who.nameless and _previous(who, group, groups):
        total += NEXT_PHOTO
    if named:
        total += IN_PATH if named & ours else OTHER_IN_PATH
    return total


def _number_score(who: Identity, group: Group) -> float:
    """Files of one folder that a unit numbered by project: 1提名书, 1推荐材料, 2提名书 …"""
    mine = leading_number(who.file)
    theirs = {leading_number(i.file) for i in group.identities if i.folder == who.folder} - {None}
    if mine is None or not theirs:
        return 0.0
    return SAME_NUMBER if mine in theirs else OTHER_NUMBER


def _previous(who: Identity, group: Group, groups: Sequence[Group]) -> bool:
    """Whether the nearest file before this nameless one in a series (IMG_3001, IMG_3002 …) is the group's."""
    series = _series(who.file)
    others = [(i.file, g) for g in groups for i in g.identities if _series(i.file) == series]
    before = [(natural(file), g) for file, g in others if natural(file) < natural(who.file)]
    return bool(before) and max(before, key=lambda pair: pair[0])[1] is group


def _series(path: str) -> str:
    """The path without its figures: files that a camera or a program numbered share it."""
    return re.sub(r"\d+", "#", path)


def _gather(groups: list[Group], rows: Sequence[Row], everyone: set[str]) -> None:
    """A group without a nomination goes to one that lacks just its forms, where a person, a unit or the place agrees;
    one that names nothing to the only one that lacks them."""
    for stray in [g for g in groups if not any(f.form == "nomination" for f in g.forms)]:
        hosts = [g for g in groups if g is not stray and not _collide(g, stray)]
        others = [g for g in groups if g is not stray]
        rated = [
            (max(_places_or_names(f, i, g, others, everyone) for f, i in zip(stray.forms, stray.identities, strict=True)), g) for g in hosts
        ]
        best = max(rated, key=lambda pair: pair[0], default=None)
        nameless = all(who.nameless for who in stray.identities)
        if best and (best[0] >= UNIT_SAME or (nameless and len(hosts) == 1)):
            for form, who in zip(stray.forms, stray.identities, strict=True):
                best[1].add(form, who, rows)
            groups.remove(stray)


def _places_or_names(form: Form, who: Identity, group: Group, groups: Sequence[Group], everyone: set[str]) -> float:
    total = _place_score(form, who, group, groups, everyone)
    total += PERSON_SAME if same_people(who.people, group.people, True) else 0
    total += _text_score(form, group) if form.form == "recommendation" else 0
    return total + (UNIT_SAME if (likeness(who.units, group.units) or 0) >= SAME_PROJECT else 0)


def _collide(left: Group, right: Group) -> bool:
    return bool({(f.form, f.source) for f in left.forms} & {(f.form, f.source) for f in right.forms})
