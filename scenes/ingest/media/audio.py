"""The gate for sound: WAV, FLAC, Ogg (Opus, Vorbis, FLAC), MP3 and M4A, walked from the first byte to the last.

Nothing is decoded. What passes has a codec that browsers play, a length in time that is bounded and was counted and not
believed where the format lets it be counted, and nothing before its beginning or behind its end but tags.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.door import door
from carrel.scenes.ingest.limits import MEDIA_LIMITS, MediaLimits
from carrel.scenes.ingest.media.boxes import Box, boxes, find_box
from carrel.scenes.ingest.media.mp3 import read_mp3

_RATES = range(7_000, 384_001)
_WAV_FORMATS = {1: (8, 16, 24, 32), 3: (32, 64)}
_EXTENSIBLE = 0xFFFE
_OGG_CODECS = {b"OpusHead": "opus", b"\x01vorbis": "vorbis", b"\x7fFLAC": "flac"}
_M4A_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")
_M4A_CODECS = {b"mp4a": "aac", b"alac": "alac", b"Opus": "opus", b"fLaC": "flac"}


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """Media type, codec, length in seconds, channels, samples a second."""

    type: str
    codec: str
    duration_s: float
    channels: int
    rate_hz: int


@door
def check_audio(data: Bytes, limits: MediaLimits = MEDIA_LIMITS) -> AudioFacts:
    """Raises Refused, and nothing else, for any bytes."""
    if len(data) > limits.audio_bytes:
        raise Refused("file_size", f"The sound has {len(data)} bytes; at most {limits.audio_bytes} are allowed.")
    view = memoryview(data)
    head = bytes(view[:12])
    for is_one, read in _READERS:
        if is_one(head):
            try:
                facts = read(view, limits)
            except (struct.error, IndexError) as fault:
                raise Refused("audio_truncated", "The sound ends too early: it was cut. Send it again.") from fault
            return _bounded(facts, limits)
    raise Refused("audio_type", "The bytes are not a WAV, FLAC, Ogg, MP3 or M4A sound.")


def _bounded(facts: AudioFacts, limits: MediaLimits) -> AudioFacts:
    if facts.rate_hz not in _RATES or not 1 <= facts.channels <= 8:
        text = f"The sound has {facts.channels} channels and {facts.rate_hz} samples a second, which cannot be played."
        raise Refused("audio_format", text)
    if not 0 < facts.duration_s <= limits.audio_s:
        text = f"The sound lasts {facts.duration_s:.0f} s; at most {limits.audio_s} s are allowed, and more than none."
        raise Refused("audio_duration", text)
    return facts


def _wav(data: memoryview, limits: MediaLimits) -> AudioFacts:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise Refused("audio_truncated", "The WAV sound is shorter than it says: it was cut. Send it again.")
    if len(data) - (size + 8) > 1:
        raise Refused("audio_trailing", f"Something follows the end of the sound (byte {size + 8}).")
    offset, shape, seconds = 12, None, 0.0
    for _ in range(limits.chunks):
        if offset + 8 > size + 8:
            break
        kind, length = struct.unpack_from("<4sI", data, offset)
        if offset + 8 + length > size + 8:
            raise Refused("audio_truncated", f"A chunk of the WAV sound reaches beyond its end (byte {offset}).")
        if kind == b"fmt ":
            code, channels, rate, bytes_s, block, bits = struct.unpack_from("<HHIIHH", data, offset + 8)
            if code == _EXTENSIBLE:
                (code,) = struct.unpack_from("<H", data, offset + 8 + 24)
            if bits not in _WAV_FORMATS.get(code, ()) or block != channels * bits // 8 or bytes_s != rate * block:
                raise Refused("audio_format", "The WAV sound is not plain samples: save it as 16 bit PCM, or as FLAC.")
            shape = (code, channels, rate, bytes_s)
        elif kind == b"data":
            if shape is None or seconds:
                raise Refused("audio_broken", "The WAV sound has its samples before their format, or twice.")
            seconds = length / max(1, shape[3])
        offset += 8 + length + length % 2
    else:
        raise Refused("audio_parts", f"The WAV sound has more than {limits.chunks} chunks.")
    if shape is None:
        raise Refused("audio_broken", "The WAV sound does not say its format.")
    return AudioFacts("audio/wav", "pcm", seconds, shape[1], shape[2])


def _flac(data: memoryview, limits: MediaLimits) -> AudioFacts:
    offset, is_last, facts, notes = 4, False, None, 0
    for _ in range(128):
        if is_last:
            break
        head = data[offset]
        length = int.from_bytes(data[offset + 1 : offset + 4], "big")
        if offset + 4 + length > len(data):
            raise Refused("audio_truncated", f"A block of the FLAC sound reaches beyond its end (byte {offset}).")
        if (head & 0x7F == 0) != (offset == 4) or (offset == 4 and length != 34):
            raise Refused("audio_broken", "The FLAC sound does not begin with its one description.")
        if offset == 4:
            facts = _stream_info(data[offset + 4 : offset + 38])
        notes += length
        is_last = bool(head & 0x80)
        offset += 4 + length
    if facts is None or not is_last or notes > limits.note_bytes:
        raise Refused("audio_notes", "The FLAC sound carries too much beside the sound: save it without.")
    if data[offset] != 0xFF or data[offset + 1] & 0xFC != 0xF8:
        raise Refused("audio_broken", "No sound follows the description of the FLAC sound.")
    return facts


def _stream_info(block: memoryview) -> AudioFacts:
    bits = int.from_bytes(block[10:18], "big")  # rate 20, channels 3, depth 5, samples 36
    rate, channels, samples = bits >> 44, (bits >> 41 & 7) + 1, bits & (1 << 36) - 1
    return AudioFacts("audio/flac", "flac", samples / max(1, rate), channels, rate)


def _ogg(data: memoryview, limits: MediaLimits) -> AudioFacts:
    offset, serial, granule, is_ended, first = 0, None, 0, False, b""
    for number in range(limits.audio_parts):
        if offset == len(data):
            break
        magic, version, flags, position, stream, order, _, segments = struct.unpack_from("<4sBBqIIIB", data, offset)
        length = sum(data[offset + 27 : offset + 27 + segments])
        body = offset + 27 + segments
        if magic != b"OggS" or version or is_ended:
            raise Refused(
                "audio_trailing", f"The Ogg sound is followed or interrupted by something else (byte {offset})."
            )
        if body + length > len(data):
            raise Refused("audio_truncated", f"A page of the Ogg sound reaches beyond its end (byte {offset}).")
        if number == 0:
            serial, first = stream, bytes(data[body : body + min(length, 64)])
        if stream != serial or bool(flags & 2) != (number == 0):
            raise Refused("audio_streams", "The Ogg file holds more than one stream: save the sound alone.")
        if order != number or position < -1:
            raise Refused("audio_broken", f"The pages of the Ogg sound are out of order (byte {offset}).")
        granule = max(granule, position)
        is_ended = bool(flags & 4)
        offset = body + length
    else:
        raise Refused("audio_parts", f"The Ogg sound has more than {limits.audio_parts} pages.")
    codec = next((name for magic, name in _OGG_CODECS.items() if first.startswith(magic)), None)
    if codec is None:
        raise Refused("audio_codec", "The Ogg file holds neither Opus nor Vorbis nor FLAC.")
    if codec == "opus":
        channels, skip = struct.unpack_from("<BH", first, 9)
        return AudioFacts("audio/ogg", codec, max(0, granule - skip) / 48_000, channels, 48_000)
    if codec == "vorbis":
        channels, rate = struct.unpack_from("<BI", first, 11)
        return AudioFacts("audio/ogg", codec, granule / max(1, rate), channels, rate)
    inner = _stream_info(memoryview(first)[17:51])
    return AudioFacts("audio/ogg", codec, granule / max(1, inner.rate_hz), inner.channels, inner.rate_hz)


def _mp3(data: memoryview, limits: MediaLimits) -> AudioFacts:
    return AudioFacts("audio/mpeg", "mp3", *read_mp3(data, limits))


def _m4a(data: memoryview, limits: MediaLimits) -> AudioFacts:
    top = boxes(data, limits)
    if top[0].kind != b"ftyp" or not any(brand in bytes(data[8 : top[0].end]) for brand in _M4A_BRANDS):
        raise Refused("audio_type", "The file is not an M4A sound.")
    kinds = [box.kind for box in top]
    if kinds.count(b"moov") != 1 or b"mdat" not in kinds:
        raise Refused("audio_broken", "The M4A file has no sound, or no description of it.")
    tracks = find_box(data, limits, b"moov", b"trak")
    handlers = find_box(data, limits, b"moov", b"trak", b"mdia", b"hdlr")
    if len(tracks) != 1 or [bytes(data[box.start + 8 : box.start + 12]) for box in handlers] != [b"soun"]:
        raise Refused("audio_streams", "The M4A file holds more than one sound, or pictures: save the sound alone.")
    inside = (b"moov", b"trak", b"mdia", b"minf")
    for box in find_box(data, limits, *inside, b"dinf", b"dref"):
        for place in boxes(data, limits, box.start + 8, box.end):
            if not int.from_bytes(data[place.start : place.start + 4], "big") & 1:
                raise Refused("external_resource", "The M4A file points to sound outside itself.")
    entries = [
        entry
        for box in find_box(data, limits, *inside, b"stbl", b"stsd")
        for entry in boxes(data, limits, box.start + 8, box.end)
    ]
    if len(entries) != 1 or entries[0].kind not in _M4A_CODECS:
        raise Refused("audio_codec", "The M4A file holds sound that is locked, or of an unknown kind: save it as AAC.")
    channels = int.from_bytes(data[entries[0].start + 16 : entries[0].start + 18], "big")
    rate = int.from_bytes(data[entries[0].start + 24 : entries[0].start + 26], "big")
    lengths = [_duration(data, box) for box in find_box(data, limits, b"moov", b"trak", b"mdia", b"mdhd")]
    lengths += [_duration(data, box) for box in find_box(data, limits, b"moov", b"mvhd")]
    return AudioFacts("audio/mp4", _M4A_CODECS[entries[0].kind], max(lengths, default=0.0), channels, rate)


def _duration(data: memoryview, box: Box) -> float:
    is_wide = data[box.start] == 1
    scale, length = struct.unpack_from(">IQ" if is_wide else ">II", data, box.start + (20 if is_wide else 12))
    return float(length / max(1, scale))


_Reader = Callable[[memoryview, MediaLimits], AudioFacts]
_READERS: tuple[tuple[Callable[[bytes], bool], _Reader], ...] = (
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", _wav),
    (lambda head: head[:4] == b"fLaC", _flac),
    (lambda head: head[:4] == b"OggS", _ogg),
    (lambda head: head[4:8] == b"ftyp", _m4a),
    (lambda head: head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2), _mp3),
)
