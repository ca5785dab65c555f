"""The recorder is compiled once, its process started once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.ledger.entry import Entry
from tests.server.registry.crash.lab import Lab
from tests.server.registry.crash.process import world
from tests.server.registry.crash.recorded import COMPILER, Recorder, build_recorder, recorder

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="package")
def entries() -> list[Entry]:
    return world()


@pytest.fixture(scope="package")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    if COMPILER is None:
        pytest.skip("recorder.c needs Linux and a C compiler (cc)")
    with recorder(build_recorder(tmp_path_factory.mktemp("recorder"))) as running:
        yield running


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder whose syncs cost nothing, where there is one."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture
def lab(watched: Recorder, in_memory: Path, entries: list[Entry]) -> Lab:
    return Lab(watched, in_memory, entries)
