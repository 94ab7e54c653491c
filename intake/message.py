"""What the intake hands on: a `Message` with its `Attachment`s, the same for a mail and for a hand-delivered folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

_OWN_TEXT = re.compile(r"(?:^|\.(?:eml|msg)/)正文(?: \(\d+\))?\.(?:txt|html)$")
FileStatus = Literal["waiting", "parsed", "failed", "ignored", "unsupported", "encrypted"]
MessageKind = Literal["submission", "unrelated"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a message, nested ones included.

    `path` is how a clerk names it (`材料.zip/项目A/附件2.docx`; `正文.txt` for the mail's own text, `NAME.eml/…` inside
    a forwarded message). The bytes lie in the folder of originals under `sha256` (hex; "" for a link to a file that
    never came). `size` in bytes. `media_type` is told from the content. `status` is `waiting` for a file that a parser
    must open, `parsed` for a container that was opened, else what became of it, with `reason` in Chinese.
    """

    path: str
    sha256: str
    size: int
    media_type: str
    status: FileStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, or one hand-delivered folder or file.

    `key` is made from the content, so that two runs name it alike. `received_at` is the topmost `Received`, else
    `Date`, else None (aware, with the offset as written). `sender` is as shown to a clerk, `sender_address` the bare
    address, or "". For a forwarded mail, `sender*` are those of the original sender and `forwarded_by` is who sent it on.
    `kind` is `unrelated` for bounces, auto-replies, receipts, advertisements; `why` says so in Chinese.
    """

    key: str
    sha256: str
    message_id: str | None
    subject: str
    sender: str
    sender_address: str
    received_at: datetime | None
    attachments: tuple[Attachment, ...]
    kind: MessageKind = "submission"
    why: str | None = None
    in_reply_to: str | None = None
    forwarded_by: str | None = None


def is_own_text(path: str) -> bool:
    """Whether `path` names a text of a mail itself (`正文.txt`, `正文 (2).html`, also of a mail within it), not a file that came with it."""
    return _OWN_TEXT.search(path) is not None


SourceKind = Literal["mail", "outlook", "delivery"]


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person put right about one file of a message: the file at `position` (0-based) whose bytes are `sha256`.

    `given` is the hash of the list of files (as of a hand-delivered folder) that stand in its place, "" for none. `form` is the form that
    they say it is, "" for the one that is recognised.
    """

    position: int
    sha256: str
    given: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message whose bytes are safe in the folder of originals and of which nothing has been parsed yet.

    `kind` says how to open it: `mail` (RFC 5322 bytes), `outlook` (.msg), `delivery` (a hand-delivered folder or file:
    the original is a JSON manifest of its files, whose bytes are originals too). `source` is where it was seen
    (`imap://user@host/INBOX`, a folder, a file), `name` how the source calls it, `received_at` what the
    caller said (`--received`), for deliveries only. `hands` are what people put right about its files.
    """

    sha256: str
    kind: SourceKind
    source: str
    name: str
    received_at: datetime | None = None
    hands: tuple[Hand, ...] = ()
