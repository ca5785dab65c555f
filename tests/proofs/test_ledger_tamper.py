"""Thousands of ways to tamper with a log: none goes unnoticed by whoever has to notice it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.server.registry.crash.conftest import entries, in_memory  # noqa: F401 - fixtures
from tests.server.registry.crash.tampering import NOTICED_BY, Known, Specimen
from tests.server.registry.crash.test_tamper import known, large, small, tamper_with_files, tamper_with_rows  # noqa: F401

pytestmark = pytest.mark.proof

FILES = 4_500
ROWS = 1_500


def test_files(large: Specimen, small: Specimen, known: Known, measured: Callable[..., None]) -> None:  # noqa: F811
    """Bytes of checkpoint, tiles and bundles changed, files cut, exchanged, taken away, entries dropped, doubled, reordered: the audit notices every time."""
    tried = tamper_with_files((large, small), known, Random(41), FILES)
    measured(mutations=tried, unnoticed=0)


def test_rows(small: Specimen, in_memory: Path, measured: Callable[..., None]) -> None:  # noqa: F811
    """Rows of the database changed in any column, deleted, doubled, exchanged: start, scrub and replay notice, each what it has to."""
    done = tamper_with_rows(small, in_memory, Random(42), ROWS)
    assert all(done[family] > ROWS // 30 for family in NOTICED_BY)
    measured(mutations=sum(done.values()), unnoticed=0)
