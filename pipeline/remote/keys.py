"""The keys of an office's machines, made once where its scheduler runs and carried to the others by hand."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS = 825


def make_keys(folder: Path) -> bool:
    """Makes `ca.pem`, `cert.pem` and `key.pem` (0600) in `folder` where there are none; whether it did.

    The authority's own key is thrown away: nobody can make a second certificate for these machines.
    """
    if any((folder / f"{name}.pem").exists() for name in ("ca", "cert", "key")):
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, machine = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("wuxiao office", authority, "wuxiao office", authority, is_authority=True)
    cert = _certificate("wuxiao machine", machine, "wuxiao office", authority, is_authority=False)
    key = machine.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = serialization.Encoding.PEM
    for name, data in {"key": key, "cert": cert.public_bytes(pem), "ca": ca.public_bytes(pem)}.items():
        descriptor = os.open(folder / f"{name}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    return True


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, *, is_authority: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .sign(signer, hashes.SHA256())
    )
