"""A room's floor plan for the minimap: an SVG in metres (x to the right, the entrance at the foot), with named groups."""

from __future__ import annotations

from collections.abc import Sequence

from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.room.facts import RoomFacts
from carrel.scenes.halls.room.solids import Solid

MARGIN = 0.5
STYLE = (
    ".wall{fill:none;stroke:#3a2c20;stroke-width:.2}.floor{fill:#efe4cf}.case{fill:#8a6242}.table{fill:#3f6b53}"
    ".seat{fill:#8a4a30}.stone{fill:#cbbfa8}.panel{fill:#b8b0a2}.screen{fill:#6b4630}.portal{fill:#b58b45}.place{fill:#b58b45}"
)


def plan_svg(facts: RoomFacts, model: Model, solids: Sequence[Solid]) -> bytes:
    """`viewBox` is in metres of the room's own frame: a point (x, z) of the room is (x, z) of the drawing."""
    (x0, _, z0), (x1, _, z1) = facts.low, facts.high
    box = (x0 - MARGIN, z0 - MARGIN, x1 - x0 + 2 * MARGIN, z1 - z0 + 2 * MARGIN)
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(_n(v) for v in box)}">',
        f"<title>{facts.en} · {facts.zh}</title>",
        f"<style>{STYLE}</style>",
        _rect("floor", x0, z0, x1 - x0, z1 - z0),
        '<g id="shelves">',
    ]
    rows += [_solid(s) for s in solids if s.kind == "case"]
    rows.append('</g><g id="tables">')
    rows += [_solid(s) for s in solids if s.kind not in ("case", "")]
    rows.append('</g><g id="seats">')
    seats = [p for p in model.places if p.kind == "seat"]
    rows += [f'<circle class="seat" cx="{_n(p.position[0])}" cy="{_n(p.position[2])}" r=".2"/>' for p in seats]
    rows.append("</g>")
    rows.append(_rect("wall", x0 - 0.1, z0 - 0.1, x1 - x0 + 0.2, z1 - z0 + 0.2))
    for entity in facts.entities:
        if entity.portal is not None:
            x, _, z = entity.transform.position
            rows.append(f'<circle class="portal" cx="{_n(x)}" cy="{_n(z)}" r=".4"/>')
    rows.append('<g id="places">')
    rows += [
        f'<circle class="place" data-place="place-{p.id}" data-level="floor" cx="{_n(p.at[0])}" cy="{_n(p.at[2])}" r=".2"/>'
        for p in facts.places
    ]
    rows.append("</g></svg>\n")
    return "\n".join(rows).encode()


def _solid(solid: Solid) -> str:
    name = f' data-shelf="{solid.name}"' if solid.name else ""
    points = " ".join(f"{_n(x)},{_n(z)}" for x, _, z in solid.corners[:4])
    return f'<polygon class="{solid.kind}"{name} points="{points}"/>'


def _rect(kind: str, x: float, z: float, wide: float, tall: float) -> str:
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(z)}" width="{_n(wide)}" height="{_n(tall)}"/>'


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
