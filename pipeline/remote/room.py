"""Where a machine keeps, while it works, what belongs to others: personal data that must not outlive the work."""

import shutil
from pathlib import Path

from pipeline.owner import Owner, is_alive

FOLDER = "errands"


def make_room(data: Path, owner: Owner) -> Path:
    """A folder (0700) for `owner`; those of processes that are gone, by `kill -9` too, are erased, and their spools."""
    for left in (*(data / FOLDER).glob("*"), *(data / "spool").glob("*")):
        if not is_alive(owner.folder, left.name):
            shutil.rmtree(left, ignore_errors=True)
    room = data / FOLDER / owner.name
    room.mkdir(mode=0o700, parents=True)
    return room
