"""Things to place, people who place them."""

from __future__ import annotations

from carrel.scenes.arrangement.values import Actor, Limits, Reach
from carrel.scenes.document import Caption, Entity, Model, Transform

LIMITS = Limits(
    low=(-10.0, 0.0, -10.0), high=(10.0, 5.0, 10.0), entities=6, entities_per_person=4, undo_steps=4, lease_ms=1000
)


def thing(number: int, x: float = 0.0, words: str = "") -> Entity:
    return Entity(
        id=f"t-{number:012x}",
        transform=Transform(position=(x, 0.0, 0.0)),
        model=Model(url="/gltf/furniture/stool.glb", sha256="ab" * 32),
        caption=Caption(text=words, language="en") if words else None,
    )


def person(number: int, reach: Reach = "own", may_place: bool = True) -> Actor:
    return Actor(owner=f"{number:016x}", participant=f"{number:016x}", slot=number, may_place=may_place, reach=reach)
