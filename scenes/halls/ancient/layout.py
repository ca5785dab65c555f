"""The Ancient Books Room in numbers. Metres; the doors stand at z = 0, the moon door at the far end, windows at +x."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.room.entities import ANCIENT, EXHIBITION, GREAT_HALL, portal
from carrel.scenes.halls.room.facts import GoTo, RoomFacts

HALF, LENGTH, WALL = 4.7, 10.4, 3.5
RIDGE = 5.35
POSTS_Z = (-0.16, -3.52, -6.88, -10.24)
BAY = 3.36
MOON_RADIUS, MOON_HEIGHT = 1.22, 1.46
COURT = 2.7  # how far the court behind the moon door reaches
DOOR_WIDTH, DOOR_HEIGHT = 1.5, 2.55
SILL, HEAD = 0.92, 2.62
MAT = (3.5, 2.7)
TABLE_Z = -5.3
RACK_LABELS = (
    ("R1", ("Collected works", "集部"), 3),
    ("R2", ("Masters", "子部"), 2),
    ("R3", ("Histories", "史部"), 1),
    ("R4", ("Classics", "经部"), 0),
    ("R5", ("Gazetteers and miscellanies", "方志杂著"), 3),
)
COUPLET = ("书山有路勤为径", "学海无涯苦作舟")

_TURN, _RISE = np.radians(27), np.radians(36)
DAYLIGHT = Daylight(
    sun_direction=floats([np.cos(_RISE) * np.cos(_TURN), np.sin(_RISE), -np.cos(_RISE) * np.sin(_TURN)]),
    sun=floats([5.6, 4.5, 3.1]),
    sky=floats([3.1, 3.35, 3.7]),
    ground=floats([2.1, 1.95, 1.5]),
    ambient=floats([0.085, 0.078, 0.068]),
)
FACTS = RoomFacts(
    id=ANCIENT,
    stem="ancient_books_room",
    en="Ancient Books Room",
    zh="古籍室",
    low=(-HALF, 0.0, -LENGTH),
    high=(HALF, RIDGE, 0.0),
    daylight=DAYLIGHT,
    look={
        "exposure": 1.6,
        "fog": [0.008, [0.95, 0.88, 0.76]],
        "specular": 2.0,
        "probe": [0.0, 1.7, -3.4],
        "tone": "aces",
    },
    arrivals=(
        (0.0, -1.5, 0.0),
        (-0.9, -1.7, 0.0),
        (0.9, -1.7, 0.0),
        (-1.7, -2.3, -8.0),
        (1.6, -2.5, 8.0),
        (0.0, -2.6, 0.0),
    ),
    safe=(-2.2, -1.2, -20.0),
    places=(
        GoTo("entrance", "Entrance", "入口", (0.0, 0.0, -1.5), 0.0),
        GoTo("scroll-table", "Scroll table", "画案", (0.0, 0.0, -3.35), 0.0),
        GoTo("classics", "Classics and histories", "经部、史部", (-2.9, 0.0, -7.4), 90.0),
        GoTo("masters", "Masters and collected works", "子部、集部", (-2.9, 0.0, -3.5), 90.0),
        GoTo("window-table", "Window table", "窗下长案", (2.9, 0.0, -5.2), -90.0),
        GoTo("zither", "Zither", "古琴", (2.6, 0.0, -8.0), -60.0),
        GoTo("moon-door", "Moon door", "月洞门", (0.0, 0.0, -9.0), 0.0),
    ),
    entities=(
        portal(GREAT_HALL, (0.0, 0.0, 0.0), 0.0, (DOOR_WIDTH, DOOR_HEIGHT)),
        portal(EXHIBITION, (0.0, 0.0, -LENGTH), 180.0, (2 * MOON_RADIUS, MOON_HEIGHT + MOON_RADIUS)),
    ),
    beyond=3.0,
)
