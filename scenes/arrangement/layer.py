"""Changes on top of a dictionary that can still be thought better of."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Layer(Generic[K, V]):
    """Reads through to `base`; writes are kept apart until `settle`."""

    def __init__(self, base: dict[K, V]) -> None:
        self._base = base
        self._changed: dict[K, V | None] = {}
        self.count = len(base)

    def get(self, key: K) -> V | None:
        return self._changed[key] if key in self._changed else self._base.get(key)

    def put(self, key: K, value: V | None) -> None:
        """None takes it away."""
        self.count += (value is not None) - (self.get(key) is not None)
        self._changed[key] = value

    def values(self) -> dict[K, V]:
        """Everything as it would be; a copy."""
        whole = dict(self._base)
        _lay(whole, self._changed)
        return whole

    def settle(self) -> None:
        """Let the changes hold."""
        _lay(self._base, self._changed)
        self._changed = {}


def _lay(base: dict[K, V], changed: dict[K, V | None]) -> None:
    for key, value in changed.items():
        # Taken out first, so that what changed last stands last.
        base.pop(key, None)
        if value is not None:
            base[key] = value
