"""Every message of the realtime protocol, as frozen msgspec structs with their limits.

TypeScript types, AsyncAPI and the golden vectors are generated from this module (`make generate`).
Room channel messages are msgpack maps tagged by `type`; the binary layouts of poses and frames stand in `carrel.avatars.codec` and `carrel.server.wire.frames`.
Text limits count Unicode code points. Times are milliseconds; `*_ms` without another word is the room's clock (since its epoch).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from carrel.scenes.arrangement.values import EntityId, Owner, Placement
from carrel.scenes.document import Components, Entity, Model, Transform

PROTOCOL_VERSION = 1

Id = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,64}$")]
ParticipantId = Annotated[
    str, Meta(pattern=r"^[a-f0-9]{16}$", description="A person's presence in one room; stays the same over reconnects.")
]
Token = Annotated[str, Meta(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[str, Meta(min_length=1, max_length=40)]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]
RequestId = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
Slot = Annotated[int, Meta(ge=0, le=0xFFFF)]
Sequence = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
Milliseconds = Annotated[int, Meta(ge=0, le=0xFFFFFFFFFFFF)]
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$")]
Metres = Annotated[float, Meta(ge=-1000.0, le=1000.0)]
Position = tuple[Metres, Metres, Metres]

Role = Literal["guest", "reader", "creator", "librarian", "moderator", "admin", "bot"]
Reaction = Literal["wave", "nod", "applause", "heart", "question", "laugh"]
Scope = Literal["nearby", "room", "direct"]
LeaveReason = Literal["left", "lost", "removed", "moved"]
ReportReason = Literal["harassment", "spam", "impersonation", "unsafe", "other"]
ModerationAct = Literal["warn", "mute", "unmute", "remove", "ban"]
Reach = Literal["none", "own", "any"]
"""Whose things somebody may change."""
Component = Annotated[str, Meta(pattern=r"^[a-z_]{1,32}$")]


class Look(Struct, frozen=True, forbid_unknown_fields=True):
    """An avatar's look: which body, and the colours a person chose for its tint slots.

    `model` is a body of the person's own, an accepted avatar; where it cannot be shown, or is too far away, the shipped one stands for it.
    """

    id: Id = "ada"
    colours: Annotated[dict[Id, Colour], Meta(max_length=16)] = {}
    model: Model | None = None


class Person(Struct, frozen=True, kw_only=True):
    """Somebody present in a room, as everybody may know them."""

    participant: ParticipantId
    slot: Slot
    name: Name
    role: Role
    look: Look
    away: bool = False
    hand_raised: bool = False
    muted: bool = False


# --- Up: requests on the room channel. Each is answered with `Result` or `Failure` carrying its id. ---


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: RequestId


class Hello(Request, frozen=True, tag="hello"):
    """First message on a socket: a single-use ticket, or the resume token of a connection that was lost.

    `last_event` and `last_private` are the highest numbers seen (0: none). `pose` is the last pose message the client sent, offered again
    after a server's restart; it is taken when it lies within the room.
    """

    protocol: Annotated[int, Meta(ge=0, le=0xFFFF)]
    schema: Annotated[str, Meta(max_length=16)]
    ticket: Token | None = None
    resume: Token | None = None
    last_event: Sequence = 0
    last_private: Sequence = 0
    pose: Annotated[bytes, Meta(max_length=64)] | None = None


class Say(Request, frozen=True, tag="say"):
    """Chat. `nearby` reaches those within hearing, `room` everybody, `direct` the participant named in `to`."""

    scope: Scope
    text: Text
    to: ParticipantId | None = None


class React(Request, frozen=True, tag="react"):
    reaction: Reaction


class RaiseHand(Request, frozen=True, tag="raise_hand"):
    raised: bool


class SetAway(Request, frozen=True, tag="set_away"):
    away: bool


class SetLook(Request, frozen=True, tag="set_look"):
    name: Name | None = None
    look: Look | None = None


class Mute(Request, frozen=True, tag="mute"):
    """I no longer want this participant's words; only I notice."""

    participant: ParticipantId
    muted: bool


