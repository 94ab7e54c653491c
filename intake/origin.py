"""Who a mail is from, and when it came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from errors import FileRefused
from intake.letter import Letter, Piece, address_of, date_of, read_letter
from intake.limits import UnpackLimits
from intake.page import read_page
from intake.trouble import guarded
from intake.words import decode

_FORWARD = re.compile(r"^\s*(?:(?:fw|fwd|转发|轉寄|转寄)\s*(?:\[\d+\])?\s*[:：]|(?:\[|【|（)转发(?:\]|】|）))", re.IGNORECASE)
_REPLY = re.compile(r"^\s*(?:re|回复|答复|回覆)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
# The line that every mail program draws above a mail it forwards.
_RULE = re.compile(
    r"^[ \t>]*(?:-{2,}|—{2,}|_{5,}|={3,})?[ \t]*(?:原始邮件|原邮件|转发的?邮件(?:信息)?|转发邮件信息|original message|forwarded message|"
    r"begin forwarded message:?|回复的原邮件)[ \t]*(?:-{2,}|—{2,}|_{5,}|={3,})?[ \t]*$|^[ \t>]*_{20,}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = re.compile(r"^[ \t>*|]*(?:发件人|发信人|寄件者|寄件人|from)[ \t　*|]*[:：]\**[ \t]*(.{1,300})$", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(r"^[ \t>*|]*(?:主[ \t　]*题|主旨|标题|subject)[ \t　*|]*[:：]\**[ \t]*(.{1,300})$", re.IGNORECASE | re.MULTILINE)
LOOK = 200_000


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a mail counts for: `name` and bare `address` ("" where unknown), its `subject`, and who sent it on (None: nobody)."""

    name: str
    address: str
    subject: str
    forwarded_by: str | None = None

    @property
    def shown(self) -> str:
        """Name and address as a clerk reads them."""
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


def author_of(letter: Letter, limits: UnpackLimits) -> Author:
    """Whom `letter` counts for: its sender, or, where it only sends another mail on, that one's."""
    sender = _sender(letter)
    origin = _attached_origin(letter, limits) or (_inline_origin(body_text(letter)) if _FORWARD.match(sender.subject) else None)
    if origin is None or not (origin.address or origin.name) or origin.address.lower() == sender.address.lower() != "":
        return sender
    subject = sender.subject if _FORWARD.sub("", sender.subject).strip() else origin.subject
    return Author(origin.name, origin.address, subject, sender.shown)


def received_at(letter: Letter) -> datetime | None:
    """The date of the topmost Received header that has one, else of Date, else None."""
    dates = (date_of(value) for value in (*letter.all("received"), letter.get("date")))
    return next((date for date in dates if date), None)


def body_text(letter: Letter) -> str:
    """What the mail itself says, as plain lines: its plain text, else its HTML without tags. At most 200,000 characters."""
    return _lines([piece for piece in letter.pieces if not piece.name and not piece.attached and piece.kind in ("text/plain", "text/html")])


def _lines(bodies: list[Piece]) -> str:
    plain = [decode(piece.data, piece.charset) for piece in bodies if piece.kind == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)[:LOOK]
    return "\n".join(read_page(decode(piece.data, piece.charset)).text for piece in bodies if piece.kind == "text/html")[:LOOK]


def _sender(letter: Letter) -> Author:
    name, address = address_of(letter.get("from") or letter.get("sender") or letter.get("return-path"))
    return Author(name, address, letter.get("subject"))


def _attached_origin(letter: Letter, limits: UnpackLimits) -> Author | None:
    """The author of the one mail that hangs on this one, if this one brings nothing else."""
    files = [piece for piece in letter.pieces if piece.name or piece.attached or piece.kind == "message/rfc822"]
    mails = [piece for piece in files if piece.kind == "message/rfc822"]
    reply = _REPLY.match(letter.get("subject"))
    if len(mails) != 1 or len(files) != 1 or reply or "multipart/report" in mails[0].within:
        return None
    try:
        with guarded(limits.seconds):
            return author_of(read_letter(mails[0].data, limits), limits)
    except FileRefused:
        return None


def _inline_origin(text: str, depth: int = 0) -> Author | None:
    """The author named under the first rule of a forwarded mail; of one that forwards in turn, the next."""
    rule = _RULE.search(text)
    start = rule.end() if rule else 0
    found = _FROM.search(text, start, start + 2000)
    if not found:
        return None
    name, address = address_of(found.group(1).replace("[mailto:", "<").replace("]", ">"))
    if not address and not re.search(r"\w", name):
        return None
    title = _TITLE.search(text, found.end(), found.end() + 1500)
    subject = title.group(1).strip() if title else ""
    deeper = _inline_origin(text[found.end() :], depth + 1) if depth < 5 and _FORWARD.match(subject) else None
    return deeper or Author(name, address, subject)
