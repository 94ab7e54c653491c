"""May the project be nominated at all: when it was put to use, awards, excluded subjects, who and where.

What is certain rules out (`ineligible`); hints in free text ask a person to look. A rule that did not fire clears nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.awards import MUNICIPAL, PROVINCIAL, award_level, told_awards
from checks.case import Desk, Hit, came, choice, hit_at, spans
from checks.identifiers import first_day
from checks.labels import day_name, form_title, label
from checks.masking import quoted, written_date
from checks.wording import Denial, blanked, clause_at, clauses, find_words, joined
from extractors.submission import Project
from texts import say

# A unit's name so long is its own and no place's.
OWN_UNIT = 5
PROSE = (
    ("nomination", "project_name"),
    ("nomination", "domain"),
    ("nomination", "funding_source"),
    ("nomination", "summary_what"),
    ("nomination", "summary_problem"),
    ("nomination", "summary_innovation"),
    ("nomination", "summary_benefit"),
    ("nomination", "summary_quality"),
    ("nomination", "summary_other"),
    ("recommendation", "section_introduction"),
    ("recommendation", "section_practice"),
    ("recommendation", "section_results"),
)
"""Where a project speaks freely of itself."""
LEVELS = {PROVINCIAL: ("provincial", "national"), MUNICIPAL: ("municipal",)}
"""The NLP's levels of an award that a rule's level covers."""
OF_USE = ("summary_what", "summary_innovation", "summary_benefit", "summary_quality", "summary_other", "section_practice", "section_results")
"""Where a statement of use is about the project and not about what was there before."""
SUBJECTS = ("excluded_secret", "excluded_dispute", "excluded_medicine", "excluded_government", "excluded_institute")
"""Lists of words in the profile, one a subject of the notice's sixth condition."""
_DATE = re.compile(r"(20\d{2})\s*年\s*(?:(\d{1,2})\s*月\s*)?(?:(\d{1,2})\s*日)?|(20\d{2})[-./](\d{1,2})(?:[-./](\d{1,2}))?")


def _prose(project: Project) -> Iterator[tuple[str, str, str]]:
    """(form, field, text) of everything the project says in free text."""
    for form, name in PROSE:
        chosen = choice(project, form, name)
        if chosen and chosen.value.strip():
            yield form, name, chosen.value


def _dated_uses(project: Project, desk: Desk) -> Iterator[tuple[str, str]]:
    """(date, words) of every statement in free text that the project was put to use: by the NLP, and by the profile's own words."""
    words, still = joined(desk.words("applied")), joined(desk.words("not_applied"))
    for form, name, text in _prose(project):
        if name not in OF_USE:
            continue
        yield from ((span.value, span.text) for span in spans(project, form, name, "APPLIED") if span.value and not span.detail)
        for _start, clause in clauses(text):
            if words and words.search(clause) and not (still and still.search(clause)):
                yield from ((_iso(match), clause) for match in _DATE.finditer(clause))


def _iso(match: re.Match[str]) -> str:
    """The date of a match of `_DATE`, as precise as written."""
    parts = (match[1] or match[4], match[2] or match[5], match[3] or match[6])
    return "-".join(part.zfill(2) for part in parts if part)


def _applied_by(project: Project, desk: Desk) -> str | None:
    """The words that say it was put to use by the last day (and not before the project began), or None."""
    begun = (project.value("nomination", "period_start") or "")[:4]
    for day, words in _dated_uses(project, desk):
        told = first_day(day)
        if told and day[:4] >= begun and told <= desk.profile.dates.applied_by:
            return quoted(words)
    return None


def _late_end(project: Project, desk: Desk) -> str | None:
    """The end of 项目起止时间 where it lies after the last day, else None."""
    end = project.value("nomination", "period_end") or ""
    told = first_day(end)
    return end if told and told > desk.profile.dates.applied_by else None


def _end_slots(desk: Desk, end: str) -> dict[str, object]:
    last = desk.profile.dates.applied_by
    slots = {"end": quoted(written_date(end)), "last": day_name(last), "form": form_title(desk.profile, "nomination")}
    return {**slots, "label": label(desk.profile, "nomination", "period_end")}


def not_applied_in_time(project: Project, desk: Desk) -> Iterator[Hit]:
    """项目起止时间 ends too late, and no text says it was used before. 一（一）4: “必须于2023年12月31日前应用实施，并已取得成效”."""
    end = _late_end(project, desk)
    if end and not _applied_by(project, desk):
        yield hit_at(project, "nomination", "period_end", slots=_end_slots(desk, end))


def period_unclear(project: Project, desk: Desk) -> Iterator[Hit]:
    """The period ends too late although the text says it was used in time, or no end can be read. 一（一）4."""
    end = _late_end(project, desk)
    said = _applied_by(project, desk) if end else None
    if end and said:
        yield hit_at(project, "nomination", "period_end", variant="", slots={**_end_slots(desk, end), "said": said})
        return
    start, written = (project.value("nomination", name) for name in ("period_start", "period_end"))
    unreadable = written and first_day(written) is None and not re.search(r"\d{4}", written)
    if came(project, "nomination") and (unreadable or (start and not written)):
        slots = _end_slots(desk, written or "")
        yield hit_at(project, "nomination", "period_end", variant="open" if written else "none", slots=slots)


