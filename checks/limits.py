"""The notice's figures: how long a text may be, how many awards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.case import Desk, Hit, came, copies, hit_at, value
from checks.labels import form_title
from checks.values import plain
from extractors.submission import Form, Project
from extractors.wordcount import word_count

AWARDS = re.compile(r"award_\d+_name")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_ITEMS = re.compile(r"[\n；;]|(?<!\d)[1-9][.．、](?!\d)|[①-⑨]|[(（][1-9一二三四五六七八九][)）]")


def _about_limit(count: int, most: int, slack: int) -> str:
    """Which text: within `slack` of the limit Word itself may count differently."""
    return "close" if count <= most + slack else ""


def summary_text_too_long(project: Project, desk: Desk) -> Iterator[Hit]:
    """项目简介, all its rows together, over the limit. 附件2: “项目简介（总限400字，连续起来应是完整的一段话）”."""
    rows = [c.value for c in project.choices if c.form == "nomination" and c.field.startswith("summary_")]
    count, most = word_count("\n".join(rows)), desk.profile.limits.summary_text
    if count > most:
        slots = {
            "form": form_title(desk.profile, "nomination"),
            "count": count,
            "most": most,
            "over": count - most,
            "slack": desk.profile.limits.slack,
        }
        yield hit_at(project, "nomination", variant=_about_limit(count, most, desk.profile.limits.slack), slots=slots)


def recommendation_too_long(project: Project, desk: Desk) -> Iterator[Hit]:
    """推荐材料 over the limit. “篇幅控制在 1500 字内”."""
    value = project.value("recommendation", "word_count") or ""
    count, most = int(value) if value.isascii() and value.isdigit() else 0, desk.profile.limits.recommendation
    if count > most:
        slots = {"form": form_title(desk.profile, "recommendation"), "count": count, "most": most, "over": count - most}
        variant = _about_limit(count, most, desk.profile.limits.slack)
        yield hit_at(project, "recommendation", "word_count", variant=variant, slots={**slots, "slack": desk.profile.limits.slack})


def _items(name: str, year: str) -> int:
    """How many awards one cell holds: by their numbering, or by the years beside it."""
    return max(len([item for item in _ITEMS.split(name) if len(item.strip()) > 1]), len(_YEAR.findall(year)), 1)


def _rows(copy: Form, desk: Desk) -> int:
    """How often the label of an award's name stands in the form with something behind it, in its own cell or the next, that is no label."""
    cells = desk.profile.form("nomination").fields()
    labels = {plain(cell.label) for cell in cells} | {""}
    award = next((plain(cell.label) for cell in cells if AWARDS.fullmatch(cell.name)), None)
    said = [line.replace("：", ":").partition(":") for line in copy.text.splitlines()]
    after = [*(plain(name) for name, _, _ in said[1:]), ""]
    return sum(plain(name) == award and (bool(plain(own)) or behind not in labels) for (name, _, own), behind in zip(said, after, strict=True))


def too_many_awards(project: Project, desk: Desk) -> Iterator[Hit]:
    """More awards than the form has room for. 附件2: “项目曾获奖情况（限2个）”.

    Several in one cell count each, by their numbers or years; a row that was added repeats the label.
    """
    if not came(project, "nomination"):
        return
    most = desk.profile.limits.awards
    named = [c for c in project.choices if c.form == "nomination" and AWARDS.fullmatch(c.field)]
    in_cells = sum(_items(c.value, value(project, "nomination", c.field.replace("_name", "_year")) or "") for c in named)
    in_rows = max((_rows(copy, desk) for copy in copies(project, "nomination")), default=0)
    if max(in_cells, in_rows) > most:
        slots = {"form": form_title(desk.profile, "nomination"), "most": most}
        yield hit_at(project, "nomination", slots=slots)
