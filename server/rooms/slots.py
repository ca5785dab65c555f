"""Slots: small numbers that stand for people in poses. A freed one rests in quarantine, so that late poses never land on somebody else."""

from __future__ import annotations

import heapq
from collections import deque


class SlotPool:
    """Hands out the lowest free slot of `count`; time is the caller's."""

    def __init__(self, count: int, quarantine_ms: int) -> None:
        self._free = list(range(count))
        self._resting: deque[tuple[int, int]] = deque()
        self._quarantine_ms = quarantine_ms

    def take(self, now_ms: int) -> int | None:
        """A slot, or None when all are in use or resting."""
        while self._resting and self._resting[0][0] <= now_ms:
            heapq.heappush(self._free, self._resting.popleft()[1])
        return heapq.heappop(self._free) if self._free else None

    def give_back(self, slot: int, now_ms: int) -> None:
        """Free a slot that people have seen: it rests first."""
        self._resting.append((now_ms + self._quarantine_ms, slot))

    def give_back_unused(self, slot: int) -> None:
        """Free a slot that nobody has seen: it may be taken at once."""
        heapq.heappush(self._free, slot)

    def wait_ms(self, now_ms: int) -> int | None:
        """Milliseconds until the next resting slot is free; None when none rests."""
        return max(0, self._resting[0][0] - now_ms) if self._resting else None
