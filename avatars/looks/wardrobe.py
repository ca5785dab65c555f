"""The wardrobe: figures, and for each of them hair, dress and headwear made apart, so that a person puts a look together.

Every part of a figure stands on the same skeleton and is drawn with the others as one body; its id is part of a look's id (`w-ada-bun-blazer-none-round-none`).
What covers the head takes the place of the hair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from carrel.avatars.looks.arrays import Array, arr, smooth
from carrel.avatars.looks.bones import NOMINAL_M
from carrel.avatars.looks.choices import TINTS
from carrel.avatars.looks.clothes import OUTFITS
from carrel.avatars.looks.features import build_features, build_glasses
from carrel.avatars.looks.field import Field, grown
from carrel.avatars.looks.figure import Figure
from carrel.avatars.looks.glb import encode
from carrel.avatars.looks.hair import build_hair
from carrel.avatars.looks.head import Head, build_head
from carrel.avatars.looks.headwear import build_headwear
from carrel.avatars.looks.limbs import build_hands
from carrel.avatars.looks.mesh import Mesh, Part, Pile, assemble
from carrel.avatars.looks.palette import FIXED, SLOTS, picture
from carrel.avatars.looks.people import PEOPLE
from carrel.avatars.looks.shape import Look
from carrel.avatars.looks.simplify import simplified
from carrel.avatars.looks.tailor import Tailor
from carrel.avatars.looks.wheelchair import build_wheelchair

Names = tuple[str, str]
"""English, Chinese."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Triangles of a part at most, near and far; 0 for none."""

    near: int
    far: int


BUDGETS: Final[Mapping[str, Budget]] = {
    "base": Budget(3300, 480),
    "hair": Budget(1100, 230),
    "headwear": Budget(1100, 230),
    "outfit": Budget(2650, 560),
    "glasses": Budget(250, 0),
    "chair": Budget(650, 512),
}
"""Together 7,950 near; far 1,270, and 1,782 with the chair, whose rods cannot be fewer."""

FIGURES: Final[Mapping[str, Names]] = {
    "ada": ("round", "圆润"),
    "mei": ("slender", "清秀"),
    "kenji": ("lean", "清瘦"),
    "idris": ("broad", "壮实"),
}
"""Builds and faces, each that of the shipped reader who stands for it far away."""

PARTS: Final[Mapping[str, Mapping[str, Names]]] = {
    "hair": {
        "crop": ("cropped", "短寸"),
        "side": ("side parting", "侧分"),
        "long": ("long", "长发"),
        "bun": ("bun", "发髻"),
        "afro": ("afro", "爆炸头"),
        "curls": ("curls", "卷发"),
    },
    "outfit": {
        "blazer": ("jacket", "西装外套"),
        "cardigan": ("cardigan", "开衫"),
        "shirt": ("shirt", "衬衫"),
        "jumper": ("jumper", "毛衣"),
        "dress": ("dress", "连衣裙"),
        "robe": ("robe", "长袍"),
    },
    "headwear": {
        "hijab": ("headscarf", "头巾"),
        "turban": ("turban", "缠头巾"),
        "hat": ("hat", "帽子"),
    },
    "glasses": {"round": ("round", "圆框"), "square": ("square", "方框")},
    "chair": {"wheels": ("wheelchair", "轮椅")},
}
"""In the order of a look's id. Hair, outfit and headwear are shaped to each figure; only an outfit may not be missing."""

FIGURE_MARK: Final = "w-"
ORDER: Final = ("hair", "outfit", "headwear", "glasses", "chair")
_THICKEST_M: Final = 0.014
_HEMS_M: Final = {"blazer": (0.805, 0.06), "cardigan": (0.855, 0.06), "jumper": (0.888, 0.0)}
"""How high these end over trousers, and half of how wide they are open in front."""
_HIDDEN_M: Final = 0.055
_TUCK_M: Final = 0.016
_STANDARD: Final = {"headwear": "8b867d", "accent": "6b4a2a", "under": "ece3d2", "bottom": "38373b", "top": "4a5d6e"}


def build_wardrobe(figures: Collection[str] = tuple(FIGURES)) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """Each of `figures`: file name → bytes, and what `looks.json` says of them. The same bytes at every call."""
    files: dict[str, bytes] = {}
    entries = [_figure(person, files) for person in PEOPLE if person.id in figures and person.id in FIGURES]
    return files, entries


