"""The binders' cloths and leathers."""

from __future__ import annotations

from carrel.scenes.halls.kit.arrays import floats

# cloth as sRGB 0..255, and how common it is
CLOTHS = (
    ((92, 22, 22), 8), ((112, 34, 28), 6), ((70, 16, 24), 5), ((20, 38, 66), 5), ((30, 54, 88), 4), ((22, 50, 38), 6),
    ((38, 68, 46), 4), ((126, 82, 42), 9), ((150, 104, 58), 7), ((88, 54, 30), 9), ((58, 36, 22), 8), ((36, 32, 32), 4),
    ((64, 66, 44), 4), ((96, 84, 58), 4), ((170, 146, 104), 4), ((196, 178, 140), 3), ((124, 56, 30), 6), ((60, 60, 70), 3),
    ((78, 40, 58), 2), ((134, 110, 48), 2),
)  # fmt: skip
COLOURS = floats([rgb for rgb, _ in CLOTHS])
COMMON = floats([w for _, w in CLOTHS])
COMMON /= COMMON.sum()
