"""What surfaces are made of, as tables: a finish names its family, and each family is one material of the file.

The families `wood`, `masonry` and `paint` hold many finishes: which one a vertex has stands in the alpha of its colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from carrel.scenes.halls.kit.arrays import Floats
from carrel.scenes.halls.light.coding import linear

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Family:
    """One material. `light`: vertex, lightmap, picture (its texture is radiance), none; `zoned`: cut into bays and levels."""

    light: str
    texture: str | None = None
    roughness_texture: str | None = None
    roughness: float = 1.0
    zoned: bool = False
    double: bool = False
    blend: bool = False
    gain: float = 1.0
    tint: Rgb = (255, 255, 255)


@dataclass(frozen=True)
class Finish:
    """A colour (sRGB, over the family's texture), roughness, metalness, metres a texture repeat, a floor of light."""

    family: str
    colour: Rgb = (255, 255, 255)
    roughness: float = 0.9
    metalness: float = 0.0
    tile_m: float = 1.0
    least_light: float = 0.0

    def linear(self) -> Floats:
        return linear(self.colour)


FAMILIES: dict[str, Family] = {
    "wood": Family("vertex", "veneer", zoned=True),
    "masonry": Family("vertex", "limewash", zoned=True),
    "paint": Family("vertex", zoned=True, double=True),
    "print": Family("vertex", "print", roughness=0.55),
    "parquet": Family("lightmap", "parquet", "parquet_rough"),
    "paving": Family("lightmap", "paving", "paving_rough"),
    "rug": Family("lightmap", "rug"),
    "wall": Family("lightmap", "limewash", roughness=0.95),
    "table_wood": Family("lightmap", "veneer", roughness=0.30),
    "table_leather": Family("lightmap", roughness=0.46, tint=(44, 74, 58)),
    "sky": Family("none", "sky", gain=0.95, double=True),
    "card": Family("none", "card", gain=0.55),
    "sunbeam": Family("none", blend=True, double=True, tint=(255, 226, 178)),
    "picture": Family("picture", "cases"),
}

FINISHES: dict[str, Finish] = {
    "walnut": Finish("wood", (255, 255, 255), 0.40, tile_m=1.1),
    "walnut_dark": Finish("wood", (206, 196, 188), 0.44, tile_m=1.1),
    "backboard": Finish("wood", (170, 158, 146), 0.60, tile_m=1.1, least_light=0.24),
    "limewash": Finish("masonry", (255, 255, 255), 0.95, tile_m=3.0),
    "stone": Finish("masonry", (250, 243, 230), 0.80, tile_m=1.7),
    "gilt": Finish("paint", (212, 166, 88), 0.36, 0.45),
    "brass": Finish("paint", (206, 162, 88), 0.30, 0.55),
    "iron": Finish("paint", (48, 46, 44), 0.55, 0.2),
    "coffer": Finish("paint", (120, 152, 152), 0.9),
    "leather_red": Finish("paint", (104, 46, 28), 0.50),
    "terracotta": Finish("paint", (168, 92, 58), 0.8),
    "soil": Finish("paint", (48, 36, 26), 1.0),
    "leaf": Finish("paint", (66, 104, 50), 0.55),
    "shade": Finish("paint", (26, 96, 62), 0.14, least_light=0.35),
    "shade_lining": Finish("paint", (255, 226, 170), 0.6),
    "bulb": Finish("paint", (255, 226, 176), 0.6),
    "globe": Finish("paint", (255, 224, 172), 0.4),
    "print": Finish("print"),
    "parquet": Finish("parquet", tile_m=2.7),
    "paving": Finish("paving", tile_m=2.4),
    "rug": Finish("rug"),
    "plaster": Finish("wall", tile_m=4.0),
    "reveal": Finish("wall", tile_m=4.0),
    "walnut_top": Finish("table_wood", tile_m=1.1),
    "leather_top": Finish("table_leather"),
    "sky": Finish("sky"),
    "card": Finish("card"),
    "sunbeam": Finish("sunbeam"),
    "picture": Finish("picture"),
}


def palette(family: str) -> list[str]:
    """The finishes of a family in the order of their numbers."""
    return [name for name, finish in FINISHES.items() if finish.family == family]
