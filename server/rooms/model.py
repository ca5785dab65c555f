"""A room's unchanging facts, and the states of somebody in it. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Vec3 = tuple[float, float, float]

EYES_M: Final = 1.6
"""Metres from the floor to the head of somebody standing, where only the floor is known."""

State = Literal["expected", "present", "lost", "gone"]
Happening = Literal["hello", "disconnect", "expire", "leave"]
TRANSITIONS: Final[Mapping[tuple[State, Happening], State]] = {
    ("expected", "hello"): "present",
    ("expected", "expire"): "gone",
    ("present", "hello"): "present",
    ("present", "disconnect"): "lost",
    ("present", "leave"): "gone",
    ("lost", "hello"): "present",
    ("lost", "expire"): "gone",
    ("lost", "leave"): "gone",
}
"""`expected` holds a slot for an unused ticket and is seen by nobody; `lost` keeps slot and avatar, shown as away, until the resume window ends.
`present` + `hello` is a second tab that takes over. Whatever is not listed cannot happen."""

CLOSE_NORMAL: Final = 1000
CLOSE_RESTART: Final = 1012
CLOSE_BAD_MESSAGES: Final = 4000
CLOSE_TAKEN_OVER: Final = 4001
CLOSE_SESSION_ENDED: Final = 4002
CLOSE_REMOVED: Final = 4003
CLOSE_BANNED: Final = 4004
CLOSE_TOO_SLOW: Final = 4005
CLOSE_NO_HELLO: Final = 4006
CLOSE_CODES: Final[Mapping[int, str]] = {
    CLOSE_NORMAL: "left",
    CLOSE_RESTART: "restarting",
    CLOSE_BAD_MESSAGES: "bad_messages",
    CLOSE_TAKEN_OVER: "taken_over",
    CLOSE_SESSION_ENDED: "session_ended",
    CLOSE_REMOVED: "removed",
    CLOSE_BANNED: "banned",
    CLOSE_TOO_SLOW: "too_slow",
    CLOSE_NO_HELLO: "no_hello",
}
"""Code and reason (a stable word for clients) of every close that the room sends, beside those of RFC 6455 itself (1002, 1003, 1007, 1009)."""


@dataclass(frozen=True, slots=True)
class Spawn:
    """A place to stand: a point on the floor in room metres, and a heading in radians about +Y (0 looks along −Z)."""

    position: Vec3
    heading: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSpec:
    """What the live room takes from a scene document. Metres; `bounds_*` is the box of believed heads, within ±65.5 m of `origin`."""

    room: str
    title: Mapping[str, str]
    scene_url: str
    scene_sha256: str
    origin: Vec3
    bounds_min: Vec3
    bounds_max: Vec3
    spawns: Mapping[str, Spawn]
    safe_place: Spawn
    seats: Mapping[str, Spawn] = field(default_factory=dict)
    capacity: int | None = None
    picture: str = ""
    """Address of a wide picture of it; empty where there is none."""

    def __post_init__(self) -> None:
        if not self.spawns:
            raise ValueError(f"room {self.room!r} has no spawn")

    def spawn(self, name: str | None) -> Spawn:
        """The named spawn or seat, else the first spawn."""
        first = next(iter(self.spawns.values()))
        return first if name is None else self.spawns.get(name) or self.seats.get(name) or first
