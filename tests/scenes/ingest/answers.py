"""What a gate says of a file: a refusal, or None when it comes in. Any other error is a fault of the gate and passes through."""

from __future__ import annotations

from collections.abc import Callable

from carrel.scenes.errors import Refused


def refusal_of(check: Callable[[bytes], object], data: bytes) -> Refused | None:
    try:
        check(data)
    except Refused as refusal:
        return refusal
    return None
