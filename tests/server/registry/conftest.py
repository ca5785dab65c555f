from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .logs import Kept, kept_logs


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    yield from kept_logs(tmp_path / "ledger")
