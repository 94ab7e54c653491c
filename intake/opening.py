"""Opening one message: what was taken in becomes a `Message` with its files. Runs inside a disposable process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from errors import FileDamaged, FileRefused, SourceError
from intake.contents import CONTAINERS, place_letter
from intake.letter import Letter, read_head, read_letter
from intake.limits import UnpackLimits
from intake.message import Attachment, Message, Taken
from intake.origin import author_of, received_at
from intake.originals import Originals
from intake.outlook import read_outlook
from intake.related import unrelated_because
from intake.sniff import MAIL, OUTLOOK
from intake.spool import Blob
from intake.tree import Tree, status_of
from intake.words import member_path
from texts import say

__all__ = ["UnpackLimits", "open_message"]


def open_message(taken: Taken, originals_root: Path, out: Path, limits: UnpackLimits, words: Sequence[str] = ()) -> Message:
    """The message that `taken` stands for; the bytes of its files lie in `out` under their SHA-256.

    `words` are the campaign's (`Profile.subject_words`): a mail without a file that names none of them and says little is
    no submission; without `words` only bounces, receipts, auto-replies and mailing lists are told apart. Raises NotFound when the
    original is missing, SourceError when a delivery's list of files is no such list, OSError when `out` cannot be written.
    """
    originals = Originals(originals_root)
    if taken.kind == "delivery":
        message = _delivery(taken, originals, out, limits)
    else:
        message = _mail(taken, originals.read(taken.sha256), out, limits, words)
    return _with_given(message, taken, originals, out, limits)


def _with_given(message: Message, taken: Taken, originals: Originals, out: Path, limits: UnpackLimits) -> Message:
    """The message with the files that people gave in the place of some of its own: those are `ignored`, the given ones come last."""
    rows, given = list(message.attachments), []
    for hand in taken.hands:
        if not hand.given or hand.position >= len(rows) or rows[hand.position].sha256 != hand.sha256:
            continue
        old = rows[hand.position]
        instead = _delivery(Taken(hand.given, "delivery", taken.source, old.path), originals, out, limits)
        rows[hand.position] = replace(old, status="ignored", reason=say("intake.given_instead", name=instead.subject))
        given += [replace(row, path=f"{old.path}/{say('intake.given')}/{row.path}") for row in instead.attachments]
    return replace(message, attachments=(*rows, *given))


def key_of(sha256: str) -> str:
    """The key of the message whose original is `sha256`."""
    return f"m{sha256[:12]}"


def _mail(taken: Taken, data: bytes, out: Path, limits: UnpackLimits, words: Sequence[str]) -> Message:
    tree = Tree(out, limits, CONTAINERS)
    try:
        letter = read_outlook(data, limits) if taken.kind == "outlook" else read_letter(data, limits)
        place_letter(tree, "", letter, 0)
    except FileRefused as error:
        letter = read_head(data, limits) if taken.kind == "mail" else Letter((), ())
        kind = MAIL if taken.kind == "mail" else OUTLOOK
        name = member_path(Path(taken.name).name) or say("intake.whole_mail")
        tree.rows.insert(0, Attachment(name, taken.sha256, len(data), kind, status_of(error), str(error)))
        (out / taken.sha256).write_bytes(data)
    return _message(taken, letter, tuple(tree.rows), limits, words)


def _message(taken: Taken, letter: Letter, rows: tuple[Attachment, ...], limits: UnpackLimits, words: Sequence[str]) -> Message:
    author = author_of(letter, limits)
    why = unrelated_because(letter, rows, words)
    return Message(
        key=key_of(taken.sha256),
        sha256=taken.sha256,
        message_id=letter.get("message-id") or None,
        subject=author.subject,
        sender=author.shown,
        sender_address=author.address,
        received_at=received_at(letter),
        attachments=rows,
        kind="unrelated" if why else "submission",
        why=why,
        in_reply_to=letter.get("in-reply-to") or None,
        forwarded_by=author.forwarded_by,
    )


def _delivery(taken: Taken, originals: Originals, out: Path, limits: UnpackLimits) -> Message:
    tree = Tree(out, limits, CONTAINERS)
    name, files = manifest(taken, originals)
    for path, sha256 in files:
        try:
            tree.spool.budget.one_more_file()
            tree.add(member_path(path) or path, _copy(originals, sha256, tree))
        except FileRefused as error:
            tree.refuse(tree.free(path), Blob(sha256, originals.path(sha256).stat().st_size, Path()), "application/octet-stream", error)
    return Message(key_of(taken.sha256), taken.sha256, None, name, "", "", taken.received_at, tuple(tree.rows))


def deliveries(taken: Taken) -> Iterator[Taken]:
    """The hand-delivered submissions whose lists and files opening the message needs: itself, and what people gave in its files' place."""
    if taken.kind == "delivery":
        yield taken
    yield from (Taken(hand.given, "delivery", taken.source, taken.name) for hand in taken.hands if hand.given)


def manifest(taken: Taken, originals: Originals) -> tuple[str, list[tuple[str, str]]]:
    """The name of a delivery, and path and SHA-256 of each of its files. Raises SourceError when its original is no such list."""
    try:
        listed = json.loads(originals.read(taken.sha256))
        return str(listed["name"]), [(str(file["path"]), str(file["sha256"])) for file in listed["files"]]
    except (ValueError, LookupError, TypeError) as error:
        raise SourceError(source=taken.name, why=str(FileDamaged())) from error


def _copy(originals: Originals, sha256: str, tree: Tree) -> Blob:
    with originals.path(sha256).open("rb") as file:
        return tree.spool.keep(iter(lambda: file.read(1 << 20), b""))
