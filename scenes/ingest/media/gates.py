"""Which gate a file goes through. Its first bytes decide, never its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.gate.check import Facts, check_glb
from carrel.scenes.ingest.media.audio import AudioFacts, check_audio
from carrel.scenes.ingest.media.epub import EpubFacts, check_epub
from carrel.scenes.ingest.media.image import ImageFacts, check_image, check_panorama
from carrel.scenes.ingest.media.pdf import PdfFacts, check_pdf
from carrel.scenes.ingest.media.picture_header import PNG_MAGIC

Kind = Literal["model", "image", "panorama", "pdf", "epub", "audio"]
AnyFacts = Facts | ImageFacts | PdfFacts | EpubFacts | AudioFacts

GATES: dict[Kind, Callable[[Bytes], AnyFacts]] = {
    "model": check_glb,
    "image": check_image,
    "panorama": check_panorama,
    "pdf": check_pdf,
    "epub": check_epub,
    "audio": check_audio,
}

_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"glTF", "model"),
    (0, PNG_MAGIC, "image"),
    (0, b"\xff\xd8\xff", "image"),
    (8, b"WEBP", "image"),
    (8, b"avif", "image"),
    (8, b"avis", "image"),
    (0, b"%PDF-", "pdf"),
    (30, b"mimetypeapplication/epub+zip", "epub"),
    (8, b"WAVE", "audio"),
    (0, b"fLaC", "audio"),
    (0, b"OggS", "audio"),
    (4, b"ftyp", "audio"),
    (0, b"ID3", "audio"),
)
# What to do instead, by how the name ends; a name never opens a gate.
_INSTEAD = {
    "gltf": "export the model as one .glb file",
    "fbx": "export it as .glb from the program that made it",
    "obj": "export it as .glb from the program that made it",
    "blend": "export it as .glb from Blender (File, Export, glTF 2.0)",
    "usdz": "export it as .glb from the program that made it",
    "docx": "save it as PDF or EPUB",
    "odt": "save it as PDF or EPUB",
    "pptx": "save it as PDF",
    "heic": "save the picture as JPEG",
    "tiff": "save the picture as PNG",
    "gif": "save the picture as PNG",
    "svg": "save the picture as PNG",
    "mp4": "save the sound alone, as M4A or MP3",
    "wma": "save the sound as MP3 or FLAC",
}


def kind_of(data: Bytes, name: str = "") -> Kind:
    """What a file is by its first bytes; a panorama is an image until somebody says that it is one.

    Raises Refused for a file of no kind that we take; `name` only helps to say what to do instead.
    """
    head = bytes(memoryview(data)[:64])
    for offset, magic, kind in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio"
    instead = _INSTEAD.get(name.lower().rpartition(".")[2])
    if head[:4] == b"PK\x03\x04" and instead is None:
        return "epub"  # perhaps a broken one: its gate says in which way
    instead = instead or "bring a GLB, a picture, a PDF, an EPUB or a sound"
    raise Refused("unknown_kind", f"This is no kind of file that the library can show: {instead}.", "byte 0")
