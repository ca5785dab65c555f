"""Uploads under way, as tus 1.0 has them: so many bytes of so many are here, go on from there. The file on the disk is what says how many.

`id` is unguessable and only its own person may use it. A connection that breaks loses nothing; nor does a restart.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from msgspec import Struct

from carrel.server.accounts.limits import Tries
from carrel.server.accounts.model import Identity
from carrel.server.clock import Clock
from carrel.server.errors import BadRequest, Conflict, Gone, NotFound, StorageError, TooLarge
from carrel.server.publishing.errors import DiskFull, WrongChecksum
from carrel.server.publishing.model import Owner
from carrel.server.publishing.service import Works
from carrel.server.settings import Settings
from carrel.server.text import clean_line

log = structlog.get_logger("carrel.publishing")

HOUR_MS: Final = 3_600_000
SILENCE_S: Final = 30.0
"""Without a byte for so long a connection is given up; its upload waits for the next."""
BLOCK_BYTES: Final = 1 << 20
METADATA_CHARS: Final = 4096
NAME_CHARS, LICENCE_CHARS, KEY_CHARS = 200, 80, 128
UNNAMED: Final = "file"
ALGORITHMS: Final = ("sha256", "sha1")


class Upload(Struct, frozen=True, kw_only=True):
    """`offset` bytes are here; `work` is the SHA-256 once all are."""

    id: str
    size_bytes: int
    offset: int
    expires_ms: int
    work: str | None


class Uploads:
    def __init__(self, works: Works, settings: Settings, clock: Clock) -> None:
        self._works = works
        self._settings = settings
        self._now_ms = clock
        self._folder = works.folder / "uploads"
        self._tries = Tries(clock)
        self._writing: dict[str, asyncio.Task[int]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(self, identity: Identity | None, size_bytes: int, metadata: str) -> Upload:
        """Raises NotSignedIn, TooLarge, QuotaSpent, DiskFull, TooManyRequests, BadRequest."""
        if size_bytes > self._settings.upload_bytes:
            raise TooLarge(f"A file has at most {self._settings.upload_bytes >> 20} MiB here. Make it smaller.")
        if size_bytes < 1:
            raise BadRequest("This file is empty.")
        said = parse_metadata(metadata)
        # Many that one person begins in one moment are admitted one after another, each counting those before it.
        async with self._alone(identity.subject if identity is not None else ""):
            person = await self._works.admit(identity, size_bytes)
            self.count(person)
            upload, owner = secrets.token_hex(16), Owner(subject=person.subject, **said)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file(upload).touch(mode=0o600)
            expires_ms = self._now_ms() + self._settings.upload_hours * HOUR_MS
            await self._works.store.add_upload(upload, size_bytes, owner, expires_ms)
        return Upload(id=upload, size_bytes=size_bytes, offset=0, expires_ms=expires_ms, work=None)

    def count(self, person: Identity) -> None:
        """One more file of this person within the hour. Raises TooManyRequests."""
        self._tries.spend(
            ("upload", person.subject),
            self._settings.uploads_per_hour,
            window_ms=HOUR_MS,
            sentence="That was a lot of files for an hour. Bring the others later.",
        )

    async def found(self, upload: str, identity: Identity | None) -> Upload:
        """How far it is; who still writes to it is stopped first, so that the answer holds. Raises NotFound, Gone."""
        # One at a time, so that of two who come at once the later stops the writer of the earlier.
        async with self._alone(upload):
            row = await self._works.store.upload(upload) if len(upload) == 32 and upload.isalnum() else None
            if row is None or identity is None or row.subject != identity.subject:
                raise NotFound("There is no such upload.")
            if row.expires_ms <= self._now_ms():
                raise Gone("This upload waited too long for its rest. Begin again.")
            await self._stop(upload)
            offset = row.size_bytes
            if row.work is None:
                try:
                    offset = self._file(upload).stat().st_size
                except FileNotFoundError:
                    raise Gone("This upload is not here any more. Begin again.") from None
        return Upload(id=upload, size_bytes=row.size_bytes, offset=offset, expires_ms=row.expires_ms, work=row.work)

    async def append(
        self, upload: str, identity: Identity | None, offset: int, parts: AsyncIterator[bytes], checksum: str = ""
    ) -> Upload:
        """The next bytes. What arrives before a connection breaks is kept, unless a checksum was promised.

        Raises NotFound, Gone, Conflict when `offset` is not where it stands, TooLarge, DiskFull, WrongChecksum, BadRequest.
        """
        at = await self.found(upload, identity)
        if at.work is not None or offset != at.offset:
            raise Conflict(f"This upload stands at byte {at.offset}. Go on from there.")
        digest = _checksum(checksum)
        self._works.check_room(at.size_bytes - offset)
        # Nothing waits between `found` and here: nobody else has begun to write since.
        writing = self._writing[upload] = asyncio.create_task(self._write(at, parts, digest))
        try:
            size = await writing
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) and task.cancelling():
                writing.cancel()
                raise
            raise Conflict("This upload goes on by another connection.") from None
        finally:
            if self._writing.get(upload) is writing:
                del self._writing[upload]
        expires_ms = self._now_ms() + self._settings.upload_hours * HOUR_MS
        await self._works.store.set_upload(upload, expires_ms=expires_ms)
        work = await self._finish(upload) if size == at.size_bytes else None
        return Upload(id=upload, size_bytes=at.size_bytes, offset=size, expires_ms=expires_ms, work=work)

    async def end(self, upload: str, identity: Identity | None) -> None:
        """Forget it and its bytes; a work that was made of it stays."""
        await self.found(upload, identity)
        await self._end(upload)

    async def forget_expired(self) -> None:
        """Housekeeping."""
        for upload in await self._works.store.expired_uploads(self._now_ms()):
            await self._end(upload)
        self._tries.forget_silent(HOUR_MS)

    async def finish_whole(self) -> None:
        """After a start: files that were whole when the last process ended become works."""
        for file in self._folder.glob("*.part") if self._folder.is_dir() else ():
            row = await self._works.store.upload(file.stem)
            if row is None:
                file.unlink(missing_ok=True)
            elif file.stat().st_size == row.size_bytes:
                try:
                    await self._finish(file.stem)
                except StorageError as error:
                    # It waits for its person, or to be forgotten; the library opens without it.
                    log.error("upload_not_kept", upload=file.stem, error=str(error))

    async def _write(self, at: Upload, parts: AsyncIterator[bytes], checksum: tuple[str, bytes] | None) -> int:
        """How many bytes are here at the end."""
        file, size, seen = self._file(at.id), at.offset, hashlib.new(checksum[0]) if checksum else None
        waiting = bytearray()
        whole = False
        with file.open("r+b") as out:
            out.seek(at.offset)

            async def flush() -> None:
                data = bytes(waiting)
                waiting.clear()
                self._works.check_room(0)
                await _to_its_end(asyncio.to_thread(_write_all, out.fileno(), data))

            try:
                async for part in _patient(parts):
                    size += len(part)
                    if size > at.size_bytes:
                        raise TooLarge(f"This upload was announced with {at.size_bytes} bytes; more arrived.")
                    if seen is not None:
                        seen.update(part)
                    waiting += part
                    if len(waiting) >= BLOCK_BYTES:
                        await flush()
                await flush()
                whole = True
            except OSError as error:
                raise DiskFull("The library's disk is full. What was kept so far stays; tell its staff.") from error
            finally:
                wrong = checksum is not None and (not whole or seen is None or seen.digest() != checksum[1])
                if wrong:
                    os.ftruncate(out.fileno(), at.offset)
                elif waiting:
                    with suppress(OSError):
                        _write_all(out.fileno(), bytes(waiting))
            if wrong:
                raise WrongChecksum("The bytes changed on their way. Send this part again.")
            return os.fstat(out.fileno()).st_size

    async def _finish(self, upload: str) -> str:
        async with self._alone(upload):
            row = await self._works.store.upload(upload)
            if row is None:
                raise NotFound("There is no such upload.")
            if row.work is not None:
                return str(row.work)
            owner = Owner(subject=row.subject, name=row.name, licence=row.licence, key=row.key)
            work = await self._works.bring(self._file(upload), owner)
            await self._works.store.set_upload(upload, work=work)
            return work

    async def _stop(self, upload: str) -> None:
        """Nobody writes to it when this returns."""
        writing = self._writing.get(upload)
        if writing is not None:
            writing.cancel()
            await asyncio.wait({writing})

    async def _end(self, upload: str) -> None:
        async with self._alone(upload):
            await self._stop(upload)
            self._file(upload).unlink(missing_ok=True)
            await self._works.store.forget_upload(upload)

    def _alone(self, what: str) -> asyncio.Lock:
        """Held by who changes this upload, or what this person brings."""
        return self._locks.setdefault(what, asyncio.Lock())

    def _file(self, upload: str) -> Path:
        return self._folder / f"{upload}.part"


async def _patient(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Ends quietly when the other side is silent or gone: what is here is here."""
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                yield await anext(parts)
        except (StopAsyncIteration, TimeoutError, ConnectionError):
            return


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for a thread even when nobody wants its result any more: it uses a file that is closed next, whose number is then another file's."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    finally:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def parse_metadata(text: str) -> dict[str, str]:
    """tus's `Upload-Metadata`: names and base64 values; those we know are `filename`, `licence` and `key`. Raises BadRequest."""
    if len(text) > METADATA_CHARS:
        raise BadRequest("Too much is said about this upload.")
    values: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, coded = pair.partition(" ")
        try:
            values[name] = base64.b64decode(coded, validate=True).decode("utf-8")
        except ValueError as error:
            raise BadRequest(f"The value of {name[:40]!r} is not base64 of UTF-8.") from error
    return {
        "name": parse_name(values.get("filename") or UNNAMED),
        "licence": _line(values["licence"], LICENCE_CHARS) if values.get("licence") else "",
        "key": _line(values["key"], KEY_CHARS) if values.get("key") else "",
    }


def parse_name(text: str) -> str:
    """A file's name without its folders, as a line of text. Raises BadRequest."""
    return _line(text.replace("\\", "/").rpartition("/")[2], NAME_CHARS)


def _line(text: str, chars: int) -> str:
    return clean_line(text)[:chars].strip()


def _checksum(header: str) -> tuple[str, bytes] | None:
    """`Upload-Checksum`: an algorithm and a digest in base64. Raises BadRequest."""
    if not header:
        return None
    name, _, coded = header.partition(" ")
    try:
        digest = base64.b64decode(coded, validate=True)
    except ValueError:
        digest = b""
    if name not in ALGORITHMS or len(digest) != hashlib.new(name).digest_size:
        raise BadRequest(f"A checksum is one of {', '.join(ALGORITHMS)} and its digest in base64.")
    return name, digest
