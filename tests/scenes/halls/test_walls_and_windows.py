"""Walls with rectangular holes keep their area; windows of any kind are sampled where they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.gallery import CEILING, rooflight
from carrel.scenes.halls.kit.model import Model, Opening
from carrel.scenes.halls.kit.panelling import rect_wall
from carrel.scenes.halls.light.baker import Baker

PARTS = st.lists(st.floats(0, 1), min_size=4, max_size=4, unique=True)


def area(model: Model) -> float:
    total = 0.0
    for part in model.parts:
        a, b, c = (part.points[part.faces[:, k]] for k in range(3))
        total += float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
    return total


@given(across=PARTS, up=PARTS)
def test_a_wall_is_what_its_holes_leave(across: list[float], up: list[float]) -> None:
    """Two holes side by side, of any size: the pieces cover the rest exactly once."""
    width, height = 6.0, 3.0
    (a, b, c, d), (e, f, g, h) = sorted(across), sorted(up)
    holes = [(a * width, b * width, e * height, g * height), (c * width, d * width, f * height, h * height)]
    model = Model(1)
    rect_wall(model, "plaster", width, height, holes, 0.5)
    cut = sum((x1 - x0) * (y1 - y0) for x0, x1, y0, y1 in holes)
    assert area(model) == pytest.approx(width * height - cut, abs=1e-6)
    assert len(model.panels) == 1


@given(x=st.floats(-5, 5), y=st.floats(2, 8), z=st.floats(-30, 0), width=st.floats(0.3, 5), long=st.floats(0.3, 5))
def test_a_rooflight_is_sampled_in_its_own_plane(x: float, y: float, z: float, width: float, long: float) -> None:
    model = Model(1)
    with model.at((x, y, z)):
        rooflight(model, width, long, 0.7, 2)
    (window,) = model.openings
    a, b = (v.ravel() for v in np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 5)))
    points, inside, size = object.__new__(Baker)._window_points(window, floats(a), floats(b))
    assert np.all(inside == 1)
    assert size == pytest.approx(0.97 * width * 0.97 * long)
    assert np.ptp(points[:, 1]) == pytest.approx(0, abs=1e-9)
    assert y < points[0, 1] < y + 0.8
    assert np.abs(points[:, 0] - x).max() <= width / 2
    assert np.abs(points[:, 2] - z).max() <= long / 2 + 1e-9


@given(st.floats(0.4, 3), st.floats(0, 1), st.floats(0, 1))
def test_an_upright_window_has_no_arch_unless_it_says_so(width: float, a: float, b: float) -> None:
    frame = (floats([2, 0, -3]), floats([0, 0, 1]), floats([-1, 0, 0]), width, 0.9, 2.4)
    baker = object.__new__(Baker)
    square, _, square_area = baker._window_points(Opening(*frame, arched=False), floats([a]), floats([b]))
    _, _, arched_area = baker._window_points(Opening(*frame), floats([a]), floats([b]))
    assert square_area == pytest.approx(width * 1.5)
    assert arched_area == pytest.approx(width * (1.5 + width / 2))
    assert 0.9 - 1e-9 <= square[0, 1] <= 2.4 + 1e-9


def test_a_ceiling_looks_down() -> None:
    model = Model(1)
    with model.at((0, 3, -4), matrix=CEILING):
        rect_wall(model, "plaster", 2, 4, [], 0.5)
    (part,) = model.parts
    assert np.allclose(part.normals, [0, -1, 0])
    assert np.allclose(part.points[:, 1], 3)
    assert (part.points[:, 2].min(), part.points[:, 2].max()) == (-4, 0)
