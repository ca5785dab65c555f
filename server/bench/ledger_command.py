"""`carrel bench ledger`, for the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer


def ledger(
    folder: Annotated[Path, typer.Option("--dir", help="A new folder: its disk is what is measured. The logs stay.")],
    entries: Annotated[int, typer.Option(min=4000, max=1_000_000, help="Entries appended in groups.")] = 40_000,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON, for machines.")] = False,
) -> None:
    """Fill logs with signed entries of every type and measure what that costs beside the bare work."""
    from carrel.server import log
    from carrel.server.bench.ledger import measure
    from carrel.server.settings import Settings

    log.configure(Settings(log_level="warning"))
    figures = measure(folder, entries, lambda words: typer.echo(words, err=True))
    if as_json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        for name, value in msgspec.to_builtins(figures, str_keys=True).items():
            typer.echo(f"{name:>28}  {value}")
