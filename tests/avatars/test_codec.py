"""The codec's promises: worst errors, totality over foreign words, exact lengths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from carrel.avatars import codec
from carrel.avatars.errors import PoseError

metres = st.floats(-65.5, 65.5, allow_nan=False)
parts = st.floats(-1, 1, allow_nan=False)


@given(hnp.arrays(np.float64, (7, 3), elements=metres))
def test_a_position_is_off_by_half_a_step_at_most(positions: np.ndarray) -> None:
    back = codec.decode_positions(codec.encode_positions(positions))
    assert np.abs(back - positions).max() <= codec.STEP_M / 2 + 1e-9


@given(hnp.arrays(np.float64, (7, 3), elements=st.floats(-3.27, 3.27, allow_nan=False)))
def test_a_hand_is_off_by_half_a_step_at_most(offsets: np.ndarray) -> None:
    back = codec.decode_positions(codec.encode_positions(offsets, codec.HAND_STEP_M), codec.HAND_STEP_M)
    assert np.abs(back - offsets).max() <= codec.HAND_STEP_M / 2 + 1e-9


@given(hnp.arrays(np.float64, (9, 4), elements=parts).filter(lambda q: (np.linalg.norm(q, axis=1) > 0.05).all()))
def test_an_orientation_is_off_by_the_documented_angle_at_most(quaternions: np.ndarray) -> None:
    back = codec.decode_rotations(codec.encode_rotations(quaternions))
    true = quaternions / np.linalg.norm(quaternions, axis=1)[:, None]
    # The angle by its sine: the cosine of a small angle says nothing in floats.
    apart = np.minimum(np.linalg.norm(back - true, axis=1), np.linalg.norm(back + true, axis=1))
    assert (4 * np.arcsin(np.minimum(1, apart / 2))).max() <= codec.ROTATION_ERROR_RAD


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_every_word_decodes_to_a_unit_quaternion(words: list[int]) -> None:
    decoded = codec.decode_rotations(np.array(words, np.uint32))
    assert np.isfinite(decoded).all()
    assert np.abs(np.linalg.norm(decoded, axis=1) - 1).max() < 1e-9


@given(st.binary(max_size=60))
def test_only_the_three_lengths_are_poses(message: bytes) -> None:
    if message[:1] == bytes((codec.UP_POSE,)) and len(message) in codec.UP_LAYOUTS:
        assert codec.write_up(codec.read_up(message)) == message
    else:
        with pytest.raises(PoseError):
            codec.read_up(message)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        codec.encode_positions(np.array([[0.0, value, 0.0]]))


@pytest.mark.parametrize("broken", [[0, 0, 0, 0], [np.nan, 0, 0, 1], [np.inf, 0, 0, 0]])
def test_a_broken_quaternion_is_the_identity(broken: list[float]) -> None:
    decoded = codec.decode_rotations(codec.encode_rotations(np.array([broken], np.float64)))
    assert np.allclose(decoded, [[0, 0, 0, 1]], atol=1e-3)
