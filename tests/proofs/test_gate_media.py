"""The gates for media under thousands of mutations, and with files as large as they take."""

from __future__ import annotations

import io
import random
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from carrel.scenes.ingest.limits import MEDIA_LIMITS
from carrel.scenes.ingest.media.gates import GATES, Kind
from tests.scenes.ingest.answers import refusal_of
from tests.scenes.ingest.media_samples import (
    CATALOGUE,
    RIGHT,
    book,
    mp3_frame,
    ogg_page,
    parts,
    pdf_of,
    riff,
    wav_format,
)
from tests.scenes.ingest.mutations import mutate_bytes

pytestmark = pytest.mark.proof

SEED = 20_260_101
MUTATIONS = 100_000
SLOWEST_S = 3.0
LARGE_S = 6.0
LARGE_MEMORY = 4  # times the file's size, and as much again for small ones
SPARE_BYTES = 96 << 20


def test_a_hundred_thousand_damaged_media(measured: Callable[..., None]) -> None:
    """The gates for media answer 100,000 mutated files with facts or a refusal, each in bounded time."""
    chance = random.Random(SEED)
    files = [(kind, make()) for name, (kind, make) in RIGHT.items() if name != "panorama"]
    refused, slowest = 0, 0.0
    for number in range(MUTATIONS):
        kind, data = files[number % len(files)]
        damaged = mutate_bytes(data, chance)
        start = time.perf_counter()
        refused += refusal_of(GATES[kind], damaged) is not None  # type: ignore[index]
        slowest = max(slowest, time.perf_counter() - start)
    assert slowest < SLOWEST_S
    measured(mutations=MUTATIONS, refused=refused, slowest=f"{slowest * 1000:.0f} ms")


def noise(size: int) -> bytes:
    return random.Random(SEED).randbytes(size)


def large_png() -> bytes:
    head = struct.pack(">II5B", 8192, 8192, 8, 0, 0, 0, 0)
    rows = zlib.compress(noise(50 << 20) + bytes(8192 * 8193 - (50 << 20)), 1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    parts = [rows[at : at + 8192] for at in range(0, len(rows), 8192)]
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(chunk(b"IDAT", part) for part in parts)
        + chunk(b"IEND", b"")
    )


def large_jpeg() -> bytes:
    pixels = np.random.default_rng(SEED).integers(0, 255, (4096, 8192, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def large_pdf() -> bytes:
    picture = noise(100 << 10).replace(b"endstream", b"")
    stream = b"<< /Length %d >>\nstream\n" % len(picture) + picture + b"\nendstream"
    return pdf_of(CATALOGUE[:3] + [stream] * 1000)


def large_epub() -> bytes:
    pages = {f"OEBPS/{number}.bin": noise(1 << 20) for number in range(64)}
    return book(parts(**pages), zipfile.ZIP_DEFLATED)


def large_ogg() -> bytes:
    first = ogg_page(0, b"OpusHead\x01\x02" + bytes(9), 0, 2)
    pages = [ogg_page(number, bytes(4000), 960 * number) for number in range(1, 30_000)]
    return b"".join([first, *pages, ogg_page(30_000, bytes(4000), 960 * 30_000, 4)])


LARGE: dict[str, tuple[Kind, Callable[[], bytes]]] = {
    "PNG": ("image", large_png),
    "JPEG": ("panorama", large_jpeg),
    "PDF": ("pdf", large_pdf),
    "EPUB": ("epub", large_epub),
    "WAV": ("audio", lambda: riff(b"WAVE", (b"fmt ", wav_format()), (b"data", bytes(200 << 20)))),
    "MP3 of four hours": ("audio", lambda: mp3_frame() * (MEDIA_LIMITS.audio_s * 44_100 // 1152)),
    "Ogg": ("audio", large_ogg),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_media_pass_in_bounded_time_and_memory(name: str, measured: Callable[..., None]) -> None:
    """A file near the limit of its gate is answered in seconds, with memory of a few times its size at most."""
    kind, make = LARGE[name]
    data = make()
    start = time.perf_counter()
    refusal = refusal_of(GATES[kind], data)
    took = time.perf_counter() - start
    tracemalloc.start()
    refusal_of(GATES[kind], data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < LARGE_S
    assert peak < LARGE_MEMORY * len(data) + SPARE_BYTES
    measured(
        file=f"{len(data) >> 20} MB",
        answer=refusal.code if refusal else "accepted",
        took=f"{took * 1000:.0f} ms",
        memory=f"{peak >> 20} MB",
    )
