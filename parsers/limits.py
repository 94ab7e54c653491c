"""How much of one file may be read: every parser gets these limits as an argument."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one file may cost before it is refused with `FileOverLimit`. Counts are of one file, sizes after unpacking.

    `file_bytes`: bytes of the file itself. `seconds`: wall clock of one run of an outside converter. `converter_bytes`:
    address space of that converter. `pages`: pages of a PDF, frames of a TIFF, pictures of a Word file. `page_pixels`:
    pixels (width × height) of one page picture. `members`: entries of a zip package. `part_bytes`, `parts_bytes`: bytes
    of one XML part and of all that are read. `part_tags`: angle brackets of one XML part (memory follows them, about
    100 bytes each). `depth`: tables and content controls within each other. `cells`: grid positions of all
    tables. `characters`: characters of plain text or HTML. `chunks`: documents within a document (altChunk).
    """

    file_bytes: int = 100 * 1024**2
    seconds: float = 60.0
    converter_bytes: int = 4 * 1024**3
    pages: int = 80
    page_pixels: int = 40_000_000
    members: int = 5_000
    part_bytes: int = 64 * 1024**2
    parts_bytes: int = 128 * 1024**2
    part_tags: int = 5_000_000
    depth: int = 40
    cells: int = 2_000_000
    characters: int = 3_000_000
    chunks: int = 20
