"""What the worker can be asked to do: a name → where its function is. Nothing else is ever imported by name.

A task is called as `task(files, parameters, out)`: open input files, the asker's small values, and the way to answer (`Out`). It returns small values.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, BinaryIO, Final, Protocol


class Out(Protocol):
    """How a task answers while it works."""

    def file(self, name: str, data: bytes | memoryview) -> None:
        """One whole file of the answer; names are `[a-z0-9][a-z0-9._-]*`, each once."""

    def step(self, name: str) -> None:
        """What it does now, for who waits."""


Task = Callable[[list[BinaryIO], dict[str, Any], Out], dict[str, Any]]

TASKS: Final[dict[str, str]] = {
    "walls": "carrel.server.sandbox.walls:prove",
    "prepare": "carrel.server.publishing.tasks:prepare",
}


def load(name: str) -> Task:
    """Raises KeyError for a name that is not in the table."""
    module, _, function = TASKS[name].partition(":")
    found: Task = getattr(importlib.import_module(module), function)
    return found
