"""`carrel build manifest`: say for every file under assets/gltf what it is, who made it and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from carrel.scenes.manifest import Note, manifest_of

MANIFEST = "manifest.json"
# halls by the names of their files: which recipe makes each, and the view of its picture
RECIPES = {
    "readers_room_walnut": ("readers-walnut", "walnut"),
    "readers_room_garden": ("readers-garden", "garden"),
    "readers_room_loft": ("readers-loft", "loft"),
    "data_sea": ("data-sea", "sea"),
    "ancient_books_room": ("ancient", "ancient"),
    "consultation_room": ("consultation", "consultation"),
    "exhibition_room": ("exhibition", "exhibition"),
}
# the longest key that fits a file's path speaks for it
NOTES = {
    "halls/": Note(made_by="carrel build hall great"),
    "halls/great_hall.webp": Note(made_by="node web_client/tools/render_hall.mjs great_hall.glb, view wide"),
    "halls/great_hall_arch.webp": Note(made_by="node web_client/tools/render_hall.mjs great_hall.glb, view arch"),
    "halls/portal_ancient.jpg": Note(made_by="rendered by Carrel's own trial of the Ancient Books Room"),
    "furniture/": Note(made_by="carrel build furniture"),
    "avatars/": Note(made_by="carrel build looks"),
    **{
        f"halls/{stem}{end}": Note(made_by=f"carrel build hall {recipe}")
        for stem, (recipe, _) in RECIPES.items()
        for end in (".glb", ".collider.glb", ".plan.svg", ".scene.json")
    },
    **{
        f"halls/{stem}{end}.webp": Note(made_by=f"node web_client/tools/render_hall.mjs {stem}.glb, view {view}{end}")
        for stem, (_, view) in RECIPES.items()
        for end in ("", "_arch")
    },
}


def write_manifest(
    root: Annotated[Path, typer.Argument(help="The folder of shipped files.")] = Path("assets/gltf"),
) -> None:
    """Write manifest.json with the path, SHA-256, size, author, licence and origin of every file below the folder."""
    paths = [p for p in root.rglob("*") if p.is_file() and p != root / MANIFEST]
    files = {p.relative_to(root).as_posix(): p.read_bytes() for p in paths}
    (root / MANIFEST).write_bytes(manifest_of(files, NOTES))
