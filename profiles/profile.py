"""A campaign as data: which forms, which fields, which limits, which units, which texts.

Next year's notice, or another city's, is another file here and no code. `profiles/load.py` reads one and refuses a
broken one with the line and the reason.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

Kind = Literal[
    "text",
    "prose",
    "name",
    "names",
    "organisation",
    "address",
    "choice",
    "yes_no",
    "date",
    "period",
    "year",
    "amount",
    "count",
    "id_number",
    "mobile",
    "phone",
    "email",
    "postcode",
    "certificate_number",
    "sequence",
    "blank",
]
SeverityName = Literal["error", "ineligible", "verify", "advice"]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from error
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class Model(BaseModel):
    """Frozen, and closed: a name that the model does not know is a mistake in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldRule(Model):
    """One field of a form.

    `label` as the notice prints it, `aliases` what units make of it; both are compared without spaces, brackets and
    their content, and line breaks. `hints` are printed words in the value's cell that are no value. `choices` are the words that may
    be ticked (kind `choice`, `yes_no`). `yields` names the contract's fields where one cell holds several (a period:
    start and end). `required`: `always`, `never`, or the name of a condition known to the checks
    (`service_invention`, `skill_or_title`). `limit` in 字数, None without one. `no_word_needed` marks what is written by hand on paper only.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "text"
    hints: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    required: Literal["always", "never", "service_invention", "skill_or_title"] = "always"
    sensitive: bool = False
    by_hand: bool = False


class Block(Model):
    """A stretch of a form whose labels are unambiguous: `anchors` are labels that open it (the first block needs none), `title` tells
    its cells from those of the same label elsewhere on the form."""

    name: str
    title: str = ""
    anchors: tuple[str, ...] = ()
    fields: tuple[FieldRule, ...]


class Section(Model):
    """A required section of a text: its field, its heading and synonyms (most usual first), cue words for a heading that was left out."""

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


class FormRule(Model):
    """One form of the notice.

    `kind`: `grid` (labels and values in a ruled table), `rows` (a table with a head row), `letter` (prose with blanks),
    `essay` (sections). `recognise` are patterns of its headings, `landmarks` labels or phrases whose share tells it even without a
    heading. `need_word`/`need_scan`: which versions the notice asks for; `need_seal`, `need_signature` of the scan.
    `printed` is the notice's text of a letter, its blanks written as `{field}`.
    """

    name: Literal["summary", "nomination", "person", "commitment", "recommendation", "certificate"]
    title: str
    attachment: str = ""
    kind: Literal["grid", "rows", "letter", "essay"]
    clause: str
    recognise: tuple[Pattern, ...]
    landmarks: tuple[str, ...] = ()
    need_word: bool = False
    need_scan: bool = False
    need_seal: bool = False
    need_signature: bool = False
    head: tuple[FieldRule, ...] = ()
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    printed: tuple[str, ...] = ()

    def fields(self) -> tuple[FieldRule, ...]:
        """All its field rules: head first, then block by block."""
        return self.head + tuple(field for block in self.blocks for field in block.fields)

    def names(self) -> tuple[str, ...]:
        """The contract's fields on it, in its order: a cell's own name or what it yields, then the sections."""
        cells = tuple(name for field in self.fields() for name in (field.yields or (field.name,)))
        return cells + tuple(section.name for section in self.sections)


class Unit(Model):
    """A nominating unit known by name: `aliases` as people write it, `kind` for the quota."""

    name: str
    kind: Literal["district", "industry"]
    aliases: tuple[str, ...] = ()


class Roster(Model):
    """Who may nominate: `units` by name, and `patterns` for names of the open list (kind `industry`).

    `places` are the place names that lie in the city. `quota` is how many projects a kind sends, [least, most].
    """

    units: tuple[Unit, ...]
    patterns: tuple[Pattern, ...]
    places: tuple[str, ...]
    quota: dict[Literal["district", "industry"], tuple[int, int]]


class Dates(Model):
    """`deadline`: last day to send (whole day, in `timezone`); `applied_by`: last day to have been put to use; `issued` of the notice."""

    timezone: str
    issued: date
    deadline: date
    applied_by: date


class Limits(Model):
    """The notice's figures, in 字数 unless it says otherwise. `slack` is what Word itself may count differently."""

    recommendation: int
    summary_text: int
    awards: int
    slack: int = 3
    per_category: int
    worker_share: float
    senior_share: float


class Category(Model):
    """A kind of project: its name as ticked, and the notice's definition."""

    name: str
    meaning: str


class RuleText(Model):
    """A rule of the notice: `clause` is the sentence it comes from (quoted), `severity`, `text` of its finding with `{slots}`.

    `ask` is the question to the unit, with the same slots, where only the unit can know what is to be verified. `variants` are further
    texts of the same rule, by name, each with the severity it has then ("" = the same).
    """

    clause: str
    severity: SeverityName
    text: str
    ask: str = ""
    variants: dict[str, RuleVariant] = {}


class RuleVariant(Model):
    """Another outcome of a rule: another text, perhaps another severity, its own question."""

    text: str
    ask: str = ""
    severity: SeverityName | None = None


class Duty(Model):
    """A sentence of the notice that no file can show: the nominating unit's own duty."""

    clause: str
    why: str


class Office(Model):
    """Who the call comes from: for letters and pages."""

    name: str
    department: str
    contact: str
    phone: str
    email: str


class Profile(Model):
    """One campaign."""

    name: str
    title: str
    notice: str
    office: Office
    subject_words: tuple[str, ...]
    dates: Dates
    limits: Limits
    categories: tuple[Category, ...]
    roster: Roster
    forms: tuple[FormRule, ...]
    rules: dict[str, RuleText] = {}
    words: dict[str, tuple[Pattern, ...]] = {}
    duties: tuple[Duty, ...] = ()

    def form(self, name: str) -> FormRule:
        """The rule of the form called `name`. Raises KeyError when the campaign has none."""
        for form in self.forms:
            if form.name == name:
                return form
        raise KeyError(name)

    def sensitive(self) -> frozenset[tuple[str, str]]:
        """(form, field) of every field whose full value stays in private.db."""
        return frozenset((form.name, field.name) for form in self.forms for field in form.fields() if field.sensitive)


RuleText.model_rebuild()
