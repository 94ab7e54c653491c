"""OLE compound files (old Office, Outlook's .msg): the one place that touches olefile."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import olefile

MAGIC: bytes = olefile.MAGIC


class Compound:
    """An open compound file: streams by their path of names."""

    def __init__(self, ole: olefile.OleFileIO) -> None:
        """Read from `ole`, which stays the caller's to close."""
        self._ole = ole

    def names(self) -> list[tuple[str, ...]]:
        """The paths of all streams and storages, in the file's order."""
        return [tuple(entry) for entry in self._ole.listdir(streams=True, storages=True)]

    def read(self, path: tuple[str, ...], most: int | None = None) -> bytes:
        """The first `most` bytes (all by default) of a stream, b"" where there is none. Raises OSError on a damaged one."""
        if not self._ole.exists(list(path)):
            return b""
        return bytes(self._ole.openstream(list(path)).read(-1 if most is None else most))


@contextmanager
def compound(source: Path | bytes) -> Iterator[Compound]:
    """Open the compound file at a path, or these bytes. Raises what `intake.trouble.TROUBLE` names on damaged ones."""
    with olefile.OleFileIO(str(source) if isinstance(source, Path) else io.BytesIO(source)) as ole:
        yield Compound(ole)
