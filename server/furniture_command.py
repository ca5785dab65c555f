"""`carrel build furniture`: make the pieces that people place, with their thumbnails and the list of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from carrel.scenes.errors import BuildError


def build_furniture(
    out: Annotated[Path, typer.Option(help="The folder for its files.")] = Path("assets/gltf/furniture"),
) -> None:
    """Build every piece of furniture and the library's list; `carrel build manifest` then names the files."""
    # numpy, Pillow and embreex are there only for who builds
    from carrel.scenes.furniture.library import build_library

    try:
        files = build_library()
    except BuildError as fault:
        typer.secho(str(fault), err=True, fg="red")
        raise typer.Exit(1) from fault
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
    typer.echo(f"{len(files)} files, {sum(map(len, files.values())):,} bytes in {out}.")
