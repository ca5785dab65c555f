"""`carrel build hall`: make a hall and write its files. Nothing else of the server is needed for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol

import typer

from carrel.scenes.errors import BuildError, CatalogueError

if TYPE_CHECKING:
    from carrel.scenes.halls.books.records import Record
    from carrel.scenes.halls.paint.lettering import FontFace
    from carrel.scenes.halls.room.recipe import RoomInputs

FONT_PATTERN = "Noto Serif CJK SC:bold"
PORTAL_PICTURE = "portal_ancient.jpg"
GREAT_HALL_SCENE, GREAT_HALL_PICTURE = "great_hall.scene.json", "great_hall.webp"
ROOM_PICTURES = {"great-hall": GREAT_HALL_PICTURE, "ancient-books-room": "ancient_books_room.webp"}
SEED = 7


@dataclass(frozen=True)
class Wish:
    """What a person asked for. `catalogue` is None when nobody brought one; `books` is how many a hall should hold."""

    seed: int
    quality: str
    font: FontFace | None
    catalogue: tuple[Record, ...] | None
    books: int
    out: Path


class Built(Protocol):
    """A hall as values."""

    @property
    def statistics(self) -> dict[str, Any]: ...

    def files(self) -> dict[str, bytes]: ...


# The recipes are imported when they are asked for: numpy, Pillow and embreex are there only for who builds.


def _great(wish: Wish) -> Built:
    from carrel.scenes.halls.books.classics import classic_records
    from carrel.scenes.halls.great.hall import build_great_hall

    picture = wish.out / PORTAL_PICTURE
    return build_great_hall(
        wish.catalogue or classic_records(),
        wish.seed,
        wish.quality,
        copies=wish.catalogue is None,
        font=wish.font,
        portal_picture=picture.read_bytes() if picture.exists() else None,
    )


def _stacks(wish: Wish) -> Built:
    from carrel.scenes.halls.books.classics import classic_records
    from carrel.scenes.halls.stacks.build import build_stacks

    records, copies = wish.catalogue or classic_records(), wish.catalogue is None
    return build_stacks(records, wish.books, wish.seed, wish.quality, copies=copies, font=wish.font)


def _reader(look: str) -> Callable[[Wish], Built]:
    def build(wish: Wish) -> Built:
        from carrel.scenes.halls.readers.build import build_readers_room

        return build_readers_room(look, _room_inputs(wish), wish.seed, wish.quality)

    return build


def _data_sea(wish: Wish) -> Built:
    from carrel.scenes import document
    from carrel.scenes.halls.books.classics import classic_records
    from carrel.scenes.halls.data_sea.build import build_data_sea
    from carrel.scenes.halls.data_sea.numbers import sea_numbers

    hall = wish.out / GREAT_HALL_SCENE
    if not hall.exists():
        raise BuildError(
            f"The Data Sea counts the Great Hall's shelves, but {hall} is not there: build the great hall first."
        )
    numbers = sea_numbers(wish.catalogue or classic_records(), document.decode(hall.read_bytes()))
    return build_data_sea(numbers, _room_inputs(wish), wish.seed, wish.quality)


def _ancient(wish: Wish) -> Built:
    from carrel.scenes.halls.ancient.build import build_ancient_books_room

    return build_ancient_books_room(_room_inputs(wish), wish.seed, wish.quality)


def _consultation(wish: Wish) -> Built:
    from carrel.scenes.halls.consultation.build import build_consultation_room

    return build_consultation_room(_room_inputs(wish), wish.seed, wish.quality)


def _exhibition(wish: Wish) -> Built:
    from carrel.scenes.halls.exhibition.build import build_exhibition_room

    return build_exhibition_room(_room_inputs(wish), wish.seed, wish.quality)


def _room_inputs(wish: Wish) -> RoomInputs:
    """Titles for the spines, and pictures of the rooms that are seen through doors, where they are built."""
    from carrel.scenes.halls.books.classics import CLASSICS
    from carrel.scenes.halls.books.spines import SpineTitle
    from carrel.scenes.halls.room.recipe import RoomInputs

    brought = [SpineTitle(record.title, record.creator) for record in wish.catalogue or ()]
    pictures = {room: wish.out / name for room, name in ROOM_PICTURES.items()}
    views = {room: path.read_bytes() for room, path in pictures.items() if path.exists()}
    return RoomInputs(brought or CLASSICS, wish.font, views)


HALLS: Final[Mapping[str, Callable[[Wish], Built]]] = {
    "great": _great,
    "stacks": _stacks,
    "readers-walnut": _reader("walnut"),
    "readers-garden": _reader("garden"),
    "readers-loft": _reader("loft"),
    "data-sea": _data_sea,
    "ancient": _ancient,
    "consultation": _consultation,
    "exhibition": _exhibition,
}


def build_hall(
    hall: Annotated[str, typer.Argument(help=f"Which hall: {', '.join(HALLS)}.")] = "great",
    out: Annotated[Path, typer.Option(help="The folder for its files.")] = Path("assets/gltf/halls"),
    quality: Annotated[str, typer.Option(help="draft (no shadows), preview or full.")] = "full",
    seed: Annotated[int, typer.Option(help="Another number shelves other books.")] = SEED,
    font: Annotated[Path | None, typer.Option(help="A font file with Han characters.")] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Records for the shelves: JSON lines or CSV with id and title.")
    ] = None,
    books: Annotated[int, typer.Option(help="How many books the stacks should hold.")] = 100_000,
) -> None:
    """Build a hall and write its files; `carrel build manifest` then lists them."""
    if hall not in HALLS:
        raise typer.BadParameter(f"Unknown hall {hall!r}: choose one of {', '.join(HALLS)}.")
    try:
        built = HALLS[hall](Wish(seed, quality, _font(font), _records(catalogue), books, out))
    except (BuildError, CatalogueError) as fault:
        typer.secho(str(fault), err=True, fg="red")
        raise typer.Exit(1) from fault
    out.mkdir(parents=True, exist_ok=True)
    for name, data in built.files().items():
        (out / name).write_bytes(data)
    typer.echo(json.dumps(built.statistics, indent=1))


def build_openings(
    folder: Annotated[Path, typer.Argument(help="The folder of shipped halls.")] = Path("assets/gltf/halls"),
) -> None:
    """Open the doors that lead to a hall of this folder, and close the others, in every scene document of it."""
    from carrel.scenes import document
    from carrel.scenes.halls.openings import with_openings

    scenes = {path: document.decode(path.read_bytes()) for path in sorted(folder.glob("*.scene.json"))}
    halls = {scene.id for scene in scenes.values()}
    for path, scene in scenes.items():
        path.write_bytes(document.encode(with_openings(scene, halls)))
    typer.echo(f"{len(halls)} halls: {', '.join(sorted(halls))}")


def _records(path: Path | None) -> tuple[Record, ...] | None:
    if path is None:
        return None
    from carrel.scenes.halls.books.records import read_records

    return read_records(path.read_bytes())


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
