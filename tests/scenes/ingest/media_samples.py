"""Right media of every kind, made byte by byte (no encoder is needed); attacks and mutations start from them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

RIGHT: dict[str, tuple[str, Callable[[], bytes]]] = {}


def right(kind: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """The function makes a file that the gate of this kind lets in."""

    def keep(make: Callable[[], bytes]) -> Callable[[], bytes]:
        RIGHT[make.__name__] = (kind, make)
        return make

    return keep


def pixels(width: int = 48, height: int = 24) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    return Image.fromarray(values)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


@right("image")
def png() -> bytes:
    return saved(pixels(), "PNG")


@right("image")
def png_with_alpha() -> bytes:
    return saved(pixels().convert("RGBA"), "PNG", dpi=(300, 300))


@right("image")
def png_of_few_colours() -> bytes:
    return saved(pixels().convert("P"), "PNG", transparency=0)


@right("image")
def jpeg() -> bytes:
    return saved(pixels(), "JPEG", quality=90, comment=b"by hand")


@right("image")
def jpeg_progressive() -> bytes:
    return saved(pixels(), "JPEG", progressive=True)


@right("image")
def jpeg_with_a_second_picture() -> bytes:
    return saved(pixels(), "MPO", save_all=True, append_images=[pixels(24, 12)])


@right("image")
def webp() -> bytes:
    return saved(pixels(), "WEBP")


@right("image")
def webp_lossless() -> bytes:
    return saved(pixels().convert("RGBA"), "WEBP", lossless=True, exif=b"Exif\0\0II*\0")


@right("image")
def avif() -> bytes:
    return saved(pixels(), "AVIF")


@right("panorama")
def panorama() -> bytes:
    return saved(Image.new("RGB", (2048, 1024), (90, 120, 200)), "JPEG")


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A document of the objects (the first is its root), with a table of cross references."""
    made = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(made)


CATALOGUE = [
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
    b"<< /Length 30 >>\nstream\n0 0 m 100 100 l S /JS not a name\nendstream",
]


@right("pdf")
def pdf() -> bytes:
    return pdf_of(CATALOGUE)


@right("pdf")
def pdf_of_pictures() -> bytes:
    return saved(pixels(), "PDF", save_all=True, append_images=[pixels()])


def pdf_packed(inner: bytes = b"2 0 3 60 << /Type /Pages /Kids [3 0 R] /Count 1 >>                << /Type /Page /Parent 2 0 R >>",
               extra: bytes = b"") -> bytes:  # fmt: skip
    """Objects inside a compressed stream, cross references as a stream."""
    packed = zlib.compress(inner)
    made = bytearray(b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
    made += b"4 0 obj\n<< /Type /ObjStm /N 2 /First 8 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    made += packed + b"\nendstream\nendobj\n"
    start = len(made)
    table = zlib.compress(bytes(30))
    made += b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 2 2] /Root 1 0 R /Filter /FlateDecode /Length %d %s>>\nstream\n" % (
        len(table),
        extra,
    )
    made += table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % start
    return bytes(made)


@right("pdf")
def pdf_with_packed_objects() -> bytes:
    return pdf_packed()


CONTAINER = """<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A  book of
 one chapter</dc:title><dc:language>zh</dc:language></metadata>
<manifest><item id="one" href="text/one%20.xhtml" media-type="application/xhtml+xml"/>
<item id="cover" href="cover.png" media-type="image/png"/></manifest><spine><itemref idref="one"/></spine></package>"""
CHAPTER = "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>从前</p></body></html>"


def parts(**changes: str | bytes | None) -> dict[str, str | bytes]:
    """The files of a small book; a change to None takes one away."""
    made: dict[str, str | bytes | None] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/text/one .xhtml": CHAPTER,
        "OEBPS/cover.png": png(),
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def book(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return buffer.getvalue()


@right("epub")
def epub() -> bytes:
    return book(parts())


@right("epub")
def epub_with_hidden_fonts() -> bytes:
    locks = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">
    <enc:EncryptedData><enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></enc:EncryptedData></encryption>"""
    return book(parts(**{"META-INF/encryption.xml": locks, "OEBPS/": b""}), zipfile.ZIP_STORED)


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = kind + b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wav_format(code: int = 1, channels: int = 2, rate: int = 8000, bits: int = 16) -> bytes:
    block = channels * bits // 8
    return struct.pack("<HHIIHH", code, channels, rate, rate * block, block, bits)


@right("audio")
def wav() -> bytes:
    return riff(b"WAVE", (b"fmt ", wav_format()), (b"LIST", b"odd"), (b"data", bytes(16_000)))


@right("audio")
def wav_of_floats() -> bytes:
    return riff(b"WAVE", (b"fmt ", wav_format(3, 1, 8000, 32)), (b"data", bytes(8000)))


def stream_info(rate: int = 44_100, channels: int = 2, samples: int = 44_100) -> bytes:
    bits = rate << 44 | (channels - 1) << 41 | 15 << 36 | samples
    return struct.pack(">HH", 4096, 4096) + bytes(6) + bits.to_bytes(8, "big") + bytes(16)


@right("audio")
def flac() -> bytes:
    comment = b"\x84" + (8).to_bytes(3, "big") + bytes(8)
    return b"fLaC\0" + (34).to_bytes(3, "big") + stream_info() + comment + b"\xff\xf8" + bytes(400)


def ogg_page(number: int, body: bytes, granule: int, flags: int = 0, serial: int = 7) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, number, 0, len(lacing)) + lacing + body


def ogg_of(first: bytes, granule: int) -> bytes:
    return ogg_page(0, first, 0, 2) + ogg_page(1, bytes(50), 0) + ogg_page(2, bytes(500), granule, 4)


@right("audio")
def opus() -> bytes:
    return ogg_of(b"OpusHead\x01\x02" + struct.pack("<HIhB", 312, 48_000, 0, 0), 96_312)


@right("audio")
def vorbis() -> bytes:
    return ogg_of(b"\x01vorbis" + struct.pack("<IBI", 0, 1, 22_050) + bytes(14), 44_100)


def mp3_frame() -> bytes:
    """128 kbit/s, 44100 samples a second, stereo: 417 bytes."""
    return b"\xff\xfb\x90\x00" + bytes(413)


@right("audio")
def mp3() -> bytes:
    return b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + mp3_frame() * 40 + b"TAG" + bytes(125)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def m4a_of(
    handler: bytes = b"soun", entry: bytes = b"mp4a", flags: int = 1, tracks: int = 1, seconds: int = 2
) -> bytes:
    sample = bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HHHHI", 2, 16, 0, 0, 44_100 << 16)
    table = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), box(entry, sample)))
    places = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", struct.pack(">I", flags))))
    head = box(b"mdhd", bytes(12), struct.pack(">II", 44_100, 44_100 * seconds), bytes(4))
    media = box(b"mdia", head, box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf", places, table))
    movie = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 1000 * seconds), bytes(80))
    moov = box(b"moov", movie, *[box(b"trak", media)] * tracks)
    return box(b"ftyp", b"M4A ", bytes(4), b"M4A isom") + moov + box(b"mdat", bytes(900))


@right("audio")
def m4a() -> bytes:
    return m4a_of()
