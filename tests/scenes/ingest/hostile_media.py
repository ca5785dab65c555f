"""Media made to do harm, each a class of attack: its name, the gate, the code that must refuse it, the bytes."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.scenes.ingest import media_samples as m
from tests.scenes.ingest.samples import png_chunk

Attack = tuple[str, str, str, Callable[[], bytes]]
ATTACKS: list[Attack] = []


def attack(name: str, kind: str, code: str, make: Callable[[], bytes]) -> None:
    ATTACKS.append((name, kind, code, make))


def swapped(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


# Pictures.


def png_of(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (48, 24), depth: int = 8, colour: int = 2) -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">II5B", *size, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(png_chunk(*chunk) for chunk in chunks) + png_chunk(b"IEND", b"")


PIXELS = (b"IDAT", zlib.compress(bytes(24 * (1 + 48 * 3))))
attack("PNG of four gigapixels", "image", "image_size", lambda: png_of(PIXELS, size=(65_535, 65_535)))
attack("PNG that lies of its size", "image", "image_lies", lambda: png_of(PIXELS, size=(8_000, 8_000)))
attack("PNG of no width", "image", "image_broken", lambda: png_of(PIXELS, size=(0, 24)))
attack("PNG of a strange depth", "image", "image_broken", lambda: png_of(PIXELS, depth=3))
attack("PNG that moves", "image", "image_animated", lambda: png_of((b"acTL", struct.pack(">II", 9999, 0)), PIXELS))
attack("PNG with a huge note", "image", "image_notes", lambda: png_of((b"zTXt", bytes(17 << 20)), PIXELS))
attack("PNG of many chunks", "image", "image_chunks", lambda: png_of(PIXELS, *[(b"teSt", b"")] * 100_001))
attack("PNG cut", "image", "image_truncated", lambda: m.png()[:-30])
attack("PNG cut in its header", "image", "image_broken", lambda: m.png()[:20])
attack("PNG damaged", "image", "image_damaged", lambda: m.png()[:-40] + b"\0" + m.png()[-39:])
attack("PNG and archive", "image", "image_trailing", lambda: m.png() + m.epub())
attack("PNG and page", "image", "image_trailing", lambda: m.png() + b"<script>alert(1)</script>")
attack("JPEG of four gigapixels", "image", "image_size", lambda: sized_jpeg(65_500, 65_500))
attack("JPEG cut", "image", "image_truncated", lambda: m.jpeg()[:-2])
attack("JPEG cut in its header", "image", "image_broken", lambda: m.jpeg()[:30])
attack("JPEG without a picture", "image", "image_broken", lambda: m.jpeg()[: m.jpeg().index(b"\xff\xda")] + b"\xff\xd9")
attack("JPEG of a thousand scans", "image", "image_scans", lambda: scans_of(1000))
attack("JPEG and archive", "image", "image_trailing", lambda: m.jpeg() + m.epub())
attack("JPEG with notes of many megabytes", "image", "image_notes",
       lambda: b"\xff\xd8" + (b"\xff\xe2\xff\xff" + bytes(65_533)) * 300 + m.jpeg()[2:])  # fmt: skip
attack("JPEG of no colours", "image", "image_broken", lambda: coloured_jpeg(9))
attack("WebP that moves", "image", "image_animated",
       lambda: m.saved(m.pixels(), "WEBP", save_all=True, append_images=[m.pixels().rotate(180)]))  # fmt: skip
attack("WebP cut", "image", "image_truncated", lambda: m.webp()[:-9])
attack("WebP and page", "image", "image_trailing", lambda: m.webp() + b"<html>")
attack(
    "WebP of two sizes",
    "image",
    "image_lies",
    lambda: swapped(m.webp_lossless(), webp_canvas(48, 24), webp_canvas(96, 24)),
)
attack("AVIF that moves", "image", "image_animated",
       lambda: m.saved(m.pixels(), "AVIF", save_all=True, append_images=[m.pixels().rotate(180)]))  # fmt: skip
attack("AVIF of four gigapixels", "image", "image_size",
       lambda: swapped(m.avif(), struct.pack(">4xII", 48, 24), struct.pack(">4xII", 65_535, 65_535)))  # fmt: skip
attack("AVIF cut", "image", "box_range", lambda: m.avif()[:-9])
attack("AVIF of endless boxes", "image", "box_count", lambda: m.avif() + struct.pack(">I4s", 8, b"free") * 100_001)
attack("page as a picture", "image", "image_type", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>")
attack("nothing as a picture", "image", "image_type", lambda: b"")
attack("panorama that is square", "panorama", "panorama_shape", lambda: sized_jpeg(4096, 4096))
attack("panorama that is small", "panorama", "panorama_size", lambda: m.png())


def sized_jpeg(width: int, height: int) -> bytes:
    data = bytearray(m.jpeg())
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, height, width)
    return bytes(data)


def coloured_jpeg(count: int) -> bytes:
    data = bytearray(m.jpeg())
    data[data.index(b"\xff\xc0") + 9] = count
    return bytes(data)


def scans_of(count: int) -> bytes:
    data = m.jpeg()
    start = data.index(b"\xff\xda")
    return data[:start] + data[start:-2] * count + b"\xff\xd9"


def webp_canvas(width: int, height: int) -> bytes:
    return (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


# Documents.


def pdf_with(extra: bytes) -> bytes:
    return m.pdf_of([m.CATALOGUE[0].replace(b">>", extra + b" >>"), *m.CATALOGUE[1:]])


attack("PDF that is none", "pdf", "pdf_header", lambda: b"MZ" + m.pdf())
attack("PDF behind a page", "pdf", "pdf_header", lambda: b"<html>" + m.pdf())
attack("PDF cut", "pdf", "pdf_truncated", lambda: m.pdf()[:-20])
attack("PDF and archive", "pdf", "pdf_trailing", lambda: m.pdf() + m.epub()[:900])
attack("PDF without pages", "pdf", "pdf_pages", lambda: m.pdf_of(m.CATALOGUE[:1]))
attack("PDF of three thousand pages", "pdf", "pdf_pages", lambda: m.pdf_of(m.CATALOGUE + m.CATALOGUE[2:3] * 3000))
attack("PDF of a million objects", "pdf", "pdf_objects", lambda: swapped(m.pdf(), b"/Size 5", b"/Size 5000000"))
attack("PDF with references past its end", "pdf", "pdf_references",
       lambda: m.pdf().rpartition(b"startxref")[0] + b"startxref\n999999\n%%EOF\n")  # fmt: skip
attack("PDF with references to nowhere", "pdf", "pdf_references",
       lambda: m.pdf().rpartition(b"startxref")[0] + b"startxref\n20\n%%EOF\n")  # fmt: skip
attack("PDF with references in a circle", "pdf", "pdf_references", lambda: circle())
attack("PDF locked", "pdf", "pdf_locked", lambda: m.pdf_of(m.CATALOGUE, b"/Encrypt 9 0 R"))
attack(
    "PDF that runs a program",
    "pdf",
    "pdf_action",
    lambda: pdf_with(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
)
attack("PDF that hides what it runs", "pdf", "pdf_action", lambda: pdf_with(b"/AA << /S /J#61vaScript >>"))
attack("PDF that starts a program", "pdf", "pdf_action", lambda: pdf_with(b"/OpenAction << /S /Launch /F (cmd.exe) >>"))
attack("PDF with files inside", "pdf", "pdf_action", lambda: pdf_with(b"/Names << /EmbeddedFiles 9 0 R >>"))
attack("PDF form of XML", "pdf", "pdf_action", lambda: pdf_with(b"/AcroForm << /XFA 9 0 R >>"))
attack("PDF that plays", "pdf", "pdf_action", lambda: pdf_with(b"/Annots [<< /Subtype /RichMedia >>]"))
attack(
    "PDF that opens others", "pdf", "pdf_action", lambda: pdf_with(b"/OpenAction << /S /GoToE /F (\\\\evil\\share) >>")
)
attack("PDF that packs what it runs", "pdf", "pdf_action",
       lambda: m.pdf_packed(b"2 0 << /Type /Page /AA << /S /JavaScript /JS (x) >> >>"))  # fmt: skip
attack("PDF bomb", "pdf", "pdf_bomb", lambda: m.pdf_packed(b"2 0 << /Type /Page >>" + bytes(70 << 20)))
attack("PDF with damaged objects", "pdf", "pdf_damaged", lambda: swapped(m.pdf_packed(), b"stream\nx", b"stream\n\0"))
attack("PDF whose stream never ends", "pdf", "pdf_truncated", lambda: swapped(m.pdf(), b"endstream", b"endstreem"))
attack("PDF locked by a stream", "pdf", "pdf_locked", lambda: m.pdf_packed(extra=b"/Encrypt 7 0 R "))


def circle() -> bytes:
    data = m.pdf()
    start = data.index(b"\nxref") + 1
    return swapped(data, b"/Root", b"/Prev %d /Root" % start)


# Books.


def named(name: str) -> bytes:
    return m.book(m.parts(**{name: "x"}))


def patched(edit: Callable[[bytearray, int], None]) -> bytes:
    """The small book with its directory changed; the function gets the data and where the directory begins."""
    data = bytearray(m.epub())
    edit(data, struct.unpack_from("<I", data, len(data) - 6)[0])
    return bytes(data)


def set_at(offset: int, form: str, value: int) -> Callable[[bytearray, int], None]:
    return lambda data, start: struct.pack_into(form, data, start + offset, value)


for title, path in {
    "up the folders": "../../etc/cron.d/x",
    "from the root": "/etc/passwd",
    "of another system": "C:\\windows\\x",
    "with a back stroke": "a\\..\\b",
    "of a dot": "./x",
    "with a line break": "a\nb",
}.items():
    attack(f"EPUB with a name {title}", "epub", "zip_path", lambda path=path: named(path))  # type: ignore[misc]
attack("EPUB with a name twice", "epub", "zip_twice", lambda: m.book(m.parts(**{"oebps/BOOK.opf": "x"})))
attack("EPUB cut", "epub", "zip_truncated", lambda: m.epub()[:-30])
attack("EPUB with something behind", "epub", "zip_trailing", lambda: m.epub() + b"<script>")
attack("EPUB with something before", "epub", "zip_directory", lambda: b"GIF89a" + m.epub())
attack("EPUB with a hidden beginning", "epub", "zip_prefix", lambda: hidden())
attack("EPUB with a link", "epub", "zip_link", lambda: linked())
attack("EPUB with a password", "epub", "zip_encrypted", lambda: patched(set_at(8, "<H", 1)))
attack("EPUB in an unusual way", "epub", "zip_method", lambda: patched(set_at(10, "<H", 99)))
attack("EPUB of sixty thousand files", "epub", "zip_kind", lambda: counted(0xFFFF))
attack("EPUB with a name in no code", "epub", "zip_name", lambda: m.epub().replace(b"cover.png", b"c\xf6ver.png"))
attack("EPUB of gigabytes", "epub", "zip_bomb", lambda: patched(set_at(24, "<I", 0xFFFFFFF0)))
attack(
    "EPUB with another name inside", "epub", "zip_two_faces", lambda: swapped_once(m.epub(), b"mimetype", b"mimetypo")
)
attack(
    "EPUB with another size inside",
    "epub",
    "zip_two_faces",
    lambda: patched(lambda data, _: struct.pack_into("<I", data, 18, 5)),
)
attack("EPUB that overlaps", "epub", "zip_overlap", lambda: overlapping())
attack(
    "EPUB of six thousand files", "epub", "zip_count", lambda: m.book(m.parts(**{f"f{n}": b"" for n in range(6000)}))
)
attack("EPUB bomb", "epub", "zip_bomb", lambda: m.book(m.parts(**{"OEBPS/bomb": bytes(64 << 20)})))
attack("EPUB of many small bombs", "epub", "zip_bomb",
       lambda: m.book(m.parts(**{f"OEBPS/{n}": bytes(1 << 20) for n in range(300)})))  # fmt: skip
attack("EPUB that unpacks to more", "epub", "zip_lies", lambda: lying())
attack("EPUB damaged", "epub", "zip_damaged", lambda: patched(set_at(16, "<I", 1)))
attack("EPUB without a type", "epub", "epub_mimetype", lambda: m.book(m.parts(mimetype=None)))
attack("EPUB of another type", "epub", "epub_mimetype", lambda: m.book(m.parts(mimetype="application/zip")))
attack("EPUB with its type last", "epub", "epub_mimetype", lambda: m.book(dict(reversed(m.parts().items()))))
attack(
    "EPUB without a container", "epub", "epub_container", lambda: m.book(m.parts(**{"META-INF/container.xml": None}))
)
attack("EPUB without a package", "epub", "epub_package", lambda: m.book(m.parts(**{"OEBPS/book.opf": None})))
attack("EPUB of version nine", "epub", "epub_package", lambda: packaged('version="3.0"', 'version="9.0"'))
attack("EPUB without chapters", "epub", "epub_chapters", lambda: packaged('<itemref idref="one"/>', ""))
attack("EPUB with a missing chapter", "epub", "epub_missing", lambda: packaged('idref="one"', 'idref="two"'))
attack("EPUB with a missing file", "epub", "epub_missing", lambda: packaged("cover.png", "../../cover.png"))
attack("EPUB that needs the net", "epub", "epub_remote", lambda: packaged("cover.png", "https://example.org/c.png"))
attack("EPUB with a broken address", "epub", "epub_remote", lambda: packaged("cover.png", "http://[x/c.png"))
attack(
    "EPUB locked by its seller", "epub", "epub_locked", lambda: m.book(m.parts(**{"META-INF/encryption.xml": LOCKS}))
)
attack("EPUB of a billion laughs", "epub", "xml_entities", lambda: packaged("<package", f"{LAUGHS}<package"))
attack("EPUB with an entity outside", "epub", "xml_entities",
       lambda: packaged("<package", '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><package'))  # fmt: skip
attack("EPUB of broken XML", "epub", "xml_syntax", lambda: packaged("</package>", ""))
attack(
    "EPUB of another encoding",
    "epub",
    "xml_utf8",
    lambda: m.book(m.parts(**{"OEBPS/book.opf": m.PACKAGE.encode("utf-16")})),
)
attack("EPUB nested deep", "epub", "xml_bomb", lambda: packaged("<spine>", "<spine>" + "<a>" * 500 + "</a>" * 500))
attack("EPUB of many elements", "epub", "xml_bomb", lambda: packaged("<spine>", "<spine>" + "<a/>" * 60_000))
attack(
    "EPUB with a huge package",
    "epub",
    "xml_size",
    lambda: packaged("<spine>", "<!--" + random.Random(1).randbytes(3 << 20).hex() + "--><spine>"),
)

LAUGHS = (
    '<!DOCTYPE p [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "&{chr(97 + n)};&{chr(97 + n)};">' for n in range(20))
    + "]>"
)
LOCKS = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:enc="http://www.w3.org/2001/04/xmlenc#">
<enc:EncryptedData><enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></enc:EncryptedData></encryption>"""


