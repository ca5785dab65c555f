"""From looks to files: near and far GLBs and `looks.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from carrel.avatars.looks.arrays import Array, arr
from carrel.avatars.looks.bones import NOMINAL_M
from carrel.avatars.looks.choices import PALETTES, TINTS
from carrel.avatars.looks.clothes import OUTFITS
from carrel.avatars.looks.features import build_features
from carrel.avatars.looks.figure import Figure
from carrel.avatars.looks.glb import LICENCE, encode
from carrel.avatars.looks.hair import build_hair
from carrel.avatars.looks.head import Head, build_head
from carrel.avatars.looks.headwear import build_headwear
from carrel.avatars.looks.lamp import build_lamp
from carrel.avatars.looks.limbs import build_hands
from carrel.avatars.looks.mesh import Mesh, Pile, assemble
from carrel.avatars.looks.palette import FIXED, SLOTS, picture
from carrel.avatars.looks.people import PEOPLE
from carrel.avatars.looks.shape import Look
from carrel.avatars.looks.simplify import simplified
from carrel.avatars.looks.tailor import Tailor
from carrel.avatars.looks.wardrobe import FIGURE_MARK, FIGURES, build_wardrobe, described
from carrel.avatars.looks.wheelchair import build_wheelchair

NEAR_TRIANGLES, FAR_TRIANGLES = 7900, 1450
FORMAT = 1


def model(look: Look) -> tuple[Figure, Mesh]:
    """A look's whole body at full detail, nominal height."""
    figure, head, pile = Figure(look), Head(look), Pile()
    build_head(pile, head)
    build_features(pile, head)
    fields = [figure.scene, head.field]
    hair = build_hair(pile, head)
    dressed = OUTFITS[look.outfit](Tailor(pile, figure, head))
    wrap = build_headwear(pile, head, dressed)
    fields += [f for f in (hair, wrap) if f is not None]
    build_hands(pile, figure)
    if look.wheelchair:
        build_wheelchair(pile)

    def scene(p: Array) -> Array:
        out = fields[0](p)
        for field in fields[1:]:
            out = np.minimum(out, field(p))
        return arr(out)

    return figure, assemble(pile.parts, figure.bones, scene)


def _entry(look: Look, files: Mapping[str, bytes], kind: str) -> dict[str, Any]:
    worn = {slot: "#" + look.colours.get(slot, FIXED.get(slot, "808080")) for slot in SLOTS}
    near, far = f"{look.id}.glb", f"{look.id}.far.glb"
    tints = [s for s in TINTS if s != "headwear" or look.wrap != "none"]
    return {
        "id": look.id,
        "kind": kind,
        "names": {"en": look.name_en, "zh": look.name_zh},
        "height_m": look.height_m,
        "wheelchair": look.wheelchair,
        "near": {"file": near, "sha256": hashlib.sha256(files[near]).hexdigest(), "size_bytes": len(files[near])},
        "far": {"file": far, "sha256": hashlib.sha256(files[far]).hexdigest(), "size_bytes": len(files[far])},
        "colours": worn,
        "tints": tints if kind == "reader" else ["accent", "top"],
    }


def build_looks(only: Sequence[str] = ()) -> Mapping[str, bytes]:
    """Every look and every figure of the wardrobe (or those with ids in `only`, a figure's being `w-ada`) as file name → bytes; always the same bytes."""
    files: dict[str, bytes] = {}
    entries: list[dict[str, Any]] = []
    for look in PEOPLE:
        if only and look.id not in only:
            continue
        figure, mesh = model(look)
        near = simplified(mesh, NEAR_TRIANGLES)
        far = simplified(near, FAR_TRIANGLES)
        palette, scale = picture(look.colours), look.height_m / NOMINAL_M
        files[f"{look.id}.glb"] = encode(look.name_en, figure.bones, scale, near, palette, near=True)
        files[f"{look.id}.far.glb"] = encode(look.name_en, figure.bones, scale, far, palette, near=False)
        entries.append(_entry(look, files, "reader"))
    lamp = build_lamp()
    if not only or lamp.look.id in only:
        files |= lamp.files
        entries.append(_entry(lamp.look, files, "guide"))
    wanted = {id_.removeprefix(FIGURE_MARK) for id_ in only if id_.startswith(FIGURE_MARK)} if only else set(FIGURES)
    parts, figures = build_wardrobe(wanted)
    files |= parts
    index = {
        "format": FORMAT,
        "licence": LICENCE,
        "slots": list(SLOTS),
        "palettes": {
            slot: [{"id": c.id, "colour": "#" + c.colour, "names": {"en": c.en, "zh": c.zh}} for c in PALETTES[slot]]
            for slot in TINTS
        },
        "looks": entries,
        "wardrobe": {"kinds": described(), "figures": figures},
    }
    files["looks.json"] = (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()
    return files
