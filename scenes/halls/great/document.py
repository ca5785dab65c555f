"""The Great Hall's scene document: where one arrives, sits, goes, asks; its shelves, lights and doors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from carrel.scenes.document import (
    Bounds,
    Desk,
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
from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.great.doors import door_entities
from carrel.scenes.halls.kit.arrays import Floats, Points, floats, quaternions, rotation_y
from carrel.scenes.halls.kit.model import Case, Model

HALL_ID, ANCIENT_ROOM = "great-hall", "ancient-books-room"
HALL_GLB, COLLIDER_GLB, PLAN_SVG = "great_hall.glb", "great_hall.collider.glb", "great_hall.plan.svg"
BOOKS_BIN, TITLES_BIN = "great_hall.books.bin", "great_hall.titles.bin"
# where people arrive: in an arc before the doors, looking down the hall; the first is the default
ARRIVALS = ((0.0, -2.2), (-0.9, -2.0), (0.9, -2.0), (-0.5, -3.1), (0.5, -3.1), (1.7, -2.4), (2.4, -3.2), (0.0, -4.0))
SAFE = (3.4, -1.5)
# (id, English, Chinese, x, floor, z, heading): 0 looks down the hall, 90 to the gallery side, -90 to the windows
PLACES: tuple[tuple[str, str, str, float, float, float, float], ...] = (
    ("entrance", "Entrance", "入口", 0.0, 0.0, -2.2, 0.0),
    ("reference-desk", "Reference desk", "参考咨询台", 0.0, 0.0, -25.4, 0.0),
    ("globe", "Globe", "地球仪", -1.35, 0.0, -3.1, 70.0),
    ("reading-tables", "Reading tables", "阅览桌", 0.0, 0.0, -12.0, -60.0),
    ("alcove-1", "Shelves: philosophy, poetry", "书架：哲学、诗歌", -4.8, 0.0, -6.0, 90.0),
    ("alcove-2", "Shelves: sciences, geography", "书架：自然科学、地理", -4.8, 0.0, -14.0, 90.0),
    ("alcove-3", "Shelves: languages, music", "书架：语言、音乐", -4.8, 0.0, -22.0, 90.0),
    ("alcove-4", "Shelves: medicine, travel", "书架：医学、游记", -4.8, 0.0, -30.0, 90.0),
    ("windows-1", "Window shelves: history, drama", "窗下书架：历史、戏剧", 4.5, 0.0, -3.1, -90.0),
    ("windows-2", "Window shelves: mathematics, fiction", "窗下书架：数学、小说", 4.5, 0.0, -11.1, -90.0),
    ("windows-3", "Window shelves: law, art", "窗下书架：法律、艺术", 4.5, 0.0, -19.1, -90.0),
    ("windows-4", "Window shelves: religion, letters", "窗下书架：宗教、尺牍", 4.5, 0.0, -27.1, -90.0),
    ("gallery-stairs", "Gallery stairs", "楼廊旋梯", -3.2, 0.0, -3.1, 180.0),
    ("gallery", "Gallery", "楼廊", -4.9, at.GALLERY + 0.02, -6.0, -45.0),
    ("ancient-books", "Door to the Ancient Books Room", "古籍室门前", 0.0, 0.0, -31.1, 0.0),
)


def great_hall_document(model: Model, files: Mapping[str, bytes]) -> SceneDocument:
    """The document of a built hall; `files` lie beside it by their names and are named with their SHA-256."""
    entities = [
        *_arrivals(),
        *_places(),
        *_seats(model),
        *shelves(model),
        *_lamps(model),
        _desk(model),
        _portal(),
        *door_entities(),
    ]
    return SceneDocument(
        id=HALL_ID,
        title=Text(en="Great Hall", zh="大阅览厅"),
        environment=Environment(
            model=_file(HALL_GLB, files),
            collider=_file(COLLIDER_GLB, files),
            plan=_file(PLAN_SVG, files),
            books=_file(BOOKS_BIN, files),
            titles=_file(TITLES_BIN, files),
        ),
        bounds=Bounds(low=(-at.HALF, -0.5, -at.LENGTH - at.PORTAL_DEPTH), high=(at.HALF, 12.5, 0.5)),
        entities=tuple(entities),
    )


def _file(name: str, files: Mapping[str, bytes]) -> DocumentModel:
    return DocumentModel(url=name, sha256=hashlib.sha256(files[name]).hexdigest())


def _transform(position: Points, heading_degrees: float = 0.0) -> Transform:
    return _framed(position, rotation_y(heading_degrees))


def _framed(position: Points, matrix: Floats) -> Transform:
    x, y, z = (round(float(v), 3) + 0.0 for v in floats(position))
    q = [round(float(v), 5) + 0.0 for v in quaternions(floats([matrix]))[0]]
    return Transform(position=(x, y, z), rotation=(q[0], q[1], q[2], q[3]))


def _arrivals() -> list[Entity]:
    def point(name: str, x: float, z: float, safe: bool) -> Entity:
        return Entity(
            id=name, transform=_transform((x, 0, z)), spawn_point=SpawnPoint(heading_degrees=0.0, is_safe=safe)
        )

    spots = [point(f"spawn-{k}", x, z, False) for k, (x, z) in enumerate(ARRIVALS, 1)]
    return [*spots, point("safe-place", *SAFE, True)]


def _places() -> list[Entity]:
    return [
        Entity(
            id=f"place-{name}",
            transform=_transform((x, floor, z), heading),
            place=Place(name=Text(en=en, zh=zh), heading_degrees=heading, order=order),
        )
        for order, (name, en, zh, x, floor, z, heading) in enumerate(PLACES)
    ]


def _seats(model: Model) -> list[Entity]:
    seats = [p for p in model.places if p.kind == "seat"]
    return [
        Entity(
            id=f"seat-{p.id}",
            transform=_transform(p.position, p.heading_degrees),
            seat=Seat(heading_degrees=_wrapped(p.heading_degrees)),
        )
        for p in seats
    ]


def _wrapped(degrees: float) -> float:
    return round(float((degrees + 180) % 360 - 180), 2) + 0.0


def shelves(model: Model) -> list[Entity]:
    """The bookcases, in the order in which they were built."""
    return [_shelf(case) for case in model.cases]


def _shelf(case: Case) -> Entity:
    middle = case.origin + case.matrix @ floats([case.width / 2, 0, 0])
    zone = int(np.clip(np.floor(-middle[2] / at.BAY), 0, at.BAYS - 1))
    size = (round(case.width, 3), round(case.height, 3), round(case.depth, 3))
    shelf = Shelf(
        label=Text(en=case.label[0], zh=case.label[1]),
        size=size,
        bays=case.bays,
        base_m=case.base,
        boards_m=case.boards,
        zone=zone,
    )
    return Entity(id=f"shelf-{case.id.lower()}", transform=_framed(case.origin, case.matrix), shelf=shelf)


def _lamps(model: Model) -> list[Entity]:
    """Only lamps with a wide reach matter to things that move: the pendants and chandeliers."""
    wide = [lamp for lamp in model.lamps if not lamp.shaded]
    return [
        Entity(
            id=f"light-{k}",
            transform=_transform(lamp.position),
            light=Light(
                colour=(
                    round(float(lamp.intensity[0]), 4),
                    round(float(lamp.intensity[1]), 4),
                    round(float(lamp.intensity[2]), 4),
                ),
                reach_m=lamp.reach_m,
            ),
        )
        for k, lamp in enumerate(wide)
    ]


def _desk(model: Model) -> Entity:
    desk = next(p for p in model.places if p.kind == "desk")
    spot = floats(desk.position) * [1, 0, 1] + [0, at.DAIS_SIZE[1], 0]
    return Entity(
        id="desk", transform=_transform(spot), desk=Desk(label=Text(en="Reference desk", zh="参考咨询台"), reach_m=2.5)
    )


def _portal() -> Entity:
    label = Text(en="Ancient Books Room", zh="古籍室")
    size = (at.PORTAL_WIDTH, at.PORTAL_SPRING + at.PORTAL_WIDTH / 2)
    return Entity(
        id="portal-ancient-books",
        transform=_transform((0, 0, -at.LENGTH)),
        portal=Portal(target=ANCIENT_ROOM, label=label, is_open=False, size=size),
    )
