"""Looks for words in a whole folder, every container in it decoded: mails, zips in zips, databases, compressed caches."""

import email
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from email import policy
from pathlib import Path

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
    for how, inner in (*_zip(data), *_zlib(data), *_mail(data)):
        for further, deepest in opened(inner, depth + 1):
            yield how + further, deepest


def _zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK\x03\x04"):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            yield f" > name of {info.filename}", info.filename.encode()
            yield f" > {info.filename}", archive.read(info)


def _zlib(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:1] == b"x":
        try:
            yield " > zlib", zlib.decompress(data)
        except zlib.error:
            return


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
