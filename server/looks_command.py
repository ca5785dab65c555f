"""`carrel build looks`: writes the shipped avatars, which `carrel.avatars.looks` builds without touching a disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def build_looks_command(
    out: Annotated[Path, typer.Option(help="Folder for the GLB files and looks.json.")] = Path("assets/gltf/avatars"),
    only: Annotated[
        list[str] | None, typer.Option(help="Build just these looks (ids); looks.json then lists them alone.")
    ] = None,
) -> None:
    """Build the avatars' near and far GLB files and looks.json."""
    from carrel.avatars.looks import build_looks  # Pillow is needed only by who builds

    files = build_looks(only or ())
    out.mkdir(parents=True, exist_ok=True)
    (out / "wardrobe").mkdir(exist_ok=True)
    for name, data in sorted(files.items()):
        (out / name).write_bytes(data)
    total = sum(len(data) for data in files.values())
    Console().print(f"{len(files)} files, {total / 1e6:.1f} MB → {out}")
