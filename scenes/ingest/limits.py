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
    drawn_primitives: int = 40_000
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


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """Limits of pictures, documents, books and sound."""

    image_bytes: int = 64 << 20
    image_side: int = 16_384
    image_pixels: int = 134_217_728  # a panorama of 16384 × 8192
    panorama_width: tuple[int, int] = (2_048, 16_384)
    chunks: int = 100_000
    note_bytes: int = 16 << 20
    scans: int = 100
    pdf_bytes: int = 128 << 20
    pdf_pages: int = 2_000
    pdf_objects: int = 500_000
    pdf_revisions: int = 64
    pdf_unpacked_bytes: int = 64 << 20
    epub_bytes: int = 128 << 20
    epub_files: int = 5_000
    epub_unpacked_bytes: int = 256 << 20
    epub_ratio: int = 200
    epub_chapters: int = 2_000
    xml_bytes: int = 4 << 20
    xml_depth: int = 64
    xml_elements: int = 50_000
    audio_bytes: int = 256 << 20
    audio_s: int = 4 * 3600
    audio_parts: int = 1_000_000


MEDIA_LIMITS = MediaLimits()
