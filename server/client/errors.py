"""What a client can meet.

CarrelError
└── ClientError
    ├── Refused      the server said no: its code, sentence and perhaps when to try again
    ├── TimedOut     no answer in time
    └── Closed       the channel is over: the close code and reason
"""

from __future__ import annotations

from carrel.server.errors import CarrelError


class ClientError(CarrelError):
    """Root of what the reference client raises."""


class Refused(ClientError):
    def __init__(self, code: str, message: str, retry_after_ms: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retry_after_ms = retry_after_ms


class TimedOut(ClientError):
    pass


class Closed(ClientError):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the channel is closed ({code} {reason})")
        self.code = code
        self.reason = reason
