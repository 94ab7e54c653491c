"""What is watched: how far each mailbox was read, and when there was last contact with each source.

Every function takes a connection inside a transaction of its own. Times are aware datetimes handed in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from store.rows import SourceRow


def rows(database: sqlite3.Connection) -> tuple[SourceRow, ...]:
    """Every source that was ever watched, by name."""
    return tuple(SourceRow(*row) for row in database.execute("SELECT source, owner, since, contact_at, trouble FROM watched ORDER BY source"))


def claim(database: sqlite3.Connection, sources: Iterable[str], owner: str, gone: Iterable[str], at: datetime) -> None:
    """`owner` watches `sources` from `at` on. What the owners `gone` watched is watched by nobody any more."""
    database.executemany("UPDATE watched SET owner = '' WHERE owner = ?", [(name,) for name in gone])
    database.executemany(
        """INSERT INTO watched (source, owner, since) VALUES (?,?,?)
           ON CONFLICT (source) DO UPDATE SET owner = excluded.owner, since = excluded.since""",
        [(source, owner, at.isoformat()) for source in sources],
    )


def note(database: sqlite3.Connection, source: str, at: datetime, trouble: str | None, *, reached: bool) -> None:
    """At `at` the source was `reached`, or was not; `trouble` is what went wrong there."""
    database.execute(
        "UPDATE watched SET contact_at = iif(:reached, :at, contact_at), trouble = :trouble WHERE source = :source",
        {"reached": reached, "at": at.isoformat(), "trouble": trouble, "source": source},
    )


def position(database: sqlite3.Connection, source: str) -> tuple[int, int] | None:
    """(UIDVALIDITY, last UID) up to which the mailbox folder was taken in, or None when it never was."""
    row = database.execute("SELECT validity, uid FROM watched WHERE source = ? AND validity IS NOT NULL", (source,)).fetchone()
    return None if row is None else (row["validity"], row["uid"])


def keep_position(database: sqlite3.Connection, source: str, validity: int, uid: int) -> None:
    """Everything up to `uid` was taken in. With the same UIDVALIDITY it never goes back, whoever else watches the same folder."""
    database.execute(
        "UPDATE watched SET uid = iif(validity = :validity, max(uid, :uid), :uid), validity = :validity WHERE source = :source",
        {"validity": validity, "uid": uid, "source": source},
    )
