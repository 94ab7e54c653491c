"""What worker and coordinator say to each other about one job."""

import zlib
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from extractors.submission import Reading
from intake.message import Taken
from parsers.document import Document

CHUNK = 4 << 20
"""Bytes of an original sent at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended on a worker: `read` with its reading; `refused` (the message cannot be opened; `why` in Chinese); `lost` (a process died,
    the disk is full; `why` in Chinese): it may go well another time; `fault` of the program (`why`: its kind)."""

    kind: Literal["read", "refused", "lost", "fault"]
    why: str = ""
    reading: Reading | None = None


OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
TAKEN: TypeAdapter[Taken] = TypeAdapter(Taken)
DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)


def packed(adapter: TypeAdapter[Any], value: object) -> bytes:
    """`value` as compressed JSON."""
    return zlib.compress(adapter.dump_json(value), 1)


def unpacked(adapter: TypeAdapter[Any], body: bytes) -> Any:
    """The value again, of the adapter's type. Raises ValueError, zlib.error when it is no such thing."""
    return adapter.validate_json(zlib.decompress(body))
