"""Floor, walls, windows, door and ceiling of the Consultation Room."""

from __future__ import annotations

import numpy as np

from carrel.scenes.halls.consultation import layout as at
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.carpet import carpet
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.panelling import cornice, doorway, open_door, rect_wall, wainscot
from carrel.scenes.halls.kit.shapes import grid, rect
from carrel.scenes.halls.kit.sweeps import sweep
from carrel.scenes.halls.kit.window import arched_wall, sunbeam, window

CEILING_ROSE = [(0.10, 0), (0.09, -0.03), (0.03, -0.05), (0, -0.03), (-0.02, 0)]


def shell(m: Model) -> None:
    half, long, high = at.HALF, at.LENGTH, at.HEIGHT
    floor = m.panel((-half, 0, 0), (2 * half, 0, 0), (0, 0, -long), (0, 1, 0), 0.016)
    points = floats([[(-half, 0, 0), (-half, 0, -long)], [(half, 0, 0), (half, 0, -long)]])
    turned = np.stack([points[..., 0] - points[..., 2], points[..., 0] + points[..., 2]], -1) * np.sqrt(0.5)
    grid(m, "parquet", points, turned, panel=floor)
    with m.at((at.TABLE_AT[0], 0, at.TABLE_AT[2])):
        carpet(m, *at.CARPET, panel=floor)
    ceiling = m.panel((-half, high, -long), (2 * half, 0, 0), (0, 0, long), (0, -1, 0), 0.05)
    rect(m, "plaster", (-half, high, -long), (2 * half, 0, 0), (0, 0, long), panel=ceiling)
    _window_wall(m)
    with m.at((-half, 0, -long)):
        rect_wall(m, "painted", 2 * half, high, [], 0.035)
        wainscot(m, 0, 2 * half, at.RAIL)
    with m.at((half, 0, -long), turn=-90):
        rect_wall(m, "painted", long, high, [], 0.035)
        wainscot(m, 0, long, at.RAIL)
    with m.at((half, 0, 0), turn=180):
        door = half - at.DOOR_X
        side = at.DOOR_WIDTH / 2
        rect_wall(m, "painted", 2 * half, high, [(door - side, door + side, 0, at.DOOR_HEIGHT)], 0.035)
        wainscot(m, 0, door - side - 0.16, at.RAIL)
        wainscot(m, door + side + 0.16, 2 * half, at.RAIL)
        with m.at((door, 0, 0)):
            doorway(m, at.DOOR_WIDTH, at.DOOR_HEIGHT)
            open_door(m, at.DOOR_WIDTH, at.DOOR_HEIGHT, -1, 158)
    # seen from above: along the near wall, then round so that the room lies to the right
    cornice(m, [(-half, high, 0), (-half, high, -long), (half, high, -long), (half, high, 0)])
    turn = np.linspace(0, 2 * np.pi, 41)[:-1]
    for radius in (0.62, 0.82):
        ring = np.stack([radius * np.cos(turn), 0 * turn + high, at.TABLE_AT[2] + radius * np.sin(turn)], 1)
        sweep(m, "limewash", CEILING_ROSE[::-1], ring, closed=True, sub=9)


def _window_wall(m: Model) -> None:
    size = (at.WINDOW_WIDTH, at.WINDOW_SILL, at.WINDOW_SPRING)
    with m.at((-at.HALF, 0, 0), turn=90):
        holes = [(-z, *size) for z in at.WINDOWS_Z]
        arched_wall(m, "painted", at.LENGTH, at.HEIGHT, holes, 0.03)
        wainscot(m, 0, at.LENGTH, at.WINDOW_SILL - 0.10)
        for z in at.WINDOWS_Z:
            with m.at((-z, 0, 0)):
                window(m, *size, depth=0.36, columns=2)
                sunbeam(m, *size, -at.DAYLIGHT.sun_direction, strength=0.012)
