"""What the rules see of a submission: all that any of them looks at, and nothing else.

They judge an `Excerpt` and never the whole, so that what is kept of a unit to judge it again (a third of what was read) cannot lack anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NewType, get_args

from extractors.submission import Choice, Field, Form, Project, Submission
from profiles.profile import Profile

Excerpt = NewType("Excerpt", Submission)
Label = Literal["APPLIED", "AWARD", "EXCLUDED"]
"""What a rule may ask of the Chinese NLP (`extractors/nlp/span.py`)."""
LABELS = frozenset(get_args(Label))
READ = frozenset({"nomination", "certificate"})
"""Forms whose whole text a rule looks at, besides those whose printed words the campaign gives."""


def excerpt(submission: Submission, profile: Profile) -> Excerpt:
    """The submission without files that were read, places on pages, other readings of a sign, stamps one by one, forms that nobody uses, and
    values that do not count: of a project's form only its choices stay, of two versions that agree the one that was chosen.

    What a value was written as (`Field.raw`) stays in the 汇总表 alone. Of the campaign only the forms matter here.
    """
    read = READ | {form.name for form in profile.forms if form.printed}
    files = tuple(file for file in submission.files if file.status != "parsed")
    summaries = tuple(map(_summary, submission.summaries))
    projects = tuple(_project(project, read) for project in submission.projects)
    return Excerpt(replace(submission, files=files, summaries=summaries, projects=projects, others=()))


def _summary(form: Form) -> Form:
    return replace(form, fields=tuple(replace(cell, box=None, alternatives=()) for cell in form.fields), text="", seals=(), spans=())


def _project(project: Project, read: frozenset[str]) -> Project:
    forms = tuple(_bare(form, form.text if form.form in read else "") for form in project.forms)
    return replace(project, forms=forms, unused=(), choices=tuple(map(_choice, project.choices)))


def _bare(form: Form, text: str) -> Form:
    return replace(form, fields=(), text=text, seals=(), spans=tuple(span for span in form.spans if span.label in LABELS))


def _choice(choice: Choice) -> Choice:
    versions = {"word": _read(choice.word), "scan": _read(choice.scan)}
    if choice.agreement == "same":
        versions = {source: read for source, read in versions.items() if source == choice.chosen_from}
    return Choice(choice.form, choice.field, choice.value, choice.chosen_from, choice.agreement, **versions)


def _read(field: Field | None) -> Field | None:
    return field and replace(field, raw="", box=None, alternatives=())
