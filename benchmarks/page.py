"""docs/benchmarks.md from the results: every sentence with a figure is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.goals import goals_table
from benchmarks.measuring import AGE_MS, DELIVERED, Figure
from benchmarks.results import Results
from benchmarks.systems import SYSTEMS
from carrel.server.bench.room import RoomFigures

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD: Final = """# Benchmarks

Written by `make bench`; do not edit. Every figure is one run on the machine below: figures of one machine compare
systems with each other, they promise nothing for another machine. The server runs on one core, the crowd on the
other: real sessions, both channels, 30 % headsets, 20 poses a second from everybody; in Carrel's runs one line of
chat a second, and five people a second who leave, join or lose their connection and resume. The crowd is a C program
that knows where everybody truly stands and computes from that who ought to see whom; a run in which it is late itself
(more than 5 ms at the 99th percentile) is void. The ledger has a [page of its own](benchmarks-ledger.md).

- **delivered**: of the updates that people are entitled to, the share that came. Without interest that is every pose
  of everybody; with interest the nearest 12 at full rate, the next 128 five times a second, everybody else once a
  second.
- **age**: from sending a pose to reading it at another person's end, those shown in full only. A tick is 50 ms, so
  half of the people wait 25 ms for it.
- **nearest 12 at full rate**: of all seconds in which somebody truly was one of a person's nearest 12 (in the middle of
  that second), the share in which at least 95 % of their updates came in full. **their updates**: of the updates of
  those 12 in that second, the share that came in full. Poses and ticks both come 20 times a second and are not in step:
  of two poses that reach the server between the same two ticks the second is sent with the next one, a tick older.
- **core**: share of one core that the server used. **KB/s**: 1000 bytes down the room channel for each person, a
  second."""
METHOD: Final = """## How fair is it