class Block(Request, frozen=True, tag="block"):
    """Neither of us hears or sees the other any more, in this room and whenever we meet."""

    participant: ParticipantId
    blocked: bool


class Report(Request, frozen=True, tag="report"):
    """Tell the moderators. The last lines that the reported person said to the reporter go with it."""

    participant: ParticipantId
    reason: ReportReason
    note: Annotated[str, Meta(max_length=500)] = ""


class GoSafe(Request, frozen=True, tag="go_safe"):
    """Leave to a safe place at once: the server moves the avatar to the room's quiet spot."""


class Moderate(Request, frozen=True, tag="moderate"):
    """A moderator's act on a participant. `minutes` bounds a mute or ban (0: without end, for an admin's ban only)."""

    participant: ParticipantId
    act: ModerationAct
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    minutes: Annotated[int, Meta(ge=0, le=525_600)] = 60


class Leave(Request, frozen=True, tag="leave"):
    """Goodbye: the place is given up at once instead of being kept for a resume."""


# The scene: each of these is answered with `Applied` or `Failure`, after what it did is durable.


class Spawn(Request, frozen=True, tag="spawn"):
    """Place a thing. Its id is chosen at random by the client: `t-` and twelve hexadecimal digits."""

    entity: Entity


class Patch(Request, frozen=True, tag="patch"):
    """Change a placed thing: components in `set` replace those that are there, those named in `unset` go."""

    entity: EntityId
    set: Components = Components()
    unset: Annotated[list[Component], Meta(max_length=16)] = []


class Remove(Request, frozen=True, tag="remove"):
    entity: EntityId


class Grab(Request, frozen=True, tag="grab"):
    """Hold a thing, alone. The hold is a lease: drags (or another grab) renew it, and it ends with `release`, by itself, or when one leaves.
    One thing at a time."""

    entity: EntityId


class Release(Request, frozen=True, tag="release"):
    """Put down what one holds: at `transform`, or without one where it stood."""

    entity: EntityId
    transform: Transform | None = None


class Undo(Request, frozen=True, tag="undo"):
    """Take back my last change of the scene. Refused with `overtaken` when somebody else has changed the thing since; that step is then forgotten."""


class Redo(Request, frozen=True, tag="redo"):
    """Do again what I have taken back."""


RoomRequest = (
    Hello
    | Say
    | React
    | RaiseHand
    | SetAway
    | SetLook
    | Mute
    | Block
    | Report
    | GoSafe
    | Moderate
    | Leave
    | Spawn
    | Patch
    | Remove
    | Grab
    | Release
    | Undo
    | Redo
)


# --- Down: answers. ---


class Result(Struct, frozen=True, kw_only=True, tag="result"):
    id: RequestId


class Applied(Struct, frozen=True, kw_only=True, tag="applied"):
    """A request about the scene has been carried out and is durable. `op_sequence` is its operation's number; after a grab, or a release that moved nothing,
    which are no operations, the newest one's. `entity` is the thing concerned."""

    id: RequestId
    op_sequence: Sequence
    entity: EntityId | None = None


class Failure(Struct, frozen=True, kw_only=True, tag="failure"):
    """`code` is stable and translated by clients; `message` is an English sentence that says what to do."""

    id: RequestId | None
    code: str
    message: str
    retry_after_ms: int | None = None


class Space(Struct, frozen=True, kw_only=True):
    """What a client must know of the room itself, and of what one may do with its scene.

    `scene_url` is the base document, which never changes; `arrangement_url` answers with an `Arranged`. `owner` is what stands on my own things;
    `may_restore` says whether I may look at earlier states and bring one back.
    """

    room: Id
    scene_url: str
    scene_sha256: str
    op_sequence: Sequence
    arrangement_url: str
    owner: Owner
    may_place: bool
    may_change: Reach
    may_restore: bool
    entity_limit: int
    origin: Position
    bounds_min: Position
    bounds_max: Position


class Pacing(Struct, frozen=True, kw_only=True):
    """The limits that a well-behaved client keeps to."""

    tick_hz: int
    pose_hz: int
    chat_chars: int
    chats_per_minute: int
    hearing_metres: float
    resume_window_ms: int
    lease_ms: int


