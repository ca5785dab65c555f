"""`carrel bench room`, for the command line."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from carrel.server.bench.crowd import SPREADS


def room(
    people: Annotated[int, typer.Option(min=2, max=2000, help="People in the room.")] = 200,
    seconds: Annotated[int, typer.Option(min=2, max=60, help="Seconds measured, after a warm-up.")] = 20,
    spread: Annotated[
        str, typer.Option(help="uniform: scattered and standing; crowd: all on 8 m; walk: walking about.")
    ] = "walk",
    interest: Annotated[str, typer.Option(help="auto: neighbourhoods; off: everything to everybody.")] = "auto",
    stalled: Annotated[int, typer.Option(min=0, help="So many of them stop reading.")] = 0,
    bare: Annotated[
        bool, typer.Option("--bare", help="Poses alone: nobody comes or goes, no library channel.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON, for machines.")] = False,
    url: Annotated[
        str | None, typer.Option(help="Measure a server that runs already; its limits must allow it.")
    ] = None,
    pid: Annotated[
        int | None, typer.Option(help="Its process, when it runs on this machine: for its CPU time.")
    ] = None,
) -> None:
    """Fill a room with a crowd and measure what everybody is shown, how old it is and what it costs."""
    from carrel.server.bench.room import measure

    if spread not in SPREADS:
        raise typer.BadParameter(f"`--spread` takes {', '.join(SPREADS)}.")
    if interest not in ("auto", "off"):
        raise typer.BadParameter("`--interest` takes auto or off.")
    figures = measure(
        people,
        seconds,
        spread,
        interest,  # type: ignore[arg-type]
        stalled=stalled,
        companions=0 if bare else None,
        library=not bare,
        url=url,
        pid=pid,
    )
    if as_json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        for name, value in msgspec.to_builtins(figures).items():
            typer.echo(f"{name:>28}  {value}")
    if figures.void:
        raise typer.Exit(3)


def main() -> None:
    """`python -m carrel.server.bench.command`: the same without the rest of the command line."""
    typer.run(room)


if __name__ == "__main__":
    main()
