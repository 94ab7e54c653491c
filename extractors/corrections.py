"""What reviewers corrected, put in the place of what was read, before anything is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol, get_args

from extractors.submission import Choice, FormName, Project

Place = tuple[str, str]
_FORMS: dict[str, FormName] = {name: name for name in get_args(FormName)}
PROJECT_NAME: Place = ("nomination", "project_name")


class Corrected(Protocol):
    """A reviewer's value for a field of a project; "" says that the field is empty."""

    @property
    def project(self) -> str:
        """The key of the version that was corrected."""

    @property
    def form(self) -> str:
        """The form."""

    @property
    def field(self) -> str:
        """The field."""

    @property
    def value(self) -> str:
        """The value in full."""


def with_corrections(projects: Mapping[str, Project], corrections: Iterable[Corrected]) -> dict[str, Project]:
    """The projects (by key, a version before the one that follows it) with the reviewers' values.

    A later version keeps a correction as long as the value that was corrected is read the same in it; a value that the unit
    itself sends anew goes before.
    """
    own: dict[str, dict[Place, str]] = {}
    for correction in corrections:
        own.setdefault(correction.project, {})[correction.form, correction.field] = correction.value
    holding = dict(own)
    for key, project in projects.items():
        later = projects.get(project.superseded_by or "")
        if later is not None and key in holding:
            kept = {place: value for place, value in holding[key].items() if project.value(*_typed(place)) == later.value(*_typed(place))}
            holding[later.key] = kept | own.get(later.key, {})
    return {key: _corrected(project, holding[key]) if holding.get(key) else project for key, project in projects.items()}


def _typed(place: Place) -> tuple[FormName, str]:
    return _FORMS[place[0]], place[1]


def _corrected(project: Project, values: Mapping[Place, str]) -> Project:
    """The project with these values; one that was emptied has none."""
    known = {(choice.form, choice.field) for choice in project.choices}
    changed = [_choice(choice, values) for choice in project.choices]
    added = [Choice(*_typed(place), value, "review", "corrected") for place, value in values.items() if place not in known]
    choices = tuple(choice for choice in (*changed, *added) if choice.chosen_from != "review" or choice.value)
    return replace(project, choices=choices, name=values.get(PROJECT_NAME) or project.name)


def _choice(choice: Choice, values: Mapping[Place, str]) -> Choice:
    value = values.get((choice.form, choice.field))
    return choice if value is None else replace(choice, value=value, chosen_from="review", agreement="corrected")
