"""What reading one message needs, as the job sees it: on the machine of the store the house itself, elsewhere what stands for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from parsers.document import Document
from pipeline.worker import Workers
from profiles.profile import Profile
from store.database import Job

if TYPE_CHECKING:
    from pipeline.process import House


class Documents(Protocol):
    """What was read of files before, by their bytes' hash and the readers' version."""

    def document(self, sha256: str, engine: str) -> Document | None:
        """What `engine` made of the bytes, or None."""

    def keep_document(self, sha256: str, engine: str, document: Document) -> None:
        """Keeps it."""


class Bytes(Protocol):
    """Where original bytes lie."""

    def put_file(self, path: Path) -> str:
        """Keeps the bytes of a file; their SHA-256."""

    def path(self, sha256: str) -> Path:
        """Where they lie."""


class Pictures(Protocol):
    """Where the pictures of pages are kept."""

    def keep(self, sha256: str, document: Document, made: Path) -> None:
        """Keeps those that a worker left in `made`."""


class Bench(Protocol):
    """All of it; used from several threads at once. `pipeline.process.House` is one; `pipeline.remote.worker` makes one on another machine."""

    @property
    def store(self) -> Documents: ...  # noqa: D102
    @property
    def originals(self) -> Bytes: ...  # noqa: D102
    @property
    def images(self) -> Pictures: ...  # noqa: D102
    @property
    def workers(self) -> Workers: ...  # noqa: D102
    @property
    def profile(self) -> Profile: ...  # noqa: D102


class Hands(Protocol):
    """Who reads the messages of leased jobs."""

    def free(self, busy: int) -> bool:
        """Whether another job may be begun while `busy` are. Raises SchedulerLost."""

    def begin(self, house: House, job: Job, renew: Callable[[], bool]) -> Future[object]:
        """Begins the job; what tells when its reading was saved, or why it was not. `renew` makes its lease count from then on; False when it
        was lost."""

    def close(self) -> None:
        """Lets go of them."""
