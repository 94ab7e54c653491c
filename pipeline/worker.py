"""The workers: a disposable process for every message and document, long-lived processes for OCR."""

import queue
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from errors import FileDamaged, FileRefused, StoreError, WorkerLost
from intake.limits import UnpackLimits
from intake.message import Message, Taken
from parsers.document import Document, Page
from parsers.limits import ReadLimits
from parsers.scan.continued import with_continued
from pipeline.channel import LARGE_PAGES, Channel
from pipeline.sandbox import Sandbox
from texts import say

KIB = 1024
Given = TypeVar("Given")
Made = TypeVar("Made")
GRACE_SECONDS = 10  # for the warm parent to say that its child ran out of time


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """What one disposable process may use: `seconds` of wall clock (and of CPU), `memory` bytes of address space, `file_size` bytes a file
    written; `converter_memory` for LibreOffice below it. One page of OCR: `page_seconds`; its process is renewed over `page_memory` bytes.
    A file that fails while fewer than `disk_free` bytes are left on the disk is not to blame: the store is in trouble, the job waits.
    How far one message is `unpack`ed and how much of one file is `read` is held by the process itself."""

    seconds: float = 120
    memory: int = 1 << 30
    converter_memory: int = 4 << 30
    file_size: int = 512 << 20
    page_seconds: float = 180
    page_memory: int = 1400 << 20
    disk_free: int = 64 << 20
    unpack: UnpackLimits = field(default_factory=UnpackLimits)
    read: ReadLimits = field(default_factory=ReadLimits)


class RefusedAs(FileRefused):
    """A refusal that came from a worker: the sentence and the status are already made."""

    def __init__(self, status: str, reason: str) -> None:
        """`status` as `file_list` shows it, `reason` in Chinese."""
        super().__init__("error.file_reason", reason=reason)
        self.status = status  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class PageImage:
    """The upright picture of a page, made by a worker and waiting to be kept: `page` is 1-based."""

    page: int
    path: Path


