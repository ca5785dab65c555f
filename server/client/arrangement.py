"""What is placed in the room, as a client keeps it: the fetched state, and the operations since, in order."""

from __future__ import annotations

from carrel.scenes.arrangement.values import EntityId, Placement
from carrel.server.wire.messages import Arranged, Grabbed, Left, Operated, Released, SharedEvent, Welcome


class Arrangement:
    """`placed` and `op_sequence` belong together. `is_stale` says that the state has to be fetched (again): at the start, after a gap, after a restore.

    Operations that come while it is stale are kept and applied to what is fetched; before `follow` nothing is kept at all.
    """

    def __init__(self) -> None:
        self.placed: dict[EntityId, Placement] = {}
        self.held: dict[EntityId, Grabbed] = {}
        self.op_sequence = 0
        self.is_stale = True
        self._follows = False
        self._since: list[Operated] = []

    def follow(self) -> None:
        """Somebody is about to fetch the state."""
        self._follows = True

    def welcome(self, welcome: Welcome) -> None:
        if not welcome.resumed:
            self.held = {one.entity: one for one in welcome.held}
            self.is_stale = self.is_stale or welcome.space.op_sequence != self.op_sequence

    def fetched(self, state: Arranged) -> None:
        """A state of the server's; operations that are older than it are in it already. An older state than the known one changes nothing."""
        if state.op_sequence >= self.op_sequence:
            self.placed = {one.entity.id: one for one in state.placed}
            self.op_sequence, self.is_stale = state.op_sequence, False
        since, self._since = self._since, []
        for event in since:
            self._apply(event)

    def hear(self, event: SharedEvent) -> None:
        match event:
            case Operated() if self._follows:
                self._apply(event)
            case Grabbed(entity=entity):
                self.held[entity] = event
            case Released(entity):
                self.held.pop(entity, None)
            case Left(participant=participant):
                self.held = {key: one for key, one in self.held.items() if one.participant != participant}

    def _apply(self, event: Operated) -> None:
        if event.op_sequence <= self.op_sequence:
            return
        if self.is_stale or event.reload or event.op_sequence != self.op_sequence + 1:
            self.is_stale = True
            self._since.append(event)
            return
        for entity in event.gone:
            self.placed.pop(entity, None)
        for one in event.put:
            self.placed[one.entity.id] = one
        self.op_sequence = event.op_sequence
