"""Where a log's public files and its latest checkpoint are: in its own folder, in another, or on an object store."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple, Protocol

from carrel.ledger.storage import Files, Place
from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.registry.files import FilePlace, FolderFiles, sync_folder, sync_parents

PUBLIC: Final = "public"
LATEST: Final = "latest"


class Addresses(NamedTuple):
    """None: in the log's own folder. `database` is a SQLAlchemy address; `tiles` and `latest` are folders, or addresses like s3://bucket/prefix."""

    database: str | None = None
    tiles: str | None = None
    latest: str | None = None


LOCAL: Final = Addresses()


class LatestPlace(Place, Protocol):
    def settle(self) -> None: ...


def public_files(address: str | None, folder: Path) -> Files:
    """Raises ConfigurationError, StorageError."""
    if address is not None and "://" in address:
        blobs = _blobs()
        files: Files = blobs.ObjectFiles(blobs.open_object_store(address))
        return files
    return FolderFiles(_made(Path(address) if address else folder / PUBLIC))


def latest_place(address: str | None, folder: Path) -> LatestPlace:
    """Its folder is not made: a place that is gone is found to be empty. Raises ConfigurationError."""
    if address is not None and "://" in address:
        blobs = _blobs()
        place: LatestPlace = blobs.ObjectPlace(blobs.open_object_store(address))
        return place
    return FilePlace(Path(address) if address else folder / LATEST)


def make_folders(addresses: Addresses, folder: Path) -> None:
    """Those of a new log. Raises OSError."""
    for address, name in ((addresses.tiles, PUBLIC), (addresses.latest, LATEST)):
        if address is None or "://" not in address:
            place = Path(address) if address else folder / name
            place.mkdir(parents=True, exist_ok=True)
            sync_parents(place)


def _made(folder: Path) -> Path:
    """Public files can be made again, and so can their folder."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            sync_folder(folder.parent)
    except OSError as error:
        raise StorageError(f"The folder of the public files cannot be made: {error.strerror}.") from error
    return folder


def _blobs() -> ModuleType:
    """Imported where it is used: its driver is an extra."""
    try:
        from carrel.server.registry import blobs
    except ImportError as error:
        raise ConfigurationError("An object store needs its driver: pip install 'carrel[s3]'") from error
    return blobs
