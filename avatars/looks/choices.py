"""The colours a person may choose for each tint slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """A named colour: id, sRGB hexadecimal, names in English and Chinese."""

    id: str
    colour: str
    en: str
    zh: str


_CLOTH = (
    Choice("forest", "2f4f47", "forest", "墨绿"),
    Choice("sage", "8fa8a2", "sage", "青灰"),
    Choice("moss", "566745", "moss", "苔绿"),
    Choice("petrol", "2f6268", "petrol", "孔雀蓝"),
    Choice("slate", "4a5d6e", "slate", "石板蓝"),
    Choice("ink", "31405a", "ink", "靛蓝"),
    Choice("plum", "5f3550", "plum", "梅紫"),
    Choice("brick", "a8483a", "brick", "砖红"),
    Choice("russet", "7a4633", "russet", "赤褐"),
    Choice("ochre", "c99b45", "ochre", "赭黄"),
    Choice("sand", "c9ab72", "sand", "沙色"),
    Choice("linen", "ece3d2", "linen", "亚麻白"),
    Choice("stone", "8b867d", "stone", "石灰"),
    Choice("charcoal", "38373b", "charcoal", "炭黑"),
)

PALETTES: Mapping[str, Sequence[Choice]] = {
    "skin": (
        Choice("porcelain", "f4ccb2", "porcelain", "瓷白"),
        Choice("rose", "f0bd9c", "rose", "粉白"),
        Choice("wheat", "e9b78e", "wheat", "浅麦"),
        Choice("honey", "d6a680", "honey", "蜜色"),
        Choice("olive", "c9946c", "olive", "橄榄"),
        Choice("amber", "b58058", "amber", "琥珀"),
        Choice("bronze", "a36d48", "bronze", "古铜"),
        Choice("chestnut", "8d5a3b", "chestnut", "栗色"),
        Choice("cocoa", "6b4029", "cocoa", "可可"),
        Choice("ebony", "4a2e20", "ebony", "乌木"),
    ),
    "hair": (
        Choice("black", "1b1513", "black", "黑"),
        Choice("espresso", "33231a", "dark brown", "深棕"),
        Choice("brown", "5b3d29", "brown", "棕"),
        Choice("copper", "9c5630", "copper", "铜红"),
        Choice("auburn", "b0683a", "auburn", "红褐"),
        Choice("blond", "cfa766", "blond", "金"),
        Choice("grey", "8f8b86", "grey", "灰"),
        Choice("silver", "d2cec7", "silver", "银"),
    ),
    "top": _CLOTH,
    "under": _CLOTH,
    "bottom": _CLOTH,
    "accent": _CLOTH,
    "headwear": _CLOTH,
}

TINTS = tuple(PALETTES)
"""Slots that a person chooses."""
