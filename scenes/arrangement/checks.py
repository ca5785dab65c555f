"""What may be placed at all, whoever asks."""

from __future__ import annotations

import math
import re
from typing import Final

import msgspec

from carrel.scenes.arrangement.errors import Unfit
from carrel.scenes.arrangement.values import Limits
from carrel.scenes.document import Components, Entity, Transform

PLACEABLE: Final = ("caption", "media", "model", "seat")
"""Components that people give to their things. The others (portals, spawn points, desks …) are the base document's."""
SHOWN: Final = ("caption", "media", "model")
"""A thing has one of these at least: what nobody sees nobody can take away."""
SCALES: Final = (0.01, 20.0)
MEDIA_M: Final = 20.0
_ID: Final = re.compile(r"t-[0-9a-f]{12}")
_FIELDS: Final = tuple(field for field in Components.__struct_fields__ if field != "transform")
_size = msgspec.msgpack.Encoder().encode


def fit(entity: Entity, limits: Limits) -> None:
    """Raises Unfit with a sentence that names the fault."""
    if _ID.fullmatch(entity.id) is None:
        raise Unfit("A placed thing's id is `t-` and twelve hexadecimal digits.")
    there = [field for field in _FIELDS if getattr(entity, field) is not None]
    if foreign := [field for field in there if field not in PLACEABLE]:
        raise Unfit(f"A placed thing cannot have {foreign[0]!r}: that belongs to the hall itself.")
    if not any(field in SHOWN for field in there):
        raise Unfit("A placed thing shows something: a model, a work or a caption.")
    fit_transform(entity.transform, limits)
    if entity.media is not None and not all(0 < side <= MEDIA_M for side in entity.media.size):
        raise Unfit(f"A work is at most {MEDIA_M:g} m wide and high.")
    if entity.seat is not None and not math.isfinite(entity.seat.heading_degrees):
        raise Unfit("A seat's heading is a number.")
    size = len(_size(entity))
    if size > limits.entity_bytes:
        raise Unfit(f"This thing is described with {size} bytes; at most {limits.entity_bytes} are allowed.")


def fit_transform(transform: Transform, limits: Limits) -> None:
    """Finite, a unit rotation, inside the room, of a sensible size. Raises Unfit."""
    numbers = (*transform.position, *transform.rotation, transform.scale)
    if not all(math.isfinite(number) for number in numbers):
        raise Unfit("A place is made of finite numbers.")
    if abs(math.hypot(*transform.rotation) - 1) > 1e-3:
        raise Unfit("A rotation is a unit quaternion.")
    if not SCALES[0] <= transform.scale <= SCALES[1]:
        raise Unfit(f"A thing is between {SCALES[0]:g} and {SCALES[1]:g} times as large as it was made.")
    if not all(a <= p <= b for a, p, b in zip(limits.low, transform.position, limits.high, strict=True)):
        raise Unfit("That place is outside the room.")
