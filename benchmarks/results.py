"""What was measured, as one value that is kept and made into a page."""

from __future__ import annotations

import msgspec

from benchmarks.measuring import Figure
from benchmarks.scenarios import Scenario
from carrel.server.bench.room import RoomFigures


class Results(msgspec.Struct, kw_only=True):
    machine: dict[str, str]
    versions: dict[str, str]
    rooms: list[tuple[Scenario, RoomFigures]] = []
    all_to_all: list[Figure] = []
    largest: dict[str, tuple[Figure | None, Figure | None]] = {}
    failed: dict[str, str] = {}
    short_of_time: bool = False
    took_s: float = 0.0
