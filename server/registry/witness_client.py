"""One witness, asked over HTTP within limits: `add-checkpoint` of C2SP tlog-witness.

The address is the operator's, from the policy file: http or https, no redirects. A host name has to lead to a public address; an address of the own network
is asked only where the policy names it as an address, so that nobody's DNS sends us there.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from typing import Final, NamedTuple
from urllib.parse import SplitResult

from carrel.ledger.witness import MAX_ANSWER_BYTES, PATH
from carrel.server.errors import ConfigurationError, LocalError
from carrel.server.registry.address import split_address

TIMEOUT_S: Final = 5.0
"""For one request, from the connection to the answer's last byte."""


class WitnessFailed(LocalError):
    """The witness cannot be reached, or answers what the protocol does not know."""


class Answer(NamedTuple):
    status: int
    body: bytes


class _Open(NamedTuple):
    connection: http.client.HTTPConnection
    socket: socket.socket
    """The connection forgets it when the other side means to close."""


class WitnessClient:
    """Of one thread, but for `abort`. Keeps its connection open. Raises ConfigurationError for an address that cannot be one of a witness."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url = _checked(url.rstrip("/"))
        self._timeout_s = timeout_s
        self._open: _Open | None = None

    def add_checkpoint(self, request: bytes) -> Answer:
        """Raises WitnessFailed."""
        ends_s = time.monotonic() + self._timeout_s
        if self._open is not None:
            try:
                return self._ask(self._open, request, ends_s)
            except (http.client.HTTPException, OSError):
                self.abort()  # it was closed meanwhile: the question is put again, which harms nothing
        try:
            return self._ask(self._connect(ends_s), request, ends_s)
        except (http.client.HTTPException, OSError) as error:
            self.abort()
            raise WitnessFailed(f"It cannot be reached: {str(error) or type(error).__name__}.") from error

    def abort(self) -> None:
        """End the connection; who waits for its answer gets an error. From any thread."""
        opened, self._open = self._open, None
        if opened is not None:
            with suppress(OSError):
                opened.socket.shutdown(socket.SHUT_RDWR)  # closing alone would let a thread that reads wait on
            opened.connection.close()
            opened.socket.close()

    def _ask(self, opened: _Open, request: bytes, ends_s: float) -> Answer:
        headers = {"User-Agent": "carrel", "Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}
        opened.socket.settimeout(_left_s(ends_s))
        opened.connection.request("POST", f"{self._url.path}/{PATH}", body=request, headers=headers)
        answer = opened.connection.getresponse()
        body = b""
        while True:
            opened.socket.settimeout(_left_s(ends_s))
            part = answer.read1(1 << 14)
            body += part
            if len(body) > MAX_ANSWER_BYTES:
                self.abort()
                raise WitnessFailed(f"Its answer has more than {MAX_ANSWER_BYTES} bytes.")
            if not part:
                break
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        answer.close()  # read1 leaves it open, and then the next answer on this connection cannot be read
        if answer.will_close:
            self.abort()
        return Answer(answer.status, body)

    def _connect(self, ends_s: float) -> _Open:
        host, secure = self._url.hostname or "", self._url.scheme == "https"
        port = self._url.port or (443 if secure else 80)
        connected = _connect_socket(host, port, ends_s)
        if secure:
            try:
                connected = ssl.create_default_context().wrap_socket(connected, server_hostname=host)
            except BaseException:
                connected.close()
                raise
        made = http.client.HTTPConnection(host, port)
        made.sock = connected
        made.auto_open = 0
        self._open = _Open(made, connected)
        return self._open


def _connect_socket(host: str, port: int, ends_s: float) -> socket.socket:
    """To the first address of the host that answers and may be asked."""
    last: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not _may_ask(host, str(address[0])):
            last = OSError(
                f"{host} leads to {address[0]}, an address of an own network. If that is right, write the address itself into the policy"
            )
            continue
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(_left_s(ends_s))
            made.connect(address)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last or OSError(f"{host} has no address")


def _may_ask(host: str, address: str) -> bool:
    """Public addresses, and those that the operator wrote down themselves."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_global and not found.is_multicast:
        return True
    try:
        return ipaddress.ip_address(host) == ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return host == "localhost" and found.is_loopback


def _left_s(ends_s: float) -> float:
    left_s = ends_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("it takes too long")
    return left_s


def _checked(url: str) -> SplitResult:
    try:
        return split_address(url)
    except ValueError as error:
        raise ConfigurationError(f"{url[:200]} is not the address of a witness: {error}.") from None
