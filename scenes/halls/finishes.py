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
    """One material. `light`: vertex, lightmap, none; `zoned`: cut into bays and levels."""

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
    "timber": Family("vertex", "timber", zoned=True),
    "cloth": Family("vertex", "weave", zoned=True, double=True),
    "lacquer": Family("vertex", zoned=True, double=True),
    "painted": Family("lightmap", "limewash", roughness=0.92, tint=(96, 116, 92)),
    "planks": Family("lightmap", "planks", "planks_rough"),
    "tatami": Family("lightmap", "tatami", roughness=0.9),
    "concrete": Family("lightmap", "concrete", roughness=0.72),
    "wall_green": Family("lightmap", "limewash", roughness=0.9, tint=(104, 122, 104)),
    "wall_night": Family("lightmap", "limewash", roughness=0.85, tint=(112, 126, 168)),
    "light": Family("vertex", zoned=True, double=True),
    "blue_haze": Family("none", blend=True, double=True, tint=(96, 150, 255)),
    "glass": Family("none", blend=True, double=True, tint=(210, 226, 232)),
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
    "planks": Finish("planks", tile_m=1.6),
    "tatami": Finish("tatami"),
    "concrete": Finish("concrete", tile_m=2.7),
    "wall_green": Finish("wall_green", tile_m=4.0),
    "wall_night": Finish("wall_night", tile_m=4.0),
    "blue_haze": Finish("blue_haze"),
    "light_amber": Finish("light", (255, 176, 84), 0.9),
    "light_gold": Finish("light", (255, 214, 140), 0.9),
    "light_pearl": Finish("light", (255, 240, 220), 0.9),
    "light_ice": Finish("light", (176, 216, 255), 0.9),
    "light_blue": Finish("light", (120, 176, 255), 0.9),
    "glass": Finish("glass"),
    "painted": Finish("painted", tile_m=4.0),
    "brick": Finish("masonry", (134, 137, 132), 0.9, tile_m=1.7),
    "bamboo": Finish("lacquer", (128, 158, 74), 0.5),
    "cinnabar": Finish("lacquer", (158, 42, 28), 0.5),
    "oak": Finish("timber", (255, 250, 242), 0.50, tile_m=0.9),
    "oak_dark": Finish("timber", (150, 118, 94), 0.46, tile_m=0.9),
    "linen": Finish("cloth", (214, 202, 180), 0.95, tile_m=0.12),
    "wool_grey": Finish("cloth", (124, 126, 128), 0.95, tile_m=0.12),
    "indigo": Finish("cloth", (52, 68, 104), 0.95, tile_m=0.12),
    "moss": Finish("cloth", (100, 112, 76), 0.95, tile_m=0.12),
    "ochre": Finish("cloth", (190, 142, 74), 0.95, tile_m=0.12),
    "curtain": Finish("cloth", (92, 40, 36), 0.95, tile_m=0.12),
    "felt": Finish("cloth", (52, 84, 66), 1.0, tile_m=0.12),
    "leather_tan": Finish("lacquer", (150, 92, 50), 0.48),
    "leather_black": Finish("lacquer", (38, 35, 34), 0.48),
    "white": Finish("lacquer", (236, 233, 226), 0.60),
    "black": Finish("lacquer", (27, 26, 27), 0.45),
    "steel": Finish("lacquer", (78, 80, 84), 0.42, 0.45),
    "porcelain": Finish("lacquer", (108, 140, 138), 0.16),
    "cork": Finish("lacquer", (172, 124, 80), 0.95),
    "paper": Finish("lacquer", (240, 233, 218), 0.9),
    "shade_linen": Finish("lacquer", (250, 226, 184), 0.9),
    "book_red": Finish("lacquer", (118, 36, 32), 0.6),
    "book_blue": Finish("lacquer", (38, 58, 96), 0.6),
    "book_green": Finish("lacquer", (38, 74, 54), 0.6),
    "book_ochre": Finish("lacquer", (170, 126, 62), 0.6),
    "book_cream": Finish("lacquer", (208, 192, 154), 0.6),
    "book_brown": Finish("lacquer", (92, 58, 36), 0.6),
    "marble": Finish("lacquer", (218, 211, 198), 0.30),
    "slate": Finish("lacquer", (74, 74, 78), 0.5),
    "night": Finish("lacquer", (78, 90, 128), 0.7),
    "water": Finish("lacquer", (10, 14, 22), 0.15),
    "soot": Finish("lacquer", (34, 30, 28), 0.95),
    "bark": Finish("lacquer", (78, 56, 40), 0.95),
    "ember": Finish("lacquer", (255, 110, 30), 0.9),
    "flame": Finish("lacquer", (255, 168, 66), 0.9),
    "blossom": Finish("lacquer", (244, 214, 214), 0.9),
    "gravel": Finish("lacquer", (168, 162, 148), 0.95),
    "pane_day": Finish("paint", (226, 236, 242), 0.5),
    "pane_lamp": Finish("paint", (255, 206, 138), 0.5),
    "pane_sea": Finish("paint", (70, 150, 220), 0.5),
}


def palette(family: str) -> list[str]:
    """The finishes of a family in the order of their numbers."""
    return [name for name, finish in FINISHES.items() if finish.family == family]
