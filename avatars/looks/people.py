"""The shipped readers, in the order in which they are offered."""

from __future__ import annotations

from carrel.avatars.looks.people_in_skirts import IN_SKIRTS
from carrel.avatars.looks.people_in_trousers import IN_TROUSERS
from carrel.avatars.looks.shape import Look

_ORDER = (
    "ada",
    "tomas",
    "mei",
    "idris",
    "leila",
    "harpreet",
    "saskia",
    "kavya",
    "joao",
    "ruth",
    "kenji",
    "amara",
)

PEOPLE: tuple[Look, ...] = tuple(sorted((*IN_TROUSERS, *IN_SKIRTS), key=lambda look: _ORDER.index(look.id)))
