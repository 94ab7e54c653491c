"""Every error this program raises on purpose, as one tree.

    WuxiaoError                    exit 1
    ├── UsageError                 exit 2   the command line asks for something that does not exist
    ├── SettingsError              exit 2   a setting has no valid value
    ├── ProfileError               exit 2   a campaign's profile is broken; names the line and the reason
    ├── StoreError                 exit 3   the data folder cannot be used
    │   ├── StoreBusy              exit 3   another process holds the database for too long
    │   ├── StoreDamaged           exit 3   the database is no database or fails its integrity check
    │   ├── NotFound               exit 1   no such project, message or file in the store
    │   └── Overtaken              exit 1   somebody else changed the project in the meantime
    ├── SourceError                exit 1   a mailbox, folder or file cannot be read at all
    ├── WorkerLost                 exit 1   a worker process died or ran past its limits
    ├── SchedulerLost              exit 1   the scheduler of the machines cannot be reached
    │   └── DeskPortTaken          exit 2   the port at which the workers reach this machine cannot be had
    ├── VersionRefused             exit 4   another machine runs another program, campaign or limits
    └── FileRefused                exit 0   one file cannot be used; the rest goes on
        ├── FileDamaged            its status is `failed`
        ├── FileEncrypted          its status is `encrypted`
        ├── FileUnsupported        its status is `unsupported`
        ├── FileOverLimit          its status is `failed`; names the limit
        ├── FileMissing            its status is `failed`; a link stands where the file should be
        └── ConverterFailed        its status is `failed`; the converter is missing, hung or refused

Each carries the key of its sentence in `texts` (`error.…`) with the values the sentence needs, so that
whatever a clerk reads comes from one table.
"""

from typing import ClassVar

from texts import say


class WuxiaoError(Exception):
    """Root of the tree. `str(error)` is the Chinese sentence for the clerk; `key` names it in the table of texts."""

    exit_code: ClassVar[int] = 1
    default_key: ClassVar[str] = "error.unknown"

    def __init__(self, key: str | None = None, /, **values: object) -> None:
        """Remember the sentence's key (the class's own by default) and the values it needs."""
        self.key = key or self.default_key
        self.values = values
        super().__init__(say(self.key, **values))


class UsageError(WuxiaoError):
    """The command line asks for something that does not exist."""

    exit_code = 2
    default_key = "error.usage"


class SettingsError(WuxiaoError):
    """A setting has no valid value."""

    exit_code = 2
    default_key = "error.settings"


class ProfileError(WuxiaoError):
    """A campaign's profile is broken. Values: `file`, `line` (1-based, or 0 where unknown), `why`."""

    exit_code = 2
    default_key = "error.profile"


class StoreError(WuxiaoError):
    """The data folder cannot be used."""

    exit_code = 3
    default_key = "error.store"


class StoreBusy(StoreError):
    """Another process holds the database for longer than the busy timeout."""

    default_key = "error.store_busy"


class StoreDamaged(StoreError):
    """The database is no database, or fails its integrity check."""

    default_key = "error.store_damaged"


class NotFound(StoreError):
    """No such project, message or file in the store."""

    exit_code = 1
    default_key = "error.not_found"


class Overtaken(StoreError):
    """Somebody else changed the project since the page was made: nothing of the act was done."""

    exit_code = 1
    default_key = "error.overtaken"


class SourceError(WuxiaoError):
    """A mailbox, folder or file cannot be read at all."""

    default_key = "error.source"


class WorkerLost(WuxiaoError):
    """A worker process died or ran past its limits. Values: `why`."""

    default_key = "error.worker_lost"


class SchedulerLost(WuxiaoError):
    """The scheduler of the office's machines cannot be reached, or is gone. Values: `address`."""

    default_key = "error.scheduler_lost"


class DeskPortTaken(SchedulerLost):
    """The port of the settings, at which workers reach this machine, cannot be had. Values: `port`, `why` (the system's word)."""

    exit_code = 2
    default_key = "error.desk_port"


class VersionRefused(WuxiaoError):
    """Another machine would read a message in another way than this one. Values: `what` (in Chinese)."""

    exit_code = 4
    default_key = "error.version_refused"


class FileRefused(WuxiaoError):
    """One file cannot be used; the rest of its message goes on. `status` is what `file_list` shows."""

    exit_code = 0
    status: ClassVar[str] = "failed"
    default_key = "error.file"


class FileDamaged(FileRefused):
    """The bytes are not what they claim to be, or are cut short."""

    default_key = "error.file_damaged"


class FileEncrypted(FileRefused):
    """The file opens only with a password."""

    status = "encrypted"
    default_key = "error.file_encrypted"


class FileUnsupported(FileRefused):
    """The program does not read this kind of file. Values: `kind`."""

    status = "unsupported"
    default_key = "error.file_unsupported"


class FileOverLimit(FileRefused):
    """The file is over a limit of the settings. Values: `limit` (what is limited), `most` (with its unit)."""

    default_key = "error.file_over_limit"


class FileMissing(FileRefused):
    """Only a link stands where the file should be (超大附件, cloud drive)."""

    default_key = "error.file_missing"


class ConverterFailed(FileRefused):
    """LibreOffice is missing, hung, or made nothing of the file."""

    default_key = "error.converter"
