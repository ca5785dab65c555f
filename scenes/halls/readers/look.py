"""What a look is: the room's numbers, its surfaces, its openings, and everything that stands in it, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from carrel.scenes.document import Entity
from carrel.scenes.halls.glb import Json
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.room.entities import GREAT_HALL, frame, portal
from carrel.scenes.halls.room.facts import GoTo, RoomFacts
from carrel.scenes.halls.room.recipe import Room

Things = tuple["Thing", ...]


@dataclass(frozen=True)
class Window:
    """On a side (east +x, north -z, west -x), its middle at `at` along the wall (z, or x on the north side)."""

    side: str
    at: float
    width: float
    sill: float
    head: float
    columns: int
    rows: int
    beam: float = 0.010  # how bright the dust in its light is


@dataclass(frozen=True)
class Thing:
    """A piece of furniture: a kind of the builder's table, where its foot stands, its turn in degrees, what it is told."""

    kind: str
    x: float
    z: float
    turn: float = 0.0
    y: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Surfaces:
    """Finishes: lightmapped ones for floor, wall and ceiling, others for wood, window frames and doors."""

    floor: str
    wall: str
    ceiling: str
    trim: str
    frame: str
    casing: str
    board: str
    floor_turn: float = 0.0  # degrees by which the floor's pattern is turned
    reveal: str = "reveal"


@dataclass(frozen=True)
class Look:
    """One Reader's Room. The room reaches from -half to half in x and from -depth to 0 in z; its door is at z = 0."""

    id: str
    stem: str
    en: str
    zh: str
    half: float
    depth: float
    height: float
    surfaces: Surfaces
    windows: tuple[Window, ...]
    door: tuple[float, float, float]  # x of its middle, width, height
    wainscot: float  # height of the panelling; 0: a skirting
    things: Things
    places: tuple[GoTo, ...]
    frames: tuple[tuple[str, tuple[float, float, float], float], ...]  # empty places for works: name, point, turn
    daylight: Daylight
    exposure: float
    outlook: Callable[[], Image.Image]
    textures: Callable[[], dict[str, Image.Image]]
    body: Callable[[Room, Look], None]  # what only this look has: ceiling, hearth, garden
    heading: float = 0.0  # where people look who arrive: 0 inward, 90 toward -x
    bare: tuple[tuple[str, float, float], ...] = ()  # side, from, to: where no panelling or skirting runs
    window_depth: float = 0.24
    view: tuple[float, float, float] = (1.6, 0.7, 0.5)
    look: Json = field(default_factory=dict)

    def facts(self) -> RoomFacts:
        """The room in numbers and names for the shared recipe."""
        x, wide, tall = self.door
        look = {"exposure": self.exposure, "fog": [0.006, [0.95, 0.9, 0.8]], "specular": 2.0, "tone": "aces"}
        entities: list[Entity] = [portal(GREAT_HALL, (x, 0.0, 0.0), 0.0, (wide, tall))]
        entities += [frame(f"frame-{name}", at, turn) for name, at, turn in self.frames]
        near = ((x, -1.1), (x - 0.6, -1.3), (x + 0.6, -1.3), (x - 0.3, -1.9), (x + 0.4, -2.0))
        return RoomFacts(
            id=self.id,
            stem=self.stem,
            en=self.en,
            zh=self.zh,
            low=(-self.half, 0.0, -self.depth),
            high=(self.half, self.height, 0.0),
            daylight=self.daylight,
            look={**look, "probe": [0.0, 1.6, -self.depth / 2], **self.look},
            arrivals=tuple((px, pz, self.heading) for px, pz in near),
            safe=(x, -0.7, self.heading),
            places=self.places,
            entities=tuple(entities),
            beyond=4.0,
        )


def sun(turn: float, rise: float, strength: float = 1.0, warmth: float = 1.0) -> Daylight:
    """Daylight with the sun `rise` degrees high, `turn` degrees from +x toward -z; `warmth` 1 is late afternoon."""
    a, b = np.radians(turn), np.radians(rise)
    way = floats([np.cos(b) * np.cos(a), np.sin(b), -np.cos(b) * np.sin(a)])
    cool, warm = floats([4.8, 4.6, 4.3]), floats([5.6, 4.3, 2.8])
    return Daylight(
        way,
        (cool + (warm - cool) * warmth) * strength,
        floats([2.5, 2.75, 3.15]),
        floats([2.1, 1.98, 1.62]),
        floats([0.05, 0.047, 0.042]),
    )


def dimmed(image: Image.Image, light: float) -> Image.Image:
    """A view with less light in it, so that the room's exposure does not bleach it."""
    return Image.fromarray(np.round(np.asarray(image, float) * light).astype("u1"))
