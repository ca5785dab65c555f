"""The floor plan for the minimap: an SVG in metres (x to the right, the entrance at the foot), with named groups."""

from __future__ import annotations

from carrel.scenes.halls.great import layout as at
from carrel.scenes.halls.great.document import PLACES
from carrel.scenes.halls.great.doors import DOORS, LEAF, STAND_X
from carrel.scenes.halls.kit.arrays import floats
from carrel.scenes.halls.kit.furniture import TABLE_LENGTH, TABLE_WIDTH
from carrel.scenes.halls.kit.model import Model

MARGIN = 0.6
STYLE = (
    ".wall{fill:none;stroke:#3a2c20;stroke-width:.3}.floor{fill:#efe4cf}.case{fill:#8a6242}.table{fill:#3f6b53}"
    ".seat{fill:#8a4a30}.desk{fill:#6b4630}.gallery{fill:#3a2c20;opacity:.10}.rug{fill:#7c2a26;opacity:.5}"
    ".stone{fill:#cbbfa8}.portal{fill:#b58b45}.place{fill:#b58b45}"
)


def plan_svg(model: Model) -> bytes:
    """`viewBox` is in metres of the hall's own frame: a point (x, z) of the hall is (x, z) of the drawing."""
    low_x, low_z = -at.HALF - MARGIN, -at.LENGTH - MARGIN - at.PORTAL_DEPTH
    wide, tall = 2 * (at.HALF + MARGIN), at.LENGTH + 2 * MARGIN + at.PORTAL_DEPTH
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_n(low_x)} {_n(low_z)} {_n(wide)} {_n(tall)}">',
        "<title>Great Hall · 大阅览厅</title>",
        f"<style>{STYLE}</style>",
        _rect("floor", -at.HALF, -at.LENGTH, 2 * at.HALF, at.LENGTH),
        _rect("rug", -at.RUG_WIDTH / 2, at.RUG_END, at.RUG_WIDTH, at.RUG_START - at.RUG_END),
        _rect("gallery", -at.HALF, -at.LENGTH, at.HALF + at.GALLERY_EDGE, at.LENGTH),
        _rect(
            "stone",
            at.DAIS_CENTER[0] - at.DAIS_SIZE[0] / 2,
            at.DAIS_CENTER[2] - at.DAIS_SIZE[2] / 2,
            at.DAIS_SIZE[0],
            at.DAIS_SIZE[2],
        ),
        '<g id="shelves">',
    ]
    for case in model.cases:
        if case.origin[1] > 1:
            continue
        corners = floats([[0, 0, 0], [case.width, 0, 0], [case.width, 0, -case.depth], [0, 0, -case.depth]])
        on = corners @ case.matrix.T + case.origin
        points = " ".join(f"{_n(p[0])},{_n(p[2])}" for p in on)
        rows.append(f'<polygon class="case" data-shelf="shelf-{case.id.lower()}" points="{points}"/>')
    rows.append('</g><g id="tables">')
    for bay in at.TABLE_BAYS:
        for x in at.TABLE_X:
            z = at.bay_center(bay)
            rows.append(_rect("table", x - TABLE_WIDTH / 2, z - TABLE_LENGTH / 2, TABLE_WIDTH, TABLE_LENGTH))
    rows.append('</g><g id="seats">')
    seats = [p for p in model.places if p.kind == "seat"]
    rows += [f'<circle class="seat" cx="{_n(p.position[0])}" cy="{_n(p.position[2])}" r=".22"/>' for p in seats]
    rows.append("</g>")
    front = at.DESK_Z
    rows.append(
        f'<path class="desk" d="M-2.1 {_n(front - 0.73)}A3.4 3.4 0 0 0 2.1 {_n(front - 0.73)}V{_n(front - 1.3)}A3.4 3.4 0 0 1 -2.1 {_n(front - 1.3)}Z"/>'
    )
    rows.append(_rect("portal", -at.PORTAL_WIDTH / 2, -at.LENGTH - at.PORTAL_DEPTH, at.PORTAL_WIDTH, at.PORTAL_DEPTH))
    for door in DOORS:
        if door.level == 0:
            rows.append(_rect("portal", -at.HALF, at.bay_center(door.bay) - LEAF / 2, 0.3, LEAF))
    for bay in range(1, at.BAYS):
        rows.append(f'<circle class="stone" cx="{_n(at.GALLERY_EDGE + 0.14)}" cy="{_n(-at.BAY * bay)}" r=".2"/>')
    x, z = at.STAIR.center
    rows.append(f'<circle class="stone" cx="{_n(x)}" cy="{_n(z)}" r="{_n(at.STAIR.radius)}"/>')
    rows.append(_rect("wall", -at.HALF - 0.15, -at.LENGTH - 0.15, 2 * at.HALF + 0.3, at.LENGTH + 0.3))
    rows.append('<g id="places">')
    for name, _, _, px, floor, pz, _ in PLACES:
        level = "gallery" if floor > 1 else "floor"
        rows.append(
            f'<circle class="place" data-place="place-{name}" data-level="{level}" cx="{_n(px)}" cy="{_n(pz)}" r=".28"/>'
        )
    for door in DOORS:
        level, z = ("gallery", "floor")[door.level == 0], at.bay_center(door.bay)
        rows.append(
            f'<circle class="place" data-place="place-{door.target}" data-level="{level}" cx="{_n(STAND_X)}" cy="{_n(z)}" r=".28"/>'
        )
    rows.append("</g></svg>\n")
    return "\n".join(rows).encode()


def _rect(kind: str, x: float, z: float, wide: float, tall: float) -> str:
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(z)}" width="{_n(wide)}" height="{_n(tall)}"/>'


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
