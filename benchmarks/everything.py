"""All measurements in one go, kept as they come, and the page made from them."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.measuring import SIZES, Bench, Figure
from benchmarks.page import PAGE, write_page
from benchmarks.results import Results, Scenario, machine_facts
from benchmarks.systems import SYSTEMS
from carrel.server.bench.room import Interest
from carrel.server.errors import CarrelError

SCENARIOS = (
    Scenario("a seminar's worth, everybody to everybody", 200, 10, "walk", "off"),
    Scenario("a thousand walking about", 1000, 15, "walk", "auto"),
    Scenario("a thousand on one spot of 8 m", 1000, 15, "crowd", "auto"),
    Scenario("the same thousand, twenty of whom stop reading", 1000, 15, "walk", "auto", stalled=20),
)
"""What a person would feel, measured for longer than the comparisons."""
CARREL_STARTS: dict[Interest, int] = {"off": 500, "auto": 1400}
ALL_TO_ALL = 500
ALL_TO_ALL_SYSTEMS = ("ws", "floor")


def everything(bench: Bench, store: Path, *, again: bool) -> None:
    """Measure (unless `again`), keep the results in `store`, write docs/benchmarks.md."""
    if again:
        results = msgspec.json.decode(store.read_bytes(), type=Results)
    else:
        results = _measured(bench)
        store.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2))
    PAGE.write_text(write_page(results), "utf-8")
    bench.say(f"docs/benchmarks.md is written ({results.took_s / 60:.1f} minutes of measuring).")


def _measured(bench: Bench) -> Results:
    began = time.monotonic()
    results = Results(machine=machine_facts(), versions={system.name: system.facts() for system in SYSTEMS})
    for scenario in SCENARIOS:
        try:
            results.rooms.append((scenario, bench.room(*scenario.arguments)))
        except CarrelError as error:
            results.failed[scenario.title] = str(error)
            bench.say(f"{scenario.title}: {error}")
    results.all_to_all.extend(_all_to_all(bench))
    for system in SYSTEMS:
        results.largest[system.name] = bench.largest(partial(bench.peer, system), system.start_at)
    for interest, start_at in CARREL_STARTS.items():
        results.largest[f"carrel-{interest}"] = bench.largest(partial(bench.carrel, interest), start_at)
    results.took_s = time.monotonic() - began
    return results


def _all_to_all(bench: Bench) -> list[Figure]:
    """CPU for each update delivered, everybody to everybody, at one size."""
    peers = [bench.peer(system, ALL_TO_ALL) for system in SYSTEMS if system.name in ALL_TO_ALL_SYSTEMS]
    return [bench.carrel("off", ALL_TO_ALL), *peers]


assert {system.start_at for system in SYSTEMS} | set(CARREL_STARTS.values()) <= set(SIZES)
