"""How often one session may do what in one room: token buckets over the caller's clock."""

from __future__ import annotations

from carrel.server.bucket import Bucket
from carrel.server.settings import Settings


class Quota:
    """One session's buckets in one room; kept over its reconnections."""

    def __init__(self, settings: Settings, now_ms: int) -> None:
        self.requests = Bucket(2 * settings.requests_per_s, 2000, at_ms=now_ms)
        self.chats = Bucket(settings.chats_per_minute, 60_000, at_ms=now_ms)
        self.gestures = Bucket(settings.gestures_per_minute, 60_000, at_ms=now_ms)
        self.reports = Bucket(settings.reports_per_hour, 3_600_000, at_ms=now_ms)
        self.changes = Bucket(settings.scene_changes_per_minute, 60_000, at_ms=now_ms)
        self.drags = Bucket(2 * settings.poses_per_s, 2000, at_ms=now_ms)
        self.pings = Bucket(20, 2000, at_ms=now_ms)
        self.bad = Bucket(settings.bad_messages_per_minute, 60_000, at_ms=now_ms)
        self.used_ms = now_ms
