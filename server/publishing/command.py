"""What `carrel ingest` does with one file: checked only, or kept for the library's staff."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from carrel.scenes.errors import Refused
from carrel.server.clock import wall_clock
from carrel.server.errors import StorageError
from carrel.server.publishing.ingest import ingest
from carrel.server.publishing.model import Made, Owner
from carrel.server.publishing.service import LIBRARY, Works, temporary
from carrel.server.publishing.uploads import parse_name
from carrel.server.settings import Settings
from carrel.server.storage import open_database

Step = Callable[[str], None]


class Told(Struct, frozen=True, omit_defaults=True):
    """What became of a file; of a refused one `code`, `sentence` and `where` say why. `work` is its id when it was kept."""

    file: str
    accepted: bool
    kind: str = ""
    facts: dict[str, object] = {}
    files: list[Made] = []
    work: str = ""
    code: str = ""
    sentence: str = ""
    where: str = ""


def take(file: Path, check_only: bool, licence: str, settings: Settings, on_step: Step) -> Told:
    """Raises LocalError when the fault is ours."""
    size = file.stat().st_size
    if size > settings.upload_bytes:
        sentence = f"A file has at most {settings.upload_bytes >> 20} MiB here. Make it smaller."
        return Told(str(file), False, code="too_large", sentence=sentence)
    if check_only:
        return _checked(file, settings, on_step)
    return asyncio.run(_kept(file, size, licence, settings, on_step))


def _checked(file: Path, settings: Settings, on_step: Step) -> Told:
    with temporary(None) as folder:
        try:
            found = ingest(file, folder, settings, name=file.name, blobs=None, on_step=on_step)
        except Refused as refused:
            return Told(str(file), False, code=refused.code, sentence=refused.sentence, where=refused.where)
    return Told(str(file), True, found.kind, found.facts)


async def _kept(file: Path, size: int, licence: str, settings: Settings, on_step: Step) -> Told:
    database = await open_database(settings)
    try:
        works = Works(database, settings, wall_clock())
        works.check_room(size)
        with temporary(works.half) as folder:
            copy = folder / "original"
            await asyncio.to_thread(shutil.copyfile, file, copy)
            work = await works.bring(copy, Owner(subject=LIBRARY, name=parse_name(file.name), licence=licence))
        await works.look_at(work, on_step)
        found, made = await works.store.work(work), await works.store.files(work)
    finally:
        await database.close()
    if found is None or found.code == "internal":
        raise StorageError("The file could not be looked at to its end; the log says why.")
    if found.state != "accepted":
        return Told(str(file), False, work=work, code=found.code, sentence=found.sentence, where=found.place)
    return Told(str(file), True, found.kind, found.facts, made, work)
