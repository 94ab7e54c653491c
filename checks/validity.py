"""Are values valid in themselves: numbers, addresses, dates, amounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from checks.case import Desk, Hit, choice, hit_at, names_of
from checks.identifiers import first_day, id_is_male, id_problem, is_amount, is_date, is_email, is_mobile, is_phone, is_postcode
from checks.labels import form_title, label
from checks.masking import shown, written_date
from checks.values import digits, phones
from extractors.submission import Choice, Project
from profiles.profile import FieldRule

Test = Callable[[str, Desk], bool]
DOUBTED = 0.9
"""Confidence of a scanned value below which it may be misread rather than wrong."""
_UNITS = re.compile(r"^约|(万元|元|万|个|家|户)$")


def _phone(value: str, desk: Desk) -> bool:
    code = next(iter(desk.words("area_code")), "")
    return is_phone(value, code) or any(is_phone(number, code) for number in phones(value))


def _amount(value: str, desk: Desk) -> bool:
    bare = _UNITS.sub("", value.strip())
    return is_amount(bare) or bare in desk.words("nothing")


def _category(value: str, desk: Desk) -> bool:
    return sum(category.name in value for category in desk.profile.categories) == 1


def _date(value: str, _desk: Desk) -> bool:
    """A date that exists. What holds no date at all (`长期`) is not judged here."""
    return is_date(value) or not re.search(r"\d{4}", value)


TESTS: dict[str, Test] = {
    "id_number": lambda value, desk: not id_problem(value, desk.profile.dates.deadline),
    "mobile": lambda value, _desk: is_mobile(value) or any(is_mobile(number) for number in phones(value)),
    "phone": _phone,
    "email": lambda value, _desk: is_email(value),
    "postcode": lambda value, _desk: is_postcode(value),
    "amount": _amount,
    "count": _amount,
    "date": _date,
    "period": _date,
}
"""How a kind of field is judged; a kind that is not here holds nothing that could be invalid."""


def _variant(chosen: Choice, kind: str) -> str:
    """A value that only a scan gives, and not surely, may be misread: a person looks."""
    if chosen.chosen_from == "scan" and chosen.scan and chosen.scan.confidence < DOUBTED:
        return "misread"
    return kind


def invalid_field(project: Project, desk: Desk) -> Iterator[Hit]:
    """An ID number, mobile, e-mail, postcode, date, amount or category that cannot be right. 附件1, 附件2, 附件3."""
    for form in desk.profile.forms:
        if form.kind == "rows":
            yield from _invalid_cells(project, desk)
            continue
        for rule in form.fields():
            for name in names_of(rule):
                chosen = choice(project, form.name, name)
                if chosen and not _valid(rule, chosen.value, desk):
                    slots = {
                        "form": form_title(desk.profile, form.name),
                        "label": label(desk.profile, form.name, name),
                        "value": shown(desk.profile, form.name, name, chosen.value),
                    }
                    yield hit_at(project, form.name, name, variant=_variant(chosen, rule.kind), slots=slots)
    yield from _backward_period(project, desk)


def _valid(rule: FieldRule, value: str, desk: Desk) -> bool:
    test = TESTS.get(rule.kind)
    return test is None or test(value, desk)


def _backward_period(project: Project, desk: Desk) -> Iterator[Hit]:
    """项目起止时间 whose end lies before its start."""
    start, end = (project.value("nomination", name) for name in ("period_start", "period_end"))
    first, last = first_day(start or ""), first_day(end or "")
    if first and last and last < first and (end or "")[: len(start or "")] != (start or "")[: len(end or "")]:
        slots = {
            "form": form_title(desk.profile, "nomination"),
            "label": label(desk.profile, "nomination", "period_end"),
            "value": "—".join(written_date(day or "") for day in (start, end)),
        }
        yield hit_at(project, "nomination", "period_end", variant="backward", slots=slots)


def _invalid_cells(project: Project, desk: Desk) -> Iterator[Hit]:
    """Cells of the project's row in the 汇总表: its category, and its phone unless 附件3 has the same wrong one."""
    row = desk.listing.rows.get(project.key)
    if row is None:
        return
    tests: dict[str, Test] = {"phone": _phone, "category": _category}
    known = {digits(project.value("person", name)) for name in ("mobile", "unit_contact_mobile", "union_phone")}
    for name, test in tests.items():
        told_already = name == "phone" and digits(row.value(name)) in known
        if row.value(name) and not told_already and not test(row.value(name), desk):
            slots = {"form": form_title(desk.profile, "summary"), "label": label(desk.profile, "summary", name), "value": row.value(name)}
            yield Hit(name, form="summary", field=name, file=row.file, page=row.cells[name].page, slots=slots)


def inconsistent_id(project: Project, desk: Desk) -> Iterator[Hit]:
    """The ID number's sex contradicts 性别. 附件3."""
    number, gender = project.value("person", "id_number") or "", project.value("person", "gender")
    if gender not in ("男", "女") or id_problem(number, desk.profile.dates.deadline):
        return
    if id_is_male(number) != (gender == "男"):
        slots = {
            "form": form_title(desk.profile, "person"),
            "value": shown(desk.profile, "person", "id_number", number),
            "gender": gender,
        }
        yield hit_at(project, "person", "id_number", slots=slots)
