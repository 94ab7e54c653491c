"""A Word file that holds nothing but pictures of scanned pages is a scan: its pictures become pages that wait for OCR."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from errors import FileOverLimit, FileRefused
from parsers.document import Document, Page
from parsers.limits import ReadLimits
from parsers.word.names import R
from parsers.word.package import open_package, parse_xml
from texts import say

FEW_CHARACTERS: Final = 30
"""A file with less text than this (a caption, a title) may be a scan."""
LEAST_SIDE: Final = 600
"""Pixels of the shorter side from which a picture may be a scanned page: A4 at about 75 dpi."""

_PICTURE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_OLD_PICTURE: Final = "{urn:schemas-microsoft-com:vml}imagedata"


def as_scan(document: Document, path: Path, out: Path, limits: ReadLimits) -> Document:
    """`document`, read from the .docx at `path`; or, where it has next to no text and pictures of pages, those as pages of pixels.

    The pixels lie in `out` as `Page.pixels` says. Raises FileOverLimit for more pictures than `limits.pages`.
    """
    if len("".join(document.text.split())) >= FEW_CHARACTERS:
        return document
    pages: list[Page] = []
    for data in _pictures(path, limits):
        for page in _opened(data, len(pages), out, limits):
            if min(page.width, page.height) >= LEAST_SIDE:
                pages.append(page)
            else:
                (out / (page.pixels or "")).unlink()
        if len(pages) > limits.pages:
            raise FileOverLimit(limit=say("parsers.limit_pictures"), most=str(limits.pages))
    if not pages:
        return document
    return replace(document, medium="scan", pages=tuple(pages), notes=(*document.notes, say("parsers.pictures_only")))


def _pictures(path: Path, limits: ReadLimits) -> Iterator[bytes]:
    """The bytes of the pictures in the order they are shown, each once."""
    package = open_package(path, limits)
    main = package.main()
    targets = {r.id: r.target for r in package.relations(main) if r.kind == "image" and not r.external and package.has(r.target)}
    seen: set[str] = set()
    for element in parse_xml(package.read_xml(main)).iter(_PICTURE, _OLD_PICTURE):
        target = targets.get(element.get(R + "embed") or element.get(R + "id") or "")
        if target and target not in seen:
            seen.add(target)
            yield package.read(target)


def _opened(data: bytes, before: int, out: Path, limits: ReadLimits) -> Iterator[Page]:
    """The pages of one picture, numbered on from `before`; none when it cannot be opened (a drawing, a damaged file)."""
    from parsers.scan.opening import open_image

    room = out / f"picture-{before + 1}"
    room.mkdir(exist_ok=True)
    (room / "picture").write_bytes(data)
    try:
        pages = open_image(room / "picture", room, limits).pages
    except FileOverLimit:
        raise
    except FileRefused:
        pages = ()
    for number, page in enumerate(pages, before + 1):
        name = f"picture-{number}.npy"
        (room / (page.pixels or "")).rename(out / name)
        yield replace(page, number=number, pixels=name)
    (room / "picture").unlink()
    room.rmdir()