All systems carry the same walk of the same crowd with the same quantities (int16 positions, 32-bit rotations, 14
bytes a desktop, 34 a headset where the format is binary). The relay is python-socketio with uvloop, no compression
and a compact array. Colyseus has one schema instance a person with exactly these fields and is patched every 48 ms,
because a Node timer of 50 ms runs late and would lose it updates that it could carry. `ws` and the C program speak
Carrel's own frame layout and build one frame a tick, but check nothing: no sessions, limits, bounds, events or
interest. Each size is tried twice before it counts as unhealthy. A size at which the crowd itself could not keep up
counts as not reached."""


def write_page(results: Results) -> str:
    parts = [
        HEAD,
        _machine(results),
        goals_table(results),
        _rooms(results),
        _largest(results),
        _costs(results),
        METHOD,
        _again(results),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _machine(results: Results) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    versions = "; ".join(f"{name}: {said}" for name, said in results.versions.items())
    return f"Machine: {facts}. Versions: {versions}."


def _rooms(results: Results) -> str:
    rows = [
        "| room | people | delivered | age p50 / p99 ms | core | KB/s | nearest 12 at full rate / their updates | slowest seen | late ticks |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for scenario, seen in results.rooms:
        rows.append(
            f"| {scenario.title}{_void(seen)} | {seen.people} | {seen.delivered_share:.1%} | {seen.age_p50_ms:.0f} / {seen.age_p99_ms:.0f} "
            f"| {seen.server_core_share:.2f} | {seen.kilobytes_per_client_s:.1f} | {seen.nearest12_full_rate_share:.1%} / {seen.nearest12_updates_share:.1%} "
            f"| {seen.slowest_seen_hz:.2f} Hz | {_known(seen.late_ticks)} |"
        )
    rows += [f"| {title} | | not measured: {why} | | | | | | |" for title, why in results.failed.items()]
    commands = "\n".join(f"    {scenario.command}" for scenario, _ in results.rooms)
    return "## What people feel\n\n" + "\n".join(rows) + f"\n\n{commands}\n"


def _largest(results: Results) -> str:
    rows = [
        "| system | largest healthy room | there: delivered, p99, core | the next size tried |",
        "|---|---|---|---|",
    ]
    for name, (good, bad) in results.largest.items():
        rows.append(f"| {_about(name)} | **{_reached(good, bad)}** | {_state(good)} | {_next(bad)} |")
    words = [
        f"A room is healthy when at least {DELIVERED:.0%} of the due updates come "
        f"and the 99th percentile of their age is at most {AGE_MS:.0f} ms."
    ]
    shipped, plain = _people(results, "carrel-auto"), _people(results, "carrel-off")
    for name in ("relay", "colyseus", "ws", "floor"):
        _, bad = results.largest.get(name, (None, None))
        if bad is not None and bad.void:
            words.append(f"The limit of {_about(name).split(':')[0]} was not reached: the crowd's own came first.")
        elif peer := _people(results, name):
            words.append(
                f"Carrel as shipped holds at least {shipped / peer:.1f} times, without interest {plain / peer:.1f} times "
                f"the people of the {_about(name).split(':')[0]}."
            )
    return "## The largest healthy room\n\n" + "\n".join(rows) + "\n\n" + "\n".join(f"- {word}" for word in words)


def _costs(results: Results) -> str:
    floor = next((figure for figure in results.all_to_all if figure.system == "floor"), None)
    if floor is None:
        return ""
    rows = ["| system | people | delivered | CPU for each update | against the floor |", "|---|---|---|---|---|"]
    rows += [
        f"| {_about(one.system)}{_void(one)} | {one.people} | {one.delivered_share:.1%} | {one.cpu_us_per_update * 1000:.0f} ns "
        f"| {one.cpu_us_per_update / floor.cpu_us_per_update:.2f} × |"
        for one in results.all_to_all
    ]
    words = (
        "The line `poses alone` carries what the peers carry: the same people, bytes and rate, nobody coming or going, no\n"
        "library channel; the session, limits and bounds are checked all the same. The other line of Carrel has everything on.\n\n"
        "    carrel bench room --people 500 --seconds 4 --interest off --bare\n"
        "    carrel bench room --people 500 --seconds 4 --interest off"
    )
    return "## What an update costs, everybody to everybody\n\n" + "\n".join(rows) + "\n\n" + words


def _again(results: Results) -> str:
    cut = ", and ended the search for larger rooms when its time was over" if results.short_of_time else ""
    peers = "\n".join(f"    python -m benchmarks peer {system.name} --people N" for system in SYSTEMS)
    return (
        f"## Again\n\n`make bench` took {results.took_s / 60:.0f} minutes{cut}. One figure of a peer:\n\n{peers}\n\n"
        "One figure of Carrel in the comparisons:\n\n    carrel bench room --seconds 4 --spread walk --interest off|auto --people N\n"
    )


def _about(name: str) -> str:
    words = {
        "carrel-auto": "Carrel as shipped, with interest",
        "carrel-off": "Carrel, everybody to everybody",
        "carrel-bare": "Carrel, poses alone",
    }
    return words.get(name) or next(system.about for system in SYSTEMS if system.name == name)


def _people(results: Results, name: str) -> int:
    good, _ = results.largest.get(name, (None, None))
    return good.people if good else 0


def _reached(good: Figure | None, bad: Figure | None) -> str:
    if good is None:
        return "none"
    return f"at least {good.people}" if bad is None or bad.void else str(good.people)


def _state(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{figure.delivered_share:.1%}, {figure.age_p99_ms:.0f} ms, {figure.server_core_share:.2f}"


def _next(figure: Figure | None) -> str:
    if figure is None:
        return "none larger is tried"
    why = "the crowd's limit, not the server's: " if figure.void else ""
    return f"{figure.people}: {why}{_state(figure)}"


def _void(seen: RoomFigures | Figure) -> str:
    return f" (void: {seen.void})" if seen.void else ""


def _known(count: int | None) -> str:
    return "unknown" if count is None else str(count)
