"""The Data Sea in numbers. Metres; the hall is round about (0, -RADIUS), its door at z = 0."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, floats
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.room.entities import GREAT_HALL, portal
from carrel.scenes.halls.room.facts import GoTo, RoomFacts

RADIUS, WALL, CROWN = 11.0, 5.6, 8.6
CENTER_Z = -RADIUS
BASIN, WATER = 6.4, -0.42
PIER_HALF, PIER_END = 0.95, 3.0  # half its width, and how near to the middle it comes
RAIL = 1.0
DOOR_WIDTH, DOOR_HEIGHT, DOOR_Z = 1.7, 2.6, -0.62
FIRST_DEGREES, LAST_DEGREES = 28.0, 332.0  # the centuries go round from the pier's left to its right
INNER, OUTER = 2.55, 6.05  # where works stand in the water
STEM_PER_LETTER, STEM_FOOT = 0.078, 0.16
RING_FOOT, RING_HEAD, RING_LEAST, RING_PER_WORK = 1.3, 6.7, 0.30, 0.040
BAR_FOOT, BAR_PER_METRE, BAR_WIDTH = 1.62, 0.052, 0.50
BAR_FROM, BAR_TO = 24.0, 336.0
BENCH_DEGREES = (62.0, 118.0, 180.0, 242.0, 298.0)
PLAQUES = (("sea", 24.0), ("centuries", -24.0), ("shelves", 180.0))

NIGHT = Daylight(
    sun_direction=floats([0.0, 1.0, 0.0]),
    sun=floats([0.0, 0.0, 0.0]),
    sky=floats([0.0, 0.0, 0.0]),
    ground=floats([0.0, 0.0, 0.0]),
    ambient=floats([0.022, 0.030, 0.055]),
)


def around(degrees: float, radius: float, height: float = 0.0) -> tuple[float, float, float]:
    """A point about the hall's axis: 0 degrees toward the door, 90 toward +x... seen from above, clockwise from the pier."""
    a = np.radians(degrees)
    return float(-radius * np.sin(a)), height, float(CENTER_Z + radius * np.cos(a))


def circle(radius: float, height: float, n: int, first: float = 0.0, last: float = 360.0) -> Floats:
    return floats([around(d, radius, height) for d in np.linspace(first, last, n)])


FACTS = RoomFacts(
    id="data-sea",
    stem="data_sea",
    en="Data Sea",
    zh="数据之海",
    low=(-RADIUS, 0.0, -2 * RADIUS),
    high=(RADIUS, CROWN, 0.0),
    daylight=NIGHT,
    look={
        "exposure": 1.65,
        "fog": [0.010, [0.10, 0.14, 0.24]],
        "specular": 2.4,
        "probe": [0.0, 1.9, -3.4],
        "tone": "aces",
    },
    arrivals=((0.0, -1.7, 0.0), (-0.8, -1.9, -4.0), (0.8, -1.9, 4.0), (-1.7, -2.2, -8.0), (1.7, -2.2, 8.0)),
    safe=(2.6, -1.9, 20.0),
    places=(
        GoTo("entrance", "Entrance", "入口", (0.0, 0.0, -1.7), 0.0),
        GoTo("pier", "Pier", "栈桥", (0.0, 0.0, CENTER_Z + PIER_END + 0.75), 0.0),
        GoTo("east-gallery", "Gallery, early centuries", "环廊：早期世纪", around(90, 7.3), -90.0),
        GoTo("far-gallery", "Gallery, far side", "环廊：远端", around(168, 7.3), 180.0),
        GoTo("west-gallery", "Gallery, late centuries", "环廊：近代世纪", around(270, 7.3), 90.0),
        GoTo("shelf-lights", "Shelf lights", "书架光柱", around(140, 8.9), 0.0),
    ),
    entities=(portal(GREAT_HALL, (0.0, 0.0, DOOR_Z), 0.0, (DOOR_WIDTH, DOOR_HEIGHT)),),
    beyond=0.5,
)
