"""What a room's arrangement is made of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from carrel.scenes.document import Entity, Value, Vector

EntityId = Annotated[
    str, Meta(pattern=r"^t-[0-9a-f]{12}$", description="A placed thing: `t-` and twelve random hexadecimal digits.")
]
Owner = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{16}$", description="Whose thing it is: a person's mark in this room, which tells no more."
    ),
]
Kind = Literal["spawn", "patch", "remove", "undo", "redo", "restore"]
Reach = Literal["none", "own", "any"]
"""Whose things somebody may change."""


class Placement(Value, frozen=True, kw_only=True):
    """A placed entity and whose it is."""

    entity: Entity
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`low` and `high` are the box in metres that things stand in; `lease_ms` is how long a hold lasts without being renewed.

    `entities_per_person` binds who may change their own things only: who may change everything answers for the room as a whole.
    """

    low: Vector
    high: Vector
    entities: int = 5000
    entities_per_person: int = 500
    entity_bytes: int = 4096
    undo_steps: int = 100
    lease_ms: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks: the mark on their things, their presence in the room, and what they may do."""

    owner: Owner
    participant: str
    slot: int
    may_place: bool = True
    reach: Reach = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What changed, as it is kept and told: `put` replaces or adds, `gone` takes away. `entity` is None for a restore."""

    op_sequence: int
    kind: Kind
    actor: Actor
    entity: EntityId | None
    put: tuple[Placement, ...] = ()
    gone: tuple[EntityId, ...] = ()


class Lease(NamedTuple):
    """A hold on a thing; `since_ms` is when it was taken."""

    participant: str
    slot: int
    since_ms: int


class Grabbed(NamedTuple):
    entity: EntityId
    lease: Lease


class Released(NamedTuple):
    entity: EntityId
    lease: Lease


News = Operation | Grabbed | Released


class Step(NamedTuple):
    """One change of one thing, as undo remembers it; None is its absence."""

    entity: EntityId
    before: Placement | None
    after: Placement | None


class Memory(NamedTuple):
    """What one person can take back and do again, the newest last."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
