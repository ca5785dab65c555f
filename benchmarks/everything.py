"""All measurements in one go, kept as they come, and the page made from them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.ledger import measure_ledger_page, rewrite_ledger_page
from benchmarks.machine import machine_facts
from benchmarks.measuring import FAILURES, SIZES, Bench
from benchmarks.page import PAGE, write_page
from benchmarks.results import Results
from benchmarks.scenarios import SCENARIOS, Scenario
from benchmarks.systems import SYSTEMS, System
from carrel.server.bench.room import Interest

CARREL_STARTS: Final[dict[Interest, int]] = {"auto": 1400, "off": 900}
ALL_TO_ALL: Final = 500
ALL_TO_ALL_SYSTEMS: Final = ("ws", "floor")
ENOUGH_S: Final = 630.0
"""After this no larger room is looked for: the whole takes twelve minutes at most."""


def everything(bench: Bench, store: Path, *, again: bool) -> None:
    """Measure (unless `again`), keep the results in `store`, write docs/benchmarks.md: both after every step, so that a failure loses one figure only.

    The ledger's results and page are its own.
    """
    if again:
        PAGE.write_text(write_page(msgspec.json.decode(store.read_bytes(), type=Results)), "utf-8")
        rewrite_ledger_page()
        return
    began_s = time.monotonic()
    bench.until_s = began_s + ENOUGH_S
    results = Results(machine=machine_facts(), versions={system.name: system.facts() for system in SYSTEMS})
    steps = _steps(bench, results)
    for number, (title, step) in enumerate(steps, 1):
        bench.say(f"[{number}/{len(steps)}, {time.monotonic() - began_s:.0f} s] {title}")
        try:
            step()
        except FAILURES as error:
            results.failed[title] = str(error)
            bench.say(f"{title}: {error}")
        results.took_s = time.monotonic() - began_s
        results.short_of_time = time.monotonic() > bench.until_s
        store.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2))
        PAGE.write_text(write_page(results), "utf-8")
    bench.say(f"docs/benchmarks.md is written ({results.took_s / 60:.1f} minutes of measuring).")


def _steps(bench: Bench, results: Results) -> list[tuple[str, Callable[[], None]]]:
    """What is measured, in turn, under the words that the page uses for a failure."""

    def room(scenario: Scenario) -> None:
        results.rooms.append((scenario, bench.room(scenario)))

    def cost(run: Callable[[int], object]) -> None:
        results.all_to_all.append(bench.valid(run, ALL_TO_ALL))  # type: ignore[arg-type]

    def largest_peer(system: System) -> None:
        results.largest[system.name] = bench.largest(partial(bench.peer, system), system.start_at)

    def largest_carrel(interest: Interest) -> None:
        results.largest[f"carrel-{interest}"] = bench.largest(partial(bench.carrel, interest), CARREL_STARTS[interest])

    peers = {system.name: system for system in SYSTEMS}
    steps: list[tuple[str, Callable[[], None]]] = [(one.title, partial(room, one)) for one in SCENARIOS]
    steps += [
        (f"{ALL_TO_ALL} people, poses alone, Carrel", partial(cost, partial(bench.carrel, "off", bare=True))),
        (f"{ALL_TO_ALL} people, everything on, Carrel", partial(cost, partial(bench.carrel, "off"))),
    ]
    steps += [
        (f"{ALL_TO_ALL} people, {name}", partial(cost, partial(bench.peer, peers[name]))) for name in ALL_TO_ALL_SYSTEMS
    ]
    steps += [
        (f"the largest healthy room, {name}", partial(largest_peer, peers[name])) for name in ("relay", "colyseus")
    ]
    steps += [(f"the largest healthy room, Carrel {name}", partial(largest_carrel, name)) for name in CARREL_STARTS]
    steps += [(f"the largest healthy room, {name}", partial(largest_peer, peers[name])) for name in ("ws", "floor")]
    steps.append(("the ledger", lambda: measure_ledger_page(bench.alone())))
    return steps


assert {system.start_at for system in SYSTEMS} | set(CARREL_STARTS.values()) <= set(SIZES)
