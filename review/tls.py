"""The certificate that the desk is served with beyond this machine: the office's own, or one made here and kept in the data folder."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from errors import UsageError
from texts import say

DAYS = 397
"""How long a certificate made here is good: browsers take none that is good for longer (CA/Browser Forum, 398 days)."""
RENEW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, both PEM files; `fingerprint` is what a clerk compares at the first visit (SHA-256, hex, by colons)."""

    cert: Path
    key: Path
    fingerprint: str


def pair_of(cert: Path | None, key: Path | None, folder: Path, host: str) -> Pair:
    """The pair given, or the one in `folder`, made (for `host` and this machine's names) where there is none, or it ends soon.

    Raises UsageError when only one of the two is given, or they cannot be used.
    """
    if (cert is None) != (key is None):
        raise UsageError(why=say("review.cert_and_key"))
    if cert is None or key is None:
        cert, key = folder / "cert.pem", folder / "key.pem"
        if not _lasts(cert, host):
            _make(cert, key, {host, socket.gethostname(), "localhost", *_addresses()})
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return Pair(cert, key, _fingerprint(cert))
    except (OSError, ValueError) as error:
        raise UsageError(why=say("review.cert_unusable", file=cert, why=type(error).__name__)) from error


def _fingerprint(cert: Path) -> str:
    return x509.load_pem_x509_certificate(cert.read_bytes()).fingerprint(hashes.SHA256()).hex(":").upper()


def _lasts(cert: Path, host: str) -> bool:
    """Whether the certificate is there, names the host and is good for a while."""
    try:
        made = x509.load_pem_x509_certificate(cert.read_bytes())
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    known = {str(address) for address in names.get_values_for_type(x509.IPAddress)} | set(names.get_values_for_type(x509.DNSName))
    return (host in known or _is_any(host)) and made.not_valid_after_utc > datetime.now(UTC) + timedelta(days=RENEW_DAYS)


def _is_any(host: str) -> bool:
    return host in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound


def _addresses() -> frozenset[str]:
    """The addresses by which other machines reach this one, as far as its own name tells."""
    try:
        return frozenset(str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(socket.gethostname(), None))
    except OSError:
        return frozenset()


def _make(cert: Path, key: Path, names: Iterable[str]) -> None:
    """A key of its own (P-256) and a certificate signed with it, for server use only."""
    cert.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wuxiao")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in sorted(names) if not _is_any(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    plain = secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write(key, plain)
    _write(cert, made.public_bytes(serialization.Encoding.PEM))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, data: bytes) -> None:
    """Owner-only from the first byte."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
