"""Is everything there: forms in both versions, stamps, signature, required cells, sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checks.case import Desk, Hit, came, choice, copies, hit_at, names_of, value
from checks.labels import form_rule, form_title, form_titles, label, section_label
from extractors.submission import Form, Project
from profiles.profile import FieldRule, FormRule, Profile

CATEGORY = ("nomination", "category")
POOR = ("grey", "one-bit")
"""Tones of a scan on which a red stamp need not be visible."""


def _missing(project: Project, desk: Desk, form: str) -> Iterator[Hit]:
    if form_rule(desk.profile, form) and not came(project, form):
        yield Hit(form=form, slots={"form": form_title(desk.profile, form)})


def missing_nomination(project: Project, desk: Desk) -> Iterator[Hit]:
    """附件2 came in no source. “请……将项目、汇总表及相关材料（见附件）……报送”."""
    return _missing(project, desk, "nomination")


def missing_person(project: Project, desk: Desk) -> Iterator[Hit]:
    """附件3 came in no source. “请……将项目、汇总表及相关材料（见附件）……报送”."""
    return _missing(project, desk, "person")


def missing_commitment(project: Project, desk: Desk) -> Iterator[Hit]:
    """附件4 came in no source. “请……将项目、汇总表及相关材料（见附件）……报送”."""
    return _missing(project, desk, "commitment")


def missing_recommendation(project: Project, desk: Desk) -> Iterator[Hit]:
    """推荐材料 came in no source. “统一推荐材料格式……”."""
    return _missing(project, desk, "recommendation")


def missing_certificate(project: Project, desk: Desk) -> Iterator[Hit]:
    """一线职工证明 came in no source. “须出具主要完成人一线职工证明（由申报单位的人力资源部门出具）”."""
    return _missing(project, desk, "certificate")


def _lacking(project: Project, profile: Profile, source: str, needed: Callable[[FormRule], bool]) -> list[str]:
    """The project's forms that came, are needed in `source` and did not come in it; the 汇总表 is not the project's."""
    forms = [rule.name for rule in profile.forms if rule.name != "summary" and needed(rule) and came(project, rule.name)]
    return [form for form in forms if not any(copy.source == source for copy in copies(project, form))]


def missing_word(project: Project, desk: Desk) -> Iterator[Hit]:
    """Forms that came only as scans. “word 版及盖章扫描电子版”."""
    lacking = _lacking(project, desk.profile, "word", lambda rule: rule.need_word)
    if lacking:
        yield Hit(form=lacking[0] if len(lacking) == 1 else None, slots={"forms": form_titles(desk.profile, lacking)})


def missing_scan(project: Project, desk: Desk) -> Iterator[Hit]:
    """Forms that came only in Word. “word 版及盖章扫描电子版”."""
    lacking = _lacking(project, desk.profile, "scan", lambda rule: rule.need_scan)
    if lacking:
        yield Hit(form=lacking[0] if len(lacking) == 1 else None, slots={"forms": form_titles(desk.profile, lacking)})


def seal_hit(copy: Form, profile: Profile) -> Hit | None:
    """What is wrong with the stamp of one scan: none on a colour scan, or none to be made out on a grey one."""
    if copy.sealed:
        return None
    variant = "unclear" if copy.sealed is None or copy.tone in POOR else ""
    slots = {"form": form_title(profile, copy.form)}
    return Hit(variant, form=copy.form, file=copy.file, page=copy.first_page, slots=slots)


def no_seal(project: Project, desk: Desk) -> Iterator[Hit]:
    """A scan that must be stamped shows no stamp. “盖章扫描电子版”; the 一线职工证明 is issued by the unit."""
    for rule in desk.profile.forms:
        copy = project.form(rule.name, "scan")
        if rule.need_seal and rule.name != "summary" and copy and (hit := seal_hit(copy, desk.profile)):
            yield hit


def not_signed(project: Project, desk: Desk) -> Iterator[Hit]:
    """The scanned 承诺书 has no handwriting at 第一完成人（签字）. 附件4."""
    for rule in desk.profile.forms:
        copy = project.form(rule.name, "scan")
        if rule.need_signature and copy and not copy.signed and (copy.signed is False or copy.tone in POOR):
            variant = "unclear" if copy.signed is None else ""
            yield Hit(variant, form=rule.name, file=copy.file, page=copy.first_page, slots={"form": form_title(desk.profile, rule.name)})


def no_signed_date(project: Project, desk: Desk) -> Iterator[Hit]:
    """The scanned 承诺书 bears no date, and its Word version neither. 附件4: “年 月 日”."""
    for rule in desk.profile.forms:
        copy = project.form(rule.name, "scan")
        for cell in rule.fields() if copy else ():
            if copy and cell.by_hand and not value(project, rule.name, cell.name):
                slots = {"form": form_title(desk.profile, rule.name)}
                yield Hit(form=rule.name, field=cell.name, file=copy.file, page=copy.last_page or copy.first_page, slots=slots)


def _filled(project: Project, form: str, rule: FieldRule) -> bool:
    return any(value(project, form, name) for name in names_of(rule))


def _required(project: Project, form: FormRule, rule: FieldRule) -> bool:
    """Whether the cell must be filled here, as the profile says; a condition that cannot be told asks for nothing."""
    if rule.required == "skill_or_title":
        return not any(_filled(project, form.name, other) for other in form.fields() if other.required == "skill_or_title")
    return rule.required == "always"


def _empty_cells(project: Project, form: FormRule) -> Iterator[str]:
    """Names of the required fields without a value. Of 技能等级 and 技能职称 only the first is named."""
    either_named = False
    for rule in form.fields():
        if (form.name, rule.name) == CATEGORY or not _required(project, form, rule):
            continue
        if rule.required == "skill_or_title":
            if not either_named:
                yield rule.name
            either_named = True
        elif rule.kind == "period" and value(project, form.name, rule.yields[0]):
            continue  # what has a start and no end is unclear, not empty
        else:
            yield from (name for name in names_of(rule) if not project.value(form.name, name))


def missing_field(project: Project, desk: Desk) -> Iterator[Hit]:
    """A required cell of 附件2 or 附件3, or of the project's row in 附件1, is empty in every source that came."""
    for form in desk.profile.forms:
        if form.kind == "grid" and came(project, form.name):
            for name in _empty_cells(project, form):
                variant = "either" if name in [f.name for f in form.fields() if f.required == "skill_or_title"] else ""
                slots = {"form": form_title(desk.profile, form.name), "label": label(desk.profile, form.name, name)}
                yield hit_at(project, form.name, name, variant=variant, slots=slots)
        elif form.kind == "rows":
            yield from _missing_cells(project, desk, form)


