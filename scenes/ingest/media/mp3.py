"""MP3: frame after frame. There is no header to believe, so the length in time is counted."""

from __future__ import annotations

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.limits import MediaLimits

_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # by version bits
_LEAST = 3  # frames in a row, before anything is believed to be MP3
_APE_BYTES = 32


def read_mp3(data: memoryview, limits: MediaLimits) -> tuple[float, int, int]:
    """Seconds, channels, samples a second. Raises Refused (and IndexError when the last frame's header is cut)."""
    offset, end = _after_tag(data, limits), _before_tags(data)
    frames = samples = rate = 0
    channels = 1
    while offset + 4 <= end:
        size, count, own_rate, own_channels = _frame(data, offset)
        if not size:
            if any(data[offset:end]):
                raise Refused("audio_broken", f"There is no frame of MP3 sound at byte {offset}: the file is damaged.")
            break
        if rate and own_rate != rate:
            raise Refused("audio_format", f"The MP3 sound changes its rate at byte {offset}.")
        rate, channels = own_rate, max(channels, own_channels)
        frames += 1
        samples += count
        offset += size
        if samples > limits.audio_s * rate:
            raise Refused("audio_duration", f"The sound lasts longer than {limits.audio_s} s: shorten it.")
    if frames < _LEAST:
        raise Refused("audio_type", "The bytes are not MP3 sound: hardly any frame of it is there.")
    if offset > end:
        raise Refused("audio_truncated", "The last frame of the MP3 sound is cut: send it again, or save it anew.")
    return samples / rate, channels, rate


def _frame(data: memoryview, offset: int) -> tuple[int, int, int, int]:
    """Bytes, samples, rate and channels of the frame; all 0 when there is none."""
    if data[offset] != 0xFF or data[offset + 1] & 0xE6 != 0xE2:  # eleven bits of sync, layer III
        return 0, 0, 0, 0
    version, packed, mode = data[offset + 1] >> 3 & 3, data[offset + 2], data[offset + 3] >> 6
    rate_index, bit_index = packed >> 2 & 3, packed >> 4
    if version == 1 or rate_index == 3 or bit_index in (0, 15):
        return 0, 0, 0, 0
    rate = _RATES[version][rate_index]
    samples = 1152 if version == 3 else 576
    kilobits = (_V1 if version == 3 else _V2)[bit_index]
    return samples // 8 * kilobits * 1000 // rate + (packed >> 1 & 1), samples, rate, 1 if mode == 3 else 2


def _after_tag(data: memoryview, limits: MediaLimits) -> int:
    """Where the sound begins, behind tags (ID3v2) before it."""
    offset = 0
    while bytes(data[offset : offset + 3]) == b"ID3":
        size = data[offset + 6 : offset + 10]
        if len(size) < 4 or any(part > 127 for part in size):
            raise Refused("audio_broken", "The tag before the MP3 sound has a broken length.")
        length = size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
        offset += 10 + length + (10 if data[offset + 5] & 0x10 else 0)
        if length > limits.note_bytes or offset > len(data):
            raise Refused("audio_notes", "The tag before the MP3 sound is larger than it may be: remove it.")
    return offset


def _before_tags(data: memoryview) -> int:
    """Where the sound ends, before tags (ID3v1, APE) behind it."""
    end = len(data)
    if bytes(data[end - 128 : end - 125]) == b"TAG":
        end -= 128
    if bytes(data[end - _APE_BYTES : end - _APE_BYTES + 8]) == b"APETAGEX":
        size = int.from_bytes(data[end - _APE_BYTES + 12 : end - _APE_BYTES + 16], "little")
        has_header = data[end - _APE_BYTES + 23] & 0x80
        end = max(0, end - size - (_APE_BYTES if has_header else 0))
    return end
