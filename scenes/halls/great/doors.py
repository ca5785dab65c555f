"""The doors to the other halls: three below the gallery and three upon it, each between two narrow bookcases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carrel.scenes.document import Entity, Place, Portal, Text
from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.bookcase import BASE, BOARD, FRIEZE, WARM, bookcase
from carrel.scenes.halls.kit.model import FAR, MID, NEAR, Model
from carrel.scenes.halls.kit.mouldings import CROWN, CROWN_FAR
from carrel.scenes.halls.kit.shapes import box, fan, rect
from carrel.scenes.halls.kit.sweeps import lathe, sweep, tube
from carrel.scenes.halls.paint.prints import Sheet
from carrel.scenes.halls.room.entities import facing

OPENING, CASE = 1.36, 1.04  # metres: between the cases, and each case
LEAF, HEIGHT = 1.10, 2.12  # the door leaf
LEAF_FRAME = [(0, 0), (0, 0.02), (-0.03, 0.028), (-0.05, 0.01), (-0.06, 0.004)]
PANELS = ((0.46, 0.50), (1.22, 0.74), (1.86, 0.30))  # centre height, height
FRONT = {0: 0.44, 1: 0.40}  # how far cases stand out of the wall, by level
STAND_X = -4.95  # before a door
OUT_OF_THE_WALL = -90.0  # heading of who comes out of a door in the long wall


@dataclass(frozen=True)
class Door:
    """A door in a bay of the long wall; level 0 is the floor, 1 the gallery. `pane` is the light behind its fanlight."""

    target: str
    en: str
    zh: str
    bay: int
    level: int
    pane: str

    @property
    def floor(self) -> float:
        return at.GALLERY + 0.02 if self.level else 0.0


DOORS = (
    Door("exhibition-room", "Exhibition Room", "展览室", 1, 0, "pane_day"),
    Door("data-sea", "Data Sea", "数据之海", 4, 0, "pane_sea"),
    Door("consultation-room", "Consultation Room", "咨询室", 6, 0, "pane_lamp"),
    Door("readers-room-walnut", "Reader’s Room: walnut study", "读者小屋：胡桃木书斋", 1, 1, "pane_lamp"),
    Door("readers-room-garden", "Reader’s Room: garden", "读者小屋：庭园", 3, 1, "pane_day"),
    Door("readers-room-loft", "Reader’s Room: loft", "读者小屋：阁楼", 5, 1, "pane_day"),
)
BY_BAY = {(door.level, door.bay): door for door in DOORS}


def doorway(m: Model, door: Door, sheet: Sheet, name: str, subject: int, boards: tuple[float, ...]) -> None:
    """The whole bay in the wall's frame (x along it, z out of it, the door's middle at x = 0), with its two cases."""
    front, half = FRONT[door.level], OPENING / 2
    top = BASE + sum(boards) + BOARD * (len(boards) + 1)
    for side, x in (("a", -half - CASE), ("b", half)):
        plate = sheet.rects[f"subject{subject}"] if side == "a" else None
        with m.at((x, 0, front)):
            label = at.SUBJECTS[subject]
            bookcase(m, name + side, label, plate, width=CASE, boards=boards, depth=front - 0.02, bays=1, light=0.45)
    head = max(top, HEIGHT + LEAF / 2 + 0.12)
    _surround(m, sheet, door, front, head)
    _leaf(m)
    _fanlight(m, door.pane)


def _surround(m: Model, sheet: Sheet, door: Door, front: float, head: float) -> None:
    """A lined recess between the cases, and over it a board with the name."""
    half, deep = OPENING / 2, front - 0.03
    for s in (-1, 1):
        box(m, "walnut", (s * (half - 0.02), head / 2, deep / 2), (0.04, head, deep), sub=0.7, skip="y-y+z-")
        box(m, "walnut", (s * (half - 0.06), head / 2, front + 0.012), (0.12, head, 0.03), sub=0.7, skip="y-y+z-")
    rect(m, "walnut", (-half, head, 0), (OPENING, 0, 0), (0, 0, front), sub=0.5)
    rect(m, "walnut_dark", (-half, HEIGHT, 0.012), (OPENING, 0, 0), (0, head - HEIGHT, 0), sub=0.5)
    frieze = head + FRIEZE / 2 + 0.06
    box(m, "walnut", (0, frieze, front / 2), (OPENING, FRIEZE + 0.16, front), sub=0.6, skip="x-x+y-z-")
    line = [
        (-half, frieze + 0.12, 0.0),
        (-half, frieze + 0.12, front),
        (half, frieze + 0.12, front),
        (half, frieze + 0.12, 0.0),
    ]
    for levels, profile in ((NEAR, CROWN), (MID | FAR, CROWN_FAR)):
        with m.only(levels):
            sweep(m, "walnut", profile, line, hard=40, sub=2)
    box(m, "brass", (0, frieze, front + 0.006), (1.16, 0.24, 0.012), skip="z-", sub=2)
    wide, tall = 1.12, 0.20
    rect(
        m,
        "print",
        (-wide / 2, frieze - tall / 2, front + 0.0135),
        (wide, 0, 0),
        (0, tall, 0),
        picture=sheet.rects[f"door-{door.target}"],
    )
    m.lamp((0, head - 0.1, 0.34), WARM * 0.5, 2.6, shaded=True)


def _leaf(m: Model) -> None:
    """A panelled door, closed, with a knob at its right."""
    box(m, "walnut_dark", (0, HEIGHT / 2, 0.04), (LEAF, HEIGHT, 0.05), sub=0.6, skip="z-y-")
    with m.only(NEAR | MID):
        for y, tall in PANELS:
            half = LEAF / 2 - 0.13
            corners = [(-half, -tall / 2, 0), (half, -tall / 2, 0), (half, tall / 2, 0), (-half, tall / 2, 0)]
            center = floats([0, y, 0.065])
            sweep(
                m, "walnut_dark", LEAF_FRAME, [center + floats(p) for p in corners], closed=True, up=(0, 0, 1), hard=60
            )
        lathe(m, "brass", [(0, 0), (0.032, 0), (0.032, 0.03), (0, 0.045)], (LEAF / 2 - 0.08, 1.02, 0.10), n=10)
    half = LEAF / 2
    for s in (-1, 1):
        box(m, "walnut", (s * (half + 0.05), HEIGHT / 2, 0.05), (0.10, HEIGHT, 0.08), sub=0.7, skip="z-y-")
    box(m, "walnut", (0, HEIGHT + 0.04, 0.05), (LEAF + 0.2, 0.08, 0.09), sub=0.7, skip="z-")


def _fanlight(m: Model, pane: str) -> None:
    """A half round of glass over the door through which one sees what light there is behind."""
    radius, low = LEAF / 2, HEIGHT + 0.08
    for levels, n in ((NEAR, 16), (MID | FAR, 8)):
        turn = np.linspace(0, np.pi, n + 1)
        arc = np.stack([radius * np.cos(turn), low + radius * np.sin(turn) * 0.86, 0 * turn + 0.03], 1)
        with m.only(levels):
            fan(m, pane, arc, (0, low, 0.03), glow=PANE_GLOW[pane], blocks=False)
            tube(m, "brass", arc + floats([0, 0, 0.02]), 0.02, n=5 if levels == NEAR else 3)
    with m.only(NEAR | MID):
        for degrees in (45, 90, 135):
            a = np.radians(degrees)
            ends = floats([[0, low, 0.04], [radius * np.cos(a), low + radius * np.sin(a) * 0.86, 0.04]])
            tube(m, "brass", ends, 0.012, n=4)


PANE_GLOW = {"pane_day": 1.0, "pane_lamp": 0.75, "pane_sea": 0.6}


def door_entities() -> list[Entity]:
    """A portal and a place before each door; which are open is decided by who knows what is shipped (`openings`)."""
    found = []
    for order, door in enumerate(DOORS):
        z = at.bay_center(door.bay)
        words = Text(en=door.en, zh=door.zh)
        way = Portal(target=door.target, label=words, is_open=False, size=(LEAF, HEIGHT))
        where = facing((-at.HALF + 0.1, door.floor, z), OUT_OF_THE_WALL)
        found.append(Entity(id=f"portal-{door.target}", transform=where, portal=way))
        stand = facing((STAND_X, door.floor, z), 90.0)
        spot = Place(name=words, heading_degrees=90.0, order=100 + order)
        found.append(Entity(id=f"place-{door.target}", transform=stand, place=spot))
    return found
