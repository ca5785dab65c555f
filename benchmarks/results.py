"""What was measured, on what, as one value that is kept and made into a page."""

from __future__ import annotations

import os
import platform
from pathlib import Path

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


def machine_facts() -> dict[str, str]:
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{int((_first('/proc/meminfo', 'MemTotal') or '0 kB').split()[0]) / 1e6:.0f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
    }


def _first(path: str, name: str) -> str | None:
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), None)
