"""What people may ask of a scene: one function a request, found by its type. Each decides on the draft, or raises an ArrangementError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from carrel.scenes.arrangement.arrangement import Draft
from carrel.scenes.arrangement.values import Actor, EntityId
from carrel.scenes.document import Caption, Components, Entity
from carrel.server.accounts.model import Identity
from carrel.server.errors import BadRequest, Forbidden
from carrel.server.rooms.models import Models
from carrel.server.text import clean_line
from carrel.server.wire import messages as m

SimpleRequest = m.Spawn | m.Patch | m.Remove | m.Grab | m.Release
SceneRequest = SimpleRequest | m.Undo | m.Redo


def components_of(request: SceneRequest) -> Components | None:
    """The components that somebody brings in, which have to be looked at before they are shown."""
    if isinstance(request, m.Spawn):
        return request.entity
    return request.set if isinstance(request, m.Patch) else None


def cleaned(request: SceneRequest, caption_chars: int) -> SceneRequest:
    """The request with its caption as text is kept here. Raises BadRequest."""
    components = components_of(request)
    if components is None or components.caption is None:
        return request
    text = clean_line(components.caption.text)
    if len(text) > caption_chars:
        raise BadRequest(f"A caption has at most {caption_chars} characters.")
    caption = Caption(text=text, language=components.caption.language)
    components = msgspec.structs.replace(components, caption=caption)
    field = "entity" if isinstance(components, Entity) else "set"
    return msgspec.structs.replace(request, **{field: components})


async def decide_step(
    draft: Draft, actor: Actor, identity: Identity, request: m.Undo | m.Redo, models: Models
) -> EntityId:
    """Undo and redo: what would come back may have been taken away from the library meanwhile. Raises ArrangementError, Forbidden."""
    kind: Literal["undo", "redo"] = "undo" if isinstance(request, m.Undo) else "redo"
    now, then = draft.next_step(actor, kind)
    if then is not None:
        here = {} if now is None else {now.entity.id: now}
        if not await models.returning(identity, here, [then]):
            draft.forget_step(actor, kind)
            raise Forbidden("What this would bring back is not here any more, or not yours to show. You can go on.")
    return draft.undo(actor) if kind == "undo" else draft.redo(actor)


def decide(draft: Draft, actor: Actor, request: SimpleRequest, now_ms: int) -> EntityId:
    """Carry out a request on the draft, whose components were looked at; the thing it was about. Raises ArrangementError."""
    return _DECIDERS[type(request)](draft, actor, request, now_ms)


def _spawn(draft: Draft, actor: Actor, request: m.Spawn, now_ms: int) -> EntityId:
    return draft.spawn(actor, request.entity)


def _patch(draft: Draft, actor: Actor, request: m.Patch, now_ms: int) -> EntityId:
    return draft.patch(actor, request.entity, request.set, request.unset)


def _remove(draft: Draft, actor: Actor, request: m.Remove, now_ms: int) -> EntityId:
    return draft.remove(actor, request.entity)


def _grab(draft: Draft, actor: Actor, request: m.Grab, now_ms: int) -> EntityId:
    return draft.grab(actor, request.entity, now_ms)


def _release(draft: Draft, actor: Actor, request: m.Release, now_ms: int) -> EntityId:
    return draft.release(actor, request.entity, request.transform)


_DECIDERS: Final[dict[type[m.Request], Callable[[Draft, Actor, Any, int], EntityId]]] = {
    m.Spawn: _spawn,
    m.Patch: _patch,
    m.Remove: _remove,
    m.Grab: _grab,
    m.Release: _release,
}
