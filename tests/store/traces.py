"""Looks for words in a whole folder, every container in it decoded: mails, archives in archives, Word and
Outlook files, PDFs, databases, compressed caches."""

import bz2
import email
import gzip
import io
import lzma
import re
import sqlite3
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from pathlib import Path

import olefile
import py7zr

DEEPEST = 8


def traces(folder: Path, words: tuple[str, ...]) -> set[str]:
    """Where any of `words` stands: paths in the folder, with what had to be opened to see it. Names of files and folders are looked at too."""
    found = set()
    for path in sorted(folder.rglob("*")):
        place = str(path.relative_to(folder))
        if any(word in place for word in words):
            found.add(f"name of {place}")
        if path.is_file():
            found.update(f"{place}{how}" for how, data in opened(path.read_bytes()) if _holds(data, words))
            if path.suffix == ".db":
                found.update(f"{place} {where}" for where, data in rows(path) if _holds(data, words))
    return found


def _holds(data: bytes, words: tuple[str, ...]) -> bool:
    plain = b"".join(data.split())
    forms = [word.encode(code) for word in words for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")]
    forms += [" ".join(word).encode() for word in words]  # as the search index holds Chinese
    return any(form in data or form in plain for form in forms)


def opened(data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """(how it was opened, the bytes) of `data` itself and of everything inside."""
    yield "", data
    if depth > DEEPEST:
        return
    for how, inner in (*_zip(data), *_squeezed(data), *_tar(data), *_seven(data), *_compound(data), *_pdf(data), *_mail(data)):
        for further, deepest in opened(inner, depth + 1):
            yield how + further, deepest


def _zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK\x03\x04"):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            yield f" > name of {info.filename}", info.filename.encode()
            yield f" > {info.filename}", archive.read(info)


SQUEEZED = {b"x": zlib.decompress, b"\x1f\x8b": gzip.decompress, b"BZh": bz2.decompress, b"\xfd7zXZ": lzma.decompress}


def _squeezed(data: bytes) -> Iterator[tuple[str, bytes]]:
    for magic, unpack in SQUEEZED.items():
        if data.startswith(magic):
            with suppress(zlib.error, OSError, EOFError, lzma.LZMAError):
                yield f" > {unpack.__module__}", unpack(data)


def _tar(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                yield f" > name of {member.name}", member.name.encode()
                if member.isfile():
                    yield f" > {member.name}", archive.extractfile(member).read()


def _seven(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"7z\xbc\xaf"):
        with tempfile.TemporaryDirectory() as folder, suppress(py7zr.PasswordRequired):
            with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
                archive.extractall(folder)
            for path in Path(folder).rglob("*"):
                yield f" > name of {path.name}", path.name.encode()
                if path.is_file():
                    yield f" > {path.name}", path.read_bytes()


def _compound(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The streams of a Word binary or an Outlook message."""
    if data.startswith(olefile.MAGIC):
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            for entry in opened.listdir():
                yield f" > {'/'.join(entry)}", opened.openstream(entry).read()


def _pdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"%PDF"):
        for number, body in enumerate(re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)):
            with suppress(zlib.error):
                yield f" > stream {number}", zlib.decompressobj().decompress(body)


def _mail(data: bytes) -> Iterator[tuple[str, bytes]]:
    if b"\nMIME-Version" not in data[:5000] and b"\nSubject" not in data[:5000]:
        return
    message = email.message_from_bytes(data, policy=policy.default)
    yield " > headers", "\n".join(f"{name}: {value}" for name, value in message.items()).encode(errors="replace")
    for part in message.walk():
        if not part.is_multipart():
            yield f" > {part.get_content_type()}", part.get_payload(decode=True) or b""
            yield " > name of part", str(part.get_filename()).encode()


def rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """(table, value) of every cell, compressed ones opened."""
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall():
        for row in database.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                data = value if isinstance(value, bytes) else str(value).encode()
                yield from ((table + how, inner) for how, inner in opened(data))
    database.close()
