"""Browser tests come last: Playwright's loop runs from the first of them to the end, and async tests need that place for their own."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
