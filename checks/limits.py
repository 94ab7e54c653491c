"""The notice's figures: how long a text may be, how many awards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.case import Desk, Hit, came, copies, hit_at
from checks.labels import form_title
from extractors.submission import Project
from extractors.wordcount import word_count

AWARDS = re.compile(r"award_\d+_name")
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


def too_many_awards(project: Project, desk: Desk) -> Iterator[Hit]:
    """More awards than the form has room for. 附件2: “项目曾获奖情况（限2个）”.

    Several in one cell count each; a table that grew has the note `too-many-awards` on its form.
    """
    if not came(project, "nomination"):
        return
    cells = [c.value for c in project.choices if c.form == "nomination" and AWARDS.fullmatch(c.field)]
    count, most = sum(len([item for item in _ITEMS.split(cell) if len(item.strip()) > 1]) for cell in cells), desk.profile.limits.awards
    noted = any("too-many-awards" in copy.notes for copy in copies(project, "nomination"))
    if noted or count > most:
        slots = {"form": form_title(desk.profile, "nomination"), "most": most}
        yield hit_at(project, "nomination", slots=slots)
