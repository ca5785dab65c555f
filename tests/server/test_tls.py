"""Self-signed certificates for the local network, and the words for wrong ones."""

from __future__ import annotations

import asyncio
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from carrel.server import tls
from carrel.server.errors import ConfigurationError
from carrel.server.settings import load


def test_plain_http_has_no_context(tmp_path: Path) -> None:
    assert tls.context(load({"data_dir": str(tmp_path)}, {})) is None


def test_certificate_names_every_address_and_is_kept(tmp_path: Path) -> None:
    cert, key = tls.self_signed(tmp_path, ["localhost", "127.0.0.1"])
    names = x509.load_pem_x509_certificate(cert.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {str(name.value) for name in names.value} == {"localhost", "127.0.0.1"}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = cert.read_bytes()
    tls.self_signed(tmp_path, ["localhost"])
    assert cert.read_bytes() == before
    tls.self_signed(tmp_path, ["localhost", "192.0.2.7"])
    assert cert.read_bytes() != before


async def test_a_client_that_trusts_it_connects(tmp_path: Path) -> None:
    settings = load({"data_dir": str(tmp_path), "tls_cert": tls.SELF_SIGNED}, {})
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=tls.context(settings))
    trust = ssl.create_default_context(cafile=str(tmp_path / "tls" / "self-signed.crt"))
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("localhost", port, ssl=trust)
    assert await reader.read() == b""
    writer.close()
    server.close()


@pytest.mark.parametrize(
    ("values", "words"),
    [({"tls_cert": "a.pem"}, "--tls-key"), ({"tls_cert": "a.pem", "tls_key": "b.pem"}, "cannot be used")],
)
def test_wrong_certificates_say_what_to_do(values: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=words):
        tls.context(load({"data_dir": str(tmp_path), **values}, {}))
