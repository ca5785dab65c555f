"""The Great Hall in numbers. Metres; the hall's length runs from z = 0 (entrance) to z = -32; windows stand at +x."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.stair import Spiral
from carrel.scenes.halls.kit.vault import Vault
from carrel.scenes.halls.light.coding import Daylight

HALF, LENGTH, BAY, BAYS = 6.0, 32.0, 4.0, 8
SPRING, RISE = 7.9, 4.3
VAULT = Vault(HALF, SPRING, RISE, BAY, BAYS)
GALLERY, GALLERY_EDGE = 3.95, -4.40  # floor height, and the x where it ends
WINDOW_WIDTH, WINDOW_SILL, WINDOW_SPRING = 2.1, 2.75, 5.95
PORTAL_WIDTH, PORTAL_SPRING, PORTAL_DEPTH = 3.0, 3.6, 1.1
FIELD_LEFT, FIELD_RIGHT = -4.0, 4.35  # parquet between stone borders
RUG_WIDTH, RUG_START, RUG_END, RUG_REPEAT, RUG_CAP = 2.1, -3.2, -26.6, 3.15, 1.05
DAIS_CENTER, DAIS_SIZE = (0.0, 0.075, -LENGTH + 3.35), (6.4, 0.15, 3.3)
DESK_Z = -LENGTH + 4.35
STAIR = Spiral((-3.2, -1.40), 0.98, GALLERY + 0.02, -135, 180, 20)
GALLERY_GATE = (-0.86, -1.94)  # where the balusters leave room for the stair
TABLE_BAYS = (1, 2, 3, 4, 5)
TABLE_X = (2.65, -2.45)
CHANDELIERS_Z = (-8.0, -16.0, -24.0)
GLOBE_AT = (-2.3, 0.0, -3.4)
PALM_BAYS = (1, 3, 5, 7)
LADDERS_Z = (-9.2, -22.4)
LEFT_BOARDS = (0.42, 0.38, 0.34, 0.32, 0.30, 0.29, 0.28, 0.27, 0.26)
GALLERY_BOARDS = (0.36, 0.33, 0.31, 0.29, 0.28, 0.27, 0.26, 0.26)
RIGHT_BOARDS = (0.40, 0.34, 0.30, 0.28, 0.26)
END_BOARDS = (*LEFT_BOARDS, 0.26)

_TURN, _RISE = np.radians(24), np.radians(37)
SUN = floats([np.cos(_RISE) * np.cos(_TURN), np.sin(_RISE), -np.cos(_RISE) * np.sin(_TURN)])
DAYLIGHT = Daylight(
    sun_direction=SUN,
    sun=floats([5.4, 4.25, 2.9]),
    sky=floats([2.7, 2.95, 3.35]),
    ground=floats([2.15, 2.0, 1.62]),
    ambient=floats([0.026, 0.024, 0.021]),
)
# what the client's renderer starts from: exposure, fog (density, linear tint), strength of reflections, where they are taken
LOOK = {"exposure": 1.55, "fog": [0.008, [0.95, 0.88, 0.76]], "specular": 2.2, "probe": [0.0, 2.4, -13.0]}
LOOK |= {"tone": "aces", "room_box": [[-HALF, 0.0, -LENGTH], [HALF, 11.0, 0.0]]}

SUBJECTS = (
    ("Philosophy", "哲学"), ("History", "历史"), ("Poetry", "诗歌"), ("Drama", "戏剧"),
    ("Natural science", "自然科学"), ("Mathematics", "数学"), ("Geography", "地理"), ("Fiction", "小说"),
    ("Languages", "语言"), ("Law", "法律"), ("Music", "音乐"), ("Art", "艺术"),
    ("Medicine", "医学"), ("Religion", "宗教"), ("Travel", "游记"), ("Letters", "尺牍"),
)  # fmt: skip


def bay_center(bay: int) -> float:
    return -BAY * (bay + 0.5)
