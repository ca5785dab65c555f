"""Why a change of a scene is refused, beside the errors of every capability.

PeerError
├── Held          somebody else holds the thing, or one holds another
├── Overtaken     undo or redo: somebody else has changed the thing since
├── NothingLeft   nothing to undo or redo
├── SceneFull     as many things as the room may have
├── ShareFull     as many things here as one person may have
└── NotKept       the library's disk took nothing: nothing has changed; carries retry_after_ms
"""

from __future__ import annotations

from typing import Final

from carrel.scenes.arrangement import errors as core
from carrel.server.errors import BadRequest, Conflict, Forbidden, NotFound, PeerError


class Held(PeerError):
    code, status = "held", 409


class Overtaken(PeerError):
    code, status = "overtaken", 409


class NothingLeft(PeerError):
    code, status = "nothing_left", 409


class SceneFull(PeerError):
    code, status = "scene_full", 409


class ShareFull(PeerError):
    code, status = "share_full", 409


class NotKept(PeerError):
    code, status = "not_kept", 503


TABLE: Final[dict[type[core.ArrangementError], type[PeerError]]] = {
    core.Unfit: BadRequest,
    core.Missing: NotFound,
    core.Occupied: Conflict,
    core.NotYours: Forbidden,
    core.Held: Held,
    core.NotHeld: Conflict,
    core.Overtaken: Overtaken,
    core.NothingLeft: NothingLeft,
    core.Full: SceneFull,
    core.OverShare: ShareFull,
}


def told(error: core.ArrangementError) -> PeerError:
    """The core's refusal as it goes over the wire."""
    return TABLE[type(error)](str(error))
