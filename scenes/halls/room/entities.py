"""A room's scene document: arrivals, places, seats, shelves, lights, and what the recipe itself names."""

from __future__ import annotations

import hashlib

from carrel.scenes.document import (
    Board,
    Bounds,
    Entity,
    Environment,
    Light,
    Place,
    Portal,
    SceneDocument,
    Seat,
    Shelf,
    SpawnPoint,
    Text,
    Transform,
)
from carrel.scenes.document import Model as DocumentModel
from carrel.scenes.halls.kit.arrays import Floats, Points, floats, quaternions, rotation_y
from carrel.scenes.halls.kit.model import Case, Model
from carrel.scenes.halls.room.facts import RoomFacts

GREAT_HALL, ANCIENT, CONSULTATION, EXHIBITION = (
    "great-hall",
    "ancient-books-room",
    "consultation-room",
    "exhibition-room",
)
ROOM_NAMES = {
    GREAT_HALL: ("Great Hall", "大阅览厅"),
    ANCIENT: ("Ancient Books Room", "古籍室"),
    CONSULTATION: ("Consultation Room", "咨询室"),
    EXHIBITION: ("Exhibition Room", "展览室"),
}


def portal(target: str, position: Points, heading: float, size: tuple[float, float]) -> Entity:
    """An open door to another shipped room; `heading` is where one looks who comes out of it."""
    en, zh = ROOM_NAMES[target]
    way = Portal(target=target, label=Text(en=en, zh=zh), is_open=True, size=size)
    return Entity(id=f"portal-{target}", transform=facing(position, heading), portal=way)


def board(name: str, position: Points, heading: float, size: tuple[float, float]) -> Entity:
    """A surface to write on together: its middle, and the heading in which it shows its front (z out of it)."""
    return Entity(id=name, transform=facing(position, heading), board=Board(size=size))


def frame(name: str, position: Points, turn: float) -> Entity:
    """A bare frame where a work can be put: z out of the wall, or the top of a plinth with z toward who looks."""
    return Entity(id=name, transform=_framed(position, rotation_y(turn)))


def facing(position: Points, heading: float) -> Transform:
    return _framed(position, rotation_y(heading))


def document(facts: RoomFacts, model: Model, glb: bytes, solid: bytes, plan: bytes) -> SceneDocument:
    """The document of a built room; the files are named beside it, with their SHA-256."""
    reach = facts.beyond
    entities = [*_arrivals(facts), *_places(facts), *_seats(model), *_shelves(model), *_lamps(model), *facts.entities]
    (x0, _, z0), (x1, y1, z1) = facts.low, facts.high
    return SceneDocument(
        id=facts.id,
        title=Text(en=facts.en, zh=facts.zh),
        environment=Environment(
            model=_file(f"{facts.stem}.glb", glb),
            collider=_file(f"{facts.stem}.collider.glb", solid),
            plan=_file(f"{facts.stem}.plan.svg", plan),
        ),
        bounds=Bounds(low=(x0 - reach, -0.5, z0 - reach), high=(x1 + reach, y1 + reach, z1 + reach)),
        entities=tuple(entities),
    )


def _file(name: str, data: bytes) -> DocumentModel:
    return DocumentModel(url=name, sha256=hashlib.sha256(data).hexdigest())


def _framed(position: Points, matrix: Floats) -> Transform:
    x, y, z = (round(float(v), 3) + 0.0 for v in floats(position))
    q = [round(float(v), 5) + 0.0 for v in quaternions(floats([matrix]))[0]]
    return Transform(position=(x, y, z), rotation=(q[0], q[1], q[2], q[3]))


def _arrivals(facts: RoomFacts) -> list[Entity]:
    def point(name: str, x: float, z: float, heading: float, safe: bool) -> Entity:
        spawn = SpawnPoint(heading_degrees=heading, is_safe=safe)
        return Entity(id=name, transform=facing((x, 0, z), 0), spawn_point=spawn)

    spots = [point(f"spawn-{k}", *spot, False) for k, spot in enumerate(facts.arrivals, 1)]
    return [*spots, point("safe-place", *facts.safe, True)]


def _places(facts: RoomFacts) -> list[Entity]:
    return [
        Entity(
            id=f"place-{p.id}",
            transform=facing(p.at, p.heading),
            place=Place(name=Text(en=p.en, zh=p.zh), heading_degrees=p.heading, order=order),
        )
        for order, p in enumerate(facts.places)
    ]


def _seats(model: Model) -> list[Entity]:
    """Furniture names its seats by what it is: each gets a number, in the order in which it was placed."""
    return [
        Entity(
            id=f"seat-{number}-{p.id}",
            transform=facing(p.position, p.heading_degrees),
            seat=Seat(heading_degrees=round(float((p.heading_degrees + 180) % 360 - 180), 2) + 0.0),
        )
        for number, p in enumerate((p for p in model.places if p.kind == "seat"), 1)
    ]


def _shelves(model: Model) -> list[Entity]:
    return [_shelf(case) for case in model.cases]


def _shelf(case: Case) -> Entity:
    shelf = Shelf(
        label=Text(en=case.label[0], zh=case.label[1]),
        size=(round(case.width, 3), round(case.height, 3), round(case.depth, 3)),
        bays=case.bays,
        base_m=round(case.base, 3),
        boards_m=case.boards,
    )
    return Entity(id=f"shelf-{case.id.lower()}", transform=_framed(case.origin, case.matrix), shelf=shelf)


def _lamps(model: Model) -> list[Entity]:
    """Only lamps with a wide reach matter to things that move."""
    wide = [lamp for lamp in model.lamps if not lamp.shaded]
    return [
        Entity(
            id=f"light-{k}",
            transform=facing(lamp.position, 0),
            light=Light(
                colour=(_light(lamp.intensity, 0), _light(lamp.intensity, 1), _light(lamp.intensity, 2)),
                reach_m=lamp.reach_m,
            ),
        )
        for k, lamp in enumerate(wide)
    ]


def _light(intensity: Floats, channel: int) -> float:
    return round(float(intensity[channel]), 4)
