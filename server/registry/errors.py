"""What stops a log. A log that cannot trust itself or its disk does not go on: it says what it found and stays shut until its operator has looked.

LocalError
├── LogStopped           nothing is appended any more
│   ├── AnotherWriter        a second server has this log
│   ├── RolledBack           the database or the tiles are older than what was signed
│   ├── Damaged              what is kept does not fit what was signed
│   │   └── OtherFormat          the rows are another Carrel's: they are made anew from the entries
│   └── NoLog                there is none, or not in this folder
├── NotNow               nothing was changed: it is tried again
└── Unwitnessed          too few witnesses answered: the checkpoint waits, nothing is lost
PeerError
├── EntryRefused         carries the code of the ledger's own error
└── LogBusy              more waits than is taken; carries retry_after_ms
"""

from __future__ import annotations

from carrel.ledger.errors import Refused
from carrel.server.errors import LocalError, PeerError, StorageError


class LogStopped(LocalError):
    """`str(error)` says what was found, for the operator and the log's page."""

    code, status = "log_stopped", 503


class AnotherWriter(LogStopped):
    pass


class RolledBack(LogStopped):
    pass


class Damaged(LogStopped):
    pass


class OtherFormat(Damaged):
    pass


class NoLog(LogStopped):
    pass


class NotNow(StorageError):
    pass


class Unwitnessed(LocalError):
    pass


class EntryRefused(PeerError):
    """`reason` is the ledger's code: docs/design/ledger-format.md lists them."""

    code, status = "entry_refused", 422

    def __init__(self, refused: Refused) -> None:
        super().__init__(str(refused))
        self.reason = refused.code


class LogBusy(PeerError):
    code, status = "log_busy", 503
