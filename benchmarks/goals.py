"""What was aimed at, beside what was measured: met or not, never lowered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.measuring import AGE_MS, Figure
from benchmarks.results import Results
from benchmarks.scenarios import SEMINAR, SPOT, STALLED, WALK, Scenario
from carrel.server.bench.room import RoomFigures


class Outcome(NamedTuple):
    """`met` is None where nothing valid was measured."""

    goal: str
    measured: str
    met: bool | None


def goals_table(results: Results) -> str:
    rows = ["| goal | measured | |", "|---|---|---|"]
    for goal, measured, met in _outcomes(results):
        verdict = "not measured" if met is None else "met" if met else "**not met**"
        rows.append(f"| {goal} | {measured} | {verdict} |")
    return "## Goals\n\n" + "\n".join(rows)


def _outcomes(results: Results) -> Iterator[Outcome]:
    yield from _of_rooms(results)
    plain, shipped = _largest(results, "carrel-off"), _largest(results, "carrel-auto")
    for peer, times in (("relay", 20), ("colyseus", 3)):
        theirs = _largest(results, peer)
        said = f"{shipped} ({plain} everybody to everybody) against {theirs}" if theirs else ""
        _, above = results.largest.get(peer, (None, None))
        if theirs and above is not None and above.void:
            said += " or more: beyond that the crowd itself was late"
        goal = f"largest healthy room at least {times} times that of {'the relay' if peer == 'relay' else 'Colyseus'}"
        yield Outcome(goal, said, max(shipped, plain) >= times * theirs if theirs and shipped else None)
    cost, floor = _cost(results, "carrel-bare"), _cost(results, "floor")
    ratio = cost.cpu_us_per_update / floor.cpu_us_per_update if cost and floor else 0.0
    yield Outcome(
        "CPU for an update, 500 people, everybody to everybody, at most 1.6 times that of the C program",
        f"{ratio:.2f} times" if ratio else "",
        ratio <= 1.6 if ratio else None,
    )


def _of_rooms(results: Results) -> Iterator[Outcome]:
    if seen := _seen(results, SEMINAR):
        yield Outcome(
            "200, everybody to everybody: 97 % delivered", f"{seen.delivered_share:.1%}", seen.delivered_share >= 0.97
        )
        yield Outcome("200: age p99 at most 75 ms", f"{seen.age_p99_ms:.0f} ms", seen.age_p99_ms <= 75)
    if seen := _seen(results, WALK):
        yield from _thousand("1,000 walking", seen)
        near = seen.nearest12_full_rate_share
        yield Outcome("1,000 walking: 95 % of the true nearest 12 at full rate", f"{near:.1%}", near >= 0.95)
        yield Outcome(
            "1,000 walking, everything on: 0.6 of a core",
            f"{seen.server_core_share:.2f}",
            seen.server_core_share <= 0.6,
        )
    if seen := _seen(results, SPOT):
        yield from _thousand("1,000 on one spot", seen)
        # A crumb's turn comes every 20 ticks; a rate is taken over the time between the first and the last that came.
        yield Outcome(
            "1,000 on one spot: nobody below 1 Hz", f"{seen.slowest_seen_hz:.2f} Hz", seen.slowest_seen_hz >= 0.995
        )
    walking, stalled = _seen(results, WALK), _seen(results, STALLED)
    if walking and stalled:
        yield Outcome(
            "twenty who stop reading cost the others nothing",
            f"delivered {stalled.delivered_share:.1%} against {walking.delivered_share:.1%}, p99 {stalled.age_p99_ms:.0f} against {walking.age_p99_ms:.0f} ms",
            stalled.delivered_share >= walking.delivered_share - 0.01 and stalled.age_p99_ms <= walking.age_p99_ms + 10,
        )


def _thousand(who: str, seen: RoomFigures) -> Iterator[Outcome]:
    yield Outcome(f"{who}: first-tier age p99 at most 100 ms", f"{seen.age_p99_ms:.0f} ms", seen.age_p99_ms <= AGE_MS)
    yield Outcome(
        f"{who}: at most 40 KB/s a client", f"{seen.kilobytes_per_client_s:.1f} KB/s", seen.kilobytes_per_client_s <= 40
    )


def _seen(results: Results, wanted: Scenario) -> RoomFigures | None:
    return next((seen for scenario, seen in results.rooms if scenario.title == wanted.title and not seen.void), None)


def _largest(results: Results, name: str) -> int:
    good, _ = results.largest.get(name, (None, None))
    return good.people if good else 0


def _cost(results: Results, name: str) -> Figure | None:
    return next((one for one in results.all_to_all if one.system == name and not one.void), None)
