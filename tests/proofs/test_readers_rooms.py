"""Each look of the Readers' Rooms and the Data Sea comes out the same, byte by byte, when it is built twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.scenes import document
from carrel.scenes.halls.books.classics import CLASSICS, classic_records
from carrel.scenes.halls.data_sea.build import build_data_sea
from carrel.scenes.halls.data_sea.numbers import sea_numbers
from carrel.scenes.halls.readers.build import LOOKS, build_readers_room
from carrel.scenes.halls.room.recipe import BuiltRoom, RoomInputs

pytestmark = pytest.mark.proof
GREAT_HALL = Path(__file__).parents[2] / "assets" / "gltf" / "halls" / "great_hall.scene.json"


def _sea() -> BuiltRoom:
    numbers = sea_numbers(classic_records(), document.decode(GREAT_HALL.read_bytes()))
    return build_data_sea(numbers, RoomInputs(CLASSICS), 7, "full")


def _reader(look: str) -> Callable[[], BuiltRoom]:
    return lambda: build_readers_room(look, RoomInputs(CLASSICS), 7, "full")


@pytest.mark.parametrize("build", [*(_reader(look) for look in LOOKS), _sea], ids=[*LOOKS, "data-sea"])
def test_the_same_bytes_with_all_its_light(build: Callable[[], BuiltRoom], measured: Callable[..., None]) -> None:
    """A Reader's Room or the Data Sea, built twice with all its light, has the same bytes."""
    first, second = build().files(), build().files()
    assert first == second
    measured(bytes=f"{sum(map(len, first.values())):,}")
