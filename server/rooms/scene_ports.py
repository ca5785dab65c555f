"""What live rooms need of the store of arrangements, and what they hand over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from carrel.scenes.arrangement.values import EntityId, Kind, Owner, Placement
from carrel.scenes.document import Value
from carrel.server.rooms.scene_policy import Policy

HISTORY_LINES: Final = 100
"""Lines of the history in one answer at most."""


class Change(Value, frozen=True, kw_only=True):
    """What an operation did, as its row keeps it."""

    put: tuple[Placement, ...] = ()
    gone: tuple[EntityId, ...] = ()


class Line(NamedTuple):
    """A row of the history. `change` is None for a restore, whose snapshot says it."""

    op_sequence: int
    at_ms: int
    name: str
    owner: Owner
    kind: Kind
    entity: EntityId | None
    change: Change | None


class SceneFacts(NamedTuple):
    """A room's own facts: `policy` None follows the setting, `owner` and `invited` are subjects, `secret` makes the marks of owners."""

    policy: Policy | None
    owner: str | None
    secret: bytes
    invited: frozenset[str] = frozenset()


class State(NamedTuple):
    op_sequence: int
    placed: list[Placement]


class Scenes(Protocol):
    """What live rooms need of the store. Raises StorageError."""

    async def facts(self, room: str) -> SceneFacts:
        """The room's facts, made at the first call."""

    async def state(self, room: str, op_sequence: int | None = None) -> State | None:
        """The newest state, or the one after an operation; None when that is not kept (any more)."""

    async def newest(self, room: str) -> int:
        """The number of the last operation that is kept."""

    async def keep(self, room: str, lines: Sequence[Line], snapshot: Sequence[Placement] | None) -> None:
        """All of it durable, or nothing. `snapshot` is the state after the last line, where one is due."""

    async def history(self, room: str, before: int) -> list[Line]:
        """At most HISTORY_LINES lines, newest first; their changes are left out."""

    async def oldest(self, room: str) -> int:
        """The first operation whose state is kept."""
