"""The Consultation Room in numbers. Metres; the door stands at z = 0, the board at the far end, windows at -x."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.room.entities import CONSULTATION, GREAT_HALL, board, portal
from carrel.scenes.halls.room.facts import GoTo, RoomFacts

HALF, LENGTH, HEIGHT = 3.4, 6.2, 3.45
WINDOWS_Z = (-1.75, -4.35)
WINDOW_WIDTH, WINDOW_SILL, WINDOW_SPRING = 1.35, 0.82, 2.15
RAIL = 0.98
DOOR_X, DOOR_WIDTH, DOOR_HEIGHT = 1.55, 1.05, 2.3
BOARD_SIZE, BOARD_HEIGHT = (2.3, 1.3), 1.72
CASE_WIDTH, CASE_BOARDS = 1.62, (0.36, 0.33, 0.31, 0.29, 0.28, 0.27)
TABLE_AT, TABLE_RADIUS = (0.0, 0.0, -3.35), 0.60
CARPET = (2.5, 3.3)

_TURN, _RISE = np.radians(156), np.radians(33)
DAYLIGHT = Daylight(
    sun_direction=floats([np.cos(_RISE) * np.cos(_TURN), np.sin(_RISE), -np.cos(_RISE) * np.sin(_TURN)]),
    sun=floats([4.2, 3.4, 2.4]),
    sky=floats([3.2, 3.4, 3.75]),
    ground=floats([2.1, 1.95, 1.55]),
    ambient=floats([0.075, 0.07, 0.062]),
)
FACTS = RoomFacts(
    id=CONSULTATION,
    stem="consultation_room",
    en="Consultation Room",
    zh="咨询室",
    low=(-HALF, 0.0, -LENGTH),
    high=(HALF, HEIGHT, 0.0),
    daylight=DAYLIGHT,
    look={
        "exposure": 1.75,
        "fog": [0.006, [0.95, 0.88, 0.76]],
        "specular": 2.0,
        "probe": [0.0, 1.6, -2.4],
        "tone": "aces",
    },
    arrivals=((1.4, -1.0, 15.0), (0.7, -1.1, 5.0), (2.0, -1.3, 25.0), (0.0, -1.3, 0.0)),
    safe=(2.6, -0.9, 30.0),
    places=(
        GoTo("door", "Door", "门口", (1.4, 0.0, -1.0), 15.0),
        GoTo("table", "Table", "圆桌", (0.0, 0.0, -1.75), 0.0),
        GoTo("board", "Shared board", "共享白板", (0.0, 0.0, -5.0), 0.0),
        GoTo("window", "Window", "窗边", (-2.3, 0.0, -2.1), 90.0),
    ),
    entities=(
        portal(GREAT_HALL, (DOOR_X, 0.0, 0.0), 0.0, (DOOR_WIDTH, DOOR_HEIGHT)),
        board("board", (0.0, BOARD_HEIGHT, -LENGTH + 0.03), 0.0, BOARD_SIZE),
    ),
)
