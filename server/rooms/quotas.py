"""How often one session may do what in one room: token buckets over the caller's clock.

The `limits` library reads the clock itself; rooms are given the time, so that tests and replays decide it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from carrel.server.errors import TooManyRequests
from carrel.server.settings import Settings


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


class Quota:
    """One session's buckets in one room; kept over its reconnections."""

    def __init__(self, settings: Settings, now_ms: int) -> None:
        self.requests = Bucket(2 * settings.requests_per_s, 2000, at_ms=now_ms)
        self.chats = Bucket(settings.chats_per_minute, 60_000, at_ms=now_ms)
        self.gestures = Bucket(settings.gestures_per_minute, 60_000, at_ms=now_ms)
        self.reports = Bucket(settings.reports_per_hour, 3_600_000, at_ms=now_ms)
        self.pings = Bucket(20, 2000, at_ms=now_ms)
        self.bad = Bucket(settings.bad_messages_per_minute, 60_000, at_ms=now_ms)
        self.used_ms = now_ms
