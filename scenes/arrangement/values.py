"""What a room's arrangement is made of, as plain values."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from carrel.scenes.document import Entity, Value

EntityId = Annotated[
    str, Meta(pattern=r"^t-[0-9a-f]{12}$", description="A placed thing: `t-` and twelve random hexadecimal digits.")
]
Owner = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{16}$",
        description="Whose thing it is: a person's mark in this room, which tells nothing else.",
    ),
]


class Placement(Value, frozen=True, kw_only=True):
    """A placed entity and whose it is."""

    entity: Entity
    owner: Owner
