"""`carrel ingest`: bring files from the command line, or only ask whether they would be taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.status import Status

from carrel.server.settings import load

if TYPE_CHECKING:
    from carrel.server.publishing.command import Told


def ingest_command(
    files: Annotated[list[Path], typer.Argument(help="Models (GLB) and other works.", exists=True, dir_okay=False)],
    check_only: Annotated[bool, typer.Option("--check-only", help="Say what would happen; keep nothing.")] = False,
    licence: Annotated[str, typer.Option(help="SPDX name of the licence, written into what is made.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one JSON value a line.")] = False,
    data_dir: Annotated[str | None, typer.Option("--data-dir", help="Folder of database, keys and works.")] = None,
) -> None:
    """Check works, make them ready and keep them for the library's staff. Exits with 1 when one is refused."""
    from carrel.server.log import configure
    from carrel.server.publishing.command import take

    settings = load({"data_dir": data_dir})
    configure(msgspec.structs.replace(settings, log_level="warning"))
    refused = False
    for file in files:
        with Status(f"{file.name} …", console=Console(stderr=True)) as status:

            def show(step: str, name: str = file.name, status: Status = status) -> None:
                status.update(f"{name}: {step} …")

            told = take(file, check_only, licence, settings, show)
        refused |= not told.accepted
        typer.echo(msgspec.json.encode(told).decode() if as_json else _sentence(told))
    raise typer.Exit(refused)


def _sentence(told: Told) -> str:
    if not told.accepted:
        where = f" ({told.where})" if told.where else ""
        return f"{told.file}: refused [{told.code}]{where}. {told.sentence}"
    made = ", ".join(f"{one.role} {one.size_bytes / 1000:,.0f} kB" for one in told.files)
    return f"{told.file}: accepted, {told.kind}{' → ' + made if made else ''}"
