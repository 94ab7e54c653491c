"""How the machines of one office reach each other: the scheduler's address, and the keys that prove who belongs."""

import contextlib
import ipaddress
import logging
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import dask
from distributed.security import Security
from distributed.utils import get_ip

from errors import UsageError
from texts import say

SETTINGS = {
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.pause": False,
    "distributed.comm.compression": None,
    "distributed.comm.retry.count": 0,
    "distributed.scheduler.worker-ttl": "60s",
}
"""Dask's own, the same for every process: nothing is spilled to a disk, nothing profiled; what is sent is compressed already."""


@dataclass(frozen=True, slots=True)
class Line:
    """`address` as dask wants it: `tls://HOST:PORT`, or `tcp://` on loopback. `keys`: the folder with `ca.pem`, `cert.pem`, `key.pem`; None
    where there is no TLS."""

    address: str
    keys: Path | None

    @property
    def protocol(self) -> str:
        """`tls` or `tcp`."""
        return self.address.partition(":")[0]

    @property
    def host(self) -> str:
        """The scheduler's."""
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        """The scheduler's."""
        return urlsplit(self.address).port or 0

    @property
    def own_host(self) -> str:
        """The address by which this machine is seen from the scheduler's."""
        return str(get_ip(self.host))

    def security(self) -> Security:
        """Dask's: every connection is encrypted and both ends show a certificate of the office, or (on loopback) none is."""
        if self.keys is None:
            return Security(require_encryption=False)
        pair = {f"tls_{role}_{part}": str(self.keys / f"{part}.pem") for role in ("client", "scheduler", "worker") for part in ("cert", "key")}
        return Security(require_encryption=True, tls_min_version=ssl.TLSVersion.TLSv1_3, tls_ca_file=str(self.keys / "ca.pem"), **pair)


def line_to(url: str, keys: Path) -> Line:
    """The line to the scheduler at `url` (`tcp://` or `tls://`): beyond loopback always TLS, with the keys in the folder `keys`.

    Raises UsageError for what is no such address, and where keys are wanted but not there.
    """
    _, host, port = _parts(url)
    shown = f"[{host}]" if ":" in host else host
    if is_local(url):
        return Line(f"tcp://{shown}:{port}", None)
    if not all((keys / f"{name}.pem").is_file() for name in ("ca", "cert", "key")):
        raise UsageError(why=say("remote.no_keys", folder=keys))
    return Line(f"tls://{shown}:{port}", keys)


def is_local(url: str) -> bool:
    """Whether the address needs no keys: `tcp://` on loopback. Raises UsageError."""
    scheme, host, _ = _parts(url)
    return scheme == "tcp" and _is_loopback(host)


def _parts(url: str) -> tuple[str, str, int]:
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("tcp", "tls") and parts.hostname and parts.port:
            return parts.scheme, parts.hostname, parts.port
    raise UsageError(why=say("remote.bad_address", url=url))


def use_line(folder: Path) -> None:
    """Sets dask up in this process: what it writes goes below `folder`; it logs nothing, since its tracebacks may quote anything."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    dask.config.set({**SETTINGS, "temporary-directory": str(folder)})


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
