"""What libraries raise on hostile bytes, turned into our own errors in one place."""

from __future__ import annotations

import errno
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import py7zr.exceptions
import rarfile
from lxml import etree

from errors import FileDamaged, FileEncrypted, FileRefused, WuxiaoError
from intake.limits import over, within

# Seen with damaged files: nearly every built-in error, and each library's own. Not Exception: a mistake of ours in a name stays loud.
TROUBLE: tuple[type[Exception], ...] = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError,
    struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError,
    etree.LxmlError, rarfile.Error, py7zr.exceptions.ArchiveError, py7zr.exceptions.AbsolutePathError,
)  # fmt: skip
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}
_SPLIT = ("span multiple disks", "first volume")


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
    except (py7zr.exceptions.PasswordRequired, rarfile.PasswordRequired, rarfile.NoCrypto, rarfile.RarWrongPassword) as error:
        raise FileEncrypted from error
    except TROUBLE as error:
        if isinstance(error, OSError) and error.errno in _OURS:
            raise
        raise _told(error) from error


def _told(error: Exception) -> FileRefused:
    words = str(error).lower()
    if isinstance(error, rarfile.NeedFirstVolume):
        return FileDamaged("intake.split_volume", volume=(error.current_volume or 0) + 1)
    if any(word in words for word in _SPLIT):
        return FileDamaged("intake.split")
    if isinstance(error, py7zr.exceptions.UnsupportedCompressionMethodError | NotImplementedError) or "unsupported" in words:
        return FileDamaged("intake.method")
    if "password" in words or "encrypted" in words:
        return FileEncrypted()
    return FileDamaged()
