"""A draft of the Great Hall, built once for all tests of this room."""

from __future__ import annotations

import pytest

from carrel.scenes.halls.books.classics import classic_records
from carrel.scenes.halls.great.hall import BuiltHall, build_great_hall


@pytest.fixture(scope="session")
def draft() -> BuiltHall:
    return build_great_hall(classic_records(), 7, "draft")
