"""The small tools that the looks are made of."""

from __future__ import annotations

import numpy as np
import pytest

from carrel.avatars.looks.arrays import line
from carrel.avatars.looks.bones import lowered_pose, skeleton
from carrel.avatars.looks.field import ellipsoid, first_hit, limb, union
from carrel.avatars.looks.figure import Figure
from carrel.avatars.looks.mesh import Pile, assemble
from carrel.avatars.looks.palette import ROWS, column
from carrel.avatars.looks.people import PEOPLE
from carrel.avatars.looks.simplify import simplified
from carrel.avatars.looks.surface import shell

BALL = ellipsoid((0.0, 0.0, 0.0), (0.1, 0.1, 0.1))
BOX = ((-0.15, -0.15, -0.15), (0.15, 0.15, 0.15), (0.02, 0.02, 0.02))


def edges_used(faces: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> set[int]:
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, count = np.unique(np.sort(pairs, 1), axis=0, return_counts=True)
    return set(count.tolist())


def test_a_net_is_closed_and_lies_on_its_field_facing_outwards() -> None:
    skin = shell(BALL, *BOX)
    assert edges_used(skin.faces) == {2}
    assert np.abs(np.linalg.norm(skin.points, axis=1) - 0.1).max() < 1e-3
    a, b, c = (skin.points[skin.faces[:, k]] for k in range(3))
    assert ((np.cross(b - a, c - a) * (a + b + c)).sum(1) > 0).all()


def test_a_cut_is_clean_and_shows_a_rim() -> None:
    skin = shell(BALL, *BOX, keep=lambda p: p[..., 1] - 0.01, depth=0.01)
    outer = skin.points[skin.edge == 0]
    assert outer[:, 1].min() == pytest.approx(0.01, abs=2e-3)
    assert (skin.edge == 1).any()


def test_rays_find_the_first_surface() -> None:
    hit = first_hit(BALL, np.array([[0.0, 0.0, 0.3]]), np.array([0.0, 0.0, -1.0]), 0.5)
    assert hit[0, 2] == pytest.approx(0.1, abs=1e-4)


def test_a_smooth_union_adds_a_fillet_and_takes_nothing_away() -> None:
    arm = limb([(0, 0, 0), (0.3, 0, 0)], [0.05, 0.05])
    both = union([BALL, arm], 0.05)
    points = np.random.default_rng(1).uniform(-0.3, 0.3, (500, 3))
    assert (both(points) <= np.minimum(BALL(points), arm(points)) + 1e-12).all()


def test_lowering_the_arms_gives_the_modelled_shoulder_back() -> None:
    figure = Figure(PEOPLE[0])
    skin = shell(figure.upper, (-0.6, 0.9, -0.25), (0.6, 1.5, 0.25), (0.05, 0.05, 0.05))
    pile = Pile()
    pile.add("top", skin, figure.weigh(), lowered=True)
    mesh = assemble(pile.parts, figure.bones, figure.scene)
    pose = lowered_pose(figure.bones)
    carry = np.stack([pose[name] for name in figure.bones])
    blend = np.einsum("nk,nkij->nij", mesh.weights / 255.0, carry[mesh.joints])
    posed = np.einsum("nij,nj->ni", blend[:, :3, :3], mesh.points) + blend[:, :3, 3]
    assert np.abs(posed - skin.points).max() < 1e-9
    assert np.abs(mesh.points[:, 0]).max() > np.abs(skin.points[:, 0]).max()


def test_simplifying_keeps_the_budget_and_only_drops_points() -> None:
    pile = Pile()
    pile.add("top", shell(BALL, (-0.15,) * 3, (0.15,) * 3, (0.012,) * 3), "hips")
    mesh = assemble(pile.parts, skeleton(0.16, 0.09), BALL)
    small = simplified(mesh, 300)
    assert 250 <= len(small.faces) <= 300
    assert edges_used(small.faces) == {2}
    assert {tuple(p) for p in small.points} <= {tuple(p) for p in mesh.points}


def test_curves_pass_through_their_rows_and_never_overshoot() -> None:
    rows = [(0.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 0.2)]
    xs = np.linspace(-1, 4, 200)
    ys = line(xs, rows)
    assert np.allclose(line(np.array([0.0, 1.0, 2.0, 3.0]), rows), [0.0, 1.0, 1.0, 0.2])
    assert ys.min() >= 0.0
    assert ys.max() <= 1.0 + 1e-12


def test_a_palette_column_runs_from_shadow_through_the_colour_to_light() -> None:
    steps = column("top", "2f4f47").astype(int).sum(1)
    assert len(steps) == ROWS
    assert (np.diff(steps) > 0).all()
