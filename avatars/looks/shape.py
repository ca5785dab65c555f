"""What a look is: numbers for build and face, choices of hair and dress, and a colour for each tint slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Hair = Literal["bare", "crop", "side", "long", "wavy", "bun", "tail", "braid", "afro", "curls", "rim"]
Wrap = Literal["none", "hijab", "turban", "hat"]
Outfit = Literal["blazer", "cardigan", "shirt", "jumper", "dress", "robe", "sari"]
Glasses = Literal["none", "round", "square"]


@dataclass(frozen=True, slots=True)
class Face:
    """Factors around 1 unless said: widths, heights and fullness of the features; `age` and `beard` 0…1, `tilt` radians."""

    width: float = 1.0
    jaw: float = 1.0
    chin: float = 1.0
    length: float = 1.0
    cheek: float = 1.0
    nose_width: float = 1.0
    nose_length: float = 1.0
    nose_bridge: float = 1.0
    eye: float = 1.0
    eye_open: float = 1.0
    tilt: float = 0.0
    brow: float = 1.0
    arch: float = 1.0
    lip: float = 1.0
    lip_width: float = 1.0
    smile: float = 1.0
    lashes: float = 0.4
    age: float = 0.0
    beard: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """One shipped look. `fem` 0…1 shapes the trunk; `belly` in metres; `height_m` is the standing height."""

    id: str
    name_en: str
    name_zh: str
    height_m: float
    fem: float
    outfit: Outfit
    hair: Hair
    colours: Mapping[str, str]
    face: Face = field(default_factory=Face)
    width: float = 1.0
    belly: float = 0.0
    wrap: Wrap = "none"
    glasses: Glasses = "none"
    wheelchair: bool = False
    tie: bool = False
    lanyard: bool = False
