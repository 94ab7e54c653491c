"""LibreOffice without a head: the old formats (.doc, Kingsoft .wps, .rtf, .xls …) → .docx or .xlsx.

LibreOffice answers 0 when it failed, makes a document of any garbage, fetches linked pictures, and a profile that two of
its processes share breaks (all tried). So: what goes in was recognised before, what comes out is opened and looked at,
each start has a profile of its own with macros and links off and a proxy that leads nowhere, and all its
processes die together. The caller's sandbox has no network either.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from errors import ConverterFailed, FileRefused
from parsers.limits import ReadLimits
from parsers.word.binary import close_text, has_table
from parsers.word.package import open_package
from texts import say

# What a recognised kind is called on disk, and what it becomes.
_SUFFIX: Final = {"doc": ".doc", "rtf": ".rtf", "odt": ".odt", "flat": ".xml", "xls": ".xls", "xlsb": ".xlsb", "ods": ".ods"}
_TARGET: Final = {**dict.fromkeys(_SUFFIX, "docx"), "xls": "xlsx", "xlsb": "xlsx", "ods": "xlsx"}
_ASKS_FOR_RESTART: Final = 81
_SECONDS_EACH: Final = 10
"""Wall clock that each further file of one start may take, in seconds."""

_SETTINGS: Final = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetNoProxy", ""),
    *(("/org.openoffice.Inet/Settings", f"ooInet{scheme}ProxyName", "127.0.0.1") for scheme in ("HTTP", "HTTPS", "FTP")),
    *(("/org.openoffice.Inet/Settings", f"ooInet{scheme}ProxyPort", "9") for scheme in ("HTTP", "HTTPS", "FTP")),
)


def converter() -> tuple[str, ...] | None:
    """The command that starts LibreOffice, None when it is not installed.

    The program itself rather than its shell wrapper where it lies beside it: one process, which can be told to die with us.
    """
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    binary = Path(found).resolve().with_name("soffice.bin")
    program = str(binary) if binary.is_file() else found
    keeper = shutil.which("setpriv")
    return (keeper, "--pdeathsig", "KILL", "--", program) if keeper else (program,)


def convert(path: Path, kind: str, out: Path, limits: ReadLimits) -> Path:
    """The .docx or .xlsx that LibreOffice makes of `path`, a file recognised as `kind`; it lies within `out`.

    Raises ConverterFailed when LibreOffice is missing, hangs, or makes nothing that is real.
    """
    (made,) = convert_many([(path, kind)], out, limits)
    if isinstance(made, ConverterFailed):
        raise made
    return made


def convert_many(files: Sequence[tuple[Path, str]], out: Path, limits: ReadLimits) -> list[Path | ConverterFailed]:
    """For each file (path and kind as recognised) what it became, or why nothing did. One start of LibreOffice a target format.

    Files that a failed start leaves behind are tried once more, each in a start of its own.
    """
    command = converter()
    if command is None:
        return [ConverterFailed(why=say("parsers.converter_missing")) for _ in files]
    results: dict[int, Path | ConverterFailed] = {}
    for target in ("docx", "xlsx"):
        numbers = [n for n, (_, kind) in enumerate(files) if _TARGET[kind] == target]
        batch = _start(command, {n: files[n] for n in numbers}, target, out, limits) if numbers else {}
        lost = [n for n in numbers if isinstance(batch[n], ConverterFailed)]
        for n in lost if len(numbers) > 1 else ():
            batch |= _start(command, {n: files[n]}, target, out, limits)
        results |= batch
    return [results[n] for n in range(len(files))]


def _start(
    command: tuple[str, ...], files: dict[int, tuple[Path, str]], target: str, out: Path, limits: ReadLimits
) -> dict[int, Path | ConverterFailed]:
    """One start of LibreOffice over `files`, in a folder of its own within `out`."""
    room = Path(tempfile.mkdtemp(prefix="office-", dir=out))
    _write_profile(room / "profile")
    (room / "made").mkdir()
    named = {n: room / f"{n:05d}{_SUFFIX[kind]}" for n, (_, kind) in files.items()}
    for n, (path, kind) in files.items():
        shutil.copyfile(path, named[n])
        if kind == "doc":
            close_text(named[n])
    most = limits.seconds + _SECONDS_EACH * (len(files) - 1)
    in_time = _run((*command, *_arguments(room, target), *(str(name) for name in named.values())), room, most, limits)
    results: dict[int, Path | ConverterFailed] = {}
    for n, name in named.items():
        made = room / "made" / f"{name.stem}.{target}"
        if _is_real(made, target, limits):
            lost = files[n][1] == "doc" and has_table(name) and not _shows_table(made, limits)
            results[n] = ConverterFailed(why=say("parsers.converter_lost_table")) if lost else made
        elif in_time:
            results[n] = ConverterFailed(why=say("parsers.converter_nothing"))
        else:
            results[n] = ConverterFailed(why=say("parsers.converter_hung", seconds=round(most)))
        name.unlink(missing_ok=True)
    shutil.rmtree(room / "profile", ignore_errors=True)
    return results


def _arguments(room: Path, target: str) -> tuple[str, ...]:
    quiet = ("--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard")
    return (f"-env:UserInstallation={(room / 'profile').as_uri()}", *quiet, "--convert-to", target, "--outdir", str(room / "made"))


def _run(command: tuple[str, ...], room: Path, seconds: float, limits: ReadLimits) -> bool:
    """Run to the end or to the limit; whether it ended in time. A new profile makes LibreOffice ask for one more start."""
    end = time.monotonic() + seconds
    for _ in range(2):
        code = _once(command, room, end - time.monotonic(), limits)
        if code != _ASKS_FOR_RESTART:
            return code is not None
    return True


def _once(command: tuple[str, ...], room: Path, seconds: float, limits: ReadLimits) -> int | None:
    """The exit code of one run, None when it ran past the limit; whatever is left of it is killed."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(room),
        "TMPDIR": str(room),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        "GLIBC_TUNABLES": os.environ.get("GLIBC_TUNABLES", ""),  # large pages: it fills pictures of a gigabyte at every start
    }
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=room, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        _limit_memory(process.pid, limits.converter_bytes)
        return process.wait(timeout=max(seconds, 0))
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _limit_memory(pid: int, most: int) -> None:
    """Set the address space of `pid` in bytes, as far as the caller's own hard limit allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(pid, resource.RLIMIT_AS, (soft, hard))


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>' for path, name, value in _SETTINGS
    )
    names = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    (folder / "user").mkdir(parents=True)
    text = f'<?xml version="1.0" encoding="UTF-8"?><oor:items {names} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    (folder / "user" / "registrymodifications.xcu").write_text(text, encoding="utf-8")


def _is_real(path: Path, target: str, limits: ReadLimits) -> bool:
    """Whether a whole package with a main part of the right kind lies at `path`."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        package = open_package(path, replace(limits, parts_bytes=limits.part_bytes))
        main = package.main() or "xl/workbook.xml"
        return package.has(main) and main.startswith("word/" if target == "docx" else "xl/")
    except FileRefused:
        return False


def _shows_table(path: Path, limits: ReadLimits) -> bool:
    package = open_package(path, limits)
    return b"<w:tbl>" in package.read(package.main())
