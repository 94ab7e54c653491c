"""Mailbox files: mbox and Foxmail's .box, cut into their messages."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator
from pathlib import Path

from errors import FileDamaged
from intake.sniff import FOXMAIL
from intake.spool import Entry, Spool

# A separator stands at the start or after a blank line, names a time, and a header line follows: "From here on…" in a text does not.
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d:\d\d[^\r\n]*\r?\n(?=>?[!-9;-~]+[ \t]*:)")
_BOX = re.compile(re.escape(FOXMAIL) + rb"\r?\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def split_mailbox(data: bytes | mmap.mmap) -> Iterator[bytes]:
    """The messages in the mailbox `data`, in order, each as it was before it was put there (mboxrd's `>From ` undone).

    Nothing where it is no mailbox. Every byte but the separators belongs to one message.
    """
    foxmail = data[: len(FOXMAIL)] == FOXMAIL
    cuts = [(match.start(), match.end()) for match in (_BOX if foxmail else _SEPARATOR).finditer(data)]
    ends = [start for start, _ in cuts[1:]] + [len(data)] * bool(cuts)
    for (_, start), end in zip(cuts, ends, strict=True):
        message = bytes(data[start:end])
        yield message if foxmail else _QUOTED.sub(rb"\1", re.sub(rb"(?<=\n)\r?\n\Z", b"", message))


def mailbox_entries(path: Path, spool: Spool) -> Iterator[Entry]:
    """The messages of the mailbox file at `path`, named by their number. Raises FileDamaged when none can be told apart."""
    found = False
    for number, message in enumerate(split_mailbox(path.read_bytes()), 1):
        found = True
        spool.budget.one_more_file()
        yield Entry(f"{number}.eml", spool.keep([message]))
    if not found:
        raise FileDamaged("intake.mailbox")


def split_open_file(descriptor: int) -> Iterator[bytes]:
    """`split_mailbox` over an open file, without holding all of it in memory."""
    if os.fstat(descriptor).st_size == 0:
        return
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
        yield from split_mailbox(data)
