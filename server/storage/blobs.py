"""Large immutable bytes by their SHA-256: whole and durable before anybody can refer to them.

`put` and `adopt` return when the bytes, their name and the folders that lead to it would survive a power cut. A blob is never changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Final, Protocol

from carrel.server.errors import StorageError

NAME: Final = re.compile(r"[0-9a-f]{64}")
BLOCK_BYTES: Final = 1 << 20


class Blobs(Protocol):
    """Where blobs are. Names are 64 lower-case hexadecimal digits."""

    def adopt(self, file: Path) -> str:
        """Take over a file of the same disk; it is gone from its old place. Returns its name. Raises StorageError."""

    def put(self, data: bytes) -> str: ...

    def path(self, name: str) -> Path | None:
        """A file that holds it, to be read only; None when it is not here."""

    def remove(self, name: str) -> None: ...

    def older_than(self, unix_s: float) -> list[str]:
        """Blobs that came before then."""


class FolderBlobs:
    """`Blobs` in a folder of one uid: `ab/abcdef…`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def adopt(self, file: Path) -> str:
        try:
            name = sha256_of(file)
            sync_file(file)
            target = self._place(name)
            file.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise _failure(error) from error
        return name

    def put(self, data: bytes) -> str:
        half = self._folder / f".{secrets.token_hex(8)}.half"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            half.write_bytes(data)
            return self.adopt(half)
        except OSError as error:
            raise _failure(error) from error
        finally:
            half.unlink(missing_ok=True)

    def path(self, name: str) -> Path | None:
        if not NAME.fullmatch(name):
            return None
        path = self._folder / name[:2] / name
        return path if path.is_file() else None

    def remove(self, name: str) -> None:
        """Raises StorageError; one that is not here is removed already."""
        path = self.path(name)
        if path is None:
            return
        try:
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        except OSError as error:
            raise _failure(error) from error

    def older_than(self, unix_s: float) -> list[str]:
        found = self._folder.glob("??/*")
        return sorted(path.name for path in found if NAME.fullmatch(path.name) and path.stat().st_mtime < unix_s)

    def _place(self, name: str) -> Path:
        folder = self._folder / name[:2]
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sync_folder(self._folder)
            sync_folder(self._folder.parent)
        return folder / name


def sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sync_file(file: Path) -> None:
    _sync(file, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failure(error: OSError) -> StorageError:
    return StorageError(f"A file cannot be kept: {error.strerror}.")
