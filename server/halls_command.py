"""`carrel build hall`: make a shipped hall and write its files. Nothing else of the server is needed for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.scenes.errors import BuildError

if TYPE_CHECKING:
    from carrel.scenes.halls.paint.lettering import FontFace

HALLS = ("great",)
FONT_PATTERN = "Noto Serif CJK SC:bold"
PORTAL_PICTURE = "portal_ancient.jpg"
SEED = 7


def build_hall(
    hall: Annotated[str, typer.Argument(help="Which hall: great.")] = "great",
    out: Annotated[Path, typer.Option(help="The folder for its files.")] = Path("assets/gltf/halls"),
    quality: Annotated[str, typer.Option(help="draft (no shadows), preview or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Another number shelves other books.")] = SEED,
    font: Annotated[Path | None, typer.Option(help="A font file with Han characters.")] = None,
) -> None:
    """Build a hall and write its GLB, scene document, collider and plan; `carrel build manifest` then lists them."""
    # numpy, Pillow and embreex are there only for who builds
    from carrel.scenes.halls.books.classics import CLASSICS
    from carrel.scenes.halls.great.hall import build_great_hall

    if hall not in HALLS:
        raise typer.BadParameter(f"Unknown hall {hall!r}: choose one of {', '.join(HALLS)}.")
    picture = out / PORTAL_PICTURE
    portal = picture.read_bytes() if picture.exists() else None
    try:
        built = build_great_hall(CLASSICS, seed, quality, font=_font(font), portal_picture=portal)
    except BuildError as fault:
        typer.secho(str(fault), err=True, fg="red")
        raise typer.Exit(1) from fault
    out.mkdir(parents=True, exist_ok=True)
    for name, data in built.files().items():
        (out / name).write_bytes(data)
    typer.echo(json.dumps(built.statistics, indent=1))


def _font(path: Path | None) -> FontFace | None:
    """The named file, else what fontconfig finds for a Han serif, else None (Latin only)."""
    from carrel.scenes.halls.paint.lettering import FontFace

    if path is not None:
        return FontFace(path.read_bytes())
    finder = shutil.which("fc-match")
    if finder is None:
        return None
    found = subprocess.run(  # noqa: S603
        [finder, "-f", "%{file}\n%{index}", FONT_PATTERN], capture_output=True, text=True, check=False
    ).stdout.split("\n")
    if len(found) < 2 or not Path(found[0]).exists():
        return None
    return FontFace(Path(found[0]).read_bytes(), int(found[1] or 0) & 0xFFFF)
