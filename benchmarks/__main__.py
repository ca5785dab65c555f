"""`python -m benchmarks`: everything, and docs/benchmarks.md and docs/benchmarks-ledger.md.

`python -m benchmarks ledger`: the ledger alone; `python -m benchmarks peer NAME --people N`: one figure of one peer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from benchmarks.everything import everything
from benchmarks.ledger import measure_ledger_page
from benchmarks.measuring import Bench
from benchmarks.systems import SYSTEMS, install_peers
from carrel.server.bench.generator import cache_folder
from carrel.server.errors import CarrelError

app = typer.Typer(help="Measure Carrel beside its peers.", pretty_exceptions_enable=False)
Lock = Annotated[Path | None, typer.Option(help="Hold this file's lock during each measurement.")]


def _say(words: str) -> None:
    typer.echo(words, err=True)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    lock: Lock = None,
    again: Annotated[bool, typer.Option(help="Write the page again from the last results, measuring nothing.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        install_peers()
        everything(Bench(lock, _say), cache_folder() / "results.json", again=again)


@app.command()
def ledger(lock: Lock = None) -> None:
    """The ledger alone, and docs/benchmarks-ledger.md."""
    measure_ledger_page(Bench(lock, _say).alone())


@app.command()
def peer(
    name: Annotated[str, typer.Argument(help=", ".join(system.name for system in SYSTEMS))],
    people: Annotated[int, typer.Option(min=2, max=2000)] = 100,
    lock: Lock = None,
) -> None:
    """One figure of one peer, as JSON."""
    system = next((system for system in SYSTEMS if system.name == name), None)
    if system is None:
        raise typer.BadParameter(f"there is no peer {name!r}")
    typer.echo(msgspec.json.encode(Bench(lock, _say).peer(system, people)).decode())


if __name__ == "__main__":
    try:
        app()
    except CarrelError as error:
        _say(f"benchmarks: {error}")
        for note in getattr(error, "__notes__", ()):
            _say(note)
        sys.exit(2)