def packaged(old: str, new: str) -> bytes:
    assert old in m.PACKAGE
    return m.book(m.parts(**{"OEBPS/book.opf": m.PACKAGE.replace(old, new, 1)}))


def swapped_once(data: bytes, old: bytes, new: bytes) -> bytes:
    return data.replace(old, new, 1)


def counted(count: int) -> bytes:
    data = bytearray(m.epub())
    struct.pack_into("<HH", data, len(data) - 14, count, count)
    return bytes(data)


def hidden() -> bytes:
    """Bytes before the first file, with every offset made right for it."""
    buffer = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    buffer.seek(0, 2)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, content in m.parts().items():
            archive.writestr(name, content)
    return buffer.getvalue()


def linked() -> bytes:
    buffer = io.BytesIO(m.epub())
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("OEBPS/link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def overlapping() -> bytes:
    """The directory names the last file twice, under two names of which both stand at the same place: one in the header's."""
    data = m.book(m.parts(**{"OEBPS/aa": "12345678", "OEBPS/bb": "12345678"}), zipfile.ZIP_STORED)
    first = data.index(b"OEBPS/aa") - 30
    second = data.index(b"OEBPS/bb") - 30
    made = bytearray(data.replace(b"OEBPS/aa", b"OEBPS/cc", 1).replace(b"OEBPS/cc", b"OEBPS/aa", 1))
    start = struct.unpack_from("<I", made, len(made) - 6)[0]
    at = made.index(b"OEBPS/bb", start) - 46
    length = struct.unpack_from("<I", made, at + 20)[0] + second - first
    entry = made.index(b"OEBPS/aa", start) - 46
    for place in (entry + 20, entry + 24, first + 18, first + 22):
        struct.pack_into("<I", made, place, length)
    return bytes(made)


def lying() -> bytes:
    """A file that says it is one byte long, in both places, and unpacks to many."""
    data = bytearray(m.book(m.parts(**{"OEBPS/liar": b"a" * 5000})))
    local = data.index(b"OEBPS/liar") - 30
    central = data.rindex(b"OEBPS/liar") - 46
    struct.pack_into("<I", data, local + 22, 1)
    struct.pack_into("<I", data, central + 24, 1)
    return bytes(data)


# Sound.

attack(
    "WAV of no samples", "audio", "audio_duration", lambda: m.riff(b"WAVE", (b"fmt ", m.wav_format()), (b"data", b""))
)
attack(
    "WAV that says it is long",
    "audio",
    "audio_truncated",
    lambda: swapped(m.wav(), struct.pack("<I", 16_000), b"\xff\xff\xff\x7f"),
)
attack("WAV cut", "audio", "audio_truncated", lambda: m.wav()[:-9])
attack("WAV and page", "audio", "audio_trailing", lambda: m.wav() + b"<script>")
attack(
    "WAV of another codec",
    "audio",
    "audio_format",
    lambda: m.riff(b"WAVE", (b"fmt ", m.wav_format(0x55)), (b"data", bytes(9))),
)
attack("WAV of no channels", "audio", "audio_format",
       lambda: m.riff(b"WAVE", (b"fmt ", m.wav_format(channels=0)), (b"data", bytes(9))))  # fmt: skip
attack("WAV of a strange rate", "audio", "audio_format",
       lambda: m.riff(b"WAVE", (b"fmt ", m.wav_format(rate=9_000_000)), (b"data", bytes(90))))  # fmt: skip
attack("WAV without a format", "audio", "audio_broken", lambda: m.riff(b"WAVE", (b"data", bytes(90))))
attack("WAV of many chunks", "audio", "audio_parts", lambda: m.riff(b"WAVE", *[(b"junk", b"")] * 100_001))
attack(
    "FLAC of a year",
    "audio",
    "audio_duration",
    lambda: swapped(m.flac(), m.stream_info(), m.stream_info(samples=2**36 - 1)),
)
attack(
    "FLAC of no samples",
    "audio",
    "audio_duration",
    lambda: swapped(m.flac(), m.stream_info(), m.stream_info(samples=0)),
)
attack("FLAC of no rate", "audio", "audio_format", lambda: swapped(m.flac(), m.stream_info(), m.stream_info(rate=0)))
attack("FLAC cut", "audio", "audio_truncated", lambda: m.flac()[:40])
attack("FLAC without sound", "audio", "audio_broken", lambda: swapped(m.flac(), b"\xff\xf8", b"<htm"))
attack("FLAC with two descriptions", "audio", "audio_broken", lambda: m.flac()[:42] + m.flac()[4:])
attack("Ogg cut", "audio", "audio_truncated", lambda: m.opus()[:-9])
attack("Ogg and page", "audio", "audio_truncated", lambda: m.opus() + b"<script>")
attack("Ogg and page, longer", "audio", "audio_trailing", lambda: m.opus() + b"<script>" * 9)
attack(
    "Ogg of two streams",
    "audio",
    "audio_streams",
    lambda: m.ogg_page(0, b"OpusHead" + bytes(11), 0, 2) + m.ogg_page(1, b"x", 9, 4, 8),
)
attack("Ogg of films", "audio", "audio_codec", lambda: m.ogg_of(b"\x80theora" + bytes(40), 100))
attack("Ogg of a century", "audio", "audio_duration", lambda: m.ogg_of(b"OpusHead\x01\x02" + bytes(9), 2**62))
attack(
    "Ogg out of order",
    "audio",
    "audio_broken",
    lambda: m.ogg_page(0, b"OpusHead" + bytes(11), 0, 2) + m.ogg_page(7, b"x", 9, 4),
)
attack("MP3 of two frames", "audio", "audio_type", lambda: m.mp3_frame() * 2)
attack("MP3 with a program inside", "audio", "audio_broken", lambda: m.mp3_frame() * 9 + b"MZ" + bytes(900))
attack("MP3 of an endless tag", "audio", "audio_notes", lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + m.mp3_frame() * 9)
attack("MP3 with a broken tag", "audio", "audio_broken", lambda: b"ID3\x04\0\0\xff\xff\xff\xff" + m.mp3_frame() * 9)
attack("MP3 cut", "audio", "audio_truncated", lambda: (m.mp3_frame() * 9)[:-100])
attack("M4A of a film", "audio", "audio_streams", lambda: m.m4a_of(handler=b"vide"))
attack("M4A of two tracks", "audio", "audio_streams", lambda: m.m4a_of(tracks=2))
attack("M4A locked", "audio", "audio_codec", lambda: m.m4a_of(entry=b"enca"))
attack("M4A that points outside", "audio", "external_resource", lambda: m.m4a_of(flags=0))
attack("M4A of a day", "audio", "audio_duration", lambda: m.m4a_of(seconds=90_000))
attack("M4A cut", "audio", "box_range", lambda: m.m4a()[:-9])
attack("M4A with a box of sixteen exabytes", "audio", "box_range",
       lambda: m.m4a() + struct.pack(">I4sQ", 1, b"free", 2**64 - 1))  # fmt: skip
attack("M4A without sound", "audio", "audio_broken", lambda: swapped(m.m4a(), b"mdat", b"free"))
attack("page as sound", "audio", "audio_type", lambda: b"<html>")
attack("nothing as sound", "audio", "audio_type", lambda: b"")
