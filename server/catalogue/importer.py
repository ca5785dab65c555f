"""Bringing in files: read as streams, written in parts, and a report of everything that was set aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from msgspec import Struct

from carrel.server.catalogue.importing.encoding import Encoding
from carrel.server.catalogue.importing.formats import HEAD_BYTES, Format, format_of, read
from carrel.server.catalogue.importing.found import Aside, Unreadable
from carrel.server.catalogue.model import Record, packed
from carrel.server.catalogue.store import CatalogueStore

PART: Final = 1000
"""Records of one transaction."""
ASIDES: Final = 10_000
"""Kept for the report; more are counted."""

Progress = Callable[[Path, int, int], None]
"""(file, bytes read of it, records so far)."""


class Report(Struct, frozen=True, omit_defaults=True):
    """What became of one file. `aside_count` counts those too that are not listed; of an unknown file `code` and `sentence` say why nothing was read."""

    file: str
    format: str = ""
    added: int = 0
    changed: int = 0
    same: int = 0
    aside_count: int = 0
    aside: list[Aside] = []
    code: str = ""
    sentence: str = ""


class Importer:
    """One for a run over files: a number that comes twice with other words is set aside, whichever file it is in."""

    def __init__(self, store: CatalogueStore, now_ms: int, on_progress: Progress = lambda *_: None) -> None:
        self._store = store
        self._now_ms = now_ms
        self._on_progress = on_progress
        self._seen: dict[str, int] = {}

    async def bring(self, path: Path, form: Format | None, encoding: Encoding | None, source: str) -> Report:
        """Raises OSError, StorageError."""
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
            try:
                form = form or format_of(head, path.suffix)
                return await self._all(path, stream, form, encoding, source)
            except Unreadable as error:
                return Report(str(path), form or "", code=error.code, sentence=error.sentence)

    async def _all(self, path: Path, stream: BinaryIO, form: Format, encoding: Encoding | None, source: str) -> Report:
        counts, aside, aside_count = [0, 0, 0], list[Aside](), 0
        part: list[Record] = []

        async def write() -> None:
            for at, count in enumerate(await self._store.bring(part, self._now_ms)):
                counts[at] += count
            self._on_progress(path, stream.tell(), sum(counts) + aside_count)
            part.clear()

        for one in read(stream, form, encoding, source):
            if not isinstance(one, Aside):
                again = self._again(one.record)
                if again is None:
                    part.append(one.record)
                    if len(part) == PART:
                        await write()
                    continue
                if not again:
                    counts[2] += 1
                    continue
                one = Aside(
                    one.number,
                    one.position,
                    "duplicate",
                    f"Another record of this run has the number {one.record.source_id!r} too.",
                )
            aside_count += 1
            if len(aside) < ASIDES:
                aside.append(one)
        await write()
        added, changed, same = counts
        return Report(str(path), form, added, changed, same, aside_count, aside)

    def _again(self, record: Record) -> bool | None:
        """None for a number that is new in this run, True when it was another record's, False when it was the same."""
        words = hash(packed(record))
        if record.id not in self._seen:
            self._seen[record.id] = words
            return None
        return self._seen[record.id] != words
