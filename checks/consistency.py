"""Do the forms say the same: 汇总表, 承诺书, 证明 against 附件2 and 附件3, Word against scan."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from checks.case import Desk, Hit, came, choice, copies, hit_at, value
from checks.labels import form_title, label
from checks.letter import altered_clauses
from checks.listing import Row
from checks.masking import shown, where_they_differ
from checks.values import first_name, phones, plain, same_phone, same_text, same_unit
from extractors.submission import Choice, Form, Project

UNITS = ("employer", "unit_name")
PHONES = ("mobile", "unit_contact_mobile", "union_phone")
LETTER_FORMS = ("nomination", "person", "commitment")
"""Forms whose two versions must say the same, field by field; a long text is not compared."""
READABLE = 20
"""Characters that a scanned letter must have given before its silence on a name means anything."""
NEARLY = 90
"""Likeness (0–100) from which a scanned text is taken to hold a name."""


def _listed(row: Row) -> bool:
    return row.source == "scan"


def _from_scan(project: Project, form: str, name: str) -> bool:
    chosen = choice(project, form, name)
    return bool(chosen and chosen.chosen_from == "scan")


def project_without_summary(project: Project, desk: Desk) -> Iterator[Hit]:
    """The project has material, a 汇总表 came, and no row speaks of it. 附件1."""
    if desk.listing.came and project.key not in desk.listing.rows:
        yield Hit(form="summary", slots={"form": form_title(desk.profile, "summary"), "name": project.name})


def _unit_agrees(project: Project, written: str, desk: Desk, scanned: bool) -> bool:
    """True when `written` names the person's employer or the first completing unit, or neither is known."""
    known = [(unit, scanned or _from_scan(project, "person", name)) for name in UNITS if (unit := project.value("person", name))]
    return not known or any(same_unit(written, unit, desk.words("unit_endings"), from_scan=scan) for unit, scan in known)


def _name_agrees(project: Project, row: Row, _desk: Desk) -> bool:
    scanned = _listed(row) or _from_scan(project, "nomination", "project_name")
    known = project.value("nomination", "project_name")
    return not known or same_text(row.value("project_name"), known, from_scan=scanned)


def _row_unit_agrees(project: Project, row: Row, desk: Desk) -> bool:
    return _unit_agrees(project, row.value("implementing_unit"), desk, _listed(row))


def _person_agrees(project: Project, row: Row, _desk: Desk) -> bool:
    known = project.value("person", "name")
    return not known or plain(first_name(row.value("main_completers"))) == plain(known)


def _category_agrees(project: Project, row: Row, desk: Desk) -> bool:
    known, written = project.value("nomination", "category"), row.value("category")
    named = [category.name for category in desk.profile.categories if category.name in written]
    return not known or len(named) != 1 or named == [known]


def _phone_agrees(project: Project, row: Row, _desk: Desk) -> bool:
    known = [number for name in PHONES if (number := project.value("person", name))]
    cell = row.cells["phone"]
    mine = {cell.value, *phones(cell.raw)}
    return not project.value("person", "mobile") or any(same_phone(a, b) for a in mine for number in known for b in {number, *phones(number)})


ROW = {
    "project_name": (_name_agrees, ("nomination", "project_name")),
    "implementing_unit": (_row_unit_agrees, ("person", "unit_name")),
    "main_completers": (_person_agrees, ("person", "name")),
    "category": (_category_agrees, ("nomination", "category")),
    "phone": (_phone_agrees, ("person", "mobile")),
}
"""For each cell of a row: how it is held against the forms, and which of their fields a finding quotes."""


def summary_mismatch(project: Project, desk: Desk) -> Iterator[Hit]:
    """The project's row in the 汇总表 and its forms disagree; the field is the 汇总表's. 附件1."""
    row = desk.listing.rows.get(project.key)
    if row is None:
        return
    for name, (agrees, (form, other)) in ROW.items():
        if row.value(name) and not agrees(project, row, desk):
            slots = {
                "label": label(desk.profile, "summary", name),
                "row": shown(desk.profile, "summary", name, row.value(name)),
                "form": form_title(desk.profile, form),
                "value": shown(desk.profile, form, other, (value(project, form, other) or "")),
            }
            yield Hit(form="summary", field=name, file=row.file, page=row.cells[name].page, slots=slots)


def commitment_mismatch(project: Project, desk: Desk) -> Iterator[Hit]:
    """The 承诺书's unit or project name is not the form's, or a blank was left empty. 附件4."""
    if not came(project, "commitment"):
        return
    name = project.value("nomination", "project_name") or project.name
    unit = project.value("person", "unit_name") or project.value("person", "employer")
    said: set[str] = set()
    for field, known in (("commitment_unit", unit), ("commitment_project", name), ("commitment_project_2", name)):
        chosen = choice(project, "commitment", field)
        if not known or (chosen and _blank_agrees(project, chosen, known, desk)) or (chosen is None and not _word_came(project)):
            continue
        value = chosen.value if chosen else ""
        if (plain(value) or field) in said:
            continue
        said.add(plain(value) or field)
        slots = {
            "form": form_title(desk.profile, "commitment"),
            "label": label(desk.profile, "commitment", field),
            "value": value,
            "known": known,
        }
        yield hit_at(project, "commitment", field, variant="" if value else "empty", slots=slots)