def _named_awards(project: Project, desk: Desk, level: str) -> Iterator[Hit]:
    """Awards of this level in the form's own cells; what the nominee's own unit grants is no public award."""
    units = (project.value("person", name) or "" for name in ("employer", "unit_name"))
    own = tuple(re.escape(unit) for unit in units if len(unit) >= OWN_UNIT)
    for number in (1, 2, 3, 4, 5):
        name, grantor = (project.value("nomination", f"award_{number}_{part}") or "" for part in ("name", "grantor"))
        public = blanked(grantor, own)
        if (name or grantor) and award_level(name, public, desk.profile.words) == level:
            yield hit_at(project, "nomination", f"award_{number}_name", slots={"award": quoted(name), "grantor": quoted(grantor)})


def _told_awards(project: Project, desk: Desk, level: str) -> Iterator[Hit]:
    """The first award of this level that the free text tells of: by the profile's words, else by the NLP for a person to see."""
    for form, name, text in _prose(project):
        told = [("told" if one.own else "told-other", one.clause) for one in told_awards(text, level, desk.profile.words)]
        told += [("told-other", span.text) for span in spans(project, form, name, "AWARD") if span.detail in LEVELS[level]]
        if told:
            variant, words = told[0]
            yield hit_at(project, form, name, variant=variant, slots={"award": quoted(words), "label": label(desk.profile, form, name)})
            return


def provincial_award(project: Project, desk: Desk) -> Iterator[Hit]:
    """An award of provincial level or higher. 一（一）6: “已获省级及以上奖项的……不得被提名”; 附件3: 本人项目是否曾获省“五小”优秀认定."""
    hits = list(_named_awards(project, desk, PROVINCIAL))
    if project.value("person", "prior_provincial_award") == "是":
        hits.append(hit_at(project, "person", "prior_provincial_award", variant="prior", slots={"form": form_title(desk.profile, "person")}))
    yield from hits or _told_awards(project, desk, PROVINCIAL)


def municipal_award(project: Project, desk: Desk) -> Iterator[Hit]:
    """A municipal award is named, which the 承诺书 denies. 附件4: “未获市级及以上奖项”."""
    yield from list(_named_awards(project, desk, MUNICIPAL)) or _told_awards(project, desk, MUNICIPAL)


def excluded_subject(project: Project, desk: Desk) -> Iterator[Hit]:
    """Hints of an excluded subject. 一（一）6: “涉及国家机密的，存在知识产权争议的，药品类的，政府投资或企业研发机构开发的……不得被提名”."""
    patterns = tuple(pattern for subject in SUBJECTS for pattern in desk.words(subject))
    denial = Denial(desk.words("negations"), desk.words("no_negations"), desk.words("denied_after"))
    seen: list[str] = []
    first: tuple[str, str] | None = None
    for form, name, text in _prose(project):
        for hit in find_words(text, patterns, desk.words("not_excluded"), denial):
            if not hit.denied:
                first = first or (form, name)
                seen.append(_quotation(hit.clause, desk, form, name))
        for span in spans(project, form, name, "EXCLUDED"):
            if span.detail is None and not any(span.text in earlier for earlier in seen):
                first = first or (form, name)
                seen.append(_quotation(clause_at(text, span.start), desk, form, name))
    if first:
        yield hit_at(project, *first, slots={"words": "、".join(dict.fromkeys(seen))})


def _quotation(words: str, desk: Desk, form: str, name: str) -> str:
    return say("checks.quotation", words=quoted(words), label=label(desk.profile, form, name))


def not_frontline(project: Project, desk: Desk) -> Iterator[Hit]:
    """Position or title suggests a head. 一（二）2: “工作在生产科研一线岗位，且不是企事业单位负责人”."""
    heads = joined(desk.words("heads"))
    for name in ("position", "title"):
        written = project.value("person", name) or ""
        found = [part for part in re.split(r"[、，,/;；\s]+", written) if heads and heads.search(blanked(part, desk.words("no_heads")))]
        if found:
            slots = {"form": form_title(desk.profile, "person"), "label": label(desk.profile, "person", name), "value": quoted(written)}
            yield hit_at(project, "person", name, slots=slots)


def outside_city(project: Project, desk: Desk) -> Iterator[Hit]:
    """Neither the unit's name nor its address lies in the city. 一（一）2: “项目第一完成单位在我市依法注册”."""
    names = [project.value("person", name) or "" for name in ("unit_name", "employer")]
    addresses = [project.value("person", name) or "" for name in ("unit_address", "address")]
    places = (*desk.profile.roster.places, *desk.words("more_places"))
    written = [text for text in (*names, *addresses) if text]
    if not written or any(place in text for text in written for place in places):
        return
    postcodes = [project.value("person", name) or "" for name in ("unit_postcode", "postcode")]
    elsewhere = joined(desk.words("other_places"))
    local = any(code.startswith(desk.words("postcodes")) for code in postcodes if code)
    if local and not (elsewhere and any(elsewhere.search(text) for text in written)):
        return
    slots = {
        "form": form_title(desk.profile, "person"),
        "unit": next((n for n in names if n), ""),
        "address": next((a for a in addresses if a), ""),
    }
    yield hit_at(project, "person", "unit_name", slots=slots)
