"""The leaves of a mail as files of its message: bodies, attachments, mails within the mail."""

from __future__ import annotations

import re

from intake import sniff
from intake.letter import Letter, Piece, read_letter
from intake.outlook import read_outlook
from intake.spool import Blob
from intake.tree import MailOpener, Tree
from intake.words import decode, file_name
from texts import say

_META = re.compile(r"(<meta[^>]{0,200}charset\s*=\s*[\"']?)[\w-]+", re.IGNORECASE)
_TAGS = re.compile(r"<(style|script|head)\b.*?</\1\s*>|<[^>]*>|&nbsp;|\s", re.IGNORECASE | re.DOTALL)
_SUFFIXES = {
    "application/pdf": ".pdf", sniff.DOCX: ".docx", sniff.XLSX: ".xlsx", "application/msword": ".doc", "application/vnd.ms-excel": ".xls",
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/tiff": ".tif", "image/bmp": ".bmp", "application/zip": ".zip",
    "application/vnd.rar": ".rar", "application/x-7z-compressed": ".7z", sniff.MAIL: ".eml", "text/plain": ".txt", "text/html": ".html",
    sniff.TNEF: ".dat", "application/rtf": ".rtf",
}  # fmt: skip


def place_letter(tree: Tree, prefix: str, letter: Letter, depth: int) -> None:
    """Add every piece of `letter` to `tree` under `prefix` ("" or ending with a slash). Raises FileOverLimit when the limits are used up."""
    bodies = [piece for piece in letter.pieces if is_body(piece)]
    shadowed = _shadowed(bodies)
    html = "".join(decode(piece.data, piece.charset) for piece in bodies if piece.kind == "text/html")
    for piece in letter.pieces:
        tree.spool.budget.one_more_file()
        if piece in bodies:
            _place_body(tree, prefix, piece, shadowed.get(id(piece)))
        else:
            _place_file(tree, prefix, piece, html, depth)


def is_body(piece: Piece) -> bool:
    """Whether `piece` is text of the mail itself, not a file."""
    return piece.kind.startswith(("text/plain", "text/html", "text/enriched", "multipart/")) and not piece.attached and not piece.name


def _shadowed(bodies: list[Piece]) -> dict[int, str]:
    """Of each text that came as plain and as HTML, the one that counts less, with the reason: HTML counts where it holds a
    table or says much more."""
    shadowed: dict[int, str] = {}
    for number in {piece.alternative for piece in bodies if piece.alternative}:
        plain = next((p for p in bodies if p.alternative == number and p.kind == "text/plain"), None)
        html = next((p for p in bodies if p.alternative == number and p.kind == "text/html"), None)
        if plain is None or html is None:
            continue
        text, page = decode(plain.data, plain.charset), decode(html.data, html.charset)
        richer = "<table" in page.lower() or len("".join(text.split())) * 2 < len(_TAGS.sub("", page))
        less = plain if richer else html
        shadowed[id(less)] = say("intake.same_as_html" if richer else "intake.same_as_text")
    return shadowed


def _place_body(tree: Tree, prefix: str, piece: Piece, why: str | None) -> None:
    text = decode(piece.data, piece.charset)
    html = piece.kind == "text/html"
    if not text.strip():
        why = say("intake.empty_body")
    if html:
        text = _META.sub(r"\1utf-8", text)
    blob = tree.spool.keep([text.encode("utf-8", "replace")])
    path = tree.free(prefix + ("正文.html" if html else "正文.txt"))
    tree.row(path, blob, "text/html" if html else "text/plain", "ignored" if why else "waiting", why)


def _place_file(tree: Tree, prefix: str, piece: Piece, html: str, depth: int) -> None:
    blob = tree.spool.keep([piece.data])
    name = piece.name or _unnamed(piece, blob)
    tree.add(prefix + name, blob, depth)


def _unnamed(piece: Piece, blob: Blob) -> str:
    if piece.kind == "message/rfc822":
        subject = file_name(re.sub(r"[\\/:*?\"<>|]", "_", _subject(piece.data)))
        return f"{subject or say('intake.forwarded_mail')}.eml"
    return say("intake.unnamed") + _SUFFIXES.get(sniff.sniff(blob.path), "")


def _subject(data: bytes) -> str:
    from intake.letter import read_head
    from intake.limits import UnpackLimits

    return read_head(data, UnpackLimits()).get("subject")[:80]


def _open_mail(tree: Tree, path: str, blob: Blob, depth: int) -> None:
    place_letter(tree, f"{path}/", read_letter(blob.path.read_bytes(), tree.limits), depth)


def _open_outlook(tree: Tree, path: str, blob: Blob, depth: int) -> None:
    place_letter(tree, f"{path}/", read_outlook(blob.path.read_bytes(), tree.limits), depth)


CONTAINERS: dict[str, MailOpener] = {sniff.MAIL: _open_mail, sniff.OUTLOOK: _open_outlook}
