"""The ledger's public files and the place of its latest checkpoint on an object store: S3 and what speaks like it, through obstore.

An object that was put is there for everybody and lasts. Several put at once arrive in any order: what has one the log writes one after the other, tiles
first and then the checkpoint. The place is one object that is changed only from what was read (If-None-Match, If-Match): of two servers one loses.

Keys and addresses of the service come from its usual environment variables (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

import obstore
import structlog
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import from_url

from carrel.ledger.errors import Forked
from carrel.ledger.tiles import CHECKPOINT_PATH
from carrel.server.errors import ConfigurationError, StorageError
from carrel.server.registry.errors import NotNow

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig

log = structlog.get_logger("carrel.ledger")

RETRIES: Final[RetryConfig] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
"""Of the driver. After them the log tries again by itself."""
AT_ONCE: Final = 8
"""Objects written beside each other."""
PLACE: Final = "checkpoint"
_VERSION: Final[tuple[Literal["e_tag", "version"], ...]] = ("e_tag", "version")
_FOREVER: Final = "public, max-age=31536000, immutable"


def open_object_store(url: str) -> ObjectStore:
    """Of `s3://bucket/prefix` and the like. Raises ConfigurationError."""
    try:
        if url.startswith(("memory:", "file:")):
            return from_url(url)
        return from_url(url, retry_config=RETRIES)
    except (BaseError, ValueError) as error:
        # The library's own words only: an address may hold a secret.
        raise ConfigurationError(
            "The address of an object store is not right: it looks like s3://bucket/prefix."
        ) from error


class ObjectFiles:
    """A `Files`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(AT_ONCE, "ledger-blobs")

    def read(self, path: str) -> bytes:
        """Raises FileNotFoundError, OSError when the store fails."""
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except BaseError as error:
            raise OSError(f"{path} cannot be read from the object store: {_told(error)}") from error

    def write(self, files: Mapping[str, bytes]) -> None:
        """All of them are there when it returns. Raises NotNow: a path has one content, so that half of them do no harm."""
        try:
            list(self._threads.map(self._put, files.items()))
        except (BaseError, OSError) as error:
            raise NotNow(f"The ledger's public files cannot be put into the object store: {_told(error)}") from error

    def remove(self, paths: Iterable[str]) -> None:
        """Files that newer ones replace; that some stay does no harm."""
        try:
            obstore.delete(self._store, list(paths))
        except FileNotFoundError:
            pass
        except BaseError as error:
            log.warning("ledger_old_files_stay", error=_told(error))

    def _put(self, item: tuple[str, bytes]) -> None:
        path, data = item
        changes = path == CHECKPOINT_PATH
        attributes: Any = {
            "Content-Type": "text/plain; charset=utf-8" if changes else "application/octet-stream",
            "Cache-Control": "no-cache" if changes else _FOREVER,
        }
        obstore.put(self._store, path, data, attributes=attributes, use_multipart=False)


class ObjectPlace:
    """A `Place`: one object that both servers of a log would see, so that the second is refused."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def settle(self) -> None:
        """What was put here lasts already."""

    def read(self) -> bytes | None:
        return self._read()[0]

    def swap(self, expected: bytes | None, value: bytes) -> None:
        """Raises Forked, NotNow. A try that is given up may still arrive: it is of this log's one history, and the next swap then finds it there."""
        there, version = self._read()
        if there != expected:
            raise _forked()
        try:
            obstore.put(self._store, PLACE, value, mode=version or "create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError) as error:
            # The first try may have arrived though its answer did not: then what stands there is ours.
            if self._read()[0] != value:
                raise _forked() from error
        except (BaseError, OSError) as error:
            if self._read()[0] != value:
                raise NotNow(f"The latest checkpoint cannot be put into the object store: {_told(error)}") from error

    def _read(self) -> tuple[bytes | None, Any]:
        """The value, and what names this version of it."""
        try:
            found = obstore.get(self._store, PLACE)
            version = {name: found.meta[name] for name in _VERSION if found.meta[name]}
            if not version:
                raise StorageError(
                    "The object store does not say which version it gives, so that two servers could not be told apart."
                )
            return bytes(found.bytes()), version
        except FileNotFoundError:
            return None, None
        except (BaseError, OSError) as error:
            raise NotNow(f"The latest checkpoint cannot be read from the object store: {_told(error)}") from error


def _forked() -> Forked:
    return Forked("Another checkpoint was signed meanwhile: a second server has this log's key.")


def _told(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
