"""Turned, swept and bent surfaces: lathes, mitred mouldings, tubes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from carrel.scenes.halls.kit.arrays import Floats, Points, floats
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.shapes import grid


def lathe(
    m: Model,
    finish: str,
    profile: Points,
    position: Points = (0, 0, 0),
    *,
    n: int = 20,
    hard: float = 50.0,
    **more: Any,
) -> None:
    """Turn a profile [(radius, height), ...] about y. Corners sharper than `hard` degrees stay crisp."""
    prof = floats(profile)
    turn = np.linspace(0, 2 * np.pi, n + 1)
    run = _lengths(prof)
    wraps = max(1.0, round(float(prof[:, 0].max()) * 6))
    for lo, hi in smooth_runs(prof, hard):
        p = prof[lo : hi + 1]
        r = p[:, None, 0]
        points = np.stack([r * np.sin(turn), np.repeat(p[:, 1:], n + 1, 1), r * np.cos(turn)], -1) + floats(position)
        uv = np.stack(np.broadcast_arrays(turn[None] / (2 * np.pi) * wraps, run[lo : hi + 1, None]), -1)
        grid(m, finish, points[::-1], uv[::-1], **more)


def sweep(
    m: Model,
    finish: str,
    profile: Points,
    path: Points,
    *,
    closed: bool = False,
    up: Points = (0, 1, 0),
    hard: float = 25.0,
    sub: float = 1.2,
    **more: Any,
) -> None:
    """Sweep a profile [(out, up), ...] along a polyline with mitred corners: cornices, plinths, rails, frames.

    `out` points to the right of the direction of travel (travel x up); for a path in another plane give that plane's
    normal as `up`: the profile's second axis then runs along it.
    """
    line, upward = floats(path), floats(up)
    line = _refined(np.vstack([line, line[:1]]) if closed else line, sub)
    d = np.diff(line, axis=0)
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    before, after = (
        (np.vstack([d[-1:], d]), np.vstack([d, d[:1]]))
        if closed
        else (
            np.vstack([d[:1], d]),
            np.vstack([d, d[-1:]]),
        )
    )
    o0, o1 = np.cross(before, upward), np.cross(after, upward)
    out = o0 + o1
    out /= np.maximum((out * o0).sum(1, keepdims=True), 1e-6)  # mitre: unit distance, measured square to each run
    prof = floats(profile)
    run, girth = _lengths(line), _lengths(prof)
    corner = np.concatenate([[False], (d[1:] * d[:-1]).sum(1) < 0.8, [False]])
    cuts = [0, *np.nonzero(corner)[0].tolist(), len(line) - 1]
    for lo, hi in smooth_runs(prof, hard):
        piece = prof[lo : hi + 1]
        for a, b in itertools.pairwise(cuts):
            points = line[a : b + 1, None] + out[a : b + 1, None] * piece[None, :, :1] + upward * piece[None, :, 1:]
            uv = np.stack(np.broadcast_arrays(girth[None, lo : hi + 1], run[a : b + 1, None]), -1)
            grid(m, finish, points, uv, **more)


def tube(m: Model, finish: str, path: Points, radius: Points, *, n: int = 6, **more: Any) -> None:
    """A round rod along a polyline; `radius` is one number or one a point."""
    line = floats(path)
    d = np.gradient(line, axis=0)
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    aside = np.eye(3)[np.argmin(np.abs(d).max(0))]  # an axis the path never runs along
    a = np.cross(d, aside)
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b = np.cross(d, a)
    turn = np.linspace(0, 2 * np.pi, n + 1)
    r = np.broadcast_to(floats(radius), len(line))[:, None, None]
    points = line[:, None] + r * (np.cos(turn)[None, :, None] * a[:, None] + np.sin(turn)[None, :, None] * b[:, None])
    uv = np.stack(np.broadcast_arrays(turn[None] / 6.28 * 0.3, _lengths(line)[:, None]), -1)
    grid(m, finish, points[:, ::-1], uv[:, ::-1], **more)


def smooth_runs(profile: Floats, hard: float) -> list[tuple[int, int]]:
    """Cut a profile at corners sharper than `hard` degrees; pairs of first and last index."""
    d = np.diff(profile, axis=0)
    d /= np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-9)
    bend = np.degrees(np.arccos(np.clip((d[1:] * d[:-1]).sum(1), -1, 1)))
    cuts = [0, *(np.nonzero(bend > hard)[0] + 1).tolist(), len(profile) - 1]
    return list(itertools.pairwise(cuts))


def _lengths(line: Floats) -> Floats:
    return floats(np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]))


def _refined(path: Floats, sub: float) -> Floats:
    out = [path[:1]]
    for a, b in itertools.pairwise(path):
        n = max(1, int(np.ceil(np.linalg.norm(b - a) / sub)))
        out.append(a + (b - a) * (np.arange(1, n + 1) / n)[:, None])
    return np.vstack(out)