def _word_came(project: Project) -> bool:
    return project.form("commitment", "word") is not None


def _blank_agrees(project: Project, chosen: Choice, known: str, desk: Desk) -> bool:
    """Whether a blank of the 承诺书 says what the forms say; a scanned side is forgiven what misreading explains."""
    scanned = chosen.chosen_from == "scan"
    if chosen.field == "commitment_unit":
        return _unit_agrees(project, chosen.value, desk, scanned)
    return same_text(chosen.value, known, from_scan=scanned or _from_scan(project, "nomination", "project_name"))


def commitment_altered(project: Project, desk: Desk) -> Iterator[Hit]:
    """The printed text of the 承诺书 is not the notice's. 附件4. Word's must agree but for punctuation, a scan's but for misreading."""
    for rule in desk.profile.forms:
        for copy in copies(project, rule.name) if rule.printed else ():
            clauses = altered_clauses(copy.text, rule.printed, exact=copy.source == "word")
            if clauses:
                slots = {"form": form_title(desk.profile, rule.name), "clauses": "；".join(f"“{clause}”" for clause in clauses)}
                yield Hit(form=rule.name, file=copy.file, page=copy.first_page, slots=slots)
                break


def _says(copy: Form, name: str) -> bool:
    """True when the letter's text holds `name`; a scan may have misread a character of a long one."""
    text = plain(copy.text)
    return plain(name) in text or (len(plain(name)) >= 6 and fuzz.partial_ratio(plain(name), text) >= NEARLY)


def certificate_mismatch(project: Project, desk: Desk) -> Iterator[Hit]:
    """The 一线职工证明 names another person or unit. “重点核实第一完成人在生产科研一线岗位(企业人事/组织部门出具一线职工证明)”."""
    letters = copies(project, "certificate")
    person = project.value("person", "name")
    if not letters:
        return
    if person and not any(_says(copy, person) for copy in letters):
        yield from _certificate_hit(project, desk, "name", person)
    units = [unit for name in UNITS if (unit := project.value("person", name))]
    named = project.value("certificate", "employer")
    if units and not any(_says(copy, unit) for copy in letters for unit in units) and not (named and _unit_agrees(project, named, desk, True)):
        yield from _certificate_hit(project, desk, "employer", units[0])


def _certificate_hit(project: Project, desk: Desk, field: str, known: str) -> Iterator[Hit]:
    """The finding on one field of the 证明: what it names instead, or that the name could not be read."""
    named = project.value("certificate", field)
    if named and plain(known) in plain(named):
        return
    if not named and all(len(plain(copy.text)) < READABLE for copy in copies(project, "certificate")):
        return
    slots = {
        "form": form_title(desk.profile, "certificate"),
        "label": label(desk.profile, "certificate", field),
        "value": named or "",
        "known": known,
    }
    yield hit_at(project, "certificate", field, variant="" if named else "unread", slots=slots)


def _compared(project: Project, desk: Desk) -> Iterator[Choice]:
    """Choices of the forms whose two versions came and must say the same, without what is written by hand only."""
    by_hand = {(form.name, field.name) for form in desk.profile.forms for field in form.fields() if field.by_hand}
    both = {form for form in LETTER_FORMS if len({copy.source for copy in copies(project, form)}) == 2}
    for chosen in project.choices:
        if chosen.form in both and (chosen.form, chosen.field) not in by_hand:
            yield chosen


def _two_versions(chosen: Choice, desk: Desk) -> dict[str, object]:
    """The slots of a finding that quotes both versions."""
    word, scan = (read.value if read else "" for read in (chosen.word, chosen.scan))
    word, scan = where_they_differ(word, scan) if word and scan else (word, scan)
    return {
        "form": form_title(desk.profile, chosen.form),
        "label": label(desk.profile, chosen.form, chosen.field),
        "word": shown(desk.profile, chosen.form, chosen.field, word),
        "scan": shown(desk.profile, chosen.form, chosen.field, scan),
    }


def word_scan_mismatch(project: Project, desk: Desk) -> Iterator[Hit]:
    """A field differs between Word and scan beyond what misreading explains. “word 版及盖章扫描电子版”: two versions of one text."""
    for chosen in _compared(project, desk):
        if chosen.agreement == "differs":
            yield hit_at(project, chosen.form, chosen.field, slots=_two_versions(chosen, desk))


def word_scan_unsure(project: Project, desk: Desk) -> Iterator[Hit]:
    """A field differs between Word and scan, which may be a misreading, or only one of the two has it."""
    for chosen in _compared(project, desk):
        if chosen.agreement == "unsure":
            yield hit_at(project, chosen.form, chosen.field, slots=_two_versions(chosen, desk))
        elif chosen.agreement == "one-sided" and chosen.value not in desk.words("nothing"):
            variant = "word-empty" if chosen.word is None else "scan-empty"
            yield hit_at(project, chosen.form, chosen.field, variant=variant, slots=_two_versions(chosen, desk))
