"""What is wrong with a message as a whole: its subject, its time, whose it is, its files, its 汇总表, how many projects."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from checks.case import Desk, Hit
from checks.completeness import seal_hit
from checks.labels import day_name, form_rule, form_title, row_name
from checks.listing import last_versions, when
from checks.masking import quoted
from checks.validity import DOUBTED, TESTS
from checks.values import plain
from extractors.submission import Project, Submission

UNREADABLE = ("failed", "encrypted", "unsupported")
STRONG = ("subject", "summary")
"""Witnesses of the unit that contradict each other in earnest; a sender or a seal may be somebody else's."""


def _is_mail(submission: Submission) -> bool:
    return bool(submission.message_id or submission.sender_address)


def subject_format(desk: Desk) -> Iterator[Hit]:
    """The subject does not name the activity and the unit. “邮件名称注明：“五小”活动项目+报送单位”. A hand-delivered folder has none."""
    submission, subject = desk.submission, plain(desk.submission.subject)
    if not _is_mail(submission):
        return
    has_words = all(plain(word) in subject for word in desk.profile.subject_words)
    if not (has_words and _names_unit(desk, subject)):
        yield Hit(slots={"subject": quoted(submission.subject), "unit": submission.unit or ""})


def _names_unit(desk: Desk, subject: str) -> bool:
    """True when the subject names the unit: a witness says so, or it holds its name, an alias, or its name without the city's."""
    unit = desk.submission.unit
    if any(witness == "subject" for witness, _name in desk.submission.unit_sources):
        return True
    if unit is None:
        return False
    aliases = next((known.aliases for known in desk.profile.roster.units if known.name == unit), ())
    bare = [unit.removeprefix(place).removeprefix("市") for place in desk.profile.roster.places]
    return any(plain(name) in subject for name in (unit, *aliases, *bare) if plain(name))


def late(desk: Desk) -> Iterator[Hit]:
    """A project came for the first time after the last day. “请于 2024 年 4 月 10 日前……报送”: the whole day still counts."""
    submission, dates = desk.submission, desk.profile.dates
    if submission.received_at is None:
        return
    day = submission.received_at.astimezone(ZoneInfo(dates.timezone)).date()
    if day > dates.deadline and any(_first_here(project, submission) for project in submission.projects):
        yield Hit(slots={"day": day_name(day), "deadline": day_name(dates.deadline)})


def _first_here(project: Project, submission: Submission) -> bool:
    return project.first_received_at == submission.received_at


def unit_unknown(desk: Desk) -> Iterator[Hit]:
    """No nominating unit can be told, its witnesses contradict each other, or it is neither of the roster nor named like a union."""
    submission = desk.submission
    strong = [name for witness, name in submission.unit_sources if witness in STRONG]
    if submission.unit is None:
        yield Hit("", slots={"unit": ""})
    elif not submission.unit_known:
        yield Hit("stranger", slots={"unit": submission.unit})
    elif len({plain(_official(desk, name)) for name in strong}) > 1:
        yield Hit("conflict", slots={"unit": submission.unit, "names": "、".join(dict.fromkeys(strong))})


def _official(desk: Desk, name: str) -> str:
    """The roster's name for `name`, else the name without the city's."""
    for unit in desk.profile.roster.units:
        if plain(name) in {plain(unit.name), *(plain(alias) for alias in unit.aliases)}:
            return unit.name
    for place in desk.profile.roster.places:
        name = name.removeprefix(f"{place}市").removeprefix(place)
    return name


def file_unreadable(desk: Desk) -> Iterator[Hit]:
    """Files that are damaged, encrypted, of an unsupported kind, or only a link: one finding names them all."""
    broken = [file for file in desk.submission.files if file.status in UNREADABLE]
    if broken:
        listed = "；".join(f"“{file.path}”（{(file.reason or '').rstrip('。')}）" for file in broken)
        yield Hit(file=broken[0].path, slots={"files": listed, "count": len(broken)})


