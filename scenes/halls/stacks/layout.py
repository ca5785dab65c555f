"""The stacks in numbers. Metres; an aisle runs along x = 0 from the entrance (z = 0) between ranges of cases."""

from __future__ import annotations

import math

from carrel.scenes.document import REACH_M
from carrel.scenes.errors import BuildError
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.light.coding import Daylight
from carrel.scenes.halls.room.facts import GoTo, RoomFacts

STEM = "stacks"
PITCH, AISLE, CASE, DEPTH, ROW = 2.3, 2.0, 3.4, 0.42, 2
"""From range to range; half of the aisle's width; a case's width and depth; cases in a row on each side."""
BOARDS = (0.36, 0.33, 0.31, 0.30, 0.29, 0.28, 0.27, 0.26)
HALF, CEILING, FIRST = AISLE + ROW * CASE + 0.6, 4.2, 1.5
CASE_BOOKS = 515
"""What a case holds at the very least."""
DAYLIGHT = Daylight(
    sun_direction=floats([0, 1, 0]),
    sun=floats([0, 0, 0]),
    sky=floats([0, 0, 0]),
    ground=floats([0, 0, 0]),
    ambient=floats([0.07, 0.062, 0.052]),
)
LAMP_X = (0.0, AISLE + ROW * CASE / 2, -AISLE - ROW * CASE / 2)


def ranges_for(books: int) -> int:
    """How many ranges hold so many books. Raises BuildError when they need more than one storey."""
    most = int((REACH_M - 3) / PITCH - FIRST)
    wanted = max(1, math.ceil(books / (CASE_BOOKS * ROW * 4)))
    if wanted > most:
        raise BuildError(f"The stacks hold at most {most * CASE_BOOKS * ROW * 4} books; {books} were asked for.")
    return wanted


def center(number: int) -> float:
    """The z of a range's middle."""
    return -PITCH * (number + FIRST)


def facts(ranges: int) -> RoomFacts:
    length = PITCH * (ranges + FIRST + 1)
    look = {
        "exposure": 1.7,
        "fog": [0.012, [0.95, 0.86, 0.72]],
        "specular": 1.6,
        "probe": [0.0, 2.0, -3.0],
        "tone": "aces",
    }
    places = (
        GoTo("entrance", "Entrance", "入口", (0.0, 0.0, -1.2), 0.0),
        GoTo("middle", "Middle of the stacks", "书库中部", (0.0, 0.0, -length / 2), 0.0),
        GoTo("far-end", "Far end", "书库尽头", (0.0, 0.0, -length + 1.6), 180.0),
    )
    return RoomFacts(
        id=STEM,
        stem=STEM,
        en="Stacks",
        zh="书库",
        low=(-HALF, 0.0, -length),
        high=(HALF, CEILING, 0.0),
        daylight=DAYLIGHT,
        look=look,
        arrivals=((0.0, -1.2, 0.0), (-1.0, -1.4, 0.0), (1.0, -1.4, 0.0)),
        safe=(3.0, -1.0, 0.0),
        places=places,
    )
