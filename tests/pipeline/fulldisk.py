"""Run inside a mount namespace of its own: `python -m tests.pipeline.fulldisk MAILBOX FOLDER FREE_KIB`.

Mounts a small disk at `FOLDER`, fills it but for `FREE_KIB`, runs `wuxiao ingest`, makes room, and runs it again. Prints, as JSON, both exit
codes, what was said, and what the store then holds.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.pipeline.test_exactly_once import contents

DISK = "32m"


def ingest(mailbox: Path, data: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "wuxiao.cli", "ingest", str(mailbox), "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(mailbox: Path, folder: Path, free_kib: int) -> None:
    """Prints what happened."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=True)
    ballast, room = folder / "ballast", os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room - (free_kib << 10))
    full = ingest(mailbox, folder / "data")
    ballast.unlink()
    again = ingest(mailbox, folder / "data")
    held = contents(folder / "data") if again.returncode == 0 else {}
    left = sorted(path.name for path in (folder / "data" / "originals" / "tmp").glob("*"))
    print(json.dumps({"full": full.returncode, "said": full.stderr, "again": again.returncode, "held": held, "left": left}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
