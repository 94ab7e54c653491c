"""An Office Open XML package (ECMA-376 part 2) opened without trust: only the parts asked for are unpacked, in chunks, under limits.

`open_package` looks inside; `Package.read` gives one vetted part; `Package.rebuilt` gives the bytes of a small clean
package of the main document and the parts it needs, transitional whatever it was, which python-docx opens.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from errors import FileDamaged, FileEncrypted, FileOverLimit
from parsers.limits import ReadLimits
from parsers.word.names import Element
from texts import say

ZIP_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)
CHUNK: Final = 256 * 1024

_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT: Final = b"http://purl.oclc.org/ooxml/"
# ISO/IEC 29500 Strict → transitional, for the namespaces a Word or Excel body uses.
_TRANSITIONAL: Final = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _RELATIONSHIPS.encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing", b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.\-]+)[\"'][^>]*\?>")
_MAIN_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# The types that the parts beside the body have to have, whatever they were declared as.
_TYPES: Final = {
    "styles": "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml",
    "numbering": "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml",
    "footnotes": "application/xml",
    "endnotes": "application/xml",
}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part: `kind` is the last word of its type (`styles`), `target` a part's name, or an address when `external`."""

    id: str
    kind: str
    target: str
    external: bool


def parse_xml(data: bytes) -> Element:
    """The root of vetted XML: entities stay unresolved, nothing is fetched, libxml2's own limits hold.

    Raises FileDamaged when it is no well-formed XML, FileOverLimit when it is nested deeper than libxml2 allows (256).
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise xml_refusal(fault) from fault
    except ValueError as fault:
        raise FileDamaged from fault
    if root is None:
        raise FileDamaged
    return root


def xml_refusal(fault: etree.XMLSyntaxError) -> FileDamaged | FileOverLimit:
    """What a clerk is told of XML that libxml2 refuses: nested too deep, or simply damaged."""
    if "depth" in str(fault).lower():
        return FileOverLimit(limit=say("parsers.limit_depth"), most=say("parsers.most_levels", count=256))
    return FileDamaged()


@dataclass(slots=True)
class Package:
    """An open package. `names` maps a lower-case part name without its leading slash to the zip's entry (part names ignore case)."""

    archive: zipfile.ZipFile
    limits: ReadLimits
    names: dict[str, zipfile.ZipInfo]
    spent: int = 0
    _types: Element | None = field(default=None, repr=False)

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name.lower() in self.names

    def read(self, name: str) -> bytes:
        """The bytes of a part as they are.

        Raises FileDamaged when it is missing or its checksum fails, FileEncrypted, FileOverLimit.
        """
        entry = self.names.get(name.lower())
        if entry is None:
            raise FileDamaged
        if entry.flag_bits & 0x1:
            raise FileEncrypted
        most = min(self.limits.part_bytes, self.limits.parts_bytes - self.spent)
        data = bytearray()
        try:
            with self.archive.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    data += chunk
                    if len(data) > most:
                        raise FileOverLimit(limit=say("parsers.limit_unpacked"), most=f"{most // 1024**2} MB")
        except ZIP_FAULTS as fault:
            raise FileDamaged from fault
        self.spent += len(data)
        return bytes(data)

    def read_xml(self, name: str) -> bytes:
        """An XML part as UTF-8 bytes, vetted: no DTD, not more tags than the limit, Strict names made transitional.

        Raises what `read` raises, and FileDamaged for a DTD: Word writes none, so it is an attack or no Word file.
        """
        data = _as_utf8(self.read(name))
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise FileDamaged("parsers.dtd")
        if data.count(b"<") > self.limits.part_tags:
            raise FileOverLimit(limit=say("parsers.limit_elements"), most=f"{self.limits.part_tags // 20000} 万")
        if _STRICT in data:
            for strict, transitional in _TRANSITIONAL:
                data = data.replace(strict, transitional)
        return data

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The relationships of `part` (`""` for the package itself), none when it has no list; targets resolved against its folder."""
        folder, _, name = part.rpartition("/")
        listing = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        if not self.has(listing):
            return ()
        return tuple(_relation(element, folder) for element in parse_xml(self.read_xml(listing)).iterchildren("{*}Relationship"))

    def media_type(self, part: str) -> str:
        """The declared content type of `part` (Override, else Default by extension), "" when none is."""
        if self._types is None:
            self._types = parse_xml(self.read_xml("[Content_Types].xml")) if self.has("[Content_Types].xml") else etree.Element("Types")
        for element in self._types.iterchildren("{*}Override"):
            if (element.get("PartName") or "").lstrip("/").lower() == part.lower():
                return str(element.get("ContentType") or "")
        extension = part.rpartition(".")[2].lower()
        found = (e for e in self._types.iterchildren("{*}Default") if (e.get("Extension") or "").lower() == extension)
        return next((str(e.get("ContentType") or "") for e in found), "")

    def main(self) -> str:
        """The name of the main part: where the package's officeDocument relationship points, else `word/document.xml`, "" when neither is."""
        targets = [relation.target for relation in self.relations("") if relation.kind == "officeDocument" and not relation.external]
        return next((name for name in [*targets, "word/document.xml"] if self.has(name)), "")

    def rebuilt(self, main: str, kinds: Iterable[str]) -> bytes:
        """A clean transitional .docx of `main` and those of its related parts whose relationship is one of `kinds`.

        Links to missing parts and to the outside are left out, all else of the package too. Raises what `read_xml` raises.
        """
        wanted = set(kinds)
        related = [r for r in self.relations(main) if r.kind in wanted and not r.external and r.id and self.has(r.target)]
        parts = {relation.target: relation for relation in related}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as clean:
            clean.writestr("[Content_Types].xml", self._content_types(main, parts))
            clean.writestr("_rels/.rels", _relationships([Relation("rId1", "officeDocument", main, False)]))
            folder, _, name = main.rpartition("/")
            clean.writestr(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels", _relationships(related))
            clean.writestr(main, self.read_xml(main))
            for part, relation in parts.items():
                clean.writestr(part, self.read(part) if relation.kind in ("aFChunk", "image") else self.read_xml(part))
        return target.getvalue()

    def _content_types(self, main: str, parts: dict[str, Relation]) -> str:
        types = {part: _TYPES.get(relation.kind) or self._declared_chunk(part) for part, relation in parts.items()}
        # Macro-enabled documents and templates are plain documents to us; their macros were left behind.
        types[main] = _MAIN_WORD
        overrides = "".join(f"<Override PartName={quoteattr('/' + p)} ContentType={quoteattr(t)}/>" for p, t in types.items())
        relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        return f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{relations}{overrides}</Types>'

    def _declared_chunk(self, part: str) -> str:
        """The declared type of a document within, unless python-docx would take it for the document itself."""
        declared = self.media_type(part)
        return declared if declared and not declared.startswith("application/vnd.") else "application/octet-stream"


def open_package(source: Path | bytes, limits: ReadLimits) -> Package:
    """The zip at `source` (a path, or the bytes themselves), its directory read and nothing unpacked.

    Raises FileDamaged when it is no whole zip, FileOverLimit when it has too many entries.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        entries = archive.infolist()
    except ZIP_FAULTS as fault:
        raise FileDamaged from fault
    if len(entries) > limits.members:
        raise FileOverLimit(limit=say("parsers.limit_members"), most=str(limits.members))
    names = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
    return Package(archive, limits, names)


def _as_utf8(data: bytes) -> bytes:
    """XML bytes in UTF-8 without a declaration that says otherwise. Raises FileDamaged when they are not in their own encoding."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-be" if data[:1] == b"\x00" else "utf-16-le"
        data = _recoded(data, encoding)
    match = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    if match is None:
        return data
    encoding = match[1].decode("ascii").lower()
    body = data.removeprefix(b"\xef\xbb\xbf")[match.end() :]
    return body if encoding in ("utf-8", "utf8", "us-ascii", "utf-16") else _recoded(body, encoding)


def _recoded(data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode("utf-8")
    except (UnicodeError, LookupError) as fault:
        raise FileDamaged from fault


def _relation(element: Element, folder: str) -> Relation:
    target = (element.get("Target") or "").replace("\\", "/")
    external = (element.get("TargetMode") or "").lower() == "external"
    if not external:
        target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target)).lstrip("./")
    return Relation(element.get("Id") or "", (element.get("Type") or "").rpartition("/")[2], target, external)


def _relationships(relations: Iterable[Relation]) -> str:
    lines = "".join(
        f"<Relationship Id={quoteattr(r.id)} Type={quoteattr(f'{_RELATIONSHIPS}/{r.kind}')} Target={quoteattr('/' + r.target)}/>"
        for r in relations
    )
    return f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
