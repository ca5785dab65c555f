"""Which doors are open: those that lead to a hall that is shipped, and no others."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from carrel.scenes.document import SceneDocument


def with_openings(document: SceneDocument, halls: Collection[str]) -> SceneDocument:
    """The same document, each of its portals open when its target is among the ids of shipped halls."""
    entities = tuple(
        entity
        if entity.portal is None
        else replace(entity, portal=replace(entity.portal, is_open=entity.portal.target in halls))
        for entity in document.entities
    )
    return replace(document, entities=entities)
