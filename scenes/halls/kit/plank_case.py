"""A modern bookcase: boards between uprights, no mouldings, and a back if it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from carrel.scenes.halls.kit.model import NEAR, Case, Model, Shelf
from carrel.scenes.halls.kit.shapes import box, rect


def plank_case(
    m: Model,
    name: str,
    label: tuple[str, str],
    *,
    width: float,
    boards: Sequence[float],
    depth: float,
    bays: int,
    wood: str,
    upright: str = "",
    back: str = "",
    thick: float = 0.032,
    base: float = 0.08,
    empty: Sequence[int] = (),
) -> Case:
    """Along local +x, its front at z = 0. Cells whose number (row by row from below) is in `empty` stay bare."""
    upright = upright or wood
    height = base + sum(boards) + thick * (len(boards) + 1)
    case = Case(name, label, m.matrix.copy(), m.origin.copy(), width, height, depth, base, tuple(boards), bays)
    cell, post = width / bays, thick
    for k in range(bays + 1):
        x = min(max(k * cell, post / 2), width - post / 2)
        box(m, upright, (x, height / 2, -depth / 2), (post, height, depth), sub=0.3, skip="y-")
    if back:
        rect(m, back, (0, 0, -depth + 0.004), (width, 0, 0), (0, height, 0), sub=0.28)
    y = base
    for i in range(len(boards) + 1):
        for k in range(bays):
            x0, x1 = k * cell + (post / 2 if k else post), (k + 1) * cell - (post / 2 if k < bays - 1 else post)
            box(
                m,
                wood,
                ((x0 + x1) / 2, y + thick / 2, -depth / 2 - 0.003),
                (x1 - x0, thick, depth - 0.012),
                sub=0.3,
                skip="x-x+",
            )
            if i < len(boards) and i * bays + k not in empty:
                origin = m.world((x0 + 0.004, y + thick, -0.02))
                case.shelves.append(
                    Shelf(name, m.matrix.copy(), origin, x1 - x0 - 0.008, boards[i] - 0.006, depth - 0.04)
                )
        y += thick + (boards[i] if i < len(boards) else 0)
    with m.only(NEAR):
        box(m, upright, (width / 2, base / 2, -0.03), (width - 2 * post, base, 0.02), sub=0.5, skip="y-y+x-x+z-")
    m.cases.append(case)
    return case
