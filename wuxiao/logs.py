"""What a long-running command tells: one JSON object a line in `DIR/log/wuxiao.log`, rotated, and a Chinese line on stderr.

Only what our own code logs under `wuxiao` goes there: names of sources, keys of messages, counts. Libraries may log words of a document.
"""

import json
import logging
import logging.handlers
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from texts import say

MOST_BYTES = 5 << 20
KEPT_FILES = 5
FIELDS = ("source", "key", "count", "read", "settled", "why")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}


class JsonLines(logging.Formatter):
    """`{"at", "level", "event", …}`, times with their offset."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds")
        return json.dumps({"at": at, "level": record.levelname.lower(), "event": record.msg, **_fields(record)}, ensure_ascii=False)


class Sentences(logging.Formatter):
    """The event as a clerk reads it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return say(f"cli.watch_{record.msg}", **_fields(record))


def start_log(data: Path) -> logging.Logger:
    """Opens the log of the data folder `data` (0700, files 0600 by the umask) and returns our logger."""
    folder = data / "log"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = logging.getLogger("wuxiao")
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.raiseExceptions = False  # a full disk must not end the program, nor fill stderr
    file = logging.handlers.RotatingFileHandler(folder / "wuxiao.log", maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    voice = logging.StreamHandler(sys.stderr)
    for handler, formatter in ((file, JsonLines()), (voice, Sentences())):
        handler.setFormatter(formatter)
        log.addHandler(handler)
    return log
