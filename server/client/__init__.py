"""The Python reference client of both channels: for bots, load, tests, and as a worked example for clients in other languages."""

from carrel.server.client.clock import RoomClock
from carrel.server.client.errors import Closed, Refused, TimedOut
from carrel.server.client.library import LibraryClient
from carrel.server.client.people import People
from carrel.server.client.poses import PoseTable, pose_message
from carrel.server.client.room import RoomClient

__all__ = [
    "Closed",
    "LibraryClient",
    "People",
    "PoseTable",
    "Refused",
    "RoomClient",
    "RoomClock",
    "TimedOut",
    "pose_message",
]
