"""The Exhibition Room in numbers. Metres; the door to the Great Hall stands at z = 0, another at the far end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carrel.scenes.document import Entity
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.room.entities import ANCIENT, EXHIBITION, GREAT_HALL, frame, portal
from carrel.scenes.halls.room.facts import GoTo, RoomFacts

HALF, LENGTH, HEIGHT = 6.8, 20.0, 4.7
ROOFLIGHTS_Z, ROOFLIGHT_SIZE, WELL = (-3.9, -10.0, -16.1), (4.4, 3.6), 0.75
DOOR_WIDTH, DOOR_HEIGHT = 1.7, 2.6
FAR_DOOR_X = 4.3
WALL_WIDTH, WALL_HEIGHT = 3.5, 2.75
STANDING_WALLS = ((-2.55, -5.6, 0.0), (2.7, -10.0, 0.0), (-2.55, -14.4, 0.0))  # x, z, turn
EYE_LINE = 1.55
AWAY = 1.9  # how far from a wall one stands to look


@dataclass(frozen=True)
class Spot:
    """Where a work hangs (the middle of its area) or stands (the top of a plinth); `turn` is where its front looks."""

    id: str
    en: str
    zh: str
    x: float
    y: float
    z: float
    turn: float

    @property
    def stand(self) -> tuple[float, float, float]:
        """On the floor before it."""
        a = np.radians(self.turn)
        return (round(float(self.x + AWAY * np.sin(a)), 3), 0.0, round(float(self.z + AWAY * np.cos(a)), 3))


HANGING = (
    Spot("west-1", "West wall 1", "西墙一", -HALF, EYE_LINE, -10.2, 90.0),
    Spot("west-2", "West wall 2", "西墙二", -HALF, EYE_LINE, -13.4, 90.0),
    Spot("west-3", "West wall 3", "西墙三", -HALF, EYE_LINE, -16.9, 90.0),
    Spot("east-1", "East wall 1", "东墙一", HALF, EYE_LINE, -3.2, -90.0),
    Spot("east-2", "East wall 2", "东墙二", HALF, EYE_LINE, -13.6, -90.0),
    Spot("east-3", "East wall 3", "东墙三", HALF, EYE_LINE, -17.0, -90.0),
    Spot("panel-a", "First panel, back", "第一展板背面", -2.55, EYE_LINE, -5.73, 180.0),
    Spot("panel-b", "Second panel, back", "第二展板背面", 2.7, EYE_LINE, -10.13, 180.0),
    Spot("panel-c", "Third panel, front", "第三展板正面", -2.55, EYE_LINE, -14.27, 0.0),
)
# id, names, x, z, height, side of the plinth
PLINTHS = (
    ("plinth-1", "Plinth 1", "展台一", 3.3, -6.2, 1.05, 0.42),
    ("plinth-2", "Plinth 2", "展台二", -3.6, -9.6, 1.05, 0.42),
    ("plinth-3", "Plinth 3", "展台三", -1.9, -10.4, 0.85, 0.50),
    ("plinth-4", "Plinth 4", "展台四", 2.9, -14.2, 1.05, 0.42),
    ("plinth-5", "Plinth 5", "展台五", 4.1, -12.7, 0.70, 0.60),
    ("plinth-6", "Low plinth", "矮台", 0.0, -17.6, 0.35, 1.50),
)
FREE_PLINTHS = ("plinth-2", "plinth-4", "plinth-6")
BEAMS_Z = (-1.05, -2.0, -5.8, -6.95, -8.1, -11.9, -13.05, -14.2, -18.0, -19.0)
VITRINES = ((-5.35, -5.6, 90.0), (5.3, -9.9, -90.0))
BENCHES = ((0.0, -7.7, 90.0), (0.0, -12.3, 90.0))

_TURN, _RISE = np.radians(38), np.radians(52)
DAYLIGHT = Daylight(
    sun_direction=floats([np.cos(_RISE) * np.cos(_TURN), np.sin(_RISE), -np.cos(_RISE) * np.sin(_TURN)]),
    sun=floats([3.4, 2.95, 2.4]),
    sky=floats([3.3, 3.45, 3.7]),
    ground=floats([2.0, 1.9, 1.6]),
    ambient=floats([0.03, 0.03, 0.03]),
)


def _spots() -> tuple[Spot, ...]:
    standing = [
        Spot(name, en, zh, x, height, z, 0.0) for name, en, zh, x, z, height, _ in PLINTHS if name in FREE_PLINTHS
    ]
    return (*HANGING, *standing)


SPOTS = _spots()


def _exhibits() -> tuple[Entity, ...]:
    return tuple(frame(f"exhibit-{s.id}", (s.x, s.y, s.z), s.turn) for s in SPOTS)


FACTS = RoomFacts(
    id=EXHIBITION,
    stem="exhibition_room",
    en="Exhibition Room",
    zh="展览室",
    low=(-HALF, 0.0, -LENGTH),
    high=(HALF, HEIGHT, 0.0),
    daylight=DAYLIGHT,
    look={
        "exposure": 1.2,
        "fog": [0.004, [0.95, 0.93, 0.88]],
        "specular": 1.4,
        "probe": [0.0, 1.7, -8.0],
        "tone": "aces",
    },
    arrivals=(
        (0.0, -1.8, 0.0),
        (-1.0, -2.0, 0.0),
        (1.0, -2.0, 0.0),
        (-2.0, -2.6, -10.0),
        (2.0, -2.6, 10.0),
        (0.0, -3.0, 0.0),
    ),
    safe=(4.6, -1.6, 20.0),
    places=(
        GoTo("entrance", "Entrance", "入口", (0.0, 0.0, -1.8), 0.0),
        *(GoTo(s.id, s.en, s.zh, s.stand, s.turn) for s in SPOTS),
        GoTo("far-end", "Far end", "展厅尽头", (0.0, 0.0, -15.6), 0.0),
    ),
    entities=(
        portal(GREAT_HALL, (0.0, 0.0, 0.0), 0.0, (DOOR_WIDTH, DOOR_HEIGHT)),
        portal(ANCIENT, (FAR_DOOR_X, 0.0, -LENGTH), 180.0, (DOOR_WIDTH, DOOR_HEIGHT)),
        *_exhibits(),
    ),
    beyond=0.8,
)
