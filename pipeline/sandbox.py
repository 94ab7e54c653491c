"""The walls around untrusted bytes: bubblewrap where it works, the same limits without a network wall where it does not."""

import functools
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROBE_SECONDS = 10
ROOT = Path(__file__).resolve().parent.parent


@functools.cache
def bubblewrap() -> str | None:
    """The path of a bubblewrap that works here (user namespaces may be forbidden), or None. Tried once a process."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    probe = [program, "--unshare-net", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
    try:
        done = subprocess.run(probe, capture_output=True, timeout=PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return program if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a worker may see: the system read-only, `originals` read-only, `spool` to write into; nothing else of `data`, and no network.

    `owner` is the name of the process whose workers these are: each has a spool of its own. `bytes_at`: where the original bytes lie, if not
    in the data folder's own `originals`.
    """

    data: Path
    owner: str
    bytes_at: Path | None = None

    @property
    def originals(self) -> Path:
        """The folder of original bytes."""
        return self.bytes_at or self.data / "originals"

    @property
    def spool(self) -> Path:
        """The folder where this process's workers put their answers."""
        return self.data / "spool" / self.owner

    def command(self, module: str, *arguments: str) -> list[str]:
        """The command that runs `python -m module arguments…` inside these walls."""
        program_itself = Path(sys.executable)  # by the way that has no links: one of them may lie in what is hidden
        python = [str(program_itself.parent.resolve() / program_itself.name), "-m", module, *arguments]
        program = bubblewrap()
        if program is None:
            return python
        here = str(self.data)
        return [
            *(program, "--die-with-parent", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
            *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", here),  # noqa: S108 - a private one
            *(word for place in self._hidden_code() for word in ("--ro-bind", place, place)),
            *("--ro-bind", str(self.originals), str(self.originals), "--bind", str(self.spool), str(self.spool)),
            *python,
        ]

    def _hidden_code(self) -> list[str]:
        """Where the program and its Python lie inside a folder that is hidden, and must be shown again."""
        hidden = (Path("/tmp"), self.data)  # noqa: S108
        shown: list[Path] = []
        for place in (ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()):
            within = any(place.is_relative_to(other) for other in shown)
            if not within and any(place.is_relative_to(folder) for folder in hidden):
                shown.append(place)
        return [str(place) for place in shown]
