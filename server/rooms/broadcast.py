"""One tick of one room: take the poses, divide the people, write everybody's frame.

Readers of one neighbourhood get the same bytes. Three kinds of readers need their own: those who have just come (everything in view, and the
events since their Welcome), those behind (events only, until they have drained), and those who get a frame every few ticks only.
"""

from __future__ import annotations

from typing import Final

from carrel.server.rooms.event_ring import array_bytes
from carrel.server.rooms.frame_builder import NO_POSES, Poses
from carrel.server.rooms.metrics import RoomMetrics
from carrel.server.rooms.model import CLOSE_BAD_MESSAGES, CLOSE_CODES, CLOSE_TOO_SLOW
from carrel.server.rooms.participant import Participant
from carrel.server.rooms.ports import Connection
from carrel.server.rooms.room import Room
from carrel.server.rooms.websocket_frames import BINARY, header
from carrel.server.wire import frames
from carrel.server.wire.messages import Moved

REGROUPS_PER_S: Final = 3
HOPELESS: Final = 4
"""Times the write buffer's limit at which a connection is cut off at once: it takes answers and events, and reads nothing."""


class Broadcast:
    """The ticking of one room."""

    def __init__(self, room: Room, metrics: RoomMetrics) -> None:
        self._room = room
        self._metrics = metrics
        self._sent = room.events.next_number
        settings = room.settings
        self._regroup_ticks = max(1, settings.tick_hz // REGROUPS_PER_S)
        self._limit = settings.write_buffer_bytes
        self._slow_ms = settings.slow_client_ms

    def tick(self, now_ms: int) -> None:
        room = self._room
        room.tick += 1
        tick = room.tick
        harvest = room.poses.harvest(tick, now_ms)
        for slot in harvest.corrected:
            if (one := room.by_slot.get(slot)) is not None:
                room.tell(one, Moved(position=room.poses.standing(slot), heading=one.place.heading, reason="corrected"))
        for slot in harvest.flooding:
            if (
                (one := room.by_slot.get(slot)) is not None
                and one.connection is not None
                and one.visitor.quota.bad.take(now_ms)
            ):
                one.connection.close(CLOSE_BAD_MESSAGES, CLOSE_CODES[CLOSE_BAD_MESSAGES])
        if tick % room.settings.tick_hz == 0:
            room.sweep(now_ms)
        if tick % self._regroup_ticks == 0:
            talks = [pair for pair in room.talks if pair[0] in room.by_slot and pair[1] in room.by_slot]
            room.builder.regroup(talks, tick)
        self._write(tick, now_ms)

    def _write(self, tick: int, now_ms: int) -> None:
        room = self._room
        first, self._sent = self._sent, room.events.next_number
        frame = _TickFrames(room, tick, room.room_ms(now_ms))
        together = frame.of_everyone(array_bytes(room.events.since(first)), first)
        homes, limit = room.builder.home[: max(room.by_slot, default=0) + 1].tolist(), self._limit
        skipped = sent_bytes = 0
        apart: list[Participant] = []
        for slot, one in room.by_slot.items():
            connection = one.connection
            if connection is None:
                continue
            if one.fresh or one.behind_since_ms is not None or connection.every_ticks != 1:
                apart.append(one)
            elif connection.buffered_bytes() > limit:
                one.behind_since_ms, one.next_event = now_ms, first
                apart.append(one)
            elif (framed := together[homes[slot]]) is not None:
                connection.send_frame(*framed)
                sent_bytes += len(framed[0])
        for one in apart:
            if one.connection is not None and (
                one.fresh or one.behind_since_ms is not None or tick % one.connection.every_ticks == 0
            ):
                skipped += not self._keeps_up(one, one.connection, now_ms)
                sent_bytes += self._write_apart(one, one.connection, frame, now_ms)
        room.events.trim()
        self._metrics.skipped_poses.inc(skipped)
        self._metrics.bytes_out.inc(sent_bytes)

    def _keeps_up(self, one: Participant, connection: Connection, now_ms: int) -> bool:
        """Whether this reader gets poses now. One that was behind and has drained gets everything in view; one behind for too long is cut off."""
        buffered = connection.buffered_bytes()
        if buffered > self._limit if one.behind_since_ms is None else buffered > self._limit // 2:
            one.behind_since_ms = now_ms if one.behind_since_ms is None else one.behind_since_ms
            if now_ms - one.behind_since_ms > self._slow_ms or buffered > HOPELESS * self._limit:
                self._metrics.dropped_slow_clients.inc()
                connection.abort()
                self._room.disconnected(one, connection, now_ms)
            return False
        if one.behind_since_ms is not None:
            one.behind_since_ms, one.fresh = None, True
            self._room.scene.drags.show_all()
        return True

    def _write_apart(self, one: Participant, connection: Connection, frame: _TickFrames, now_ms: int) -> int:
        if one.connection is None:
            return 0
        if not self._room.events.holds_from(one.next_event):
            # More happened between two frames of a slow reader than is kept: it must start afresh.
            connection.close(CLOSE_TOO_SLOW, CLOSE_CODES[CLOSE_TOO_SLOW])
            self._room.disconnected(one, connection, now_ms)
            return 0
        if one.behind_since_ms is not None:
            framed = frame.events_only(one.next_event)
        elif one.fresh:
            framed = frame.whole(one)
        else:
            framed = frame.window(one, connection.every_ticks)
        one.next_event = self._room.events.next_number
        if one.behind_since_ms is None:
            one.fresh = False
        if framed is None:
            return 0
        connection.send_frame(*framed)
        return len(framed[0])


Framed = tuple[bytes, int]
"""A frame behind its WebSocket header, and that header's length."""


class _TickFrames:
    """The frames of one tick, each built when it is first asked for."""

    def __init__(self, room: Room, tick: int, room_ms: int) -> None:
        self._room = room
        self._tick = tick
        self._room_ms = room_ms
        self._drags = room.scene.drags.build(tick)
        self._whole: dict[int, Poses] = {}
        self._windows: dict[int, list[Poses]] = {}
        self._events: dict[int, bytes] = {}

    def of_everyone(self, events: bytes, first: int) -> list[Framed | None]:
        """The shared frame of each neighbourhood; None where there is nothing to say."""
        self._events[first] = events
        return [self._framed(_both(poses, self._drags), 0, first) for poses in self._room.builder.build(self._tick)]

    def whole(self, one: Participant) -> Framed | None:
        builder = self._room.builder
        home = int(builder.home[one.slot])
        if home not in self._whole:
            self._whole[home] = builder.whole(home)
        return self._framed(_both(self._whole[home], self._drags), 0, one.next_event)

    def window(self, one: Participant, ticks: int) -> Framed | None:
        if ticks not in self._windows:
            drags = self._room.scene.drags.since(self._tick - ticks)
            self._windows[ticks] = [_both(poses, drags) for poses in self._room.builder.build(self._tick, ticks)]
        return self._framed(self._windows[ticks][self._room.builder.home[one.slot]], 0, one.next_event)

    def events_only(self, first: int) -> Framed | None:
        return self._framed(NO_POSES, frames.FLAG_SHORT, first)

    def _framed(self, poses: Poses, flags: int, first: int) -> Framed | None:
        events = self._events.get(first)
        if events is None:
            events = self._events[first] = array_bytes(self._room.events.since(first))
        if not events and not poses.section_count:
            return None
        message = (
            frames.frame_head(flags, poses.section_count, self._tick, self._room_ms, first, events) + poses.sections
        )
        head = header(BINARY, len(message))
        return head + message, len(head)


def _both(poses: Poses, drags: Poses) -> Poses:
    if not drags.section_count:
        return poses
    return Poses(poses.section_count + drags.section_count, poses.sections + drags.sections)
