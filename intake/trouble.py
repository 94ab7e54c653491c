"""What libraries raise on hostile bytes, turned into our own errors in one place."""

from __future__ import annotations

import errno
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from errors import FileDamaged, FileEncrypted, FileRefused, WuxiaoError
from intake.limits import over, within

# Seen with damaged files: nearly every built-in error, and each library's own. Not Exception: a mistake of ours in a name stays loud.
TROUBLE: tuple[type[Exception], ...] = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError,
    struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError,
    etree.LxmlError,
)  # fmt: skip
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}
_SPLIT = ("span multiple disks", "first volume")


def _of(library: str, *names: str) -> tuple[type[Exception], ...]:
    """The library's own errors, where it is loaded: else nothing can have raised them."""
    module = sys.modules.get(library)
    return tuple(getattr(module, name) for name in names) if module else ()


def _locked() -> tuple[type[Exception], ...]:
    return _of("py7zr.exceptions", "PasswordRequired") + _of("rarfile", "PasswordRequired", "NoCrypto", "RarWrongPassword")


def _trouble() -> tuple[type[Exception], ...]:
    return TROUBLE + _of("rarfile", "Error") + _of("py7zr.exceptions", "ArchiveError", "AbsolutePathError")


@contextmanager
def guarded(seconds: float) -> Iterator[None]:
    """Run a library over hostile bytes: what it raises becomes a FileRefused, and it may take `seconds` of CPU time.

    Passes through our own errors, and an OSError that is the machine's (disk full), not the file's.
    """
    try:
        with within(seconds):
            yield
    except WuxiaoError:
        raise
    except MemoryError as error:
        raise over("limit_memory", "") from error
    except _locked() as error:
        raise FileEncrypted from error
    except _trouble() as error:
        if isinstance(error, OSError) and error.errno in _OURS:
            raise
        raise _told(error) from error


def _told(error: Exception) -> FileRefused:
    words = str(error).lower()
    if isinstance(error, _of("rarfile", "NeedFirstVolume")):
        return FileDamaged("intake.split_volume", volume=(getattr(error, "current_volume", None) or 0) + 1)
    if any(word in words for word in _SPLIT):
        return FileDamaged("intake.split")
    if isinstance(error, (NotImplementedError, *_of("py7zr.exceptions", "UnsupportedCompressionMethodError"))) or "unsupported" in words:
        return FileDamaged("intake.method")
    if "password" in words or "encrypted" in words:
        return FileEncrypted()
    return FileDamaged()
