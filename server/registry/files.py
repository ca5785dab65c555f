"""Public files in a folder, and the place of the latest checkpoint: small, and durable when they return."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from carrel.ledger.errors import Forked
from carrel.server.errors import StorageError
from carrel.server.registry.errors import AnotherWriter, NotNow

NOT_NOW: Final = frozenset({errno.EMFILE, errno.ENFILE})
"""Too many files are open, for one because of a crowd of connections: that passes."""


class FolderFiles:
    """A `Files` that any web server can serve. Paths were made by the ledger, never by a peer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lasting = {folder}
        """Folders whose names the last `write` synced: who made one earlier and died may not have."""

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def write(self, files: Mapping[str, bytes]) -> None:
        """Data first, then names, then the folders that hold them: a crash leaves each file whole or absent. Raises StorageError."""
        try:
            folders: dict[Path, None] = {}
            for path, data in files.items():
                target = self.folder / path
                folders.update(self._make_folders(target.parent))
                replace_file(target, data)
                folders[target.parent] = None
            for folder in folders:
                sync_folder(folder)
            self._lasting = {self.folder, *folders}
        except OSError as error:
            raise _failure("The ledger's public files cannot be written", error) from error

    def remove(self, paths: Iterable[str]) -> None:
        """Files that newer ones replace, and folders that are then empty; that some stay does no harm."""
        targets = [self.folder / path for path in paths]
        for target in targets:
            target.unlink(missing_ok=True)
        for folder in {target.parent for target in targets}:
            with suppress(OSError):
                folder.rmdir()

    def _make_folders(self, folder: Path) -> dict[Path, None]:
        """Makes what is missing; returns the folders whose lists of names have to be synced."""
        if folder in self._lasting:
            return {}
        changed = self._make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        return changed | {folder.parent: None}


class FilePlace:
    """A `Place` in one file. Leave its folder out of backups: it is what shows that one was put back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "checkpoint"

    def settle(self) -> None:
        """What an earlier process put here lasts when this returns. Raises StorageError."""
        try:
            sync_folder(self._folder)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StorageError(f"The latest checkpoint cannot be read: {error.strerror}.") from error

    def read(self) -> bytes | None:
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failure("The latest checkpoint cannot be read", error) from error

    def swap(self, expected: bytes | None, value: bytes) -> None:
        try:
            # Everything is opened before anything is changed, so that a lack of descriptors changes nothing.
            with locked(self._folder / "lock", wait=True), _opened(self._folder) as folder:
                if self.read() != expected:
                    raise Forked("Another checkpoint was signed meanwhile: a second server has this log's key.")
                replace_file(self._file, value)
                os.fsync(folder)
        except OSError as error:
            raise _failure("The latest checkpoint cannot be written", error) from error


def replace_file(target: Path, data: bytes, mode: int = 0o644) -> None:
    """The file's bytes are on the disk before it has its name; sync its folder after."""
    half = target.with_name(f".{target.name}.new")
    descriptor = os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    half.replace(target)


def sync_folder(folder: Path) -> None:
    with _opened(folder) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _failure(what: str, error: OSError) -> StorageError:
    kind = NotNow if error.errno in NOT_NOW else StorageError
    return kind(f"{what}: {error.strerror}.")


def sync_parents(folder: Path) -> None:
    """The names of the folders that lead to it, as far up as this process may look."""
    for parent in folder.absolute().parents:
        try:
            sync_folder(parent)
        except PermissionError:
            return


@contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the file's lock; it falls when the process ends, however it ends. Raises AnotherWriter."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise AnotherWriter(
                "Another process has this log open. Stop it first, or speak to it through its address."
            ) from None
        yield
    finally:
        os.close(descriptor)
