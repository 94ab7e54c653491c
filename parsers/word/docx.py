"""A .docx (also .docm, .dotx; transitional or Strict) → `Document`.

The package is vetted and rebuilt small and clean, python-docx opens it and resolves its parts, the walk reads it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from errors import FileDamaged, FileOverLimit
from parsers.document import Document, Page
from parsers.limits import ReadLimits
from parsers.word.chunks import chunk_blocks
from parsers.word.controls import settle_controls
from parsers.word.fields import settle_unpaired
from parsers.word.names import Element, W
from parsers.word.numbering import Numbering
from parsers.word.package import Package, open_package, parse_xml, xml_refusal
from parsers.word.styles import Styles
from parsers.word.walk import Block, Context, Story
from texts import say

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MACRO_MEDIA_TYPE: Final = "application/vnd.ms-word.document.macroEnabled.12"

_KINDS: Final = ("styles", "numbering", "footnotes", "endnotes", "aFChunk")
_NOTES: Final = {W + "footnote": "footnotes", W + "endnote": "endnotes"}


@dataclass(frozen=True, slots=True)
class Body:
    """What a Word package shows, and what a clerk should know about it."""

    blocks: tuple[Block, ...]
    notes: tuple[str, ...]
    macros: bool


def read_docx(source: Path | bytes, engine: str, limits: ReadLimits) -> Document:
    """The document at `source` as one page without a number.

    Raises FileDamaged, FileEncrypted or FileOverLimit.
    """
    body = read_body(open_package(source, limits), limits)
    media_type = MACRO_MEDIA_TYPE if body.macros else MEDIA_TYPE
    return Document("word", media_type, (Page(None, body.blocks),), engine, body.notes)


def read_body(package: Package, limits: ReadLimits, nested: int = 0) -> Body:
    """The blocks of a Word package, footnotes and endnotes behind the block that refers to them. `nested` counts the documents around it.

    Raises FileDamaged, FileEncrypted or FileOverLimit.
    """
    main = package.main()
    if not main:
        raise FileDamaged
    part = _opened(package.rebuilt(main, _KINDS))
    notes: list[str] = []
    blocks = _walked(part, limits, nested, notes)
    macros = any(relation.kind == "vbaProject" for relation in package.relations(main))
    if macros:
        notes.insert(0, say("parsers.macros"))
    return Body(blocks, tuple(notes), macros)


def _opened(data: bytes) -> Any:
    """The main part of a clean package, as python-docx opens it. Raises FileDamaged or FileOverLimit."""
    try:
        return docx.Document(io.BytesIO(data)).part
    except etree.XMLSyntaxError as fault:
        raise xml_refusal(fault) from fault
    except (OpcError, KeyError, ValueError, AttributeError, TypeError) as fault:
        raise FileDamaged from fault


def _walked(part: Any, limits: ReadLimits, nested: int, notes: list[str]) -> tuple[Block, ...]:
    root = part.element
    body = root.find(W + "body")
    if body is None:
        raise FileDamaged
    settle_controls(root)
    settle_unpaired(root)
    chunks = 0

    def chunk(relation: str) -> tuple[Block, ...]:
        nonlocal chunks
        chunks += 1
        if chunks > limits.chunks or nested > 3:
            raise FileOverLimit(limit=say("parsers.limit_chunks"), most=str(limits.chunks))
        found = part.rels.get(relation)
        if found is None or found.is_external:
            notes.append(say("parsers.outside_chunk"))
            return ()
        return chunk_blocks(found.target_part.content_type, found.target_part.blob, limits, nested + 1, notes)

    context = Context(Styles(_root(part, "styles")), Numbering(_root(part, "numbering")), limits, chunk)
    roots: dict[str, Element | None] = {}

    def note(tag: str, number: str) -> tuple[Block, ...]:
        if tag not in roots:
            roots[tag] = _note_root(part, tag)
        root = roots[tag]
        element = None if root is None else next((n for n in root.iterchildren(tag) if n.get(W + "id") == number), None)
        return () if element is None else Story(context).blocks(element)

    context.note = note
    return Story(context).blocks(body)


def _root(part: Any, kind: str) -> Element | None:
    """The root element of the part related as `kind`, None when there is none; python-docx has it parsed, or gives its bytes."""
    found = next((r.target_part for r in part.rels.values() if r.reltype.endswith("/" + kind) and not r.is_external), None)
    if found is None:
        return None
    return found.element if hasattr(found, "element") else parse_xml(found.blob)


def _note_root(part: Any, tag: str) -> Element | None:
    """The root of the footnotes or endnotes, ready to be walked."""
    root = _root(part, _NOTES[tag]) if tag in _NOTES else None
    if root is not None:
        settle_controls(root)
        settle_unpaired(root)
    return root
