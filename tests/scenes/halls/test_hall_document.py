"""The Great Hall's scene document: arrivals, seats, places, desk, portal, shelves."""

from __future__ import annotations

import hashlib
import math
import xml.etree.ElementTree as ElementTree

from carrel.scenes import document
from carrel.scenes.halls.great.hall import BuiltHall
from carrel.scenes.halls.openings import with_openings


def test_enough_places_to_arrive_and_one_to_retreat_to(draft: BuiltHall) -> None:
    spawns = list(draft.scene.having("spawn_point"))
    safe = [e for e in spawns if e.spawn_point is not None and e.spawn_point.is_safe]
    assert len(spawns) - len(safe) >= 6
    assert len(safe) == 1
    assert all(-6 < e.transform.position[2] < 0 for e in spawns)


def test_every_chair_is_a_seat(draft: BuiltHall) -> None:
    seats = list(draft.scene.having("seat"))
    assert len(seats) == 41  # ten tables of four, and the librarian's
    assert all(0.4 < e.transform.position[1] < 0.7 for e in seats)


def test_seats_look_at_their_table(draft: BuiltHall) -> None:
    for entity in draft.scene.having("seat"):
        if entity.id == "seat-desk":
            continue
        assert entity.seat is not None
        x = entity.transform.position[0]
        middle = 2.65 if x > 0 else -2.45
        to_table = 90 if x > middle else -90
        away = (entity.seat.heading_degrees - to_table + 180) % 360 - 180
        assert abs(away) < 30, entity.id


def test_places_desk_portal_and_shelves(draft: BuiltHall) -> None:
    scene = draft.scene
    names = {e.id for e in scene.having("place")}
    wanted = ("entrance", "reference-desk", "globe", "gallery-stairs", "ancient-books")
    assert {f"place-{n}" for n in wanted} <= names
    assert len(list(scene.having("desk"))) == 1
    ways = {e.portal.target: e for e in scene.having("portal") if e.portal is not None}
    rooms = {"ancient-books-room", "exhibition-room", "consultation-room", "data-sea"}
    assert set(ways) == rooms | {f"readers-room-{look}" for look in ("walnut", "garden", "loft")}
    assert len(list(scene.having("shelf"))) == 33


def test_a_place_lies_before_each_door(draft: BuiltHall) -> None:
    places = [e.transform.position for e in draft.scene.having("place")]
    for way in draft.scene.having("portal"):
        assert min(math.dist(way.transform.position, spot) for spot in places) < 1.2, way.id


def test_doors_open_to_shipped_halls_alone(draft: BuiltHall) -> None:
    opened = with_openings(draft.scene, {"great-hall", "data-sea"})
    found = {e.portal.target: e.portal.is_open for e in opened.having("portal") if e.portal is not None}
    assert [target for target, is_open in found.items() if is_open] == ["data-sea"]
    assert with_openings(opened, set()) == draft.scene


def test_the_document_names_the_files_it_was_built_with(draft: BuiltHall) -> None:
    files = draft.files()
    scene = document.decode(files["great_hall.scene.json"])
    assert scene == draft.scene
    environment = scene.environment
    for model in (environment.model, environment.collider, environment.plan):
        assert model is not None
        assert hashlib.sha256(files[model.url]).hexdigest() == model.sha256


def test_the_plan_is_a_drawing_in_metres(draft: BuiltHall) -> None:
    root = ElementTree.fromstring(draft.plan)
    x, z, wide, tall = (float(v) for v in root.attrib["viewBox"].split())
    assert x < -6 < 6 < x + wide
    assert z < -32 < 0 < z + tall
    assert draft.plan.count(b"data-shelf=") == 22  # those on the gallery are not drawn


def test_one_can_stand_at_every_place(draft: BuiltHall) -> None:
    """No place lies in a column, a table or a case (the columns are the narrowest trap)."""
    for entity in (*draft.scene.having("place"), *draft.scene.having("spawn_point")):
        x, _, z = entity.transform.position
        for bay in range(1, 8):
            assert math.hypot(x + 4.26, z + 4 * bay) > 0.5, entity.id
        for bay in range(1, 6):
            for table_x in (2.65, -2.45):
                in_table = abs(x - table_x) < 0.9 and abs(z + 4 * (bay + 0.5)) < 1.8
                assert not in_table, entity.id
        assert -5.3 < x < 5.3, entity.id