def _figure(person: Look, files: dict[str, bytes]) -> dict[str, Any]:
    bare = replace(person, hair="bare", wrap="none", glasses="none", wheelchair=False, lanyard=False, tie=False)
    palette = picture(person.colours)
    made: dict[str, dict[str, Any]] = {}
    for kind, choice, look in _wanted(bare):
        figure, mesh = _mesh(kind, look)
        near = simplified(mesh, BUDGETS[kind].near)
        entry: dict[str, Any] = {}
        scale = person.height_m / NOMINAL_M
        for level, budget in (("near", BUDGETS[kind].near), ("far", BUDGETS[kind].far)):
            if not budget:
                continue
            name = f"{person.id}.{kind}{'-' + choice if choice else ''}{'' if level == 'near' else '.far'}.glb"
            shown = near if level == "near" else simplified(near, budget)
            data = encode(
                f"{person.id} {kind}", figure.bones, scale, shown, palette, near=kind == "base" and level == "near"
            )
            files[f"wardrobe/{name}"] = data
            entry[level] = {
                "file": f"wardrobe/{name}",
                "sha256": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data),
            }
        if kind == "outfit":
            entry["colours"] = _worn_with(choice)
        made.setdefault(kind, {})[choice] = entry
    en, zh = FIGURES[person.id]
    colours = FIXED | _STANDARD | dict(person.colours)
    return {
        "id": person.id,
        "names": {"en": en, "zh": zh},
        "height_m": person.height_m,
        "colours": {slot: "#" + colours.get(slot, "808080") for slot in SLOTS},
        "tints": list(TINTS),
        "base": made.pop("base")[""],
        "parts": made,
    }


def described() -> dict[str, Any]:
    """What there is to choose, by kind, with names; for `looks.json`."""
    return {
        kind: [{"id": choice, "names": {"en": en, "zh": zh}} for choice, (en, zh) in PARTS[kind].items()]
        for kind in ORDER
    }


def _wanted(bare: Look) -> Iterator[tuple[str, str, Look]]:
    field = {"hair": "hair", "outfit": "outfit", "headwear": "wrap", "glasses": "glasses"}
    yield "base", "", bare
    for kind in ORDER:
        for choice in PARTS[kind]:
            change: dict[str, Any] = {field[kind]: choice} if kind in field else {}
            if choice == "hat":  # one does not take one's hair off for it
                change["hair"] = "wavy" if bare.fem > 0.5 else "crop"
            yield kind, choice, replace(bare, **change)


def _worn_with(outfit: str) -> dict[str, str]:
    """Its colours until somebody chooses: those of the first shipped reader who wears it."""
    wearer = next(person for person in PEOPLE if person.outfit == outfit)
    return {slot: "#" + wearer.colours[slot] for slot in ("top", "under", "bottom", "accent") if slot in wearer.colours}


def _mesh(kind: str, look: Look) -> tuple[Figure, Mesh]:
    figure, head, pile = Figure(look), Head(look), Pile()
    field = _BUILDERS[kind](pile, figure, head)
    if kind == "outfit" and look.outfit in _HEMS_M:
        pile.parts = [_tucked(part, *_HEMS_M[look.outfit]) for part in pile.parts]
    fields: list[Field] = [figure.scene, head.field, *([field] if field is not None else [])]

    def scene(p: Array) -> Array:
        out = fields[0](p)
        for other in fields[1:]:
            out = np.minimum(out, other(p))
        return arr(out)

    return figure, assemble(pile.parts, figure.bones, scene)


def _tucked(part: Part, hem_m: float, open_m: float) -> Part:
    """Trousers drawn in under a coat and ended where it hides them: a coarse one would let them through."""
    if part.slot != "bottom":
        return part
    x, y, z = part.points.T
    seen = (np.abs(x) <= open_m) & (z >= 0)
    hidden = (y > hem_m + _HIDDEN_M) & ~seen
    faces = part.faces[~hidden[part.faces].all(1)]
    kept, places = np.unique(faces, return_inverse=True)
    tuck = np.where(seen, 0.0, _TUCK_M * smooth(y, hem_m - 0.015, hem_m + 0.02))
    return replace(
        part,
        points=(part.points - part.normals * tuck[:, None])[kept],
        normals=part.normals[kept],
        faces=places.reshape(-1, 3),
        tone=part.tone[kept],
        shade=part.shade[kept],
        worth=part.worth[kept],
    )


def _base(pile: Pile, figure: Figure, head: Head) -> None:
    build_head(pile, head)
    build_features(pile, head)
    build_hands(pile, figure)


def _headwear(pile: Pile, figure: Figure, head: Head) -> Field | None:
    """Over any of the outfits: a scarf lies as far out as the thickest of them."""
    hair = build_hair(pile, head)
    return build_headwear(pile, head, grown(figure.upper, _THICKEST_M)) or hair


def _glasses(pile: Pile, figure: Figure, head: Head) -> None:
    build_glasses(pile, head)


def _chair(pile: Pile, figure: Figure, head: Head) -> None:
    build_wheelchair(pile)


_BUILDERS: Final[Mapping[str, Callable[[Pile, Figure, Head], Field | None]]] = {
    "base": _base,
    "hair": lambda pile, figure, head: build_hair(pile, head),
    "headwear": _headwear,
    "outfit": lambda pile, figure, head: OUTFITS[figure.look.outfit](Tailor(pile, figure, head)),
    "glasses": _glasses,
    "chair": _chair,
}
