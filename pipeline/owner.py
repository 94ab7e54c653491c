"""Who works a job: a name that is alive as long as its process is, whatever kills it."""

import fcntl
import os
import uuid
from pathlib import Path


class Owner:
    """Holds a lock on `folder/<name>` that the kernel takes back when the process ends, by `kill -9` too."""

    def __init__(self, folder: Path) -> None:
        """A new name in `folder` (made when missing)."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._path = folder / self.name
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Gives the name up."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the process that took `name` still runs. A dead one's file is cleared away."""
    path = folder / name
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    path.unlink(missing_ok=True)
    return False
