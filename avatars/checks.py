"""What a room believes of the poses it is sent: one vectorised pass over all of a tick's arrivals.

A pose outside the room's bounds is refused. One that is farther from the last believed pose than anybody walks in the time between is a teleport: it is
flagged `FLAG_JUMP`, and refused when its owner has spent the allowance. Positions are int16 steps of `codec.STEP_M` from the room's origin.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from carrel.avatars.codec import CLIENT_FLAGS, FLAG_JUMP, STEP_M

Steps = NDArray[np.int16]
Mask = NDArray[np.bool_]

SLACK_M: Final = 0.5
"""Metres forgiven beyond the fastest walk: jitter of arrival times, leaning, standing up."""
LONGEST_GAP_MS: Final = 1000
"""A silence counts for walking no longer than this, so that nobody saves up distance."""


class Bounds(NamedTuple):
    """The box of believed head positions, in steps from the origin, both ends included."""

    low: Steps
    high: Steps


class Verdict(NamedTuple):
    """One entry a pose, in the order given."""

    accepted: Mask
    jumped: Mask
    outside: Mask


def bounds_in_steps(
    low_m: tuple[float, float, float], high_m: tuple[float, float, float], origin_m: tuple[float, float, float]
) -> Bounds:
    """Room metres → steps, rounded inwards. Raises ValueError when the box does not fit into int16 steps around the origin."""
    low = np.ceil((np.array(low_m) - origin_m) / STEP_M)
    high = np.floor((np.array(high_m) - origin_m) / STEP_M)
    if (
        not (np.isfinite(low).all() and np.isfinite(high).all())
        or (low < -32768).any()
        or (high > 32767).any()
        or (low > high).any()
    ):
        raise ValueError(
            f"bounds {low_m} to {high_m} do not fit around {origin_m}: a region is at most ±{32767 * STEP_M:.1f} m"
        )
    return Bounds(low.astype(np.int16), high.astype(np.int16))


def client_flags(flags: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Flags without those that belong to the server."""
    return flags & np.uint8(CLIENT_FLAGS)


def inside(heads: Steps, bounds: Bounds) -> Mask:
    """(n, 3) steps → (n,) whether each lies within the bounds."""
    return np.asarray(((heads >= bounds.low) & (heads <= bounds.high)).all(axis=1), np.bool_)


def judge(
    before: Steps,
    after: Steps,
    elapsed_ms: NDArray[np.int64],
    allowance: NDArray[np.float32],
    bounds: Bounds,
    speed_metres_per_s: float,
) -> Verdict:
    """Which of n poses to believe.

    `before` and `after` are (n, 3); `elapsed_ms` since the believed pose; `allowance` the teleports left, at least 1 to be let.
    """
    outside = ~inside(after, bounds)
    apart = (after.astype(np.float32) - before.astype(np.float32)) * np.float32(STEP_M)
    reach = SLACK_M + speed_metres_per_s / 1000 * np.clip(elapsed_ms, 0, LONGEST_GAP_MS)
    jumped = (apart * apart).sum(axis=1) > reach * reach
    accepted = ~outside & (~jumped | (allowance >= 1))
    return Verdict(accepted, jumped & accepted, outside)


def flag_jumps(flags: NDArray[np.uint8], jumped: Mask) -> NDArray[np.uint8]:
    """Flags with `FLAG_JUMP` set where the server saw a teleport; a client's own flag stays."""
    return flags | np.where(jumped, np.uint8(FLAG_JUMP), np.uint8(0))
