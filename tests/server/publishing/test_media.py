"""Pictures, panoramas, documents and sounds: what is made of each, in the sandbox and out of it."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import wave
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from carrel.scenes.errors import Refused
from carrel.server.publishing import tasks
from carrel.server.publishing.ingest import ingest
from carrel.server.settings import Settings
from carrel.server.storage.blobs import FolderBlobs

from . import glbs
from .world import world


class Out:
    """An `Out` that keeps what it is given."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def file(self, name: str, data: bytes | memoryview) -> None:
        self.files[name] = bytes(data)

    def step(self, name: str) -> None:
        pass


def prepared(data: bytes, name: str = "", **parameters: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    out = Out()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        return tasks.prepare([file], {"name": name} | parameters, out), out.files


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def sound(seconds: float = 0.5) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((np.sin(np.arange(int(8000 * seconds)) / 9) * 9000).astype("<i2").tobytes())
    return out.getvalue()


def document(pages: int = 2) -> bytes:
    images = [Image.new("RGB", (600, 800), (250, 240 - 90 * index, 200)) for index in range(pages)]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:])
    return out.getvalue()


def photo(width: int, height: int, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8), "RGB").save(
        out, kind, **options
    )
    return out.getvalue()


def test_a_picture_in_three_sizes() -> None:
    answer, files = prepared(photo(2500, 1500))
    assert answer["kind"] == "image"
    assert {name: size(data) for name, data in files.items()} == {
        "large.webp": (2500, 1500),
        "view.webp": (2048, 1229),
        "thumbnail.webp": (384, 230),
    }
    assert answer["made"]["view.webp"] == {"width": 2048, "height": 1229}
    _, large = prepared(photo(5000, 1000))
    assert size(large["large.webp"]) == (4096, 819)
    _, small = prepared(photo(30, 20))
    assert {name: size(data) for name, data in small.items()} == {"view.webp": (30, 20), "thumbnail.webp": (30, 20)}


def test_a_picture_stands_upright_and_says_nothing_of_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    exif[0x013B] = "Some Body"
    _, files = prepared(photo(64, 32, exif=exif))
    assert size(files["view.webp"]) == (32, 64)
    assert b"Some Body" not in b"".join(files.values())
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Some Body")
    _, files = prepared(photo(64, 32, "PNG", pnginfo=notes))
    assert b"Some Body" not in b"".join(files.values())


def test_a_panorama_is_twice_as_wide_as_high() -> None:
    answer, files = prepared(photo(2400, 1200, quality=50))
    assert answer["kind"] == "panorama"
    assert size(files["panorama.webp"]) == (2400, 1200)
    assert size(files["view.webp"]) == (2048, 1024)
    assert prepared(photo(400, 200))[0]["kind"] == "image", "too small to stand in"


def test_a_document_page_by_page() -> None:
    answer, files = prepared(document(3))
    assert answer["kind"] == "pdf"
    assert set(files) == {"page-1.webp", "page-2.webp", "page-3.webp", "thumbnail.webp"}
    assert size(files["page-2.webp"]) == (1200, 1600)
    assert answer["made"]["page-3.webp"]["page"] == 3


def test_a_sound_is_shown_as_it_came() -> None:
    answer, files = prepared(sound())
    assert answer["kind"] == "audio"
    assert files == {"sound.wav": sound()}
    assert answer["made"]["sound.wav"] == {"duration_ms": 500}


@pytest.mark.parametrize(
    "make", [lambda: photo(60, 40)[:-40], lambda: b"GIF89a", lambda: b"", lambda: document()[:400]]
)
def test_what_is_broken_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(Refused) as refused:
        prepared(make(), "thing.gif")
    assert refused.value.sentence


def test_a_picture_whose_gate_is_passed_and_that_does_not_decode() -> None:
    whole = bytearray(photo(64, 64, "PNG"))
    at = whole.index(b"IDAT") + 40
    length = int.from_bytes(whole[at - 44 : at - 40], "big")
    whole[at : at + 200] = bytes(200)
    start = at - 36
    whole[start + length : start + length + 4] = zlib.crc32(whole[start - 4 : start + length]).to_bytes(4, "big")
    with pytest.raises(Refused):
        prepared(bytes(whole))


def test_only_checked_makes_nothing() -> None:
    for data in (photo(60, 40), sound(), document(1), glbs.model(4).to_bytes()):
        assert prepared(data, check_only=True)[1] == {}


LATE = """
import sys
from pathlib import Path
from carrel.server.sandbox import worker
from carrel.server.publishing import tasks
class Out:
    def file(self, name, data): pass
    def step(self, name): pass
loaded = set(sys.modules)
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        tasks.prepare([file], {"name": path}, Out())
print(*sorted(set(sys.modules) - loaded))
"""


def test_nothing_is_loaded_late(tmp_path: Path) -> None:
    """Behind the walls another uid may not be able to read Python's own folders."""
    exif = Image.Exif()
    exif[0x0112] = 6
    works = [glbs.figure().to_bytes(), glbs.soup().to_bytes(), photo(60, 40, exif=exif), photo(60, 40, "PNG"), sound()]
    works += [photo(60, 40, "WEBP"), photo(60, 40, "AVIF"), document(1), photo(2400, 1200, quality=20)]
    files = []
    for index, data in enumerate(works):
        files.append(tmp_path / f"work-{index}")
        files[-1].write_bytes(data)
    command = [sys.executable, "-I", "-c", LATE, *map(str, files)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == ""


@pytest.mark.parametrize(
    ("make", "kind", "roles"),
    [
        (lambda: photo(300, 200, "WEBP"), "image", {"view", "thumbnail"}),
        (lambda: photo(300, 200, "AVIF"), "image", {"view", "thumbnail"}),
        (lambda: document(1), "pdf", {"page-1", "thumbnail"}),
        (sound, "audio", {"sound"}),
    ],
    ids=["webp", "avif", "pdf", "audio"],
)
def test_behind_the_walls_too(make: Callable[[], bytes], kind: str, roles: set[str], tmp_path: Path) -> None:
    """Libraries that load a part of themselves late would fail here."""
    file = tmp_path / "work"
    file.write_bytes(make())
    (tmp_path / "made").mkdir()
    done = ingest(file, tmp_path / "made", Settings(), name="work", blobs=FolderBlobs(tmp_path / "blobs"))
    assert done.kind == kind
    assert {one.role for one in done.made} == roles


async def test_a_picture_for_a_work_that_has_none(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin, ana = await library.person("lin"), await library.person("ana")
        work = await lin.bring(sound(), "song.wav")
        found = await lin.looked_at(work)
        assert found["kind"] == "audio"
        heard = await lin.ask("GET", found["files"][0]["url"])
        assert heard.headers["Content-Type"] == "audio/wav"
        assert found["thumbnail"] is None
        path = f"/api/works/{work}/thumbnail"
        assert (await ana.ask("PUT", path, data=photo(300, 200))).status == 404
        assert (await lin.ask("PUT", path, data=b"no picture")).status == 422
        drawn = await (await lin.ask("PUT", path, data=photo(500, 300))).json()
        assert size(await (await lin.ask("GET", drawn["thumbnail"])).read()) == (384, 230)
        assert (await lin.ask("PUT", path, data=photo(500, 300))).status == 403