def _missing_cells(project: Project, desk: Desk, form: FormRule) -> Iterator[Hit]:
    """Empty cells of the project's row; the running number is nobody's duty."""
    row = desk.listing.rows.get(project.key)
    if row is None:
        return
    for rule in (rule for block in form.blocks for rule in block.fields):
        if rule.kind != "sequence" and not row.value(rule.name):
            slots = {"number": row.number, "label": rule.label}
            yield Hit("row", form=form.name, field=rule.name, file=row.file, slots=slots)


def funding_missing(project: Project, desk: Desk) -> Iterator[Hit]:
    """职务创新 is 是 and 任务及资金来源 is empty. 附件2: “(是职务创新填写)任务及资金来源”."""
    for form in desk.profile.forms:
        for rule in form.fields():
            asked = rule.required == "service_invention" and project.value(form.name, "service_invention") == "是"
            if asked and not _filled(project, form.name, rule):
                slots = {"form": form_title(desk.profile, form.name), "label": rule.label}
                yield hit_at(project, form.name, rule.name, slots=slots)


def category_not_single(project: Project, desk: Desk) -> Iterator[Hit]:
    """None or several of the categories are ticked. 一（一）1: “分小发明、小创造、小革新、小设计、小建议五个类型”."""
    form, name = CATEGORY
    chosen = choice(project, form, name)
    if not came(project, form) or (chosen and chosen.chosen_from == "review"):
        return
    known = [category.name for category in desk.profile.categories]
    by_copy = [[tick for tick in known if tick in copy.ticks] for copy in copies(project, form)]
    ticked = next((ticks for ticks in by_copy if ticks), [])
    if not ticked and chosen and chosen.value in known:
        return
    if len(ticked) != 1:
        slots = {"form": form_title(desk.profile, form), "ticked": "、".join(ticked), "known": "、".join(known)}
        yield hit_at(project, form, name, variant="several" if ticked else "", slots=slots)


def missing_section(project: Project, desk: Desk) -> Iterator[Hit]:
    """A section of the 推荐材料 is missing or empty. “第一部分：引言（背景情况），第二部分：主要做法，第三部分：主要成效”."""
    for form in desk.profile.forms:
        for section in form.sections if came(project, form.name) else ():
            if not project.value(form.name, section.name):
                slots = {"form": form_title(desk.profile, form.name), "label": section_label(desk.profile, section.name)}
                yield hit_at(project, form.name, section.name, slots=slots)


def section_order(project: Project, desk: Desk) -> Iterator[Hit]:
    """The sections stand in another order. “第一部分：引言（背景情况），第二部分：主要做法，第三部分：主要成效”."""
    for form in desk.profile.forms:
        copy = next(iter(copies(project, form.name)), None)
        if form.sections and copy and "section-order" in copy.notes:
            order = "、".join(section.label for section in form.sections)
            yield hit_at(project, form.name, slots={"form": form_title(desk.profile, form.name), "order": order})
