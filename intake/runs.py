"""Long runs of base64 taken out of a mail before it is parsed, and put back after.

The standard parser makes a string of every line: 600 MB and many seconds for a mail of 68 MB. A run of lines that can only be
the body of a file says nothing about structure, so one line stands in for it meanwhile.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

_RUN = re.compile(rb"(?<=\n)(?>[A-Za-z0-9+/]{60,76}+\r?\n){300,}+")


@dataclass(frozen=True, slots=True)
class Runs:
    """What was taken out. `mark` begins each line that stands in: it is made from the whole mail's hash, so no mail can contain it."""

    mark: bytes
    pieces: tuple[bytes, ...]

    def restore(self, data: bytes) -> bytes:
        """`data` with every stand-in replaced by what it stands for; the very same object where it holds none."""
        if not self.pieces or self.mark not in data:
            return data
        return re.sub(re.escape(self.mark) + rb"(\d+)=\r?\n", lambda found: self.pieces[int(found.group(1))], data)


def fold(data: bytes) -> tuple[bytes, Runs]:
    """`data` with its long runs of base64 taken out, and these."""
    mark = b"=" + hashlib.sha256(data).hexdigest().encode() + b"-"
    pieces: list[bytes] = []

    def take(found: re.Match[bytes]) -> bytes:
        pieces.append(found.group())
        return mark + b"%d=\r\n" % (len(pieces) - 1)

    return _RUN.sub(take, data), Runs(mark, tuple(pieces))


def unbase64(data: bytes) -> bytes:
    """The bytes that `data` encodes, whatever else stands between, padded or not. Never raises."""
    try:
        return base64.b64decode(data)
    except ValueError:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