class Workers:
    """`size` disposable-process parents and `size` OCR processes; safe to call from several threads."""

    def __init__(self, sandbox: Sandbox, size: int, limits: WorkLimits, tasks: str = "pipeline.tasks") -> None:
        """Starts nothing yet: a process starts when first needed. `tasks` names the module of what a disposable process can do."""
        self._sandbox = sandbox
        self._limits = limits
        self._files = ThreadPoolExecutor(size, thread_name_prefix="file")
        self._scans = ThreadPoolExecutor(size + 1, thread_name_prefix="scan")  # one more: it is opened while the others wait for OCR
        self._pages = ThreadPoolExecutor(size + 1, thread_name_prefix="page")  # one more: it is at hand when a reader has done with another
        self._parents = self._channels(size, "parent", LARGE_PAGES, "pipeline.zygote", tasks)
        self._readers = self._channels(size, "reader", {}, "pipeline.reader")
        self._all = [*self._parents.queue, *self._readers.queue]

    def _channels(self, size: int, name: str, environment: Mapping[str, str], *module: str) -> "queue.LifoQueue[Channel]":
        """A stack, so that a second process starts only when the first is busy."""
        channels: queue.LifoQueue[Channel] = queue.LifoQueue()
        for number in range(size):
            channels.put(Channel(self._sandbox.command(*module), self._sandbox.spool / f"{name}-{number}", environment))
        return channels

    def close(self) -> None:
        """Ends every worker and empties the spool."""
        for threads in (self._files, self._scans, self._pages):
            threads.shutdown(wait=False, cancel_futures=True)
        for channel in self._all:
            channel.close()
        shutil.rmtree(self._sandbox.spool, ignore_errors=True)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder in the spool for one job, gone afterwards."""
        self._sandbox.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._sandbox.spool, prefix="job-", ignore_cleanup_errors=True) as name:
            yield Path(name)

    def open_message(self, taken: Taken, words: tuple[str, ...], out: Path) -> Message:
        """The message, its attachments' bytes in `out` under their hashes; `words` tell the campaign's mail from other mail.

        Raises FileRefused when the message as a whole cannot be opened, WorkerLost when no process could be had.
        """
        from pipeline.answers import MESSAGE, TAKEN  # here and below: not before a worker is needed

        arguments = {
            "taken": TAKEN.dump_python(taken, mode="json"),
            "originals": str(self._sandbox.originals),
            "words": words,
            "limits": asdict(self._limits.unpack),
        }
        return MESSAGE.validate_json(self.disposable("open_message", arguments, out))

    def read_document(self, path: Path, name: str, out: Path) -> Document:
        """The document, scanned pages read by OCR, page pictures in `out`.

        Raises FileRefused when it cannot be used, WorkerLost when no process could be had.
        """
        from pipeline.answers import DOCUMENT

        arguments = {"path": str(path), "name": name, "limits": asdict(self._limits.read)}
        document = DOCUMENT.validate_json(self.disposable("read_document", arguments, out))
        return replace(document, pages=with_continued(tuple(self._pages.map(lambda page: self._read_page(page, out), document.pages))))

    def read_old_documents(self, files: Mapping[str, tuple[Path, str]]) -> dict[str, Document]:
        """Of `files` (a key → path and name) in formats that LibreOffice must convert, those that could be read, converted in one start.

        A file that breaks the converter, and whatever it took along, is missing in the answer. Raises WorkerLost when no process could be had.
        """
        from pipeline.answers import DOCUMENTS

        arguments = {"files": {key: (str(path), name) for key, (path, name) in files.items()}, "limits": asdict(self._limits.read)}
        try:
            with self.scratch() as out:
                answer = self.disposable("read_old_documents", arguments, out)
        except FileRefused:
            return {}
        return DOCUMENTS.validate_json(answer)

    def each(self, work: Callable[[Given], Made], items: Iterable[Given], scan: Callable[[Given], bool] = lambda _: False) -> Iterator[Made]:
        """`work` done on all `items`, several at a time; what it made, in their order.

        Those that are a `scan` wait for OCR by themselves, so that OCR has pages from the start and all else is read meanwhile.
        """
        begun = [(self._scans if scan(item) else self._files).submit(work, item) for item in items]
        try:
            yield from (future.result() for future in begun)
        finally:
            for future in begun:
                future.cancel()

    def disposable(self, task: str, arguments: dict[str, Any], out: Path) -> bytes:
        """What `task` answered, done by a process that is gone afterwards. Raises FileRefused, WorkerLost, StoreError (the disk is full)."""
        limits = {
            "seconds": self._limits.seconds,
            "cpu_seconds": self._limits.seconds,
            "memory": self._limits.memory,
            "converter_memory": self._limits.converter_memory,
            "file_size": self._limits.file_size,
        }
        request = {"task": task, "arguments": arguments, "out": str(out), "limits": limits}
        with _borrowed(self._parents) as parent:
            answer = _twice(lambda: parent.ask(request, self._limits.seconds + GRACE_SECONDS))
        if answer["outcome"] == "done":
            return (out / "result.json").read_bytes()
        if shutil.disk_usage(out).free < self._limits.disk_free:
            raise StoreError("error.disk_low", mib=self._limits.disk_free >> 20)
        if answer["outcome"] == "refused":
            raise RefusedAs(answer["status"], answer["reason"])
        raise self._over(answer["why"])

    def _over(self, why: str) -> FileRefused:
        """The refusal for a child that was killed."""
        if why == "seconds":
            return FileDamaged("error.file_too_slow", seconds=int(self._limits.seconds))
        if why == "memory":
            return FileDamaged("error.file_too_much_memory", mib=self._limits.memory >> 20)
        if why == "file_size":
            return FileDamaged("error.file_too_much_output", mib=self._limits.file_size >> 20)
        return FileDamaged("error.file_crashed")

    def _read_page(self, page: Page, out: Path) -> Page:
        """`page` itself when nothing waits for OCR; else what OCR read. A page that cannot be read stays, empty, with its reason."""
        from pipeline.answers import PAGE

        if page.pixels is None or page.number is None:
            return page
        request = {"pixels": str(out / page.pixels), "number": page.number, "out": str(out)}
        try:
            with _borrowed(self._readers) as reader:
                answer = _twice(lambda: reader.ask(request, self._limits.page_seconds))
                if answer.get("rss", 0) * KIB > self._limits.page_memory:
                    reader.close()
                why = say("parsers.page_fault", kind=answer.get("why", ""))
        except WorkerLost as lost:
            answer, why = {"outcome": "failed"}, str(lost)
        (out / page.pixels).unlink()
        if answer["outcome"] != "done":
            return replace(page, pixels=None, rescan=say("parsers.page_unread", why=why))
        read = PAGE.validate_json((out / f"page-{page.number}.json").read_bytes())
        # A file that could hold colour tells nothing of the paper: a grey copy is often saved as a colour JPEG.
        return replace(read, tone=read.tone if page.tone in (None, "colour") else page.tone)


def _twice(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer, asked once more when the worker was lost: it may have died of the job before."""
    try:
        return ask()
    except WorkerLost:
        return ask()


@contextmanager
def _borrowed(channels: "queue.LifoQueue[Channel]") -> Iterator[Channel]:
    channel = channels.get()
    try:
        yield channel
    finally:
        channels.put(channel)
