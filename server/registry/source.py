"""Where a log is read from: a folder, or an address on the web. `read(path)` gives one of its public files.

Nothing that comes from a source is believed here: whoever reads checks signatures and hashes. Here are the limits of size and time.
"""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult

import msgspec

from carrel.ledger.checkpoint import MAX_NOTE_BYTES, NoteVerifier
from carrel.ledger.errors import BadNote, BadTile
from carrel.ledger.tiles import CHECKPOINT_PATH, MAX_BUNDLE_BYTES, TILE_BYTES, parse_path
from carrel.server.errors import LocalError
from carrel.server.registry.address import split_address

LOG_PATH: Final = "log.json"
"""States the log's name and key, for those who have no better way to know them."""
LOG_FILE_BYTES: Final = 4096
TIMEOUT_S: Final = 20.0
"""For connecting, and for each piece."""
FILE_TIMEOUT_S: Final = 120.0
"""For one whole file."""
_CHUNK_BYTES: Final = 1 << 16


class SourceError(LocalError):
    """The source cannot be reached or answers nonsense: nothing is known about the log."""


class Source(Protocol):
    """`read` raises FileNotFoundError for a file that is not there, SourceError when the source fails, BadTile for a file beyond its limit."""

    name: str

    def read(self, path: str) -> bytes: ...


class LogFile(msgspec.Struct, frozen=True):
    """`log.json`. `vkey` as C2SP signed-note writes a verifier's key."""

    origin: str
    vkey: str


class FolderSource:
    """A log's own folder, a mirror, or the folder that a web server shows."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder
        public = folder / "public"
        self._public = public if (public / CHECKPOINT_PATH).exists() else folder

    def read(self, path: str) -> bytes:
        limit = limit_bytes(path)
        folder = self._folder if path == LOG_PATH else self._public
        try:
            with (folder / path).open("rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise FileNotFoundError(path) from None
        except OSError as error:
            raise SourceError(f"{folder / path} cannot be read: {error.strerror}.") from error
        return _within(path, data, limit)


class WebSource:
    """A log by its address; each thread keeps one connection open. Redirects are refused: the address is what was asked for."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self.name = url.rstrip("/")
        self._url = _checked(self.name)
        self._timeout_s = timeout_s
        self._local = threading.local()

    def read(self, path: str) -> bytes:
        limit = limit_bytes(path)
        # A server may close a kept connection at any time: that is no failure before a fresh one fails too.
        for kept in (True, False) if self._kept() else (False,):
            try:
                data = self._get(path, limit)
                break
            except (http.client.HTTPException, OSError) as error:
                self._drop()
                if not kept:
                    raise SourceError(f"{self.name}/{path} cannot be read: {error or type(error).__name__}.") from error
        if data is None:
            raise FileNotFoundError(path)
        return _within(path, data, limit)

    def _get(self, path: str, limit: int) -> bytes | None:
        connection = self._kept() or self._connect()
        headers = {"User-Agent": "carrel", "Accept-Encoding": "identity"}
        connection.request("GET", f"{self._url.path}/{path}", headers=headers)
        answer = connection.getresponse()
        if answer.status not in (200, 404, 410):
            self._drop()
            location = answer.headers["Location"]
            to = f" and points to {location[:200]!a}" if location else ""
            raise SourceError(f"{self.name}/{path} answers {answer.status}{to}. Give the log's own address.")
        data = self._body(answer, limit, path)
        return data if answer.status == 200 else None

    def _body(self, answer: http.client.HTTPResponse, limit: int, path: str) -> bytes:
        parts: list[bytes] = []
        ends_s = time.monotonic() + FILE_TIMEOUT_S
        while sum(map(len, parts)) <= limit:
            part = answer.read1(_CHUNK_BYTES)
            if not part:
                if answer.length:
                    raise http.client.IncompleteRead(b"", answer.length)
                answer.read()  # tells the connection that it is free for the next file
                return b"".join(parts)
            parts.append(part)
            if time.monotonic() > ends_s:
                self._drop()
                raise SourceError(f"{self.name}/{path} is sent too slowly.")
        self._drop()
        return b"".join(parts)

    def _kept(self) -> http.client.HTTPConnection | None:
        kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        return kept

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        made = kind(self._url.hostname or "", self._url.port, timeout=self._timeout_s)
        self._local.connection = made
        return made

    def _drop(self) -> None:
        kept = self._kept()
        if kept is not None:
            kept.close()
            self._local.connection = None


def open_source(place: str) -> Source:
    """By address if it has a scheme, else by folder. Raises SourceError."""
    if "://" in place:
        return WebSource(place)
    folder = Path(place)
    if not folder.is_dir():
        raise SourceError(f"There is no folder {place}. A log is read from a folder or from an http(s) address.")
    return FolderSource(folder)


def stated_key(source: Source) -> NoteVerifier | None:
    """The key that the source itself states, None if it states none. Raises BadNote for nonsense."""
    try:
        stated = msgspec.json.decode(source.read(LOG_PATH), type=LogFile)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadNote(f"{LOG_PATH}: {error}.") from None
    key = NoteVerifier.parse(stated.vkey)
    if key.name != stated.origin:
        raise BadNote(f"{LOG_PATH}: the key is of {key.name}, not of {stated.origin}.")
    return key


def limit_bytes(path: str) -> int:
    """The largest that this file of a log may be. Raises BadTile for a path that no log has."""
    if path == CHECKPOINT_PATH:
        return MAX_NOTE_BYTES
    if path == LOG_PATH:
        return LOG_FILE_BYTES
    return MAX_BUNDLE_BYTES if parse_path(path).level is None else TILE_BYTES


def _within(path: str, data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise BadTile(f"{path}: it has more than {limit} bytes, which no such file has.")
    return data


def _checked(url: str) -> SplitResult:
    try:
        return split_address(url)
    except ValueError as error:
        raise SourceError(f"{url[:200]} is not the address of a log: {error}.") from None
