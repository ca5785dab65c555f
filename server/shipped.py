"""What is shipped beside the code: the built client and the models. Inside a wheel they lie in the package, in a checkout at its root."""

from __future__ import annotations

import hashlib
from math import radians
from pathlib import Path

from carrel.scenes import document
from carrel.server.errors import ConfigurationError
from carrel.server.rooms.model import RoomSpec, Spawn

_PACKAGE = Path(__file__).resolve().parent


def _folder(in_wheel: str, in_checkout: str) -> Path:
    inside = _PACKAGE / in_wheel
    return inside if inside.is_dir() else _PACKAGE.parent / in_checkout


GLTF = _folder("gltf", "assets/gltf")
CLIENT = _folder("static", "web_client/dist")


def room_specs(folder: Path = GLTF) -> list[RoomSpec]:
    """One open room for each shipped hall's scene document. Raises ConfigurationError naming a file that cannot be read."""
    paths = sorted((folder / "halls").glob("*.scene.json"))
    if not paths:
        raise ConfigurationError(f"No hall is shipped in {folder / 'halls'}: `make assets` builds them.")
    return [room_spec(path) for path in paths]


def room_spec(path: Path) -> RoomSpec:
    data = path.read_bytes()
    try:
        scene = document.decode(data)
    except ValueError as error:
        raise ConfigurationError(f"{path.name} is not a scene document: {error}") from error
    points = [(one.id, one.spawn_point, one.transform) for one in scene.entities if one.spawn_point is not None]
    spawns = {
        name: Spawn(at.position, radians(point.heading_degrees)) for name, point, at in points if not point.is_safe
    }
    safe = [Spawn(at.position, radians(point.heading_degrees)) for _, point, at in points if point.is_safe]
    if not spawns or not safe:
        raise ConfigurationError(f"{path.name} needs spawn points and a safe place.")
    picture = path.with_name(path.name.removesuffix(".scene.json") + ".webp")
    return RoomSpec(
        room=scene.id,
        title={"en": scene.title.en, "zh": scene.title.zh},
        scene_url=f"/gltf/halls/{path.name}",
        scene_sha256=hashlib.sha256(data).hexdigest(),
        picture=f"/gltf/halls/{picture.name}" if picture.is_file() else "",
        origin=scene.origin,
        bounds_min=scene.bounds.low,
        bounds_max=scene.bounds.high,
        spawns=spawns,
        safe_place=safe[0],
        seats={
            one.id: Spawn(one.transform.position, radians(one.seat.heading_degrees))
            for one in scene.entities
            if one.seat is not None
        },
    )
