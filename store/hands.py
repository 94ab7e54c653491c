"""What people put right about a message's files: another file in the place of one that cannot be used, which form of which project it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from errors import NotFound, Overtaken
from store import jobs
from store.decisions import Act, Event, event_of, note
from store.masking import Mask
from texts import say

HAND = "hand"
"""The first word of the `subject` of such an act in the history."""


@dataclass(frozen=True, slots=True)
class HandRow:
    """What is said of the file at `position` of `message`: see the table `hand`."""

    message: str
    position: int
    sha256: str
    given: str = ""
    bytes: str = ""
    name: str = ""
    form: str = ""
    project: str = ""
    at: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Give:
    """The file `name`, whose bytes are `bytes`, stands in the place of the one at `position`; `given` is the hash of its list of files."""

    position: int
    given: str
    bytes: str
    name: str


@dataclass(frozen=True, slots=True)
class Assign:
    """The file at `position` is `form` ("" for what is recognised) of `project` ("" for none)."""

    position: int
    form: str
    project: str


@dataclass(frozen=True, slots=True)
class Reread:
    """The message is read again."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Puts back what stood before the act `event`."""

    event: int


@dataclass(frozen=True, slots=True)
class HandRecord:
    """What people did about a message's files: by position; `version` changes with every act; `lines` are the history of the message."""

    version: int
    rows: dict[int, HandRow]
    lines: tuple[Event, ...]


Handling = Give | Assign | Reread | TakeBack
_NAMES = ", ".join(field.name for field in fields(HandRow))
_VERSION = "SELECT coalesce(max(id), 0) FROM history WHERE project IS NULL AND message = ?"


def rows(database: sqlite3.Connection, message: str) -> dict[int, HandRow]:
    """All of a message by position."""
    found = database.execute(f"SELECT {_NAMES} FROM hand WHERE message = ? ORDER BY position", (message,))  # noqa: S608
    return {row["position"]: HandRow(*row) for row in found}


def assigned(database: sqlite3.Connection, messages: Iterable[str]) -> tuple[HandRow, ...]:
    """Those of these messages that name a project."""
    return tuple(row for message in messages for row in rows(database, message).values() if row.project)


def version(database: sqlite3.Connection, message: str) -> int:
    """Changes with every act on the message itself."""
    return int(database.execute(_VERSION, (message,)).fetchone()[0])


_LAST = """NOT EXISTS (SELECT 1 FROM history AS later WHERE later.id > history.id AND later.subject = history.subject
    AND later.message = history.message)"""
_MINE = "action IN ('give', 'assign')"


def record(database: sqlite3.Connection, message: str) -> HandRecord:
    """What people did about a message's files."""
    lines = database.execute(
        f"""SELECT id, at, actor, action, before, after, reason, {_MINE} AND {_LAST} AS undoable FROM history
            WHERE project IS NULL AND message = ? ORDER BY id DESC""",  # noqa: S608
        (message,),
    )
    return HandRecord(version(database, message), rows(database, message), tuple(event_of(row) for row in lines))


def handle(database: sqlite3.Connection, message: str, seen: int | None, wanted: Handling, act: Act, mask: Mask) -> None:
    """Does it, leaves a line in the history, and queues the reading of the message. `seen` is the version the person saw (None: any).

    Raises Overtaken when another act came in between, NotFound for an unknown message, file or event.
    """
    if database.execute("SELECT 1 FROM message WHERE message = ? AND NOT erased", (message,)).fetchone() is None:
        raise NotFound(what=say("store.message"), key=message)
    if seen is not None and seen != version(database, message):
        raise Overtaken
    match wanted:
        case Reread():
            note(database, act, "retry", mask, project=None, message=message, change=(None, None))
        case TakeBack(event):
            _take_back(database, message, event, act, mask)
        case Give() | Assign():
            _set(database, message, wanted, act, mask)
    jobs.queue(database, "read", message)


def _set(database: sqlite3.Connection, message: str, wanted: Give | Assign, act: Act, mask: Mask) -> None:
    file = database.execute("SELECT sha256 FROM file WHERE message = ? AND position = ?", (message, wanted.position)).fetchone()
    if file is None:
        raise NotFound(what=say("store.file"), key=str(wanted.position))
    before = rows(database, message).get(wanted.position)
    row = asdict(before or HandRow(message, wanted.position, file["sha256"])) | asdict(wanted)
    row |= {"name": mask.exact(row["name"]), "at": act.at.isoformat(), "actor": mask.exact(act.actor)}
    _keep(database, before, HandRow(**row), act, mask, "give" if isinstance(wanted, Give) else "assign")


def _keep(database: sqlite3.Connection, before: HandRow | None, after: HandRow | None, act: Act, mask: Mask, action: str) -> None:
    one = after or before
    assert one is not None  # noqa: S101 - one of them is there
    database.execute("DELETE FROM hand WHERE message = ? AND position = ?", (one.message, one.position))
    if after is not None:
        database.execute(f"INSERT INTO hand ({_NAMES}) VALUES ({','.join('?' * len(fields(after)))})", list(asdict(after).values()))  # noqa: S608
    subject = (HAND, one.message, str(one.position))
    prior = (json.dumps(asdict(before), ensure_ascii=False),) if before else None
    path = database.execute("SELECT path FROM file WHERE message = ? AND position = ?", (one.message, one.position)).fetchone()
    change = tuple(_told(row, path["path"] if path else "") for row in (before, after))
    note(database, act, action, mask, project=None, message=one.message, change=(change[0], change[1]), subject=subject, prior=prior)


def _told(row: HandRow | None, path: str) -> str | None:
    """A line's `before` or `after`: form, project, file (and what stands in its place); `review.words` says it in Chinese."""
    return f"{row.form or '-'} {row.project or '-'} {path}{f' ← {row.name}' if row.name else ''}" if row else None


def _take_back(database: sqlite3.Connection, message: str, event: int, act: Act, mask: Mask) -> None:
    found = database.execute(
        f"SELECT subject, prior FROM history WHERE id = ? AND project IS NULL AND message = ? AND {_MINE} AND {_LAST}",  # noqa: S608
        (event, message),
    ).fetchone()
    if found is None:
        raise NotFound(what=say("store.event"), key=str(event))
    position = int(json.loads(found["subject"])[2])
    prior = json.loads(found["prior"] or "null")
    before = rows(database, message).get(position)
    after = HandRow(**json.loads(prior[0])) if prior else None
    if before != after:
        _keep(database, before, after, act, mask, "assign" if after and before and after.given == before.given else "give")