class Welcome(Struct, frozen=True, kw_only=True, tag="welcome"):
    """Answer to `Hello`: who and where you are. The next shared event has the number `event_sequence`; `people` and `held` are complete up to it.

    `resumed` true: what you knew still holds, `people`, `chat` and `held` are empty and the missed events follow. False after a resume means that the gap
    was too long: forget what you knew and start from `people`. `private_sequence` is the number of the next private event.
    """

    id: RequestId
    resumed: bool
    participant: ParticipantId
    slot: Slot
    resume_token: Token
    space: Space
    pacing: Pacing
    position: Position
    heading: float
    room_ms: Milliseconds
    epoch_ms: Milliseconds
    event_sequence: Sequence
    private_sequence: Sequence
    permissions: list[str]
    people: list[Person]
    muted: list[ParticipantId] = []
    blocked: list[ParticipantId] = []
    chat: list[Said] = []
    held: list[Grabbed] = []


Answer = Result | Applied | Failure | Welcome


# --- Down: events. Shared ones are numbered for the room and travel inside frames; private ones are numbered for one participant. ---


class Arrived(Struct, frozen=True, tag="arrived"):
    person: Person


class Changed(Struct, frozen=True, tag="changed"):
    """Replaces everything known of this participant."""

    person: Person


class Left(Struct, frozen=True, tag="left"):
    participant: ParticipantId
    slot: Slot
    reason: LeaveReason


class Said(Struct, frozen=True, kw_only=True, tag="said"):
    participant: ParticipantId
    name: Name
    scope: Scope
    text: Text
    room_ms: Milliseconds
    to: ParticipantId | None = None


class Reacted(Struct, frozen=True, tag="reacted"):
    participant: ParticipantId
    reaction: Reaction


class Operated(Struct, frozen=True, kw_only=True, tag="operated"):
    """The scene has changed, durably: `put` replaces or adds, `gone` takes away. `op_sequence` grows by one an operation. `by` is who did it,
    null for the house. With `reload` too much has changed to say it here: fetch the arrangement."""

    op_sequence: Sequence
    by: ParticipantId | None
    put: list[Placement] = []
    gone: list[EntityId] = []
    reload: bool = False


class Grabbed(Struct, frozen=True, kw_only=True, tag="grabbed"):
    """Somebody holds this thing; until `released` its place comes with the drags of `slot`, once they come."""

    entity: EntityId
    participant: ParticipantId
    slot: Slot


class Released(Struct, frozen=True, tag="released"):
    """Nobody holds it any more. It stands where the last operation has put it."""

    entity: EntityId


class Moved(Struct, frozen=True, kw_only=True, tag="moved"):
    """The server put you elsewhere: `safe_place`, `arrival`, or `corrected` when a pose was refused."""

    position: Position
    heading: float
    reason: Literal["safe_place", "arrival", "corrected"]


class Notice(Struct, frozen=True, kw_only=True, tag="notice"):
    """A word from the house to you alone; `code` is translated, `detail` is a moderator's reason."""

    code: Literal["warned", "muted", "unmuted", "removed", "banned", "restarting", "reported", "taken_over"]
    detail: Annotated[str, Meta(max_length=200)] = ""
    until_ms: Milliseconds | None = None


class Preference(Struct, frozen=True, kw_only=True, tag="preference"):
    """Somebody is now (or no longer) muted or blocked for you: also when they blocked you."""

    participant: ParticipantId
    muted: bool
    blocked: bool


SharedEvent = Arrived | Changed | Left | Said | Reacted | Operated | Grabbed | Released
PrivateEvent = Said | Moved | Notice | Preference


# --- The library channel (Socket.IO): events with one JSON-like payload each. ---


class DirectMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up, `direct`: words to a person anywhere in the library."""

    to: ParticipantId
    text: Text


class Invitation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up, `invite`: ask somebody to come to the room where you are."""

    to: ParticipantId


class InboxRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up, `inbox`: what came after `since`; letters up to `since` are taken as read and forgotten."""

    since: Sequence = 0


class Letter(Struct, frozen=True, kw_only=True):
    """Down, `letter`: something for one person, numbered for resuming. `body` depends on `kind`."""

    number: Sequence
    kind: Literal["direct", "invitation", "notice"]
    sender: ParticipantId | None
    sender_name: str
    text: str
    room: str | None = None
    sent_unix_ms: Milliseconds = 0


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """Answer to each event of the library channel: `ok`, or a code and a sentence."""

    ok: bool
    code: str | None = None
    message: str | None = None
    retry_after_ms: int | None = None
    data: Any = None


LibraryRequest = DirectMessage | Invitation | InboxRequest


# --- HTTP API around the room channel. ---


class EnterRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /api/rooms/{room}/enter. `resume` proves which participant this was, also to a server that has restarted since."""

    name: Name | None = None
    look: Look | None = None
    spawn: Id | None = None
    resume: Token | None = None


class EnterAnswer(Struct, frozen=True, kw_only=True):
    """Where and with what to open the room channel. The ticket is single-use and lives for `ticket_ms`."""

    room_url: str
    tunnel: bool
    ticket: Token
    ticket_ms: int
    participant: ParticipantId
    slot: Slot
    epoch_ms: Milliseconds
    protocol: int
    schema: str


class RoomSummary(Struct, frozen=True, kw_only=True):
    room: Id
    title: dict[str, str]
    people: int
    capacity: int


class Arranged(Struct, frozen=True, kw_only=True):
    """GET /api/rooms/{room}/scene: everything placed, as after the operation `op_sequence`; `?at=N` asks for an earlier state."""

    room: Id
    op_sequence: Sequence
    placed: list[Placement]


class PastOperation(Struct, frozen=True, kw_only=True):
    """One line of a scene's history. `entity` is null for a restore; `name` is the person's name at that time."""

    op_sequence: Sequence
    at_unix_ms: Milliseconds
    name: str
    kind: Literal["spawn", "patch", "remove", "undo", "redo", "restore"]
    entity: EntityId | None = None


class SceneHistory(Struct, frozen=True, kw_only=True):
    """GET /api/rooms/{room}/history, newest first, from before `?before=N`. States from `oldest` on can be looked at and restored."""

    room: Id
    op_sequence: Sequence
    oldest: Sequence
    operations: list[PastOperation]


class RestoreRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /api/rooms/{room}/restore: let the scene be as after this operation again. Itself an operation; answered with `Restored`."""

    op_sequence: Sequence


class Restored(Struct, frozen=True, kw_only=True):
    """`left_out` counts the things that may not be shown any more and did not come back."""

    op_sequence: Sequence
    left_out: int = 0


UP: tuple[type[Struct], ...] = (
    Hello,
    Say,
    React,
    RaiseHand,
    SetAway,
    SetLook,
    Mute,
    Block,
    Report,
    GoSafe,
    Moderate,
    Leave,
    Spawn,
    Patch,
    Remove,
    Grab,
    Release,
    Undo,
    Redo,
)
DOWN: tuple[type[Struct], ...] = (Result, Applied, Failure, Welcome)
SHARED: tuple[type[Struct], ...] = (Arrived, Changed, Left, Said, Reacted, Operated, Grabbed, Released)
PRIVATE: tuple[type[Struct], ...] = (Said, Moved, Notice, Preference)
LIBRARY: tuple[type[Struct], ...] = (DirectMessage, Invitation, InboxRequest, Letter, Acknowledgement)
HTTP: tuple[type[Struct], ...] = (
    EnterRequest,
    EnterAnswer,
    RoomSummary,
    Arranged,
    SceneHistory,
    RestoreRequest,
    Restored,
)

request_decoder: msgspec.msgpack.Decoder[RoomRequest] = msgspec.msgpack.Decoder(RoomRequest)
answer_decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
shared_events_decoder: msgspec.msgpack.Decoder[list[SharedEvent]] = msgspec.msgpack.Decoder(list[SharedEvent])
private_event_decoder: msgspec.msgpack.Decoder[PrivateEvent] = msgspec.msgpack.Decoder(PrivateEvent)
encode = msgspec.msgpack.Encoder().encode
