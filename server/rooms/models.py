"""Which models and works may be placed or worn: shipped furniture, and works that the library has accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol

import msgspec

from carrel.scenes.arrangement.values import EntityId, Placement
from carrel.scenes.document import Components, Model
from carrel.server.accounts.model import Identity
from carrel.server.errors import BadRequest, ConfigurationError, Forbidden
from carrel.server.wire.messages import Look

_RENDITION: Final = re.compile(r"/api/works/([0-9a-f]{64})/files/([0-9a-f]{64})")

Shows = tuple[Model | None, str | None]
"""A thing's model, and the work on its surface."""


class Works(Protocol):
    """What is asked of the works that readers have brought."""

    async def may_show(self, identity: Identity, work: str, rendition: str | None) -> bool:
        """Whether this work (SHA-256 of its original) was accepted, has this rendition, and is this person's to show."""

    async def may_wear(self, identity: Identity, work: str, rendition: str) -> bool:
        """Whether this work is an avatar of this person's own, and this rendition of it fit to be worn."""


class NoWorks:
    """A library that takes no works from its readers."""

    async def may_show(self, identity: Identity, work: str, rendition: str | None) -> bool:
        return False

    async def may_wear(self, identity: Identity, work: str, rendition: str) -> bool:
        return False


class _Piece(msgspec.Struct):
    url: str
    sha256: str


class Models:
    """`furniture` is the folder of the shipped library; without one there is no furniture."""

    def __init__(self, furniture: Path, works: Works) -> None:
        self._works = works
        self._pieces = _library(furniture / "library.json")

    async def check(self, identity: Identity, components: Components) -> None:
        """Raises BadRequest for what is nothing of ours, Forbidden for what is not this person's to show."""
        model, media = components.model, components.media
        if model is not None and self._pieces.get(model.url) != model.sha256:
            found = _RENDITION.fullmatch(model.url)
            if found is None or found[2] != model.sha256:
                raise BadRequest("This model is neither furniture of the library nor a work that it has accepted.")
            await self._allow(identity, found[1], found[2])
        if media is not None:
            await self._allow(identity, media.work, None)

    async def returning(
        self, identity: Identity, now: Mapping[EntityId, Placement], then: Iterable[Placement]
    ) -> dict[EntityId, Placement]:
        """Those of `then` that this person may bring back, by their ids: what they show is looked at like something new, once each.

        A thing that is here and shows the same anyhow needs no leave.
        """
        decided: dict[Shows, bool] = {}
        fit: dict[EntityId, Placement] = {}
        for one in then:
            shows, known = _shows(one), now.get(one.entity.id)
            if known is None or _shows(known) != shows:
                if shows not in decided:
                    decided[shows] = await self._may_return(identity, one)
                if not decided[shows]:
                    continue
            fit[one.entity.id] = one
        return fit

    async def _may_return(self, identity: Identity, one: Placement) -> bool:
        try:
            await self.check(identity, Components(model=one.entity.model, media=one.entity.media))
        except (BadRequest, Forbidden):
            return False
        return True

    async def check_look(self, identity: Identity, look: Look) -> None:
        """Raises BadRequest, Forbidden. What a look says beside its model needs no leave."""
        if look.model is None:
            return
        found = _RENDITION.fullmatch(look.model.url)
        if found is None or found[2] != look.model.sha256:
            raise BadRequest("A body of one's own is a work that the library has accepted.")
        if not await self._works.may_wear(identity, found[1], found[2]):
            raise Forbidden("This avatar is not here, not accepted yet, or not yours to wear.")

    async def _allow(self, identity: Identity, work: str, rendition: str | None) -> None:
        if not await self._works.may_show(identity, work, rendition):
            raise Forbidden("This work is not here, not accepted yet, or not yours to show.")


def _shows(one: Placement) -> Shows:
    media = one.entity.media
    return one.entity.model, None if media is None else media.work


def _library(path: Path) -> dict[str, str]:
    """Address → SHA-256 of each shipped piece. Raises ConfigurationError."""
    try:
        pieces = msgspec.json.decode(path.read_bytes(), type=list[_Piece])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(f"The furniture's list cannot be read: {error}") from error
    return {piece.url: piece.sha256 for piece in pieces}
