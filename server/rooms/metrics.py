"""What the rooms count for operators (prometheus-client)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class RoomMetrics:
    """One set for all rooms of a process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.registry = registry
        self.people = Gauge(
            "carrel_room_people",
            "People in a room, the lost ones that are waited for included.",
            ["room"],
            registry=registry,
        )
        self.ticks = Counter("carrel_room_ticks", "Ticks of the rooms' clock.", registry=registry)
        self.late_ticks = Counter(
            "carrel_room_late_ticks", "Ticks that began a whole interval or more after their time.", registry=registry
        )
        self.tick_seconds = Histogram(
            "carrel_room_tick_seconds",
            "Time of one tick of all rooms.",
            buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25),
            registry=registry,
        )
        self.bytes_out = Counter("carrel_room_bytes_out", "Bytes of frames written.", registry=registry)
        self.skipped_poses = Counter(
            "carrel_room_skipped_poses",
            "Frames that a reader got without poses because it was behind.",
            registry=registry,
        )
        self.dropped_slow_clients = Counter(
            "carrel_room_dropped_slow_clients", "Connections cut off because they stayed behind.", registry=registry
        )
        self.bad_messages = Counter(
            "carrel_room_bad_messages", "Messages that were refused as malformed.", registry=registry
        )
