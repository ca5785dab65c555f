"""What somebody is told who has just said hello."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carrel.server.rooms.participant import Participant
from carrel.server.wire.messages import Pacing, Space, Welcome

if TYPE_CHECKING:
    from carrel.server.rooms.room import Room

CHAT_CHARS = 1000


def welcome(
    room: Room, one: Participant, token: str, request_id: int, resumed: bool, private_from: int, now_ms: int
) -> Welcome:
    """The answer to `Hello`; `private_from` is the number of the next private event they get."""
    spec, settings = room.spec, room.settings
    rights = room.scene.rights(one.identity)
    others = [other for other in room.here() if other is not one]
    return Welcome(
        id=request_id,
        resumed=resumed,
        participant=one.id,
        slot=one.slot,
        resume_token=token,
        space=Space(
            room=spec.room,
            scene_url=spec.scene_url,
            scene_sha256=spec.scene_sha256,
            op_sequence=room.scene.arrangement.op_sequence,
            arrangement_url=f"/api/rooms/{spec.room}/scene",
            owner=room.scene.owner(one.identity),
            may_place=rights.may_place,
            may_change=rights.reach,
            may_restore=rights.may_restore,
            entity_limit=settings.scene_entities,
            origin=spec.origin,
            bounds_min=spec.bounds_min,
            bounds_max=spec.bounds_max,
        ),
        pacing=Pacing(
            tick_hz=settings.tick_hz,
            pose_hz=min(settings.poses_per_s, settings.tick_hz),
            chat_chars=CHAT_CHARS,
            chats_per_minute=settings.chats_per_minute,
            hearing_metres=settings.hearing_metres,
            resume_window_ms=settings.resume_window_ms,
            lease_ms=settings.scene_lease_ms,
        ),
        position=room.poses.standing(one.slot),
        heading=one.place.heading,
        room_ms=room.room_ms(now_ms),
        epoch_ms=room.epoch_ms,
        event_sequence=one.next_event,
        private_sequence=private_from,
        permissions=sorted(one.identity.permissions),
        people=[] if resumed else [other.person for other in room.here()],
        muted=[other.id for other in others if other.subject in one.visitor.muted],
        blocked=[other.id for other in others if one.hides(other)],
        chat=[] if resumed else room.chat.for_newcomer(now_ms, frozenset(one.blocks | one.visitor.muted)),
        held=[] if resumed else room.scene.held(),
    )
