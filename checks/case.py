"""What a rule looks at and what it answers: a `Desk` with one message on it, and `Hit`s.

A project rule is `rule(project, desk) -> Iterator[Hit]`, a message rule `rule(desk) -> Iterator[Hit]`. Neither knows its
severity nor its words: both stand in the profile under the rule's name and the hit's `variant`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from checks.excerpt import Label
from checks.listing import Listing, make_listing
from checks.register import Register
from extractors.submission import Choice, Form, Project, Submission, TextSpan
from profiles.profile import FieldRule, Profile


@dataclass(frozen=True, slots=True)
class Hit:
    """One breach of a rule: which text of the rule (`variant`, "" the plain one), where to look, and what fills the text's slots."""

    variant: str = ""
    form: str | None = None
    field: str | None = None
    file: str | None = None
    page: int | None = None
    slots: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """One message under judgement: `submission`, the unit's `others`, the `register`, and the campaign's `profile`."""

    submission: Submission
    others: tuple[Submission, ...]
    register: Register
    profile: Profile

    @cached_property
    def listing(self) -> Listing:
        """What the unit's 汇总表 list."""
        return make_listing(self.all)

    @property
    def all(self) -> tuple[Submission, ...]:
        """All that the unit has sent so far, this message included."""
        return (*self.others, self.submission)

    def words(self, name: str) -> tuple[str, ...]:
        """The profile's list of words (patterns) called `name`; empty where the campaign has none."""
        return self.profile.words.get(name, ())


def came(project: Project, form: str) -> bool:
    """True when the form came in any source."""
    return any(copy.form == form for copy in project.forms)


def copies(project: Project, form: str) -> tuple[Form, ...]:
    """The copies of the form that count, Word first."""
    return tuple(copy for source in ("word", "scan") for copy in project.forms if copy.form == form and copy.source == source)


def choice(project: Project, form: str, name: str) -> Choice | None:
    """The value that counts with where it comes from, or None."""
    return project.choice(form, name)


def spans(project: Project, form: str, name: str, label: Label) -> tuple[TextSpan, ...]:
    """What the Chinese NLP found of `label` in the value that counts."""
    chosen = choice(project, form, name)
    source = chosen.chosen_from if chosen else ""
    return tuple(
        span for copy in copies(project, form) if copy.source == source for span in copy.spans if span.field == name and span.label == label
    )


def value(project: Project, form: str, name: str) -> str | None:
    """The value that counts, or None; the same as `Project.value` for a form's name out of a table."""
    chosen = choice(project, form, name)
    return chosen.value if chosen else None


def hit_at(project: Project, form: str, name: str | None = None, variant: str = "", slots: Mapping[str, object] | None = None) -> Hit:
    """A hit that points at the value that counts (file and page it was read from), else at the form's first copy."""
    copy = next(iter(copies(project, form)), None)
    page = copy.first_page if copy else None
    chosen = choice(project, form, name) if name else None
    if chosen and chosen.chosen_from != "review":
        copy = next((c for c in copies(project, form) if c.source == chosen.chosen_from), copy)
        read = chosen.word if chosen.chosen_from == "word" else chosen.scan
        page = read.page if read else page
    return Hit(variant, form, name, copy.file if copy else None, page, slots or {})


def names_of(rule: FieldRule) -> tuple[str, ...]:
    """The contract's fields of one cell: its own name, or what it yields."""
    return rule.yields or (rule.name,)
