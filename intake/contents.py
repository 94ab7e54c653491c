"""The leaves of a mail as files of its message: bodies, attachments, mails within the mail."""

from __future__ import annotations

import re

from errors import FileDamaged, FileEncrypted, FileMissing, FileRefused
from intake import sniff
from intake.letter import Letter, Piece, read_head, read_letter
from intake.limits import UnpackLimits
from intake.links import Link, find_links
from intake.outlook import read_outlook
from intake.page import Page, read_page
from intake.spool import Blob
from intake.tree import MailOpener, Tree
from intake.trouble import guarded
from intake.words import decode, file_name
from texts import say

_META = re.compile(r"(<meta[^>]{0,200}charset\s*=\s*[\"']?)[\w-]+", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
SMALL = 400  # pixels
IGNORED = {
    "message/delivery-status": "report_part",
    "message/disposition-notification": "report_part",
    "text/rfc822-headers": "report_part",
    "application/pkcs7-signature": "junk_signature",
    "application/x-pkcs7-signature": "junk_signature",
    "application/pgp-signature": "junk_signature",
    "text/calendar": "calendar",
    "text/vcard": "calendar",
    "text/x-vcard": "calendar",
    "application/ics": "calendar",
}
_SUFFIXES = {
    "application/pdf": ".pdf", sniff.DOCX: ".docx", sniff.XLSX: ".xlsx", "application/msword": ".doc", "application/vnd.ms-excel": ".xls",
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/tiff": ".tif", "image/bmp": ".bmp", "application/zip": ".zip",
    "application/vnd.rar": ".rar", "application/x-7z-compressed": ".7z", sniff.MAIL: ".eml", "text/plain": ".txt", "text/html": ".html",
    sniff.TNEF: ".dat", "application/rtf": ".rtf",
}  # fmt: skip


def place_letter(tree: Tree, prefix: str, letter: Letter, depth: int) -> None:
    """Add every piece of `letter` to `tree` under `prefix` ("" or ending with a slash), and a row for each file it only links to.

    Raises FileOverLimit when the limits are used up.
    """
    bodies = [piece for piece in letter.pieces if is_body(piece)]
    texts = {id(piece): decode(piece.data, piece.charset) for piece in bodies}
    pages = {id(piece): read_page(texts[id(piece)]) for piece in bodies if piece.kind == "text/html"}
    shadowed = _shadowed(bodies, texts, pages)
    pictures = {source for page in pages.values() for source in page.pictures}
    for piece in letter.pieces:
        tree.spool.budget.one_more_file()
        if id(piece) in texts:
            page = pages.get(id(piece))
            silent = not texts[id(piece)].strip() or (page is not None and not page.text.strip() and not _HAN.search(texts[id(piece)]))
            why = say("intake.empty_body") if silent else shadowed.get(id(piece))
            _place_body(tree, prefix, piece, texts[id(piece)], why)
        elif not _place_odd(tree, prefix, piece):
            _place_file(tree, prefix, piece, pictures, depth)
    said = "\n".join([*(page.text for page in pages.values()), *(text for key, text in texts.items() if key not in pages)])
    for link in find_links(said, [anchor for page in pages.values() for anchor in page.anchors]):
        _place_link(tree, prefix, link)


def _place_link(tree: Tree, prefix: str, link: Link) -> None:
    error = FileMissing("intake.link", name=link.name, where=link.where)
    tree.refuse(tree.free(prefix + (file_name(link.name) or link.where)), None, "text/uri-list", error)


def is_body(piece: Piece) -> bool:
    """Whether `piece` is text of the mail itself, not a file."""
    return piece.kind.startswith(("text/plain", "text/html", "text/enriched", "multipart/")) and not piece.attached and not piece.name


def _shadowed(bodies: list[Piece], texts: dict[int, str], pages: dict[int, Page]) -> dict[int, str]:
    """Of each text that came as plain and as HTML, the one that counts less, with the reason: HTML counts where it holds a
    table or says much more."""
    shadowed: dict[int, str] = {}
    for number in {piece.alternative for piece in bodies if piece.alternative}:
        plain = next((p for p in bodies if p.alternative == number and p.kind == "text/plain"), None)
        html = next((p for p in bodies if p.alternative == number and p.kind == "text/html"), None)
        if plain is None or html is None:
            continue
        page = pages[id(html)]
        richer = page.table or len("".join(texts[id(plain)].split())) * 2 < len("".join(page.text.split()))
        shadowed[id(plain if richer else html)] = say("intake.same_as_html" if richer else "intake.same_as_text")
    return shadowed


def _place_body(tree: Tree, prefix: str, piece: Piece, text: str, why: str | None) -> None:
    html = piece.kind == "text/html"
    blob = tree.spool.keep([(_META.sub(r"\1utf-8", text) if html else text).encode("utf-8", "replace")])
    path = tree.free(prefix + ("正文.html" if html else "正文.txt"))
    tree.row(path, blob, "text/html" if html else "text/plain", "ignored" if why else "waiting", why)


def _place_odd(tree: Tree, prefix: str, piece: Piece) -> bool:
    """Pieces that are no file of anyone's, by their declared type. False where `piece` is none of them."""
    parameters = dict(piece.parameters)
    error: FileRefused | None = None
    ignored = IGNORED.get(piece.kind)
    if piece.link or piece.kind == "message/external-body":
        error = FileMissing("intake.link", name=piece.name or say("intake.unnamed"), where=say("intake.elsewhere"))
    elif piece.kind == "message/partial":
        error = FileDamaged("intake.partial", number=parameters.get("number", "?"))
    elif piece.kind == "application/pgp-encrypted" or parameters.get("smime-type", "").lower().startswith("enveloped"):
        error = FileEncrypted("intake.sealed_mail")
    elif not ignored:
        return False
    blob = tree.spool.keep([piece.data])
    path = tree.free(prefix + (piece.name or _unnamed(piece, blob)))
    if error:
        tree.refuse(path, blob, piece.kind, error)
    else:
        tree.row(path, blob, piece.kind, "ignored", say(f"intake.{ignored}"))
    return True


def _place_file(tree: Tree, prefix: str, piece: Piece, pictures: set[str], depth: int) -> None:
    blob = tree.spool.keep([piece.data])
    path = prefix + (piece.name or _unnamed(piece, blob))
    if piece.kind == sniff.MAIL and not path.lower().endswith(".eml"):
        path += ".eml"
    if f"cid:{piece.cid}" in pictures and piece.cid and is_small_picture(blob):
        tree.row(tree.free(path), blob, sniff.sniff(blob.path), "ignored", say("intake.small_picture"))
    else:
        tree.add(path, blob, depth)


def is_small_picture(blob: Blob) -> bool:
    """Whether the picture is too small to show a page of paper: less than 400 pixels on its shorter side, or an animation's worth of bytes."""
    try:
        from PIL import Image

        with guarded(10), Image.open(blob.path) as picture:
            return min(picture.size) < SMALL
    except FileRefused:
        return False


def _unnamed(piece: Piece, blob: Blob) -> str:
    if piece.kind == "message/rfc822":
        subject = file_name(re.sub(r"[\\/:*?\"<>|]", "_", read_head(piece.data, UnpackLimits()).get("subject")[:80]))
        return f"{subject or say('intake.forwarded_mail')}.eml"
    return say("intake.unnamed") + _SUFFIXES.get(sniff.sniff(blob.path), "")


def _open_mail(tree: Tree, path: str, blob: Blob, depth: int) -> None:
    place_letter(tree, f"{path}/", read_letter(blob.path.read_bytes(), tree.limits), depth)


def _open_outlook(tree: Tree, path: str, blob: Blob, depth: int) -> None:
    place_letter(tree, f"{path}/", read_outlook(blob.path.read_bytes(), tree.limits), depth)


CONTAINERS: dict[str, MailOpener] = {sniff.MAIL: _open_mail, sniff.OUTLOOK: _open_outlook}
