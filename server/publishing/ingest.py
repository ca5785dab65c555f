"""One file through gate, sandbox and what is made of it; the same for the command line and for uploads. It waits: a server calls it in a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from carrel.scenes.errors import Refused
from carrel.server.errors import StorageError
from carrel.server.publishing.model import TYPES, Kind, Made
from carrel.server.sandbox import Limits, Worker
from carrel.server.settings import Settings
from carrel.server.storage.blobs import Blobs

FACT_BYTES: Final = 100_000
"""Of everything that a worker tells of a file; an honest one keeps far below."""
_ROLES_AT_MOST: Final = 64


class Answer(Struct, frozen=True):
    """What the worker says of a file; it is believed only in this shape."""

    kind: Kind
    facts: dict[str, Any]
    made: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Ingested:
    """An accepted file: what is known of it, what was made of it (in the store already), and what that took."""

    kind: Kind
    facts: dict[str, Any]
    made: list[Made]
    peak_bytes: int
    cpu_ms: int


def ingest(
    file: Path,
    folder: Path,
    settings: Settings,
    *,
    name: str,
    blobs: Blobs | None,
    licence: str = "",
    key: str = "",
    on_step: Callable[[str], None] = lambda _: None,
    on_start: Callable[[Worker], None] = lambda _: None,
) -> Ingested:
    """`folder` is an empty one of the blobs' disk; without `blobs` the file is only checked. `name` is what its owner calls it.

    Raises Refused with the reason, StorageError, and WorkerBroke when the fault is ours.
    """
    parameters = {"name": name, "check_only": blobs is None, "licence": licence, "key": key}
    worker = Worker("prepare", limits(settings))
    on_start(worker)
    try:
        outcome = worker.run([file], parameters, folder, on_step)
        answer = msgspec.convert(outcome.answer, Answer)
        if len(msgspec.json.encode(answer.facts)) > FACT_BYTES:
            raise ValueError("facts")
    except (msgspec.ValidationError, ValueError) as error:
        raise Refused("crashed", "This file confuses the programs that look at it, so it stays out.") from error
    except OSError as error:
        raise StorageError(f"A file cannot be looked at: {error.strerror}.") from error
    finally:
        worker.end()
    on_step("keeping")
    made = [] if blobs is None else [_kept(path, role, answer, blobs) for role, path in outcome.files.items()]
    return Ingested(answer.kind, answer.facts, made, outcome.peak_bytes, outcome.cpu_ms)


def limits(settings: Settings) -> Limits:
    return Limits(
        memory_bytes=settings.ingest_memory_bytes,
        cpu_s=max(1, settings.ingest_ms // 1000),
        wall_ms=settings.ingest_ms,
        output_bytes=2 * settings.upload_bytes,
        output_files=_ROLES_AT_MOST,
    )


def _kept(path: Path, name: str, answer: Answer, blobs: Blobs) -> Made:
    content_type = TYPES.get(path.suffix)
    if content_type is None or name not in answer.made:
        raise Refused("crashed", "This file confuses the programs that look at it, so it stays out.")
    size = path.stat().st_size
    return Made(path.stem, blobs.adopt(path), content_type, size, answer.made[name])
