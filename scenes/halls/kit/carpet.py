"""A carpet of any length from the runner's painting: a border at each end, the field between."""

from __future__ import annotations

from carrel.scenes.halls.kit.model import Model


def carpet(m: Model, width: float, length: float, *, lift: float = 0.012, panel: int | None = None) -> None:
    """Lies about the local origin, its length along z; `panel` is the floor's part of the lightmap."""
    cap, repeat, half = width / 2, width * 1.5, width / 2

    def strip(za: float, zb: float, va: float, vb: float) -> None:
        points = [[-half, lift, za], [half, lift, za], [half, lift, zb], [-half, lift, zb]]
        uv = [[0, va], [1, va], [1, vb], [0, vb]]
        m.add("rug", points, [[0, 1, 2], [0, 2, 3]], uv, panel=panel, blocks=False)

    strip(length / 2, length / 2 - cap, 0, 0.25)
    z, last = length / 2 - cap, -length / 2 + cap
    while z > last + 0.01:
        step = min(repeat, z - last)
        strip(z, z - step, 0.25, 0.25 + 0.75 * step / repeat)
        z -= step
    strip(last, -length / 2, 0.25, 0)
