"""How forms and fields are called in a finding: as the notice prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from profiles.profile import Block, FieldRule, FormRule, Profile
from texts import say


def form_rule(profile: Profile, form: str) -> FormRule | None:
    """The campaign's rule of the form of this name, or None where it asks for none."""
    return next((rule for rule in profile.forms if rule.name == form), None)


def form_title(profile: Profile, form: str) -> str:
    """The form's title with the attachment it is: `附件2《职工“五小”活动项目提名书》`."""
    rule = profile.form(form)
    return say("checks.form", attachment=rule.attachment, title=rule.title)


def form_titles(profile: Profile, forms: Sequence[str]) -> str:
    """Several forms in a row."""
    return "、".join(form_title(profile, form) for form in forms)


def day_name(day: date) -> str:
    """A day as people write it."""
    return say("checks.day", year=day.year, month=day.month, day=day.day)


def row_name(number: int, project: str) -> str:
    """A row of the 汇总表 by its project's name, or by its number where it has none."""
    return say("checks.project", name=project) if project else say("checks.row", number=number)


def section_label(profile: Profile, name: str) -> str:
    """The heading of a section as the notice prints it; its name where the campaign has no such section."""
    return next((section.label for form in profile.forms for section in form.sections if section.name == name), name)


def _cells(profile: Profile, form: str) -> list[tuple[FieldRule, Block | None]]:
    rule = profile.form(form)
    return [(cell, None) for cell in rule.head] + [(cell, block) for block in rule.blocks for cell in block.fields]


def label(profile: Profile, form: str, name: str) -> str:
    """The field's label; where the form prints it more than once, with the block it stands in; start or end of a period."""
    cells = _cells(profile, form)
    often = Counter(cell.label for cell, _block in cells)
    for cell, block in cells:
        if name == cell.name or name in cell.yields:
            end = say(f"checks.{'start' if name == cell.yields[0] else 'end'}") if name in cell.yields else ""
            where = say("checks.where", block=block.title) if block and block.title and often[cell.label] > 1 else ""
            return cell.label + end + where
    return section_label(profile, name)


def value_kind(profile: Profile, form: str, name: str) -> str:
    """The kind of the cell that holds the field, "" where the form has none such."""
    return next((cell.kind for cell, _block in _cells(profile, form) if name == cell.name or name in cell.yields), "")