def _owes_summary(desk: Desk) -> bool:
    """Whether this message had to bring a 汇总表: it brings one, or a project that no earlier message listed."""
    submission = desk.submission
    if submission.summaries:
        return True
    before = [other for other in desk.others if when(other) <= when(submission)]
    listed = {key for other in before for key in desk.listing.listed.get(other.message, frozenset())}
    last = last_versions([project for one in desk.all for project in one.projects])
    return any(last[project.key] not in listed for project in submission.projects)


def _missing_summary(desk: Desk, source: str) -> Iterator[Hit]:
    came = any(form.source == source for one in desk.all for form in one.summaries)
    if _owes_summary(desk) and not came:
        yield Hit(form="summary", slots={"form": form_title(desk.profile, "summary")})


def missing_summary(desk: Desk) -> Iterator[Hit]:
    """The unit has sent no 汇总表 in Word. “汇总表及相关材料（见附件）word 版及盖章扫描电子版”."""
    rule = form_rule(desk.profile, "summary")
    if rule and rule.need_word:
        yield from _missing_summary(desk, "word")


def missing_summary_scan(desk: Desk) -> Iterator[Hit]:
    """The unit has sent no stamped scan of the 汇总表. “汇总表及相关材料（见附件）word 版及盖章扫描电子版”."""
    rule = form_rule(desk.profile, "summary")
    if rule and rule.need_scan:
        yield from _missing_summary(desk, "scan")


def summary_without_project(desk: Desk) -> Iterator[Hit]:
    """The 汇总表 of this message lists projects of which nothing came, in any message of the unit. 附件1."""
    spare = desk.listing.spare.get(desk.submission.message, ())
    if spare:
        names = "、".join(row_name(row.number, row.value("project_name")) for row in spare)
        yield Hit(form="summary", field="project_name", file=spare[0].file, slots={"names": names, "form": form_title(desk.profile, "summary")})


def quota(desk: Desk) -> Iterator[Hit]:
    """More or fewer projects than the notice allows for the unit's kind. “辖市区……各报送 4-5 个……行产业工委（会）各报送 2-3 个”."""
    submission, roster = desk.submission, desk.profile.roster
    if not submission.projects or submission.unit is None or not submission.unit_known:
        return
    known = next((unit for unit in roster.units if unit.name == submission.unit), None)
    least, most = roster.quota[known.kind if known else "industry"]
    count = len(set(last_versions([project for one in desk.all for project in one.projects]).values()))
    if not least <= count <= most:
        yield Hit("few" if count < least else "", slots={"unit": submission.unit, "count": count, "least": least, "most": most})


def no_seal(desk: Desk) -> Iterator[Hit]:
    """The scanned 汇总表 shows no stamp. 附件1: “报送单位(盖章)”. One stamped scan of the message is enough."""
    rule = form_rule(desk.profile, "summary")
    scans = [form for form in desk.submission.summaries if form.source == "scan"]
    if not (rule and rule.need_seal and scans) or any(form.sealed for form in scans):
        return
    hit = seal_hit(scans[0], desk.profile)
    if hit:
        yield hit


def invalid_field(desk: Desk) -> Iterator[Hit]:
    """The 汇总表's head holds a phone number or date that cannot be right. 附件1."""
    form = form_rule(desk.profile, "summary")
    copy = next((c for source in ("word", "scan") for c in desk.submission.summaries if c.source == source), None)
    if form is None or copy is None:
        return
    for rule in form.head:
        read, test = next((f for f in copy.fields if f.field == rule.name and f.row == 0), None), TESTS.get(rule.kind)
        if read and test and not test(read.value, desk):
            variant = "misread" if copy.source == "scan" and read.confidence < DOUBTED else rule.kind
            slots = {"form": form_title(desk.profile, form.name), "label": rule.label, "value": quoted(read.value)}
            yield Hit(variant, form=form.name, field=rule.name, file=copy.file, page=read.page, slots=slots)
