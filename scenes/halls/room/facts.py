"""A room in numbers and names: everything about it that is not a surface. Metres; z = 0 is the entrance, -z is inward."""

from __future__ import annotations

from dataclasses import dataclass

from carrel.scenes.document import Entity
from carrel.scenes.halls.glb import Json
from carrel.scenes.halls.light.coding import Daylight

Triple = tuple[float, float, float]
PROBE_STEP_M, PROBE_INSET_M = 1.4, 0.7


@dataclass(frozen=True)
class GoTo:
    """A named spot: where one stands, and the heading in degrees (0 looks toward -z, 90 toward -x)."""

    id: str
    en: str
    zh: str
    at: Triple
    heading: float


@dataclass(frozen=True)
class RoomFacts:
    """`low` and `high` are the clear inside of the walls; `beyond` is how far the scene reaches outside of them."""

    id: str
    stem: str
    en: str
    zh: str
    low: Triple
    high: Triple
    daylight: Daylight
    look: Json
    arrivals: tuple[tuple[float, float, float], ...]  # x, z, heading; the first is the default
    safe: tuple[float, float, float]
    places: tuple[GoTo, ...]
    entities: tuple[Entity, ...] = ()
    beyond: float = 0.5

    @property
    def probes(self) -> tuple[Triple, Triple, tuple[int, int, int]]:
        """Origin, step and counts of the grid of probes: inside the walls, from knee height up to three metres."""
        low = (self.low[0] + PROBE_INSET_M, 0.7, self.low[2] + PROBE_INSET_M)
        high = (self.high[0] - PROBE_INSET_M, min(3.2, self.high[1] - 0.5), self.high[2] - PROBE_INSET_M)
        counts = tuple(max(2, 1 + round((b - a) / PROBE_STEP_M)) for a, b in zip(low, high, strict=True))
        step = tuple(round((b - a) / (n - 1), 4) for a, b, n in zip(low, high, counts, strict=True))
        origin = tuple(round(v, 4) for v in low)
        return (origin[0], origin[1], origin[2]), (step[0], step[1], step[2]), (counts[0], counts[1], counts[2])
