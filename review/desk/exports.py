"""导出: what `wuxiao export` writes, to be saved from the pages: 附件1 with the checklist and the figures (.xlsx), or 附件1 alone (.docx)."""

from __future__ import annotations

import asyncio

from datasette import Response

from review.desk.context import Asked, Desk, Route, download
from review.export import listed
from review.summary_docx import summary_docx
from review.workbook import workbook
from texts import say

MAKERS = {"xlsx": workbook, "docx": summary_docx}


async def export(desk: Desk, asked: Asked) -> Response:
    """All current projects, consolidated."""
    kind = asked.place["kind"]
    day = desk.today().date()
    return download(await asyncio.to_thread(_made, desk, kind), say("page.export_name", day=day, kind=kind))


def _made(desk: Desk, kind: str) -> bytes:
    store = desk.store
    rows = listed(store.projects(), store.values(), store.summary_fields(), store.findings(), store.messages(), desk.profile)
    return MAKERS[kind](rows, desk.profile, desk.today().date())


ROUTES = (Route(r"^/-/export\.(?P<kind>xlsx|docx)$", export, role="reviewer"),)
