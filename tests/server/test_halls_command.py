"""`carrel build hall` and `carrel build openings`: what a person may ask for, and what they are told."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from carrel.scenes import document
from carrel.scenes.document import (
    Bounds,
    Entity,
    Environment,
    Model,
    Portal,
    SceneDocument,
    SpawnPoint,
    Text,
    Transform,
)
from carrel.server.cli import app

ROOT = Path(__file__).parents[2]
RUN = CliRunner()


def hall(name: str, targets: dict[str, bool]) -> SceneDocument:
    words = Text(en=name, zh=name)
    doors = tuple(
        Entity(
            id=f"portal-{target}",
            transform=Transform(position=(0.0, 0.0, 0.0)),
            portal=Portal(target=target, label=words, is_open=is_open, size=(1.0, 2.0)),
        )
        for target, is_open in targets.items()
    )
    spawn = Entity(id="spawn", transform=Transform(position=(0.0, 0.0, 0.0)), spawn_point=SpawnPoint(heading_degrees=0))
    return SceneDocument(
        id=name,
        title=words,
        environment=Environment(model=Model(url="x.glb", sha256="0" * 64)),
        bounds=Bounds(low=(-1.0, -1.0, -1.0), high=(1.0, 2.0, 1.0)),
        entities=(spawn, *doors),
    )


def openings(folder: Path) -> dict[str, bool]:
    """Every door of the folder's halls, by its target, and whether it is open."""
    found = {}
    for path in folder.glob("*.scene.json"):
        for entity in document.decode(path.read_bytes()).having("portal"):
            if entity.portal is not None:
                found[entity.portal.target] = entity.portal.is_open
    return found


def test_doors_follow_the_halls_that_lie_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.scene.json").write_bytes(document.encode(hall("a", {"b": False, "c": True})))
    (tmp_path / "b.scene.json").write_bytes(document.encode(hall("b", {"a": False})))
    assert RUN.invoke(app, ["build", "openings", str(tmp_path)]).exit_code == 0
    assert openings(tmp_path) == {"a": True, "b": True, "c": False}


def test_every_shipped_door_says_truly_whether_it_is_open() -> None:
    halls = ROOT / "assets" / "gltf" / "halls"
    shipped = {document.decode(path.read_bytes()).id for path in halls.glob("*.scene.json")}
    stale = "a hall came or went: run `carrel build openings` and `carrel build manifest`"
    assert openings(halls) == {target: target in shipped for target in openings(halls)}, stale


def test_an_unknown_hall_is_named() -> None:
    done = RUN.invoke(app, ["build", "hall", "cellar"])
    assert done.exit_code == 2
    assert "cellar" in done.output


def test_a_bad_catalogue_is_refused_with_its_line(tmp_path: Path) -> None:
    records = tmp_path / "records.csv"
    records.write_text("id,title,pages\na,One,many\n")
    done = RUN.invoke(
        app, ["build", "hall", "great", "--quality", "draft", "--catalogue", str(records), "--out", str(tmp_path)]
    )
    assert done.exit_code == 1
    assert "Line 2" in done.output
    assert list(tmp_path.glob("*.glb")) == []
