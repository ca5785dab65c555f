"""How often somebody may try something: a sliding window over the caller's clock.

The `limits` library reads the clock itself, starts a thread at each try and keeps a trace of every key for ever; keys here come from strangers.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from carrel.server.clock import Clock
from carrel.server.errors import TooManyRequests

MINUTE_MS: Final = 60_000
KEYS_AT_MOST: Final = 65_536
"""Beyond this the key that was silent longest is forgotten: filling the table costs more tries than it frees."""


class Tries:
    def __init__(self, clock: Clock) -> None:
        self._now_ms = clock
        self._times: dict[tuple[str, ...], deque[int]] = {}

    def spend(
        self,
        key: tuple[str, ...],
        at_most: int,
        *,
        window_ms: int = MINUTE_MS,
        sentence: str = "Too many tries just now. Wait a minute and try again.",
    ) -> None:
        """Count one try of `key`. Raises TooManyRequests with `sentence`, and counts nothing, when `at_most` were counted in the window."""
        self.check(key, at_most, window_ms=window_ms, sentence=sentence)
        times = self._times.pop(key, None) or deque()
        times.append(self._now_ms())
        if len(self._times) >= KEYS_AT_MOST:
            del self._times[next(iter(self._times))]
        self._times[key] = times

    def check(self, key: tuple[str, ...], at_most: int, *, window_ms: int, sentence: str) -> None:
        """Raises TooManyRequests as `spend` would; counts nothing."""
        times = self._times.get(key)
        if times is None:
            return
        now_ms = self._now_ms()
        while times and times[0] <= now_ms - window_ms:
            times.popleft()
        if not times:
            del self._times[key]
        elif len(times) >= at_most:
            raise TooManyRequests(sentence, retry_after_ms=times[0] + window_ms - now_ms)

    def forget_silent(self, window_ms: int) -> None:
        """Housekeeping: drop keys without a try in the window."""
        oldest = self._now_ms() - window_ms
        self._times = {key: times for key, times in self._times.items() if times and times[-1] > oldest}
