"""How much a creator's file may hold. Every gate takes its limits as a value, so that a library can set its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlbLimits:
    """Limits of a GLB. Counts are of the file's own arrays; `drawn` counts what one view of a scene would draw."""

    file_bytes: int = 128 << 20
    json_bytes: int = 8 << 20
    json_depth: int = 64
    json_values: int = 600_000
    string_bytes: int = 65_536
    node_depth: int = 64
    nodes: int = 20_000
    meshes: int = 10_000
    primitives: int = 20_000
    accessors: int = 60_000
    buffer_views: int = 60_000
    materials: int = 1_024
    images: int = 256
    skins: int = 256
    joints: int = 1_024
    animations: int = 512
    channels: int = 60_000
    morph_targets: int = 256
    vertices: int = 8_000_000
    drawn_triangles: int = 20_000_000
    decoded_bytes: int = 512 << 20
    image_side: int = 8_192
    image_pixels: int = 192 << 20
    extent_m: float = 100_000.0


GLB_LIMITS = GlbLimits()
