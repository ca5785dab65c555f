"""How often something may be done: a token bucket over the caller's clock, so that tests and replays decide the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from carrel.server.errors import TooManyRequests


@dataclass(slots=True)
class Bucket:
    """Lets `burst` at once and `burst` again every `refill_ms`."""

    burst: float
    refill_ms: int
    left: float = field(init=False)
    at_ms: int = 0

    def __post_init__(self) -> None:
        self.left = self.burst

    def take(self, now_ms: int) -> int:
        """0 when taken, else the milliseconds to wait."""
        rate = self.burst / self.refill_ms
        self.left = min(self.burst, self.left + max(0, now_ms - self.at_ms) * rate)
        self.at_ms = now_ms
        if self.left >= 1:
            self.left -= 1
            return 0
        return max(1, round((1 - self.left) / rate))

    def spend(self, now_ms: int, sentence: str) -> None:
        """Take one or raise TooManyRequests with `sentence`."""
        if wait_ms := self.take(now_ms):
            raise TooManyRequests(sentence, retry_after_ms=wait_ms)
