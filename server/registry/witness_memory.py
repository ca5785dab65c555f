"""What a witness remembers, in plain files: of each log the latest checkpoint that it cosigned, and what was shown to it that speaks against the log.

DIR/lock                             held by the one process that works here
DIR/logs/<log>/checkpoint            as the log signed it; <log> is the SHA-256 of the origin, in hex
DIR/logs/<log>/forks/<note>          a checkpoint of the same size with another root, and below it the one that was remembered: together the proof
DIR/logs/<log>/unproven/<note>       a signed checkpoint whose continuation was not proven: a reason to ask the log, and no proof
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from carrel.ledger.checkpoint import Note, parse_checkpoint, parse_note
from carrel.ledger.errors import Invalid
from carrel.ledger.witness import Remembered
from carrel.server.errors import StorageError
from carrel.server.registry.errors import Damaged
from carrel.server.registry.files import FilePlace, locked, replace_file, sync_folder, sync_parents

LOCK: Final = "lock"
LOGS: Final = "logs"
MOST_KEPT: Final = 32
"""Of each kind of evidence for one log: who shows more shows nothing new."""
Kind = Literal["forks", "unproven"]


class Memory:
    """Raises AnotherWriter while another process works here, Damaged when what is kept cannot be read, StorageError."""

    def __init__(self, folder: Path, origins: Iterable[str]) -> None:
        self._held = ExitStack()
        self._folder = folder / LOGS
        self._latest: dict[str, Remembered] = {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._held.enter_context(locked(folder / LOCK))
            for origin in origins:
                self._open(origin)
            sync_folder(self._folder)
            sync_parents(self._folder)
        except OSError as error:
            self._held.close()
            raise StorageError(f"The witness's folder {folder} cannot be used: {error.strerror}.") from error
        except BaseException:
            self._held.close()
            raise

    def close(self) -> None:
        self._held.close()

    def latest(self, origin: str) -> Remembered | None:
        return self._latest.get(origin)

    def replace(self, before: Remembered | None, after: Remembered) -> None:
        """Durable when it returns. Raises Forked when something else is remembered, StorageError: the disk may then hold either."""
        self._place(after.origin).swap(before.note if before else None, after.note)
        self._latest[after.origin] = after

    def keep(self, kind: Kind, origin: str, shown: Note, remembered: Remembered | None) -> bool:
        """Whether it is new and was kept. Raises StorageError."""
        folder = self._log(origin) / kind
        target = folder / sha256(shown.text.encode()).hexdigest()
        try:
            folder.mkdir(exist_ok=True)
            if target.exists() or len(list(folder.iterdir())) >= MOST_KEPT:
                return False
            replace_file(target, shown.encode() + (b"\n" + remembered.note if remembered else b""))
            sync_folder(folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise StorageError(f"Evidence cannot be written: {error.strerror}.") from error
        return True

    def kept(self, kind: Kind, origin: str) -> list[str]:
        """The texts, oldest first; each begins with the checkpoint that was shown."""
        folder = self._log(origin) / kind
        if not folder.is_dir():
            return []
        files = sorted(folder.glob("[0-9a-f]*"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        return [file.read_text("utf-8") for file in files]

    def _open(self, origin: str) -> None:
        self._log(origin).mkdir(exist_ok=True)
        place = self._place(origin)
        data = place.read()
        if data is None:
            return
        try:
            checkpoint = parse_checkpoint(parse_note(data).text)
        except Invalid as error:
            raise Damaged(
                f"The checkpoint that this witness remembers of {origin} is damaged: {error} "
                "Put in its place the latest one that this witness has cosigned; the log publishes it."
            ) from error
        # A process that was killed may have left it in the system's memory alone: written again, it is on the disk.
        place.swap(data, data)
        self._latest[origin] = Remembered(origin, checkpoint.size, checkpoint.root, data)

    def _log(self, origin: str) -> Path:
        return self._folder / sha256(origin.encode()).hexdigest()

    def _place(self, origin: str) -> FilePlace:
        return FilePlace(self._log(origin))
