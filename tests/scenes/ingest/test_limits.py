"""Every limit holds: a right file that is larger than one of them is refused, and none of them stands there for nothing."""

from __future__ import annotations

import dataclasses
import json
import mmap
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.gate import check_glb
from carrel.scenes.ingest.json_text import read_json
from carrel.scenes.ingest.limits import GLB_LIMITS, MEDIA_LIMITS, GlbLimits, MediaLimits
from carrel.scenes.ingest.media.audio import check_audio
from carrel.scenes.ingest.media.epub import check_epub
from carrel.scenes.ingest.media.gates import GATES
from carrel.scenes.ingest.media.image import check_image, check_panorama
from carrel.scenes.ingest.media.pdf import check_pdf
from tests.scenes.ingest import hostile_glb, hostile_media
from tests.scenes.ingest.answers import refusal_of
from tests.scenes.ingest.media_samples import RIGHT, book, parts
from tests.scenes.ingest.samples import SAMPLES

INGEST = Path(__file__).parents[3] / "scenes" / "ingest"
# Of each limit: a value that the sample exceeds, and the sample.
GLB: dict[str, tuple[float, str]] = {
    "file_bytes": (100, "triangle"),
    "json_bytes": (100, "triangle"),
    "json_depth": (2, "triangle"),
    "json_values": (20, "triangle"),
    "string_bytes": (4, "triangle"),
    "node_depth": (1, "skinned"),
    "nodes": (2, "skinned"),
    "meshes": (1, "sparse"),
    "primitives": (1, "sparse"),
    "drawn_primitives": (0, "triangle"),
    "accessors": (3, "triangle"),
    "buffer_views": (3, "triangle"),
    "materials": (1, "dressed"),
    "images": (1, "textured"),
    "skins": (0, "skinned"),
    "joints": (1, "skinned"),
    "animations": (0, "animated"),
    "channels": (2, "animated"),
    "morph_targets": (1, "morphing"),
    "vertices": (2, "triangle"),
    "drawn_triangles": (0, "triangle"),
    "decoded_bytes": (100, "triangle"),
    "image_side": (3, "textured"),
    "image_pixels": (30, "textured"),
    "extent_m": (2, "triangle"),
}
MEDIA: dict[str, tuple[object, str]] = {
    "image_bytes": (100, "png"),
    "image_side": (40, "webp"),
    "image_pixels": (1000, "avif"),
    "panorama_width": ((4096, 8192), "panorama"),
    "chunks": (2, "png"),
    "note_bytes": (4, "jpeg"),
    "scans": (3, "jpeg_progressive"),
    "pdf_bytes": (100, "pdf"),
    "pdf_pages": (1, "pdf_of_pictures"),
    "pdf_objects": (4, "pdf"),
    "pdf_revisions": (0, "pdf"),
    "pdf_unpacked_bytes": (50, "pdf_with_packed_objects"),
    "epub_bytes": (100, "epub"),
    "epub_files": (4, "epub"),
    "epub_unpacked_bytes": (1000, "epub"),
    "epub_chapters": (0, "epub"),
    "xml_bytes": (100, "epub"),
    "xml_depth": (2, "epub"),
    "xml_elements": (3, "epub"),
    "audio_bytes": (100, "wav"),
    "audio_s": (1, "opus"),
    "audio_parts": (2, "vorbis"),
}
CHECKS = {"image": check_image, "panorama": check_panorama, "pdf": check_pdf, "epub": check_epub, "audio": check_audio}


@pytest.mark.parametrize("field", dataclasses.fields(GlbLimits), ids=lambda field: field.name)
def test_every_limit_of_a_model_holds(field: dataclasses.Field[object]) -> None:
    value, sample = GLB[field.name]
    data = SAMPLES[sample]().build()
    check_glb(data)
    with pytest.raises(Refused):
        check_glb(data, dataclasses.replace(GLB_LIMITS, **{field.name: value}))


@pytest.mark.parametrize("field", dataclasses.fields(MediaLimits), ids=lambda field: field.name)
def test_every_limit_of_media_holds(field: dataclasses.Field[object]) -> None:
    if field.name == "epub_ratio":
        value, kind, data = 1, "epub", book(parts(**{"OEBPS/long": b"abcd" * 300_000}))
        with pytest.raises(Refused, match="would unpack"):
            check_epub(data)
        data = book(parts(**{"OEBPS/long": bytes(range(256)) * 5_000}))
    else:
        value, name = MEDIA[field.name]
        kind, make = RIGHT[name]
        data = make()
        CHECKS[kind](data)
    with pytest.raises(Refused):
        CHECKS[kind](data, dataclasses.replace(MEDIA_LIMITS, **{field.name: value}))


HEADS = [b"", b"glTF\x02\0\0\0", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBPVP8 ", b"RIFF\x20\0\0\0WAVE", b"%PDF-1.4\n",
         b"PK\x03\x04", b"\0\0\0\x18ftypavif", b"\0\0\0\x18ftypM4A ", b"OggS\0\x02", b"fLaC\0\0\0\x22", b"ID3\x04", b"\xff\xfb\x90\0"]  # fmt: skip


@given(st.sampled_from(HEADS), st.binary(max_size=200), st.sampled_from(sorted(GATES)))
@settings(max_examples=300)
def test_any_bytes_are_answered(head: bytes, rest: bytes, kind: str) -> None:
    """Facts or a refusal, whatever comes to whichever gate."""
    refusal = refusal_of(GATES[kind], head + rest)  # type: ignore[index]
    assert refusal is None or refusal.sentence.endswith((".", ")"))


@pytest.mark.parametrize("kind", sorted(GATES))
def test_a_mapped_file_can_be_closed_after_the_gate(kind: str, tmp_path: Path) -> None:
    """A refusal holds nothing of the file, and facts neither."""
    right = (
        SAMPLES["skinned"]().build() if kind == "model" else next(make() for of, make in RIGHT.values() if of == kind)
    )
    for number, data in enumerate((right, right[:-4] + bytes(300))):
        path = tmp_path / str(number)
        path.write_bytes(data)
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            kept = refusal_of(GATES[kind], mapped)  # type: ignore[index, arg-type]
            mapped.close()
        assert number == 0 or kept is not None


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=5), st.booleans())
@settings(max_examples=100)
def test_json_is_measured_before_it_is_read(value: dict[str, object], is_escaped: bool) -> None:
    """The depth counted on the brackets is the depth of the value: one less is refused, as much is read."""
    text = memoryview(json.dumps(value, ensure_ascii=is_escaped).encode())
    depth = depth_of(value)
    assert read_json(text, dataclasses.replace(GLB_LIMITS, json_depth=depth)) == value
    with pytest.raises(Refused, match="nested"):
        read_json(text, dataclasses.replace(GLB_LIMITS, json_depth=depth - 1))


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


def test_every_refusal_has_a_file() -> None:
    """No code stands in the gates that no file of ours brings out; those of counts are above."""
    source = "".join(path.read_text("utf-8") for path in INGEST.rglob("*.py"))
    codes = set(re.findall(r'(?:refuse|Refused)\(\s*"([a-z0-9_]+)"', source))
    shown = {code for *_, code, _ in hostile_glb.ATTACKS} | {code for *_, code, _ in hostile_media.ATTACKS}
    rest = codes - shown
    assert {code for code in rest if not code.startswith("too_many_")} == {"file_size", "unknown_kind"}
    assert len(codes) > 150
