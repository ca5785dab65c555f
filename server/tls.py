"""TLS for headsets on the local network, which get WebXR over HTTPS only."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from carrel.server.errors import ConfigurationError
from carrel.server.settings import Settings

SELF_SIGNED = "self-signed"
LIFETIME = timedelta(days=397)
RENEW_BEFORE = timedelta(days=14)


def context(settings: Settings) -> ssl.SSLContext | None:
    """The server's TLS context, or None for plain HTTP. Raises ConfigurationError with what to mend."""
    if not settings.tls_cert:
        return None
    if settings.tls_cert == SELF_SIGNED:
        cert, key = self_signed(Path(settings.data_dir) / "tls", names(settings.host))
    elif settings.tls_key:
        cert, key = Path(settings.tls_cert), Path(settings.tls_key)
    else:
        raise ConfigurationError("A certificate needs its key: give --tls-key as well.")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    try:
        made.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"The certificate {cert} with key {key} cannot be used: {error}.") from error
    return made


def self_signed(folder: Path, hosts: Sequence[str]) -> tuple[Path, Path]:
    """Certificate and key files for `hosts`; kept while they are valid and name the same hosts, otherwise made anew."""
    cert_path, key_path = folder / "self-signed.crt", folder / "self-signed.key"
    if not _serves(cert_path, hosts) or not key_path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        folder.mkdir(parents=True, exist_ok=True)
        _write_private(
            key_path,
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
        cert_path.write_bytes(_certificate(key, hosts).public_bytes(serialization.Encoding.PEM))
    return cert_path, key_path


def names(host: str) -> list[str]:
    """What a self-signed certificate should answer to: the bound address, this machine's name and its addresses."""
    found = {"localhost", "127.0.0.1", "::1", socket.gethostname(), *local_addresses()}
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        found.add(host)
    return sorted(found)


def local_addresses() -> list[str]:
    """IPv4 addresses under which the local network reaches this machine. Nothing is sent: connecting a UDP socket only asks for the route."""
    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.add(probe.getsockname()[0])
        except OSError:
            return []
    return sorted(found)


def _serves(path: Path, hosts: Sequence[str]) -> bool:
    try:
        cert = x509.load_pem_x509_certificate(path.read_bytes())
        alternative = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    known = {str(name.value) for name in alternative}
    return set(hosts) <= known and cert.not_valid_after_utc - RENEW_BEFORE > datetime.now(UTC)


def _certificate(key: ec.EllipticCurvePrivateKey, hosts: Sequence[str]) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Carrel on this network")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_private(path: Path, data: bytes) -> None:
    """Only this uid may ever read it: the mode is set before the first byte."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
