"""The server's errors.

CarrelError
├── PeerError            the other side's fault: a wire code, an HTTP status, a sentence that says what to do
│   ├── BadRequest           malformed, out of limits
│   ├── NotSignedIn          no session, or one that ended
│   ├── Forbidden            known, but may not
│   ├── WrongOrigin          a page of another site
│   ├── NotFound
│   ├── Conflict             somebody else was first
│   ├── Gone                 a ticket, token or code that is used up or expired
│   ├── TooLarge
│   ├── TooManyRequests      carries retry_after_ms
│   ├── RoomFull             carries retry_after_ms
│   ├── Banned               carries until_ms and a reason
│   └── OutOfDate            the page speaks another version of the protocol: reload
└── LocalError           ours: logged with its cause, shown as "internal"
    ├── ConfigurationError
    └── StorageError
"""

from __future__ import annotations

from typing import ClassVar


class CarrelError(Exception):
    """Root of everything the server raises on purpose."""


class PeerError(CarrelError):
    """The other side's fault. `str(error)` is a sentence for a person; `code` and `status` are for machines."""

    code: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_ms = retry_after_ms


class BadRequest(PeerError):
    code, status = "bad_request", 400


class NotSignedIn(PeerError):
    code, status = "not_signed_in", 401


class Forbidden(PeerError):
    code, status = "forbidden", 403


class WrongOrigin(PeerError):
    code, status = "wrong_origin", 403


class NotFound(PeerError):
    code, status = "not_found", 404


class Conflict(PeerError):
    code, status = "conflict", 409


class Gone(PeerError):
    code, status = "gone", 410


class TooLarge(PeerError):
    code, status = "too_large", 413


class OutOfDate(PeerError):
    code, status = "out_of_date", 426


class TooManyRequests(PeerError):
    code, status = "too_many_requests", 429


class RoomFull(PeerError):
    code, status = "room_full", 503


class Banned(PeerError):
    """`until_ms` is Unix time in milliseconds, None for a ban without end."""

    code, status = "banned", 403

    def __init__(self, message: str, *, until_ms: int | None = None) -> None:
        super().__init__(message)
        self.until_ms = until_ms


class LocalError(CarrelError):
    """Ours. People are told that something broke here; the cause goes to the log."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500


class ConfigurationError(LocalError):
    pass


class StorageError(LocalError):
    pass


def peer_errors() -> list[type[PeerError]]:
    """Every class under PeerError, each once; documents and tests are made from it."""
    found: list[type[PeerError]] = []
    pending = [PeerError]
    while pending:
        kind = pending.pop(0)
        found.append(kind)
        pending.extend(kind.__subclasses__())
    return found
