"""The mailbox that is measured: invented mails with scans, made once a seed, and the loose files of it for programs that open no mail."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.mailbox import random_mailbox, write_mailbox
from intake.limits import UnpackLimits
from intake.message import Taken
from intake.opening import open_message
from intake.originals import Originals
from intake.take import take_in

FIRST_SEED, MESSAGES = 11, 5


@dataclass(frozen=True)
class Box:
    """A folder of mails, and the truth about them."""

    mails: Path
    truth: dict[str, Any]

    @property
    def projects(self) -> int:
        """How many projects its mails bring."""
        return sum(len(message["projects"]) for message in self.truth["messages"])


def box_of(projects: int, work: Path) -> Box:
    """A mailbox of at least so many projects below `work`; seeds that were made before are there."""
    boxes: list[Box] = []
    while sum(box.projects for box in boxes) < projects:
        seed = FIRST_SEED + len(boxes)
        folder = work / f"mails-{MESSAGES}-{seed}"
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            write_mailbox(random_mailbox(MESSAGES, seed), folder, seed)
            (folder / "done").touch()
        boxes.append(opened(folder))
    if len(boxes) == 1:
        return boxes[0]
    together = work / f"together-{len(boxes)}"
    together.mkdir(exist_ok=True)
    for number, box in enumerate(boxes):
        for mail in box.mails.glob("*.eml"):
            link = together / f"{number}-{mail.name}"
            if not link.exists():
                link.hardlink_to(mail)
    return Box(together, {"messages": [message for box in boxes for message in box.truth["messages"]]})


def opened(folder: Path) -> Box:
    """The mailbox that lies in `folder`, with its truth.json."""
    return Box(folder, json.loads((folder / "truth.json").read_text(encoding="utf-8")))


def loose_files(box: Box, out: Path) -> list[Path]:
    """The files that the mails bring, unpacked into `out` under numbers with the ending of their names."""
    originals, files = Originals(out / "originals"), []
    for number, taken in enumerate(take_in([box.mails], originals)):
        if not isinstance(taken, Taken):
            continue
        room = out / f"{number:03d}"
        room.mkdir(parents=True)
        for place, file in enumerate(open_message(taken, originals.root, room, UnpackLimits()).attachments):
            if file.status == "waiting":
                files.append((room / file.sha256).replace(room / f"{place:03d}{Path(file.path).suffix.lower()}"))
    return files
