"""What was emitted is read back and held against what was meant: a rendition that differs more than it may is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise.accessors import Array, as_floats, read
from carrel.server.publishing.optimise.packing import mantissa_bits
from carrel.server.publishing.optimise.pools import Pool

DIRECTION_ERROR: Final = 0.04
"""Length of the difference of two unit vectors: about two degrees."""
COLOUR_ERROR: Final = 1 / 255


class Differs(RuntimeError):
    """Ours, not the creator's: the encoder did not keep what it must."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest errors: of positions as a part of the largest coordinate, of directions as a length."""

    position: float = 0.0
    direction: float = 0.0


def compare(data: bytes, pools: list[Pool]) -> Difference:
    """Raises Differs."""
    glb, worst = Glb.parse(data), Difference()
    for pool in pools:
        for run in pool.runs:
            mesh, place = run.primitives[0]
            _same_triangles(read(glb, glb.json["meshes"][mesh]["primitives"][place]["indices"]).ravel(), run.indices)
        for index, role in pool.roles.items():
            meant, accessor = pool.rows[index], glb.json["accessors"][index]
            found = as_floats(read(glb, index), accessor.get("normalized", False))
            if meant.dtype != np.float32:
                if not np.array_equal(read(glb, index), meant):
                    raise Differs(f"{role} changed")
                continue
            error = _error(role, found, meant)
            if role.endswith("POSITION"):
                worst = Difference(max(worst.position, error), worst.direction)
            elif role in ("NORMAL", "TANGENT"):
                worst = Difference(worst.position, max(worst.direction, error))
    return worst


def _same_triangles(found: Array, meant: Array) -> None:
    """Corners may be turned round within a triangle, never mirrored."""
    if len(found) != len(meant):
        raise Differs("triangles are missing")
    a, b = found.reshape(-1, 3).astype(np.int64), meant.reshape(-1, 3).astype(np.int64)
    turned = [np.roll(a, turn, axis=1) for turn in range(3)]
    if not np.any([np.all(rows == b, axis=1) for rows in turned], axis=0).all():
        raise Differs("triangles changed")


def _error(role: str, found: Array, meant: Array) -> float:
    if found.shape != meant.shape:
        raise Differs(f"{role} has another shape")
    if role in ("NORMAL", "TANGENT"):
        if role == "TANGENT" and not np.array_equal(np.sign(found[:, 3]), np.sign(meant[:, 3])):
            raise Differs("a tangent is mirrored")
        length = np.maximum(np.linalg.norm(meant[:, :3], axis=1, keepdims=True), 1e-12)
        error, allowed = float(np.linalg.norm(found[:, :3] - meant[:, :3] / length, axis=1).max()), DIRECTION_ERROR
    elif role.startswith("COLOR_"):
        error, allowed = float(np.abs(found - np.clip(meant, 0, 1)).max()), COLOUR_ERROR
    else:
        bits = mantissa_bits(role)
        # Half a step of a mantissa, one bit of which is the sign, under an exponent of up to twice the largest number; and what floats round.
        allowed = 0.0 if bits is None else 2.0 ** (1 - bits) * 1.01
        error = float(np.abs(found - meant).max() / max(float(np.abs(meant).max()), 1e-20))
    if not error <= allowed:
        raise Differs(f"{role} is off by {error}, at most {allowed} is allowed")
    return error
