"""The gates for media: right files come in with true facts, hostile ones are refused by name, damage never makes them stumble."""

from __future__ import annotations

import random
from typing import Any

import pytest

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.media.gates import GATES, kind_of
from tests.scenes.ingest.answers import refusal_of
from tests.scenes.ingest.hostile_media import ATTACKS
from tests.scenes.ingest.media_samples import RIGHT
from tests.scenes.ingest.mutations import mutate_bytes

FACTS: dict[str, dict[str, Any]] = {
    "png": {"type": "image/png", "width": 48, "height": 24},
    "jpeg_progressive": {"type": "image/jpeg", "width": 48},
    "webp_lossless": {"type": "image/webp", "height": 24},
    "avif": {"type": "image/avif", "width": 48, "height": 24},
    "panorama": {"width": 2048, "height": 1024},
    "pdf": {"version": "1.7", "pages": 1},
    "pdf_of_pictures": {"pages": 2},
    "pdf_with_packed_objects": {"pages": 1},
    "epub": {"title": "A book of one chapter", "language": "zh", "chapters": 1, "pictures": 1, "version": "3.0"},
    "wav": {"codec": "pcm", "duration_s": 0.5, "channels": 2, "rate_hz": 8000},
    "flac": {"codec": "flac", "duration_s": 1.0},
    "opus": {"codec": "opus", "duration_s": 2.0, "channels": 2},
    "vorbis": {"codec": "vorbis", "duration_s": 2.0, "channels": 1},
    "mp3": {"codec": "mp3", "duration_s": 40 * 1152 / 44_100, "channels": 2},
    "m4a": {"codec": "aac", "duration_s": 2.0, "channels": 2, "rate_hz": 44_100},
}
MUTATIONS = 150


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_file_comes_in(name: str) -> None:
    kind, make = RIGHT[name]
    data = make()
    facts = GATES[kind](data)  # type: ignore[index]
    assert {key: getattr(facts, key) for key in FACTS.get(name, {})} == FACTS.get(name, {})
    assert kind_of(data) == ("image" if kind == "panorama" else kind)
    assert GATES[kind](memoryview(data)) == facts, "a mapped file is one too"  # type: ignore[index]


@pytest.mark.parametrize("name", RIGHT)
def test_damaged_files_never_make_it_stumble(name: str) -> None:
    """Whatever the damage: facts or a refusal."""
    kind, make = RIGHT[name]
    chance = random.Random(name)
    data = make()
    for _ in range(MUTATIONS if len(data) < 50_000 else MUTATIONS // 10):
        refusal_of(GATES[kind], mutate_bytes(data, chance))  # type: ignore[index]


@pytest.mark.parametrize("name", [name for name, *_ in ATTACKS])
def test_a_hostile_file_is_refused_by_name(name: str) -> None:
    ((_, kind, code, make),) = [attack for attack in ATTACKS if attack[0] == name]
    with pytest.raises(Refused) as caught:
        GATES[kind](make())  # type: ignore[index]
    assert caught.value.code == code, caught.value
    assert len(caught.value.sentence) > 20


def test_a_name_never_decides() -> None:
    assert kind_of(RIGHT["png"][1](), "work.glb") == "image"
    with pytest.raises(Refused, match="export the model as one"):
        kind_of(b'{"asset": {}}', "work.gltf")
    with pytest.raises(Refused, match="save it as PDF"):
        kind_of(b"PK\x03\x04" + bytes(60), "thesis.docx")
    with pytest.raises(Refused):
        kind_of(b"")
