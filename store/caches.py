"""private.db: what can be made again but holds full text (documents, readings), full sensitive values, and the hash key."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import zlib
from typing import Any

from pydantic import TypeAdapter

from extractors.submission import Reading
from parsers.document import Document
from store.connection import transaction

KEY_BYTES = 32
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)
_READING: TypeAdapter[Reading] = TypeAdapter(Reading)


def _packed(adapter: TypeAdapter[Any], value: object) -> bytes:
    return zlib.compress(adapter.dump_json(value), 6)


def secret(database: sqlite3.Connection, name: str) -> bytes:
    """The secret of this name (32 bytes): `hash` is the key of the keyed hashes, `session` signs cookies. Made at random the first time."""
    with transaction(database):
        database.execute("INSERT OR IGNORE INTO secret VALUES (?,?)", (name, secrets.token_bytes(KEY_BYTES)))
        return bytes(database.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()["value"])


def document(database: sqlite3.Connection, sha256: str, engine: str) -> Document | None:
    """What `engine` made of the bytes, or None when it has not read them yet."""
    row = database.execute("SELECT body FROM document WHERE sha256 = ? AND engine = ?", (sha256, engine)).fetchone()
    return None if row is None else _DOCUMENT.validate_json(zlib.decompress(row["body"]))


def keep_document(database: sqlite3.Connection, sha256: str, engine: str, document: Document) -> None:
    """Keeps what `engine` made of the bytes, at once; the first one stays."""
    with transaction(database):
        database.execute("INSERT OR IGNORE INTO document VALUES (?,?,?)", (sha256, engine, _packed(_DOCUMENT, document)))


def keep_reading(database: sqlite3.Connection, message: str, reading: Reading) -> None:
    """Keeps all that was read of a message; a later reading of it takes its place."""
    body = _packed(_READING, reading)
    with transaction(database):
        row = (message, body, hashlib.sha256(body).hexdigest())
        database.execute("INSERT OR REPLACE INTO reading (message, body, digest) VALUES (?,?,?)", row)


def readings(database: sqlite3.Connection, messages: list[str]) -> list[Reading]:
    """The readings of these messages, as far as there are any."""
    bodies = (database.execute("SELECT body FROM reading WHERE message = ?", (message,)).fetchone() for message in messages)
    return [_READING.validate_json(zlib.decompress(row["body"])) for row in bodies if row]


def reading_digest(database: sqlite3.Connection, message: str) -> str | None:
    """What tells the reading of a message from any other; None when there is none."""
    row = database.execute("SELECT digest, iif(digest IS NULL, body, NULL) AS body FROM reading WHERE message = ?", (message,)).fetchone()
    if row is None or row["digest"]:
        return row and str(row["digest"])
    digest = hashlib.sha256(row["body"]).hexdigest()  # kept by a version that noted none
    with transaction(database):
        database.execute("UPDATE reading SET digest = ? WHERE message = ?", (digest, message))
    return digest


def keep_fields(database: sqlite3.Connection, owners: list[str], rows: list[tuple[Any, ...]]) -> None:
    """The full sensitive fields of these messages are exactly `rows` (columns of table `field`)."""
    with transaction(database):
        database.executemany("DELETE FROM field WHERE owner = ?", [(owner,) for owner in owners])
        database.executemany("INSERT INTO field VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
