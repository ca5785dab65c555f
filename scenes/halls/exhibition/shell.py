"""Floor, walls, ceiling with its rooflights, the two doors and the standing walls of the Exhibition Room."""

from __future__ import annotations

from carrel.scenes.halls.exhibition import layout as at
from carrel.scenes.halls.kit.gallery import CEILING, rooflight, standing_wall, track
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.panelling import doorway, rect_wall
from carrel.scenes.halls.kit.shapes import box, rect
from carrel.scenes.halls.room.solids import Solids

SKIRTING = 0.10


def shell(m: Model, solids: Solids) -> None:
    half, long, high = at.HALF, at.LENGTH, at.HEIGHT
    floor = m.panel((-half, 0, 0), (2 * half, 0, 0), (0, 0, -long), (0, 1, 0), 0.032)
    rect(m, "parquet", (-half, 0, 0), (2 * half, 0, 0), (0, 0, -long), panel=floor)
    door, far = at.DOOR_WIDTH / 2, half + at.FAR_DOOR_X
    walls = (
        ((-half, 0, 0), 90, long, None),
        ((half, 0, -long), -90, long, None),
        ((-half, 0, -long), 0, 2 * half, far),
        ((half, 0, 0), 180, 2 * half, half),
    )
    for origin, turn, wide, middle in walls:
        with m.at(origin, turn=turn):
            holes = [] if middle is None else [(middle - door, middle + door, 0.0, at.DOOR_HEIGHT)]
            rect_wall(m, "plaster", wide, high, holes, 0.045)
            runs = [(0.0, wide)] if middle is None else [(0.0, middle - door - 0.2), (middle + door + 0.2, wide)]
            for a, b in runs:
                box(m, "white", ((a + b) / 2, SKIRTING / 2, 0.007), (b - a, SKIRTING, 0.014), sub=0.8, skip="z-y-x-x+")
    with m.at((0, 0, 0), turn=180):
        doorway(m, at.DOOR_WIDTH, at.DOOR_HEIGHT, 0.5, "oak", (0, 0, 0.5, 1))
    with m.at((at.FAR_DOOR_X, 0, -long)):
        doorway(m, at.DOOR_WIDTH, at.DOOR_HEIGHT, 0.5, "oak", (0.5, 0, 1, 1))
    wide, deep = at.ROOFLIGHT_SIZE
    holes = [(half - wide / 2, half + wide / 2, long + z - deep / 2, long + z + deep / 2) for z in at.ROOFLIGHTS_Z]
    with m.at((-half, high, -long), matrix=CEILING):
        rect_wall(m, "plaster", 2 * half, long, holes, 0.07)
    for z in at.ROOFLIGHTS_Z:
        with m.at((0, high, z)):
            rooflight(m, wide, deep, at.WELL, 4)
    for z in at.BEAMS_Z:
        box(m, "oak", (0, high - 0.12, z), (2 * half, 0.24, 0.13), sub=0.45, skip="y+x-x+")
    for x, z, facing in at.STANDING_WALLS:
        with m.at((x, 0, z), turn=facing):
            standing_wall(m, at.WALL_WIDTH, at.WALL_HEIGHT)
            solids.box(m, (-at.WALL_WIDTH / 2, 0, -0.13), (at.WALL_WIDTH / 2, at.WALL_HEIGHT, 0.13), "panel")
    for s in (-1, 1):
        for middle in (-5.0, -15.0):
            with m.at((s * (half - 1.5), high - 0.24, middle), turn=s * 90):
                track(m, 8.4, 6, 32, 0.42)
