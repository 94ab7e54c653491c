"""Pictures of pages, with everything sensitive covered unless the clerk may see it and said why."""

from __future__ import annotations

import asyncio
import io
from functools import lru_cache
from pathlib import Path

from datasette import Response
from PIL import Image, ImageDraw

from parsers.document import Box
from pipeline.pages import PageImages
from review.desk.context import Asked, Desk, Route, missing
from review.desk.showing import may_see

WIDTHS = {"": 1000, "large": 2400}
COVER = (70, 74, 82)
MARGIN = 0.004
"""By how much (fraction of the page) a cover is larger than what was read."""


async def picture(desk: Desk, asked: Asked) -> Response:
    """The picture of a page of one of the project's files, `?size=large` for zooming."""
    path, sha256, number = await _found(desk, asked)
    return await covered(desk, asked, path, sha256, number, bare=may_see(desk, asked))


async def covered(desk: Desk, asked: Asked, path: Path, sha256: str, number: int, *, bare: bool = False) -> Response:
    """The picture at `path` of page `number`, what is sensitive on it painted over unless `bare`."""
    marks = await asyncio.to_thread(desk.store.page_marks, sha256, number)
    covers = () if bare else marks.covers
    data = await asyncio.to_thread(drawn, path, covers, WIDTHS.get(asked.request.args.get("size") or "", WIDTHS[""]))
    return Response(data, status=200, content_type="image/jpeg")


async def marks(desk: Desk, asked: Asked) -> Response:
    """Where seals, handwriting and covers are on the page, in fractions of its sides."""
    _, sha256, number = await _found(desk, asked)
    found = await asyncio.to_thread(desk.store.page_marks, sha256, number)
    return Response.json(
        {
            "seals": [_corners(seal.box) for seal in found.seals],
            "ink": [_corners(ink.box) for ink in found.ink if ink.sure],
            "covers": [] if may_see(desk, asked) else [_corners(box) for box in found.covers],
        }
    )


async def _found(desk: Desk, asked: Asked) -> tuple[Path, str, int]:
    """(picture, sha256, page) when the file belongs to the project's messages. Raises NotFound."""
    sheet = desk.store.show(asked.place["project"])
    sha256, number = asked.place["sha256"], int(asked.place["page"])
    path = PageImages(desk.store.data / "pages").path(sha256, number)
    if sheet.project.project != asked.place["project"] or sha256 not in {file.sha256 for file in sheet.files} or not path.is_file():
        raise missing("picture", f"{number}")
    return path, sha256, number


def _corners(box: Box) -> list[float]:
    return [round(side, 5) for side in (box.x0, box.y0, box.x1, box.y1)]


@lru_cache(maxsize=24)
def drawn(path: Path, covers: tuple[Box, ...], width: int) -> bytes:
    """The picture as JPEG, at most `width` pixels wide, with `covers` painted over in it (not beside it)."""
    with Image.open(path) as opened:
        opened.draft("RGB", (width, width * 2))
        image = opened.convert("RGB")
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(image)
    for box in covers:
        corners = (box.x0 - MARGIN, box.y0 - MARGIN, box.x1 + MARGIN, box.y1 + MARGIN)
        pen.rectangle([corner * (image.height if index % 2 else image.width) for index, corner in enumerate(corners)], fill=COVER)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


_PAGE = r"^/-/project/(?P<project>[^/]+)/page/(?P<sha256>[0-9a-f]{64})/(?P<page>[0-9]{1,4})"
ROUTES = (Route(_PAGE + r"\.jpg$", picture), Route(_PAGE + r"\.json$", marks))
